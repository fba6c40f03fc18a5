/* The columns of a file of scores that are asked for: --columns and --keep. */
#ifndef PROPENSE_SCORE_COLUMNS_H
#define PROPENSE_SCORE_COLUMNS_H

#include "model.h"
#include "options.h"
#include "progress.h"

enum { score_most_columns = 16, score_most_kept = 64 };

typedef struct score_columns {
    int n;                         /* 0: plain id,probability */
    int which[score_most_columns]; /* in the order asked for */
    int n_kept;
    int32_t kept[score_most_kept]; /* columns of the file */
} score_columns;

/* names, kinds: [n] of the file; columns that are kept and would be skipped are read as text.
 */
status score_columns_plan(score_columns *out, const options *o, const str *names,
                          column_kind *kinds, int32_t n, const char *file, propense_error *err);

/* Rows first .. first + n - 1 of a chunk, with the network's logits: [n]. e, at: the encoder and
 * its columns in the chunk. id: -1 = rows are numbered. Constant memory: scratch from tmp, rewound.
 */
typedef struct score_wide_rows {
    const model *m;
    const encoder *e;
    const int32_t *at;
    const table *chunk;
    int32_t id;
    int64_t first, n;
    const float *logit;
} score_wide_rows;
void score_wide_header(text *t, const score_columns *c, const str *names, int32_t id);
status score_wide_lines(text *t, const score_columns *c, const score_wide_rows *r, arena *tmp,
                        propense_error *err);

#endif
