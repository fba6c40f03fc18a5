/* Activations as the kernels know them, and softmax, which is no function of one number.
 * Leaves the arithmetic of single numbers to the kernels.
 * Read layer.h first. */
#include <math.h>
#include <string.h>

#include "layer.h"

struct unit_shape unit_of_activation(activation act)
{
    static const struct unit_shape shapes[] = {
        [ACT_LINEAR] = { .unit = UNIT_LINEAR },
        [ACT_RELU] = { .unit = UNIT_RELU },
        [ACT_SIGMOID] = { .unit = UNIT_SIGMOID },
        [ACT_TANH] = { .unit = UNIT_TANH },
        [ACT_SOFTMAX] = { .unit = UNIT_SOFTMAX },
        [ACT_ELU] = { .unit = UNIT_ELU, .alpha = 1 },
        [ACT_SELU] = { .unit = UNIT_SELU },
        [ACT_GELU] = { .unit = UNIT_GELU },
        [ACT_SILU] = { .unit = UNIT_SILU },
        [ACT_SOFTPLUS] = { .unit = UNIT_SOFTPLUS },
        [ACT_SOFTSIGN] = { .unit = UNIT_SOFTSIGN },
        [ACT_MISH] = { .unit = UNIT_MISH },
        [ACT_EXPONENTIAL] = { .unit = UNIT_EXPONENTIAL },
        [ACT_HARD_SIGMOID] = { .unit = UNIT_HARD_SIGMOID },
        [ACT_RELU6] = { .unit = UNIT_RAMP, .most = 6 },
        [ACT_LEAKY_RELU] = { .unit = UNIT_RAMP, .alpha = 0.2F, .most = INFINITY },
    };
    return shapes[act];
}

struct unit_shape unit_of(const layer_spec *s)
{
    switch (s->kind) {
    case LAYER_LEAKY_RELU:
        return (struct unit_shape){ .unit = UNIT_RAMP, .alpha = s->alpha, .most = INFINITY };
    case LAYER_RELU:
        return (struct unit_shape){ .unit = UNIT_RAMP,
                                    .alpha = s->alpha,
                                    .most = s->max_value > 0 ? s->max_value : INFINITY,
                                    .threshold = s->threshold };
    case LAYER_ELU:
        return (struct unit_shape){ .unit = UNIT_ELU, .alpha = s->alpha };
    case LAYER_SOFTMAX:
        return (struct unit_shape){ .unit = UNIT_SOFTMAX };
    case LAYER_DENSE:
    case LAYER_ACTIVATION:
    case LAYER_GROUPS:
        return unit_of_activation(s->act);
    default:
        return (struct unit_shape){ .unit = UNIT_LINEAR };
    }
}

int unit_needs_input(const struct unit_shape *u)
{
    return u->unit > UNIT_TANH && u->unit != UNIT_SOFTMAX;
}

/* exp(x - max) / sum of them, the sum in order of the units. */
static void softmax_row(const struct kernels *k, float *y, const float *x, int64_t n)
{
    const struct unit_shape exponential = { .unit = UNIT_EXPONENTIAL };
    float most = x[0], sum = 0;
    for (int64_t j = 1; j < n; j++)
        if (x[j] > most) most = x[j];
    for (int64_t j = 0; j < n; j++) y[j] = x[j] - most;
    k->shape(y, y, n, &exponential);
    for (int64_t j = 0; j < n; j++) sum += y[j];
    for (int64_t j = 0; j < n; j++) y[j] /= sum;
}

/* dx_j = y_j (dy_j - sum of dy y). */
static void softmax_row_back(float *dy, const float *y, int64_t n)
{
    float sum = 0;
    for (int64_t j = 0; j < n; j++) sum += dy[j] * y[j];
    for (int64_t j = 0; j < n; j++) dy[j] = y[j] * (dy[j] - sum);
}

void unit_rows(const struct kernels *k, const struct unit_shape *u, float *y, const float *x,
               int64_t rows, int64_t n)
{
    if (rows < 1) return;
    if (u->unit == UNIT_SOFTMAX)
        for (int64_t r = 0; r < rows; r++) softmax_row(k, y + r * n, x + r * n, n);
    else if (unit_needs_input(u))
        k->shape(y, x, rows * n, u);
    else {
        if (y != x) memcpy(y, x, (size_t)(rows * n) * sizeof *y);
        k->activate(y, rows * n, u->unit);
    }
}

void unit_rows_back(const struct kernels *k, const struct unit_shape *u, float *dy, const float *y,
                    const float *x, int64_t rows, int64_t n)
{
    if (u->unit == UNIT_SOFTMAX)
        for (int64_t r = 0; r < rows; r++) softmax_row_back(dy + r * n, y + r * n, n);
    else if (unit_needs_input(u))
        k->shape_back(dy, x, rows * n, u);
    else
        k->activate_back(dy, y, rows * n, u->unit);
}

/* The same operations as softmax_row's, a customer a lane. */
static void softmax_block(const struct kernels *k, float *y, int64_t units, int64_t stride,
                          int64_t n)
{
    const struct unit_shape exponential = { .unit = UNIT_EXPONENTIAL };
    float most[network_block_rows], sum[network_block_rows] = { 0 };
    memcpy(most, y, (size_t)n * sizeof *y);
    for (int64_t j = 1; j < units; j++)
        for (int64_t i = 0; i < n; i++)
            if (y[j * stride + i] > most[i]) most[i] = y[j * stride + i];
    for (int64_t j = 0; j < units; j++) {
        float *row = y + j * stride;
        for (int64_t i = 0; i < n; i++) row[i] -= most[i];
        k->shape(row, row, n, &exponential);
        for (int64_t i = 0; i < n; i++) sum[i] += row[i];
    }
    for (int64_t j = 0; j < units; j++)
        for (int64_t i = 0; i < n; i++) y[j * stride + i] /= sum[i];
}

void unit_block(const struct kernels *k, const struct unit_shape *u, float *y, int64_t units,
                int64_t stride, int64_t n)
{
    if (u->unit == UNIT_LINEAR) return;
    if (u->unit == UNIT_SOFTMAX)
        softmax_block(k, y, units, stride, n);
    else if (unit_needs_input(u))
        for (int64_t j = 0; j < units; j++) k->shape(y + j * stride, y + j * stride, n, u);
    else
        for (int64_t j = 0; j < units; j++) k->activate(y + j * stride, n, u->unit);
}
