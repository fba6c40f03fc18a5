/* A network with its data, for tests of training. */
#ifndef PROPENSE_FIT_BENCH_H
#define PROPENSE_FIT_BENCH_H

#include "double_batch.h"
#include "fit.h"

typedef struct bench {
    arena mem;
    network net;
    float *params, *x;
    optimiser_state state;
    uint8_t *y;
    fit_data data;
    fit_options options;
    history history;
} bench;

/* y follows the sign of a curved function of x, with some noise. 0: the network was refused. */
static int bench_begin(bench *b, int32_t n_inputs, const layer_spec *specs, int32_t n_layers,
                       int64_t n)
{
    *b = (bench){ 0 };
    if (network_plan(&b->net, n_inputs, specs, n_layers, &b->mem, NULL) != PROPENSE_OK) return 0;
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
    return 1;
}
static status bench_fit(bench *b, propense_error *err)
{
    return network_fit(&b->net, b->params, &b->state, &b->history, &b->data, &b->options, &b->mem,
                       NULL, err);
}
/* The parameters as doubles. */
static double *bench_exact(bench *b)
{
    double *exact = TAKE(&b->mem, double, b->net.n_params);
    for (int64_t i = 0; i < b->net.n_params; i++) exact[i] = (double)b->params[i];
    return exact;
}

#endif
