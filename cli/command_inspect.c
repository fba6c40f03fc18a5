/* propense inspect: all that a model file holds. */
#include <stdio.h>

#include "cli.h"

int command_inspect(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_model *m = NULL;
    err.language = language;
    if (!r->model) {
        fputs(_("propense: inspect wants a model: propense inspect MODEL.keras\n"), stderr);
        return EXIT_USAGE;
    }
    int32_t format = request_flag(r, "json") ? PROPENSE_AS_JSON : PROPENSE_AS_TEXT;
    propense_status s = request_model(&m, r, &err);
    if (s == PROPENSE_OK)
        s = propense_model_write(m, PROPENSE_VIEW_INSPECT, format, language, to_stdout, NULL, &err);
    propense_model_free(m);
    return s == PROPENSE_OK ? EXIT_DONE : tell_error(&err);
}
