/* Area under the ROC curve: exact, with an interval, and as Keras' thresholded metric. */
#ifndef PROPENSE_ROC_H
#define PROPENSE_ROC_H

#include <stdint.h>

#include "ranking.h"

/* scikit-learn's roc_auc_score, bit for bit. y: [n] 0 or 1, score: [n]. NaN when one class is
 * missing or a score is NaN. O(n) by radix sort; scratch of 16 bytes a row, rewound on return.
 * Returns 0 when scratch cannot be had. */
int roc_auc(double *out, const uint8_t *y, const float *score, int64_t n, arena *tmp);

/* DeLong's variance of the area in O(n log n) with mid-ranks (Sun & Xu 2014), and the interval on
 * the logit scale: logit(A) +- z * sd / (A (1 - A)), carried back. `level` 0.95. A of exactly 0 or
 * 1: the variance is 0 there and says nothing; the interval then is Newcombe's (2006, method 5),
 * from A to where a perfect ranking would be too far. With a class of one row DeLong's variance
 * does not exist and Hanley-McNeil's stands for it. `auc` is roc_auc's, bit for bit. */
typedef struct auc_interval {
    double auc, variance, low, high; /* all NaN when one class is missing or a score is NaN */
    int64_t n_positive, n_negative;
} auc_interval;
int auc_delong(auc_interval *out, const uint8_t *y, const float *score, int64_t n, double level,
               arena *tmp);
/* The same from a ranking, which stays as it is (`ranked.steps` for scores in double). Classes are
 * counted in the ranking. Scratch of 16 bytes a step. */
int auc_delong_ranking(auc_interval *out, const ranking *r, double level, arena *tmp);

/* Keras' AUC(num_thresholds=200, curve ROC, interpolation): two histograms that accumulate over
 * batches. All-zero is the empty state. (bucket = max(ceil(clip(p,0,1)*199) - 1, 0) in float32). */
enum { auc_buckets = 200 };
typedef struct keras_auc {
    int64_t positive[auc_buckets], negative[auc_buckets];
} keras_auc;
void keras_auc_add(keras_auc *a, const uint8_t *y, const float *p, int64_t n);
double keras_auc_value(const keras_auc *a);

#endif
