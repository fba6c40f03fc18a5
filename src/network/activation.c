/* Activation: y = unit(x), element by element: what Keras models have between layers.
 * Leaves the functions to the kernels.
 * Read layer.h first. */
#include <string.h>

#include "layer.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    (void)n_params, (void)n_trainable, (void)err;
    l->n_out = l->n_in;
    return PROPENSE_OK;
}

static int64_t own_floats(const layer *l, int64_t batch)
{
    (void)l, (void)batch;
    return 0;
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out, n = (last - first) * l->n_out;
    if (n < 1) return;
    memcpy(t->y + at, t->x + at, (size_t)n * sizeof *t->y);
    s->k->activate(t->y + at, n, t->unit);
}

/* dx = dy unit'(x), the derivative taken from y. */
static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out, n = (last - first) * l->n_out;
    if (!t->dx || n < 1) return;
    memcpy(t->dx + at, t->dy + at, (size_t)n * sizeof *t->dx);
    s->k->activate_back(t->dx + at, t->y + at, n, t->unit);
}

static void predict(const struct kernels *k, const layer *l, const float *params, int unit,
                    const float *x, float *y, int64_t stride, int64_t n)
{
    (void)params;
    for (int64_t j = 0; j < l->n_out; j++) {
        memcpy(y + j * stride, x + j * stride, (size_t)n * sizeof *y);
        k->activate(y + j * stride, n, unit);
    }
}

const layer_ops activation_ops = { .plan = plan,
                                   .own_floats = own_floats,
                                   .forward = forward,
                                   .backward = backward,
                                   .predict = predict };
