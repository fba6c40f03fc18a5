/* Platt's and the beta map: a logistic regression on one or two features of the logit.
 * Leaves points to calibration.c.
 * Read calibration_parts.h first; Platt 1999, Lin, Lin & Weng 2007, Kull, Silva Filho & Flach 2017.
 */
#include <math.h>

#include "calibration_parts.h"
#include "compensated.h"
#include "maths.h"

#define RIDGE       1e-8
#define LEAST_SLOPE 1e-6

enum { most_terms = 3, most_steps = 200, most_halvings = 60 };

/* eta = sum of theta[t] f[t]; the last term is the constant 1. */
typedef struct line {
    const calibration_points *p;
    const double *hits;
    const double *f[most_terms - 1];
    int n_terms;
    int held[most_terms]; /* 1: theta[t] stays as it is */
    double theta[most_terms], identity[most_terms];
} line;

typedef struct slopes {
    double objective, gradient[most_terms], hessian[most_terms][most_terms];
} slopes;

static double eta_at(const line *l, const double *theta, int64_t i)
{
    double eta = theta[l->n_terms - 1];
    for (int t = 0; t + 1 < l->n_terms; t++) eta += theta[t] * l->f[t][i];
    return eta;
}

static double ridge_of(const line *l, const double *theta)
{
    double sum = 0;
    for (int t = 0; t < l->n_terms; t++) {
        double off = theta[t] - l->identity[t];
        sum += 0.5 * RIDGE * off * off;
    }
    return sum;
}

/* w log(1 + exp(eta)) - hits eta, written so that nothing large cancels. */
static double loss_of(double eta, double w, double hits)
{
    double tail = m_log1p(m_exp(eta > 0 ? -eta : eta));
    return w * tail + (eta > 0 ? (w - hits) * eta : -hits * eta);
}

static double objective_at(const line *l, const double *theta)
{
    compensated sum = { 0, 0 };
    for (int64_t i = 0; i < l->p->n; i++)
        compensated_add(&sum, loss_of(eta_at(l, theta, i), l->p->w[i], l->hits[i]));
    return compensated_value(sum) + ridge_of(l, theta);
}

static void slopes_at(slopes *out, const line *l)
{
    compensated g[most_terms] = { { 0, 0 } }, h[most_terms][most_terms] = { { { 0, 0 } } };
    int n = l->n_terms;
    for (int64_t i = 0; i < l->p->n; i++) {
        double q = m_sigmoid(eta_at(l, l->theta, i)), w = l->p->w[i];
        double f[most_terms], off = w * q - l->hits[i], spread = w * q * (1 - q);
        for (int t = 0; t + 1 < n; t++) f[t] = l->f[t][i];
        f[n - 1] = 1;
        for (int s = 0; s < n; s++) {
            compensated_add(&g[s], off * f[s]);
            for (int t = 0; t <= s; t++) compensated_add(&h[s][t], spread * f[s] * f[t]);
        }
    }
    for (int s = 0; s < n; s++) {
        out->gradient[s] = compensated_value(g[s]) + RIDGE * (l->theta[s] - l->identity[s]);
        for (int t = 0; t <= s; t++)
            out->hessian[s][t] = out->hessian[t][s] = compensated_value(h[s][t]);
        out->hessian[s][s] += RIDGE;
    }
}

/* Held parameters get an equation of their own: step 0. */
static void hold(slopes *s, const line *l)
{
    for (int t = 0; t < l->n_terms; t++) {
        if (!l->held[t]) continue;
        for (int u = 0; u < l->n_terms; u++) s->hessian[t][u] = s->hessian[u][t] = 0;
        s->hessian[t][t] = 1;
        s->gradient[t] = 0;
    }
}

/* step = H^-1 g by Cholesky; 0 when H is not positive definite. */
static int solve(double *step, slopes *s, int n)
{
    double(*h)[most_terms] = s->hessian;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = h[i][j];
            for (int k = 0; k < j; k++) sum -= h[i][k] * h[j][k];
            if (i == j && !(sum > 0)) return 0;
            h[i][j] = i == j ? sqrt(sum) : sum / h[j][j];
        }
    }
    for (int i = 0; i < n; i++) {
        step[i] = s->gradient[i];
        for (int k = 0; k < i; k++) step[i] -= h[i][k] * step[k];
        step[i] /= h[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) step[i] -= h[k][i] * step[k];
        step[i] /= h[i][i];
    }
    return 1;
}

/* Halves the step until the objective does not rise; 0 when it always does: rounding is reached. */
static int take_step(line *l, const double *step, double *objective)
{
    double scale = 1, tried[most_terms];
    for (int k = 0; k < most_halvings; k++, scale /= 2) {
        for (int t = 0; t < l->n_terms; t++) tried[t] = l->theta[t] - scale * step[t];
        double here = objective_at(l, tried);
        if (!(here <= *objective)) continue;
        for (int t = 0; t < l->n_terms; t++) l->theta[t] = tried[t];
        *objective = here;
        return 1;
    }
    return 0;
}

/* Newton's method. The decrement is what a step still gains, twice. */
static void minimise(line *l)
{
    double objective = objective_at(l, l->theta);
    for (int k = 0; k < most_steps; k++) {
        slopes s;
        double step[most_terms], decrement = 0;
        slopes_at(&s, l);
        hold(&s, l);
        double gradient[most_terms];
        for (int t = 0; t < l->n_terms; t++) gradient[t] = s.gradient[t];
        if (!solve(step, &s, l->n_terms)) return;
        for (int t = 0; t < l->n_terms; t++) decrement += step[t] * gradient[t];
        if (!take_step(l, step, &objective) || decrement <= 1e-20 * l->p->sum_w) return;
    }
}

/* Holds term t at `value` and fits the rest again. */
static void fit_with(line *l, int t, double value)
{
    l->held[t] = 1;
    l->theta[t] = value;
    minimise(l);
}

/* Platt's targets: (m + 1) / (m + 2) and 1 / (n + 2). */
static const double *smoothed_hits(const calibration_points *p, arena *tmp)
{
    double m = p->sum_hits, n = p->sum_w - p->sum_hits;
    double high = (m + 1) / (m + 2), low = 1 / (n + 2);
    double *hits = TAKE(tmp, double, p->n);
    for (int64_t i = 0; hits && i < p->n; i++)
        hits[i] = p->hits[i] * high + (p->w[i] - p->hits[i]) * low;
    return hits;
}

static status fit_platt(calibration_map *out, int smooth, const calibration_points *p, arena *tmp,
                        propense_error *err)
{
    line l = { .p = p, .hits = p->hits, .f = { p->z }, .n_terms = 2 };
    if (smooth) l.hits = smoothed_hits(p, tmp);
    if (!l.hits) return fail_memory(err);
    l.theta[0] = l.identity[0] = 1;
    minimise(&l);
    if (!(l.theta[0] > LEAST_SLOPE)) fit_with(&l, 0, LEAST_SLOPE);
    *out = (calibration_map){ .kind = CALIBRATION_PLATT, .a = l.theta[0], .c = l.theta[1] };
    return PROPENSE_OK;
}

/* log p and -log(1 - p). */
static void beta_features(double *log_p, double *minus_log_q, const calibration_points *p)
{
    for (int64_t i = 0; i < p->n; i++) {
        double z = p->z[i], tail = m_log1p(m_exp(z > 0 ? -z : z));
        log_p[i] = z > 0 ? -tail : z - tail;
        minus_log_q[i] = z > 0 ? z + tail : tail;
    }
}

/* A negative parameter becomes 0; where the other one fails too, both are the least. */
static void fit_beta_terms(line *l)
{
    minimise(l);
    int negative = l->theta[0] < 0 ? 0 : l->theta[1] < 0 ? 1 : -1;
    if (negative < 0) return;
    fit_with(l, negative, 0);
    if (l->theta[!negative] > LEAST_SLOPE) return;
    l->theta[negative] = LEAST_SLOPE;
    fit_with(l, !negative, LEAST_SLOPE);
}

static status fit_beta(calibration_map *out, const calibration_points *p, arena *tmp,
                       propense_error *err)
{
    double *log_p = TAKE(tmp, double, p->n), *minus_log_q = TAKE(tmp, double, p->n);
    if (!log_p || !minus_log_q) return fail_memory(err);
    beta_features(log_p, minus_log_q, p);
    line l = { .p = p, .hits = p->hits, .f = { log_p, minus_log_q }, .n_terms = 3 };
    for (int t = 0; t < 2; t++) l.theta[t] = l.identity[t] = 1;
    fit_beta_terms(&l);
    *out = (calibration_map){ .kind = CALIBRATION_BETA };
    out->a = l.theta[0];
    out->b = l.theta[1];
    out->c = l.theta[2];
    return PROPENSE_OK;
}

status calibration_fit_line(calibration_map *out, int32_t kind, const calibration_points *p,
                            arena *tmp, propense_error *err)
{
    if (kind == CALIBRATION_BETA) return fit_beta(out, p, tmp, err);
    return fit_platt(out, kind == CALIBRATION_PLATT_SMOOTHED, p, tmp, err);
}
