/* A training step in two halves, each cut between workers by rows: of the batch, then of the
 * weights. Leaves the layers to their kinds.
 * Read run.h and layer.h first. */
#include <math.h>
#include <string.h>

#include "maths.h"
#include "random.h"
#include "run.h"

/* Share `part` of `n_parts` of n things begins here. */
static int64_t share(int64_t n, int64_t part, int64_t n_parts)
{
    return n / n_parts * part + n % n_parts * part / n_parts;
}

/* Adam's correction of the first steps, Kingma & Ba 2015 section 2, in double: in float
 * 1 - 0.999^t keeps under five digits at first. */
static step step_at(const run *r, int worker, int64_t number, int64_t batch)
{
    step s = r->step;
    double t = (double)(number + 1), beta1 = 0.9, beta2 = 0.999;
    double alpha = r->options->learning_rate * sqrt(1 - m_pow(beta2, t)) / (1 - m_pow(beta1, t));
    s.adam = (struct adam_step){ (float)alpha, (float)(1 - beta1), (float)(1 - beta2), 1e-7F };
    s.batch = batch;
    s.scratch = r->tallies[worker].step_scratch;
    s.number = (uint32_t)number;
    return s;
}

static void gather(run *r, int64_t at, int64_t first, int64_t last)
{
    int64_t width = r->net->n_inputs;
    for (int64_t i = first; i < last; i++) {
        int64_t row = r->order[at + i];
        memcpy(r->x + i * width, r->data->x + row * width, (size_t)width * sizeof *r->x);
        r->y[i] = r->data->y[row];
    }
}

/* Rows first .. last - 1 of the step's batch, which begins at row `at` of the epoch. */
static void rows_half(run *r, const step *s, int64_t at, int64_t first, int64_t last)
{
    int32_t n = r->net->n_layers;
    gather(r, at, first, last);
    for (int32_t i = 0; i < n; i++)
        if (r->tapes[i].y)
            layer_ops_of(r->net->layers[i].spec.kind)
                ->forward(s, &r->net->layers[i], &r->tapes[i], first, last);
    const tape *end = &r->tapes[n - 1];
    s->k->cross_entropy(r->p + first, r->loss + first, end->dy + first, end->y + first,
                        r->y + first, last - first, (float)(1.0 / (double)s->batch));
    for (int32_t i = n - 1; i >= 0; i--)
        if (r->tapes[i].y)
            layer_ops_of(r->net->layers[i].spec.kind)
                ->backward(s, &r->net->layers[i], &r->tapes[i], first, last);
}

static void weights_half(run *r, const step *s, int worker, int n_workers)
{
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (!ops->learn || !r->tapes[i].y) continue;
        ops->learn(s, l, &r->tapes[i], share(l->n_in, worker, n_workers),
                   share(l->n_in, worker + 1, n_workers));
    }
}

/* Keras: a probability above one half, and not one half itself, means yes. */
static void count_batch(run *r, int64_t step_in_epoch, int64_t batch)
{
    tally *t = &r->tallies[0];
    double sum = 0;
    for (int64_t i = 0; i < batch; i++) {
        sum += (double)r->loss[i];
        t->correct += (r->p[i] > 0.5F) == r->y[i];
    }
    keras_auc_add(&t->auc, r->y, r->p, batch);
    r->loss_sum += sum;
    if (!isfinite(sum) && r->bad_step < 0) r->bad_step = step_in_epoch;
}

static void work(void *user, int worker)
{
    run *r = user;
    int n = r->pace.most >> r->pace.at;
    for (int64_t i = r->first_step; i < r->last_step && r->bad_step < 0; i++) {
        int64_t at = i * r->batch, left = r->data->n - at;
        step s = step_at(r, worker, r->steps_before + i, left < r->batch ? left : r->batch);
        rows_half(r, &s, at, share(s.batch, worker, n), share(s.batch, worker + 1, n));
        if (n > 1) pool_meet(r->pool, n, worker);
        if (worker == 0) count_batch(r, i, s.batch);
        weights_half(r, &s, worker, n);
        if (n > 1) pool_meet(r->pool, n, worker);
    }
}

int64_t run_steps(run *r, int64_t first)
{
    int64_t steps = 1000000000 / (3 * run_flops(r->net, r->batch) + 1) + 1;
    int threads = pace_next(&r->pace);
    if (r->pace.trying) steps = (steps + 3) / 4;
    r->first_step = first;
    r->last_step = r->n_steps - first < steps ? r->n_steps : first + steps;
    int64_t start = clock_ns();
    pool_run(r->pool, threads, work, r);
    pace_learn(&r->pace, (double)(clock_ns() - start) / (double)(r->last_step - first));
    return r->last_step;
}

void run_begin_epoch(run *r, int32_t epoch)
{
    if (r->options->shuffle) {
        draw_key key = { r->options->seed, DRAW_SHUFFLE, 0 };
        draw_permutation(key, (uint32_t)epoch, r->order, r->data->n);
    } else if (epoch == 0)
        for (int64_t i = 0; i < r->data->n; i++) r->order[i] = i;
    r->loss_sum = 0;
    r->bad_step = -1;
    r->tallies[0].correct = 0;
    r->tallies[0].auc = (keras_auc){ 0 };
}
