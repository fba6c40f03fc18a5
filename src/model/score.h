/* The pipeline's way out: file -> encoder -> network -> probabilities as CSV, block by block. */
#ifndef PROPENSE_SCORE_H
#define PROPENSE_SCORE_H

#include "model.h"
#include "options.h"
#include "progress.h"

/* Constant memory, input order, as many cores as --threads allows. out_path "-" is standard output.
 * The same bytes for any number of threads. summary may be NULL. */
status score_file(const model *m, const char *path, const char *out_path, const options *o,
                  const propense_callbacks *cb, propense_score_summary *summary,
                  propense_error *err);

#endif
