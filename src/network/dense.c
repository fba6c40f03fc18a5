/* Dense: y = unit(x W + b), x: [batch][n_in], W: [n_in][n_out], b: [n_out].
 * Leaves the arithmetic to the kernels.
 * Read layer.h first. */
#include "layer.h"

static status plan(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err)
{
    if (l->spec.units < 1)
        return fail(err, PROPENSE_E_ARG, "a Dense layer has %d units, expected at least 1",
                    l->spec.units);
    if (!(l->spec.l1 >= 0 && l->spec.l1 <= 1e6F && l->spec.l2 >= 0 && l->spec.l2 <= 1e6F))
        return fail(err, PROPENSE_E_ARG, "a penalty on weights is not from 0 to 1000000");
    if (!(l->spec.max_norm >= 0))
        return fail(err, PROPENSE_E_ARG, "the longest norm of weights is not from 0 on");
    l->n_out = l->spec.units;
    int64_t weights = (int64_t)l->n_in * l->n_out;
    l->kernel = layer_claim(n_params, weights);
    l->bias = l->kernel < 0 ? -1 : layer_claim(n_params, l->n_out);
    if (l->bias < 0) return fail_memory(err);
    *n_trainable += weights + (l->spec.no_bias ? 0 : l->n_out);
    return PROPENSE_OK;
}

static void init(const layer *l, float *params, uint64_t seed)
{
    kernel_init(l, params + l->kernel, seed);
    for (int64_t i = 0; i < l->n_out; i++) params[l->bias + i] = 0;
}

/* The gradient of b; then the sums of the batch, where the way back needs them. */
static int64_t bias_floats(const layer *l)
{
    return ((int64_t)l->n_out + 15) / 16 * 16;
}
static int64_t own_floats(const layer *l, int64_t batch)
{
    const struct unit_shape u = unit_of(&l->spec);
    int64_t n = bias_floats(l);
    if (!unit_needs_input(&u)) return n;
    return batch > (INT64_MAX / 8 - n) / l->n_out ? -1 : n + batch * l->n_out;
}

/* On the way back W is wanted transposed. Some of its rows at a time are turned into columns and
 * used while they are in the nearest cache: a whole copy would have to come from afar, and from
 * another core half of the time. */
enum { turned_rows = 48 };
static int64_t scratch_floats(const layer *l)
{
    return (int64_t)l->n_out * turned_rows;
}

static void sums(const step *s, const layer *l, const tape *t, float *z, int64_t first,
                 int64_t last)
{
    const float *x = t->x + first * l->n_in, *w = s->params + l->kernel, *b = s->params + l->bias;
    if (l->n_out == 1)
        s->k->dots(z, x, l->n_in, w, *b, last - first, l->n_in);
    else
        s->k->product(&(struct product){ .rows = last - first,
                                         .cols = l->n_out,
                                         .inner = l->n_in,
                                         .a = x,
                                         .a_stride = l->n_in,
                                         .b = w,
                                         .b_stride = l->n_out,
                                         .c = z,
                                         .c_stride = l->n_out,
                                         .col_bias = b,
                                         .relu = t->unit.unit == UNIT_RELU });
}

static void forward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out;
    float *y = t->y + at, *z = unit_needs_input(&t->unit) ? t->own + bias_floats(l) + at : y;
    sums(s, l, t, z, first, last);
    if (t->unit.unit != UNIT_RELU || l->n_out == 1)
        unit_rows(s->k, &t->unit, y, z, last - first, l->n_out);
}

/* dx = dz W', columns k .. k + n - 1. */
static void input_gradient(const step *s, const layer *l, const tape *t, int64_t first,
                           int64_t last, int64_t k, int64_t n)
{
    const float *rows = s->params + l->kernel + k * l->n_out;
    struct product p = { .rows = last - first,
                         .cols = n,
                         .inner = l->n_out,
                         .a = t->dy + first * l->n_out,
                         .a_stride = l->n_out,
                         .b = s->scratch,
                         .b_stride = turned_rows,
                         .c = t->dx + first * l->n_in + k,
                         .c_stride = l->n_in };
    if (l->n_out == 1)
        p.b = rows; /* a column is its own transpose */
    else
        s->k->transpose(s->scratch, turned_rows, rows, l->n_out, n, l->n_out);
    s->k->product(&p);
}

/* dz = dy unit'(z), then dx = dz W'. */
static void backward(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    int64_t at = first * l->n_out;
    unit_rows_back(s->k, &t->unit, t->dy + at, t->y + at, t->own + bias_floats(l) + at,
                   last - first, l->n_out);
    for (int64_t k = 0; t->dx && k < l->n_in; k += turned_rows)
        input_gradient(s, l, t, first, last, k,
                       l->n_in - k < turned_rows ? l->n_in - k : turned_rows);
}

/* dW = x' dz for some rows of W. With one output the product is taken the other way round, so that
 * the lanes lie along the inputs. */
static struct product slope(const step *s, const layer *l, const tape *t, int64_t first,
                            int64_t last, float *into)
{
    const float *x = t->x + first;
    struct product p = { .inner = s->batch, .a_across = 1, .c = into };
    if (l->n_out == 1) {
        p.rows = 1, p.a = t->dy, p.a_stride = 1;
        p.cols = p.c_stride = last - first, p.b = x, p.b_stride = l->n_in;
    } else {
        p.rows = last - first, p.a = x, p.a_stride = l->n_in;
        p.cols = p.c_stride = p.b_stride = l->n_out, p.b = t->dy;
    }
    return p;
}

/* Whoever has the first row takes the bias along: db = sum of dz over the rows. */
static void learn(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    if (first >= last) return;
    if (first == 0 && !l->spec.no_bias) {
        s->k->column_sums(t->own, t->dy, l->n_out, s->batch, l->n_out);
        s->k->adam(s->params + l->bias, s->m + l->bias, s->v + l->bias, t->own, l->n_out, &s->adam);
    }
    int64_t at = l->kernel + first * l->n_out;
    const struct product p = slope(s, l, t, first, last, s->params + at);
    s->k->descend(&p, s->m + at, s->v + at, &s->adam);
}

static void gradient(const step *s, const layer *l, const tape *t, int64_t first, int64_t last)
{
    if (first >= last) return;
    if (first == 0 && !l->spec.no_bias)
        s->k->column_sums(s->gradient + l->bias, t->dy, l->n_out, s->batch, l->n_out);
    int64_t at = l->kernel + first * l->n_out;
    const struct product p = slope(s, l, t, first, last, s->gradient + at);
    s->k->product(&p);
    if (l->spec.l1 > 0 || l->spec.l2 > 0)
        s->k->penalise(s->gradient + at, s->params + at, (last - first) * l->n_out, l->spec.l1,
                       l->spec.l2);
}

static int tensors(const layer *l, tensor out[layer_tensors])
{
    const layer_spec *s = &l->spec;
    out[0] = (tensor){ l->kernel, l->n_in, l->n_out, s->l1, s->l2, s->max_norm };
    if (s->no_bias) return 1;
    out[1] = (tensor){ .at = l->bias, .rows = l->n_out, .cols = 1 };
    return 2;
}

/* y = W' x with a customer a column: the same chains as forward's, with no idle lanes. */
static void predict(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n)
{
    k->product(&(struct product){ .rows = l->n_out,
                                  .cols = n,
                                  .inner = l->n_in,
                                  .a = params + l->kernel,
                                  .a_stride = l->n_out,
                                  .a_across = 1,
                                  .b = x,
                                  .b_stride = stride,
                                  .c = y,
                                  .c_stride = stride,
                                  .row_bias = params + l->bias,
                                  .relu = unit->unit == UNIT_RELU });
    if (unit->unit != UNIT_RELU) unit_block(k, unit, y, l->n_out, stride, n);
}

const layer_ops dense_ops = { .plan = plan,
                              .init = init,
                              .own_floats = own_floats,
                              .scratch_floats = scratch_floats,
                              .forward = forward,
                              .backward = backward,
                              .learn = learn,
                              .gradient = gradient,
                              .tensors = tensors,
                              .predict = predict };
