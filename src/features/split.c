/* train_test_split, plain and stratified, with scikit-learn's draws in scikit-learn's order.
 * Leaves the generator to random.c and the meaning of y to schema.c.
 * Read split.h first. */
#include "split.h"

#include <math.h>
#include <string.h>

#include "random.h"

enum { n_classes_limit = 2 };

/* The rows of each class that is there, in ascending order. */
typedef struct classes {
    int n;
    int64_t count[n_classes_limit];
    int64_t *rows[n_classes_limit];
} classes;

static status plain(split *out, int64_t n, uint32_t seed, arena *mem, propense_error *err)
{
    mt19937 g;
    int64_t *order = TAKE(mem, int64_t, n);
    if (!order) return fail_memory(err);
    mt_seed(&g, seed);
    mt_permutation(&g, order, n);
    out->test = order;
    out->train = order + out->n_test;
    return PROPENSE_OK;
}

static status find_classes(classes *c, int64_t n, const uint8_t *y, arena *mem, propense_error *err)
{
    int64_t count[n_classes_limit] = { 0 };
    int64_t *rows[n_classes_limit];
    for (int64_t i = 0; i < n; i++) count[y[i] != 0]++;
    *c = (classes){ 0 };
    for (int k = 0; k < n_classes_limit; k++) {
        rows[k] = TAKE(mem, int64_t, count[k]);
        if (!rows[k]) return fail_memory(err);
        if (!count[k]) continue;
        c->count[c->n] = count[k];
        c->rows[c->n++] = rows[k];
    }
    for (int64_t i = 0; i < n; i++) *rows[y[i] != 0]++ = i;
    return PROPENSE_OK;
}

static status check_stratified(const classes *c, const split *s, propense_error *err)
{
    for (int k = 0; k < c->n; k++)
        if (c->count[k] < 2)
            return fail(err, PROPENSE_E_ARG,
                        "one class of the target has only 1 row; a stratified split needs at least "
                        "2 rows of each class (more data, or no --stratify)");
    if (s->n_train < c->n)
        return fail(err, PROPENSE_E_ARG,
                    "the training part would hold %lld of %lld rows, fewer than the %d classes; "
                    "a stratified split needs a smaller --test_size",
                    (long long)s->n_train, (long long)(s->n_train + s->n_test), c->n);
    if (s->n_test < c->n)
        return fail(err, PROPENSE_E_ARG,
                    "the test part would hold %lld of %lld rows, fewer than the %d classes; "
                    "a stratified split needs a larger --test_size",
                    (long long)s->n_test, (long long)(s->n_train + s->n_test), c->n);
    return PROPENSE_OK;
}

/* Adds 1 to `add` of the classes whose remainder is `value`, drawn at random. The draw is made even
 * when all are taken: the generator's state has to go on as NumPy's does. */
static void add_drawn(int64_t *out, const double *remainder, int n, double value, int64_t *need,
                      mt19937 *g)
{
    int64_t order[n_classes_limit];
    int with[n_classes_limit], n_with = 0;
    for (int k = 0; k < n; k++)
        if (remainder[k] == value) with[n_with++] = k;
    mt_permutation(g, order, n_with);
    for (int i = 0; i<n_with && * need> 0; i++, (*need)--) out[with[order[i]]]++;
}

/* How many of n_draws rows come from each class: the floor of each share, then the largest
 * remainders, ties by lot. Formula: formats 4.2 (sklearn.utils.extmath). */
static void share(int64_t *out, const int64_t *count, int n, int64_t n_draws, mt19937 *g)
{
    double remainder[n_classes_limit], sum = 0;
    int64_t need = n_draws;
    for (int k = 0; k < n; k++) sum += (double)count[k];
    for (int k = 0; k < n; k++) {
        double exact = (double)count[k] / sum * (double)n_draws;
        out[k] = (int64_t)floor(exact);
        remainder[k] = exact - floor(exact);
        need -= out[k];
    }
    double above = 1;
    for (int turn = 0; turn < n && need > 0; turn++) {
        double largest = -1; /* distinct remainders, descending */
        for (int k = 0; k < n; k++)
            if (remainder[k] < above && remainder[k] > largest) largest = remainder[k];
        if (largest < 0) break;
        add_drawn(out, remainder, n, largest, &need, g);
        above = largest;
    }
}

/* Into out->train and out->test; `mem` is scratch. */
static status draw_classes(const split *out, int64_t n, const uint8_t *y, uint32_t seed, arena *mem,
                           propense_error *err)
{
    classes c;
    int64_t n_train[n_classes_limit], rest[n_classes_limit] = { 0 }, n_test[n_classes_limit];
    int64_t at_train = 0, at_test = 0;
    mt19937 g;
    TRY(find_classes(&c, n, y, mem, err));
    TRY(check_stratified(&c, out, err));
    mt_seed(&g, seed);
    share(n_train, c.count, c.n, out->n_train, &g);
    for (int k = 0; k < c.n; k++) rest[k] = c.count[k] - n_train[k];
    share(n_test, rest, c.n, out->n_test, &g);
    for (int k = 0; k < c.n; k++) {
        /* Shuffling the rows is permuting their positions: the same draws, the same swaps. */
        mt_shuffle(&g, c.rows[k], c.count[k]);
        for (int64_t i = 0; i < n_train[k]; i++) out->train[at_train++] = c.rows[k][i];
        for (int64_t i = 0; i < n_test[k]; i++) out->test[at_test++] = c.rows[k][n_train[k] + i];
    }
    mt_shuffle(&g, out->train, out->n_train);
    mt_shuffle(&g, out->test, out->n_test);
    return PROPENSE_OK;
}

static status stratified(split *out, int64_t n, const uint8_t *y, uint32_t seed, arena *mem,
                         propense_error *err)
{
    out->train = TAKE(mem, int64_t, out->n_train);
    out->test = TAKE(mem, int64_t, out->n_test);
    if (!out->train || !out->test) return fail_memory(err);
    arena_mark mark = arena_here(mem);
    status code = draw_classes(out, n, y, seed, mem, err);
    arena_rewind(mem, mark);
    return code;
}

static status everything(split *out, int64_t n, arena *mem, propense_error *err)
{
    out->train = TAKE(mem, int64_t, n);
    out->test = TAKE(mem, int64_t, 0);
    if (!out->train || !out->test) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) out->train[i] = i;
    out->n_train = n;
    return PROPENSE_OK;
}

status split_rows(split *out, int64_t n, double test_frac, uint32_t seed, int stratify,
                  const uint8_t *y, arena *mem, propense_error *err)
{
    *out = (split){ 0 };
    if (n < 1) return fail(err, PROPENSE_E_PARSE, "there is no row to learn from");
    if (!(test_frac >= 0 && test_frac < 1))
        return fail(err, PROPENSE_E_ARG, "--test_size has to be at least 0 and below 1");
    if (test_frac == 0) return everything(out, n, mem, err);
    out->n_test = (int64_t)ceil(test_frac * (double)n);
    if (out->n_test > n) out->n_test = n;
    out->n_train = n - out->n_test;
    if (out->n_train < 1)
        return fail(err, PROPENSE_E_ARG,
                    "the test part would take all %lld rows and leave none to learn from; "
                    "a smaller --test_size is needed",
                    (long long)n);
    return stratify ? stratified(out, n, y, seed, mem, err) : plain(out, n, seed, mem, err);
}
