/* GaussianNoise: in training y = x + stddev N(0, 1), drawn for every row and unit; else y = x.
 * A draw is a function of seed, layer, step, row in the batch and unit: random.h's counter, four
 * units a block, by the normal distribution's inverse. Read layer.h first. */
#include <string.h>

#include "layer.h"
#include "maths.h"
#include "random.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    (void)n_params, (void)n_trainable;
    if (!(l->spec.stddev >= 0 && l->spec.stddev <= 1e6F))
        return fail(err, PROPENSE_E_ARG, "the stddev of a GaussianNoise layer is not from 0 on");
    l->n_out = l->n_in;
    return PROPENSE_OK;
}

static int64_t own_floats(const layer *l, int64_t batch)
{
    (void)l, (void)batch;
    return 0;
}

static void add_noise(float *y, const float *x, int64_t n, const uint32_t words[4], double stddev)
{
    for (int64_t i = 0; i < n; i++) {
        double u = ((double)words[i] + 0.5) / 4294967296.0;
        y[i] = (float)((double)x[i] + stddev * m_normal_quantile(u));
    }
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    draw_key key = { s->seed, DRAW_NOISE, (uint32_t)l->number };
    int64_t n = l->n_out, blocks = (n + 3) / 4;
    for (int64_t r = first; r < last; r++)
        for (int64_t b = 0; b < blocks; b++) {
            uint32_t words[4];
            int64_t at = r * n + 4 * b, some = n - 4 * b < 4 ? n - 4 * b : 4;
            draw_block(words, key, s->number, (uint64_t)(r * blocks + b));
            add_noise(t->y + at, t->x + at, some, words, (double)l->spec.stddev);
        }
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    (void)s;
    int64_t at = first * l->n_out, n = (last - first) * l->n_out;
    if (t->dx && n > 0) memcpy(t->dx + at, t->dy + at, (size_t)n * sizeof *t->dx);
}

const layer_ops noise_ops = {
    .plan = plan, .own_floats = own_floats, .forward = forward, .backward = backward, .random = 1
};
