/* A training step's loss once more, in double, with libm and as the formulas of docs/networks.md
 * stand, over a whole batch at a time. Slow and plain. */
#ifndef PROPENSE_DOUBLE_BATCH_H
#define PROPENSE_DOUBLE_BATCH_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "double_network.h"
#include "fit.h"
#include "maths.h"

static double double_elu(double x, double alpha)
{
    return x > 0 ? x : alpha * expm1(x);
}
static double double_softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

static double double_activation(activation a, double x)
{
    switch (a) {
    case ACT_ELU:
        return double_elu(x, 1);
    case ACT_SELU:
        return 1.0507009873554805 * double_elu(x, 1.6732632423543772);
    case ACT_GELU:
        return x * erfc(-x / sqrt(2)) / 2;
    case ACT_SILU:
        return x / (1 + exp(-x));
    case ACT_SOFTPLUS:
        return double_softplus(x);
    case ACT_SOFTSIGN:
        return x / (1 + fabs(x));
    case ACT_MISH:
        return x * tanh(double_softplus(x));
    case ACT_EXPONENTIAL:
        return exp(x);
    case ACT_HARD_SIGMOID:
        return x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6;
    case ACT_RELU6:
        return x < 0 ? 0 : x > 6 ? 6 : x;
    case ACT_LEAKY_RELU:
        return x > 0 ? x : 0.2 * x;
    default:
        return act_of(a, x);
    }
}

static void double_softmax(double *x, int32_t n)
{
    double most = x[0], sum = 0;
    for (int32_t j = 1; j < n; j++) most = fmax(most, x[j]);
    for (int32_t j = 0; j < n; j++) sum += x[j] = exp(x[j] - most);
    for (int32_t j = 0; j < n; j++) x[j] /= sum;
}

/* One unit's function in the layers that have numbers. */
static double double_unit(const layer *l, const double *params, int32_t j, double x)
{
    const layer_spec *s = &l->spec;
    switch (s->kind) {
    case LAYER_LEAKY_RELU:
        return x > 0 ? x : (double)s->alpha * x;
    case LAYER_PRELU:
        return x > 0 ? x : params[l->alpha + j] * x;
    case LAYER_ELU:
        return double_elu(x, (double)s->alpha);
    case LAYER_RELU:
        if (!(x > (double)s->threshold)) return (double)s->alpha * (x - (double)s->threshold);
        return s->max_value > 0 && x > (double)s->max_value ? (double)s->max_value : x;
    default:
        return double_activation(s->act, x);
    }
}

static double double_noise(const layer *l, uint64_t seed, uint32_t step, int64_t r, int32_t j)
{
    uint32_t words[4];
    int64_t blocks = (l->n_out + 3) / 4;
    draw_block(words, (draw_key){ seed, DRAW_NOISE, (uint32_t)l->number }, step,
               (uint64_t)(r * blocks + j / 4));
    return (double)l->spec.stddev * m_normal_quantile((words[j % 4] + 0.5) / 4294967296.0);
}

static void double_normal(double *to, const double *from, int64_t n, int64_t stride, double epsilon,
                          double *mean, double *variance)
{
    *mean = *variance = 0;
    for (int64_t i = 0; i < n; i++) *mean += from[i * stride] / (double)n;
    for (int64_t i = 0; i < n; i++) *variance += pow(from[i * stride] - *mean, 2) / (double)n;
    for (int64_t i = 0; i < n; i++)
        to[i * stride] = (from[i * stride] - *mean) / sqrt(*variance + epsilon);
}

typedef struct double_run {
    const network *net;
    const double *params;
    int training;
    uint64_t seed;
    uint32_t step;
} double_run;

static void double_dense(const double_run *d, const layer *l, double *to, const double *from,
                         int is_last)
{
    for (int32_t j = 0; j < l->n_out; j++) {
        double z = d->params[l->bias + j];
        for (int32_t k = 0; k < l->n_in; k++)
            z += from[k] * d->params[l->kernel + (int64_t)k * l->n_out + j];
        to[j] = is_last ? z : double_unit(l, d->params, j, z);
    }
    if (!is_last && l->spec.act == ACT_SOFTMAX) double_softmax(to, l->n_out);
}

/* All rows of x through one layer, to y: [n][n_out]. */
static void double_layer(const double_run *d, const layer *l, double *y, const double *x, int64_t n)
{
    int is_last = l == &d->net->layers[d->net->n_layers - 1];
    int32_t width = l->n_out;
    double mean, variance, e = (double)l->spec.epsilon;
    for (int64_t r = 0; r < n; r++) {
        double *to = y + r * width;
        const double *from = x + r * l->n_in;
        if (l->spec.kind == LAYER_DENSE) {
            double_dense(d, l, to, from, is_last);
            continue;
        }
        for (int32_t j = 0; j < width; j++)
            if (l->spec.kind == LAYER_DROPOUT)
                to[j] = d->training ? from[j] * is_kept(l, d->seed, d->step, r, j) /
                                          (1 - (double)l->spec.rate)
                                    : from[j];
            else if (l->spec.kind == LAYER_GAUSSIAN_NOISE)
                to[j] = from[j] + (d->training ? double_noise(l, d->seed, d->step, r, j) : 0);
            else if (l->spec.kind == LAYER_BATCH_NORM && !d->training)
                to[j] = (from[j] - d->params[l->moving_mean + j]) /
                        sqrt(d->params[l->moving_variance + j] + e);
            else if (l->spec.kind != LAYER_LAYER_NORM && l->spec.kind != LAYER_BATCH_NORM)
                to[j] = double_unit(l, d->params, j, from[j]);
        if (l->spec.kind == LAYER_SOFTMAX ||
            (l->spec.kind == LAYER_ACTIVATION && l->spec.act == ACT_SOFTMAX))
            double_softmax(to, width);
        if (l->spec.kind == LAYER_LAYER_NORM)
            double_normal(to, from, width, 1, e, &mean, &variance);
    }
    for (int32_t j = 0; l->spec.kind == LAYER_BATCH_NORM && d->training && j < width; j++)
        double_normal(y + j, x + j, n, width, e, &mean, &variance);
    if (l->gamma >= 0)
        for (int64_t i = 0; i < n * width; i++)
            y[i] = y[i] * d->params[l->gamma + i % width] + d->params[l->beta + i % width];
}

/* Logits of rows `order` (NULL: 0, 1, ...) of x. */
static void double_logits(const double_run *d, double *logit, const float *x, const int64_t *order,
                          int64_t n)
{
    double *from = malloc((size_t)n * widest_layer * sizeof *from);
    double *to = malloc((size_t)n * widest_layer * sizeof *to);
    for (int64_t i = 0; i < n * d->net->n_inputs; i++) {
        int64_t r = i / d->net->n_inputs, row = order ? order[r] : r;
        from[i] = (double)x[row * d->net->n_inputs + i % d->net->n_inputs];
    }
    for (int32_t i = 0; i < d->net->n_layers; i++) {
        double_layer(d, &d->net->layers[i], to, from, n);
        double *swap = from;
        from = to, to = swap;
    }
    for (int64_t r = 0; r < n; r++)
        logit[r] = d->net->head == HEAD_SOFTMAX ? from[2 * r + 1] - from[2 * r] : from[r];
    free(from);
    free(to);
}

static double double_row_loss(const loss_settings *s, double z, int y)
{
    double t = y * (1 - s->label_smoothing) + s->label_smoothing / 2, p = 1 / (1 + exp(-z));
    double plain = (z > 0 ? z : 0) - z * t + log1p(exp(-fabs(z)));
    if (s->kind == LOSS_CROSS_ENTROPY) return plain;
    double right = t * p + (1 - t) * (1 - p);
    double balance = s->balance > 0 ? t * s->balance + (1 - t) * (1 - s->balance) : 1;
    return balance * pow(1 - right, s->gamma) * plain;
}

static double double_penalty(const network *net, const double *params)
{
    double sum = 0;
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        for (int64_t k = 0; l->kernel >= 0 && k < (int64_t)l->n_in * l->n_out; k++) {
            double w = params[l->kernel + k];
            sum += (double)l->spec.l1 * fabs(w) + (double)l->spec.l2 * w * w;
        }
    }
    return sum;
}

static double double_batch_loss(const double_run *d, const fit_data *data, const fit_options *o,
                                const int64_t *order)
{
    double *z = malloc((size_t)data->n * sizeof *z), sum = 0;
    double_logits(d, z, data->x, order, data->n);
    for (int64_t r = 0; r < data->n; r++) {
        int64_t row = order ? order[r] : r;
        double w = data->weight ? (double)data->weight[row] : 1;
        if (o->class_weight[0] != 0 || o->class_weight[1] != 0) w *= o->class_weight[data->y[row]];
        sum += w * double_row_loss(&o->loss, z[r], data->y[row]);
    }
    free(z);
    return sum / (double)data->n + double_penalty(d->net, d->params);
}

#endif
