/* The rule of thumb: names, quintiles, points. Leaves its use to crossfit.c. Read rfm.h first. */
#include "rfm.h"

#include "names.h"
#include "sorting.h"

/* Without case and accents, as name_plain leaves them. */
static const char *const known[rfm_parts] = {
    "recency recencia dayssincelastpurchase dayssincelastorder dayssincelastvisit dayssince "
    "lastpurchasedays dayslastpurchase diasdesdeultimacompra diasultimacompra recencydays",
    "frequency frecuencia purchases npurchases numpurchases purchasecount orders norders numorders "
    "ordercount totalorders compras ncompras pedidos npedidos frequencycount",
    "monetary monetario spent totalspent totalspend spend amount totalamount revenuetotal "
    "lifetimevalue ltv history monetaryvalue gasto gastototal importe importetotal ventastotal"
};

int rfm_find(rfm *out, const schema *s)
{
    int found = 0;
    *out = (rfm){ .column = { -1, -1, -1 } };
    for (int part = 0; part < rfm_parts; part++) {
        int best = INT32_MAX, rank;
        for (int32_t c = 0; c < s->n_columns; c++) {
            const schema_column *one = &s->columns[c];
            if (one->role != ROLE_FEATURE || one->type != TYPE_NUMERIC) continue;
            plain_name name = name_plain(one->name);
            if (!name_among(&name, known[part], &rank) || rank >= best) continue;
            best = rank;
            out->column[part] = c;
        }
        found += out->column[part] >= 0;
    }
    return found >= 2;
}

static const double *values_of(const rfm *r, const dataset *d, int part)
{
    return d->data.columns[d->schema.columns[r->column[part]].position].number;
}

status rfm_fit(rfm *r, const dataset *d, row_set train, arena *tmp, propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    double *x = TAKE(tmp, double, train.n), *spare = TAKE(tmp, double, train.n);
    if (!x || !spare) return fail_memory(err);
    for (int part = 0; part < rfm_parts; part++) {
        int64_t n = 0;
        if (r->column[part] < 0) continue;
        const double *value = values_of(r, d, part);
        for (int64_t i = 0; i < train.n; i++) {
            double v = value[train.at[i]];
            if (v == v) x[n++] = v;
        }
        if (n == 0) continue; /* all cuts 0 */
        sort_numbers(x, spare, n);
        for (int q = 0; q < 4; q++) r->cut[part][q] = x[(int64_t)(n - 1) * (q + 1) / 5];
    }
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

/* One to five, five for the largest. */
static int points(const double cut[4], double v)
{
    int p = 1;
    if (v != v) return 3;
    for (int q = 0; q < 4; q++) p += v > cut[q];
    return p;
}

void rfm_score(float *score, const rfm *r, const dataset *d, row_set rows)
{
    for (int64_t i = 0; i < rows.n; i++) {
        int sum = 0;
        for (int part = 0; part < rfm_parts; part++) {
            if (r->column[part] < 0) continue;
            int p = points(r->cut[part], values_of(r, d, part)[rows.at[i]]);
            sum += part == 0 ? 6 - p : p;
        }
        score[i] = (float)sum;
    }
}
