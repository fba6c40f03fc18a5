/* Differences of the headline figures of two scores, by a paired bootstrap.
 * Leaves the test of two areas to compare.c and the figures to figure_cells.c.
 * Read compare.h first. */
#include <math.h>

#include "compare.h"
#include "compare_pairs.h"
#include "figure_cells.h"
#include "figure_draws.h"
#include "progress.h"

enum { joint_bins = 200 };

/* One of the two scores. */
typedef struct side {
    figure_cells cells;
    int32_t *cell; /* [n] of each row of the pairs */
    double figures[figure_count];
    int too_small[figure_count];
} side;

typedef struct paired {
    const pairs *p;
    const interval_options *o;
    side sides[2];
    double *differences; /* [draws, figure_count] */
    pool *threads;
    int n_workers, binned;
    int64_t bins;       /* 0: cells are scores */
    double *weights[2]; /* [workers, cells, 2] */
    int32_t *counts;    /* plain: [workers, n] */
    double *joint;      /* binned: [cells a, cells b, 2] rows; */
    double *drawn;      /* and [workers, the same] */
} paired;

/* ---- Rows to cells */

static int64_t step_of(const ranked *r, double score)
{
    int64_t low = 0, high = r->steps.n_steps - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (r->score[middle] > score)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int set_cells_of_rows(side *s, const ranked *r, const double *score, arena *tmp)
{
    int32_t *of_step = TAKE(tmp, int32_t, r->steps.n_steps);
    for (int64_t i = 0, cell = 0; of_step && i < r->steps.n_steps; i++) {
        while (r->steps.positives[i] + r->steps.negatives[i] > s->cells.end[cell]) cell++;
        of_step[i] = (int32_t)cell;
    }
    for (int64_t i = 0; of_step && i < r->n; i++) s->cell[i] = of_step[step_of(r, score[i])];
    return of_step != NULL;
}

static int fill_side(side *s, const paired *d, const double *score, arena *mem, arena *own)
{
    ranked r;
    if (!pairs_ranked(&r, d->p, score, own)) return 0;
    for (int f = 0; f < figure_count; f++) s->too_small[f] = figure_too_small(f, &r, d->o);
    return figures_of(s->figures, &r, d->o->threshold, d->o->depth, own) &&
           figure_cells_of(&s->cells, &r, d->o->threshold, d->o->depth, d->bins, mem) &&
           set_cells_of_rows(s, &r, score, own);
}

/* The ranking is needed only here, and is larger than what stays: an arena of its own. */
static int set_side(side *s, const paired *d, const double *score, arena *mem)
{
    arena own = { 0 };
    s->cell = TAKE(mem, int32_t, d->p->n);
    int ok = s->cell && fill_side(s, d, score, mem, &own);
    arena_free(&own);
    return ok;
}

/* ---- Draws */

static void draw_plain(const paired *d, int32_t draw, int worker)
{
    const pairs *p = d->p;
    int32_t *counts = d->counts + worker * p->n;
    draw_customers(counts, d->o->seed, (uint32_t)draw, d->o->stratified, p->m, p->n);
    for (int k = 0; k < 2; k++) {
        const side *s = &d->sides[k];
        double *weights = d->weights[k] + 2 * worker * s->cells.n;
        for (int64_t i = 0; i < 2 * s->cells.n; i++) weights[i] = 0;
        for (int64_t i = 0; i < p->n; i++) weights[2 * s->cell[i] + (i >= p->m)] += counts[i];
    }
}

static void draw_binned(const paired *d, int32_t draw, int worker)
{
    int64_t n_a = d->sides[0].cells.n, n_b = d->sides[1].cells.n;
    double *joint = d->drawn + 2 * worker * n_a * n_b;
    double *a = d->weights[0] + 2 * worker * n_a, *b = d->weights[1] + 2 * worker * n_b;
    figure_cells_poisson(joint, d->joint, n_a * n_b, d->o->seed, (uint32_t)draw, d->o->stratified);
    for (int64_t i = 0; i < 2 * n_a; i++) a[i] = 0;
    for (int64_t i = 0; i < 2 * n_b; i++) b[i] = 0;
    for (int64_t i = 0; i < n_a; i++) {
        for (int64_t j = 0; j < 2 * n_b; j++) {
            double weight = joint[2 * i * n_b + j];
            a[2 * i + j % 2] += weight;
            b[j] += weight;
        }
    }
}

static void draw_share(void *user, int worker)
{
    const paired *d = user;
    for (int32_t draw = worker; draw < d->o->draws; draw += d->n_workers) {
        if (!pool_goes_on(d->threads, worker, draw, d->o->draws)) return;
        double a[figure_count], b[figure_count];
        (d->binned ? draw_binned : draw_plain)(d, draw, worker);
        figures_of_cells(a, &d->sides[0].cells, d->weights[0] + 2 * worker * d->sides[0].cells.n);
        figures_of_cells(b, &d->sides[1].cells, d->weights[1] + 2 * worker * d->sides[1].cells.n);
        for (int f = 0; f < figure_count; f++)
            d->differences[(int64_t)draw * figure_count + f] = a[f] - b[f];
    }
}

static int take_draws(paired *d, arena *mem)
{
    int64_t n_a = d->sides[0].cells.n, n_b = d->sides[1].cells.n;
    d->differences = TAKE(mem, double, (int64_t)d->o->draws *figure_count);
    d->weights[0] = TAKE(mem, double, 2 * d->n_workers * n_a);
    d->weights[1] = TAKE(mem, double, 2 * d->n_workers * n_b);
    if (!d->differences || !d->weights[0] || !d->weights[1]) return 0;
    if (!d->binned) {
        d->counts = TAKE(mem, int32_t, d->n_workers * d->p->n);
        return d->counts != NULL;
    }
    d->joint = TAKE(mem, double, 2 * n_a * n_b);
    d->drawn = TAKE(mem, double, 2 * d->n_workers * n_a * n_b);
    if (!d->joint || !d->drawn) return 0;
    for (int64_t i = 0; i < d->p->n; i++)
        d->joint[2 * (d->sides[0].cell[i] * n_b + d->sides[1].cell[i]) + (i >= d->p->m)] += 1;
    return 1;
}

/* ---- Results */

static double higher_share(const double *differences, int64_t n)
{
    double sum = 0, all = 0;
    for (int64_t i = 0; i < n; i++) {
        double d = differences[i * figure_count];
        if (d != d) continue;
        sum += d > 0 ? 1 : d == 0 ? 0.5 : 0;
        all += 1;
    }
    return all > 0 ? sum / all : (double)NAN;
}

/* What bins of scores leave out of the difference is put back. */
static double shift_of(const paired *d, int f)
{
    double a[figure_count], b[figure_count];
    if (!d->bins) return 0;
    figures_of_cells(a, &d->sides[0].cells, d->sides[0].cells.rows);
    figures_of_cells(b, &d->sides[1].cells, d->sides[1].cells.rows);
    return (d->sides[0].figures[f] - d->sides[1].figures[f]) - (a[f] - b[f]);
}

static int set_difference(figure_difference *out, const paired *d, int f, arena *tmp)
{
    const side *a = &d->sides[0], *b = &d->sides[1];
    out->a = a->figures[f];
    out->b = b->figures[f];
    out->difference = out->a - out->b;
    if (out->difference != out->difference) return 1;
    if (!percentile_interval(&out->low, &out->high, d->differences + f, d->o->draws, figure_count,
                             d->o->level, tmp))
        return 0;
    double shift = shift_of(d, f);
    out->low += shift;
    out->high += shift;
    out->higher_share = higher_share(d->differences + f, d->o->draws);
    out->method = d->binned ? INTERVAL_BINNED : INTERVAL_BOOTSTRAP;
    if (out->low != out->low) out->method = INTERVAL_NONE;
    out->too_small = a->too_small[f] || b->too_small[f];
    return 1;
}

static int compare(figure_difference out[figure_count], paired *d, pool *threads, arena *mem)
{
    const pairs *p = d->p;
    if (p->has_nan || p->n == 0) return 1;
    if (!set_side(&d->sides[0], d, p->a, mem) || !set_side(&d->sides[1], d, p->b, mem)) return 0;
    if (!take_draws(d, mem)) return 0;
    pool_run(threads, d->n_workers, draw_share, d);
    if (pool_is_stopped(threads)) return 1;
    for (int f = 0; f < figure_count; f++)
        if (!set_difference(&out[f], d, f, mem)) return 0;
    return 1;
}

status figures_compare(figure_difference out[figure_count], const uint8_t *y, const double *a,
                       const double *b, int64_t n, const interval_options *o, pool *threads,
                       arena *tmp, propense_error *err)
{
    const double none = (double)NAN;
    const interval_options all = interval_options_complete(o);
    arena_mark mark = arena_here(tmp);
    pairs p;
    for (int f = 0; f < figure_count; f++)
        out[f] = (figure_difference){ none, none, none, none, none, none, INTERVAL_NONE, 0 };
    int ok = pairs_of(&p, y, a, b, n, tmp);
    paired d = { .p = &p,
                 .o = &all,
                 .threads = threads,
                 .n_workers = pool_size(threads),
                 .binned = n > all.most_plain };
    d.bins = d.binned ? joint_bins : n > many_rows ? fine_cells : 0;
    ok = ok && compare(out, &d, threads, tmp);
    arena_rewind(tmp, mark);
    return ok ? progress_stopped(threads, err) : fail_memory(err);
}
