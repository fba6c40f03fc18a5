/* Takes layers apart into elementary operations, in forms that do not overflow.
 * Leaves the formulas' sources to docs/networks.md.
 * Read elementary.h first. */
#include "elementary.h"

#include <math.h>
#include <string.h>

#include "kernels.h"
#include "layer.h"

enum { most_a_layer = 16 };

typedef struct builder {
    operation *all;
    int32_t n;
    int32_t layer;
    arena *mem;
    int bad;
} builder;

static int32_t push(builder *b, operation o)
{
    o.layer = b->layer;
    b->all[b->n++] = o;
    return b->n; /* the value that it makes */
}

static float *constant(builder *b, int64_t n)
{
    float *x = TAKE(b->mem, float, n);
    if (!x) b->bad = 1;
    return x;
}

/* One number on the right. */
static int32_t with_number(builder *b, operation_kind kind, int32_t a, int32_t width, double number)
{
    float *x = constant(b, 1);
    if (x) *x = (float)number;
    return push(b, (operation){ kind, a, -1, x, 1, width, 0 });
}
static int32_t alone(builder *b, operation_kind kind, int32_t a, int32_t width)
{
    return push(b, (operation){ kind, a, -1, NULL, 0, width, 0 });
}
static int32_t together(builder *b, operation_kind kind, int32_t a, int32_t other, int32_t width)
{
    return push(b, (operation){ kind, a, other, NULL, 0, width, 0 });
}
/* A row of constants on the right. */
static int32_t with_row(builder *b, operation_kind kind, int32_t a, const float *row, int32_t width)
{
    float *x = constant(b, width);
    if (x) memcpy(x, row, (size_t)width * sizeof *x);
    return push(b, (operation){ kind, a, -1, x, width, width, 0 });
}

/* ---- Functions of one number; x: the value, w: its width */

static int32_t above(builder *b, int32_t x, int32_t w)
{
    return with_number(b, OPERATION_MAX, x, w, 0);
}
static int32_t below(builder *b, int32_t x, int32_t w)
{
    return with_number(b, OPERATION_MIN, x, w, 0);
}

/* max(x, 0) + log(1 + exp(-|x|)) */
static int32_t soft_plus(builder *b, int32_t x, int32_t w)
{
    int32_t size = alone(b, OPERATION_ABS, x, w);
    int32_t minus = with_number(b, OPERATION_MULTIPLY, size, w, -1);
    int32_t e = alone(b, OPERATION_EXP, minus, w);
    int32_t one_more = with_number(b, OPERATION_ADD, e, w, 1);
    int32_t log_of = alone(b, OPERATION_LOG, one_more, w);
    return together(b, OPERATION_ADD, above(b, x, w), log_of, w);
}

/* max(x, 0) + alpha (exp(min(x, 0)) - 1), times scale */
static int32_t elu(builder *b, int32_t x, int32_t w, double alpha, double scale)
{
    int32_t e = alone(b, OPERATION_EXP, below(b, x, w), w);
    int32_t less = with_number(b, OPERATION_SUBTRACT, e, w, 1);
    int32_t low = with_number(b, OPERATION_MULTIPLY, less, w, alpha);
    int32_t y = together(b, OPERATION_ADD, above(b, x, w), low, w);
    return scale < 1 || scale > 1 ? with_number(b, OPERATION_MULTIPLY, y, w, scale) : y;
}

/* With g = x > threshold: g min(x, most) + (1 - g) alpha (x - threshold). */
static int32_t ramp_from(builder *b, int32_t x, int32_t w, const struct unit_shape *u)
{
    int32_t g = with_number(b, OPERATION_GREATER, x, w, (double)u->threshold);
    int32_t cut = isfinite(u->most) ? with_number(b, OPERATION_MIN, x, w, (double)u->most) : x;
    int32_t high = together(b, OPERATION_MULTIPLY, cut, g, w);
    if (!(u->alpha > 0)) return high;
    int32_t left = with_number(b, OPERATION_SUBTRACT, x, w, (double)u->threshold);
    int32_t low = with_number(b, OPERATION_MULTIPLY, below(b, left, w), w, (double)u->alpha);
    return together(b, OPERATION_ADD, high, low, w);
}
static int32_t ramp(builder *b, int32_t x, int32_t w, const struct unit_shape *u)
{
    if (u->threshold > 0) return ramp_from(b, x, w, u);
    int32_t high = above(b, x, w);
    if (isfinite(u->most)) high = with_number(b, OPERATION_MIN, high, w, (double)u->most);
    if (!(u->alpha > 0)) return high;
    int32_t low = with_number(b, OPERATION_MULTIPLY, below(b, x, w), w, (double)u->alpha);
    return together(b, OPERATION_ADD, high, low, w);
}

static int32_t gelu(builder *b, int32_t x, int32_t w)
{
    int32_t z = with_number(b, OPERATION_MULTIPLY, x, w, sqrt(0.5));
    int32_t e = with_number(b, OPERATION_ADD, alone(b, OPERATION_ERF, z, w), w, 1);
    int32_t half = with_number(b, OPERATION_MULTIPLY, e, w, 0.5);
    return together(b, OPERATION_MULTIPLY, x, half, w);
}

static int32_t soft_sign(builder *b, int32_t x, int32_t w)
{
    int32_t size = alone(b, OPERATION_ABS, x, w);
    return together(b, OPERATION_DIVIDE, x, with_number(b, OPERATION_ADD, size, w, 1), w);
}

static int32_t hard_sigmoid(builder *b, int32_t x, int32_t w)
{
    int32_t sixth = with_number(b, OPERATION_MULTIPLY, x, w, 1.0 / 6);
    int32_t mid = with_number(b, OPERATION_ADD, sixth, w, 0.5);
    return with_number(b, OPERATION_MIN, above(b, mid, w), w, 1);
}

static int32_t softmax(builder *b, int32_t x, int32_t w)
{
    int32_t most = alone(b, OPERATION_ROW_MAX, x, 1);
    int32_t less = together(b, OPERATION_SUBTRACT, x, most, w);
    int32_t e = alone(b, OPERATION_EXP, less, w);
    return together(b, OPERATION_DIVIDE, e, alone(b, OPERATION_ROW_SUM, e, 1), w);
}

static int32_t mish(builder *b, int32_t x, int32_t w)
{
    int32_t t = alone(b, OPERATION_TANH, soft_plus(b, x, w), w);
    return together(b, OPERATION_MULTIPLY, x, t, w);
}

static int32_t unit(builder *b, const struct unit_shape *u, int32_t x, int32_t w)
{
    switch (u->unit) {
    case UNIT_RELU:
        return above(b, x, w);
    case UNIT_SIGMOID:
        return alone(b, OPERATION_SIGMOID, x, w);
    case UNIT_TANH:
        return alone(b, OPERATION_TANH, x, w);
    case UNIT_ELU:
        return elu(b, x, w, (double)u->alpha, 1);
    case UNIT_SELU:
        return elu(b, x, w, 1.6732632423543772, 1.0507009873554805);
    case UNIT_GELU:
        return gelu(b, x, w);
    case UNIT_SILU:
        return together(b, OPERATION_MULTIPLY, x, alone(b, OPERATION_SIGMOID, x, w), w);
    case UNIT_SOFTPLUS:
        return soft_plus(b, x, w);
    case UNIT_SOFTSIGN:
        return soft_sign(b, x, w);
    case UNIT_MISH:
        return mish(b, x, w);
    case UNIT_EXPONENTIAL:
        return alone(b, OPERATION_EXP, x, w);
    case UNIT_HARD_SIGMOID:
        return hard_sigmoid(b, x, w);
    case UNIT_RAMP:
        return ramp(b, x, w, u);
    case UNIT_SOFTMAX:
        return softmax(b, x, w);
    default:
        return x;
    }
}

/* ---- Layers */

static int32_t dense(builder *b, const layer *l, const float *params, int32_t x)
{
    int64_t n = (int64_t)l->n_in * l->n_out;
    float *w = constant(b, n);
    if (w) memcpy(w, params + l->kernel, (size_t)n * sizeof *w);
    int32_t y = push(b, (operation){ OPERATION_PRODUCT, x, -1, w, l->n_out, l->n_out, 0 });
    return l->spec.no_bias ? y : with_row(b, OPERATION_ADD, y, params + l->bias, l->n_out);
}

/* As a Dense with zeros between the groups. */
static int32_t groups(builder *b, const layer *l, const float *params, int32_t x)
{
    const layer_spec *s = &l->spec;
    float *w = constant(b, (int64_t)l->n_in * l->n_out);
    for (int32_t g = 0; g < s->n_groups && w; g++)
        for (int32_t i = s->group_at[g]; i < s->group_at[g + 1]; i++)
            memcpy(w + (int64_t)i * l->n_out + (int64_t)g * s->units,
                   params + l->kernel + (int64_t)i * s->units, (size_t)s->units * sizeof *w);
    int32_t y = push(b, (operation){ OPERATION_PRODUCT, x, -1, w, l->n_out, l->n_out, 0 });
    return with_row(b, OPERATION_ADD, y, params + l->bias, l->n_out);
}

static int32_t batch_norm(builder *b, const layer *l, const float *params, int32_t x)
{
    int32_t w = l->n_out;
    float *scale = constant(b, w), *shift = constant(b, w);
    for (int32_t j = 0; j < w && scale && shift; j++) {
        double v = (double)params[l->moving_variance + j] + (double)l->spec.epsilon;
        double by = (double)params[l->gamma + j] / sqrt(v);
        scale[j] = (float)by;
        shift[j] = (float)((double)params[l->beta + j] - (double)params[l->moving_mean + j] * by);
    }
    int32_t y = push(b, (operation){ OPERATION_MULTIPLY, x, -1, scale, w, w, 0 });
    return push(b, (operation){ OPERATION_ADD, y, -1, shift, w, w, 0 });
}

static int32_t layer_norm(builder *b, const layer *l, const float *params, int32_t x)
{
    int32_t w = l->n_out;
    int32_t d = together(b, OPERATION_SUBTRACT, x, alone(b, OPERATION_ROW_MEAN, x, 1), w);
    int32_t square = together(b, OPERATION_MULTIPLY, d, d, w);
    int32_t mean = alone(b, OPERATION_ROW_MEAN, square, 1);
    int32_t more = with_number(b, OPERATION_ADD, mean, 1, (double)l->spec.epsilon);
    int32_t u = together(b, OPERATION_DIVIDE, d, alone(b, OPERATION_SQRT, more, 1), w);
    u = with_row(b, OPERATION_MULTIPLY, u, params + l->gamma, w);
    return with_row(b, OPERATION_ADD, u, params + l->beta, w);
}

static int32_t prelu(builder *b, const layer *l, const float *params, int32_t x)
{
    int32_t w = l->n_out;
    int32_t low = with_row(b, OPERATION_MULTIPLY, below(b, x, w), params + l->alpha, w);
    return together(b, OPERATION_ADD, above(b, x, w), low, w);
}

static int32_t take_apart(builder *b, const layer *l, const float *params, int32_t x)
{
    const struct unit_shape u = unit_of(&l->spec);
    switch (l->spec.kind) {
    case LAYER_DENSE:
        return unit(b, &u, dense(b, l, params, x), l->n_out);
    case LAYER_GROUPS:
        return unit(b, &u, groups(b, l, params, x), l->n_out);
    case LAYER_BATCH_NORM:
        return batch_norm(b, l, params, x);
    case LAYER_LAYER_NORM:
        return layer_norm(b, l, params, x);
    case LAYER_PRELU:
        return prelu(b, l, params, x);
    case LAYER_DROPOUT:
    case LAYER_GAUSSIAN_NOISE:
        return x; /* nothing, in a prediction */
    default:
        return unit(b, &u, x, l->n_out);
    }
}

status network_operations(operation **out, int32_t *n, const network *net, const float *params,
                          arena *mem, propense_error *err)
{
    builder b = { .all = TAKE(mem, operation, (int64_t)most_a_layer * net->n_layers + 1),
                  .mem = mem };
    int32_t x = 0;
    *n = 0;
    if (!b.all) return fail_memory(err);
    for (b.layer = 0; b.layer < net->n_layers; b.layer++)
        x = take_apart(&b, &net->layers[b.layer], params, x);
    b.layer = net->n_layers - 1;
    if (net->head == HEAD_SOFTMAX) (void)with_number(&b, OPERATION_COLUMN, x, 1, 1);
    *out = b.all;
    *n = b.n;
    return b.bad ? fail_memory(err) : PROPENSE_OK;
}
