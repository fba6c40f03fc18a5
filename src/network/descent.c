/* Penalties, clipping, optimisers and longest norms, in Keras' order: the penalty's gradient is
 * part of the gradient, then comes clipping, then the decay of weights, then the step, then norms.
 * Leaves the arithmetic to the kernels. Read descent.h first. */
#include "descent.h"

#include <math.h>

#include "loss.h"
#include "maths.h"

int descent_is_plain(const run *r)
{
    const optimiser_settings *o = &r->optimiser;
    if (o->kind != OPTIMISER_ADAM || o->weight_decay > 0) return 0;
    if (o->clip_value > 0 || o->clip_norm > 0 || o->clip_norm_global > 0) return 0;
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer_spec *s = &r->net->layers[i].spec;
        if (s->l1 > 0 || s->l2 > 0 || s->max_norm > 0) return 0;
    }
    return 1;
}

/* Adam's correction of the first steps, Kingma & Ba 2015 section 2, in double: in float
 * 1 - 0.999^t keeps under five digits at first. */
static void adam_numbers(step *s, const optimiser_settings *o, double rate, double t)
{
    double alpha = rate * sqrt(1 - m_pow(o->beta2, t)) / (1 - m_pow(o->beta1, t));
    s->adam = (struct adam_step){ (float)alpha, (float)(1 - o->beta1), (float)(1 - o->beta2),
                                  (float)o->epsilon };
}

/* Dozat 2016 with the momentum's own schedule. */
static double nadam_momentum(const optimiser_settings *o, double t)
{
    return o->beta1 * (1 - 0.5 * m_pow(0.96, t));
}
static void nadam_numbers(struct optimiser_step *d, const run *r, double t)
{
    double u = nadam_momentum(&r->optimiser, t), next = nadam_momentum(&r->optimiser, t + 1);
    double product = r->u_product * u;
    d->share_m = (float)(next / (1 - product * next));
    d->share_g = (float)((1 - u) / (1 - product));
    d->share_v = (float)(1 / (1 - m_pow(r->optimiser.beta2, t)));
}

static int kind_of(const optimiser_settings *o)
{
    switch (o->kind) {
    case OPTIMISER_NADAM:
        return DESCEND_NADAM;
    case OPTIMISER_SGD:
        return o->momentum > 0 ? DESCEND_MOMENTUM : DESCEND_PLAIN;
    case OPTIMISER_RMSPROP:
        return DESCEND_RMSPROP;
    default:
        return DESCEND_ADAM;
    }
}

void descent_numbers(step *s, const run *r, int64_t done)
{
    const optimiser_settings *o = &r->optimiser;
    double t = (double)(done + 1), rate = schedule_rate(&r->schedule, done);
    adam_numbers(s, o, rate, t);
    if (r->plain) return;
    struct optimiser_step *d = &s->descent;
    *d = (struct optimiser_step){ .kind = kind_of(o),
                                  .nesterov = o->nesterov,
                                  .adam = s->adam,
                                  .rate = (float)rate,
                                  .momentum = (float)o->momentum,
                                  .rho = (float)o->rho,
                                  .decay = (float)(o->weight_decay * rate) };
    if (o->kind == OPTIMISER_RMSPROP) d->adam.keep2 = (float)(1 - o->rho);
    if (o->kind == OPTIMISER_NADAM) nadam_numbers(d, r, t);
    if (!(o->clip_norm > 0 || o->clip_norm_global > 0)) d->clip = (float)o->clip_value;
}

/* Below 1e-30 the product is as good as 0, which would read as "not begun". */
void descent_count(run *r, int64_t done)
{
    if (r->optimiser.kind != OPTIMISER_NADAM || r->u_product < 1e-30) return;
    r->u_product *= nadam_momentum(&r->optimiser, (double)(done + 1));
}

void descent_gradients(run *r, const step *s, int worker, int n_workers)
{
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (ops->gradient)
            ops->gradient(s, l, &r->tapes[i], run_share(l->n_in, worker, n_workers),
                          run_share(l->n_in, worker + 1, n_workers));
    }
    if (n_workers > 1) pool_meet(r->pool, n_workers, worker);
}

/* What clipping by norm multiplies with: limit / max(norm, limit). Each worker adds up for itself:
 * a sum is not split, and a further meeting would take as long. */
static float cut(double squares, double limit)
{
    double norm = sqrt(squares);
    return norm > limit ? (float)(limit / norm) : 1.0F;
}
static double all_squares(const run *r, const step *s)
{
    double sum = 0;
    for (int64_t i = 0; i < r->n_tensors; i++)
        sum +=
            sum_of_squares(s->gradient + r->tensors[i].at, r->tensors[i].rows * r->tensors[i].cols);
    return sum;
}

/* Keras' MaxNorm over the weights into a unit: w min(norm, most) / (norm + 1e-7). */
static void limit_norms(float *w, const tensor *t, int64_t first, int64_t last)
{
    for (int64_t j = first; j < last; j++) {
        double squares = 0;
        for (int64_t i = 0; i < t->rows; i++) {
            double x = (double)w[i * t->cols + j];
            squares += x * x;
        }
        double norm = sqrt(squares), most = (double)t->max_norm;
        float factor = (float)((norm < most ? norm : most) / (norm + 1e-7));
        for (int64_t i = 0; i < t->rows; i++) w[i * t->cols + j] *= factor;
    }
}

static void limit_all(run *r, const step *s, int worker, int n_workers)
{
    int met = n_workers == 1;
    for (int64_t i = 0; i < r->n_tensors; i++) {
        const tensor *t = &r->tensors[i];
        if (!(t->max_norm > 0)) continue;
        if (!met) pool_meet(r->pool, n_workers, worker);
        met = 1;
        limit_norms(s->params + t->at, t, run_share(t->cols, worker, n_workers),
                    run_share(t->cols, worker + 1, n_workers));
    }
}

void descent_steps(run *r, const step *s, int worker, int n_workers)
{
    const optimiser_settings *o = &r->optimiser;
    int alone = o->clip_norm > 0, together = !alone && o->clip_norm_global > 0;
    float factor = together ? cut(all_squares(r, s), o->clip_norm_global) : 1.0F;
    for (int64_t i = 0; i < r->n_tensors; i++) {
        const tensor *t = &r->tensors[i];
        int64_t n = t->rows * t->cols;
        int64_t first = t->at + run_share(n, worker, n_workers);
        int64_t last = t->at + run_share(n, worker + 1, n_workers);
        if (alone) factor = cut(sum_of_squares(s->gradient + t->at, n), o->clip_norm);
        struct optimiser_step d = s->descent;
        d.factor = factor;
        if (first < last)
            s->k->optimise(s->params + first, s->m + first, s->v + first, s->gradient + first,
                           last - first, &d);
    }
    limit_all(r, s, worker, n_workers);
}
