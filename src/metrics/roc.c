/* The exact area under the ROC curve and its interval.
 * Leaves sorting to ranking.c and the meaning of the area to metrics/verdict.c.
 * Read ranking.h first; DeLong, DeLong & Clarke-Pearson 1988; Sun & Xu 2014. */
#include "roc.h"

#include <math.h>

#include "maths.h"
#include "ranking.h"

/* Drops the steps that lie on a straight line between their neighbours, as scikit-learn's
 * drop_intermediate does before it sums: both second differences are 0. */
static void keep_corners(ranking *r)
{
    int64_t *x = r->negatives, *y = r->positives, kept = 1;
    int64_t x_before = x[0], y_before = y[0];
    for (int64_t i = 1; i < r->n_steps; i++) {
        int64_t x_here = x[i], y_here = y[i];
        int last = i + 1 == r->n_steps;
        int corner =
            last || x_before - 2 * x_here + x[i + 1] != 0 || y_before - 2 * y_here + y[i + 1] != 0;
        if (corner) {
            x[kept] = x_here;
            y[kept++] = y_here;
        }
        x_before = x_here;
        y_before = y_here;
    }
    r->n_steps = kept;
}

/* The trapezoid between corner i - 1 and corner i, with numpy.trapezoid's order of operations. */
static double trapezoid(const ranking *r, int64_t i)
{
    double n = (double)r->n_negative, m = (double)r->n_positive;
    double x = (double)r->negatives[i] / n, y = (double)r->positives[i] / m;
    double x_before = i ? (double)r->negatives[i - 1] / n : 0.0;
    double y_before = i ? (double)r->positives[i - 1] / m : 0.0;
    return (x - x_before) * (y + y_before) / 2.0;
}

/* At most 128 trapezoids in NumPy's order: eight running sums, then the rest one by one. */
static double sum_block(const ranking *r, int64_t from, int64_t n)
{
    double sums[8];
    int64_t i = 8;
    for (int64_t k = 0; k < 8; k++) sums[k] = trapezoid(r, from + k);
    for (; i < n - n % 8; i++) sums[i % 8] += trapezoid(r, from + i);
    double sum =
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; i < n; i++) sum += trapezoid(r, from + i);
    return sum;
}

/* NumPy's pairwise summation: halves, the first a multiple of eight long. Depth log2(n). */
static double sum_pairwise(const ranking *r, int64_t from, int64_t n)
{
    if (n < 8) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += trapezoid(r, from + i);
        return sum;
    }
    if (n <= 128) return sum_block(r, from, n);
    int64_t half = n / 2 - n / 2 % 8;
    return sum_pairwise(r, from, half) + sum_pairwise(r, from + half, n - half);
}

/* Overwrites the steps: what needs all of them comes first. */
static double area_of(ranking *r)
{
    if (r->has_nan || !r->n_positive || !r->n_negative) return (double)NAN;
    keep_corners(r);
    return sum_pairwise(r, 0, r->n_steps);
}

int roc_auc(double *out, const uint8_t *y, const float *score, int64_t n, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    ranking r;
    int ok = ranking_of(&r, y, score, n, tmp);
    if (ok) *out = area_of(&r);
    arena_rewind(tmp, mark);
    return ok;
}

/* A row's placement is the share of the other class that it stands on the right side of, ties
 * counting half. Var = S10 / m + S01 / n with the sample variances of the two classes' placements;
 * both have the area as their mean. All positives of one step share theirs, so do its negatives. */
static double delong_variance(const ranking *r)
{
    double m = (double)r->n_positive, n = (double)r->n_negative;
    double sum_p = 0, sum_p2 = 0, sum_n2 = 0;
    int64_t p = 0, q = 0; /* positives and negatives above the step */
    for (int64_t i = 0; i < r->n_steps; i++) {
        int64_t dp = r->positives[i] - p, dn = r->negatives[i] - q;
        double below = (double)(r->n_negative - r->negatives[i]) + 0.5 * (double)dn;
        sum_p += (double)dp * (below / n - 0.5);
        p = r->positives[i];
        q = r->negatives[i];
    }
    double centre = sum_p / m + 0.5; /* the area, to rounding */
    p = q = 0;
    for (int64_t i = 0; i < r->n_steps; i++) {
        int64_t dp = r->positives[i] - p, dn = r->negatives[i] - q;
        double below = (double)(r->n_negative - r->negatives[i]) + 0.5 * (double)dn;
        double above = (double)p + 0.5 * (double)dp;
        double off_p = below / n - centre, off_n = above / m - centre;
        sum_p2 += (double)dp * off_p * off_p;
        sum_n2 += (double)dn * off_n * off_n;
        p = r->positives[i];
        q = r->negatives[i];
    }
    return sum_p2 / (m - 1) / m + sum_n2 / (n - 1) / n;
}

/* Hanley & McNeil 1982, from the area and the counts alone. */
static double hanley_mcneil_variance(double area, double m, double n)
{
    double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area), square = area * area;
    return (area * (1 - area) + (m - 1) * (q1 - square) + (n - 1) * (q2 - square)) / (m * n);
}

/* The lowest area from which a perfect ranking is not too far: 1 - A = z sd(A), with the symmetric
 * form of Hanley and McNeil's variance (Newcombe 2006, part 2, method 5). By halving; the left side
 * is larger at 0 and smaller near 1. */
static double lowest_behind_perfect(double z, double m, double n)
{
    enum { halvings = 60 };
    double low = 0, high = 1, rest = (m + n) / 2 - 1;
    for (int i = 0; i < halvings; i++) {
        double area = low + (high - low) / 2, miss = 1 - area;
        double spread = 1 + rest * (miss / (2 - area) + area / (1 + area));
        double variance = area * miss * spread / (m * n);
        if (miss > z * sqrt(variance))
            low = area;
        else
            high = area;
    }
    return low;
}

static void set_interval(auc_interval *a, double level)
{
    double m = (double)a->n_positive, n = (double)a->n_negative;
    double inner = a->auc, step = 1 / (2 * m * n), z = m_normal_quantile(0.5 + level / 2);
    if (inner < step || inner > 1 - step) {
        double low = lowest_behind_perfect(z, m, n);
        a->low = inner < 0.5 ? inner : low;
        a->high = inner < 0.5 ? 1 - low : inner;
        return;
    }
    double half = z * sqrt(a->variance) / (inner * (1 - inner));
    a->low = m_sigmoid(m_logit(inner) - half);
    a->high = m_sigmoid(m_logit(inner) + half);
    if (a->low > a->auc) a->low = a->auc; /* at 0 and 1, and where rounding passes it by a bit */
    if (a->high < a->auc) a->high = a->auc;
}

static void set_area(auc_interval *out, ranking *r, double level)
{
    double m = (double)r->n_positive, n = (double)r->n_negative;
    if (r->has_nan || !r->n_positive || !r->n_negative) return;
    int scarce = r->n_positive < 2 || r->n_negative < 2;
    double delong = scarce ? 0 : delong_variance(r);
    out->auc = area_of(r);
    out->variance = scarce ? hanley_mcneil_variance(out->auc, m, n) : delong;
    set_interval(out, level);
}

static auc_interval no_area(void)
{
    return (auc_interval){ (double)NAN, (double)NAN, (double)NAN, (double)NAN, 0, 0 };
}

int auc_delong(auc_interval *out, const uint8_t *y, const float *score, int64_t n, double level,
               arena *tmp)
{
    *out = no_area();
    arena_mark mark = arena_here(tmp);
    ranking r;
    int ok = ranking_of(&r, y, score, n, tmp);
    for (int64_t i = 0; i < n; i++) (y[i] ? &out->n_positive : &out->n_negative)[0]++;
    if (ok) set_area(out, &r, level);
    arena_rewind(tmp, mark);
    return ok;
}

int auc_delong_ranking(auc_interval *out, const ranking *r, double level, arena *tmp)
{
    *out = no_area();
    out->n_positive = r->n_positive;
    out->n_negative = r->n_negative;
    arena_mark mark = arena_here(tmp);
    ranking own = *r;
    own.negatives = TAKE(tmp, int64_t, r->n_steps);
    own.positives = TAKE(tmp, int64_t, r->n_steps);
    int ok = own.negatives && own.positives;
    if (ok) {
        for (int64_t i = 0; i < r->n_steps; i++) {
            own.negatives[i] = r->negatives[i];
            own.positives[i] = r->positives[i];
        }
        set_area(out, &own, level);
    }
    arena_rewind(tmp, mark);
    return ok;
}
