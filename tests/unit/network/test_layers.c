/* Every kind of layer, activation and loss: gradients against central differences in double,
 * predictions against double, the same bits for any number of threads and any level.
 * Leaves Keras' own numbers to tests/parity/test_layers.py. Read layer.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "fit_bench.h"
#include "kernels.h"

#include <cmocka.h> /* last: its fail() hides ours */

#define BATCH_NORM                                                                                 \
    {                                                                                              \
        .kind = LAYER_BATCH_NORM, .momentum = 0.9F, .epsilon = 1e-3F                               \
    }
#define LAYER_NORM                                                                                 \
    {                                                                                              \
        .kind = LAYER_LAYER_NORM, .epsilon = 1e-3F                                                 \
    }
#define WITH_ALPHA(k, a)                                                                           \
    {                                                                                              \
        .kind = (k), .alpha = (a)                                                                  \
    }
#define NOISE(s)                                                                                   \
    {                                                                                              \
        .kind = LAYER_GAUSSIAN_NOISE, .stddev = (s)                                                \
    }
#define KIND(k)                                                                                    \
    {                                                                                              \
        .kind = (k)                                                                                \
    }

/* Whether something is learned at that place. */
static int is_learned(const network *net, int64_t at)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        if (l->kernel >= 0 && at >= l->kernel && at < l->kernel + (int64_t)l->n_in * l->n_out)
            return 1;
        if (!l->spec.no_bias && l->bias >= 0 && at >= l->bias && at < l->bias + l->n_out) return 1;
        if (!l->spec.no_scale && l->gamma >= 0 && at >= l->gamma && at < l->gamma + l->n_out)
            return 1;
        if (!l->spec.no_center && l->beta >= 0 && at >= l->beta && at < l->beta + l->n_out)
            return 1;
        if (l->alpha >= 0 && at >= l->alpha && at < l->alpha + l->n_out) return 1;
    }
    return 0;
}

/* Biases, scales and slopes that are not 0 or 1. */
static void unsettle(bench *b)
{
    for (int32_t i = 0; i < b->net.n_layers; i++) {
        const layer *l = &b->net.layers[i];
        for (int32_t j = 0; j < l->n_out; j++) {
            float u = 0.05F * (float)(j % 7 - 3);
            if (l->bias >= 0 && !l->spec.no_bias) b->params[l->bias + j] = u;
            if (l->gamma >= 0 && !l->spec.no_scale) b->params[l->gamma + j] = 1 + 2 * u;
            if (l->beta >= 0 && !l->spec.no_center) b->params[l->beta + j] = u;
            if (l->alpha >= 0) b->params[l->alpha + j] = 0.3F + u;
        }
    }
}

/* One step over all rows. Where layers learn as they go Adam's m is a tenth of the gradient; else
 * the momentum of an SGD with rate 1 is the gradient with the other sign. */
static void check_gradients(bench *b, int as_they_go)
{
    int64_t n = b->data.n;
    b->options.batch_size = (int32_t)n;
    if (!as_they_go) {
        b->options.optimiser = optimiser_defaults(OPTIMISER_SGD);
        b->options.optimiser.momentum = 0.5;
        b->options.learning_rate = 1;
    }
    unsettle(b);
    double *exact = bench_exact(b);
    int64_t *order = TAKE(&b->mem, int64_t, n);
    draw_permutation((draw_key){ 9, DRAW_SHUFFLE, 0 }, 0, order, n);
    double_run d = { &b->net, exact, b->options.dropout, 9, 0 };
    assert_int_equal(bench_fit(b, NULL), PROPENSE_OK);
    double loss = double_batch_loss(&d, &b->data, &b->options, order);
    assert_true(fabs(b->history.epochs[0].loss - loss) < 1e-6 + 1e-6 * fabs(loss));
    for (int64_t i = 0; i < b->net.n_params; i++) {
        const double h = 1e-6, at = exact[i];
        exact[i] = at + h;
        double up = double_batch_loss(&d, &b->data, &b->options, order);
        exact[i] = at - h;
        double slope = (up - double_batch_loss(&d, &b->data, &b->options, order)) / (2 * h);
        exact[i] = at;
        double met = as_they_go ? 10 * (double)b->state.m[i] : -(double)b->state.m[i];
        if (!is_learned(&b->net, i))
            assert_true(b->state.m[i] == 0);
        else if (!(fabs(met - slope) < 3e-6 + 3e-5 * fabs(slope)))
            fail_msg("parameter %d: %.9g, expected %.9g", (int)i, met, slope);
    }
}

static void gradient_of(const layer_spec *specs, int32_t n, int64_t rows)
{
    for (int as_they_go = 0; as_they_go < 2; as_they_go++) {
        bench b;
        assert_true(bench_begin(&b, 4, specs, n, rows));
        check_gradients(&b, as_they_go);
        arena_free(&b.mem);
    }
}

static const activation all_activations[] = {
    ACT_LINEAR,      ACT_RELU,         ACT_SIGMOID, ACT_TANH,      ACT_SOFTMAX,  ACT_ELU,
    ACT_SELU,        ACT_GELU,         ACT_SILU,    ACT_SOFTPLUS,  ACT_SOFTSIGN, ACT_MISH,
    ACT_EXPONENTIAL, ACT_HARD_SIGMOID, ACT_RELU6,   ACT_LEAKY_RELU
};
enum { n_activations = sizeof all_activations / sizeof *all_activations };

static void gradients_of_activations(void **state)
{
    (void)state;
    for (int i = 0; i < n_activations; i++) {
        const layer_spec within[] = { DENSE(9, all_activations[i]), DENSE(1, ACT_SIGMOID) };
        const layer_spec apart[] = { DENSE(5, ACT_LINEAR), ACTIVATION(all_activations[i]),
                                     DENSE(2, ACT_SOFTMAX) };
        gradient_of(within, 2, 19);
        gradient_of(apart, 3, 12);
    }
}

static void gradients_of_layers(void **state)
{
    (void)state;
    const layer_spec normal[] = { BATCH_NORM, DENSE(7, ACT_LINEAR), BATCH_NORM,
                                  ACTIVATION(ACT_RELU), DENSE(1, ACT_SIGMOID) };
    const layer_spec by_row[] = { LAYER_NORM, DENSE(7, ACT_TANH), LAYER_NORM,
                                  DENSE(1, ACT_SIGMOID) };
    const layer_spec slopes[] = { DENSE(7, ACT_LINEAR), WITH_ALPHA(LAYER_LEAKY_RELU, 0.3F),
                                  DENSE(6, ACT_LINEAR), WITH_ALPHA(LAYER_ELU, 1.5F),
                                  DENSE(5, ACT_LINEAR), WITH_ALPHA(LAYER_PRELU, 0.25F),
                                  DENSE(1, ACT_SIGMOID) };
    const layer_spec ramps[] = {
        DENSE(9, ACT_LINEAR),
        { .kind = LAYER_RELU, .alpha = 0.1F, .max_value = 0.6F, .threshold = 0.2F },
        DENSE(6, ACT_LINEAR),
        KIND(LAYER_RELU),
        KIND(LAYER_SOFTMAX),
        DENSE(1, ACT_SIGMOID)
    };
    const layer_spec random[] = { NOISE(0.1F), DENSE(7, ACT_RELU), DROPOUT(0.3F),
                                  NOISE(0.2F), BATCH_NORM,         DENSE(2, ACT_SOFTMAX) };
    const layer_spec bare[] = { { .kind = LAYER_BATCH_NORM, .epsilon = 1e-3F, .no_scale = 1 },
                                { .kind = LAYER_DENSE, .units = 6, .act = ACT_GELU, .no_bias = 1 },
                                { .kind = LAYER_LAYER_NORM, .epsilon = 1e-2F, .no_center = 1 },
                                DENSE(1, ACT_SIGMOID) };
    gradient_of(normal, 5, 21);
    gradient_of(by_row, 4, 17);
    gradient_of(slopes, 7, 18);
    gradient_of(ramps, 6, 23);
    gradient_of(random, 6, 20);
    gradient_of(bare, 4, 13);
}

static void gradients_of_losses(void **state)
{
    (void)state;
    static const loss_settings losses[] = {
        { .label_smoothing = 0.1 },
        { .kind = LOSS_FOCAL, .gamma = 2 },
        { .kind = LOSS_FOCAL, .gamma = 1.5, .balance = 0.25, .label_smoothing = 0.05 },
        { .kind = LOSS_FOCAL, .gamma = 0 },
    };
    float weight[16];
    for (int i = 0; i < 16; i++) weight[i] = 0.5F + 0.1F * (float)(i % 9);
    for (int head = 0; head < 2; head++)
        for (int i = 0; i < 8; i++) {
            layer_spec specs[] = { DENSE(6, ACT_TANH), DENSE(1, ACT_SIGMOID) };
            if (head) specs[1].units = 2, specs[1].act = ACT_SOFTMAX;
            specs[0].l1 = 0.01F, specs[0].l2 = 0.02F * (float)(i % 2), specs[1].l2 = 0.03F;
            bench b;
            assert_true(bench_begin(&b, 4, specs, 2, 16));
            b.options.loss = losses[i % 4];
            if (i > 3) b.options.class_weight[0] = 0.7, b.options.class_weight[1] = 2.5;
            if (i % 2) b.data.weight = weight;
            check_gradients(&b, 0);
            arena_free(&b.mem);
        }
}

/* ---- Predictions */

static void both_heads_agree(void **state)
{
    (void)state;
    enum { n = 40 };
    const layer_spec one[] = { DENSE(8, ACT_ELU), DENSE(1, ACT_SIGMOID) };
    const layer_spec two[] = { DENSE(8, ACT_ELU), DENSE(2, ACT_SOFTMAX) };
    bench a, b;
    assert_true(bench_begin(&a, 5, one, 2, n) && bench_begin(&b, 5, two, 2, n));
    const layer *la = &a.net.layers[1], *lb = &b.net.layers[1];
    memcpy(b.params, a.params, (size_t)la->kernel * sizeof(float));
    for (int k = 0; k < 8; k++) { /* a difference of halves */
        b.params[lb->kernel + 2 * k] = -a.params[la->kernel + k] / 2;
        b.params[lb->kernel + 2 * k + 1] = a.params[la->kernel + k] / 2;
    }
    a.options.batch_size = b.options.batch_size = n;
    assert_int_equal(bench_fit(&a, NULL), PROPENSE_OK);
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
    const epoch_figures *ea = a.history.epochs, *eb = b.history.epochs;
    assert_true(fabs(ea->loss - eb->loss) < 1e-6 && ea->accuracy == eb->accuracy);
    assert_true(ea->auc == eb->auc);
    assert_int_equal(b.net.head, HEAD_SOFTMAX);
    arena_free(&a.mem);
    arena_free(&b.mem);
}

static const layer_spec everything[] = {
    NOISE(0.1F),
    DENSE(70, ACT_LINEAR),
    BATCH_NORM,
    ACTIVATION(ACT_MISH),
    DROPOUT(0.2F),
    { .kind = LAYER_DENSE, .units = 65, .act = ACT_GELU, .l2 = 1e-3F, .max_norm = 0.8F },
    LAYER_NORM,
    DENSE(40, ACT_SELU),
    WITH_ALPHA(LAYER_PRELU, 0.25F),
    DENSE(33, ACT_SOFTMAX),
    BATCH_NORM,
    DENSE(20, ACT_SILU),
    WITH_ALPHA(LAYER_ELU, 1),
    DENSE(9, ACT_EXPONENTIAL),
    KIND(LAYER_SOFTMAX),
    DENSE(8, ACT_SOFTPLUS),
    WITH_ALPHA(LAYER_LEAKY_RELU, 0.3F),
    DENSE(2, ACT_SOFTMAX)
};
enum { n_everything = sizeof everything / sizeof *everything };

static void predictions_are_right_at_any_level(void **state)
{
    (void)state;
    enum { n = 150 };
    bench b;
    float first[n], z[n];
    double exact_z[n];
    assert_true(bench_begin(&b, 7, everything, n_everything, n));
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK); /* so that moving averages moved */
    unsettle(&b);
    double_run d = { &b.net, bench_exact(&b), 0, 0, 0 };
    double_logits(&d, exact_z, b.x, NULL, n);
    float *scratch = TAKE_WIDE(&b.mem, float, network_predict_scratch(&b.net, n));
    for (int l = 0; kernels_at(l); l++) {
        network_logits(&b.net, b.params, kernels_at(l), b.x, n, z, scratch);
        if (l == 0) memcpy(first, z, sizeof z);
        assert_memory_equal(z, first, sizeof z);
    }
    for (int i = 0; i < n; i++) assert_true(fabs((double)z[i] - exact_z[i]) < 2e-5);
    network_logits(&b.net, b.params, kernels_best(), b.x + 7 * 31, 1, z, scratch);
    assert_true(z[0] == first[31]);
    arena_free(&b.mem);
}

/* ---- The same bits */

static void run_everything(bench *b, int kind, int level, int threads)
{
    enum { n = 190, n_val = 60 };
    assert_true(bench_begin(b, 7, everything, n_everything, n + n_val));
    b->data.n = n;
    b->data.x_val = b->x + 7 * n, b->data.y_val = b->y + n, b->data.n_val = n_val;
    b->options.kernels = kernels_at(level);
    b->options.threads = threads;
    b->options.batch_size = 100;
    b->options.epochs = 2;
    b->options.optimiser = optimiser_defaults((optimiser_kind)kind);
    b->options.optimiser.momentum = kind >= OPTIMISER_SGD ? 0.9 : 0;
    b->options.optimiser.clip_norm = kind % 2 ? 0.01 : 0;
    b->options.optimiser.clip_norm_global = kind % 2 ? 0 : 0.1;
    b->options.loss.label_smoothing = 0.1;
    b->options.class_weight[0] = 1, b->options.class_weight[1] = 2;
    assert_int_equal(bench_fit(b, NULL), PROPENSE_OK);
}

static void same_bits_for_threads_and_levels(void **state)
{
    (void)state;
    const int threads[] = { 1, 2, 3, 8 };
    for (int kind = OPTIMISER_ADAM; kind <= OPTIMISER_RMSPROP; kind++) {
        bench first, b;
        run_everything(&first, kind, 0, 1);
        size_t bytes = (size_t)first.net.n_params * sizeof(float);
        for (int l = 0; kernels_at(l); l++)
            for (int i = 0; i < 4; i++) {
                if (i > 1 && l != kind % 3) continue;
                run_everything(&b, kind, l, threads[i]);
                assert_memory_equal(b.params, first.params, bytes);
                assert_memory_equal(b.state.m, first.state.m, bytes);
                assert_memory_equal(b.state.v, first.state.v, bytes);
                assert_memory_equal(b.history.epochs, first.history.epochs,
                                    2 * sizeof(epoch_figures));
                arena_free(&b.mem);
            }
        arena_free(&first.mem);
    }
}

/* Moving averages of a normalisation, over two steps. */
static void averages_move(void **state)
{
    (void)state;
    const layer_spec specs[] = { BATCH_NORM, DENSE(1, ACT_SIGMOID) };
    bench b;
    assert_true(bench_begin(&b, 3, specs, 2, 20));
    b.options.batch_size = 10, b.options.shuffle = 0;
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
    for (int j = 0; j < 3; j++) {
        double moving_mean = 0, moving_variance = 1;
        for (int s = 0; s < 2; s++) {
            double mean = 0, variance = 0;
            for (int r = 10 * s; r < 10 * s + 10; r++) mean += (double)b.x[3 * r + j] / 10;
            for (int r = 10 * s; r < 10 * s + 10; r++)
                variance += pow((double)b.x[3 * r + j] - mean, 2) / 10;
            moving_mean = 0.9 * moving_mean + 0.1 * mean;
            moving_variance = 0.9 * moving_variance + 0.1 * variance;
        }
        const layer *l = b.net.layers;
        assert_true(fabs((double)b.params[l->moving_mean + j] - moving_mean) < 1e-6);
        assert_true(fabs((double)b.params[l->moving_variance + j] - moving_variance) < 1e-6);
    }
    assert_int_equal(b.net.n_trainable, 3 + 3 + 3 + 1);
    assert_int_equal(b.net.n_fixed, 6);
    arena_free(&b.mem);
}

static void bad_layers_are_refused(void **state)
{
    (void)state;
    const layer_spec bad[] = {
        { .kind = LAYER_BATCH_NORM, .momentum = 1.5F, .epsilon = 1e-3F },
        { .kind = LAYER_BATCH_NORM, .momentum = 0.9F },
        { .kind = LAYER_LAYER_NORM, .epsilon = -1 },
        { .kind = LAYER_GAUSSIAN_NOISE, .stddev = -0.1F },
        { .kind = LAYER_GAUSSIAN_NOISE, .stddev = NAN },
        { .kind = LAYER_RELU, .max_value = -1 },
        { .kind = LAYER_RELU, .threshold = -1 },
        { .kind = LAYER_LEAKY_RELU, .alpha = NAN },
        { .kind = LAYER_DENSE, .units = 2, .l2 = -1 },
        { .kind = LAYER_DENSE, .units = 2, .max_norm = NAN },
        { .kind = LAYER_DENSE, .units = 2, .act = (activation)99 },
        { .kind = (layer_kind)99 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const layer_spec specs[] = { bad[i], DENSE(1, ACT_SIGMOID) };
        propense_error err = PROPENSE_ERROR_INIT;
        arena mem = { 0 };
        network net;
        assert_int_equal(network_plan(&net, 3, specs, 2, &mem, &err), PROPENSE_E_ARG);
        assert_true(err.message[0] != '\0');
        arena_free(&mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_activations),
        cmocka_unit_test(gradients_of_layers),
        cmocka_unit_test(gradients_of_losses),
        cmocka_unit_test(both_heads_agree),
        cmocka_unit_test(predictions_are_right_at_any_level),
        cmocka_unit_test(same_bits_for_threads_and_levels),
        cmocka_unit_test(averages_move),
        cmocka_unit_test(bad_layers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
