/* propense score: a probability for every row of a file. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void tell_summary(const request *r, const char *out, long long rows)
{
    propense_language language = r->language;
    if (request_number(r, "verbose") == 0 || strcmp(out, "-") == 0) return;
    fprintf(stderr, _("wrote %s: %lld rows\n"), out, rows);
}

int command_score(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_score_summary summary = PROPENSE_SCORE_SUMMARY_INIT;
    propense_model *m = NULL;
    display d;
    err.language = language;
    if (!r->model || !r->data) {
        fputs(_("propense: score wants a model and a data file: propense score MODEL.keras "
                "DATA.csv\n"),
              stderr);
        return EXIT_USAGE;
    }
    const char *out = request_text(r, "scores_out");
    propense_status s = request_model(&m, r, &err);
    if (s == PROPENSE_OK) {
        propense_callbacks callbacks = display_begin(&d, r);
        s = propense_score(m, r->data, out, r->options, &callbacks, &summary, &err);
        display_end(&d);
    }
    propense_model_free(m);
    if (s != PROPENSE_OK) return tell_error(&err);
    tell_summary(r, out, (long long)summary.n_rows);
    return EXIT_DONE;
}
