/* Ridge logistic regression by Newton's method.
 * Leaves sums over rows to logistic_sums.c and linear algebra to cholesky.c.
 * Read logistic.h first. */
#include "logistic.h"

#include <math.h>

#include "cholesky.h"
#include "logistic_sums.h"
#include "maths.h"

enum { most_columns = 2000, most_halvings = 40 };

/* ---- What comes in */

static status check_row(const double *row, const logistic_matrix *x, int64_t i, propense_error *err)
{
    for (int64_t j = 0; j < x->k; j++)
        if (!(fabs(row[j + 1]) <= 1e100))
            return fail(err, PROPENSE_E_NUMERIC,
                        "value %lld of row %lld is missing or not finite: the regression needs "
                        "numbers",
                        (long long)j + 1, (long long)i + 1);
    return PROPENSE_OK;
}

static status check(const logistic_matrix *x, const double *w, double *row, propense_error *err)
{
    for (int64_t i = 0; i < x->n; i++) {
        logistic_row(row, x, i);
        TRY(check_row(row, x, i, err));
        if (w && !(w[i] >= 0 && w[i] <= 1e100))
            return fail(err, PROPENSE_E_NUMERIC,
                        "weight %lld of %lld is negative or not a number; expected 0 or more",
                        (long long)i + 1, (long long)x->n);
    }
    return PROPENSE_OK;
}

static int take_result(logistic *m, int64_t k, arena *mem)
{
    *m = (logistic){ .k = k };
    m->coefficients = TAKE(mem, double, k + 1);
    m->errors = TAKE(mem, double, k + 1);
    m->low = TAKE(mem, double, k + 1);
    m->high = TAKE(mem, double, k + 1);
    m->covariance = TAKE(mem, double, (k + 1) * (k + 1));
    return m->coefficients && m->errors && m->low && m->high && m->covariance;
}

/* ---- Newton's method */

typedef struct newton {
    logistic *m;
    logistic_sums s;
    double *step, *tried; /* [k + 1] */
    double ridge, tolerance, sum_w;
    int32_t most_steps;
} newton;

static double penalty(const newton *f, const double *c)
{
    double sum = 0;
    for (int64_t j = 1; j <= f->m->k; j++) sum += c[j] * c[j];
    return f->ridge / 2 * sum;
}

/* Gradient, factor of the Hessian, step; returns the decrement g' H^-1 g, NaN when H is singular.
 */
static double newton_step(newton *f)
{
    logistic_sums *s = &f->s;
    double decrement = 0;
    logistic_slopes(s);
    for (int64_t j = 1; j < s->d; j++) {
        s->gradient[j] += f->ridge * f->m->coefficients[j];
        s->hessian[j * s->stride + j] += f->ridge;
    }
    if (cholesky(s->hessian, s->d, s->stride) < s->d) return (double)NAN;
    for (int64_t j = 0; j < s->d; j++) f->step[j] = s->gradient[j];
    cholesky_solve(f->step, s->hessian, s->d, s->stride);
    for (int64_t j = 0; j < s->d; j++) decrement += f->step[j] * s->gradient[j];
    return decrement;
}

/* The step, halved until the objective does not rise. */
static void take_step(newton *f)
{
    logistic *m = f->m;
    double scale = 1, slack = 1e-14 * (fabs(m->objective) + 1);
    for (int k = 0; k < most_halvings; k++, scale /= 2) {
        for (int64_t j = 0; j <= m->k; j++) f->tried[j] = m->coefficients[j] - scale * f->step[j];
        double loss = logistic_loss(&f->s, f->tried), objective = loss + penalty(f, f->tried);
        if (!(objective <= m->objective + slack)) continue;
        for (int64_t j = 0; j <= m->k; j++) m->coefficients[j] = f->tried[j];
        m->loss = loss;
        m->objective = objective;
        return;
    }
    m->loss = logistic_loss(&f->s, m->coefficients); /* residuals of where we stay */
}

static status no_maximum(propense_error *err)
{
    return fail(err, PROPENSE_E_NUMERIC,
                "the regression has no single best solution: columns depend on each other or tell "
                "the classes apart without a mistake; a ridge above 0 settles it");
}

/* The Hessian's factor is that of the last coefficients when this returns. */
static status minimise(newton *f, propense_error *err)
{
    logistic *m = f->m;
    m->loss = m->objective = logistic_loss(&f->s, m->coefficients);
    for (int last = 0;; m->steps++) {
        double decrement = newton_step(f);
        if (!(decrement >= 0)) return no_maximum(err);
        m->converged = last;
        if (last || m->steps == f->most_steps) break;
        last = decrement <= f->tolerance * f->sum_w;
        take_step(f);
    }
    int without_mistake = m->loss < 1e-7 * f->sum_w;
    return f->ridge <= 0 && (without_mistake || !m->converged) ? no_maximum(err) : PROPENSE_OK;
}

static void set_intervals(logistic *m, double level)
{
    double width = m_normal_quantile(0.5 + level / 2);
    for (int64_t j = 0; j <= m->k; j++) {
        m->errors[j] = sqrt(m->covariance[j * (m->k + 1) + j]);
        m->low[j] = m->coefficients[j] - width * m->errors[j];
        m->high[j] = m->coefficients[j] + width * m->errors[j];
    }
}

/* One class: its share, drawn in by half a row, and no errors. */
static void set_one_class(logistic *m, double sum_w, int positive)
{
    double z = m_logit((sum_w + 0.5) / (sum_w + 1));
    m->coefficients[0] = positive ? z : -z;
    for (int64_t j = 0; j <= m->k; j++) m->errors[j] = m->low[j] = m->high[j] = (double)NAN;
    for (int64_t j = 0; j < (m->k + 1) * (m->k + 1); j++) m->covariance[j] = (double)NAN;
    m->loss = m->objective = sum_w * m_log1p(m_exp(-z));
    m->converged = 1;
}

static status fit(newton *f, double level, arena *mem, propense_error *err)
{
    logistic *m = f->m;
    logistic_sums *s = &f->s;
    f->step = TAKE(mem, double, m->k + 1);
    f->tried = TAKE(mem, double, m->k + 1);
    if (!f->step || !f->tried || !logistic_sums_take(s, mem)) return fail_memory(err);
    TRY(check(s->x, s->w, s->scratch, err));
    double sum[2] = { 0, 0 };
    for (int64_t i = 0; i < s->x->n; i++) sum[s->y[i] != 0] += s->w ? s->w[i] : 1;
    f->sum_w = sum[0] + sum[1];
    if (!(sum[0] > 0) || !(sum[1] > 0)) {
        set_one_class(m, f->sum_w, sum[1] > 0);
        return PROPENSE_OK;
    }
    m->coefficients[0] = m_log(sum[1] / sum[0]);
    TRY(minimise(f, err));
    cholesky_inverse(m->covariance, s->hessian, s->d, s->stride);
    set_intervals(m, level);
    return PROPENSE_OK;
}

status logistic_fit(logistic *out, const logistic_matrix *x, const uint8_t *y, const double *w,
                    const logistic_options *options, pool *threads, arena *mem, propense_error *err)
{
    if (x->k < 0 || x->k > most_columns)
        return fail(err, PROPENSE_E_ARG, "a regression on %lld columns; at most %d are taken",
                    (long long)x->k, (int)most_columns);
    if (x->n <= 0) return fail(err, PROPENSE_E_ARG, "there are no rows for the regression");
    if (!(options->ridge >= 0) || options->ridge > 1e100)
        return fail(err, PROPENSE_E_ARG, "the ridge of a regression is 0 or more");
    if (!take_result(out, x->k, mem)) return fail_memory(err);
    newton f = { .m = out, .ridge = options->ridge, .tolerance = options->tolerance };
    f.s = (logistic_sums){ .x = x, .y = y, .w = w, .threads = threads };
    f.most_steps = options->max_steps > 0 ? options->max_steps : 50;
    if (!(f.tolerance > 0)) f.tolerance = 1e-10;
    arena_mark mark = arena_here(mem);
    status s = fit(&f, options->level > 0 ? options->level : 0.95, mem, err);
    arena_rewind(mem, mark);
    return s;
}

/* ---- Applying */

void logistic_logits(double *z, const logistic *m, const logistic_matrix *x)
{
    for (int64_t i = 0; i < x->n; i++) {
        int64_t at = i * (x->stride ? x->stride : x->k);
        double eta = m->coefficients[0];
        for (int64_t j = 0; j < x->k; j++)
            eta += m->coefficients[j + 1] * (x->f64 ? x->f64[at + j] : (double)x->f32[at + j]);
        z[i] = eta;
    }
}

double logistic_logit_error(const logistic *m, const double *row)
{
    double sum = 0;
    for (int64_t i = 0; i <= m->k; i++) {
        double xi = i ? row[i - 1] : 1;
        for (int64_t j = 0; j <= m->k; j++)
            sum += xi * (j ? row[j - 1] : 1) * m->covariance[i * (m->k + 1) + j];
    }
    return sqrt(sum);
}
