/* Cutting rows into parts, bit-exact as scikit-learn does it (train_test_split of version 1.x with
 * an integer random_state).
 */
#ifndef PROPENSE_SPLIT_H
#define PROPENSE_SPLIT_H

#include "error.h"
#include "memory.h"

typedef struct split {
    int64_t *train, *test; /* row numbers in the order scikit-learn returns them */
    int64_t n_train, n_test;
} split;

/* test_frac in [0, 1): n_test = ceil(test_frac * n); 0 puts all rows, in file order, into train.
 * y is needed when stratify is set ([n], classes 0 and 1). Arrays are taken from `mem`. */
status split_rows(split *out, int64_t n, double test_frac, uint32_t seed, int stratify,
                  const uint8_t *y, arena *mem, propense_error *err);

#endif
