/* Layers that are one function: Activation, LeakyReLU, ELU, ReLU, Softmax. y = unit(x), and
 * dx = dy unit'(x), the derivative taken from y or x. Leaves the functions to unit.c and the
 * kernels. Read layer.h first. */
#include <string.h>

#include "layer.h"

static status check_shape(const layer_spec *s, propense_error *err)
{
    if (s->kind == LAYER_RELU && !(s->max_value >= 0))
        return fail(err, PROPENSE_E_ARG, "a ReLU layer's max_value is not above 0");
    if (s->kind == LAYER_RELU && !(s->threshold >= 0))
        return fail(err, PROPENSE_E_ARG, "a ReLU layer's threshold is below 0");
    if (!(s->alpha >= 0) || s->alpha > 1e6F)
        return fail(err, PROPENSE_E_ARG, "the slope or alpha of an activation is not from 0 on");
    return PROPENSE_OK;
}

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    (void)n_params, (void)n_trainable;
    l->n_out = l->n_in;
    return check_shape(&l->spec, err);
}

static int64_t own_floats(const layer *l, int64_t batch)
{
    (void)l, (void)batch;
    return 0;
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out;
    unit_rows(s->k, &t->unit, t->y + at, t->x + at, last - first, l->n_out);
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out, n = (last - first) * l->n_out;
    if (!t->dx || n < 1) return;
    memcpy(t->dx + at, t->dy + at, (size_t)n * sizeof *t->dx);
    unit_rows_back(s->k, &t->unit, t->dx + at, t->y + at, t->x + at, last - first, l->n_out);
}

static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    (void)params;
    for (int64_t j = 0; j < l->n_out; j++)
        memcpy(y + j * stride, x + j * stride, (size_t)n * sizeof *y);
    unit_block(k, unit, y, l->n_out, stride, n);
}

const layer_ops activation_ops = { .plan = plan,
                                   .own_floats = own_floats,
                                   .forward = forward,
                                   .backward = backward,
                                   .predict = predict };
