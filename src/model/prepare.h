/* propense prepare: a raw file as three parts of arrays, <prefix>_train.npz, _valid.npz and
 * _test.npz with `inputs` and `targets`, for those who train elsewhere or compare.
 *
 * Two ways. The preset "audiobooks" is the published preprocessing, bit for bit: first column left
 * out, the first N zeros for N ones, sklearn.preprocessing.scale over the kept rows (test rows
 * too), np.random.seed(seed); np.random.shuffle, 80/10/10. Without it the encoder of propense is
 * fitted on the training part alone.
 */
#ifndef PROPENSE_PREPARE_H
#define PROPENSE_PREPARE_H

#include "options.h"
#include "progress.h"

enum { prepared_parts = 3 };
typedef struct prepared {
    int64_t n_rows, n_positive; /* of the file, with a target */
    int64_t n_inputs;
    int64_t rows[prepared_parts], positive[prepared_parts]; /* train, valid, test */
    /* How well a model tells the kept negatives from the dropped ones; NaN when nothing was
     * dropped. */
    double told_apart, told_apart_low, told_apart_high;
} prepared;

/* "train", "valid", "test". */
const char *prepared_part_name(int part);

status prepare_file(prepared *out, const char *path, const char *prefix, const options *o,
                    const propense_callbacks *cb, propense_error *err);

#endif
