/* Which rows are held out together: stratified folds and their repeats bit-exact as scikit-learn's,
 * whole groups, and cuts forward in time. */
#ifndef PROPENSE_FOLDS_H
#define PROPENSE_FOLDS_H

#include "error.h"
#include "memory.h"

enum { folds_limit = 100 };

typedef struct folds {
    int32_t n_folds, n_repeats;
    int64_t n;   /* rows */
    uint8_t *of; /* [n_repeats][n]: the fold that holds row i out, 0 .. n_folds - 1 */
} folds;

/* RepeatedStratifiedKFold(n_folds, n_repeats, random_state=seed), whose first repeat is
 * StratifiedKFold(n_folds, shuffle=True, random_state=seed). y: [n], 0 or 1; each class needs
 * n_folds rows at least. Taken from mem. */
status folds_stratified(folds *out, const uint8_t *y, int64_t n, int32_t n_folds, int32_t n_repeats,
                        uint32_t seed, arena *mem, propense_error *err);

/* Groups stay whole: the largest first, each into the lightest fold so far (GroupKFold's rule);
 * groups of one size in an order drawn by the seed, another in every repeat. group: [n], 0 ..
 * n_groups - 1. Both classes have to be met in every fold and outside it. */
status folds_grouped(folds *out, const uint8_t *y, const int32_t *group, int64_t n,
                     int32_t n_groups, int32_t n_folds, int32_t n_repeats, uint64_t seed,
                     arena *mem, propense_error *err);

/* The same without a look at the classes. of: [n_repeats][n]. */
status folds_of_groups(uint8_t *of, const int32_t *group, int64_t n, int32_t n_groups,
                       int32_t n_folds, int32_t n_repeats, uint64_t seed, arena *tmp,
                       propense_error *err);

/* Whole groups drawn at random until they have `want` rows at least. order: [n] their rows, then
 * the others, both ascending. Returns how many rows were drawn; -1: no memory. */
int64_t groups_drawn(int64_t *order, const int32_t *group, int64_t n, int32_t n_groups,
                     int64_t want, uint64_t seed, arena *tmp);

/* Rows outside and inside a fold, ascending; out: [n] each. Returns how many. */
int64_t folds_train(int64_t *out, const folds *f, int32_t repeat, int32_t fold);
int64_t folds_held(int64_t *out, const folds *f, int32_t repeat, int32_t fold);

#endif
