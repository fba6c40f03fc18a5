/* Plans the memory of a training run in one block.
 * Leaves the steps to run_step.c and validation to run_figures.c.
 * Read run.h first. */
#include "descent.h"
#include "run.h"

typedef struct layout {
    unsigned char *base;
    int64_t used; /* -1: too much */
} layout;

static void *place(layout *l, int64_t count, int64_t size)
{
    const int64_t most = INT64_MAX / 4;
    if (l->used < 0 || count < 0 || count > (most - l->used) / size) {
        l->used = -1;
        return NULL;
    }
    int64_t at = (l->used + 63) / 64 * 64;
    l->used = at + count * size;
    return l->base ? l->base + at : NULL;
}

int64_t run_flops(const network *net, int64_t rows)
{
    double flops = 0;
    for (int32_t i = 0; i < net->n_layers; i++)
        if (net->layers[i].kernel >= 0)
            flops += 2.0 * (double)net->layers[i].n_in * (double)net->layers[i].n_out;
    flops *= (double)rows;
    return flops < 1e18 ? (int64_t)flops : (int64_t)1e18;
}

/* A layer that does nothing in this run passes its neighbours' memory on. */
static int is_idle(const run *r, const layer *l)
{
    if (!layer_ops_of(l->spec.kind)->random) return 0;
    return !r->options->dropout || !(l->spec.rate > 0 || l->spec.stddev > 0);
}

static int64_t area(int64_t rows, int64_t floats)
{
    return floats > 0 && rows > INT64_MAX / floats ? -1 : rows * floats;
}

static void plan_tapes(run *r, layout *m)
{
    const float *x = r->x;
    float *dx = NULL;
    r->tapes = place(m, r->net->n_layers, sizeof *r->tapes);
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        tape t = { .x = x, .dx = dx, .unit = unit_of(&l->spec) };
        if (i == r->net->n_layers - 1) t.unit = (struct unit_shape){ .unit = UNIT_LINEAR };
        if (!is_idle(r, l)) {
            x = t.y = place(m, area(r->batch, l->n_out), sizeof *t.y);
            dx = t.dy = place(m, area(r->batch, l->n_out), sizeof *t.dy);
            t.own = place(m, layer_ops_of(l->spec.kind)->own_floats(l, r->batch), sizeof *t.own);
        }
        if (m->base) r->tapes[i] = t;
    }
}

static int64_t most_scratch(const network *net)
{
    int64_t most = 0;
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer_ops *ops = layer_ops_of(net->layers[i].spec.kind);
        int64_t floats = ops->scratch_floats ? ops->scratch_floats(&net->layers[i]) : 0;
        if (floats > most) most = floats;
    }
    return most;
}

static void plan_tallies(run *r, layout *m)
{
    r->tallies = place(m, r->threads, sizeof *r->tallies);
    for (int i = 0; i < r->threads; i++) {
        tally t = { .logit = place(m, network_block_rows, sizeof *t.logit),
                    .p = place(m, network_block_rows, sizeof *t.p),
                    .loss = place(m, network_block_rows, sizeof *t.loss),
                    .scratch = place(m, network_predict_scratch(r->net, network_block_rows),
                                     sizeof *t.scratch),
                    .step_scratch = place(m, most_scratch(r->net), sizeof *t.step_scratch) };
        if (m->base) r->tallies[i] = t;
    }
}

static void plan_tensors(run *r, layout *m)
{
    tensor some[layer_tensors];
    int64_t most = (int64_t)layer_tensors * r->net->n_layers;
    r->tensors = place(m, most, sizeof *r->tensors);
    r->n_tensors = 0;
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer_ops *ops = layer_ops_of(r->net->layers[i].spec.kind);
        int n = ops->tensors ? ops->tensors(&r->net->layers[i], some) : 0;
        for (int j = 0; j < n; j++, r->n_tensors++)
            if (m->base) r->tensors[r->n_tensors] = some[j];
    }
}

static int needs_gradient(const run *r)
{
    for (int32_t i = 0; i < r->net->n_layers; i++)
        if (layer_ops_of(r->net->layers[i].spec.kind)->learns_here) return 1;
    return !r->plain;
}

static int has_weights(const run *r)
{
    return r->data->weight || r->class_weight[0] != 1 || r->class_weight[1] != 1;
}

/* What only some runs want. */
static void plan_extras(run *r, layout *m)
{
    int64_t n = r->net->n_params;
    if (has_weights(r)) r->weight = place(m, r->batch, sizeof *r->weight);
    if (r->net->head == HEAD_SOFTMAX) {
        r->z = place(m, r->batch, sizeof *r->z);
        r->dz = place(m, r->batch, sizeof *r->dz);
    }
    plan_tensors(r, m);
    if (needs_gradient(r)) r->step.gradient = place(m, n, sizeof *r->step.gradient);
    if (r->options->stopping.on && r->options->stopping.restore_best_weights)
        r->best = place(m, n, sizeof *r->best);
}

/* Two meetings and what moves between the cores cost some 40 us a step: a worker is not asked for
 * less than three million operations. */
static int worth(int64_t flops, int most)
{
    int64_t n = flops / 3000000;
    return n < 1 ? 1 : n > most ? most : (int)n;
}

static void plan_threads(run *r)
{
    int most = r->options->threads > 0 ? r->options->threads : threads_available();
    r->step_threads = worth(3 * run_flops(r->net, r->batch), most);
    r->check_threads = worth(run_flops(r->net, r->data->n_val), most);
    r->threads = r->step_threads > r->check_threads ? r->step_threads : r->check_threads;
}

int64_t run_plan(run *r, unsigned char *base)
{
    layout m = { base, 0 };
    int64_t n = r->data->n, size = r->options->batch_size;
    r->batch = size < n ? size : n;
    r->n_steps = (n + r->batch - 1) / r->batch;
    r->plain = descent_is_plain(r);
    plan_threads(r);
    r->x = place(&m, area(r->batch, r->net->n_inputs), sizeof *r->x);
    r->y = place(&m, r->batch, sizeof *r->y);
    r->p = place(&m, r->batch, sizeof *r->p);
    r->loss = place(&m, r->batch, sizeof *r->loss);
    r->order = place(&m, n, sizeof *r->order);
    r->block_loss = place(&m, run_blocks(r->data->n_val), sizeof *r->block_loss);
    plan_tapes(r, &m);
    plan_extras(r, &m);
    plan_tallies(r, &m);
    return m.used;
}
