/* The evaluation's calls: made, written to a sink or a file, freed.
 * Leaves the figures to study/ and their words to report/. */
#include "api_structs.h"
#include "console_evaluate.h"
#include "evaluate.h"
#include "evaluation_files.h"
#include "file_sink.h"

propense_status propense_evaluate(propense_evaluation **out, const propense_model *m,
                                  const char *path, const propense_options *given,
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
    const options *o = given ? given : defaults;
    status code = m ? evaluate_model(out, m, path, o, callbacks, err)
                    : evaluate_folds(out, path, o, callbacks, err);
    options_free(defaults);
    return code;
}

void propense_evaluation_free(propense_evaluation *e)
{
    evaluation_free(e);
}

/* 0 when memory ran out; -1: there is no such view in that format, or not of this evaluation. */
static int write_csv(text *t, const evaluation *e, int32_t view)
{
    int has_p = e->model.p != NULL, by_folds = e->mode == EVALUATION_BY_FOLDS;
    switch (view) {
    case PROPENSE_EVALUATION_SUMMARY:
        evaluation_figures_csv(t, e);
        return 1;
    case PROPENSE_EVALUATION_ROC:
        return has_p ? evaluation_roc_csv(t, e) : -1;
    case PROPENSE_EVALUATION_PRECISION_RECALL:
        return has_p ? evaluation_precision_recall_csv(t, e) : -1;
    case PROPENSE_EVALUATION_GAINS:
        evaluation_gains_csv(t, e);
        return 1;
    case PROPENSE_EVALUATION_RELIABILITY:
        evaluation_reliability_csv(t, e);
        return 1;
    case PROPENSE_EVALUATION_SCORES:
        return has_p ? (evaluation_scores_csv(t, e), 1) : -1;
    case PROPENSE_EVALUATION_REPEATS:
        return by_folds ? (evaluation_repeats_csv(t, e), 1) : -1;
    case PROPENSE_EVALUATION_PERMUTATIONS:
        return e->permuted.n ? (evaluation_permutations_csv(t, e), 1) : -1;
    default:
        return -1;
    }
}

static int write_view(text *t, const evaluation *e, int32_t view, int32_t format,
                      propense_language language)
{
    if (format == PROPENSE_AS_CSV) return write_csv(t, e, view);
    if (view != PROPENSE_EVALUATION_SUMMARY) return -1;
    if (format == PROPENSE_AS_TEXT)
        console_evaluate(t, e, language);
    else if (format == PROPENSE_AS_JSON)
        evaluation_json(t, e);
    else
        return -1;
    return 1;
}

propense_status propense_evaluation_write(const propense_evaluation *e, int32_t view,
                                          int32_t format, propense_language language,
                                          propense_sink sink, void *user, propense_error *err)
{
    if (!e || !sink) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    text t = { 0 };
    int done = write_view(&t, e, view, format, language);
    status code = done < 0 ? fail(err, PROPENSE_E_ARG, "this view is not written in this format")
                  : !done || t.bad ? fail_memory(err)
                                   : PROPENSE_OK;
    if (code == PROPENSE_OK && t.n && sink(user, t.p, (size_t)t.n))
        code = fail(err, PROPENSE_E_IO, "the output takes no more");
    text_free(&t);
    return code;
}

propense_status propense_evaluation_write_file(const propense_evaluation *e, int32_t view,
                                               int32_t format, propense_language language,
                                               const char *path, propense_error *err)
{
    file_sink f;
    if (!e || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(file_sink_open(&f, path, err));
    return file_sink_end(
        &f, propense_evaluation_write(e, view, format, language, file_sink_take, &f, err), err);
}

int32_t propense_evaluation_verdict(const propense_evaluation *e)
{
    return e ? evaluation_sign(e) : -1;
}
