/* Keras' thresholded area under the ROC curve: two histograms that add up over batches.
 * Leaves the exact area to roc.c.
 * Read roc.h first; the rule is keras.metrics.AUC with 200 thresholds and interpolation. */
#include "roc.h"

#include <math.h>

/* A probability counts at threshold i/199 when it lies above it, so the last bucket stays empty.
 * The product is rounded to float32 before the ceiling: on a threshold that decides the bucket. */
static int bucket_of(float p)
{
    if (!(p > 0.0f)) return 0; /* NaN too: training has stopped by then */
    float clipped = p < 1.0f ? p : 1.0f;
    float place = clipped * (float)(auc_buckets - 1);
    int bucket = (int)ceilf(place) - 1;
    return bucket > 0 ? bucket : 0;
}

void keras_auc_add(keras_auc *a, const uint8_t *y, const float *p, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t *counts = y[i] ? a->positive : a->negative;
        counts[bucket_of(p[i])]++;
    }
}

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

/* Sum over thresholds of (x[i] - x[i+1]) (y[i] + y[i+1]) / 2, where x and y are the shares of the
 * negatives and positives at or behind bucket i; walked from the last bucket to the first. */
double keras_auc_value(const keras_auc *a)
{
    int64_t positives = 0, negatives = 0;
    for (int i = 0; i < auc_buckets; i++) {
        positives += a->positive[i];
        negatives += a->negative[i];
    }
    int64_t above_p = a->positive[auc_buckets - 1], above_n = a->negative[auc_buckets - 1];
    double x = share(above_n, negatives), y = share(above_p, positives), area = 0;
    for (int i = auc_buckets - 2; i >= 0; i--) {
        above_p += a->positive[i];
        above_n += a->negative[i];
        double x_here = share(above_n, negatives), y_here = share(above_p, positives);
        area += (x_here - x) * (y_here + y) / 2.0;
        x = x_here;
        y = y_here;
    }
    return area;
}
