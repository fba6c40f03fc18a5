/* BatchNormalization (Ioffe & Szegedy 2015) over the units, as in Keras 3: in training
 *
 *     u = (x - mean) / sqrt(variance + epsilon), y = gamma u + beta
 *
 * with the batch's mean and biased variance of each unit, which move the averages that predictions
 * take: moving = momentum moving + (1 - momentum) batch's. With g = gamma / sqrt(variance +
 * epsilon) the way back over N rows is
 *
 *     dx = g / N (N dy - sum dy - u sum(dy u)), dgamma = sum(dy u), dbeta = sum dy.
 *
 * A unit's sums belong to one worker and go over the rows in order, in double. Leaves the step
 * along the gradient to the optimiser. Read layer.h first. */
#include <math.h>

#include "layer.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    const layer_spec *s = &l->spec;
    if (!(s->momentum >= 0 && s->momentum <= 1))
        return fail(err, PROPENSE_E_ARG, "the momentum of a BatchNormalization is not 0 to 1");
    if (!(s->epsilon > 0 && s->epsilon <= 1))
        return fail(err, PROPENSE_E_ARG, "the epsilon of a normalisation is not above 0, up to 1");
    l->n_out = l->n_in;
    l->gamma = layer_claim(n_params, l->n_out);
    if (l->gamma >= 0) l->beta = layer_claim(n_params, l->n_out);
    if (l->beta >= 0) l->moving_mean = layer_claim(n_params, l->n_out);
    if (l->moving_mean >= 0) l->moving_variance = layer_claim(n_params, l->n_out);
    if (l->moving_variance < 0) return fail_memory(err);
    *n_trainable += (int64_t)l->n_out * (!s->no_scale + !s->no_center);
    return PROPENSE_OK;
}

static void init(const layer *l, float *params, uint64_t seed)
{
    (void)seed;
    for (int32_t j = 0; j < l->n_out; j++) {
        params[l->gamma + j] = params[l->moving_variance + j] = 1;
        params[l->beta + j] = params[l->moving_mean + j] = 0;
    }
}

/* Of the batch: mean, 1 / sqrt(variance + epsilon), sums of dy u and dy; then u of every row. */
static int64_t own_floats(const layer *l, int64_t batch)
{
    return batch >= INT64_MAX / 8 / l->n_out ? -1 : (batch + 4) * l->n_out;
}
static float *units_of(const layer *l, const tape *t)
{
    return t->own + (int64_t)4 * l->n_out;
}

/* Some units side by side, so that a sum need not wait for itself. */
enum { at_once = 8 };

static void moments(double mean[at_once], double variance[at_once], const float *x, int64_t stride,
                    int64_t rows, int64_t n)
{
    double sum[at_once] = { 0 };
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < n; j++) sum[j] += (double)x[r * stride + j];
    for (int64_t j = 0; j < n; j++) mean[j] = sum[j] / (double)rows, sum[j] = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < n; j++) {
            double d = (double)x[r * stride + j] - mean[j];
            sum[j] += d * d;
        }
    for (int64_t j = 0; j < n; j++) variance[j] = sum[j] / (double)rows;
}

static void average(float *moving, double batch, double momentum)
{
    *moving = (float)((double)*moving * momentum + batch * (1 - momentum));
}

static void forward_all(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    double mean[at_once], variance[at_once], momentum = (double)l->spec.momentum;
    for (int64_t at = first; at < last; at += at_once) {
        int64_t n = last - at < at_once ? last - at : at_once;
        moments(mean, variance, t->x + at, l->n_out, s->batch, n);
        for (int64_t j = 0; j < n; j++) {
            t->own[at + j] = (float)mean[j];
            t->own[l->n_out + at + j] = (float)(1 / sqrt(variance[j] + (double)l->spec.epsilon));
            average(&s->params[l->moving_mean + at + j], mean[j], momentum);
            average(&s->params[l->moving_variance + at + j], variance[j], momentum);
        }
    }
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *gamma = s->params + l->gamma, *beta = s->params + l->beta;
    const float *mean = t->own, *inverse = t->own + l->n_out;
    float *u = units_of(l, t);
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l->n_out; j++) {
            int64_t at = r * l->n_out + j;
            u[at] = (t->x[at] - mean[j]) * inverse[j];
            t->y[at] = u[at] * gamma[j] + beta[j];
        }
}

static void backward_all(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *u = units_of(l, t);
    for (int64_t at = first; at < last; at += at_once) {
        int64_t n = last - at < at_once ? last - at : at_once;
        double by_scale[at_once] = { 0 }, by_shift[at_once] = { 0 };
        for (int64_t r = 0; r < s->batch; r++)
            for (int64_t j = 0; j < n; j++) {
                double dy = (double)t->dy[r * l->n_out + at + j];
                by_scale[j] += dy * (double)u[r * l->n_out + at + j];
                by_shift[j] += dy;
            }
        for (int64_t j = 0; j < n; j++) {
            t->own[(int64_t)2 * l->n_out + at + j] = (float)by_scale[j];
            t->own[(int64_t)3 * l->n_out + at + j] = (float)by_shift[j];
        }
    }
}

static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    const float *gamma = s->params + l->gamma, *inverse = t->own + l->n_out;
    const float *by_scale = inverse + l->n_out, *by_shift = by_scale + l->n_out;
    const float *u = units_of(l, t);
    float share = (float)(1.0 / (double)s->batch);
    if (!t->dx) return;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l->n_out; j++) {
            int64_t at = r * l->n_out + j;
            float even = t->dy[at] - share * (by_shift[j] + u[at] * by_scale[j]);
            t->dx[at] = gamma[j] * inverse[j] * even;
        }
}

static void gradient(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    for (int64_t j = first; j < last; j++) {
        s->gradient[l->gamma + j] = t->own[(int64_t)2 * l->n_out + j];
        s->gradient[l->beta + j] = t->own[(int64_t)3 * l->n_out + j];
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

/* y = x scale + shift. */
static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    (void)unit, (void)k;
    for (int64_t j = 0; j < l->n_out; j++) {
        double variance = (double)params[l->moving_variance + j] + (double)l->spec.epsilon;
        double scale = (double)params[l->gamma + j] / sqrt(variance);
        double shift = (double)params[l->beta + j] - (double)params[l->moving_mean + j] * scale;
        float by = (float)scale, plus = (float)shift;
        for (int64_t i = 0; i < n; i++) y[j * stride + i] = x[j * stride + i] * by + plus;
    }
}

const layer_ops batch_norm_ops = { .plan = plan,
                                   .init = init,
                                   .own_floats = own_floats,
                                   .forward_all = forward_all,
                                   .forward = forward,
                                   .backward_all = backward_all,
                                   .backward = backward,
                                   .learn = learn,
                                   .gradient = gradient,
                                   .tensors = tensors,
                                   .predict = predict,
                                   .learns_here = 1 };
