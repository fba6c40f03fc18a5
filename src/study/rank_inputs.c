/* Ranks of the training rows' numbers. Leaves the fit to metrics/logistic.c. Read rank_inputs.h
 * first. */
#include "rank_inputs.h"

#include <math.h>

#include "maths.h"
#include "sorting.h"

/* Rising values of the training rows and what becomes of them. */
typedef struct ladder {
    double *value, *score; /* [n] */
    int64_t n;
} ladder;

/* sorted: [n]; the standardised scores by distinct value. */
static void climb(ladder *l, const double *sorted, int64_t n)
{
    double sum = 0, squares = 0, all = (double)n;
    l->n = 0;
    for (int64_t from = 0, end; from < n; from = end) {
        for (end = from; end < n && sorted[end] == sorted[from]; end++) continue;
        double s = m_normal_quantile((double)(from + end) / 2 / all), rows = (double)(end - from);
        l->value[l->n] = sorted[from];
        l->score[l->n++] = s;
        sum += rows * s;
        squares += rows * s * s;
    }
    double mean = sum / all, variance = squares / all - mean * mean;
    double scale = l->n > 1 && variance > 0 ? 1 / sqrt(variance) : 0;
    for (int64_t i = 0; i < l->n; i++) l->score[i] = scale * (l->score[i] - mean);
}

static double score_of(const ladder *l, double x)
{
    int64_t low = 0, high = l->n - 1;
    if (!(x > l->value[0])) return l->score[0];
    if (x >= l->value[high]) return l->score[high];
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (l->value[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    double share = (x - l->value[low]) / (l->value[high] - l->value[low]);
    return l->score[low] + share * (l->score[high] - l->score[low]);
}

static void replace(float *x, int64_t n, int64_t stride, const ladder *l)
{
    for (int64_t i = 0; i < n; i++) x[i * stride] = (float)score_of(l, (double)x[i * stride]);
}

static void rank_input(pipeline *p, int64_t input, ladder *l, double *sorted, double *spare)
{
    int64_t k = p->m->encoder.n_inputs;
    for (int64_t i = 0; i < p->n_train; i++) sorted[i] = (double)p->x[i * k + input];
    sort_numbers(sorted, spare, p->n_train);
    climb(l, sorted, p->n_train);
    replace(p->x + input, p->n_train, k, l);
    replace(p->x_held + input, p->n_held, k, l);
}

status rank_inputs(pipeline *p, propense_error *err)
{
    const encoder *e = &p->m->encoder;
    int64_t n = p->n_train;
    arena_mark mark = arena_here(&p->run);
    double *sorted = TAKE(&p->run, double, n), *spare = TAKE(&p->run, double, n);
    ladder l = { TAKE(&p->run, double, n), TAKE(&p->run, double, n), 0 };
    if (!sorted || !spare || !l.value || !l.score) return fail_memory(err);
    for (int32_t c = 0; c < e->n_columns && n > 0; c++)
        if (e->columns[c].is_number) rank_input(p, e->columns[c].first_input, &l, sorted, spare);
    arena_rewind(&p->run, mark);
    return PROPENSE_OK;
}
