/* The plan's calls: made, written to a sink or a file, freed.
 * Leaves the plan to decide/ and its words to report/. */
#include "api_structs.h"
#include "console_plan.h"
#include "console_readback.h"
#include "file_sink.h"
#include "plan.h"

propense_status propense_plan_make(propense_plan **out, const propense_model *m, const char *path,
                                   const propense_options *given,
                                   const propense_callbacks *callbacks, propense_error *err)
{
    propense_callbacks full;
    options *defaults = NULL;
    if (out) *out = NULL;
    if (!out || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    if (!given) {
        defaults = options_new();
        if (!defaults) return fail_memory(err);
    }
    status code = plan_make(out, m, path, given ? given : defaults, callbacks, err);
    options_free(defaults);
    return code;
}

propense_status propense_plan_readback(propense_plan **out, const char *results,
                                       const char *plan_path, const propense_options *given,
                                       const propense_callbacks *callbacks, propense_error *err)
{
    propense_callbacks full;
    options *defaults = NULL;
    if (out) *out = NULL;
    if (!out || !results || !plan_path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    if (!given) {
        defaults = options_new();
        if (!defaults) return fail_memory(err);
    }
    status code =
        plan_make_readback(out, results, plan_path, given ? given : defaults, callbacks, err);
    options_free(defaults);
    return code;
}

void propense_plan_free(propense_plan *p)
{
    plan_free(p);
}

static status write_text(const plan *p, int32_t format, propense_language language,
                         propense_sink sink, void *user, propense_error *err)
{
    text t = { 0 };
    if (format == PROPENSE_AS_JSON)
        plan_json(&t, p);
    else if (p->is_readback)
        console_readback(&t, &p->read, language);
    else
        console_plan(&t, p, language);
    status code = t.bad ? fail_memory(err) : PROPENSE_OK;
    if (code == PROPENSE_OK && t.n && sink(user, t.p, (size_t)t.n))
        code = fail(err, PROPENSE_E_IO, "the output takes no more");
    text_free(&t);
    return code;
}

propense_status propense_plan_write(const propense_plan *p, int32_t view, int32_t format,
                                    propense_language language, propense_sink sink, void *user,
                                    propense_error *err)
{
    if (!p || !sink) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    if (view == PROPENSE_PLAN_LIST && format == PROPENSE_AS_CSV)
        return plan_write_list(p, sink, user, err);
    if (view == PROPENSE_PLAN_SUMMARY && (format == PROPENSE_AS_TEXT || format == PROPENSE_AS_JSON))
        return write_text(p, format, language, sink, user, err);
    return fail(err, PROPENSE_E_ARG, "this view is not written in this format");
}

propense_status propense_plan_write_file(const propense_plan *p, int32_t view, int32_t format,
                                         propense_language language, const char *path,
                                         propense_error *err)
{
    file_sink f;
    if (!p || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(file_sink_open(&f, path, err));
    return file_sink_end(
        &f, propense_plan_write(p, view, format, language, file_sink_take, &f, err), err);
}

int32_t propense_plan_has_list(const propense_plan *p)
{
    return p && !p->is_refused;
}
