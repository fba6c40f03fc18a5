/* Ridge logistic regression, exact: Newton's method in double on a dense matrix. The simple model
 * that is always in the race, with standard errors.
 *
 *   minimise  sum_i w_i log(1 + exp(-s_i (b + x_i . c)))  +  ridge / 2 * |c|^2,   s_i = +-1
 *
 * The intercept b is not penalised. scikit-learn's LogisticRegression(C) is ridge = 1 / C;
 * statsmodels' Logit is ridge = 0. */
#ifndef PROPENSE_LOGISTIC_H
#define PROPENSE_LOGISTIC_H

#include "error.h"
#include "memory.h"
#include "threads.h"

/* x: [n, k] row-major, one of the two, rows `stride` items apart (0: k). */
typedef struct logistic_matrix {
    const float *f32;
    const double *f64;
    int64_t n, k, stride;
} logistic_matrix;

typedef struct logistic_options {
    double
        ridge; /* >= 0; above 0 wherever classes may be separated or columns depend on each other */
    double level;      /* of the intervals; 0: 0.95 */
    int32_t max_steps; /* 0: 50 */
    double tolerance;  /* 0: 1e-10: Newton's decrement g' H^-1 g at which it ends, relative to the
                        * sum of weights;  one more step is taken after it */
} logistic_options;

typedef struct logistic {
    int64_t k;
    /* [k + 1], the intercept first. Errors are the roots of the diagonal of H^-1, with H the
     * Hessian of what is minimised (ridge included): statsmodels' `bse` at ridge 0. Intervals:
     * coefficient +- z error. */
    double *coefficients, *errors, *low, *high;
    double *covariance; /* [k + 1, k + 1] H^-1 */
    double loss;        /* sum of w_i times the log-loss, without the ridge */
    double objective;   /* with it */
    int32_t steps, converged;
} logistic;

/* y: [n] 0 or 1; w: [n] >= 0 or NULL. Results are taken from `mem`; scratch too, given back: 24
 * bytes a row, 24 (k + 1)^2 and a block of rows. One class only: slopes 0, intercept +-logit of
 * (sum w + 1/2) / (sum w + 1), errors NaN. The same bits for any number of threads (each output is
 * one chain over the rows in their order). Another order of rows changes results by rounding only.
 * PROPENSE_E_NUMERIC: a value is not finite, or H is singular (ridge 0 with dependent columns) or
 * the classes are separated at ridge 0. PROPENSE_E_ARG: k > 2000, n <= 0, negative ridge.
 * PROPENSE_E_NOMEM. */
status logistic_fit(logistic *out, const logistic_matrix *x, const uint8_t *y, const double *w,
                    const logistic_options *options, pool *threads, arena *mem,
                    propense_error *err);

/* z: [n] logits of rows. */
void logistic_logits(double *z, const logistic *m, const logistic_matrix *x);
/* The standard error of one row's logit: sqrt(x' cov x), x with a 1 in front. row: [k] */
double logistic_logit_error(const logistic *m, const double *row);

#endif
