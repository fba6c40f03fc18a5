/* What a ranking is worth at every cut: ROC and precision-recall curves, average precision, the
 * Kolmogorov-Smirnov distance, lift and gains by bins, and Wilson's interval of a share.
 *
 * All are functions of a `ranked` (ranked.h). NaN where a class is missing or a score is NaN,
 * unless said otherwise; curves have no points then. Nothing depends on the order of rows. */
#ifndef PROPENSE_CURVES_H
#define PROPENSE_CURVES_H

#include "ranked.h"

/* Points of a curve; arrays are the caller's arena's. */
typedef struct curve {
    int64_t n;
    double *x, *y, *threshold; /* [n] */
} curve;

/* sklearn.metrics.roc_curve: x = false positive rate, y = true positive rate, from (0, 0) with
 * threshold infinity; a row is called where its score >= threshold. `corners_only` is
 * drop_intermediate: points on a straight line between their neighbours are left out. 0 on
 * exhaustion. */
int roc_curve(curve *out, const ranked *r, int corners_only, arena *mem);

/* sklearn.metrics.precision_recall_curve, best score last as there: x = recall, y = precision, and
 * a last point (0, 1), whose threshold is infinity here (scikit-learn gives it none). 0 on
 * exhaustion. */
int precision_recall_curve(curve *out, const ranked *r, arena *mem);

/* sklearn.metrics.average_precision_score: sum over steps of (recall - recall before) * precision.
 * The area under the precision-recall curve without interpolation. */
double average_precision(const ranked *r);

/* The largest distance of true and false positive rate (scipy.stats.ks_2samp, one-sided "greater"
 * on the scores of the classes; at least 0), at the highest threshold that reaches it: rows with
 * score >= threshold lie above. A ranking that is nowhere better than chance: 0 at infinity. */
typedef struct ks_figures {
    double distance, threshold, true_positive_rate, false_positive_rate;
} ks_figures;
ks_figures ks_of(const ranked *r);

/* Wilson's score interval of a share, hits of n (either may be fractional): Wilson 1927; level
 * 0.95. NaN for n <= 0. Inside [0, 1], and exactly 0 or 1 at the ends that hits of 0 and n reach.
 */
typedef struct share_interval {
    double low, high;
} share_interval;
share_interval wilson(double hits, double n, double level);

/* One bin of equally many rows, best scores first, and what lies in and above it. Rows are cut as
 * numpy.array_split does (the first n % bins have one row more). Equal scores across a cut are
 * shared: each side gets the positives of that step in proportion to its rows (their expected
 * number under any order of ties), so `positives` may be fractional.
 *
 * base = all positives / all rows. depth = rows so far / all rows. */
typedef struct gain_bin {
    double rows, positives; /* in this bin */
    double rate, low, high; /* positives / rows, and its Wilson interval at `level` */
    double lift;            /* rate / base; NaN when there are no positives at all */
    double least_score;     /* of the last row in it */
    double depth;           /* in and above this bin, here and below: */
    double rows_so_far, positives_so_far;
    double gain;        /* share of all positives; NaN without any */
    double lift_so_far; /* gain / depth */
    double most_gain,
        most_lift_so_far;       /* at best: min(1, depth / base), min(1 / base, 1 / depth) */
    double lift_low, lift_high; /* Wilson interval of the rate so far, divided by base */
} gain_bin;
/* Writes min(n_bins, n) bins to out: [n_bins], and returns their number; 0 when a score is NaN.
 * Works with one class, too. */
int64_t gains_table(gain_bin *out, int64_t n_bins, const ranked *r, double level);

/* The same figures for the best share `depth` of the rows, 0 < depth <= 1: the best
 * max(1, floor(depth * n + 1/2)) rows as one bin. All NaN (and rows 0) without rows or with NaN. */
gain_bin gain_at(const ranked *r, double depth, double level);

/* Positives among the best `rows` (0 to n), ties shared. */
double positives_in_best(const ranked *r, int64_t rows);

#endif
