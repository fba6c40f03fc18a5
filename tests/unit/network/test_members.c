/* Members of an ensemble: AdamW and its cosine against the formulas in double, rows held out for
 * good, the same bytes for any threads and level, and what is restored. */
#include "members.h"
#include "kernels.h"
#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { n_inputs = 5, n_rows = 61, n_members = 3 };
static const int64_t fold_at[n_members + 1] = { 0, 20, 40, 61 };

typedef struct fixture {
    arena mem;
    network net;
    float x[n_rows * n_inputs], held[n_rows];
    uint8_t y[n_rows];
    float *params;
    history h;
} fixture;

static fixture *fixture_of(arena *mem, int hidden)
{
    static const int32_t group_at[] = { 0, 2, 5 };
    fixture *f = TAKE(mem, fixture, 1);
    layer_spec specs[4];
    int32_t n = 0;
    if (hidden) {
        specs[n++] = (layer_spec){
            .kind = LAYER_GROUPS, .units = 8, .act = ACT_RELU, .n_groups = 2, .group_at = group_at
        };
        specs[n++] = (layer_spec){ .kind = LAYER_DENSE, .units = 7, .act = ACT_RELU };
        specs[n++] = (layer_spec){ .kind = LAYER_DROPOUT, .rate = 0.3F };
    }
    specs[n++] = (layer_spec){ .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID };
    assert_int_equal(network_plan(&f->net, n_inputs, specs, n, &f->mem, NULL), PROPENSE_OK);
    for (int i = 0; i < n_rows * n_inputs; i++)
        f->x[i] = (float)(2 * draw_double((draw_key){ 4, DRAW_NOISE, 0 }, 0, (uint64_t)i) - 1);
    for (int i = 0; i < n_rows; i++) f->y[i] = f->x[i * n_inputs] + f->x[i * n_inputs + 1] > 0.3F;
    f->params = TAKE_WIDE(&f->mem, float, n_members * f->net.n_params);
    return f;
}

static members_options options_of(int epochs)
{
    return (members_options){ .n_members = n_members,
                              .epochs = epochs,
                              .batch_size = 9,
                              .learning_rate = 0.05,
                              .beta1 = 0.9,
                              .beta2 = 0.99,
                              .epsilon = 1e-8,
                              .weight_decay = 0.3,
                              .seed = 11,
                              .threads = 1 };
}

static void fit(fixture *f, const members_options *o)
{
    members_data d = { f->x, f->y, fold_at, n_rows };
    assert_int_equal(members_fit(&f->net, f->params, f->held, &f->h, &d, o, &f->mem, NULL, NULL),
                     PROPENSE_OK);
}

/* ---- Logistic regression by AdamW, as the papers write it, in double */

typedef struct naive {
    double w[n_inputs + 1], m[n_inputs + 1], v[n_inputs + 1]; /* the bias last */
} naive;

static void naive_step(naive *a, const fixture *f, const int64_t *rows, int64_t batch,
                       const members_options *o, int64_t t, int64_t n_steps)
{
    double g[n_inputs + 1] = { 0 };
    for (int64_t i = 0; i < batch; i++) {
        const float *x = f->x + rows[i] * n_inputs;
        double z = a->w[n_inputs];
        for (int k = 0; k < n_inputs; k++) z += a->w[k] * (double)x[k];
        double off = 1 / (1 + exp(-z)) - f->y[rows[i]];
        for (int k = 0; k < n_inputs; k++) g[k] += off * (double)x[k] / (double)batch;
        g[n_inputs] += off / (double)batch;
    }
    double rate = o->learning_rate * (1 + cos(acos(-1) * (double)(t - 1) / (double)n_steps)) / 2;
    for (int k = 0; k <= n_inputs; k++) {
        a->m[k] = o->beta1 * a->m[k] + (1 - o->beta1) * g[k];
        a->v[k] = o->beta2 * a->v[k] + (1 - o->beta2) * g[k] * g[k];
        double mean = a->m[k] / (1 - pow(o->beta1, (double)t));
        double spread = sqrt(a->v[k] / (1 - pow(o->beta2, (double)t)));
        if (k < n_inputs) a->w[k] -= rate * o->weight_decay * a->w[k];
        a->w[k] -= rate * mean / (spread + o->epsilon);
    }
}

static void check_member(const fixture *f, const float *begin, int m, const members_options *o)
{
    const layer *l = &f->net.layers[0];
    int64_t first = fold_at[m], held = fold_at[m + 1] - first, n = n_rows - held, t = 0;
    int64_t order[n_rows], steps = n / o->batch_size; /* the last batch is not full: left out */
    uint64_t seed = draw_u64((draw_key){ o->seed, DRAW_FOLD, 1 }, 0, (uint64_t)m);
    naive a = { 0 };
    double mean[n_inputs + 1];
    const float *w = begin + m * f->net.n_params, *end = f->params + m * f->net.n_params;
    for (int k = 0; k < n_inputs; k++) a.w[k] = (double)w[l->kernel + k];
    a.w[n_inputs] = (double)w[l->bias];
    for (int e = 0; e < o->epochs; e++) {
        draw_permutation((draw_key){ seed, DRAW_SHUFFLE, 0 }, (uint32_t)e, order, n);
        for (int64_t i = 0; i < n; i++) order[i] += order[i] >= first ? held : 0;
        memset(mean, 0, sizeof mean); /* kept is the mean over the last epoch's steps */
        for (int64_t s = 0; s < steps; s++) {
            naive_step(&a, f, order + s * o->batch_size, o->batch_size, o, ++t, steps * o->epochs);
            for (int k = 0; k <= n_inputs; k++) mean[k] += a.w[k] / (double)steps;
        }
    }
    for (int k = 0; k < n_inputs; k++)
        assert_true(fabs(mean[k] - (double)end[l->kernel + k]) < 2e-5);
    assert_true(fabs(mean[n_inputs] - (double)end[l->bias]) < 2e-5);
}

static void steps_are_adamw_with_a_cosine(void **state)
{
    arena mem = { 0 };
    fixture *f = fixture_of(&mem, 0);
    members_options o = options_of(4), still = o;
    float begin[1024];
    (void)state;
    still.learning_rate = 0; /* nothing moves: what they begin with */
    fit(f, &still);
    memcpy(begin, f->params, (size_t)(n_members * f->net.n_params) * sizeof *begin);
    int positive = 0;
    for (int i = 0; i < n_rows; i++) positive += f->y[i];
    double base = log((positive + 0.5) / (n_rows - positive + 0.5));
    assert_true(fabs((double)begin[f->net.layers[0].bias] - base) < 1e-6);
    assert_true(begin[0] != begin[f->net.n_params]);
    fit(f, &o);
    assert_int_equal(f->h.best_epoch, 4); /* else another epoch was restored than is simulated */
    for (int m = 0; m < n_members; m++) check_member(f, begin, m, &o);
    arena_free(&f->mem);
    arena_free(&mem);
}

static void same_bytes(void **state)
{
    arena mem = { 0 };
    fixture *one = fixture_of(&mem, 1), *other = fixture_of(&mem, 1);
    members_options o = options_of(3);
    (void)state;
    o.kernels = kernels_at(0);
    fit(one, &o);
    for (int level = 0; kernels_at(level); level++)
        for (o.threads = 1; o.threads < 5; o.threads++) {
            o.kernels = kernels_at(level);
            fit(other, &o);
            size_t bytes = (size_t)(n_members * one->net.n_params) * sizeof(float);
            assert_memory_equal(one->params, other->params, bytes);
            assert_memory_equal(one->held, other->held, sizeof one->held);
            assert_memory_equal(one->h.epochs, other->h.epochs, 3 * sizeof *one->h.epochs);
        }
    arena_free(&one->mem);
    arena_free(&other->mem);
    arena_free(&mem);
}

/* Whatever the held-out rows hold, their member is the same; the others are not. */
static void held_rows_are_not_seen(void **state)
{
    arena mem = { 0 };
    fixture *one = fixture_of(&mem, 1), *other = fixture_of(&mem, 1);
    members_options o = options_of(1);
    size_t bytes = (size_t)one->net.n_params * sizeof(float);
    (void)state;
    fit(one, &o);
    for (int m = 0; m < n_members; m++) {
        memcpy(other->x, one->x, sizeof one->x);
        for (int64_t i = fold_at[m] * n_inputs; i < fold_at[m + 1] * n_inputs; i++)
            other->x[i] = 3 - other->x[i];
        fit(other, &o);
        for (int k = 0; k < n_members; k++) {
            int64_t at = k * one->net.n_params;
            int same = memcmp(one->params + at, other->params + at, bytes) == 0;
            assert_int_equal(same, k == m);
        }
    }
    arena_free(&one->mem);
    arena_free(&other->mem);
    arena_free(&mem);
}

static double loss_of(double z, int y)
{
    return (z > 0 ? z : 0) - z * y + log1p(exp(-fabs(z)));
}

static void best_epoch_is_restored(void **state)
{
    arena mem = { 0 };
    fixture *f = fixture_of(&mem, 1);
    members_options o = options_of(40);
    float *scratch = TAKE_WIDE(&mem, float, network_predict_scratch(&f->net, n_rows));
    float z[n_rows];
    double loss = 0;
    (void)state;
    o.learning_rate = 0.3; /* so much that later epochs are worse */
    o.patience = 5;
    fit(f, &o);
    assert_true(f->h.stopped_early && f->h.n_epochs == f->h.best_epoch + 5);
    for (int e = 0; e < f->h.n_epochs; e++)
        assert_true(f->h.epochs[e].val_loss >= f->h.epochs[f->h.best_epoch - 1].val_loss);
    for (int m = 0; m < n_members; m++)
        network_logits(&f->net, f->params + m * f->net.n_params, kernels_best(),
                       f->x + fold_at[m] * n_inputs, fold_at[m + 1] - fold_at[m], z + fold_at[m],
                       scratch);
    assert_memory_equal(z, f->held, sizeof z);
    for (int i = 0; i < n_rows; i++) loss += loss_of((double)z[i], f->y[i]) / n_rows;
    assert_true(fabs(loss - f->h.epochs[f->h.best_epoch - 1].val_loss) < 1e-6);
    arena_free(&f->mem);
    arena_free(&mem);
}

static void logits_are_of_the_mean_probability(void **state)
{
    enum { many = 250 };
    arena mem = { 0 };
    fixture *f = fixture_of(&mem, 1);
    members_options o = options_of(2);
    float *x = TAKE_WIDE(&mem, float, many *n_inputs), all[many], parts[many], z[many];
    double mean[many] = { 0 };
    float *scratch = TAKE_WIDE(&mem, float, members_scratch(&f->net));
    float *plain = TAKE_WIDE(&mem, float, network_predict_scratch(&f->net, many));
    (void)state;
    fit(f, &o);
    for (int i = 0; i < many * n_inputs; i++) x[i] = f->x[i % (n_rows * n_inputs)] * (float)(i % 7);
    for (int level = 0; kernels_at(level); level++) {
        const struct kernels *k = kernels_at(level);
        members_logits(&f->net, f->params, n_members, k, x, many, parts, scratch);
        if (level) assert_memory_equal(all, parts, sizeof all);
        memcpy(all, parts, sizeof all);
        for (int at = 0, n = 1; at < many; at += n, n = at * 7 % 50 + 1)
            members_logits(&f->net, f->params, n_members, k, x + at * n_inputs,
                           n < many - at ? n : many - at, parts + at, scratch);
        assert_memory_equal(all, parts, sizeof all);
    }
    for (int m = 0; m < n_members; m++) {
        network_logits(&f->net, f->params + m * f->net.n_params, kernels_best(), x, many, z, plain);
        for (int i = 0; i < many; i++) mean[i] += 1 / (1 + exp(-(double)z[i])) / n_members;
    }
    for (int i = 0; i < many; i++)
        assert_true(fabs(log(mean[i] / (1 - mean[i])) - (double)all[i]) <
                    1e-6 * (1 + fabs((double)all[i])));
    arena_free(&f->mem);
    arena_free(&mem);
}

static int stop(void *user, const propense_progress *p)
{
    (void)p;
    return --*(int *)user == 0;
}

static void a_caller_can_stop(void **state)
{
    arena mem = { 0 };
    fixture *f = fixture_of(&mem, 1);
    members_options o = options_of(30);
    members_data d = { f->x, f->y, fold_at, n_rows };
    int left = 3;
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &left, cb.progress = stop;
    (void)state;
    assert_int_equal(members_fit(&f->net, f->params, f->held, &f->h, &d, &o, &f->mem, &cb, NULL),
                     PROPENSE_E_CANCELLED);
    arena_free(&f->mem);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_adamw_with_a_cosine),
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(held_rows_are_not_seen),
        cmocka_unit_test(best_epoch_is_restored),
        cmocka_unit_test(logits_are_of_the_mean_probability),
        cmocka_unit_test(a_caller_can_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
