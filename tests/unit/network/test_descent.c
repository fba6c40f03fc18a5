/* Optimisers, schedules, clipping, penalties and longest norms against the formulas written out in
 * double on a logistic regression, whose gradient is plain; initialisers; what stops a run.
 * Leaves Keras' own numbers to tests/parity/test_layers.py. Read fit.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "fit_bench.h"
#include "kernels.h"
#include "loss.h"
#include "schedule.h"
#include "watch.h"

#include <cmocka.h> /* last: its fail() hides ours */

enum { n_in = 5, n_rows = 24, n_steps = 7, n_weights = n_in + 1 };

/* ---- A logistic regression by hand: w[0 .. 4] and the bias w[5] */

typedef struct by_hand {
    double w[n_weights], m[n_weights], v[n_weights], product;
    const bench *b;
} by_hand;

static void slope(double g[n_weights], const by_hand *h)
{
    const layer_spec *s = &h->b->net.layers[0].spec;
    for (int j = 0; j < n_weights; j++) g[j] = 0;
    for (int r = 0; r < n_rows; r++) {
        const float *x = h->b->x + r * n_in;
        double z = h->w[n_in];
        for (int j = 0; j < n_in; j++) z += h->w[j] * (double)x[j];
        double d = (1 / (1 + exp(-z)) - h->b->y[r]) / n_rows;
        for (int j = 0; j < n_in; j++) g[j] += d * (double)x[j];
        g[n_in] += d;
    }
    for (int j = 0; j < n_in; j++) {
        double sign = h->w[j] > 0 ? 1 : h->w[j] < 0 ? -1 : 0;
        g[j] += (double)s->l1 * sign + 2 * (double)s->l2 * h->w[j];
    }
}

static double norm_of(const double *g, int n)
{
    double sum = 0;
    for (int j = 0; j < n; j++) sum += g[j] * g[j];
    return sqrt(sum);
}

static void shorten(double *g, int n, double norm, double limit)
{
    for (int j = 0; j < n && norm > limit; j++) g[j] *= limit / norm;
}

static void clip(double g[n_weights], const optimiser_settings *o)
{
    if (o->clip_norm > 0) {
        shorten(g, n_in, norm_of(g, n_in), o->clip_norm);
        shorten(g + n_in, 1, norm_of(g + n_in, 1), o->clip_norm);
    } else if (o->clip_norm_global > 0)
        shorten(g, n_weights, norm_of(g, n_weights), o->clip_norm_global);
    else
        for (int j = 0; j < n_weights && o->clip_value > 0; j++)
            g[j] = fmin(fmax(g[j], -o->clip_value), o->clip_value);
}

/* Step t = 1, 2, ... */
static void step_by_hand(by_hand *h, const optimiser_settings *o, double rate, int t)
{
    double g[n_weights];
    slope(g, h);
    clip(g, o);
    double u = o->beta1 * (1 - 0.5 * pow(0.96, t)), next = o->beta1 * (1 - 0.5 * pow(0.96, t + 1));
    h->product *= u;
    for (int j = 0; j < n_weights; j++) {
        double *w = &h->w[j], *m = &h->m[j], *v = &h->v[j];
        *w -= *w * o->weight_decay * rate;
        switch (o->kind) {
        case OPTIMISER_SGD:
            *m = o->momentum * *m - rate * g[j];
            *w += o->nesterov ? o->momentum * *m - rate * g[j] : *m;
            break;
        case OPTIMISER_RMSPROP:
            *v = o->rho * *v + (1 - o->rho) * g[j] * g[j];
            *m = o->momentum * *m + rate * g[j] / sqrt(*v + o->epsilon);
            *w -= *m;
            break;
        default:
            *m += (g[j] - *m) * (1 - o->beta1);
            *v += (g[j] * g[j] - *v) * (1 - o->beta2);
            double mean = *m / (1 - pow(o->beta1, t));
            double scale = 1 - pow(o->beta2, t), root = sqrt(*v / scale) + o->epsilon;
            if (o->kind == OPTIMISER_NADAM)
                mean = next * *m / (1 - h->product * next) + (1 - u) * g[j] / (1 - h->product);
            else
                root = sqrt(*v / scale) + o->epsilon / sqrt(scale);
            *w -= rate * mean / root;
        }
    }
    double longest = (double)h->b->net.layers[0].spec.max_norm;
    if (longest > 0) {
        double norm = norm_of(h->w, n_in);
        for (int j = 0; j < n_in; j++) h->w[j] *= fmin(norm, longest) / (1e-7 + norm);
    }
}

static void compare(const layer_spec *spec, const optimiser_settings *o,
                    const schedule_settings *schedule, double rate)
{
    bench b;
    by_hand h = { .product = 1, .b = &b };
    assert_true(bench_begin(&b, n_in, spec, 1, n_rows));
    const layer *l = b.net.layers;
    for (int j = 0; j < n_in; j++) h.w[j] = (double)b.params[l->kernel + j];
    b.options.batch_size = n_rows, b.options.shuffle = 0, b.options.epochs = n_steps;
    b.options.learning_rate = rate;
    b.options.optimiser = *o;
    if (schedule) b.options.schedule = *schedule;
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
    struct schedule s = schedule_begin(&b.options.schedule, rate, n_steps, 1);
    for (int t = 1; t <= n_steps; t++) {
        double now = schedule_rate(&s, t - 1);
        step_by_hand(&h, o, now, t);
        assert_true(b.history.rates[t - 1] == schedule_rate(&s, t));
    }
    for (int j = 0; j < n_in; j++)
        if (fabs((double)b.params[l->kernel + j] - h.w[j]) > 2e-6 + 1e-5 * fabs(h.w[j]))
            fail_msg("%s: weight %d is %.8g, expected %.8g", optimiser_class(o->kind), j,
                     (double)b.params[l->kernel + j], h.w[j]);
    assert_true(fabs((double)b.params[l->bias] - h.w[n_in]) < 2e-6 + 1e-5 * fabs(h.w[n_in]));
    assert_int_equal(b.state.iteration, n_steps);
    assert_int_equal(b.state.settings.kind, o->kind);
    arena_free(&b.mem);
}

static const layer_spec plain_head = DENSE(1, ACT_SIGMOID);

static void optimisers_step_as_their_formulas(void **state)
{
    (void)state;
    for (int kind = OPTIMISER_ADAM; kind <= OPTIMISER_RMSPROP; kind++)
        for (int variant = 0; variant < 4; variant++) {
            optimiser_settings o = optimiser_defaults((optimiser_kind)kind);
            if (kind >= OPTIMISER_SGD && variant) o.momentum = 0.8;
            if (kind == OPTIMISER_SGD) o.nesterov = variant == 2;
            if (kind < OPTIMISER_SGD && variant == 1) o.beta1 = 0.7, o.beta2 = 0.95;
            if (variant == 3) o.weight_decay = 0.05;
            compare(&plain_head, &o, NULL, 0.02);
        }
}

static void gradients_are_clipped(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        optimiser_settings o = optimiser_defaults(OPTIMISER_SGD);
        o.momentum = 0.9;
        if (kind == 0) o.clip_value = 0.05;
        if (kind == 1) o.clip_norm = 0.08;
        if (kind == 2) o.clip_norm_global = 0.08;
        compare(&plain_head, &o, NULL, 0.5);
    }
}

static void weights_cost_and_are_kept_short(void **state)
{
    (void)state;
    optimiser_settings o = optimiser_defaults(OPTIMISER_ADAM);
    layer_spec head = plain_head;
    head.l1 = 0.02F, head.l2 = 0.05F;
    compare(&head, &o, NULL, 0.02);
    head = plain_head;
    head.max_norm = 0.6F;
    compare(&head, &o, NULL, 0.05);
}

static void rates_follow_their_schedule(void **state)
{
    (void)state;
    const schedule_settings all[] = {
        { .kind = SCHEDULE_EXPONENTIAL, .decay_epochs = 2, .decay_rate = 0.5 },
        { .kind = SCHEDULE_EXPONENTIAL, .decay_epochs = 2, .decay_rate = 0.5, .staircase = 1 },
        { .kind = SCHEDULE_COSINE, .final_share = 0.1 },
        { .kind = SCHEDULE_COSINE, .warmup_epochs = 3, .decay_epochs = 5 },
    };
    optimiser_settings o = optimiser_defaults(OPTIMISER_ADAM);
    for (int i = 0; i < 4; i++) compare(&plain_head, &o, &all[i], 0.1);
    schedule s = schedule_begin(&all[0], 0.1, 10, 4);
    assert_true(fabs(schedule_rate(&s, 4) - 0.1 * sqrt(0.5)) < 1e-15);
    s = schedule_begin(&all[1], 0.1, 10, 4);
    assert_true(schedule_rate(&s, 7) == 0.1 && schedule_rate(&s, 8) == 0.05);
    s = schedule_begin(&all[2], 0.1, 10, 4);
    assert_true(fabs(schedule_rate(&s, 20) - 0.055) < 1e-12);
    assert_true(fabs(schedule_rate(&s, 41) - 0.01) < 1e-12);
    s = schedule_begin(&all[3], 0.1, 10, 4);
    assert_true(schedule_rate(&s, 0) == 0 && fabs(schedule_rate(&s, 6) - 0.05) < 1e-15);
    assert_true(schedule_rate(&s, 12) == 0.1 && fabs(schedule_rate(&s, 22) - 0.05) < 1e-15);
}

/* ---- What watches */

/* Keras: patience 0 stops at the first epoch that is no better, but never at epoch 0. */
static int32_t epochs_of(const stopping_settings *s, const double *values, int32_t n, int32_t *best)
{
    stopping_watch w = { 0 };
    int32_t e = 0;
    for (int stop = 0; e < n && !stop; e++) stop = stopping_look(&w, s, e, values[e]).stop;
    *best = w.best_epoch;
    return e;
}

static void stopping_counts_as_keras(void **state)
{
    (void)state;
    const double down[] = { 5, 4, 4.5, 4.2, 3.9, 4, 4, 4, 1 };
    int32_t best;
    stopping_settings s = { .on = 1, .patience = 3 };
    assert_int_equal(epochs_of(&s, down, 9, &best), 8);
    assert_int_equal(best, 4);
    s.patience = 0;
    assert_int_equal(epochs_of(&s, down, 9, &best), 3);
    s.patience = 1, s.min_delta = 0.5;
    assert_int_equal(epochs_of(&s, down, 9, &best), 3);
    s = (stopping_settings){ .on = 1, .patience = 2, .start_from_epoch = 4 };
    assert_int_equal(epochs_of(&s, down, 9, &best), 7);
    s = (stopping_settings){ .on = 1, .patience = 3, .has_baseline = 1, .baseline = 2 };
    assert_int_equal(epochs_of(&s, down, 9, &best), 3); /* nothing passed it: not even waiting */
    s = (stopping_settings){ .on = 1, .patience = 1, .monitor = MONITOR_AUC };
    assert_int_equal(epochs_of(&s, down, 9, &best), 2); /* more is better */
    assert_int_equal(best, 0);
    s.mode = MODE_MIN;
    assert_int_equal(epochs_of(&s, down, 9, &best), 3);
}

static void plateaus_lower_the_rate(void **state)
{
    (void)state;
    const schedule_settings s = {
        .kind = SCHEDULE_PLATEAU, .factor = 0.5, .patience = 2, .cooldown = 1, .min_rate = 0.3
    };
    const double values[] = { 4, 4, 4, 4, 4, 4, 3, 3, 3, 3 };
    const double rates[] = { 1, 1, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3 };
    plateau_watch w = { 0 };
    double rate = 1;
    for (int i = 0; i < 10; i++) {
        rate = plateau_look(&w, &s, values[i], 1, rate);
        if (rate != rates[i]) fail_msg("epoch %d: %g, expected %g", i, rate, rates[i]);
    }
}

/* The weights of the best epoch, and the checkpoints, are those of a shorter run. */
typedef struct saved {
    int32_t n, last;
    float first_weight;
} saved;
static status save(void *user, int32_t epoch, const float *params, const optimiser_state *state,
                   propense_error *err)
{
    saved *s = user;
    (void)err;
    s->n++, s->last = epoch, s->first_weight = params[0];
    assert_true(state->iteration == epoch * 4);
    return PROPENSE_OK;
}

static void best_weights_come_back(void **state)
{
    (void)state;
    const layer_spec specs[] = { DENSE(16, ACT_RELU), DENSE(1, ACT_SIGMOID) };
    bench b, shorter;
    saved kept = { 0 };
    assert_true(bench_begin(&b, 4, specs, 2, 160));
    b.data.n = 100, b.data.x_val = b.x + 400, b.data.y_val = b.y + 100, b.data.n_val = 60;
    b.options.learning_rate = 0.1, b.options.epochs = 60;
    b.options.stopping = (stopping_settings){ .on = 1, .patience = 4, .restore_best_weights = 1 };
    b.options.checkpoint = (fit_checkpoint){ .save = save, .user = &kept };
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
    const history *h = &b.history;
    assert_true(h->stopped_early && h->restored && h->n_epochs < 60);
    assert_int_equal(h->best_epoch, h->n_epochs - 4);
    assert_int_equal(kept.last, h->best_epoch);
    assert_true(kept.first_weight == b.params[0] && kept.n > 1);
    assert_true(bench_begin(&shorter, 4, specs, 2, 160));
    shorter.data.n = 100;
    shorter.options.learning_rate = 0.1, shorter.options.epochs = h->best_epoch;
    assert_int_equal(bench_fit(&shorter, NULL), PROPENSE_OK);
    assert_memory_equal(b.params, shorter.params, (size_t)b.net.n_params * sizeof(float));
    arena_free(&b.mem);
    arena_free(&shorter.mem);
}

/* ---- Beginnings */

static void check_kernel(initialiser init, int32_t from, int32_t to, double sd, double most)
{
    const layer_spec specs[] = { { .kind = LAYER_DENSE, .units = to, .init = init },
                                 DENSE(1, ACT_SIGMOID) };
    bench b;
    assert_true(bench_begin(&b, from, specs, 2, 1));
    const float *w = b.params + b.net.layers[0].kernel;
    double n = (double)from * to, mean = 0, square = 0, far = 0;
    for (int64_t i = 0; i < (int64_t)from * to; i++) {
        mean += (double)w[i] / n;
        square += (double)w[i] * (double)w[i] / n;
        far = fmax(far, fabs((double)w[i]));
    }
    assert_true(fabs(mean) < 5 * sd / sqrt(n) + 1e-12);
    assert_true(fabs(sqrt(square) - sd) < 0.02 * sd);
    assert_true(far <= most * (1 + 1e-6) && far > 0.95 * most);
    arena_free(&b.mem);
}

static void kernels_begin_as_keras_means_it(void **state)
{
    (void)state;
    enum { from = 150, to = 90 };
    const double cut = 0.87962566103423978, in = from, both = from + to;
    check_kernel(INIT_GLOROT_UNIFORM, from, to, sqrt(2 / both), sqrt(6 / both));
    check_kernel(INIT_HE_UNIFORM, from, to, sqrt(2 / in), sqrt(6 / in));
    check_kernel(INIT_LECUN_UNIFORM, from, to, sqrt(1 / in), sqrt(3 / in));
    check_kernel(INIT_GLOROT_NORMAL, from, to, sqrt(2 / both), 2 * sqrt(2 / both) / cut);
    check_kernel(INIT_HE_NORMAL, from, to, sqrt(2 / in), 2 * sqrt(2 / in) / cut);
    check_kernel(INIT_LECUN_NORMAL, from, to, sqrt(1 / in), 2 * sqrt(1 / in) / cut);
    check_kernel(INIT_RANDOM_UNIFORM, from, to, 0.05 / sqrt(3), 0.05);
    check_kernel(INIT_TRUNCATED_NORMAL, from, to, 0.05 * cut, 0.1);
}

static void orthogonal_kernels_are(void **state)
{
    (void)state;
    const int32_t shapes[][2] = { { 30, 12 }, { 12, 30 }, { 20, 20 } };
    for (int s = 0; s < 3; s++) {
        int32_t from = shapes[s][0], to = shapes[s][1], few = from < to ? from : to;
        const layer_spec specs[] = { { .kind = LAYER_DENSE, .units = to, .init = INIT_ORTHOGONAL },
                                     DENSE(1, ACT_SIGMOID) };
        bench b;
        assert_true(bench_begin(&b, from, specs, 2, 1));
        const float *w = b.params + b.net.layers[0].kernel;
        for (int32_t i = 0; i < few; i++)
            for (int32_t j = 0; j < few; j++) {
                double dot = 0;
                for (int32_t k = 0; k < (from < to ? to : from); k++)
                    dot += from < to ? (double)w[i * to + k] * (double)w[j * to + k]
                                     : (double)w[k * to + i] * (double)w[k * to + j];
                assert_true(fabs(dot - (i == j)) < 1e-6);
            }
        arena_free(&b.mem);
    }
}

/* ---- What cannot be */

static void refused(const fit_options *o, int64_t n_val, const char *part)
{
    bench b;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_true(bench_begin(&b, 4, &plain_head, 1, 20));
    b.options = *o;
    b.data.x_val = b.x, b.data.y_val = b.y, b.data.n_val = n_val;
    assert_int_equal(bench_fit(&b, &err), PROPENSE_E_ARG);
    if (!strstr(err.message, part)) fail_msg("met: %s", err.message);
    assert_int_equal(b.history.n_epochs, 0);
    arena_free(&b.mem);
}

static void bad_settings_are_refused(void **state)
{
    (void)state;
    const fit_options good = { .epochs = 1, .batch_size = 8, .learning_rate = 0.1, .threads = 1 };
    fit_options o = good;
    o.optimiser.clip_norm = o.optimiser.clip_value = 1;
    refused(&o, 0, "choose one");
    o = good, o.optimiser.kind = (optimiser_kind)9;
    refused(&o, 0, "no known kind");
    o = good, o.optimiser = optimiser_defaults(OPTIMISER_SGD), o.optimiser.momentum = 1;
    refused(&o, 0, "out of its range");
    o = good, o.loss.label_smoothing = (double)NAN;
    refused(&o, 0, "loss is out of its range");
    o = good, o.class_weight[1] = -1;
    refused(&o, 0, "weight of a class");
    o = good, o.stopping.on = 1;
    refused(&o, 0,
            "watch val_loss, but there are no rows to validate on; hold some out or watch "
            "loss");
}

/* NaN, infinity, 1e38 in the inputs; a learning rate of 100: the run ends with a sentence or with
 * finite weights, whatever the optimiser; a batch larger than the data is all of the data. */
static void wild_numbers_end_with_a_sentence(void **state)
{
    (void)state;
    const float wild[] = { NAN, INFINITY, -INFINITY, 1e38F, -3e38F, 1e-45F };
    const layer_spec specs[] = { DENSE(8, ACT_MISH),
                                 { .kind = LAYER_BATCH_NORM, .momentum = 0.9F, .epsilon = 1e-3F },
                                 DENSE(6, ACT_EXPONENTIAL),
                                 DENSE(2, ACT_SOFTMAX) };
    for (int kind = OPTIMISER_ADAM; kind <= OPTIMISER_RMSPROP; kind++)
        for (int i = 0; i < 7; i++) {
            bench b;
            propense_error err = PROPENSE_ERROR_INIT;
            assert_true(bench_begin(&b, 4, specs, 4, 50));
            b.options.optimiser = optimiser_defaults((optimiser_kind)kind);
            b.options.batch_size = 1000, b.options.epochs = 4;
            if (i < 6)
                b.x[30] = wild[i];
            else
                b.options.learning_rate = 100;
            status s = bench_fit(&b, &err);
            assert_true(s == PROPENSE_OK || s == PROPENSE_E_NUMERIC);
            if (i < 3) assert_int_equal(s, PROPENSE_E_NUMERIC);
            if (s == PROPENSE_E_NUMERIC) assert_non_null(strstr(err.message, "epoch"));
            for (int64_t p = 0; s == PROPENSE_OK && p < b.net.n_params; p++)
                assert_true(isfinite(b.params[p]));
            arena_free(&b.mem);
        }
}

/* Units that died leave no denormals behind, whatever the optimiser. */
static void nothing_becomes_denormal(void **state)
{
    (void)state;
    const layer_spec specs[] = { DENSE(8, ACT_RELU), DENSE(1, ACT_SIGMOID) };
    for (int kind = OPTIMISER_ADAM; kind <= OPTIMISER_RMSPROP; kind++) {
        bench b;
        assert_true(bench_begin(&b, 4, specs, 2, 40));
        const layer *l = b.net.layers;
        for (int j = 0; j < 8; j++) b.params[l->bias + j] = -1e9F;
        for (int64_t i = 0; i < b.net.n_params; i++) b.state.m[i] = b.state.v[i] = 1e-3F;
        b.options.optimiser = optimiser_defaults((optimiser_kind)kind);
        if (kind >= OPTIMISER_SGD) b.options.optimiser.momentum = 0.9;
        b.options.optimiser.beta2 = kind < OPTIMISER_SGD ? 0.9 : 0;
        b.options.epochs = 1200;
        assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
        for (int64_t i = 0; i < (int64_t)l->n_in * l->n_out; i++) {
            assert_true(b.state.m[l->kernel + i] == 0 ||
                        fabsf(b.state.m[l->kernel + i]) > 0x1p-101F);
            assert_true(b.state.v[l->kernel + i] == 0 || b.state.v[l->kernel + i] > 0x1p-101F);
        }
        arena_free(&b.mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimisers_step_as_their_formulas),
        cmocka_unit_test(gradients_are_clipped),
        cmocka_unit_test(weights_cost_and_are_kept_short),
        cmocka_unit_test(rates_follow_their_schedule),
        cmocka_unit_test(stopping_counts_as_keras),
        cmocka_unit_test(plateaus_lower_the_rate),
        cmocka_unit_test(best_weights_come_back),
        cmocka_unit_test(kernels_begin_as_keras_means_it),
        cmocka_unit_test(orthogonal_kernels_are),
        cmocka_unit_test(bad_settings_are_refused),
        cmocka_unit_test(wild_numbers_end_with_a_sentence),
        cmocka_unit_test(nothing_becomes_denormal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
