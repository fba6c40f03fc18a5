/* Calibration slope and intercept: a logistic regression of the target on the logit of the
 * probability, by Newton's method.
 * Leaves larger regressions to logistic.c.
 * Read probability.h first; Cox 1958. */
#include <math.h>

#include "compensated.h"
#include "maths.h"
#include "probability.h"

/* Steps are added up in blocks of fixed size, and the blocks in order: threads change nothing. */
enum { block_steps = 1 << 15, most_steps = 100 };

/* Of a block or of all: loss, gradient by (slope, intercept), Hessian. */
typedef struct sums {
    double loss, slope, level, slope2, cross, level2;
} sums;

typedef struct fit {
    const ranked *r;
    const double *z;
    sums *blocks;
    int64_t n_blocks;
    pool *threads;
    double slope, level;
} fit;

static sums sum_block(const fit *f, int64_t from, int64_t to)
{
    compensated s[6] = { { 0, 0 } };
    for (int64_t i = from; i < to; i++) {
        double m = (double)ranked_positives(f->r, i), n = (double)ranked_negatives(f->r, i);
        double z = f->z[i], eta = f->slope * z + f->level;
        double small = m_exp(eta > 0 ? -eta : eta), p = (eta > 0 ? 1 : small) / (1 + small);
        double off = (m + n) * p - m, spread = (m + n) * small / ((1 + small) * (1 + small));
        compensated_add(&s[0], (m + n) * m_log1p(small) + (eta > 0 ? n * eta : -m * eta));
        compensated_add(&s[1], off * z);
        compensated_add(&s[2], off);
        compensated_add(&s[3], spread * z * z);
        compensated_add(&s[4], spread * z);
        compensated_add(&s[5], spread);
    }
    double v[6];
    for (int k = 0; k < 6; k++) v[k] = compensated_value(s[k]);
    return (sums){ v[0], v[1], v[2], v[3], v[4], v[5] };
}

static void sum_share(void *user, int worker)
{
    const fit *f = user;
    for (int64_t b = worker; b < f->n_blocks; b += pool_size(f->threads)) {
        int64_t end = (b + 1) * block_steps;
        if (end > f->r->steps.n_steps) end = f->r->steps.n_steps;
        f->blocks[b] = sum_block(f, b * block_steps, end);
    }
}

static sums sum_all(fit *f, double slope, double level)
{
    compensated s[6] = { { 0, 0 } };
    f->slope = slope;
    f->level = level;
    pool_run(f->threads, pool_size(f->threads), sum_share, f);
    for (int64_t b = 0; b < f->n_blocks; b++) {
        compensated_add(&s[0], f->blocks[b].loss);
        compensated_add(&s[1], f->blocks[b].slope);
        compensated_add(&s[2], f->blocks[b].level);
        compensated_add(&s[3], f->blocks[b].slope2);
        compensated_add(&s[4], f->blocks[b].cross);
        compensated_add(&s[5], f->blocks[b].level2);
    }
    double v[6];
    for (int k = 0; k < 6; k++) v[k] = compensated_value(s[k]);
    return (sums){ v[0], v[1], v[2], v[3], v[4], v[5] };
}

/* Newton's step; `level_only` holds the slope. Returns the decrement. */
static double newton_step(double *slope, double *level, const sums *s, int level_only)
{
    *slope = 0;
    *level = s->level2 > 0 ? s->level / s->level2 : 0;
    if (!level_only) {
        double determinant = s->slope2 * s->level2 - s->cross * s->cross;
        if (!(determinant > 0)) return (double)NAN;
        *slope = (s->level2 * s->slope - s->cross * s->level) / determinant;
        *level = (s->slope2 * s->level - s->cross * s->slope) / determinant;
    }
    return *slope * s->slope + *level * s->level;
}

/* From slope 1 and intercept 0; a step that raises the loss is halved. 0 when it does not settle.
 */
static int minimise(sums *at, fit *f, double *slope, double *level, int level_only)
{
    *slope = 1;
    *level = 0;
    *at = sum_all(f, *slope, *level);
    for (int k = 0, last = 0; k < most_steps; k++) {
        double by, up, decrement = newton_step(&by, &up, at, level_only);
        if (last) return 1;
        if (!(decrement >= 0)) return 0;
        last =
            decrement <= 1e-12 * (double)f->r->n; /* the step after this one gains nothing more */
        sums tried = sum_all(f, *slope - by, *level - up);
        for (int h = 0; h < 50 && !(tried.loss <= at->loss + 1e-13 * fabs(at->loss)); h++) {
            by /= 2;
            up /= 2;
            tried = sum_all(f, *slope - by, *level - up);
        }
        *slope -= by;
        *level -= up;
        *at = tried;
    }
    return 0;
}

/* No logit with both classes on its wrong sides: the likelihood has no maximum. */
static int separated(const ranked *r)
{
    const ranking *s = &r->steps;
    int64_t first_p = 0, first_n = 0, last_p = s->n_steps - 1, last_n = last_p;
    while (!ranked_positives(r, first_p)) first_p++;
    while (!ranked_negatives(r, first_n)) first_n++;
    while (!ranked_positives(r, last_p)) last_p--;
    while (!ranked_negatives(r, last_n)) last_n--;
    return last_p <= first_n || last_n <= first_p;
}

static void set_slope(slope_figures *out, fit *f, double width)
{
    sums at;
    double slope, level;
    if (separated(f->r) || !minimise(&at, f, &slope, &level, 0)) return;
    double determinant = at.slope2 * at.level2 - at.cross * at.cross;
    out->slope = slope;
    out->slope_error = sqrt(at.level2 / determinant);
    out->slope_low = slope - width * out->slope_error;
    out->slope_high = slope + width * out->slope_error;
    out->intercept = level;
    out->intercept_error = sqrt(at.slope2 / determinant);
    out->intercept_low = level - width * out->intercept_error;
    out->intercept_high = level + width * out->intercept_error;
}

static void set_in_the_large(slope_figures *out, fit *f, double width)
{
    sums at;
    double slope, level;
    if (!minimise(&at, f, &slope, &level, 1)) return;
    out->in_the_large = level;
    out->in_the_large_error = 1 / sqrt(at.level2);
    out->in_the_large_low = level - width * out->in_the_large_error;
    out->in_the_large_high = level + width * out->in_the_large_error;
}

int slope_of(slope_figures *out, const ranked *r, double level, pool *threads, arena *tmp)
{
    const double none = (double)NAN, eps = 0x1p-52;
    *out =
        (slope_figures){ none, none, none, none, none, none, none, none, none, none, none, none };
    if (!probabilities_usable(r) || !ranked_usable(r)) return 1;
    arena_mark mark = arena_here(tmp);
    int64_t n = r->steps.n_steps, n_blocks = (n + block_steps - 1) / block_steps;
    double *z = TAKE(tmp, double, n), width = m_normal_quantile(0.5 + level / 2);
    sums *blocks = TAKE(tmp, sums, n_blocks);
    int ok = z && blocks;
    if (ok) {
        for (int64_t i = 0; i < n; i++) {
            double p = r->score[i];
            z[i] = m_logit(p < eps ? eps : p > 1 - eps ? 1 - eps : p);
        }
        fit f = { .r = r, .z = z, .blocks = blocks, .n_blocks = n_blocks, .threads = threads };
        set_slope(out, &f, width);
        set_in_the_large(out, &f, width);
    }
    arena_rewind(tmp, mark);
    return ok;
}
