/* The report's one call. Leaves it to report/report_make.c. */
#include "api_structs.h"
#include "report_make.h"

propense_status propense_report(const propense_model *m, const char *model_name, const char *path,
                                const char *out_path, const propense_options *given,
                                const propense_callbacks *callbacks, propense_error *err)
{
    propense_callbacks full;
    options *defaults = NULL;
    if (!m || !model_name || !out_path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    if (!given) {
        defaults = options_new();
        if (!defaults) return fail_memory(err);
    }
    status code =
        report_file(m, model_name, path, out_path, given ? given : defaults, callbacks, err);
    options_free(defaults);
    return code;
}
