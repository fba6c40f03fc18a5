/* What a model says of itself, as text, JSON, CSV or a picture, into a sink or a file.
 * Leaves the words to report/ and the tables to metrics/. */
#include "console.h"
#include "files.h"
#include "history_chart.h"
#include "history_csv.h"
#include "model.h"

typedef status (*view_writer)(text *out, const model *m, propense_language language,
                              propense_error *err);

static status view_schema(text *out, const model *m, propense_language language,
                          propense_error *err)
{
    (void)err;
    schema_print(out, &m->schema, language);
    return PROPENSE_OK;
}

static status view_verdict(text *out, const model *m, propense_language language,
                           propense_error *err)
{
    (void)err;
    console_verdict(out, m, language);
    return PROPENSE_OK;
}

static status view_metrics(text *out, const model *m, propense_language language,
                           propense_error *err)
{
    (void)language;
    if (m->is_foreign)
        return fail(err, PROPENSE_E_ARG,
                    "there are no metrics: the model has no propense.json, which would keep them");
    if (card_n_judged(&m->card) == 0)
        return fail(err, PROPENSE_E_ARG,
                    "there are no metrics: every row was trained on (test_size 0)");
    const schema *s = &m->schema;
    str negative = s->negative.n ? s->negative : STR("0");
    classification_csv(out, &m->card.test, negative, s->positive, m->card.auc.auc);
    return PROPENSE_OK;
}

static status view_inspect(text *out, const model *m, propense_language language,
                           propense_error *err)
{
    (void)err;
    console_inspect(out, m, language);
    return PROPENSE_OK;
}

static status view_json(text *out, const model *m, propense_language language, propense_error *err)
{
    (void)language, (void)err;
    console_inspect_json(out, m);
    return PROPENSE_OK;
}

static status view_history(text *out, const model *m, propense_language language,
                           propense_error *err, int as_png)
{
    arena mem = { 0 };
    scene *s = history_chart(&m->card.history, language, &mem);
    status code = s ? PROPENSE_OK : fail_memory(err);
    if (s && as_png) code = scene_png(out, s, err);
    if (s && !as_png) scene_svg(out, s);
    arena_free(&mem);
    return code;
}

static status view_svg(text *out, const model *m, propense_language language, propense_error *err)
{
    return view_history(out, m, language, err, 0);
}

static status view_png(text *out, const model *m, propense_language language, propense_error *err)
{
    return view_history(out, m, language, err, 1);
}

static status view_epochs(text *out, const model *m, propense_language language,
                          propense_error *err)
{
    (void)language, (void)err;
    history_csv(out, &m->card.history);
    return PROPENSE_OK;
}

/* Which views there are in which formats. */
static const struct {
    int32_t view, format;
    const char *ending;
    view_writer write;
} views[] = { { PROPENSE_VIEW_SCHEMA, PROPENSE_AS_TEXT, ".txt", view_schema },
              { PROPENSE_VIEW_VERDICT, PROPENSE_AS_TEXT, ".txt", view_verdict },
              { PROPENSE_VIEW_METRICS, PROPENSE_AS_CSV, ".csv", view_metrics },
              { PROPENSE_VIEW_HISTORY, PROPENSE_AS_SVG, ".svg", view_svg },
              { PROPENSE_VIEW_HISTORY, PROPENSE_AS_PNG, ".png", view_png },
              { PROPENSE_VIEW_HISTORY, PROPENSE_AS_CSV, ".csv", view_epochs },
              { PROPENSE_VIEW_INSPECT, PROPENSE_AS_TEXT, ".txt", view_inspect },
              { PROPENSE_VIEW_INSPECT, PROPENSE_AS_JSON, ".json", view_json } };
enum { n_views = sizeof views / sizeof *views };

static status view_text(text *out, int row, const model *m, propense_language language,
                        propense_error *err)
{
    if (row < 0) return fail(err, PROPENSE_E_ARG, "this view is not written in this format");
    TRY(views[row].write(out, m, language, err));
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}

static int find_view(int32_t view, int32_t format)
{
    for (int i = 0; i < n_views; i++)
        if (views[i].view == view && views[i].format == format) return i;
    return -1;
}

propense_status propense_model_write(const propense_model *m, int32_t view, int32_t format,
                                     propense_language language, propense_sink sink, void *user,
                                     propense_error *err)
{
    if (!m || !sink) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    text t = { 0 };
    status s = view_text(&t, find_view(view, format), m, language, err);
    if (s == PROPENSE_OK && t.n && sink(user, t.p, (size_t)t.n))
        s = fail(err, PROPENSE_E_IO, "the output takes no more");
    text_free(&t);
    return s;
}

static int has_ending(str path, str ending)
{
    return path.n > ending.n &&
           str_eq_nocase((str){ path.p + path.n - ending.n, ending.n }, ending);
}

/* The row of a view for a file's ending; views with one format take any name. */
static status view_for_path(int *row, int32_t view, const char *path, propense_error *err)
{
    int n = 0;
    for (int i = 0; i < n_views; i++) {
        if (views[i].view != view) continue;
        *row = i;
        n++;
        if (has_ending(str_of(path), str_of(views[i].ending))) return PROPENSE_OK;
    }
    if (n == 1) return PROPENSE_OK;
    if (view == PROPENSE_VIEW_HISTORY)
        return fail(err, PROPENSE_E_ARG, "%s: training curves are written as .png, .svg or .csv",
                    path);
    return fail(err, PROPENSE_E_ARG, "%s: this view is not written in this format", path);
}

propense_status propense_model_write_file(const propense_model *m, int32_t view,
                                          propense_language language, const char *path,
                                          propense_error *err)
{
    int row = -1;
    if (!m || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(view_for_path(&row, view, path, err));
    text t = { 0 };
    status s = view_text(&t, row, m, language, err);
    if (s == PROPENSE_OK) s = file_write_all(path, t.p, t.n, err);
    text_free(&t);
    return s;
}

propense_status propense_check_output(int32_t view, const char *path, propense_error *err)
{
    int row = -1;
    if (!path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(view_for_path(&row, view, path, err));
    if (views[row].format == PROPENSE_AS_PNG) TRY(scene_png_available(err));
    return file_can_create(path, err);
}

int32_t propense_model_verdict(const propense_model *m)
{
    return m ? verdict_sign(m->card.verdict) : -1;
}
