/* Our side of the race of networks: training of the published Audiobooks network (Dense 200 ReLU
 * four times, softmax of two, Adam, batch 50), and of it alone: reading, judging and writing are
 * the whole command's, which races too. Prints one line of JSON.
 * Leaves the peers to bench/peers, single products to bench/kernels.c.
 * Read src/network/fit.h first.
 *
 *     bench_networks weights DATA OUT                 the weights that every contender begins with
 *     bench_networks train DATA WEIGHTS EPOCHS ORDER THREADS      ORDER: file | shuffled
 *     bench_networks dead DATA WEIGHTS STEPS WHETHER  microseconds of CPU a step, by 100 steps, one
 *                                                     thread; WHETHER: alive | dead
 *
 * DATA: int64 rows, int64 width, float x[rows][width], uint8 y[rows]. Weights: floats, kernel and
 * bias layer by layer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fit.h"
#include "kernels.h"
#include "peak.h"

enum { n_dense = 5, units = 200, batch = 50 };

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(const char *what)
{
    fprintf(stderr, "bench_networks: %s\n", what);
    exit(1);
}

static FILE *opened(const char *path, const char *how)
{
    FILE *f = fopen(path, how);
    if (!f) stop(path);
    return f;
}

typedef struct rows {
    int64_t n, width;
    float *x;
    uint8_t *y;
} rows;

static rows read_rows(const char *path, arena *mem)
{
    int64_t head[2];
    FILE *f = opened(path, "rb");
    if (fread(head, sizeof *head, 2, f) != 2) stop("the data have no head");
    rows r = { head[0], head[1], NULL, NULL };
    r.x = TAKE_WIDE(mem, float, r.n *r.width);
    r.y = TAKE(mem, uint8_t, r.n);
    if (!r.x || !r.y) stop("no memory");
    if (fread(r.x, sizeof *r.x, (size_t)(r.n * r.width), f) != (size_t)(r.n * r.width) ||
        fread(r.y, 1, (size_t)r.n, f) != (size_t)r.n)
        stop("the data are cut off");
    fclose(f);
    return r;
}

typedef struct learner {
    network net;
    float *params;
    adam_state state;
} learner;

static learner learner_of(const rows *r, arena *mem)
{
    learner l = { 0 };
    layer_spec specs[n_dense];
    propense_error err = PROPENSE_ERROR_INIT;
    for (int i = 0; i < n_dense; i++)
        specs[i] = (layer_spec){ .kind = LAYER_DENSE,
                                 .units = i + 1 < n_dense ? units : 2,
                                 .act = i + 1 < n_dense ? ACT_RELU : ACT_SOFTMAX };
    if (network_plan(&l.net, (int32_t)r->width, specs, n_dense, mem, &err)) stop(err.message);
    l.params = TAKE_WIDE(mem, float, l.net.n_params);
    l.state.m = TAKE_WIDE(mem, float, l.net.n_params);
    l.state.v = TAKE_WIDE(mem, float, l.net.n_params);
    if (!l.params || !l.state.m || !l.state.v) stop("no memory");
    network_init(&l.net, l.params, 1);
    return l;
}

/* Kernels and biases one behind the other, without our padding: what = fwrite or fread. */
typedef size_t transfer(void *p, size_t size, size_t n, FILE *f);
static size_t put(void *p, size_t size, size_t n, FILE *f)
{
    return fwrite(p, size, n, f);
}
static void weights_file(learner *l, const char *path, const char *how, transfer *what)
{
    FILE *f = opened(path, how);
    for (int i = 0; i < l->net.n_layers; i++) {
        const layer *at = &l->net.layers[i];
        size_t n = (size_t)at->n_in * (size_t)at->n_out, m = (size_t)at->n_out;
        if (what(l->params + at->kernel, sizeof(float), n, f) != n ||
            what(l->params + at->bias, sizeof(float), m, f) != m)
            stop("the weights do not pass");
    }
    if (fclose(f)) stop("the weights do not pass");
}

static fit_options options_of(int epochs, int shuffle, int threads)
{
    return (fit_options){ .epochs = epochs,
                          .batch_size = batch,
                          .learning_rate = 1e-3,
                          .seed = 1,
                          .shuffle = shuffle,
                          .threads = threads,
                          .kernels = kernels_best() };
}

/* Three products a layer and step, two behind the inputs, 2 operations a weight and row each. */
static double flops_of(const network *net, int64_t n_rows)
{
    double sum = 0;
    for (int i = 0; i < net->n_layers; i++)
        sum += (i ? 6.0 : 4.0) * net->layers[i].n_in * net->layers[i].n_out;
    return sum * (double)n_rows;
}

/* ---- The race */

static int train(const char *data, const char *weights, int epochs, int shuffle, int threads)
{
    arena mem = { 0 };
    history h;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    rows r = read_rows(data, &mem);
    learner l = learner_of(&r, &mem);
    weights_file(&l, weights, "rb", fread);
    fit_options o = options_of(epochs, shuffle, threads);
    fit_data d = { .x = r.x, .y = r.y, .n = r.n };
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    if (network_fit(&l.net, l.params, &l.state, &h, &d, &o, &mem, &cb, &err)) stop(err.message);
    wall = now(CLOCK_MONOTONIC) - wall, cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"gflop\": %.6f, \"peak\": %.1f, "
           "\"level\": \"%s\", \"losses\": [",
           wall, cpu, 1e-9 * flops_of(&l.net, r.n * epochs), peak_of(o.kernels), o.kernels->name);
    for (int i = 0; i < h.n_epochs; i++) printf("%s%.7f", i ? ", " : "", h.epochs[i].loss);
    printf("]}\n");
    arena_free(&mem);
    return 0;
}

/* ---- Units that have died */

enum { rows_of_100_steps = 50 * batch };

/* The second half of each hidden layer never fires again, and its moments begin as if there had
 * been gradients: without care they decay into denormals after some 770 steps. */
static void let_units_die(learner *l)
{
    for (int64_t i = 0; i < l->net.n_params; i++) l->state.m[i] = l->state.v[i] = 1e-3F;
    for (int i = 0; i + 1 < l->net.n_layers; i++) {
        const layer *at = &l->net.layers[i];
        for (int j = at->n_out / 2; j < at->n_out; j++) l->params[at->bias + j] = -1e9F;
    }
    l->state.iteration = 100000;
}

typedef struct clockwork {
    double start;
    int n;
} clockwork;
static int on_progress(void *user, const propense_progress *p)
{
    clockwork *c = user;
    if (!p->epoch_ended || p->epoch % 2) return 0; /* two epochs are 100 steps */
    double here = now(CLOCK_PROCESS_CPUTIME_ID);
    printf("%s%.3f", c->n++ ? ", " : "", 1e6 * (here - c->start) / 100);
    c->start = now(CLOCK_PROCESS_CPUTIME_ID);
    return 0;
}

static int dead(const char *data, const char *weights, int steps, int die)
{
    arena mem = { 0 };
    history h;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    rows r = read_rows(data, &mem);
    learner l = learner_of(&r, &mem);
    weights_file(&l, weights, "rb", fread);
    if (die) let_units_die(&l);
    fit_options o = options_of(steps / 50, 1, 1);
    if (r.n < rows_of_100_steps) stop("too few rows");
    fit_data d = { .x = r.x, .y = r.y, .n = rows_of_100_steps };
    clockwork c = { now(CLOCK_PROCESS_CPUTIME_ID), 0 };
    cb.user = &c, cb.progress = on_progress;
    printf("{\"us\": [");
    if (network_fit(&l.net, l.params, &l.state, &h, &d, &o, &mem, &cb, &err)) stop(err.message);
    int64_t denormal = 0;
    for (int64_t i = 0; i < l.net.n_params; i++) {
        float m = l.state.m[i], v = l.state.v[i];
        denormal += (m != 0 && m < 1.2e-38F && m > -1.2e-38F) || (v != 0 && v < 1.2e-38F);
    }
    printf("], \"denormals\": %lld}\n", (long long)denormal);
    arena_free(&mem);
    return 0;
}

int main(int n, char **args)
{
    if (n == 4 && strcmp(args[1], "weights") == 0) {
        arena mem = { 0 };
        rows r = read_rows(args[2], &mem);
        learner l = learner_of(&r, &mem);
        weights_file(&l, args[3], "wb", put);
        arena_free(&mem);
        return 0;
    }
    if (n == 7 && strcmp(args[1], "train") == 0)
        return train(args[2], args[3], atoi(args[4]), strcmp(args[5], "file") != 0, atoi(args[6]));
    if (n == 6 && strcmp(args[1], "dead") == 0)
        return dead(args[2], args[3], atoi(args[4]), strcmp(args[5], "dead") == 0);
    fputs("usage: see the head of bench/networks.c\n", stderr);
    return 2;
}
