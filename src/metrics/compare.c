/* DeLong's test of two correlated areas.
 * Leaves the paired bootstrap to compare_figures.c.
 * Read compare.h first; DeLong, DeLong & Clarke-Pearson 1988, Sun & Xu 2014. */
#include "compare.h"

#include <math.h>

#include "compare_pairs.h"
#include "compensated.h"
#include "maths.h"
#include "ordering.h"
#include "roc.h"

/* ---- Rows in an order of their own */

static int has_nan(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (x[i] != x[i]) return 1;
    return 0;
}

static int take_pairs(pairs *p, int64_t n, arena *mem)
{
    p->a = TAKE(mem, double, n);
    p->b = TAKE(mem, double, n);
    return p->a && p->b;
}

int pairs_of(pairs *out, const uint8_t *y, const double *a, const double *b, int64_t n, arena *mem)
{
    *out = (pairs){ .n = n, .has_nan = has_nan(a, n) || has_nan(b, n) };
    for (int64_t i = 0; i < n; i++) out->m += y[i] != 0;
    if (!take_pairs(out, n, mem)) return 0;
    arena_mark mark = arena_here(mem);
    int64_t *order = TAKE(mem, int64_t, n);
    for (int64_t i = 0; order && i < n; i++) order[i] = i;
    int ok = order && (out->has_nan || (order_by(order, b, n, mem) && order_by(order, a, n, mem) &&
                                        order_by_target(order, y, n, mem)));
    for (int64_t i = 0; ok && i < n; i++) {
        out->a[i] = a[order[i]];
        out->b[i] = b[order[i]];
    }
    arena_rewind(mem, mark);
    return ok;
}

int pairs_ranked(ranked *out, const pairs *p, const double *score, arena *mem)
{
    uint8_t *y = TAKE(mem, uint8_t, p->n);
    for (int64_t i = 0; y && i < p->m; i++) y[i] = 1;
    return y && ranked_of(out, y, score, p->n, mem);
}

/* ---- Placements */

/* out[i]: the share of the other class that row i stands on the right side of, ties counting half.
 */
static int placements(double *out, const pairs *p, const double *score, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    int64_t *order = TAKE(tmp, int64_t, p->n), below_p = 0, below_n = 0;
    double m = (double)p->m, n = (double)(p->n - p->m);
    for (int64_t i = 0; order && i < p->n; i++) order[i] = i;
    int ok = order && order_by(order, score, p->n, tmp);
    for (int64_t i = 0, end; ok && i < p->n; i = end) {
        int64_t tied_p = 0;
        for (end = i; end < p->n && score[order[end]] == score[order[i]]; end++)
            tied_p += order[end] < p->m;
        int64_t tied_n = end - i - tied_p;
        for (int64_t k = i; k < end; k++)
            out[order[k]] = order[k] < p->m ? ((double)below_n + 0.5 * (double)tied_n) / n
                                            : (m - (double)below_p - 0.5 * (double)tied_p) / m;
        below_p += tied_p;
        below_n += tied_n;
    }
    arena_rewind(tmp, mark);
    return ok;
}

/* Sample covariance of u - v and w - x over rows from .. to - 1, divided by their number: a class's
 * part of the (co)variance of an area. NULL stands for zeros. */
static double part(const double *u, const double *v, const double *w, const double *x, int64_t from,
                   int64_t to)
{
    compensated first = { 0, 0 }, second = { 0, 0 }, sum = { 0, 0 };
    double n = (double)(to - from);
    for (int64_t i = from; i < to; i++) {
        compensated_add(&first, u[i] - (v ? v[i] : 0));
        compensated_add(&second, w[i] - (x ? x[i] : 0));
    }
    double mean = compensated_value(first) / n, other = compensated_value(second) / n;
    for (int64_t i = from; i < to; i++)
        compensated_add(&sum, (u[i] - (v ? v[i] : 0) - mean) * (w[i] - (x ? x[i] : 0) - other));
    return compensated_value(sum) / (n - 1) / n;
}

static double both_parts(const pairs *p, const double *u, const double *v, const double *w,
                         const double *x)
{
    return part(u, v, w, x, 0, p->m) + part(u, v, w, x, p->m, p->n);
}

static void set_test(auc_comparison *out, double level)
{
    double deviation = sqrt(out->variance), off = out->difference;
    double half = m_normal_quantile(0.5 + level / 2) * deviation;
    if (deviation > 0)
        out->z = off / deviation;
    else
        out->z = off == 0 ? 0 : off > 0 ? (double)INFINITY : -(double)INFINITY;
    out->p_value = m_erfc(fabs(out->z) * 0.70710678118654752440);
    out->low = off - half;
    out->high = off + half;
}

static int set_variances(auc_comparison *out, const pairs *p, double level, arena *tmp)
{
    double *a = TAKE(tmp, double, p->n), *b = TAKE(tmp, double, p->n);
    if (!a || !b || !placements(a, p, p->a, tmp) || !placements(b, p, p->b, tmp)) return 0;
    out->variance_a = both_parts(p, a, NULL, a, NULL);
    out->variance_b = both_parts(p, b, NULL, b, NULL);
    out->covariance = both_parts(p, a, NULL, b, NULL);
    out->variance = both_parts(p, a, b, a, b);
    set_test(out, level);
    return 1;
}

static int area_of(double *out, const pairs *p, const double *score, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    ranked r;
    auc_interval a;
    int ok = pairs_ranked(&r, p, score, tmp) && auc_delong_ranking(&a, &r.steps, 0.95, tmp);
    if (ok) *out = a.auc;
    arena_rewind(tmp, mark);
    return ok;
}

static int compare_pairs(auc_comparison *out, const pairs *p, double level, arena *tmp)
{
    int64_t n = p->n - p->m;
    if (p->has_nan || p->m == 0 || n == 0) return 1;
    if (!area_of(&out->auc_a, p, p->a, tmp) || !area_of(&out->auc_b, p, p->b, tmp)) return 0;
    out->difference = out->auc_a - out->auc_b;
    return p->m < 2 || n < 2 || set_variances(out, p, level, tmp);
}

int auc_compare(auc_comparison *out, const uint8_t *y, const double *a, const double *b, int64_t n,
                double level, arena *tmp)
{
    const double none = (double)NAN;
    arena_mark mark = arena_here(tmp);
    pairs p;
    *out =
        (auc_comparison){ none, none, none, none, none, none, none, none, none, none, none, 0, 0 };
    int ok = pairs_of(&p, y, a, b, n, tmp);
    out->n_positive = p.m;
    out->n_negative = n - p.m;
    ok = ok && compare_pairs(out, &p, level, tmp);
    arena_rewind(tmp, mark);
    return ok;
}
