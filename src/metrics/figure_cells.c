/* All headline figures in one walk over weighted cells.
 * Leaves draws to bootstrap.c and intervals to intervals.c.
 * Read figure_cells.h first. */
#include "figure_cells.h"

#include <math.h>

#include "compensated.h"
#include "maths.h"
#include "probability.h"

static double clipped(double p)
{
    const double eps = 0x1p-52;
    return p < eps ? eps : p > 1 - eps ? 1 - eps : p;
}

/* Sums of losses go into the cell's two places; means follow when it is complete. */
static void add_step(figure_cells *c, int64_t cell, const ranked *r, int64_t step)
{
    double m = (double)ranked_positives(r, step), n = (double)ranked_negatives(r, step);
    c->rows[2 * cell] += m;
    c->rows[2 * cell + 1] += n;
    c->end[cell] += ranked_positives(r, step) + ranked_negatives(r, step);
    if (!c->loss) return;
    double p = r->score[step], q = clipped(p);
    c->loss[2 * cell] += m > 0 ? -m * m_log(q) : 0;
    c->loss[2 * cell + 1] += n > 0 ? -n * m_log1p(-q) : 0;
    c->brier[2 * cell] += m * (1 - p) * (1 - p);
    c->brier[2 * cell + 1] += n * p * p;
}

static void finish(figure_cells *c)
{
    for (int64_t i = 0; i < c->n; i++) c->end[i] += i ? c->end[i - 1] : 0;
    for (int64_t i = 0; c->loss && i < 2 * c->n; i++) {
        double rows = c->rows[i] > 0 ? c->rows[i] : 1;
        c->loss[i] /= rows;
        c->brier[i] /= rows;
    }
}

static int take_cells(figure_cells *c, const ranked *r, int64_t most, arena *mem)
{
    int losses = probabilities_usable(r);
    c->end = TAKE(mem, int64_t, most);
    c->rows = TAKE(mem, double, 2 * most);
    c->loss = losses ? TAKE(mem, double, 2 * most) : NULL;
    c->brier = losses ? TAKE(mem, double, 2 * most) : NULL;
    return c->end && c->rows && (!losses || (c->loss && c->brier));
}

int figure_cells_of(figure_cells *out, const ranked *r, double threshold, double depth,
                    int64_t bins, arena *mem)
{
    int64_t steps = r->steps.has_nan ? 0 : r->steps.n_steps;
    int64_t most = bins > 0 && bins + 2 < steps ? bins + 2 : steps;
    double size = bins > 0 ? (double)r->n / (double)bins : 0;
    *out = (figure_cells){ .depth = depth };
    if (!take_cells(out, r, most, mem)) return 0;
    int64_t last = -1;
    int above = 1;
    for (int64_t i = 0; i < steps; i++) {
        int64_t before = i ? r->steps.positives[i - 1] + r->steps.negatives[i - 1] : 0;
        int64_t bin = size > 0 ? (int64_t)((double)before / size) : i;
        int here = r->score[i] > threshold;
        if (bin != last || here != above || most == steps) out->n++;
        last = bin;
        above = here;
        add_step(out, out->n - 1, r, i);
        if (here) out->called = out->n;
    }
    finish(out);
    return 1;
}

/* ---- One set of weights */

typedef struct walk {
    double m, n;                /* all positives and negatives */
    double p, q;                /* those so far */
    double area, precision, ks; /* sums of the ranking's figures */
    double loss, brier;
    double rows_at_depth, hits_at_depth; /* hits: -1 until the depth is reached */
    double called_p, called_q;
} walk;

static void rank_cell(walk *w, double a, double b)
{
    double before = w->p + w->q;
    w->area += a * (w->n - w->q - 0.5 * b);
    if (w->hits_at_depth < 0 && before + a + b >= w->rows_at_depth)
        w->hits_at_depth = w->p + (a > 0 ? a * (w->rows_at_depth - before) / (a + b) : 0);
    w->p += a;
    w->q += b;
    if (a > 0) w->precision += a * w->p / (w->p + w->q);
    double distance = w->p * w->n - w->q * w->m;
    if (distance > w->ks) w->ks = distance;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void set_figures(double out[figure_count], const walk *w, const figure_cells *c)
{
    const double none = (double)NAN, all = w->m + w->n;
    int both = w->m > 0 && w->n > 0;
    double called = w->called_p + w->called_q, rate = w->hits_at_depth / w->rows_at_depth;
    out[FIGURE_AUC] = both ? w->area / (w->m * w->n) : none;
    out[FIGURE_PR_AUC] = both ? w->precision / w->m : none;
    out[FIGURE_KS] = both ? w->ks / (w->m * w->n) : none;
    out[FIGURE_LOG_LOSS] = c->loss && all > 0 ? w->loss / all : none;
    out[FIGURE_BRIER] = c->loss && all > 0 ? w->brier / all : none;
    out[FIGURE_LIFT] = w->m > 0 ? rate / (w->m / all) : none;
    out[FIGURE_GAIN] = w->m > 0 ? w->hits_at_depth / w->m : none;
    out[FIGURE_ACCURACY] = all > 0 ? (w->called_p + w->n - w->called_q) / all : none;
    out[FIGURE_PRECISION] = all > 0 ? ratio(w->called_p, called) : none;
    out[FIGURE_RECALL] = all > 0 ? ratio(w->called_p, w->m) : none;
    out[FIGURE_F1] = all > 0 ? ratio(2 * w->called_p, w->m + called) : none;
}

void figures_of_cells(double out[figure_count], const figure_cells *c, const double *weights)
{
    walk w = { .hits_at_depth = -1 };
    for (int64_t i = 0; i < c->n; i++) {
        w.m += weights[2 * i];
        w.n += weights[2 * i + 1];
    }
    double rows = floor(c->depth * (w.m + w.n) + 0.5);
    w.rows_at_depth = rows < 1 ? 1 : rows;
    for (int64_t i = 0; i < c->n; i++) {
        double a = weights[2 * i], b = weights[2 * i + 1];
        if (a + b <= 0) continue; /* four of ten rows are not drawn */
        rank_cell(&w, a, b);
        if (c->loss) {
            w.loss += a * c->loss[2 * i] + b * c->loss[2 * i + 1];
            w.brier += a * c->brier[2 * i] + b * c->brier[2 * i + 1];
        }
        if (i < c->called) {
            w.called_p = w.p;
            w.called_q = w.q;
        }
    }
    if (w.hits_at_depth < 0) w.hits_at_depth = w.p; /* rounding of weights at depth 1 */
    set_figures(out, &w, c);
}
