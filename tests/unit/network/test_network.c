/* Shapes, initial weights and scoring.
 * Leaves training to test_fit.c.
 * Read network.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "double_network.h"
#include "kernels.h"

#include <cmocka.h> /* last: its fail() hides ours */

static const layer_spec reference[] = {
    DENSE(64, ACT_RELU), DROPOUT(0.3F), DENSE(32, ACT_RELU), DROPOUT(0.3F), DENSE(1, ACT_SIGMOID),
};

static void plan_lays_tensors_out(void **state)
{
    (void)state;
    arena mem = { 0 };
    network net;
    assert_int_equal(network_plan(&net, 13, reference, 5, &mem, NULL), PROPENSE_OK);
    assert_int_equal(net.n_trainable, 13 * 64 + 64 + 64 * 32 + 32 + 32 + 1);
    const int64_t kernel[] = { 0, -1, 896, -1, 2976 }, bias[] = { 832, -1, 2944, -1, 3008 };
    for (int i = 0; i < 5; i++) {
        assert_int_equal(net.layers[i].kernel, kernel[i]);
        assert_int_equal(net.layers[i].bias, bias[i]);
        assert_int_equal(net.layers[i].number, i);
    }
    assert_int_equal(net.layers[3].n_in, 32);
    assert_int_equal(net.layers[3].n_out, 32);
    assert_int_equal(net.n_params, 3024);
    arena_free(&mem);
}

static void refuse(int32_t n_inputs, const layer_spec *specs, int32_t n, const char *sentence)
{
    arena mem = { 0 };
    network net;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(network_plan(&net, n_inputs, specs, n, &mem, &err), PROPENSE_E_ARG);
    assert_non_null(strstr(err.message, sentence));
    arena_free(&mem);
}
static void plan_refuses_what_cannot_be(void **state)
{
    (void)state;
    layer_spec specs[5];
    refuse(0, reference, 5, "at least one input");
    refuse(13, reference, 4, "ends in one Dense unit");
    refuse(13, reference, 0, "ends in one Dense unit");
    memcpy(specs, reference, sizeof specs);
    specs[0].units = 0;
    refuse(13, specs, 5, "0 units");
    memcpy(specs, reference, sizeof specs);
    specs[3].rate = 1;
    refuse(13, specs, 5, "dropout rate");
    specs[3].rate = NAN;
    refuse(13, specs, 5, "dropout rate");
    specs[3].kind = (layer_kind)77;
    refuse(13, specs, 5, "layer 4");
}

static void huge_layers_are_out_of_memory(void **state)
{
    (void)state;
    arena mem = { 0 };
    network net;
    layer_spec specs[] = { DENSE(INT32_MAX, ACT_RELU), DENSE(INT32_MAX, ACT_RELU),
                           DENSE(1, ACT_SIGMOID) };
    assert_int_equal(network_plan(&net, INT32_MAX, specs, 3, &mem, NULL), PROPENSE_E_NOMEM);
    arena_free(&mem);
}

static void initial_weights_are_glorots(void **state)
{
    (void)state;
    arena mem = { 0 };
    network net;
    assert_int_equal(network_plan(&net, 13, reference, 5, &mem, NULL), PROPENSE_OK);
    float *a = TAKE(&mem, float, net.n_params), *b = TAKE(&mem, float, net.n_params);
    network_init(&net, a, 5);
    network_init(&net, b, 5);
    assert_memory_equal(a, b, (size_t)net.n_params * sizeof *a);
    const layer *l = &net.layers[2];
    double limit = sqrt(6.0 / (64 + 32)), sum = 0, squares = 0, most = 0;
    for (int i = 0; i < 64 * 32; i++) {
        double w = (double)a[l->kernel + i];
        sum += w;
        squares += w * w;
        most = fmax(most, fabs(w));
    }
    assert_true(most <= limit && most > 0.99 * limit);
    assert_true(fabs(sum / 2048) < 4 * limit / sqrt(3.0 * 2048));
    assert_true(fabs(squares / 2048 / (limit * limit / 3) - 1) < 0.08);
    for (int i = 0; i < 32; i++) assert_true(a[l->bias + i] == 0);
    network_init(&net, b, 6);
    assert_memory_not_equal(a, b, (size_t)net.n_params * sizeof *a);
    arena_free(&mem);
}

static void logits_agree_with_double(const layer_spec *specs, int32_t n_layers, int32_t n_inputs)
{
    enum { n = 3 * network_block_rows + 7 };
    arena mem = { 0 };
    network net;
    assert_int_equal(network_plan(&net, n_inputs, specs, n_layers, &mem, NULL), PROPENSE_OK);
    float *params = TAKE_WIDE(&mem, float, net.n_params);
    double *exact = TAKE(&mem, double, net.n_params);
    network_init(&net, params, 1);
    draw_key key = { 1, DRAW_NOISE, 0 };
    for (int i = 0; i < net.n_layers; i++)
        for (int j = 0; net.layers[i].bias >= 0 && j < net.layers[i].n_out; j++)
            params[net.layers[i].bias + j] = (float)draw_double(key, 1, (uint64_t)j) - 0.5F;
    for (int64_t i = 0; i < net.n_params; i++) exact[i] = (double)params[i];
    float *x = TAKE(&mem, float, (int64_t)n *n_inputs);
    float *all = TAKE(&mem, float, n), *one = TAKE(&mem, float, n);
    float *scratch = TAKE_WIDE(&mem, float, network_predict_scratch(&net, n));
    for (int64_t i = 0; i < (int64_t)n * n_inputs; i++)
        x[i] = (float)(4 * draw_double(key, 0, (uint64_t)i) - 2);
    network_logits(&net, params, kernels_best(), x, n, all, scratch);
    for (int r = 0; r < n; r++) {
        double want = double_logit(&net, exact, x + r * n_inputs, 0, 0, 0, 0);
        assert_true(fabs((double)all[r] - want) < 1e-5 * (1 + fabs(want)));
    }
    for (int l = 0; kernels_at(l); l++)
        for (int64_t size = 1; size <= n; size = size * 3 + 1) {
            for (int64_t at = 0; at < n; at += size)
                network_logits(&net, params, kernels_at(l), x + at * n_inputs,
                               n - at < size ? n - at : size, one + at, scratch);
            assert_memory_equal(one, all, n * sizeof *all);
        }
    for (int64_t rows = 1; rows <= network_block_rows; rows += 19) {
        for (int64_t i = 0; i < rows * n_inputs; i++)
            scratch[i % n_inputs * network_block_stride + i / n_inputs] = x[i];
        network_block_logits(&net, params, kernels_best(), rows, one, scratch);
        assert_memory_equal(one, all, (size_t)rows * sizeof *all);
    }
    arena_free(&mem);
}
static void logits_are_right_at_any_block_and_level(void **state)
{
    (void)state;
    const layer_spec mixed[] = {
        DROPOUT(0.5F),          DENSE(17, ACT_TANH),  DENSE(1, ACT_RELU),
        DENSE(40, ACT_SIGMOID), DENSE(5, ACT_LINEAR), DENSE(1, ACT_SIGMOID)
    };
    logits_agree_with_double(reference, 5, 13);
    logits_agree_with_double(reference + 4, 1, 1);
    logits_agree_with_double(mixed, 6, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_lays_tensors_out),
        cmocka_unit_test(plan_refuses_what_cannot_be),
        cmocka_unit_test(huge_layers_are_out_of_memory),
        cmocka_unit_test(initial_weights_are_glorots),
        cmocka_unit_test(logits_are_right_at_any_block_and_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
