/* A dataset's rows thinned and copied. Leaves their use to importance.c and effect.c.
 * Read sample.h first. */
#include "sample.h"

static int copy_column(column *to, const column *from, const int64_t *rows, int64_t n, arena *mem)
{
    *to = (column){ .name = from->name,
                    .kind = from->kind,
                    .n_levels = from->n_levels,
                    .level = from->level,
                    .overflow = from->overflow };
    if (from->number) {
        to->number = TAKE(mem, double, n);
        for (int64_t i = 0; to->number && i < n; i++) to->number[i] = from->number[rows[i]];
    }
    if (from->code) {
        to->code = TAKE(mem, int32_t, n);
        for (int64_t i = 0; to->code && i < n; i++) to->code[i] = from->code[rows[i]];
    }
    if (from->valid) {
        to->valid = TAKE(mem, uint8_t, (n + 7) / 8);
        for (int64_t i = 0; to->valid && i < n; i++) {
            int there = !column_is_missing(from, rows[i]);
            to->valid[i >> 3] |= (uint8_t)(there << (i & 7));
            to->n_missing += !there;
        }
    }
    return (!from->number || to->number) && (!from->code || to->code) &&
           (!from->valid || to->valid);
}

status sample_rows(dataset *out, const dataset *d, row_set r, int64_t most, arena *mem,
                   propense_error *err)
{
    int64_t n = r.n < most ? r.n : most;
    *out = (dataset){ .name = d->name, .schema = d->schema, .n_rows = n, .n_known = n };
    int64_t *rows = TAKE(mem, int64_t, n);
    out->known = TAKE(mem, int64_t, n);
    out->y = TAKE(mem, uint8_t, n);
    out->data = (table){ .n_columns = d->data.n_columns, .n_rows = n };
    out->data.columns = TAKE(mem, column, d->data.n_columns);
    if (!rows || !out->known || !out->y || !out->data.columns) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = sample_row(r, n, i);
        out->known[i] = i;
        out->y[i] = d->y[rows[i]];
    }
    for (int32_t c = 0; c < d->data.n_columns; c++)
        if (!copy_column(&out->data.columns[c], &d->data.columns[c], rows, n, mem))
            return fail_memory(err);
    return PROPENSE_OK;
}
