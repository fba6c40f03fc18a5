/* propense report: one page that says what a model is worth, and why. */
#include <stdio.h>

#include "cli.h"

int command_report(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_model *m = NULL;
    display d;
    err.language = language;
    const char *out = request_text(r, "report_out");
    if (!r->model) {
        fputs(_("propense: report wants a model, and customers whose answer is known: propense "
                "report MODEL.keras DATA.csv --out report.html\n"),
              stderr);
        return EXIT_USAGE;
    }
    propense_status s = propense_model_load(&m, r->model, &err);
    if (s == PROPENSE_OK) {
        propense_callbacks callbacks = display_begin(&d, r);
        s = propense_report(m, r->model, r->data, out, r->options, &callbacks, &err);
        display_end(&d);
    }
    propense_model_free(m);
    if (s != PROPENSE_OK) return tell_error(&err);
    if (request_number(r, "verbose")) fprintf(stderr, _("wrote %s\n"), out);
    return EXIT_DONE;
}
