/* Several copies of one network, each trained without its own share of the rows: an ensemble, and
 * with it a score of every row by a copy that never saw it.
 *
 * Copies start from draws of their own and see the rows in an order of their own; they share
 * nothing, so each is one thread's work and any number of threads does the same sums. AdamW
 * (Loshchilov & Hutter 2019) with a cosine from the learning rate to 0, a last batch that is not
 * full left out. After every epoch each copy scores its held-out rows by the mean of its weights
 * over that epoch's steps (Polyak & Juditsky 1992), which takes off the noise of a rate that is
 * still large; kept are all copies' means of the epoch whose mean held-out loss was lowest.
 */
#ifndef PROPENSE_MEMBERS_H
#define PROPENSE_MEMBERS_H

#include "fit.h"

typedef struct members_options {
    int32_t n_members, epochs; /* members: those that are trained */
    int32_t patience;   /* epochs without a better mean held-out loss; 0 = never stop early */
    int32_t batch_size; /* at most a quarter of a member's rows is taken */
    double learning_rate, beta1, beta2, epsilon;
    double weight_decay; /* kernels alone: w -= w weight_decay rate before each step */
    uint64_t seed;
    int threads;                   /* upper limit; 0 = available. Never changes a bit */
    const struct kernels *kernels; /* NULL: the best of this machine */
} members_options;

/* Rows fold by fold: member m never learns from rows fold_at[m] .. fold_at[m + 1] - 1. There may be
 * more folds than members; all learn from those. */
typedef struct members_data {
    const float *x; /* [n][n_inputs] */
    const uint8_t *y;
    const int64_t *fold_at; /* [n_members + 1] */
    int64_t n;              /* of all folds */
} members_data;

/* params: [n_members][n_params], 64-byte aligned; held: [n] the logit of each row by the member
 * that did not learn from it, at the epoch that was restored; 0 where all members did. The figures
 * of an epoch are means over all members; those of validation over all rows, each by the member
 * that did not see it. history's arrays are taken from `mem`, the rest is gone on return. */
status members_fit(const network *net, float *params, float *held, history *out,
                   const members_data *data, const members_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err);

/* Floats of scratch for members_logits. */
int64_t members_scratch(const network *net);
/* logit[n] of the mean of the members' probabilities, which are summed in their order in double.
 * Rows go through all members while they are in the cache. Same bits for any split of the rows and
 * any kernel level. */
void members_logits(const network *net, const float *params, int32_t n_members,
                    const struct kernels *k, const float *x, int64_t n, float *logit,
                    float *scratch);

#endif
