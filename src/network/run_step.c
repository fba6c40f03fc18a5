/* A training step in two halves, each cut between workers by rows: of the batch, then of the
 * weights. Leaves the layers to their kinds.
 * Read run.h and layer.h first. */
#include <math.h>
#include <string.h>

#include "descent.h"
#include "loss.h"
#include "random.h"
#include "run.h"

static step step_at(const run *r, int worker, int64_t number, int64_t batch)
{
    step s = r->step;
    descent_numbers(&s, r, number);
    s.batch = batch;
    s.scratch = r->tallies[worker].step_scratch;
    s.number = (uint32_t)number;
    return s;
}

/* Keras makes weights of rows out of those of classes. */
static float weight_of(const run *r, int64_t row)
{
    double w = r->data->weight ? (double)r->data->weight[row] : 1;
    return (float)(w * r->class_weight[r->data->y[row]]);
}

static void gather(run *r, int64_t at, int64_t first, int64_t last)
{
    int64_t width = r->net->n_inputs;
    for (int64_t i = first; i < last; i++) {
        int64_t row = r->order[at + i];
        memcpy(r->x + i * width, r->data->x + row * width, (size_t)width * sizeof *r->x);
        r->y[i] = r->data->y[row];
        if (r->weight) r->weight[i] = weight_of(r, row);
    }
}

/* The loss of some rows and its slope by their logits, z and dz: [batch]. */
static void judge(run *r, const step *s, const float *z, float *dz, int64_t first, int64_t last)
{
    const loss_settings *settings = &r->options->loss;
    double share = 1.0 / (double)s->batch;
    int64_t n = last - first;
    if (r->weight || loss_is_special(settings))
        loss_rows(settings, r->p + first, r->loss + first, dz + first, z + first, r->y + first,
                  r->weight ? r->weight + first : NULL, n, share);
    else
        s->k->cross_entropy(r->p + first, r->loss + first, dz + first, z + first, r->y + first, n,
                            (float)share);
}

/* With two units the logit is their difference: softmax of both is a sigmoid of it, and the slope
 * by one is that by the other with the other sign. */
static void judge_head(run *r, const step *s, const tape *end, int64_t first, int64_t last)
{
    if (r->net->head == HEAD_SIGMOID) {
        judge(r, s, end->y, end->dy, first, last);
        return;
    }
    for (int64_t i = first; i < last; i++) r->z[i] = end->y[2 * i + 1] - end->y[2 * i];
    judge(r, s, r->z, r->dz, first, last);
    for (int64_t i = first; i < last; i++) {
        end->dy[2 * i] = -r->dz[i];
        end->dy[2 * i + 1] = r->dz[i];
    }
}

typedef void layer_part(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);

/* What a layer does to all rows, by units; all workers' rows are there before and after. */
static void whole_batch(run *r, const step *s, int32_t i, layer_part *part, int worker,
                        int n_workers)
{
    const layer *l = &r->net->layers[i];
    if (!part) return;
    if (n_workers > 1) pool_meet(r->pool, n_workers, worker);
    part(s, l, &r->tapes[i], run_share(l->n_out, worker, n_workers),
         run_share(l->n_out, worker + 1, n_workers));
    if (n_workers > 1) pool_meet(r->pool, n_workers, worker);
}

/* This worker's rows of the step's batch, which begins at row `at` of the epoch. */
static void rows_half(run *r, const step *s, int64_t at, int worker, int n_workers)
{
    int32_t n = r->net->n_layers;
    int64_t first = run_share(s->batch, worker, n_workers);
    int64_t last = run_share(s->batch, worker + 1, n_workers);
    gather(r, at, first, last);
    for (int32_t i = 0; i < n; i++) {
        const layer_ops *ops = layer_ops_of(r->net->layers[i].spec.kind);
        if (!r->tapes[i].y) continue;
        whole_batch(r, s, i, ops->forward_all, worker, n_workers);
        ops->forward(s, &r->net->layers[i], &r->tapes[i], first, last);
    }
    judge_head(r, s, &r->tapes[n - 1], first, last);
    for (int32_t i = n - 1; i >= 0; i--) {
        const layer_ops *ops = layer_ops_of(r->net->layers[i].spec.kind);
        if (!r->tapes[i].y) continue;
        whole_batch(r, s, i, ops->backward_all, worker, n_workers);
        ops->backward(s, &r->net->layers[i], &r->tapes[i], first, last);
    }
}

static void weights_half(run *r, const step *s, int worker, int n_workers)
{
    if (!r->plain) {
        descent_gradients(r, s, worker, n_workers);
        descent_steps(r, s, worker, n_workers);
        return;
    }
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (!ops->learn || !r->tapes[i].y) continue;
        ops->learn(s, l, &r->tapes[i], run_share(l->n_in, worker, n_workers),
                   run_share(l->n_in, worker + 1, n_workers));
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
    if (!r->plain) sum += (double)batch * loss_of_weights(r->tensors, r->n_tensors, r->step.params);
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
        rows_half(r, &s, at, worker, n);
        if (n > 1) pool_meet(r->pool, n, worker);
        if (worker == 0) count_batch(r, i, s.batch);
        weights_half(r, &s, worker, n);
        if (worker == 0) descent_count(r, r->steps_before + i);
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
