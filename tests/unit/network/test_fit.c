/* Training: gradients against central differences, same bits everywhere, figures, errors.
 * Leaves Keras' own numbers to tests/parity/test_training.py.
 * Read fit.h first. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "double_network.h"
#include "fit.h"
#include "kernels.h"

#include <cmocka.h> /* last: its fail() hides ours */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

/* The one function that mem_resize takes memory from; counted here. */
static _Atomic int64_t n_taken;
#ifndef SANITIZED
void *realloc(void *p, size_t n)
{
    void *symbol = dlsym(RTLD_NEXT, "realloc");
    void *(*next)(void *, size_t);
    memcpy(&next, &symbol, sizeof next);
    n_taken++;
    return next(p, n);
}
#endif

/* ---- A network with its data */

typedef struct bench {
    arena mem;
    network net;
    float *params, *x;
    adam_state state;
    uint8_t *y;
    fit_data data;
    fit_options options;
    history history;
} bench;

/* y follows the sign of a curved function of x, with some noise. */
static void bench_begin(bench *b, int32_t n_inputs, const layer_spec *specs, int32_t n_layers,
                        int64_t n)
{
    *b = (bench){ 0 };
    assert_int_equal(network_plan(&b->net, n_inputs, specs, n_layers, &b->mem, NULL), 0);
    b->params = TAKE_WIDE(&b->mem, float, b->net.n_params);
    b->state.m = TAKE_WIDE(&b->mem, float, b->net.n_params);
    b->state.v = TAKE_WIDE(&b->mem, float, b->net.n_params);
    b->x = TAKE(&b->mem, float, n *n_inputs);
    b->y = TAKE(&b->mem, uint8_t, n);
    draw_key key = { 11, DRAW_NOISE, 0 };
    for (int64_t r = 0; r < n; r++) {
        double sum = 0;
        for (int32_t j = 0; j < n_inputs; j++) {
            double u = 4 * draw_double(key, 0, (uint64_t)(r * n_inputs + j)) - 2;
            b->x[r * n_inputs + j] = (float)u;
            sum += j % 2 ? u : u * u - 4.0 / 3;
        }
        b->y[r] = sum + draw_double(key, 1, (uint64_t)r) > 0.5;
    }
    network_init(&b->net, b->params, 3);
    b->data = (fit_data){ .x = b->x, .y = b->y, .n = n };
    b->options = (fit_options){ .epochs = 1,
                                .batch_size = 32,
                                .learning_rate = 1e-3,
                                .seed = 9,
                                .shuffle = 1,
                                .dropout = 1,
                                .threads = 1 };
}
static status bench_fit(bench *b, const propense_callbacks *cb, propense_error *err)
{
    return network_fit(&b->net, b->params, &b->state, &b->history, &b->data, &b->options, &b->mem,
                       cb, err);
}

/* ---- Gradients */

static double mean_loss(const bench *b, const double *params, const int64_t *order)
{
    double sum = 0;
    for (int64_t r = 0; r < b->data.n; r++) {
        int64_t row = order ? order[r] : r;
        sum += double_loss(double_logit(&b->net, params, b->x + row * b->net.n_inputs,
                                        b->options.dropout, b->options.seed, 0, r),
                           b->y[row]);
    }
    return sum / (double)b->data.n;
}

/* A bias that is not used. */
static int is_fixed(const network *net, int64_t at)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        if (l->spec.no_bias && at >= l->bias && at < l->bias + l->n_out) return 1;
    }
    return 0;
}

/* After one step over all rows m is a tenth of the gradient; the loss is that of the old weights.
 */
static void check_gradient(const layer_spec *specs, int32_t n_layers, int32_t n_inputs, int64_t n)
{
    bench b;
    bench_begin(&b, n_inputs, specs, n_layers, n);
    b.options.batch_size = 1000;
    for (int32_t i = 0; i < b.net.n_layers; i++)
        for (int32_t j = 0; b.net.layers[i].bias >= 0 && !b.net.layers[i].spec.no_bias &&
                            j < b.net.layers[i].n_out;
             j++)
            b.params[b.net.layers[i].bias + j] = 0.05F * (float)(j % 7 - 3);
    double *exact = TAKE(&b.mem, double, b.net.n_params);
    for (int64_t i = 0; i < b.net.n_params; i++) exact[i] = (double)b.params[i];
    int64_t *order = TAKE(&b.mem, int64_t, n);
    draw_permutation((draw_key){ 9, DRAW_SHUFFLE, 0 }, 0, order, n);
    assert_int_equal(bench_fit(&b, NULL, NULL), PROPENSE_OK);
    assert_true(fabs(b.history.epochs[0].loss - mean_loss(&b, exact, order)) < 1e-6);
    for (int64_t i = 0; i < b.net.n_params; i++) {
        const double h = 1e-6, at = exact[i];
        exact[i] = at + h;
        double up = mean_loss(&b, exact, order);
        exact[i] = at - h;
        double slope = (up - mean_loss(&b, exact, order)) / (2 * h);
        exact[i] = at;
        if (is_fixed(&b.net, i))
            assert_true(b.state.m[i] == 0);
        else
            assert_true(fabs(10 * (double)b.state.m[i] - slope) < 2e-6 + 1e-5 * fabs(slope));
    }
    arena_free(&b.mem);
}

static void gradients_are_central_differences(void **state)
{
    (void)state;
    const layer_spec dropped[] = { DENSE(19, ACT_RELU), DROPOUT(0.3F), DENSE(10, ACT_TANH),
                                   DROPOUT(0.5F), DENSE(1, ACT_SIGMOID) };
    const layer_spec mixed[] = { DROPOUT(0.2F), DENSE(5, ACT_SIGMOID), DENSE(1, ACT_LINEAR),
                                 DENSE(7, ACT_RELU), DENSE(1, ACT_SIGMOID) };
    const layer_spec apart[] = {
        DENSE(9, ACT_LINEAR), ACTIVATION(ACT_TANH),
        DROPOUT(0.2F),        { .kind = LAYER_DENSE, .units = 6, .no_bias = 1 },
        ACTIVATION(ACT_RELU), DENSE(1, ACT_SIGMOID)
    };
    check_gradient(apart, 6, 5, 17);
    check_gradient(dropped, 5, 6, 21);
    check_gradient(mixed, 5, 4, 33);
    check_gradient(mixed + 4, 1, 3, 1);
}

/* ---- The same bits */

static const layer_spec wide[] = { DENSE(120, ACT_RELU), DROPOUT(0.3F),  DENSE(90, ACT_TANH),
                                   DENSE(70, ACT_RELU),  DROPOUT(0.25F), DENSE(1, ACT_SIGMOID) };

static void same_bits_for_threads_and_levels(void **state)
{
    (void)state;
    enum { n = 230, n_val = 150 };
    const int threads[] = { 1, 2, 3, 8 };
    bench first, b;
    for (int l = 0; kernels_at(l); l++)
        for (int i = 0; i < 4; i++) {
            bench *at = l == 0 && i == 0 ? &first : &b;
            bench_begin(at, 13, wide, 6, n + n_val);
            at->data.n = n;
            at->data.x_val = at->x + 13 * n, at->data.y_val = at->y + n, at->data.n_val = n_val;
            at->options.kernels = kernels_at(l);
            at->options.threads = threads[i];
            at->options.batch_size = 100; /* 3 x 20,000 weights x 100 x 2: twelve threads' worth */
            at->options.epochs = 2;
            assert_int_equal(bench_fit(at, NULL, NULL), PROPENSE_OK);
            if (at == &first) continue;
            size_t bytes = (size_t)b.net.n_params * sizeof(float);
            assert_memory_equal(b.params, first.params, bytes);
            assert_memory_equal(b.state.m, first.state.m, bytes);
            assert_memory_equal(b.state.v, first.state.v, bytes);
            assert_memory_equal(b.history.epochs, first.history.epochs, 2 * sizeof(epoch_figures));
            arena_free(&b.mem);
        }
    arena_free(&first.mem);
}

/* ---- Figures and progress */

/* Keras' figures of one epoch without steps in between: the weights before are known. */
static void figures_are_kerass(void **state)
{
    (void)state;
    enum { n = 100, n_val = 60 };
    bench b;
    bench_begin(&b, 5, wide, 6, n + n_val);
    b.data.n = n, b.data.x_val = b.x + 5 * n, b.data.y_val = b.y + n, b.data.n_val = n_val;
    b.options.batch_size = 1000, b.options.dropout = 0, b.options.shuffle = 0;
    double *before = TAKE(&b.mem, double, b.net.n_params);
    double *after = TAKE(&b.mem, double, b.net.n_params);
    for (int64_t i = 0; i < b.net.n_params; i++) before[i] = (double)b.params[i];
    assert_int_equal(bench_fit(&b, NULL, NULL), PROPENSE_OK);
    for (int64_t i = 0; i < b.net.n_params; i++) after[i] = (double)b.params[i];
    double loss = 0, val_loss = 0;
    int64_t right = 0, val_right = 0;
    for (int64_t r = 0; r < n + n_val; r++) {
        int val = r >= n;
        double z = double_logit(&b.net, val ? after : before, b.x + 5 * r, 0, 0, 0, 0);
        *(val ? &val_loss : &loss) += double_loss(z, b.y[r]);
        *(val ? &val_right : &right) += (z > 0) == b.y[r];
    }
    const epoch_figures *e = &b.history.epochs[0];
    assert_true(fabs(e->loss - loss / n) < 1e-6 && fabs(e->val_loss - val_loss / n_val) < 1e-6);
    assert_true(e->accuracy == (double)right / n);
    assert_true(e->val_accuracy == (double)val_right / n_val);
    assert_true(e->auc > 0 && e->auc < 1 && e->val_auc > 0 && e->val_auc < 1);
    arena_free(&b.mem);
}

typedef struct watch {
    int epochs, others, stop_at;
    int64_t taken; /* allocations seen at the first call */
    int loop_allocates;
} watch;
static int on_progress(void *user, const propense_progress *p)
{
    watch *w = user;
    if (w->epochs + w->others == 0) w->taken = n_taken;
    w->loop_allocates |= n_taken != w->taken;
    w->epochs += p->epoch_ended;
    w->others += !p->epoch_ended;
    assert_int_equal(p->phase, PROPENSE_PHASE_TRAIN);
    assert_true(p->epoch_ended ? p->done == p->total && p->loss > 0 : p->done < p->total);
    assert_true(isnan(p->val_loss));
    return w->stop_at && w->epochs + w->others >= w->stop_at;
}

static void loss_falls_and_the_loop_allocates_nothing(void **state)
{
    (void)state;
    bench b;
    watch w = { 0 };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &w, cb.progress = on_progress;
    bench_begin(&b, 6, wide, 6, 1000);
    b.options.epochs = 12, b.options.threads = 2;
    assert_int_equal(bench_fit(&b, &cb, NULL), PROPENSE_OK);
    assert_int_equal(w.epochs, 12);
    assert_int_equal(b.history.n_epochs, 12);
    assert_int_equal(b.state.iteration, 12 * 32);
    assert_false(w.loop_allocates);
#ifndef SANITIZED
    assert_true(w.taken > 0);
#endif
    const epoch_figures *e = b.history.epochs;
    assert_true(e[0].loss > 0.5 && e[11].loss < 0.3);
    assert_true(e[11].accuracy > 0.85 && e[11].auc > 0.93 && isnan(e[11].val_auc));
    arena_free(&b.mem);
}

static void progress_can_cancel(void **state)
{
    (void)state;
    bench b;
    watch w = { .stop_at = 2 };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &w, cb.progress = on_progress;
    bench_begin(&b, 6, wide, 6, 60);
    b.options.epochs = 5;
    assert_int_equal(bench_fit(&b, &cb, NULL), PROPENSE_E_CANCELLED);
    assert_int_equal(w.epochs, 2);
    assert_int_equal(b.history.n_epochs, 0);
    arena_free(&b.mem);
}

static void seeds_matter_and_repeat(void **state)
{
    (void)state;
    bench a, b, c;
    bench_begin(&a, 6, wide, 6, 70), bench_begin(&b, 6, wide, 6, 70),
        bench_begin(&c, 6, wide, 6, 70);
    c.options.seed = 10;
    assert_int_equal(bench_fit(&a, NULL, NULL), PROPENSE_OK);
    assert_int_equal(bench_fit(&b, NULL, NULL), PROPENSE_OK);
    assert_int_equal(bench_fit(&c, NULL, NULL), PROPENSE_OK);
    assert_memory_equal(a.params, b.params, (size_t)a.net.n_params * sizeof(float));
    assert_memory_not_equal(a.params, c.params, (size_t)a.net.n_params * sizeof(float));
    arena_free(&a.mem), arena_free(&b.mem), arena_free(&c.mem);
}

/* ---- What goes wrong */

static void numbers_that_are_none_stop_it(void **state)
{
    (void)state;
    bench b;
    propense_error err = PROPENSE_ERROR_INIT;
    bench_begin(&b, 6, wide, 6, 100);
    b.options.shuffle = 0, b.options.threads = 2;
    b.x[6 * 40] = INFINITY; /* in the second batch */
    assert_int_equal(bench_fit(&b, NULL, &err), PROPENSE_E_NUMERIC);
    assert_non_null(strstr(err.message, "epoch 1, batch 2"));
    arena_free(&b.mem);

    bench_begin(&b, 6, wide, 6, 100);
    b.options.learning_rate = 1e30, b.options.epochs = 3;
    assert_int_equal(bench_fit(&b, NULL, &err), PROPENSE_E_NUMERIC);
    arena_free(&b.mem);

    bench_begin(&b, 6, wide, 6, 10);
    b.options.learning_rate = 1e39; /* one step, and infinity is met by no loss */
    assert_int_equal(bench_fit(&b, NULL, &err), PROPENSE_E_NUMERIC);
    arena_free(&b.mem);
}

static void odd_sizes_are_fine(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 40; n += 7) {
        bench b;
        bench_begin(&b, 3, wide, 6, n);
        b.options.batch_size = n == 1 ? 1 : 13;
        b.options.threads = 3;
        assert_int_equal(bench_fit(&b, NULL, NULL), PROPENSE_OK);
        arena_free(&b.mem);
    }
    bench b;
    propense_error err = PROPENSE_ERROR_INIT;
    bench_begin(&b, 3, wide, 6, 1);
    b.data.n = 0;
    assert_int_equal(bench_fit(&b, NULL, &err), PROPENSE_E_ARG);
    assert_true(network_fit_bytes(&b.net, &b.data, &b.options) == 0);
    b.data.n = 1;
    int64_t small = network_fit_bytes(&b.net, &b.data, &b.options);
    b.data.n = 1000;
    assert_true(small > 0 && network_fit_bytes(&b.net, &b.data, &b.options) > small + 999 * 8);
    arena_free(&b.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_central_differences),
        cmocka_unit_test(same_bits_for_threads_and_levels),
        cmocka_unit_test(figures_are_kerass),
        cmocka_unit_test(loss_falls_and_the_loop_allocates_nothing),
        cmocka_unit_test(progress_can_cancel),
        cmocka_unit_test(seeds_matter_and_repeat),
        cmocka_unit_test(numbers_that_are_none_stop_it),
        cmocka_unit_test(odd_sizes_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
