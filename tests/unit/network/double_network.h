/* The network once more, in double and as the formulas stand, to compare with. Slow and plain. */
#ifndef PROPENSE_DOUBLE_NETWORK_H
#define PROPENSE_DOUBLE_NETWORK_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"
#include "random.h"

enum { widest_layer = 256 };

#define DENSE(n, f)                                                                                \
    {                                                                                              \
        .kind = LAYER_DENSE, .units = (n), .act = (f)                                              \
    }
#define DROPOUT(r)                                                                                 \
    {                                                                                              \
        .kind = LAYER_DROPOUT, .rate = (r)                                                         \
    }
#define ACTIVATION(f)                                                                              \
    {                                                                                              \
        .kind = LAYER_ACTIVATION, .act = (f)                                                       \
    }

/* Whether dropout keeps unit u of row r: random.h's Philox, kernels.h's plan of bits, written as
 * the comment there says. */
static int is_kept(const layer *l, uint64_t seed, uint32_t step, int64_t r, int64_t u)
{
    uint32_t words[4];
    uint64_t e = (uint64_t)(r * l->n_out + u), in = e % 64;
    draw_block(words, (draw_key){ seed, DRAW_DROPOUT, (uint32_t)l->number }, step,
               e / 64 * 8 + e % 16 / 2);
    uint32_t word = words[2 * (in / 32) + in % 2];
    uint32_t bits = in / 16 % 2 ? word >> 16 : word & 0xFFFF;
    return bits >= (uint32_t)lrint((double)l->spec.rate * 65536);
}

static double act_of(activation act, double z)
{
    switch (act) {
    case ACT_RELU:
        return z > 0 ? z : 0;
    case ACT_SIGMOID:
        return 1 / (1 + exp(-z));
    case ACT_TANH:
        return tanh(z);
    default:
        return z;
    }
}

/* The logit of one row; with `dropout` in training mode, as row r of step `step`. */
static double double_logit(const network *net, const double *params, const float *x, int dropout,
                           uint64_t seed, uint32_t step, int64_t r)
{
    double from[widest_layer], to[widest_layer];
    for (int32_t j = 0; j < net->n_inputs; j++) from[j] = (double)x[j];
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        int last = i == net->n_layers - 1;
        for (int32_t j = 0; j < l->n_out; j++) {
            if (l->spec.kind == LAYER_DROPOUT) {
                double kept = is_kept(l, seed, step, r, j) / (1 - (double)l->spec.rate);
                to[j] = dropout ? from[j] * kept : from[j];
                continue;
            }
            if (l->spec.kind == LAYER_ACTIVATION) {
                to[j] = act_of(l->spec.act, from[j]);
                continue;
            }
            double z = params[l->bias + j];
            for (int32_t k = 0; k < l->n_in; k++)
                z += from[k] * params[l->kernel + (int64_t)k * l->n_out + j];
            to[j] = last ? z : act_of(l->spec.act, z);
        }
        memcpy(from, to, sizeof from);
    }
    return from[0];
}

static double double_loss(double z, int y)
{
    return (z > 0 ? z : 0) - z * y + log1p(exp(-fabs(z)));
}

#endif
