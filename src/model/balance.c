/* Which negatives stay when classes are balanced, and the test whether they stand for the rest.
 * Leaves the correction of the prior to whoever trains on them.
 * Read balance.h first. */
#include "balance.h"

#include <math.h>

#include "fit.h"
#include "random.h"

balance_kind balance_of(const char *word)
{
    if (strcmp(word, "random") == 0) return BALANCE_RANDOM;
    return strcmp(word, "first") == 0 ? BALANCE_FIRST : BALANCE_NONE;
}

static int64_t list_negatives(int64_t *at, const uint8_t *y, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (!y[i]) at[count++] = i;
    return count;
}

int64_t balance_rows(uint8_t *keep, const uint8_t *y, int64_t n, balance_kind kind, uint64_t seed,
                     arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    int64_t *zeros = TAKE(tmp, int64_t, n), *order = TAKE(tmp, int64_t, n);
    if (!zeros || !order) return -1;
    int64_t n_zeros = list_negatives(zeros, y, n), n_ones = n - n_zeros;
    int64_t n_kept = kind == BALANCE_NONE || n_zeros < n_ones ? n_zeros : n_ones;
    for (int64_t i = 0; i < n; i++) keep[i] = 1;
    for (int64_t i = 0; i < n_zeros; i++) order[i] = i;
    if (kind == BALANCE_RANDOM)
        draw_permutation((draw_key){ seed, DRAW_BALANCE, 0 }, 0, order, n_zeros);
    for (int64_t i = n_kept; i < n_zeros; i++) keep[zeros[order[i]]] = 0;
    arena_rewind(tmp, mark);
    return n_ones + n_kept;
}

/* ---- Kept from dropped */

enum {
    probe_units = 32,
    probe_epochs = 25,
    probe_batch = 64,
    most_probe_rows = 20000,
    least_rows = 50
};

/* One half of the rows, in the order of `order`. */
typedef struct half {
    float *x;
    uint8_t *y;
    int64_t n, n_kept;
} half;

static int take_half(half *h, const float *x, const uint8_t *kept, const int64_t *order, int64_t n,
                     int32_t n_inputs, arena *tmp)
{
    h->n = n < most_probe_rows ? n : most_probe_rows;
    h->x = TAKE_WIDE(tmp, float, h->n *n_inputs);
    h->y = TAKE(tmp, uint8_t, h->n);
    if (!h->x || !h->y) return 0;
    for (int64_t i = 0; i < h->n; i++) {
        memcpy(h->x + i * n_inputs, x + order[i] * n_inputs, (size_t)n_inputs * sizeof(float));
        h->y[i] = kept[order[i]];
        h->n_kept += h->y[i];
    }
    return 1;
}

static int is_enough(const half *h)
{
    return h->n_kept >= least_rows && h->n - h->n_kept >= least_rows;
}

/* A small network with one hidden layer learns `a` and scores `b`. */
static status probe(float *logit, const half *a, const half *b, int32_t n_inputs, uint64_t seed,
                    const struct kernels *k, arena *tmp, propense_error *err)
{
    static const layer_spec layers[] = {
        { .kind = LAYER_DENSE, .units = probe_units, .act = ACT_RELU },
        { .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID },
    };
    network net;
    history epochs = { 0 };
    TRY(network_plan(&net, n_inputs, layers, 2, tmp, err));
    float *params = TAKE_WIDE(tmp, float, net.n_params);
    optimiser_state state = { .m = TAKE_WIDE(tmp, float, net.n_params),
                              .v = TAKE_WIDE(tmp, float, net.n_params) };
    float *scratch = TAKE_WIDE(tmp, float, network_predict_scratch(&net, b->n));
    if (!params || !state.m || !state.v || !scratch) return fail_memory(err);
    network_init(&net, params, seed);
    fit_data data = { .x = a->x, .y = a->y, .n = a->n };
    fit_options o = { .epochs = probe_epochs,
                      .batch_size = probe_batch,
                      .learning_rate = 0.003,
                      .seed = seed,
                      .shuffle = 1,
                      .threads = 1,
                      .kernels = k };
    TRY(network_fit(&net, params, &state, &epochs, &data, &o, tmp, NULL, err));
    network_logits(&net, params, k, b->x, b->n, logit, scratch);
    return PROPENSE_OK;
}

static status told_apart(auc_interval *out, const float *x, const uint8_t *kept, int64_t n,
                         int32_t n_inputs, uint64_t seed, const struct kernels *k, arena *tmp,
                         propense_error *err)
{
    half a = { 0 }, b = { 0 };
    int64_t *order = TAKE(tmp, int64_t, n);
    if (!order) return fail_memory(err);
    draw_permutation((draw_key){ seed, DRAW_FOLD, 0 }, 0, order, n);
    if (!take_half(&a, x, kept, order, n / 2, n_inputs, tmp) ||
        !take_half(&b, x, kept, order + n / 2, n - n / 2, n_inputs, tmp))
        return fail_memory(err);
    if (!is_enough(&a) || !is_enough(&b)) return PROPENSE_OK;
    float *logit = TAKE(tmp, float, b.n);
    if (!logit) return fail_memory(err);
    TRY(probe(logit, &a, &b, n_inputs, seed, k, tmp, err));
    return auc_delong(out, b.y, logit, b.n, 0.95, tmp) ? PROPENSE_OK : fail_memory(err);
}

status balance_told_apart(auc_interval *out, const float *x, const uint8_t *kept, int64_t n,
                          int32_t n_inputs, uint64_t seed, const struct kernels *k, arena *tmp,
                          propense_error *err)
{
    const double unknown = (double)NAN;
    arena_mark mark = arena_here(tmp);
    *out = (auc_interval){ .auc = unknown, .variance = unknown, .low = unknown, .high = unknown };
    status s = told_apart(out, x, kept, n, n_inputs, seed, k, tmp, err);
    arena_rewind(tmp, mark);
    return s;
}

int balance_is_skewed(const auc_interval *apart)
{
    return apart->low > 0.5 && apart->auc >= 0.55;
}
