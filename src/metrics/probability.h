/* How good probabilities are: log-loss, Brier score and its parts, calibration error beside its
 * noise floor, the reliability table, slope and intercept.
 *
 * All are functions of a `ranked` (ranked.h) whose scores are probabilities in [0, 1]; NaN (or no
 * bins) with a NaN score, a score outside [0, 1] or no rows. One class is fine unless said
 * otherwise. Sums are compensated and run over the ranking, so nothing depends on the order of
 * rows.
 *
 * Bins hold equally many rows, as numpy.array_split cuts the sorted rows (the first n % bins have
 * one more), highest probabilities first. Rows of equal probability stay together, in the bin that
 * their middle row falls into; a bin that gets none is left out. */
#ifndef PROPENSE_PROBABILITY_H
#define PROPENSE_PROBABILITY_H

#include "error.h"
#include "ranked.h"
#include "threads.h"

enum { ece_bins = 15, brier_bins = 10, most_bins = 1000 };

/* 1 when every score is a probability, there are rows, and none is NaN. */
int probabilities_usable(const ranked *r);

/* sklearn.metrics.log_loss (natural logarithm), p clipped to [2^-52, 1 - 2^-52] as there for
 * float64. */
double log_loss(const ranked *r);
/* The loss of the base rate: the entropy of the targets. 0 with one class. */
double log_loss_of_base_rate(const ranked *r);

/* sklearn.metrics.brier_score_loss: mean of (p - y)^2. */
double brier_score(const ranked *r);

/* Murphy 1973, with the two terms that bins of unequal probabilities need (Stephenson, Coelho &
 * Jolliffe 2008); b runs over bins with n_b rows, mean probability p_b, rate o_b; o is the base
 * rate: brier = reliability - resolution + uncertainty + within_variance - within_covariance
 *   reliability        sum n_b (p_b - o_b)^2 / n        0 is best
 *   resolution         sum n_b (o_b - o)^2 / n          higher is better
 *   uncertainty        o (1 - o)                        the Brier score of the base rate
 *   within_variance    sum over rows (p_i - p_b)^2 / n
 *   within_covariance  2 sum over rows (y_i - o_b)(p_i - p_b) / n
 */
typedef struct brier_parts {
    double brier, reliability, resolution, uncertainty, within_variance, within_covariance;
    int64_t n_bins; /* that hold rows */
} brier_parts;
brier_parts brier_parts_of(const ranked *r, int64_t n_bins); /* 1 <= n_bins <= most_bins */

/* The reliability table. */
typedef struct reliability_bin {
    int64_t rows, positives;
    double mean_p, least_p, most_p;
    double rate, low, high; /* observed, and its Wilson interval */
} reliability_bin;
/* Writes at most n_bins bins to out: [n_bins], highest probabilities first; returns their number.
 */
int64_t reliability_table(reliability_bin *out, int64_t n_bins, const ranked *r, double level);

/* Expected calibration error: sum n_b |o_b - p_b| / n over `n_bins` bins of equally many rows, the
 * largest gap of a bin, and the noise floor: the error that a perfectly calibrated model with these
 * same probabilities is expected to show. Closed form: with mu and v the mean and variance of a
 * bin's positives (Bernoulli(p_i), independent), E|S - mu| is de Moivre's mean absolute deviation
 * of the binomial with that mean and variance, 2 (k + 1) C(N, k + 1) q^(k+1) (1 - q)^(N - k), k =
 * floor(mu), q = 1 - v / mu, N = mu / q (exact where a bin's probabilities are equal; Gamma
 * function in between), and sqrt(2 v / pi) for v above 10,000. */
typedef struct ece_figures {
    double ece, largest_gap, noise_floor;
    int64_t n_bins;
} ece_figures;
ece_figures ece_of(const ranked *r, int64_t n_bins);

/* Cox 1958: logit P(y = 1) = intercept + slope * logit(p), by maximum likelihood; 1 and 0 are
 * ideal. Slope below 1: too extreme. in_the_large is the intercept with the slope held at 1 (0 is
 * ideal; positive: probabilities too low). Standard errors from the Hessian; intervals are +- z se
 * at `level`. p is clipped to [2^-52, 1 - 2^-52]. All NaN with one class; slope and intercept NaN
 * too when all p are equal or p separates the classes (no maximum exists). */
typedef struct slope_figures {
    double slope, slope_error, slope_low, slope_high;
    double intercept, intercept_error, intercept_low, intercept_high;
    double in_the_large, in_the_large_error, in_the_large_low, in_the_large_high;
} slope_figures;
/* Takes 8 bytes a row of scratch, given back. pool may be NULL. 0 on exhaustion. */
int slope_of(slope_figures *out, const ranked *r, double level, pool *threads, arena *tmp);

#endif
