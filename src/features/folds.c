/* Folds of rows. Leaves what is done with them to whoever asks, and columns of groups and times to
 * row_columns.c. Read folds.h first. */
#include "folds.h"

#include "random.h"
#include "sorting.h"

static status begin(folds *out, int64_t n, int32_t n_folds, int32_t n_repeats, arena *mem,
                    propense_error *err)
{
    *out = (folds){ .n_folds = n_folds, .n_repeats = n_repeats, .n = n };
    if (n > INT64_MAX / 4 / (n_repeats + 1)) return fail_memory(err);
    out->of = TAKE(mem, uint8_t, n * n_repeats);
    return out->of ? PROPENSE_OK : fail_memory(err);
}

/* ---- Stratified */

static status check_classes(const int64_t count[2], int32_t n_folds, propense_error *err)
{
    for (int k = 0; k < 2; k++)
        if (count[k] < n_folds)
            return fail(err, PROPENSE_E_PARSE,
                        k ? "%lld rows converted, and %d folds need as many at least; fewer folds "
                            "or more data"
                          : "%lld rows did not convert, and %d folds need as many at least; fewer "
                            "folds or more data",
                        (long long)count[k], (int)n_folds);
    return PROPENSE_OK;
}

/* The folds of the rows of class k, before they are shuffled: the classes in order of appearance
 * are laid in a row and dealt out, so fold i gets places i, i + n_folds, ... `from`: where the
 * class begins in that row. */
static void deal(int64_t *out, int64_t from, int64_t count, int32_t n_folds)
{
    int64_t at = 0;
    for (int32_t f = 0; f < n_folds; f++) {
        int64_t upto = (from + count - f + n_folds - 1) / n_folds;
        int64_t before = (from - f + n_folds - 1) / n_folds;
        if (from + count <= f) upto = 0;
        if (from <= f) before = 0;
        for (int64_t i = before; i < upto; i++) out[at++] = f;
    }
}

static void draw_repeat(uint8_t *of, const uint8_t *y, int64_t n, const int64_t count[2],
                        int32_t n_folds, int64_t *scratch, mt19937 *g)
{
    int first = y[0] != 0;
    for (int turn = 0; turn < 2; turn++) {
        int k = turn ? !first : first;
        deal(scratch, turn ? count[first] : 0, count[k], n_folds);
        mt_shuffle(g, scratch, count[k]);
        int64_t at = 0;
        for (int64_t i = 0; i < n; i++)
            if ((y[i] != 0) == k) of[i] = (uint8_t)scratch[at++];
    }
}

status folds_stratified(folds *out, const uint8_t *y, int64_t n, int32_t n_folds, int32_t n_repeats,
                        uint32_t seed, arena *mem, propense_error *err)
{
    int64_t count[2] = { 0 };
    mt19937 g;
    for (int64_t i = 0; i < n; i++) count[y[i] != 0]++;
    TRY(check_classes(count, n_folds, err));
    TRY(begin(out, n, n_folds, n_repeats, mem, err));
    arena_mark mark = arena_here(mem);
    int64_t *scratch = TAKE(mem, int64_t, n);
    if (!scratch) return fail_memory(err);
    mt_seed(&g, seed);
    for (int32_t r = 0; r < n_repeats; r++)
        draw_repeat(out->of + r * n, y, n, count, n_folds, scratch, &g);
    arena_rewind(mem, mark);
    return PROPENSE_OK;
}

/* ---- Groups */

typedef struct group_order {
    const int64_t *size, *lot; /* [n_groups] */
} group_order;

static int by_size(const void *user, int32_t a, int32_t b)
{
    const group_order *o = user;
    if (o->size[a] != o->size[b]) return o->size[a] > o->size[b] ? -1 : 1;
    return o->lot[a] < o->lot[b] ? -1 : 1;
}

typedef struct grouping {
    const int32_t *group;
    int32_t n_groups, n_folds;
    int64_t *size, *lot; /* [n_groups] */
    int32_t *order, *spare;
    uint8_t *fold; /* [n_groups] */
} grouping;

static void place_groups(grouping *g, uint64_t seed, uint32_t repeat)
{
    int64_t load[folds_limit] = { 0 };
    group_order order = { g->size, g->lot };
    draw_permutation((draw_key){ seed, DRAW_FOLD, 0 }, repeat, g->lot, g->n_groups);
    for (int32_t i = 0; i < g->n_groups; i++) g->order[i] = i;
    sort_items(g->order, g->spare, g->n_groups, by_size, &order);
    for (int32_t i = 0; i < g->n_groups; i++) {
        int32_t lightest = 0;
        for (int32_t f = 1; f < g->n_folds; f++)
            if (load[f] < load[lightest]) lightest = f;
        g->fold[g->order[i]] = (uint8_t)lightest;
        load[lightest] += g->size[g->order[i]];
    }
}

static status check_folds(const folds *f, int32_t repeat, const uint8_t *y, propense_error *err)
{
    int64_t count[folds_limit][2] = { 0 }, all[2] = { 0 };
    for (int64_t i = 0; i < f->n; i++) {
        count[f->of[repeat * f->n + i]][y[i] != 0]++;
        all[y[i] != 0]++;
    }
    for (int32_t k = 0; k < f->n_folds; k++)
        for (int c = 0; c < 2; c++)
            if (count[k][c] == 0 || count[k][c] == all[c])
                return fail(err, PROPENSE_E_PARSE,
                            "with whole groups, fold %d of %d has customers of one kind only; "
                            "fewer folds (--cv) or other groups are needed",
                            (int)k + 1, (int)f->n_folds);
    return PROPENSE_OK;
}

static status take_grouping(grouping *g, arena *mem, propense_error *err)
{
    g->size = TAKE(mem, int64_t, g->n_groups);
    g->lot = TAKE(mem, int64_t, g->n_groups);
    g->order = TAKE(mem, int32_t, g->n_groups);
    g->spare = TAKE(mem, int32_t, g->n_groups);
    g->fold = TAKE(mem, uint8_t, g->n_groups);
    if (!g->size || !g->lot || !g->order || !g->spare || !g->fold) return fail_memory(err);
    return PROPENSE_OK;
}

status folds_of_groups(uint8_t *of, const int32_t *group, int64_t n, int32_t n_groups,
                       int32_t n_folds, int32_t n_repeats, uint64_t seed, arena *tmp,
                       propense_error *err)
{
    grouping g = { .group = group, .n_groups = n_groups, .n_folds = n_folds };
    int32_t met = 0;
    arena_mark mark = arena_here(tmp);
    TRY(take_grouping(&g, tmp, err));
    for (int64_t i = 0; i < n; i++) met += g.size[group[i]]++ == 0;
    if (met < n_folds)
        return fail(err, PROPENSE_E_PARSE,
                    "there are %d groups, and %d folds need as many at least", (int)met,
                    (int)n_folds);
    for (int32_t r = 0; r < n_repeats; r++) {
        place_groups(&g, seed, (uint32_t)r);
        for (int64_t i = 0; i < n; i++) of[r * n + i] = g.fold[group[i]];
    }
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

status folds_grouped(folds *out, const uint8_t *y, const int32_t *group, int64_t n,
                     int32_t n_groups, int32_t n_folds, int32_t n_repeats, uint64_t seed,
                     arena *mem, propense_error *err)
{
    TRY(begin(out, n, n_folds, n_repeats, mem, err));
    TRY(folds_of_groups(out->of, group, n, n_groups, n_folds, n_repeats, seed, mem, err));
    for (int32_t r = 0; r < n_repeats; r++) TRY(check_folds(out, r, y, err));
    return PROPENSE_OK;
}

int64_t groups_drawn(int64_t *order, const int32_t *group, int64_t n, int32_t n_groups,
                     int64_t want, uint64_t seed, arena *tmp)
{
    enum { drawn_stream = 5 };
    arena_mark mark = arena_here(tmp);
    int64_t *size = TAKE(tmp, int64_t, n_groups), *lot = TAKE(tmp, int64_t, n_groups), taken = 0;
    if (!size || !lot) return -1;
    for (int64_t i = 0; i < n; i++) size[group[i]]++;
    draw_permutation((draw_key){ seed, DRAW_FOLD, drawn_stream }, 0, lot, n_groups);
    for (int32_t g = 0; g < n_groups && taken < want; g++) {
        taken += size[lot[g]];
        size[lot[g]] = -1; /* drawn */
    }
    int64_t at[2] = { 0, taken };
    for (int64_t i = 0; i < n; i++) order[at[size[group[i]] >= 0]++] = i;
    arena_rewind(tmp, mark);
    return taken;
}

/* ---- Rows */

static int64_t rows_where(int64_t *out, const folds *f, int32_t repeat, int32_t fold, int held)
{
    const uint8_t *of = f->of + repeat * f->n;
    int64_t n = 0;
    for (int64_t i = 0; i < f->n; i++)
        if ((of[i] == fold) == held) out[n++] = i;
    return n;
}

int64_t folds_train(int64_t *out, const folds *f, int32_t repeat, int32_t fold)
{
    return rows_where(out, f, repeat, fold, 0);
}

int64_t folds_held(int64_t *out, const folds *f, int32_t repeat, int32_t fold)
{
    return rows_where(out, f, repeat, fold, 1);
}
