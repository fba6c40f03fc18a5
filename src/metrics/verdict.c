/* From an area and its interval to one word.
 * Leaves the interval to metrics/roc.c and the sentences to report/console_verdict.c.
 * Read verdict.h first. */
#include "verdict.h"

#include <math.h>

verdict_kind verdict_band(double area)
{
    if (area < 0.7) return VERDICT_WEAK;
    if (area < 0.8) return VERDICT_FAIR;
    return area < 0.9 ? VERDICT_GOOD : VERDICT_STRONG;
}

/* The interval decides, not the area. Below 0.5 is chance as well: with the labels shuffled, areas
 * on held-out rows sit slightly below 0.5, because the class shares of the two parts move against
 * each other. */
verdict_kind verdict_of(const auc_interval *a)
{
    if (isnan(a->auc) || a->n_positive <= 0 || a->n_negative <= 0) return VERDICT_NONE;
    if (a->high < 0.5) return VERDICT_REVERSED;
    if (!(a->low > 0.5)) return VERDICT_CHANCE;
    return verdict_band(a->auc);
}

int verdict_sign(verdict_kind kind)
{
    if (kind == VERDICT_NONE) return -1;
    return kind != VERDICT_CHANCE && kind != VERDICT_REVERSED;
}

double verdict_least_area(int64_t n_positive, int64_t n_negative)
{
    if (n_positive <= 0 || n_negative <= 0) return (double)NAN;
    double m = (double)n_positive, n = (double)n_negative;
    double area = 0.5 + 1.959963984540054 * sqrt((m + n + 1) / (12 * m * n));
    return area < 1 ? area : 1;
}
