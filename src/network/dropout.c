/* Dropout (Srivastava et al. 2014), inverted as in Keras: in training a unit is 0 with probability
 * `rate` and times 1 / (1 - rate) else. Leaves the drawing to the kernels.
 * Read layer.h first. */
#include <math.h>

#include "layer.h"
#include "random.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    (void)n_params, (void)n_trainable;
    if (!(l->spec.rate >= 0 && l->spec.rate < 1))
        return fail(err, PROPENSE_E_ARG, "a dropout rate is not from 0 up to, but less than, 1");
    l->n_out = l->n_in;
    return PROPENSE_OK;
}

/* The factor of each unit: 0 or 1 / (1 - rate). */
static int64_t own_floats(const layer *l, int64_t batch)
{
    return batch * l->n_out;
}

/* A draw is a function of seed, layer, step, row in the batch and unit: random.h's counter. */
static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    struct dropout_draw draw = {
        .key = { (uint32_t)s->seed, (uint32_t)(s->seed >> 32) },
        .counter = { (uint32_t)DRAW_DROPOUT << 16, s->number, (uint32_t)l->number },
        .drop_below = (uint32_t)rint((double)l->spec.rate * 65536),
        .scale = 1.0F / (1.0F - l->spec.rate),
    };
    s->k->dropout(t->y, t->own, t->x, first * l->n_out, (last - first) * l->n_out, &draw);
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    if (!t->dx) return;
    int64_t at = first * l->n_out;
    s->k->multiply(t->dx + at, t->dy + at, t->own + at, (last - first) * l->n_out);
}

const layer_ops dropout_ops = {
    .plan = plan, .own_floats = own_floats, .forward = forward, .backward = backward, .random = 1
};
