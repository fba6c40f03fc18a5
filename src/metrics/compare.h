/* Two scores of the same customers: is the difference more than noise? Never compare two intervals
 * side by side: the scores are correlated, and that is what these functions use.
 *
 * The order of rows and the number of threads change no bit: rows are put into the order of (score
 * a, target, score b) first. */
#ifndef PROPENSE_COMPARE_H
#define PROPENSE_COMPARE_H

#include "intervals.h"

/* DeLong, DeLong & Clarke-Pearson 1988 for two correlated areas, with mid-ranks (Sun & Xu 2014),
 * O(n log n). variance = S10 / m + S01 / n of the differences of placements. z = difference /
 * sqrt(variance); p_value two-sided. low, high: difference +- z sd at `level`. Variance 0 (the same
 * ranking): z 0 and p_value 1 when the difference is 0, else p_value 0 and z infinite. NaN with a
 * missing class or a NaN score; variance and what follows NaN too when a class has one row. */
typedef struct auc_comparison {
    double auc_a, auc_b, difference; /* a - b */
    double variance_a, variance_b, covariance;
    double variance, z, p_value, low, high;
    int64_t n_positive, n_negative;
} auc_comparison;
/* y: [n] 0 or 1; a, b: [n]. Scratch of some 75 bytes a row, given back. 0 on exhaustion. */
int auc_compare(auc_comparison *out, const uint8_t *y, const double *a, const double *b, int64_t n,
                double level, arena *tmp);

/* Every headline figure of a minus that of b, with the percentile interval of a paired bootstrap:
 * each draw takes the same customers for both. `higher_share`: share of draws in which a's figure
 * is the higher one (ties half). Above o->most_plain rows, draws are Poisson weights on cells of
 * equally many rows of both scores (200 by 200). Scratch is given back: 190 bytes a row and 20 a
 * row and thread. */
typedef struct figure_difference {
    double a, b, difference, low, high, higher_share;
    int32_t method, too_small; /* as in `interval` */
} figure_difference;
status figures_compare(figure_difference out[figure_count], const uint8_t *y, const double *a,
                       const double *b, int64_t n, const interval_options *o, pool *threads,
                       arena *tmp, propense_error *err);

#endif
