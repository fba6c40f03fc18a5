/* Venn-Abers bounds: two isotonic regressions for every score that may come.
 * Leaves points to calibration.c and pooling to calibration_isotonic.c.
 * Read calibration.h first; Vovk, Petej & Fedorova 2015. */
#include "calibration_parts.h"

/* Calibration rows by stretches of scores: single scores, or bins of many. */
typedef struct stretches {
    int64_t n;
    double *low, *high, *w, *hits;
} stretches;

static int take_stretches(stretches *s, int64_t n, arena *mem)
{
    s->low = TAKE(mem, double, n);
    s->high = TAKE(mem, double, n);
    s->w = TAKE(mem, double, n);
    s->hits = TAKE(mem, double, n);
    return s->low && s->high && s->w && s->hits;
}

/* A point goes where the middle of its weight falls. */
static void fill_stretches(stretches *s, const calibration_points *p)
{
    int64_t last = -1;
    double before = 0;
    for (int64_t i = 0; i < p->n; i++) {
        double middle = (before + p->w[i] / 2) / p->sum_w * venn_abers_most_points;
        int64_t bin = p->n <= venn_abers_most_points ? i : (int64_t)middle;
        if (bin >= venn_abers_most_points) bin = venn_abers_most_points - 1; /* rounding */
        if (bin != last) s->low[s->n++] = p->z[i];
        last = bin;
        s->high[s->n - 1] = p->z[i];
        s->w[s->n - 1] += p->w[i];
        s->hits[s->n - 1] += p->hits[i];
        before += p->w[i];
    }
}

/* The isotonic value at stretch `at` when one more row of target y stands there. */
static double value_with(const stretches *s, int64_t at, int y, isotonic_block *blocks)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->n; i++) {
        isotonic_block b = { i, s->w[i], s->hits[i] };
        if (i == at) {
            b.w += 1;
            b.hits += y;
        }
        n = isotonic_add(blocks, n, b);
    }
    while (n > 0 && blocks[n - 1].first > at) n--;
    return isotonic_rate(&blocks[n - 1]);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Neighbours with the same bounds become one point. */
static void set_points(venn_abers *out, const stretches *s, isotonic_block *blocks)
{
    for (int64_t i = 0; i < s->n; i++) {
        double p0 = value_with(s, i, 0, blocks), p1 = value_with(s, i, 1, blocks);
        int64_t last = out->n - 1;
        if (last >= 0) { /* they rise, but for rounding */
            p0 = larger(p0, out->p0[last]);
            p1 = larger(p1, out->p1[last]);
        }
        if (last < 0 || p0 != out->p0[last] || p1 != out->p1[last]) {
            last = out->n++;
            out->low[last] = s->low[i];
            out->p0[last] = p0;
            out->p1[last] = p1;
        }
        out->high[last] = s->high[i];
    }
}

static status fit_points(venn_abers *out, const calibration_points *p, arena *mem,
                         propense_error *err)
{
    stretches s = { 0 };
    isotonic_block *blocks = TAKE(mem, isotonic_block, venn_abers_most_points);
    if (!blocks || !take_stretches(&s, venn_abers_most_points, mem)) return fail_memory(err);
    fill_stretches(&s, p);
    set_points(out, &s, blocks);
    return PROPENSE_OK;
}

status venn_abers_fit(venn_abers *out, const double *z, const uint8_t *y, const double *w,
                      int64_t n, arena *mem, propense_error *err)
{
    *out = (venn_abers){ 0 };
    int64_t most = n < venn_abers_most_points ? n : (int64_t)venn_abers_most_points;
    out->low = TAKE(mem, double, most);
    out->high = TAKE(mem, double, most);
    out->p0 = TAKE(mem, double, most);
    out->p1 = TAKE(mem, double, most);
    status s = PROPENSE_OK;
    if (!out->low || !out->high || !out->p0 || !out->p1) s = fail_memory(err);
    arena_mark mark = arena_here(mem);
    calibration_points p;
    if (s == PROPENSE_OK) s = calibration_points_of(&p, z, y, w, n, mem, err);
    if (s == PROPENSE_OK) s = fit_points(out, &p, mem, err);
    arena_rewind(mem, mark);
    if (s != PROPENSE_OK) *out = (venn_abers){ 0 };
    return s;
}

/* Points whose edge[i] is not above z: below z strictly, or up to it. */
static int64_t points_before(const double *edge, int64_t n, double z, int up_to)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (edge[middle] < z || (up_to && edge[middle] == z))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Between two points a 1 pools with those above it only, so it belongs to the next point; a 0 to
 * the one before. */
venn_abers_bounds venn_abers_apply(const venn_abers *v, double z)
{
    if (z != z) return (venn_abers_bounds){ z, z, z };
    const double most = CALIBRATION_LARGEST_LOGIT;
    double at = z > most ? most : z < -most ? -most : z;
    int64_t below = points_before(v->high, v->n, at, 0), up_to = points_before(v->low, v->n, at, 1);
    venn_abers_bounds b;
    b.p0 = up_to > 0 ? v->p0[up_to - 1] : 0.0;
    b.p1 = below < v->n ? v->p1[below] : 1.0;
    b.p = b.p1 / (1 - b.p0 + b.p1);
    return b;
}

int venn_abers_valid(const venn_abers *v)
{
    if (v->n < 0 || v->n > venn_abers_most_points) return 0;
    for (int64_t i = 0; i < v->n; i++) {
        if (!(v->low[i] >= -1e6 && v->low[i] <= v->high[i] && v->high[i] <= 1e6)) return 0;
        if (!(v->p0[i] >= 0 && v->p0[i] < v->p1[i] && v->p1[i] <= 1)) return 0;
        if (i &&
            (!(v->low[i] > v->high[i - 1]) || v->p0[i] < v->p0[i - 1] || v->p1[i] < v->p1[i - 1]))
            return 0;
    }
    return 1;
}
