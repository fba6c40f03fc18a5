/* Groups of customers by columns that fairness asks about.
 * Leaves retraining without such columns to without.c and the words to report/.
 * Read plan_groups.h first. */
#include "plan_groups.h"

#include <math.h>

#include "curves.h"
#include "names.h"
#include "words.h"

static const struct {
    const char *names;
    int is_sensitive, is_number;
} kinds[most_group_columns] = {
    { "region area zone zona provincia comunidad state country pais zipcode", 0, 0 },
    { "gender sex genero sexo", 1, 0 },
    { "age edad", 1, 1 },
};

/* ---- Age bands */

static const char *const age_names[] = {
    "-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"
};
enum { n_ages = sizeof age_names / sizeof *age_names };

static int age_band(double age)
{
    static const double from[n_ages - 1] = { 18, 25, 35, 45, 55, 65 };
    int i = 0;
    if (isnan(age)) return -1;
    while (i < n_ages - 1 && age >= from[i]) i++;
    return i;
}

/* ---- Counting */

typedef struct counting {
    const column *k;
    int is_age;
    const campaign *c;
    const uint8_t *arms, *outcome;
} counting;

static int32_t code_of(const counting *g, int64_t row)
{
    return g->is_age ? age_band(g->k->number[row]) : g->k->code[row];
}

static void add_row(plan_group *x, const counting *g, int64_t row)
{
    x->n++;
    x->n_selected += g->arms[row] != ARM_NONE;
    x->expected += g->c->p[row];
    if (!g->outcome || g->outcome[row] > 1) return;
    x->n_known++;
    x->n_converted += g->outcome[row];
}

static void join(plan_group *to, const plan_group *more)
{
    to->n += more->n;
    to->n_selected += more->n_selected;
    to->expected += more->expected;
    to->n_known += more->n_known;
    to->n_converted += more->n_converted;
}

static void finish(plan_group *x)
{
    share_interval w = wilson((double)x->n_converted, (double)x->n_known, 0.95);
    if (x->n) x->expected /= (double)x->n;
    x->rate = (estimate){ (double)NAN, (double)NAN, (double)NAN };
    if (x->n_known)
        x->rate = (estimate){ (double)x->n_converted / (double)x->n_known, w.low, w.high };
}

/* The largest stand for themselves (ages in their order), the rest is one. */
static void keep_largest(group_column *out, plan_group *all, int32_t n, int is_age)
{
    for (int32_t i = 0; is_age && i < n; i++)
        if (all[i].n) out->groups[out->n++] = all[i];
    while (!is_age) {
        int32_t best = -1;
        for (int32_t i = 0; i < n; i++)
            if (all[i].n && (best < 0 || all[i].n > all[best].n)) best = i;
        if (best < 0) break;
        if (out->n < most_groups) {
            out->groups[out->n++] = all[best];
        } else {
            join(&out->groups[most_groups - 1], &all[best]);
            out->groups[most_groups - 1].name = str_of(N_("(others)"));
        }
        all[best].n = 0;
    }
    for (int i = 0; i < out->n; i++) finish(&out->groups[i]);
}

static status count_column(group_column *out, const counting *g, const int32_t *rows, int64_t n,
                           arena *mem, propense_error *err)
{
    arena_mark mark = arena_here(mem);
    int32_t n_groups = g->is_age ? n_ages : g->k->n_levels;
    plan_group *all = TAKE(mem, plan_group, n_groups);
    if (!all) return fail_memory(err);
    for (int32_t i = 0; i < n_groups; i++)
        all[i].name = g->is_age ? str_of(age_names[i]) : g->k->level[i];
    for (int64_t i = 0; i < n; i++) {
        int32_t at = code_of(g, rows[i]);
        if (at >= 0) add_row(&all[at], g, rows[i]);
    }
    keep_largest(out, all, n_groups, g->is_age);
    arena_rewind(mem, mark);
    return PROPENSE_OK;
}

int plan_groups_want(str name)
{
    plain_name plain = name_plain(name);
    for (int kind = 0; kind < most_group_columns; kind++)
        if (name_among(&plain, kinds[kind].names, NULL)) return 1;
    return 0;
}

static int32_t find(const table *t, int kind)
{
    for (int32_t i = 0; i < t->n_columns; i++) {
        const column *k = &t->columns[i];
        plain_name plain = name_plain(k->name);
        if (!name_among(&plain, kinds[kind].names, NULL)) continue;
        if (kinds[kind].is_number ? k->kind == COLUMN_NUMBER
                                  : k->kind == COLUMN_WORDS && !k->overflow && k->n_levels <= 1000)
            return i;
    }
    return -1;
}

status plan_groups_of(plan_groups *out, const table *t, const int32_t *rows, int64_t n,
                      const campaign *c, const uint8_t *arms, const uint8_t *outcome, arena *mem,
                      propense_error *err)
{
    *out = (plan_groups){ 0 };
    for (int kind = 0; kind < most_group_columns; kind++) {
        int32_t at = find(t, kind);
        if (at < 0) continue;
        counting g = { &t->columns[at], kinds[kind].is_number, c, arms, outcome };
        group_column *one = &out->columns[out->n++];
        one->column = at;
        one->is_sensitive = kinds[kind].is_sensitive;
        TRY(count_column(one, &g, rows, n, mem, err));
    }
    return PROPENSE_OK;
}
