/* The mean answer as one column changes and all others stay.
 * Leaves the model's answers to pipeline.c and calibrator.c. Read importance.h first. */
#include <math.h>

#include "calibrator.h"
#include "importance.h"
#include "sample.h"
#include "sorting.h"

enum { most_values = 15, most_levels = 10, most_rows = 2000 };

/* ---- Which values */

/* Values at equal shares of the rows that have one, each once; from the 1st to the 99th percent. */
static int number_points(effect *out, const column *c, int64_t n, arena *mem, arena *tmp)
{
    double *x = TAKE(tmp, double, n), *spare = TAKE(tmp, double, n);
    out->points = TAKE(mem, effect_point, most_values);
    if (!x || !spare || !out->points) return 0;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(c->number[i])) x[m++] = c->number[i];
    sort_numbers(x, spare, m);
    for (int i = 0; i < most_values && m; i++) {
        double share = 0.01 + 0.98 * i / (most_values - 1);
        double value = x[(int64_t)(share * (double)(m - 1) + 0.5)];
        if (out->n && out->points[out->n - 1].value == value) continue;
        out->points[out->n++] = (effect_point){ .value = value, .share = (double)NAN };
    }
    return 1;
}

static int more_rows_first(const void *user, int32_t a, int32_t b)
{
    const int64_t *count = user;
    if (count[a] != count[b]) return count[a] > count[b] ? -1 : 1;
    return a - b;
}

/* The most frequent levels; code[k] belongs to points[k]. */
static int level_points(effect *out, int32_t *code, const column *c, int64_t n, arena *mem,
                        arena *tmp)
{
    int64_t *count = TAKE(tmp, int64_t, c->n_levels);
    int32_t *order = TAKE(tmp, int32_t, c->n_levels), *spare = TAKE(tmp, int32_t, c->n_levels);
    out->points = TAKE(mem, effect_point, most_levels);
    if (!count || !order || !spare || !out->points) return 0;
    for (int64_t i = 0; i < n; i++)
        if (c->code[i] >= 0) count[c->code[i]]++;
    for (int32_t i = 0; i < c->n_levels; i++) order[i] = i;
    sort_items(order, spare, c->n_levels, more_rows_first, count);
    for (int32_t i = 0; i < c->n_levels && out->n < most_levels; i++) {
        if (count[order[i]] == 0) break;
        str level = str_keep(mem, c->level[order[i]]);
        if (!level.p) return 0;
        code[out->n] = order[i];
        out->points[out->n++] =
            (effect_point){ .level = level, .share = (double)count[order[i]] / (double)n };
    }
    return 1;
}

/* ---- The answers */

static status mean_answer(double *out, const model *m, const struct kernels *k, const dataset *d,
                          arena *tmp, propense_error *err)
{
    float *logit = TAKE(tmp, float, d->n_rows);
    if (!logit) return fail_memory(err);
    row_set all = { d->known, d->n_rows };
    TRY(pipeline_logits(logit, m, k, d, all, tmp, err));
    double sum = 0;
    for (int64_t i = 0; i < d->n_rows; i++) sum += model_believe(m, (double)logit[i]).probability;
    *out = sum / (double)d->n_rows;
    return PROPENSE_OK;
}

static status answers(effect *out, const int32_t *code, const model *m, const struct kernels *k,
                      const dataset *d, column *c, arena *tmp, propense_error *err)
{
    c->valid = NULL; /* every row has the value now */
    for (int32_t p = 0; p < out->n; p++) {
        for (int64_t i = 0; i < d->n_rows; i++) {
            if (out->is_number)
                c->number[i] = out->points[p].value;
            else
                c->code[i] = code[p];
        }
        arena_mark mark = arena_here(tmp);
        TRY(mean_answer(&out->points[p].probability, m, k, d, tmp, err));
        arena_rewind(tmp, mark);
    }
    return PROPENSE_OK;
}

static status effect_steps(effect *out, const model *m, const struct kernels *k, const dataset *d,
                           row_set r, arena *mem, arena *tmp, propense_error *err)
{
    dataset thin;
    int32_t code[most_levels] = { 0 };
    TRY(sample_rows(&thin, d, r, most_rows, tmp, err));
    int32_t at = table_find(&thin.data, out->name);
    if (at < 0) return PROPENSE_OK;
    column *c = &thin.data.columns[at];
    out->is_number = c->kind == COLUMN_NUMBER;
    int done = out->is_number           ? number_points(out, c, thin.n_rows, mem, tmp)
               : c->code && c->n_levels ? level_points(out, code, c, thin.n_rows, mem, tmp)
                                        : 1;
    if (!done) return fail_memory(err);
    return answers(out, code, m, k, &thin, c, tmp, err);
}

status effect_of(effect *out, const model *m, const struct kernels *k, const dataset *d, row_set r,
                 int32_t column_, arena *mem, propense_error *err)
{
    arena tmp = { 0 };
    *out = (effect){ .name = m->schema.columns[column_].name, .column = column_ };
    status s = effect_steps(out, m, k, d, r, mem, &tmp, err);
    arena_free(&tmp);
    return s;
}
