/* Groups are a Dense layer whose kernel is zero outside the blocks: the same bits, forward, back
 * and in a step of training, at every level. (Dense has its gradient check in test_network.c.) */
#include "fit.h"
#include "kernels.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { n_inputs = 37, n_groups = 4, units = 8, n_rows = 150 };
static const int32_t group_at[n_groups + 1] = { 0, 3, 4, 30, 37 };

typedef struct pair {
    arena mem;
    network groups, dense;
    float *pg, *pd; /* parameters */
    int first;      /* the layer in question: 0, or 1 behind a Dense */
} pair;

static void plan_one(network *net, pair *p, layer_spec middle)
{
    layer_spec specs[4];
    int32_t n = 0;
    if (p->first)
        specs[n++] = (layer_spec){ .kind = LAYER_DENSE, .units = n_inputs, .act = ACT_TANH };
    specs[n++] = middle;
    specs[n++] = (layer_spec){ .kind = LAYER_DENSE, .units = 5, .act = ACT_RELU };
    specs[n++] = (layer_spec){ .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID };
    assert_int_equal(network_plan(net, p->first ? 11 : n_inputs, specs, n, &p->mem, NULL),
                     PROPENSE_OK);
}

static int32_t group_of(int32_t input)
{
    int32_t g = 0;
    while (input >= group_at[g + 1]) g++;
    return g;
}

/* Every parameter of the one as the other has it. */
static void spread(const pair *p, float *dense, const float *groups)
{
    for (int32_t i = 0; i < p->groups.n_layers; i++) {
        const layer *a = &p->groups.layers[i], *b = &p->dense.layers[i];
        for (int32_t j = 0; j < a->n_out; j++) dense[b->bias + j] = groups[a->bias + j];
        for (int32_t k = 0; k < a->n_in; k++)
            for (int32_t j = 0; j < a->n_out; j++) {
                int64_t at = b->kernel + (int64_t)k * b->n_out + j;
                if (i != p->first)
                    dense[at] = groups[a->kernel + (int64_t)k * a->n_out + j];
                else if (j / units == group_of(k))
                    dense[at] = groups[a->kernel + (int64_t)k * units + j % units];
            }
    }
}

static pair pair_of(int first, activation act)
{
    pair p = { .first = first };
    plan_one(&p.groups, &p,
             (layer_spec){ .kind = LAYER_GROUPS,
                           .units = units,
                           .act = act,
                           .n_groups = n_groups,
                           .group_at = group_at });
    plan_one(&p.dense, &p,
             (layer_spec){ .kind = LAYER_DENSE, .units = n_groups * units, .act = act });
    p.pg = TAKE_WIDE(&p.mem, float, p.groups.n_params);
    p.pd = TAKE_WIDE(&p.mem, float, p.dense.n_params);
    network_init(&p.groups, p.pg, 5);
    spread(&p, p.pd, p.pg);
    return p;
}

static float *random_rows(arena *mem, int64_t n)
{
    float *x = TAKE_WIDE(mem, float, n);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(4 * draw_double((draw_key){ 3, DRAW_NOISE, 0 }, 0, (uint64_t)i) - 2);
    return x;
}

static void same_predictions(void **state)
{
    (void)state;
    for (int level = 0; kernels_at(level); level++) {
        pair p = pair_of(0, level % 2 ? ACT_TANH : ACT_RELU);
        float a[n_rows], b[n_rows], *x = random_rows(&p.mem, n_rows * n_inputs);
        float *scratch = TAKE_WIDE(&p.mem, float, network_predict_scratch(&p.dense, n_rows));
        network_logits(&p.groups, p.pg, kernels_at(level), x, n_rows, a, scratch);
        network_logits(&p.dense, p.pd, kernels_at(level), x, n_rows, b, scratch);
        assert_memory_equal(a, b, sizeof a);
        assert_true(a[0] != a[1]);
        arena_free(&p.mem);
    }
}

static void fit_one(const network *net, float *params, const float *x, const uint8_t *y,
                    const struct kernels *k, int threads, arena *mem)
{
    history h;
    optimiser_state state = { .m = TAKE_WIDE(mem, float, net->n_params),
                              .v = TAKE_WIDE(mem, float, net->n_params) };
    fit_data data = { .x = x, .y = y, .n = n_rows };
    fit_options o = {
        .epochs = 1, .batch_size = n_rows, .learning_rate = 0.01, .threads = threads, .kernels = k
    };
    assert_int_equal(network_fit(net, params, &state, &h, &data, &o, mem, NULL, NULL), PROPENSE_OK);
}

/* One step: what each weight learned tells its gradient. */
static void same_step(void **state)
{
    (void)state;
    for (int level = 0; kernels_at(level); level++)
        for (int first = 0; first < 2; first++) {
            pair p = pair_of(first, ACT_RELU);
            float *x = random_rows(&p.mem, (int64_t)n_rows * p.groups.n_inputs);
            float *expected = TAKE_WIDE(&p.mem, float, p.dense.n_params);
            uint8_t y[n_rows];
            for (int i = 0; i < n_rows; i++) y[i] = x[i * p.groups.n_inputs] > 0;
            fit_one(&p.groups, p.pg, x, y, kernels_at(level), 1 + first, &p.mem);
            fit_one(&p.dense, p.pd, x, y, kernels_at(level), 1, &p.mem);
            memcpy(expected, p.pd, (size_t)p.dense.n_params * sizeof *expected);
            spread(&p, expected, p.pg);
            assert_memory_equal(expected, p.pd, (size_t)p.dense.n_params * sizeof *expected);
            arena_free(&p.mem);
        }
}

static void gaps_are_refused(void **state)
{
    static const int32_t bad[][3] = { { 0, 2, 4 }, { 1, 2, 5 }, { 0, 0, 5 }, { 0, 6, 5 } };
    arena mem = { 0 };
    (void)state;
    for (int i = 0; i < 4; i++) {
        network net;
        layer_spec specs[] = {
            { .kind = LAYER_GROUPS, .units = 2, .n_groups = 2, .group_at = bad[i] },
            { .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID },
        };
        assert_int_equal(network_plan(&net, 5, specs, 2, &mem, NULL), PROPENSE_E_ARG);
    }
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_predictions),
        cmocka_unit_test(same_step),
        cmocka_unit_test(gaps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
