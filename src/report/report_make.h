/* Makes the report: reads DATA and the plan, judges, looks into the model, writes the page. */
#ifndef PROPENSE_REPORT_MAKE_H
#define PROPENSE_REPORT_MAKE_H

#include "model.h"
#include "options.h"
#include "progress.h"

/* path NULL: the model alone. model_name is shown (its folder is not). The plan, the folder of
 * single charts and the rest come from the options. */
status report_file(const model *m, const char *model_name, const char *path, const char *out_path,
                   const options *o, const propense_callbacks *cb, propense_error *err);

#endif
