/* Some rows of a dataset as a small dataset of its own, whose columns may be changed. */
#ifndef PROPENSE_SAMPLE_H
#define PROPENSE_SAMPLE_H

#include "pipeline.h"

/* The row of `r` that becomes row i of n. */
static inline int64_t sample_row(row_set r, int64_t n, int64_t i)
{
    return r.at[i * r.n / n];
}

/* At most `most` of the rows `r` (all known targets), evenly thinned in their order. Numbers and
 * words only; names, levels and schema are views into d. Rows are 0 .. n_rows - 1, all known.
 * Everything is taken from mem: no dataset_free. */
status sample_rows(dataset *out, const dataset *d, row_set r, int64_t most, arena *mem,
                   propense_error *err);

#endif
