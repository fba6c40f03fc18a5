/* Intervals for the headline figures, and the bootstrap they come from.
 *
 * They cover the sampling of the test rows only: another sample of customers, the same model. What
 * another training would have given is a matter of repeated folds and is shown apart.
 *
 * Everything is a pure function of (ranked, options): rows are known by their rank (ranked.h), draw
 * d of row i by (seed, d, i). The order of rows and the number of threads change no bit. */
#ifndef PROPENSE_INTERVALS_H
#define PROPENSE_INTERVALS_H

#include "error.h"
#include "ranked.h"
#include "threads.h"

/* ---- The headline figures */

typedef enum figure {
    FIGURE_AUC = 0,
    FIGURE_PR_AUC,   /* average precision */
    FIGURE_LOG_LOSS, /* scores must be probabilities for this and the next, else NaN */
    FIGURE_BRIER,
    FIGURE_KS,
    FIGURE_LIFT,      /* of the best `depth` of the rows */
    FIGURE_GAIN,      /* share of the positives among them */
    FIGURE_ACCURACY,  /* called where score > threshold strictly, as in classification.h */
    FIGURE_PRECISION, /* 0 / 0 is 0 here as in scikit-learn */
    FIGURE_RECALL,
    FIGURE_F1,
    figure_count
} figure;

typedef enum interval_method {
    INTERVAL_NONE = 0,      /* no interval: a class is missing, a score is NaN, too few rows */
    INTERVAL_DELONG = 1,    /* DeLong's variance on the logit scale (roc.h) */
    INTERVAL_WILSON = 2,    /* Wilson's score interval of a share */
    INTERVAL_NORMAL = 3,    /* value exp(+- z sd / value): asymptotic variance of a mean */
    INTERVAL_BOOTSTRAP = 4, /* percentiles of resampled customers */
    INTERVAL_BINNED =
        5 /* percentiles of Poisson weights on bins of scores: above `most_plain` rows */
} interval_method;
/* A plain statement for people, English; translate with tr(). */
const char *interval_method_text(interval_method method);

typedef struct interval {
    double value, low, high;
    int32_t method;    /* interval_method */
    int32_t too_small; /* 1: so few customers stand behind it that it may cover less than it says */
} interval;

typedef struct interval_options {
    double level;       /* 0: 0.95 */
    int32_t draws;      /* 0: 1000 */
    int32_t stratified; /* 1: numbers of positives and negatives are held in every draw */
    uint64_t seed;
    double threshold;      /* of accuracy, precision, recall, F1; 0.5 is not the default: set it */
    double depth;          /* of lift and gain; 0: 0.1 */
    int64_t most_plain;    /* more rows than this are binned; 0: 1,000,000 */
    int32_t bins;          /* 0: 10,000 */
    int32_t bootstrap_all; /* 1: percentiles for every figure, also where a formula exists: to
                              compare */
} interval_options;

/* The figures alone, as curves.h, probability.h, roc.h and classification.h compute them. */
int figures_of(double out[figure_count], const ranked *r, double threshold, double depth,
               arena *tmp);

/* The figures with intervals: DELONG for the area, WILSON for accuracy, precision and recall,
 * NORMAL for log-loss and Brier score, BOOTSTRAP or BINNED for the others. KS and PR AUC come out
 * too high on few rows and higher again on resampled ones; their percentiles are moved by twice
 * that bias. Measured coverage: bench/coverage.c. Scratch is given back: 56 bytes a row, and 24 a
 * row for each thread (binned: 16 a row in all). PROPENSE_E_NOMEM. Draws of more than 100,000 rows
 * are judged on 50,000 cells of whole scores, and the interval is moved by what that changes. */
status figures_with_intervals(interval out[figure_count], const ranked *r,
                              const interval_options *o, pool *threads, arena *tmp,
                              propense_error *err);

/* ---- The bootstrap itself, for other statistics of customers */

/* How often draw `draw` takes each rank: counts: [n], sum n. Not stratified: n times one of n.
 * Stratified: as many positives as there are, and as many negatives; `scratch`: [n], else it may be
 * NULL. */
typedef struct bootstrap_plan {
    const ranked *rows;
    uint64_t seed;
    int32_t stratified;
} bootstrap_plan;
void bootstrap_counts(int32_t *counts, int32_t *scratch, const bootstrap_plan *plan, uint32_t draw);

/* A statistic of resampled customers. counts: [n] by rank; out: [n_values]. Called from several
 * threads at once; must not change *user. */
typedef void (*bootstrap_statistic)(double *out, const int32_t *counts, const void *user);

/* values: [draws, n_values], draw by draw. Scratch: 8 bytes a row and thread, given back. */
status bootstrap_run(double *values, int64_t n_values, int32_t draws, const bootstrap_plan *plan,
                     bootstrap_statistic statistic, const void *user, pool *threads, arena *tmp,
                     propense_error *err);

/* The percentile interval of draws[0], draws[step], ...: [n], NaN left out; linear between order
 * statistics as numpy.quantile. NaN and NaN without draws. tmp: 16 bytes a draw, given back; 0 on
 * exhaustion. */
int percentile_interval(double *low, double *high, const double *draws, int64_t n, int64_t step,
                        double level, arena *tmp);

/* Poisson(mean) as a pure function of u in [0, 1): the quantile, exact below a mean of 60,
 * Cornish-Fisher's above (within one). */
double poisson_quantile(double mean, double u);

#endif
