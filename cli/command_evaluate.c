/* propense evaluate: what a model, or a way of training, is worth. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* What --curves_out writes into its folder. */
static const struct {
    int32_t view;
    const char *name;
} tables[] = { { PROPENSE_EVALUATION_ROC, "roc.csv" },
               { PROPENSE_EVALUATION_PRECISION_RECALL, "precision_recall.csv" },
               { PROPENSE_EVALUATION_GAINS, "gains.csv" },
               { PROPENSE_EVALUATION_RELIABILITY, "reliability.csv" },
               { PROPENSE_EVALUATION_SCORES, "scores.csv" },
               { PROPENSE_EVALUATION_REPEATS, "repeats.csv" },
               { PROPENSE_EVALUATION_PERMUTATIONS, "permutations.csv" } };
enum { n_tables = sizeof tables / sizeof *tables };

static void tell_written(const request *r, const char *path)
{
    propense_language language = r->language;
    if (request_number(r, "verbose") && strcmp(path, "-") != 0)
        fprintf(stderr, _("wrote %s\n"), path);
}

static propense_status write_tables(const request *r, const propense_evaluation *e,
                                    propense_error *err)
{
    const char *folder = request_text(r, "curves_out");
    propense_status s = PROPENSE_OK;
    char path[4096];
    for (int i = 0; *folder && s == PROPENSE_OK && i < n_tables; i++) {
        int is_of_folds = tables[i].view == PROPENSE_EVALUATION_REPEATS;
        int is_of_chance = tables[i].view == PROPENSE_EVALUATION_PERMUTATIONS;
        if ((is_of_folds && r->data) || (is_of_chance && request_number(r, "permutations") == 0))
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, tables[i].name);
        s = propense_evaluation_write_file(e, tables[i].view, PROPENSE_AS_CSV, r->language, path,
                                           err);
    }
    if (*folder && s == PROPENSE_OK) tell_written(r, folder);
    return s;
}

static propense_status write_all(const request *r, const propense_evaluation *e,
                                 propense_error *err)
{
    const char *figures = request_text(r, "metrics_out");
    int32_t format = request_flag(r, "json") ? PROPENSE_AS_JSON : PROPENSE_AS_TEXT;
    propense_status s = propense_evaluation_write(e, PROPENSE_EVALUATION_SUMMARY, format,
                                                  r->language, to_stdout, NULL, err);
    if (s == PROPENSE_OK && *figures) {
        s = propense_evaluation_write_file(e, PROPENSE_EVALUATION_SUMMARY, PROPENSE_AS_CSV,
                                           r->language, figures, err);
        if (s == PROPENSE_OK) tell_written(r, figures);
    }
    return s == PROPENSE_OK ? write_tables(r, e, err) : s;
}

static int is_model(const char *path)
{
    size_t n = strlen(path);
    return (n > 6 && strcmp(path + n - 6, ".keras") == 0) ||
           (n > 3 && strcmp(path + n - 3, ".h5") == 0) ||
           (n > 5 && strcmp(path + n - 5, ".hdf5") == 0);
}

int command_evaluate(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_model *m = NULL;
    propense_evaluation *e = NULL;
    display d;
    err.language = language;
    if (!r->model || (!r->data && is_model(r->model))) {
        fputs(_("propense: evaluate wants a data file, or a model and a data file: propense "
                "evaluate DATA.csv --cv 5, propense evaluate MODEL.keras DATA.csv\n"),
              stderr);
        return EXIT_USAGE;
    }
    const char *path = r->data ? r->data : r->model;
    propense_status s = r->data ? request_model(&m, r, &err) : PROPENSE_OK;
    if (s == PROPENSE_OK) {
        propense_callbacks callbacks = display_begin(&d, r);
        s = propense_evaluate(&e, m, path, r->options, &callbacks, &err);
        display_end(&d);
    }
    if (s == PROPENSE_OK) s = write_all(r, e, &err);
    int chance = propense_evaluation_verdict(e) == 0 && request_flag(r, "strict");
    propense_evaluation_free(e);
    propense_model_free(m);
    if (s != PROPENSE_OK) return tell_error(&err);
    return chance ? EXIT_CHANCE : EXIT_DONE;
}
