/* Fits and applies maps of logits.
 * Leaves the fit of parameters to calibration_line.c, of staircases to calibration_isotonic.c.
 * Read calibration.h first. */
#include "calibration.h"

#include <math.h>

#include "calibration_parts.h"
#include "maths.h"
#include "ordering.h"

/* Isotonic maps go on beyond their ends by this much a unit: enough to keep the order. */
#define END_SLOPE 0.01

static double within(double z)
{
    const double most = CALIBRATION_LARGEST_LOGIT;
    return z > most ? most : z < -most ? -most : z;
}

/* ---- Rows to points */

static status check_rows(const double *z, const double *w, int64_t n, propense_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        if (z[i] != z[i])
            return fail(err, PROPENSE_E_NUMERIC,
                        "score %lld of %lld is not a number: nothing can be calibrated on it",
                        (long long)i + 1, (long long)n);
        if (w && !(w[i] >= 0 && w[i] <= 1e300))
            return fail(err, PROPENSE_E_NUMERIC,
                        "weight %lld of %lld is negative or not a number; expected 0 or more",
                        (long long)i + 1, (long long)n);
    }
    return PROPENSE_OK;
}

static void add_rows(calibration_points *p, const int64_t *order, const double *z, const uint8_t *y,
                     const double *w, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t row = order[i];
        double weight = w ? w[row] : 1.0, here = within(z[row]);
        if (!(weight > 0)) continue;
        if (!p->n || p->z[p->n - 1] != here) p->z[p->n++] = here == 0 ? 0.0 : here;
        p->w[p->n - 1] += weight;
        p->hits[p->n - 1] += y[row] ? weight : 0.0;
        p->sum_w += weight;
        p->sum_hits += y[row] ? weight : 0.0;
    }
}

status calibration_points_of(calibration_points *out, const double *z, const uint8_t *y,
                             const double *w, int64_t n, arena *mem, propense_error *err)
{
    *out = (calibration_points){ 0 };
    TRY(check_rows(z, w, n, err));
    out->z = TAKE(mem, double, n);
    out->w = TAKE(mem, double, n);
    out->hits = TAKE(mem, double, n);
    arena_mark mark = arena_here(mem);
    int64_t *order = TAKE(mem, int64_t, n);
    int ok = out->z && out->w && out->hits && order;
    for (int64_t i = 0; ok && i < n; i++) order[i] = i;
    ok = ok && order_by_target(order, y, n, mem) && (!w || order_by(order, w, n, mem)) &&
         order_by(order, z, n, mem);
    if (ok) add_rows(out, order, z, y, w, n);
    arena_rewind(mem, mark);
    return ok ? PROPENSE_OK : fail_memory(err);
}

/* ---- Fitting */

static int known(int32_t kind)
{
    return (kind >= CALIBRATION_NONE && kind <= CALIBRATION_ISOTONIC) ||
           kind == CALIBRATION_PLATT_SMOOTHED;
}

static status fit_points(calibration_map *out, int32_t kind, const calibration_points *p,
                         arena *mem, propense_error *err)
{
    if (!(p->sum_hits > 0) || !(p->sum_hits < p->sum_w)) return PROPENSE_OK;
    if (kind == CALIBRATION_ISOTONIC) return calibration_fit_isotonic(out, p, mem, err);
    return calibration_fit_line(out, kind, p, mem, err);
}

/* Knots are wanted below the scratch that they are made from, so they are taken first. */
static status fit_kind(calibration_map *out, int32_t kind, const double *z, const uint8_t *y,
                       const double *w, int64_t n, arena *mem, propense_error *err)
{
    int64_t most = kind != CALIBRATION_ISOTONIC ? 0
                   : n < calibration_most_knots ? n
                                                : (int64_t)calibration_most_knots;
    out->x = TAKE(mem, double, most);
    out->y = TAKE(mem, double, most);
    if (!out->x || !out->y) return fail_memory(err);
    arena_mark mark = arena_here(mem);
    calibration_points p;
    status s = calibration_points_of(&p, z, y, w, n, mem, err);
    if (s == PROPENSE_OK) s = fit_points(out, kind, &p, mem, err);
    arena_rewind(mem, mark);
    return s;
}

status calibration_fit(calibration_map *out, int32_t kind, const double *z, const uint8_t *y,
                       const double *w, int64_t n, arena *mem, propense_error *err)
{
    *out = (calibration_map){ 0 };
    if (!known(kind))
        return fail(err, PROPENSE_E_ARG, "there is no calibration of kind %d", (int)kind);
    if (kind == CALIBRATION_NONE) return PROPENSE_OK;
    status s = fit_kind(out, kind, z, y, w, n, mem, err);
    if (s != PROPENSE_OK) *out = (calibration_map){ 0 };
    return s;
}

/* ---- Applying */

static double isotonic_at(const calibration_map *m, double z)
{
    int64_t low = 0, high = m->n_knots - 1;
    if (z <= m->x[0]) return m->y[0] - END_SLOPE * (m->x[0] - z);
    if (z >= m->x[high]) return m->y[high] + END_SLOPE * (z - m->x[high]);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        (m->x[middle] <= z ? &low : &high)[0] = middle;
    }
    double share = (z - m->x[low]) / (m->x[high] - m->x[low]);
    double y = m->y[low] + (m->y[high] - m->y[low]) * share;
    return y < m->y[high] ? y : m->y[high]; /* rounding must not pass the next knot */
}

/* -log(p) = log(1 + exp(-z)), without overflow; -log(1 - p) is the same at -z. */
static double minus_log(double z)
{
    return z > 0 ? m_log1p(m_exp(-z)) : m_log1p(m_exp(z)) - z;
}

double calibration_apply(const calibration_map *m, double z)
{
    double at = within(z);
    switch (m->kind) {
    case CALIBRATION_PLATT:
        return m->a * at + m->c;
    case CALIBRATION_BETA:
        return m->b * minus_log(-at) - m->a * minus_log(at) + m->c;
    case CALIBRATION_ISOTONIC:
        return z != z ? z : isotonic_at(m, at);
    default:
        return at;
    }
}

static int moderate(double x)
{
    return x >= -1e6 && x <= 1e6;
}

static int valid_knots(const calibration_map *m)
{
    if (m->n_knots < 1 || m->n_knots > calibration_most_knots || !m->x || !m->y) return 0;
    for (int64_t i = 0; i < m->n_knots; i++) {
        if (!moderate(m->x[i]) || !moderate(m->y[i])) return 0;
        if (i && (!(m->x[i] > m->x[i - 1]) || !(m->y[i] > m->y[i - 1]))) return 0;
    }
    return 1;
}

int calibration_valid(const calibration_map *m)
{
    switch (m->kind) {
    case CALIBRATION_NONE:
        return 1;
    case CALIBRATION_PLATT:
        return m->a > 0 && moderate(m->a) && moderate(m->c);
    case CALIBRATION_BETA:
        return m->a >= 0 && m->b >= 0 && m->a + m->b > 0 && moderate(m->a) && moderate(m->b) &&
               moderate(m->c);
    case CALIBRATION_ISOTONIC:
        return valid_knots(m);
    default:
        return 0;
    }
}

double calibration_prior(double z, double from, double to)
{
    return z + (m_logit(to) - m_logit(from));
}
