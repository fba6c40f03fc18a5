/* The best preset: columns as groups of inputs, eight small networks on eight cuts of the rows, and
 * what may be believed of them. docs/quality.md has the recipe's figures and where each choice
 * comes from.
 */
#ifndef PROPENSE_ENSEMBLE_H
#define PROPENSE_ENSEMBLE_H

#include "members.h"
#include "model.h"
#include "options.h"

typedef struct ensemble_plan {
    int32_t units;        /* of a group's embedding */
    int32_t hidden;       /* of each of the two layers behind it */
    float dropout;        /* behind each of those */
    int32_t most_members; /* of those only so many are trained; 0: all (permutations) */
    members_options fit;
} ensemble_plan;

/* The recipe, with seed, threads and kernels from the options. */
ensemble_plan ensemble_plan_of(const options *o, const struct kernels *k);

/* Rows cut into folds of equal size with equal shares of the positive ones, and put in their
 * order: at[n] becomes the rows fold by fold, fold_at[n_folds + 1] where each begins. y: by row.
 * group: by row too, kept whole then in place of the equal shares; or NULL. */
status ensemble_folds(int64_t *at, int64_t *fold_at, int32_t n_folds, int64_t n, const uint8_t *y,
                      const int32_t *group, int32_t n_groups, uint64_t seed, arena *tmp,
                      propense_error *err);

/* Members for n rows: eight, or fewer where a fold would have no two rows. */
int32_t ensemble_members(int64_t n);

/* Trains m's members on x[n][n_inputs], rows in the order of ensemble_folds; m's encoder is fitted.
 * held: [n] logits by the member that did not see the row, behind the gate: where they gain less
 * over the base rate than half a standard error of that gain, all members are levelled to it
 * (m->levelled), which keeps their order and lets no score claim what is not known. */
status ensemble_fit(model *m, const ensemble_plan *plan, const float *x, const uint8_t *y,
                    const int64_t *fold_at, int32_t n_folds, float *held,
                    const propense_callbacks *cb, propense_error *err);

/* The network of a member, from the encoder's groups: for training, and for reading a model. */
status ensemble_network(model *m, int32_t units, int32_t hidden, float dropout,
                        propense_error *err);

/* What ensemble_fit would do, found out on at most so many rows: plans m's network and counts its
 * members; *seconds for all of them and all epochs, by one member's first epoch on this machine. */
status ensemble_rehearse(double *seconds, model *m, const ensemble_plan *plan, const float *x,
                         const uint8_t *y, int64_t n, int32_t n_folds, arena *tmp,
                         propense_error *err);

/* The gain of logits over the base rate: row by row, loss of the base rate less loss of z. */
typedef struct ensemble_gain {
    double mean, error; /* of the mean */
    double base;        /* logit of the base rate */
} ensemble_gain;
ensemble_gain ensemble_gain_of(const float *z, const uint8_t *y, int64_t n);

#endif
