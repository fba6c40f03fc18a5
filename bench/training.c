/* Speed of training by network and number of threads: milliseconds an epoch, a checksum of the
 * weights (the same for every level and number of threads), GFLOP/s of the products.
 * Leaves single products to bench/kernels.c.
 * Read src/network/fit.h first.
 *
 *     bench_training SHAPE ROWS BATCH EPOCHS DROPOUT THREADS [LEVEL [dead]]
 *
 * SHAPE like 13-64-32-1. With `dead` half of each layer's units have stopped firing and their
 * moments decay: the first and the last epoch tell whether denormals cost anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fit.h"
#include "kernels.h"
#include "random.h"

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Hidden layers of ReLU with dropout behind each, one sigmoid at the end. */
static int read_shape(layer_spec *specs, int32_t *n_inputs, const char *shape, float rate)
{
    char *end;
    int n = 0;
    *n_inputs = (int32_t)strtol(shape, &end, 10);
    while (*end == '-' && n < 60) {
        int32_t units = (int32_t)strtol(end + 1, &end, 10);
        int last = *end != '-';
        specs[n++] = (layer_spec){ .kind = LAYER_DENSE,
                                   .units = units,
                                   .act = last ? ACT_SIGMOID : ACT_RELU };
        if (!last && rate > 0) specs[n++] = (layer_spec){ .kind = LAYER_DROPOUT, .rate = rate };
    }
    return n;
}

static void fill(float *x, uint8_t *y, int64_t n, int32_t width)
{
    draw_key key = { 3, DRAW_NOISE, 0 };
    for (int64_t r = 0; r < n; r++) {
        double sum = 0;
        for (int32_t j = 0; j < width; j++) {
            double u = draw_double(key, 0, (uint64_t)(r * width + j)) * 4 - 2;
            x[r * width + j] = (float)u;
            sum += j % 3 ? u : -u * u + 1;
        }
        y[r] = draw_double(key, 1, (uint64_t)r) < (sum > 0 ? 0.8 : 0.2);
    }
}

static uint64_t checksum(const float *p, int64_t n)
{
    uint64_t h = 1469598103934665603U;
    for (int64_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, p + i, sizeof bits);
        h = (h ^ bits) * 1099511628211U;
    }
    return h;
}

/* The second half of each hidden layer never fires; every moment begins as if there had been
 * gradients. */
static void let_units_die(const network *net, float *params, adam_state *state)
{
    for (int64_t i = 0; i < net->n_params; i++) state->m[i] = state->v[i] = 1e-3F;
    for (int i = 0; i + 1 < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        for (int j = l->n_out / 2; l->kernel >= 0 && j < l->n_out; j++) params[l->bias + j] = -1e9F;
    }
    state->iteration = 100000;
}

/* CPU time of each epoch. */
struct epochs {
    double start, first, last;
};
static int on_progress(void *user, const propense_progress *p)
{
    struct epochs *e = user;
    if (!p->epoch_ended) return 0;
    double here = now(CLOCK_PROCESS_CPUTIME_ID);
    e->last = here - e->start;
    if (p->epoch == 1) e->first = e->last;
    e->start = here;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 7) return 2;
    layer_spec specs[64];
    int32_t n_inputs;
    int n_specs = read_shape(specs, &n_inputs, argv[1], strtof(argv[5], NULL));
    int64_t n = atoll(argv[2]);
    fit_options options = { .epochs = atoi(argv[4]),
                            .batch_size = atoi(argv[3]),
                            .learning_rate = 1e-3,
                            .seed = 1,
                            .shuffle = 1,
                            .dropout = 1,
                            .threads = atoi(argv[6]) };
    options.kernels = argc > 7 ? kernels_by_name(argv[7]) : kernels_best();
    arena mem = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    network net;
    if (!options.kernels || network_plan(&net, n_inputs, specs, n_specs, &mem, &err)) return 1;
    float *x = TAKE_WIDE(&mem, float, n *n_inputs);
    uint8_t *y = TAKE(&mem, uint8_t, n);
    float *params = TAKE_WIDE(&mem, float, net.n_params);
    adam_state state = { TAKE_WIDE(&mem, float, net.n_params), TAKE_WIDE(&mem, float, net.n_params),
                         0, 0 };
    fill(x, y, n, n_inputs);
    network_init(&net, params, 1);
    int64_t n_val = n < 100 ? n : 100;
    fit_data data = { x, y, n, x, y, n_val };
    history h;
    struct epochs epochs = { 0 };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &epochs, cb.progress = on_progress;
    if (argc > 8) let_units_die(&net, params, &state);
    int64_t before = state.iteration;
    epochs.start = now(CLOCK_PROCESS_CPUTIME_ID);
    double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    if (network_fit(&net, params, &state, &h, &data, &options, &mem, &cb, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    double seconds = now(CLOCK_MONOTONIC) - start, flops = 0;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    for (int i = 0; i < net.n_layers; i++)
        if (net.layers[i].kernel >= 0)
            flops += (i ? 6.0 : 4.0) * net.layers[i].n_in * net.layers[i].n_out;
    flops *= (double)(n * options.epochs);
    int64_t steps = state.iteration - before;
    printf(
        "%-7s %d threads  %8.2f ms, CPU %8.2f ms  %7.2f us/step, CPU %7.2f  %5.1f GFLOP/s of CPU  "
        "loss %.6f  %016llx\n",
        options.kernels->name, options.threads, 1e3 * seconds, 1e3 * cpu,
        1e6 * seconds / (double)steps, 1e6 * cpu / (double)steps, 1e-9 * flops / cpu,
        h.epochs[h.n_epochs - 1].loss, (unsigned long long)checksum(params, net.n_params));
    printf("        first epoch: CPU %.2f ms, last %.2f ms\n", 1e3 * epochs.first,
           1e3 * epochs.last);
    float *logit = TAKE(&mem, float, n),
          *scratch = TAKE_WIDE(&mem, float, network_predict_scratch(&net, network_block_rows));
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    int times = (int)(5e9 / ((double)net.n_params * (double)n)) + 1;
    for (int i = 0; i < times; i++)
        network_logits(&net, params, options.kernels, x, n, logit, scratch);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("        scoring: CPU %.1f ns a row, 2 M rows %.3f s\n", 1e9 * cpu / (double)(n * times),
           2e6 * cpu / (double)(n * times));
    arena_free(&mem);
    return 0;
}
