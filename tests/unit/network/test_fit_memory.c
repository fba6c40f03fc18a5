/* Training, taking apart and looking at units when memory ends anywhere: a sentence, and no leak.
 * Leaves what they compute to the tests beside it. Read fit.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing_memory.h"

#include "elementary.h"
#include "fit_bench.h"
#include "kernels.h"

#include <cmocka.h> /* last: its fail() hides ours */

static const layer_spec specs[] = {
    { .kind = LAYER_GAUSSIAN_NOISE, .stddev = 0.1F },
    { .kind = LAYER_DENSE, .units = 200, .act = ACT_GELU, .l2 = 0.01F },
    { .kind = LAYER_BATCH_NORM, .momentum = 0.9F, .epsilon = 1e-3F },
    { .kind = LAYER_PRELU, .alpha = 0.25F },
    DENSE(150, ACT_RELU),
    { .kind = LAYER_LAYER_NORM, .epsilon = 1e-3F },
    DENSE(2, ACT_SOFTMAX),
};
enum { n_specs = sizeof specs / sizeof *specs, n_rows = 200 };

/* The n-th allocation fails. */
static status work(int64_t fails_at, propense_error *err)
{
    bench b = { 0 };
    int32_t silent[n_specs], n;
    operation *all;
    assert_true(bench_begin(&b, 5, specs, n_specs, n_rows));
    b.options.optimiser = optimiser_defaults(OPTIMISER_NADAM);
    b.options.stopping =
        (stopping_settings){ .on = 1, .restore_best_weights = 1, .monitor = MONITOR_LOSS };
    b.options.balanced = 1, b.options.threads = 2, b.options.epochs = 3;
    b.options.batch_size = n_rows;
    arena own = { 0 };
    memory_fail_at(fails_at);
    status s =
        network_fit(&b.net, b.params, &b.state, &b.history, &b.data, &b.options, &own, NULL, err);
    if (s == PROPENSE_OK)
        s = network_silent_units(&b.net, b.params, kernels_best(), b.x, n_rows, silent, &own, err);
    if (s == PROPENSE_OK) s = network_operations(&all, &n, &b.net, b.params, &own, err);
    memory_fail_at(0);
    arena_free(&own);
    arena_free(&b.mem);
    return s;
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK && n < 1000) {
        propense_error err = PROPENSE_ERROR_INIT;
        s = work(++n, &err);
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
        if (s != PROPENSE_OK) assert_true(err.message[0] != '\0');
    }
    assert_true(n > 2 && n < 1000);
}

static void units_that_never_fire_are_counted(void **state)
{
    (void)state;
    const layer_spec ramps[] = { DENSE(7, ACT_RELU),   DENSE(6, ACT_TANH),
                                 DENSE(5, ACT_LINEAR), { .kind = LAYER_RELU, .max_value = 2 },
                                 DENSE(4, ACT_LINEAR), { .kind = LAYER_LEAKY_RELU, .alpha = 0.3F },
                                 DENSE(1, ACT_SIGMOID) };
    bench b;
    int32_t silent[7];
    memory_fail_at(0);
    assert_true(bench_begin(&b, 5, ramps, 7, 130));
    for (int j = 0; j < 3; j++) b.params[b.net.layers[0].bias + 2 * j] = -1e6F;
    b.params[b.net.layers[2].bias + 4] = -1e6F;
    for (int j = 0; j < 4; j++) b.params[b.net.layers[2].bias + j] = 10;
    for (int j = 1; j < 7; j++)
        if (j % 2 || j == 6) b.params[b.net.layers[0].bias + j] = 10;
    b.params[b.net.layers[0].bias + 5] = -1e6F;
    b.params[b.net.layers[0].kernel + 5] = 1e9F; /* fires for some rows all the same */
    assert_int_equal(
        network_silent_units(&b.net, b.params, kernels_best(), b.x, 130, silent, &b.mem, NULL),
        PROPENSE_OK);
    assert_int_equal(silent[0], 3);
    assert_int_equal(silent[3], 1);
    assert_true(silent[1] == -1 && silent[2] == -1 && silent[4] == -1 && silent[5] == -1);
    arena_free(&b.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(units_that_never_fire_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
