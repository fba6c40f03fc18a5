/* LayerNormalization (Ba, Kiros & Hinton 2016) over the n units of a row, as in Keras 3:
 *
 *     u = (x - mean) / sqrt(variance + epsilon), y = gamma u + beta, the variance biased;
 *     dx = (g - mean g - u mean(g u)) / sqrt(variance + epsilon), g = dy gamma;
 *     dgamma = sum(dy u), dbeta = sum dy over the rows.
 *
 * Sums are in double, over units or rows in order. Leaves the step along the gradient to the
 * optimiser. Read layer.h first. */
#include <math.h>

#include "layer.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    const layer_spec *s = &l->spec;
    if (!(s->epsilon > 0 && s->epsilon <= 1))
        return fail(err, PROPENSE_E_ARG, "the epsilon of a normalisation is not above 0, up to 1");
    l->n_out = l->n_in;
    l->gamma = layer_claim(n_params, l->n_out);
    if (l->gamma >= 0) l->beta = layer_claim(n_params, l->n_out);
    if (l->beta < 0) return fail_memory(err);
    *n_trainable += (int64_t)l->n_out * (!s->no_scale + !s->no_center);
    return PROPENSE_OK;
}

static void init(const layer *l, float *params, uint64_t seed)
{
    (void)seed;
    for (int32_t j = 0; j < l->n_out; j++) params[l->gamma + j] = 1, params[l->beta + j] = 0;
}

/* 1 / sqrt(variance + epsilon) of every row, then u. */
static int64_t own_floats(const layer *l, int64_t batch)
{
    return batch >= INT64_MAX / 8 / (l->n_out + 1) ? -1 : batch * (l->n_out + 1);
}

static void forward_row(float *u, float *inverse, const float *x, int64_t n, float epsilon)
{
    double sum = 0, squares = 0;
    for (int64_t j = 0; j < n; j++) sum += (double)x[j];
    double mean = sum / (double)n;
    for (int64_t j = 0; j < n; j++) {
        double d = (double)x[j] - mean;
        squares += d * d;
    }
    double by = 1 / sqrt(squares / (double)n + (double)epsilon);
    for (int64_t j = 0; j < n; j++) u[j] = (float)(((double)x[j] - mean) * by);
    *inverse = (float)by;
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *gamma = s->params + l->gamma, *beta = s->params + l->beta;
    int64_t n = l->n_out;
    for (int64_t r = first; r < last; r++) {
        float *u = t->own + s->batch + r * n;
        forward_row(u, &t->own[r], t->x + r * n, n, l->spec.epsilon);
        for (int64_t j = 0; j < n; j++) t->y[r * n + j] = u[j] * gamma[j] + beta[j];
    }
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *gamma = s->params + l->gamma;
    int64_t n = l->n_out;
    for (int64_t r = first; r < last && t->dx; r++) {
        const float *u = t->own + s->batch + r * n, *dy = t->dy + r * n;
        double sum = 0, along = 0;
        for (int64_t j = 0; j < n; j++) {
            double g = (double)dy[j] * (double)gamma[j];
            sum += g;
            along += g * (double)u[j];
        }
        sum /= (double)n, along /= (double)n;
        for (int64_t j = 0; j < n; j++) {
            double g = (double)dy[j] * (double)gamma[j];
            t->dx[r * n + j] = (float)((double)t->own[r] * (g - sum - (double)u[j] * along));
        }
    }
}

static void gradient(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t n = l->n_out;
    for (int64_t j = first; j < last; j++) {
        double by_scale = 0, by_shift = 0;
        for (int64_t r = 0; r < s->batch; r++) {
            double dy = (double)t->dy[r * n + j];
            by_scale += dy * (double)t->own[s->batch + r * n + j];
            by_shift += dy;
        }
        s->gradient[l->gamma + j] = (float)by_scale;
        s->gradient[l->beta + j] = (float)by_shift;
    }
}

static void learn(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    gradient(s, l, t, first, last);
    if (!l->spec.no_scale) learn_here(s, l->gamma + first, last - first);
    if (!l->spec.no_center) learn_here(s, l->beta + first, last - first);
}

static int tensors(const layer *l, tensor out[layer_tensors])
{
    int n = 0;
    if (!l->spec.no_scale) out[n++] = (tensor){ .at = l->gamma, .rows = l->n_out, .cols = 1 };
    if (!l->spec.no_center) out[n++] = (tensor){ .at = l->beta, .rows = l->n_out, .cols = 1 };
    return n;
}

/* A customer a lane; the same operations in the same order as forward_row's. */
static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    double mean[network_block_rows] = { 0 }, by[network_block_rows] = { 0 };
    (void)unit, (void)k;
    for (int64_t j = 0; j < l->n_out; j++)
        for (int64_t i = 0; i < n; i++) mean[i] += (double)x[j * stride + i];
    for (int64_t i = 0; i < n; i++) mean[i] /= (double)l->n_out;
    for (int64_t j = 0; j < l->n_out; j++)
        for (int64_t i = 0; i < n; i++) {
            double d = (double)x[j * stride + i] - mean[i];
            by[i] += d * d;
        }
    for (int64_t i = 0; i < n; i++)
        by[i] = 1 / sqrt(by[i] / (double)l->n_out + (double)l->spec.epsilon);
    for (int64_t j = 0; j < l->n_out; j++) {
        float gamma = params[l->gamma + j], beta = params[l->beta + j];
        for (int64_t i = 0; i < n; i++) {
            float u = (float)(((double)x[j * stride + i] - mean[i]) * by[i]);
            y[j * stride + i] = u * gamma + beta;
        }
    }
}

const layer_ops layer_norm_ops = { .plan = plan,
                                   .init = init,
                                   .own_floats = own_floats,
                                   .forward = forward,
                                   .backward = backward,
                                   .learn = learn,
                                   .gradient = gradient,
                                   .tensors = tensors,
                                   .predict = predict,
                                   .learns_here = 1 };
