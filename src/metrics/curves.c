/* Curves of a ranking and what is read off them.
 * Leaves areas under the ROC curve to roc.c, lift and gains to gains.c.
 * Read curves.h first; the definitions are scikit-learn's. */
#include "curves.h"

#include <math.h>

#include "compensated.h"

static int take_curve(curve *c, int64_t n, arena *mem)
{
    *c = (curve){ 0 };
    c->x = TAKE(mem, double, n);
    c->y = TAKE(mem, double, n);
    c->threshold = TAKE(mem, double, n);
    return c->x && c->y && c->threshold;
}

static void add_point(curve *c, double x, double y, double threshold)
{
    c->x[c->n] = x;
    c->y[c->n] = y;
    c->threshold[c->n++] = threshold;
}

/* Both second differences of the counts are 0: on a line between its neighbours. */
static int is_corner(const ranking *s, int64_t i)
{
    const int64_t *p = s->positives, *q = s->negatives;
    if (i == 0 || i + 1 == s->n_steps) return 1;
    return p[i - 1] - 2 * p[i] + p[i + 1] != 0 || q[i - 1] - 2 * q[i] + q[i + 1] != 0;
}

int roc_curve(curve *out, const ranked *r, int corners_only, arena *mem)
{
    const ranking *s = &r->steps;
    int usable = ranked_usable(r);
    if (!take_curve(out, usable ? s->n_steps + 1 : 0, mem)) return 0;
    if (usable) add_point(out, 0, 0, (double)INFINITY);
    for (int64_t i = 0; usable && i < s->n_steps; i++)
        if (!corners_only || is_corner(s, i))
            add_point(out, (double)s->negatives[i] / (double)s->n_negative,
                      (double)s->positives[i] / (double)s->n_positive, r->score[i]);
    return 1;
}

static double precision_at(const ranking *s, int64_t i)
{
    return (double)s->positives[i] / (double)(s->positives[i] + s->negatives[i]);
}

int precision_recall_curve(curve *out, const ranked *r, arena *mem)
{
    const ranking *s = &r->steps;
    int usable = ranked_usable(r);
    if (!take_curve(out, usable ? s->n_steps + 1 : 0, mem)) return 0;
    for (int64_t i = s->n_steps - 1; usable && i >= 0; i--)
        add_point(out, (double)s->positives[i] / (double)s->n_positive, precision_at(s, i),
                  r->score[i]);
    if (usable) add_point(out, 0, 1, (double)INFINITY);
    return 1;
}

double average_precision(const ranked *r)
{
    const ranking *s = &r->steps;
    compensated sum = { 0, 0 };
    if (!ranked_usable(r)) return (double)NAN;
    for (int64_t i = 0; i < s->n_steps; i++)
        compensated_add(&sum, (double)ranked_positives(r, i) * precision_at(s, i));
    return compensated_value(sum) / (double)s->n_positive;
}

/* Distances are compared as p n - q m in whole numbers, so that rounding breaks no ties. */
ks_figures ks_of(const ranked *r)
{
    const ranking *s = &r->steps;
    ks_figures best = { 0, (double)INFINITY, 0, 0 };
    int64_t most = 0, m = s->n_positive, n = s->n_negative;
    if (!ranked_usable(r))
        return (ks_figures){ (double)NAN, (double)NAN, (double)NAN, (double)NAN };
    for (int64_t i = 0; i < s->n_steps; i++) {
        int64_t distance = s->positives[i] * n - s->negatives[i] * m;
        if (distance <= most) continue;
        most = distance;
        best.threshold = r->score[i];
        best.true_positive_rate = (double)s->positives[i] / (double)m;
        best.false_positive_rate = (double)s->negatives[i] / (double)n;
    }
    best.distance = best.true_positive_rate - best.false_positive_rate;
    return best;
}
