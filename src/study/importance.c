/* Permutation importance: columns shuffled among the rows, the model asked again.
 * Leaves the model's answers to pipeline.c, areas to metrics/, a changed value to effect.c.
 * Read importance.h first. */
#include "importance.h"

#include <math.h>
#include <stdatomic.h>

#include "names.h"
#include "random.h"
#include "roc.h"
#include "sample.h"
#include "sorting.h"
#include "threads.h"
#include "unseen.h"

static const char *const group_words[importance_group_count] = {
    "",
    "recency recencia frequency frecuencia monetary monetario spend spent gasto purchase purchases "
    "compra compras order orders pedidos revenue importe amount price precio value history "
    "balance ticket basket",
    "open opens opened apertura aperturas click clicks ctr clic clics email mail newsletter rate "
    "tasa campaign campaigns contact contacts sent bounce bounces",
    "age edad gender genero sexo sex region city ciudad provincia country pais state job "
    "profesion marital education income ingresos zip postal"
};

importance_group importance_group_of(str column_name)
{
    enum { most_parts = 8 };
    plain_name parts[most_parts];
    int n = name_parts(parts, most_parts, column_name), which;
    for (int g = 1; g < importance_group_count; g++)
        for (int i = 0; i < n; i++)
            if (name_among(&parts[i], group_words[g], &which)) return (importance_group)g;
    return GROUP_NONE;
}

/* ---- Tasks: one shuffle of one set of columns */

typedef struct shuffle_set {
    int32_t n;
    const int32_t *columns; /* [n] of the sample's table */
} shuffle_set;

typedef struct shuffling {
    const model *m;
    const struct kernels *k;
    const dataset *d;      /* the sample */
    const uint8_t *y;      /* [n] */
    const uint8_t *member; /* [n], or NULL */
    int64_t n;
    const shuffle_set *sets; /* [n_sets] */
    int32_t n_sets, repeats;
    uint64_t seed;
    double *auc; /* [n_sets][repeats] */
    pool *threads;
    _Atomic int64_t next;
    _Atomic int bad;
} shuffling;

static int shuffle_column(column *c, const int64_t *order, int64_t n, arena *mem)
{
    column from = *c;
    if (from.number) {
        c->number = TAKE(mem, double, n);
        for (int64_t i = 0; c->number && i < n; i++) c->number[i] = from.number[order[i]];
    }
    if (from.code) {
        c->code = TAKE(mem, int32_t, n);
        for (int64_t i = 0; c->code && i < n; i++) c->code[i] = from.code[order[i]];
    }
    if (from.valid) {
        c->valid = TAKE(mem, uint8_t, (n + 7) / 8);
        for (int64_t i = 0; c->valid && i < n; i++)
            c->valid[i >> 3] |=
                (uint8_t)((from.valid[order[i] >> 3] >> (order[i] & 7) & 1) << (i & 7));
    }
    return (!from.number || c->number) && (!from.code || c->code) && (!from.valid || c->valid);
}

/* The area when the columns of a set are shuffled; NULL set: nothing is. 0 on failure. */
static int area_of(double *auc, const shuffling *s, const shuffle_set *set, int32_t repeat,
                   arena *tmp)
{
    dataset copy = *s->d;
    column *columns = TAKE(tmp, column, copy.data.n_columns);
    int64_t *order = TAKE(tmp, int64_t, s->n), *rows = TAKE(tmp, int64_t, s->n);
    float *logit = TAKE(tmp, float, s->n);
    if (!columns || !order || !rows || !logit) return 0;
    memcpy(columns, copy.data.columns, (size_t)copy.data.n_columns * sizeof *columns);
    copy.data.columns = columns;
    for (int64_t i = 0; i < s->n; i++) rows[i] = i;
    /* The same shuffles for every set: differences between columns owe nothing to them. */
    draw_permutation((draw_key){ s->seed, DRAW_PERMUTE, 0 }, (uint32_t)repeat, order, s->n);
    for (int32_t i = 0; set && i < set->n; i++)
        if (!shuffle_column(&columns[set->columns[i]], order, s->n, tmp)) return 0;
    row_set all = { rows, s->n };
    if (unseen_logits(logit, s->m, s->k, &copy, all, s->member, tmp, NULL) != PROPENSE_OK) return 0;
    return roc_auc(auc, s->y, logit, s->n, tmp);
}

static void shuffle_work(void *user, int worker)
{
    shuffling *s = user;
    arena tmp = { 0 };
    int64_t n = (int64_t)s->n_sets * s->repeats, i;
    while (pool_goes_on(s->threads, worker, atomic_load(&s->next), n) && !atomic_load(&s->bad) &&
           (i = atomic_fetch_add(&s->next, 1)) < n) {
        arena_mark mark = arena_here(&tmp);
        if (!area_of(&s->auc[i], s, &s->sets[i / s->repeats], (int32_t)(i % s->repeats), &tmp))
            atomic_store(&s->bad, 1);
        arena_rewind(&tmp, mark);
    }
    arena_free(&tmp);
}

static status shuffle_all(shuffling *s, const importance_options *o, propense_error *err)
{
    s->threads = pool_new(o->threads ? o->threads : threads_available());
    progress_watch(s->threads, o->cb);
    pool_run(s->threads, pool_size(s->threads), shuffle_work, s);
    status code = atomic_load(&s->bad) ? fail_memory(err) : progress_stopped(s->threads, err);
    pool_free(s->threads);
    return code;
}

/* ---- From areas to rows */

/* The 97.5 % quantile of Student's t: Hill's expansion (1970) of the normal one, exact to 0.01 from
 * three degrees on. */
static double t_quantile(int32_t freedom)
{
    const double z = 1.959963984540054, n = freedom > 2 ? freedom : 3;
    double a = (z * z * z + z) / 4, b = (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / 96;
    return z + a / n + b / (n * n);
}

static void summarise(importance_row *row, double whole, const double *auc, int32_t repeats)
{
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < repeats; i++) sum += whole - auc[i];
    row->drop = sum / repeats;
    for (int32_t i = 0; i < repeats; i++) {
        double off = whole - auc[i] - row->drop;
        squares += off * off;
    }
    row->deviation = sqrt(squares / repeats);
    double half = repeats > 1 ? t_quantile(repeats - 1) * sqrt(squares / (repeats - 1) / repeats)
                              : (double)NAN;
    row->low = row->drop - half;
    row->high = row->drop + half;
}

static int larger_first(const void *user, int32_t a, int32_t b)
{
    const importance_row *rows = user;
    if (rows[a].drop != rows[b].drop) return rows[a].drop > rows[b].drop ? -1 : 1;
    return a - b;
}

static int sort_rows(importance_row *rows, int32_t n, arena *tmp)
{
    int32_t *order = TAKE(tmp, int32_t, n), *spare = TAKE(tmp, int32_t, n);
    importance_row *copy = TAKE(tmp, importance_row, n);
    if (!order || !spare || !copy) return 0;
    for (int32_t i = 0; i < n; i++) order[i] = i;
    if (n > 0) memcpy(copy, rows, (size_t)n * sizeof *rows);
    sort_items(order, spare, n, larger_first, copy);
    for (int32_t i = 0; i < n; i++) rows[i] = copy[order[i]];
    return 1;
}

/* ---- Which columns are shuffled together */

typedef struct sets {
    shuffle_set *set;    /* [n] */
    importance_row *row; /* [n] single columns first, then groups */
    int32_t n_single, n;
} sets;

static int fill_sets(sets *out, const model *m, const dataset *d, arena *tmp)
{
    const encoder *e = &m->encoder;
    int32_t most = e->n_columns + importance_group_count, used = 0;
    out->set = TAKE(tmp, shuffle_set, most);
    out->row = TAKE(tmp, importance_row, most);
    int32_t *columns = TAKE(tmp, int32_t, 2 * (int64_t)e->n_columns);
    if (!out->set || !out->row || !columns) return 0;
    for (int32_t c = 0; c < e->n_columns; c++) {
        str name = e->columns[c].name;
        columns[used] = table_find(&d->data, name);
        out->set[c] = (shuffle_set){ 1, &columns[used++] };
        out->row[c] = (importance_row){ .name = name,
                                        .column = e->columns[c].schema_column,
                                        .group = importance_group_of(name),
                                        .n_columns = 1 };
    }
    out->n = out->n_single = e->n_columns;
    for (int g = 1; g < importance_group_count; g++) {
        shuffle_set set = { 0, &columns[used] };
        for (int32_t c = 0; c < e->n_columns; c++)
            if (out->row[c].group == (importance_group)g) columns[used + set.n++] = columns[c];
        if (set.n < 2) continue;
        used += set.n;
        out->set[out->n] = set;
        out->row[out->n++] =
            (importance_row){ .column = -1, .group = (importance_group)g, .n_columns = set.n };
    }
    return 1;
}

static status run_sets(importance *out, shuffling *s, sets *all, const importance_options *o,
                       arena *mem, arena *tmp, propense_error *err)
{
    s->sets = all->set;
    s->n_sets = all->n;
    s->auc = TAKE(tmp, double, (int64_t)all->n * s->repeats);
    if (!s->auc || !area_of(&out->auc, s, NULL, 0, tmp)) return fail_memory(err);
    TRY(shuffle_all(s, o, err));
    for (int32_t i = 0; i < all->n; i++)
        summarise(&all->row[i], out->auc, s->auc + (int64_t)i * s->repeats, s->repeats);
    out->n_rows = all->n_single;
    out->n_groups = all->n - all->n_single;
    out->rows = TAKE(mem, importance_row, all->n);
    if (!out->rows) return fail_memory(err);
    memcpy(out->rows, all->row, (size_t)all->n * sizeof *all->row);
    out->groups = out->rows + out->n_rows;
    if (!sort_rows(out->rows, out->n_rows, tmp) || !sort_rows(out->groups, out->n_groups, tmp))
        return fail_memory(err);
    return PROPENSE_OK;
}

/* The members of the thinned rows. */
static status thin_members(const uint8_t **out, const uint8_t *member, row_set r, int64_t n,
                           arena *tmp, propense_error *err)
{
    *out = NULL;
    if (!member) return PROPENSE_OK;
    uint8_t *thin = TAKE(tmp, uint8_t, n);
    if (!thin) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) thin[i] = member[sample_row(r, n, i)];
    *out = thin;
    return PROPENSE_OK;
}

static status importance_steps(importance *out, const model *m, const struct kernels *k,
                               const dataset *d, row_set r, const importance_options *o, arena *mem,
                               arena *tmp, propense_error *err)
{
    dataset thin;
    sets all = { 0 };
    TRY(sample_rows(&thin, d, r, o->most_rows ? o->most_rows : 20000, tmp, err));
    if (!fill_sets(&all, m, &thin, tmp)) return fail_memory(err);
    const uint8_t *member;
    TRY(thin_members(&member, o->member, r, thin.n_rows, tmp, err));
    shuffling s = { .m = m,
                    .k = k,
                    .d = &thin,
                    .y = thin.y,
                    .member = member,
                    .n = thin.n_rows,
                    .repeats = o->repeats ? o->repeats : 10,
                    .seed = o->seed };
    out->n = thin.n_rows;
    return run_sets(out, &s, &all, o, mem, tmp, err);
}

status importance_of(importance *out, const model *m, const struct kernels *k, const dataset *d,
                     row_set r, const importance_options *o, arena *mem, propense_error *err)
{
    arena tmp = { 0 };
    *out = (importance){ 0 };
    status s = importance_steps(out, m, k, d, r, o, mem, &tmp, err);
    arena_free(&tmp);
    return s;
}
