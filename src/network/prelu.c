/* PReLU (He et al. 2015): y = x > 0 ? x : alpha_j x, with one slope a unit, learned.
 * dalpha_j is the sum of dy x over the rows with x <= 0. Leaves the step along it to the optimiser.
 * Read layer.h first. */
#include "layer.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    l->n_out = l->n_in;
    l->alpha = layer_claim(n_params, l->n_out);
    if (l->alpha < 0) return fail_memory(err);
    *n_trainable += l->n_out;
    return PROPENSE_OK;
}

static void init(const layer *l, float *params, uint64_t seed)
{
    (void)seed;
    for (int32_t j = 0; j < l->n_out; j++) params[l->alpha + j] = l->spec.alpha;
}

static int64_t own_floats(const layer *l, int64_t batch)
{
    (void)l, (void)batch;
    return 0;
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *alpha = s->params + l->alpha;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l->n_out; j++) {
            float x = t->x[r * l->n_out + j];
            t->y[r * l->n_out + j] = x > 0 ? x : alpha[j] * x;
        }
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *alpha = s->params + l->alpha;
    if (!t->dx) return;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l->n_out; j++) {
            int64_t at = r * l->n_out + j;
            t->dx[at] = t->x[at] > 0 ? t->dy[at] : alpha[j] * t->dy[at];
        }
}

static void gradient(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    for (int64_t j = first; j < last; j++) {
        double sum = 0;
        for (int64_t r = 0; r < s->batch; r++) {
            float x = t->x[r * l->n_out + j];
            if (!(x > 0)) sum += (double)x * (double)t->dy[r * l->n_out + j];
        }
        s->gradient[l->alpha + j] = (float)sum;
    }
}

static void learn(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    gradient(s, l, t, first, last);
    learn_here(s, l->alpha + first, last - first);
}

static int tensors(const layer *l, tensor out[layer_tensors])
{
    out[0] = (tensor){ .at = l->alpha, .rows = l->n_out, .cols = 1 };
    return 1;
}

static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    (void)unit, (void)k;
    for (int64_t j = 0; j < l->n_out; j++)
        for (int64_t i = 0; i < n; i++) {
            float z = x[j * stride + i];
            y[j * stride + i] = z > 0 ? z : params[l->alpha + j] * z;
        }
}

const layer_ops prelu_ops = { .plan = plan,
                              .init = init,
                              .own_floats = own_floats,
                              .forward = forward,
                              .backward = backward,
                              .learn = learn,
                              .gradient = gradient,
                              .tensors = tensors,
                              .predict = predict,
                              .learns_here = 1 };
