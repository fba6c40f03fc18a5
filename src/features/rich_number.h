/* A number as several inputs, so that a small network need not learn the shape of a column first:
 *
 *   input 0           (x - mean) / scale, within +-5
 *   input 1           rank-normal: the normal quantile of x's mid-rank among the training rows,
 *                     linear between known values, standardised
 *   inputs 2 ..       piecewise linear (Gorishniy et al. 2022): bin b is
 *                     clip((x - edge[b]) / (edge[b + 1] - edge[b]), 0, 1), less its mean
 *   last              1 where x is missing; only when a training row was
 *
 * Every part has the mean 0 on the training rows, and a missing x is 0 in each. Fitted on training
 * rows only. What is kept is quantiles: nothing beyond the 0.1 and 99.9 percentiles, nor beyond the
 * fifth value from either end, so that no single row's extreme stands in a model.
 */
#ifndef PROPENSE_RICH_NUMBER_H
#define PROPENSE_RICH_NUMBER_H

#include "error.h"
#include "memory.h"

enum { rich_quantiles = 24, rich_most_bins = 96, rich_most_knots = 256, rich_first_bin = 2 };
static const double rich_largest = 1e300; /* of knots and edges: differences stay finite */

typedef struct rich_number {
    int32_t n_knots;
    double *knot, *score; /* [n_knots] ascending values and their rank-normal scores */
    int32_t n_bins;
    double *edge;     /* [n_bins + 1] ascending; NULL without bins */
    double *bin_mean; /* [n_bins] */
    int32_t says_missing;
    /* From bin_mean, by rich_number_finish: a bin that x is beyond, and one that x does not reach.
     */
    float *full, *empty; /* [n_bins] */
} rich_number;

/* Inputs it takes. */
static inline int32_t rich_number_inputs(const rich_number *r)
{
    return rich_first_bin + r->n_bins + r->says_missing;
}
/* x: [n] values of the training rows, NaN where missing, at least one not. Taken from mem; scratch
 * is rewound. */
status rich_number_fit(rich_number **out, const double *x, int64_t n, arena *mem, arena *scratch,
                       propense_error *err);
/* full and empty from bin_mean; after reading a model. 0 on exhaustion. */
int rich_number_finish(rich_number *r, arena *mem);
/* Fills the inputs of n rows, x: the first row's, `stride` floats a row. Returns how many v were
 * missing. */
int64_t rich_number_put(float *x, int64_t stride, const double *v, int64_t n, const rich_number *r,
                        double mean, double scale);

#endif
