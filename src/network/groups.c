/* Groups: y = unit(x W + b) with a block-diagonal W: group g's inputs, columns at[g] .. at[g + 1] -
 * 1, feed its own `units` outputs and no others. Only the blocks are kept: W is [n_in][units], row
 * i being input i's weights to the units of its group; b is [n_groups * units]. Leaves the
 * arithmetic to the kernels. Read layer.h first. */
#include <math.h>

#include "layer.h"
#include "random.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    const layer_spec *s = &l->spec;
    int is_whole = s->units > 0 && s->n_groups > 0 && s->group_at && s->group_at[0] == 0 &&
                   s->group_at[s->n_groups] == l->n_in && s->n_groups <= INT32_MAX / s->units;
    for (int32_t g = 0; is_whole && g < s->n_groups; g++)
        is_whole = s->group_at[g] < s->group_at[g + 1];
    if (!is_whole)
        return fail(err, PROPENSE_E_ARG, "the groups of a layer do not cover its %d inputs",
                    l->n_in);
    const struct unit_shape unit = unit_of(s);
    if (unit_needs_input(&unit) || unit.unit == UNIT_SOFTMAX)
        return fail(err, PROPENSE_E_ARG,
                    "a layer of groups takes linear, relu, sigmoid or tanh; put another activation "
                    "into a layer of its own");
    l->n_out = s->units * s->n_groups;
    int64_t weights = (int64_t)l->n_in * s->units;
    l->kernel = layer_claim(n_params, weights);
    l->bias = l->kernel < 0 ? -1 : layer_claim(n_params, l->n_out);
    if (l->bias < 0) return fail_memory(err);
    *n_trainable += weights + l->n_out;
    return PROPENSE_OK;
}

/* U(-L, L), L = 1 / sqrt(inputs of the group); biases U(-0.1, 0.1). */
static void init(const layer *l, float *params, uint64_t seed)
{
    draw_key key = { seed, DRAW_INIT, (uint32_t)l->number };
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    int64_t n = (int64_t)l->n_in * units;
    for (int32_t g = 0; g < l->spec.n_groups; g++) {
        double limit = 1 / sqrt((double)(at[g + 1] - at[g]));
        for (int64_t i = (int64_t)at[g] * units; i < (int64_t)at[g + 1] * units; i++)
            params[l->kernel + i] = (float)(limit * (2 * draw_double(key, 0, (uint64_t)i) - 1));
    }
    for (int64_t i = 0; i < l->n_out; i++)
        params[l->bias + i] = (float)(0.1 * (2 * draw_double(key, 0, (uint64_t)(n + i)) - 1));
}

/* The gradient of b. */
static int64_t own_floats(const layer *l, int64_t batch)
{
    (void)batch;
    return l->n_out;
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    float *y = t->y + first * l->n_out;
    for (int32_t g = 0; g < l->spec.n_groups; g++)
        s->k->product(&(struct product){ .rows = last - first,
                                         .cols = units,
                                         .inner = at[g + 1] - at[g],
                                         .a = t->x + first * l->n_in + at[g],
                                         .a_stride = l->n_in,
                                         .b = s->params + l->kernel + (int64_t)at[g] * units,
                                         .b_stride = units,
                                         .c = y + (int64_t)g * units,
                                         .c_stride = l->n_out,
                                         .col_bias = s->params + l->bias + (int64_t)g * units,
                                         .relu = t->unit.unit == UNIT_RELU });
    if (t->unit.unit != UNIT_RELU) s->k->activate(y, (last - first) * l->n_out, t->unit.unit);
}

/* dx = dz W' of each group, for one row: groups stand first in a network, where nobody asks. */
static void input_gradient(const step *s, const layer *l, const tape *t, int64_t row)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    const float *dz = t->dy + row * l->n_out;
    for (int32_t g = 0; g < l->spec.n_groups; g++, dz += units)
        s->k->dots(t->dx + row * l->n_in + at[g], s->params + l->kernel + (int64_t)at[g] * units,
                   units, dz, 0, at[g + 1] - at[g], units);
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out;
    s->k->activate_back(t->dy + at, t->y + at, (last - first) * l->n_out, t->unit.unit);
    for (int64_t row = first; t->dx && row < last; row++) input_gradient(s, l, t, row);
}

/* dW = x' dz within group g, for those of its rows that are among first .. last - 1. */
static struct product slope(const step *s, const layer *l, const tape *t, int32_t g, int64_t first,
                            int64_t last, float *block)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    int64_t from = at[g] > first ? at[g] : first, to = at[g + 1] < last ? at[g + 1] : last;
    return (struct product){ .rows = to > from ? to - from : 0,
                             .cols = units,
                             .inner = s->batch,
                             .a = t->x + from,
                             .a_stride = l->n_in,
                             .a_across = 1,
                             .b = t->dy + (int64_t)g * units,
                             .b_stride = l->n_out,
                             .c = block + l->kernel + from * units,
                             .c_stride = units };
}

/* Whoever has the first row takes the bias along. */
static void learn(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    if (first >= last) return;
    if (first == 0) {
        s->k->column_sums(t->own, t->dy, l->n_out, s->batch, l->n_out);
        s->k->adam(s->params + l->bias, s->m + l->bias, s->v + l->bias, t->own, l->n_out, &s->adam);
    }
    for (int32_t g = 0; g < l->spec.n_groups; g++) {
        const struct product p = slope(s, l, t, g, first, last, s->params);
        int64_t w = p.c - s->params;
        if (p.rows > 0) s->k->descend(&p, s->m + w, s->v + w, &s->adam);
    }
}

static void gradient(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    if (first >= last) return;
    if (first == 0) s->k->column_sums(s->gradient + l->bias, t->dy, l->n_out, s->batch, l->n_out);
    for (int32_t g = 0; g < l->spec.n_groups; g++) {
        const struct product p = slope(s, l, t, g, first, last, s->gradient);
        if (p.rows > 0) s->k->product(&p);
    }
}

static int tensors(const layer *l, tensor out[layer_tensors])
{
    out[0] = (tensor){ .at = l->kernel, .rows = l->n_in, .cols = l->spec.units };
    out[1] = (tensor){ .at = l->bias, .rows = l->n_out, .cols = 1 };
    return 2;
}

/* With a customer a column, as Dense does it. */
static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    for (int32_t g = 0; g < l->spec.n_groups; g++)
        k->product(&(struct product){ .rows = units,
                                      .cols = n,
                                      .inner = at[g + 1] - at[g],
                                      .a = params + l->kernel + (int64_t)at[g] * units,
                                      .a_stride = units,
                                      .a_across = 1,
                                      .b = x + at[g] * stride,
                                      .b_stride = stride,
                                      .c = y + (int64_t)g * units * stride,
                                      .c_stride = stride,
                                      .row_bias = params + l->bias + (int64_t)g * units,
                                      .relu = unit->unit == UNIT_RELU });
    if (unit->unit != UNIT_RELU) unit_block(k, unit, y, l->n_out, stride, n);
}

const layer_ops groups_ops = { .plan = plan,
                               .init = init,
                               .own_floats = own_floats,
                               .forward = forward,
                               .backward = backward,
                               .learn = learn,
                               .gradient = gradient,
                               .tensors = tensors,
                               .predict = predict };
