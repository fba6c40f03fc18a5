/* Counts and mean promises by groups of customers.
 * Leaves which names are demographics to importance.c. Read demographics.h first. */
#include "demographics.h"

#include <math.h>

#include "curves.h"
#include "names.h"
#include "sorting.h"

enum { bands = 4 };

int name_is_sensitive(str column_name)
{
    enum { most_parts = 8 };
    plain_name parts[most_parts];
    int n = name_parts(parts, most_parts, column_name), which;
    for (int i = 0; i < n; i++)
        if (name_among(&parts[i], "age edad gender genero sexo sex birth nacimiento", &which))
            return 1;
    return 0;
}

/* Rows of one column as group numbers; -1: in none. */
typedef struct grouping {
    group_table *table;
    int32_t *of; /* [r.n] */
} grouping;

static void count(const grouping *g, const dataset *d, row_set r, const double *probability)
{
    for (int64_t i = 0; i < r.n; i++) {
        if (g->of[i] < 0) continue;
        group_row *row = &g->table->rows[g->of[i]];
        row->n++;
        row->n_positive += d->y[r.at[i]] == 1;
        row->promised += probability[i];
    }
    for (int32_t k = 0; k < g->table->n; k++) {
        group_row *row = &g->table->rows[k];
        double n = (double)row->n, hits = (double)row->n_positive;
        share_interval w = wilson(hits, n, 0.95);
        row->rate = n > 0 ? hits / n : (double)NAN;
        row->promised = n > 0 ? row->promised / n : (double)NAN;
        row->low = w.low;
        row->high = w.high;
    }
}

static int more_first(const void *user, int32_t a, int32_t b)
{
    const int64_t *n = user;
    if (n[a] != n[b]) return n[a] > n[b] ? -1 : 1;
    return a - b;
}

/* The most frequent levels; 0 on exhaustion. */
static int group_words(grouping *g, const column *c, row_set r, arena *mem, arena *tmp)
{
    int64_t *n = TAKE(tmp, int64_t, c->n_levels);
    int32_t *order = TAKE(tmp, int32_t, c->n_levels), *spare = TAKE(tmp, int32_t, c->n_levels);
    int32_t *place = TAKE(tmp, int32_t, c->n_levels);
    if (!n || !order || !spare || !place) return 0;
    for (int64_t i = 0; i < r.n; i++)
        if (c->code[r.at[i]] >= 0) n[c->code[r.at[i]]]++;
    for (int32_t k = 0; k < c->n_levels; k++) order[k] = k;
    sort_items(order, spare, c->n_levels, more_first, n);
    for (int32_t k = 0; k < c->n_levels; k++) {
        place[order[k]] = -1;
        if (k >= demographics_most_levels || n[order[k]] == 0) continue;
        str level = str_keep(mem, c->level[order[k]]);
        if (!level.p) return 0;
        place[order[k]] = g->table->n;
        g->table->rows[g->table->n++] =
            (group_row){ .level = level, .from = (double)NAN, .to = (double)NAN };
    }
    for (int64_t i = 0; i < r.n; i++)
        g->of[i] = c->code[r.at[i]] < 0 ? -1 : place[c->code[r.at[i]]];
    return 1;
}

/* Four bands of equally many rows, as far as equal values allow. */
static int group_numbers(grouping *g, const column *c, row_set r, arena *tmp)
{
    double *x = TAKE(tmp, double, r.n), *spare = TAKE(tmp, double, r.n);
    int64_t n = 0;
    if (!x || !spare) return 0;
    for (int64_t i = 0; i < r.n; i++)
        if (!isnan(c->number[r.at[i]])) x[n++] = c->number[r.at[i]];
    sort_numbers(x, spare, n);
    for (int64_t from = 0, b = 1; from < n && b <= bands; b++) {
        int64_t to = n * b / bands;
        if (to <= from) continue;
        while (to < n && x[to] == x[to - 1]) to++;
        g->table->rows[g->table->n++] = (group_row){ .from = x[from], .to = x[to - 1] };
        from = to;
    }
    for (int64_t i = 0; i < r.n; i++) {
        double value = c->number[r.at[i]];
        g->of[i] = -1;
        for (int32_t k = 0; k < g->table->n; k++)
            if (value >= g->table->rows[k].from && value <= g->table->rows[k].to) g->of[i] = k;
    }
    return 1;
}

static status one_table(group_table *t, const model *m, int32_t encoder_column_, const dataset *d,
                        row_set r, const double *probability, arena *mem, arena *tmp,
                        propense_error *err)
{
    const encoder_column *e = &m->encoder.columns[encoder_column_];
    *t = (group_table){ .name = e->name,
                        .column = e->schema_column,
                        .is_sensitive = name_is_sensitive(e->name) };
    t->rows = TAKE(mem, group_row, demographics_most_levels);
    grouping g = { t, TAKE(tmp, int32_t, r.n) };
    int32_t at = table_find(&d->data, e->name);
    if (!t->rows || !g.of) return fail_memory(err);
    if (at < 0) return PROPENSE_OK;
    const column *c = &d->data.columns[at];
    int done = c->number ? group_numbers(&g, c, r, tmp)
               : c->code ? group_words(&g, c, r, mem, tmp)
                         : 1;
    if (!done) return fail_memory(err);
    count(&g, d, r, probability);
    return PROPENSE_OK;
}

status demographics_of(group_table **out, int32_t *n, const model *m, const dataset *d, row_set r,
                       const double *probability, arena *mem, propense_error *err)
{
    arena tmp = { 0 };
    status s = PROPENSE_OK;
    *n = 0;
    *out = TAKE(mem, group_table, demographics_most_columns);
    if (!*out) return fail_memory(err);
    for (int32_t c = 0;
         s == PROPENSE_OK && c < m->encoder.n_columns && *n < demographics_most_columns; c++) {
        if (importance_group_of(m->encoder.columns[c].name) != GROUP_PERSON) continue;
        s = one_table(&(*out)[*n], m, c, d, r, probability, mem, &tmp, err);
        *n += s == PROPENSE_OK && (*out)[*n].n > 1;
    }
    arena_free(&tmp);
    return s;
}
