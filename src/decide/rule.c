/* Recency, frequency, monetary value.
 * Leaves intervals to forecast.c.
 * Read rule.h first. */
#include "rule.h"

#include <math.h>

#include "names.h"
#include "sorting.h"

enum { n_fifths = 5, most_points = 3 * n_fifths };

static int32_t find_name(const table *t, const char *names)
{
    for (int32_t i = 0; i < t->n_columns; i++) {
        plain_name plain = name_plain(t->columns[i].name);
        if (t->columns[i].kind == COLUMN_NUMBER && name_among(&plain, names, NULL)) return i;
    }
    return -1;
}

int rule_find(rule_columns *out, const table *t)
{
    out->recency = find_name(t, "recency recencia dayssincelast dayssincelastpurchase");
    out->frequency = find_name(t, "frequency frecuencia orders pedidos purchases compras");
    out->monetary = find_name(t, "monetary monetario history spend gasto importe valormonetario");
    return out->recency >= 0 && out->frequency >= 0 && out->monetary >= 0;
}

/* The four values between fifths; missing ones are not counted. */
static void cuts(double cut[n_fifths - 1], const double *x, const int32_t *rows, int64_t n,
                 double *scratch)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[rows[i]])) scratch[m++] = x[rows[i]];
    sort_numbers(scratch, scratch + n, m);
    for (int k = 1; k < n_fifths; k++) cut[k - 1] = m ? scratch[m * k / n_fifths] : 0;
}

/* 1 for the lowest fifth to 5; missing counts as the lowest. */
static int points(const double cut[n_fifths - 1], double x)
{
    int p = 1;
    for (int k = 0; k < n_fifths - 1; k++) p += x >= cut[k];
    return p;
}

status rule_best(forecast_sums *out, int64_t k, const rule_columns *at, const table *t,
                 const int32_t *rows, int64_t n, const campaign *c, propense_error *err)
{
    const double *x[] = { t->columns[at->recency].number, t->columns[at->frequency].number,
                          t->columns[at->monetary].number };
    double cut[3][n_fifths - 1];
    forecast_sums sum[most_points + 1] = { { 0 } };
    double *scratch = mem_resize_array(NULL, 2 * n + 1, (int64_t)sizeof *scratch);
    if (!scratch) return fail_memory(err);
    for (int i = 0; i < 3; i++) cuts(cut[i], x[i], rows, n, scratch);
    mem_free(scratch);
    for (int64_t i = 0; i < n; i++) {
        double days = x[0][rows[i]];
        int recent = isnan(days) ? 1 : n_fifths + 1 - points(cut[0], days);
        int all = recent + points(cut[1], x[1][rows[i]]) + points(cut[2], x[2][rows[i]]);
        forecast_add(&sum[all], c, rows[i], 1);
    }
    *out = (forecast_sums){ 0 };
    for (int i = most_points; i >= 0 && out->n < (double)k; i--) {
        double left = (double)k - out->n, share = sum[i].n > left ? left / sum[i].n : 1;
        forecast_join(out, &sum[i], share);
    }
    return PROPENSE_OK;
}
