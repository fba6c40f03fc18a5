/* Targets and scores in order, in double: the one thing that every figure of an evaluation is a
 * function of. Rows with the same score and target are interchangeable, so nothing that is computed
 * from here can depend on the order of the rows. */
#ifndef PROPENSE_RANKED_H
#define PROPENSE_RANKED_H

#include "ranking.h"

/* Steps are the distinct scores, best first (-0 equals 0). `steps` holds the cumulated counts, see
 * ranking.h; `score` what each step's rows have in common. Functions of probabilities need scores
 * in [0, 1]; functions of the ranking alone take any.
 *
 * Rows have a canonical number, their rank: by step, the positives of a step before its negatives.
 */
typedef struct ranked {
    ranking steps; /* has_nan: no step, and every figure is NaN */
    double *score; /* [steps.n_steps] */
    int64_t n;     /* rows */
} ranked;

/* y: [n] 0 or 1; score: [n]. Arrays are taken from `mem`: 24 bytes a row, and 8 more that are given
 * back. Radix sort: n steps. 0 on exhaustion. */
int ranked_of(ranked *out, const uint8_t *y, const double *score, int64_t n, arena *mem);

static inline int64_t ranked_positives(const ranked *r, int64_t step) /* of this step alone */
{
    return r->steps.positives[step] - (step ? r->steps.positives[step - 1] : 0);
}
static inline int64_t ranked_negatives(const ranked *r, int64_t step)
{
    return r->steps.negatives[step] - (step ? r->steps.negatives[step - 1] : 0);
}
/* 1 when both classes are there and no score is NaN: what most figures need. */
static inline int ranked_usable(const ranked *r)
{
    return !r->steps.has_nan && r->steps.n_positive > 0 && r->steps.n_negative > 0;
}

/* Ranks of rows whose score lies above `threshold` strictly: they are 0 .. result - 1. */
int64_t ranked_above(const ranked *r, double threshold);

#endif
