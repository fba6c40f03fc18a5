/* Trains several copies of a network side by side, whole copies to a thread.
 * Leaves the layers to their kinds and scoring to members_predict.c.
 * Read members.h and layer.h first. */
#include "members.h"

#include <math.h>
#include <stdatomic.h>

#include "layer.h"
#include "maths.h"
#include "random.h"
#include "roc.h"
#include "threads.h"

/* Figures over rows: sums, so that those of several members can be added. */
typedef struct sums {
    int64_t n, correct;
    double loss;
    keras_auc auc;
} sums;

typedef struct member {
    float *params, *m, *v; /* [n_params] */
    float *mean;           /* [n_params] of params over the steps of this epoch */
    int64_t first, last;   /* rows held out */
    int64_t n, batch, n_steps;
    int64_t *order; /* [n] rows of this epoch */
    int64_t at;     /* next step of this epoch */
    int64_t steps;  /* of all epochs before */
    uint64_t seed;
    int bad; /* met a loss that is no number */
    sums trained, held;
} member;

/* What one worker needs for a step, whichever member it is at. */
typedef struct workspace {
    tape *tapes; /* [n_layers] */
    float *x;    /* [batch][n_inputs] */
    uint8_t *y;
    float *p, *loss;
    float *scratch, *predict_scratch;
} workspace;

typedef struct team {
    const network *net;
    const members_data *data;
    const members_options *o;
    const struct kernels *k;
    int threads;
    pool *pool;
    member *members;
    workspace *spaces; /* [threads] */
    float *held;       /* [n] of the epoch at hand */
    float *best;       /* [n_members][n_params] */
    int64_t turn;      /* steps a member takes at a time */
    int32_t epoch;
    _Atomic int32_t next; /* member to be taken up */
    arena mem;
} team;

/* ---- Memory and beginnings */

static int64_t kernel_floats(const layer *l)
{
    return (int64_t)l->n_in * (l->spec.kind == LAYER_GROUPS ? l->spec.units : l->n_out);
}

static int plan_workspace(workspace *w, const team *t, int64_t batch, arena *mem)
{
    const network *net = t->net;
    int64_t scratch = 0;
    w->x = TAKE_WIDE(mem, float, batch * net->n_inputs);
    w->y = TAKE(mem, uint8_t, batch);
    w->p = TAKE_WIDE(mem, float, batch);
    w->loss = TAKE_WIDE(mem, float, batch);
    w->tapes = TAKE(mem, tape, net->n_layers);
    w->predict_scratch = TAKE_WIDE(mem, float, network_predict_scratch(net, network_block_rows));
    if (!w->x || !w->y || !w->p || !w->loss || !w->tapes || !w->predict_scratch) return 0;
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        tape *a = &w->tapes[i];
        int64_t own = ops->scratch_floats ? ops->scratch_floats(l) : 0;
        scratch = own > scratch ? own : scratch;
        *a = (tape){ .x = i ? w->tapes[i - 1].y : w->x, .dx = i ? w->tapes[i - 1].dy : NULL };
        if (i < net->n_layers - 1) a->unit = unit_of(&l->spec);
        a->y = TAKE_WIDE(mem, float, batch * l->n_out);
        a->dy = TAKE_WIDE(mem, float, batch * l->n_out);
        a->own = TAKE_WIDE(mem, float, ops->own_floats(l, batch));
        if (!a->y || !a->dy || !a->own) return 0;
    }
    w->scratch = TAKE_WIDE(mem, float, scratch);
    return w->scratch != NULL;
}

static void uniform(float *w, int64_t n, double limit, draw_key key, int64_t from)
{
    for (int64_t i = 0; i < n; i++)
        w[i] = (float)(limit * (2 * draw_double(key, 0, (uint64_t)(from + i)) - 1));
}

/* Dense kernels and biases U(-L, L), L = 1 / sqrt(inputs); the last bias is the logit of the base
 * rate, so that training begins where no feature helps. */
static void init_member(const network *net, float *params, uint64_t seed, double base)
{
    network_init(net, params, seed);
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        draw_key key = { seed, DRAW_INIT, (uint32_t)l->number };
        double limit = 1 / sqrt((double)l->n_in);
        if (l->spec.kind != LAYER_DENSE) continue;
        uniform(params + l->kernel, kernel_floats(l), limit, key, 0);
        uniform(params + l->bias, l->n_out, limit, key, kernel_floats(l));
        if (i == net->n_layers - 1) params[l->bias] = (float)base;
    }
}

static double base_logit(const members_data *d, int64_t n)
{
    double positive = 0.5; /* half a row more of either, so that one class alone has a logit too */
    for (int64_t i = 0; i < n; i++) positive += d->y[i];
    return m_logit(positive / ((double)n + 1));
}

static status plan_member(member *m, team *t, int32_t number, int64_t n, propense_error *err)
{
    const members_options *o = t->o;
    int64_t n_params = t->net->n_params;
    m->first = t->data->fold_at[number], m->last = t->data->fold_at[number + 1];
    m->n = n - (m->last - m->first);
    m->batch = m->n / 4 < o->batch_size ? m->n / 4 : o->batch_size;
    if (m->batch < 1) m->batch = 1;
    m->n_steps = m->n / m->batch;
    m->seed = draw_u64((draw_key){ o->seed, DRAW_FOLD, 1 }, 0, (uint64_t)number);
    m->params = TAKE_WIDE(&t->mem, float, n_params);
    m->m = TAKE_WIDE(&t->mem, float, n_params);
    m->v = TAKE_WIDE(&t->mem, float, n_params);
    m->mean = TAKE_WIDE(&t->mem, float, n_params);
    m->order = TAKE(&t->mem, int64_t, m->n);
    if (!m->params || !m->m || !m->v || !m->mean || !m->order) return fail_memory(err);
    if (m->n < 1) return fail(err, PROPENSE_E_ARG, "there are no rows to train on");
    init_member(t->net, m->params, m->seed, base_logit(t->data, n));
    return PROPENSE_OK;
}

static status plan_team(team *t, propense_error *err)
{
    int32_t k = t->o->n_members;
    int64_t n = t->data->n, flops = 0, batch = 1;
    int most = t->o->threads > 0 ? t->o->threads : threads_available();
    t->threads = most < k ? most : k;
    t->members = TAKE(&t->mem, member, k);
    t->spaces = TAKE(&t->mem, workspace, t->threads);
    t->held = TAKE(&t->mem, float, n);
    if (!t->members || !t->spaces || !t->held) return fail_memory(err);
    for (int32_t i = 0; i < k; i++) {
        TRY(plan_member(&t->members[i], t, i, n, err));
        if (t->members[i].batch > batch) batch = t->members[i].batch;
    }
    for (int i = 0; i < t->threads; i++)
        if (!plan_workspace(&t->spaces[i], t, batch, &t->mem)) return fail_memory(err);
    for (int32_t i = 0; i < t->net->n_layers; i++)
        if (t->net->layers[i].kernel >= 0) flops += 6 * batch * kernel_floats(&t->net->layers[i]);
    t->turn = 1500000000 / (flops + 1) + 1; /* some 30 ms, so that a caller can stop us */
    return PROPENSE_OK;
}

/* ---- A step */

static void add_figures(sums *s, const float *p, const float *loss, const uint8_t *y, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += (double)loss[i];
        s->correct += (p[i] > 0.5F) == y[i];
    }
    keras_auc_add(&s->auc, y, p, n);
    s->loss += sum;
    s->n += n;
}

/* AdamW's rate and corrections of step number `at` (from 0), in double. */
static step step_of(const team *t, const member *m, const workspace *w, int64_t at, double *keep)
{
    const members_options *o = t->o;
    double pi = 3.14159265358979323846, all = (double)(m->n_steps * o->epochs);
    double rate = o->learning_rate * 0.5 * (1 + m_cos(pi * (double)at / all));
    double n = (double)at + 1, fix1 = 1 - m_pow(o->beta1, n), fix2 = sqrt(1 - m_pow(o->beta2, n));
    *keep = 1 - rate * o->weight_decay;
    return (step){ .k = t->k,
                   .params = m->params,
                   .m = m->m,
                   .v = m->v,
                   .adam = { (float)(rate * fix2 / fix1), (float)(1 - o->beta1),
                             (float)(1 - o->beta2), (float)(o->epsilon * fix2) },
                   .seed = m->seed,
                   .batch = m->batch,
                   .number = (uint32_t)at,
                   .scratch = w->scratch };
}

static void gather(const team *t, const member *m, workspace *w, const int64_t *rows)
{
    int64_t width = t->net->n_inputs;
    for (int64_t i = 0; i < m->batch; i++) {
        memcpy(w->x + i * width, t->data->x + rows[i] * width, (size_t)width * sizeof *w->x);
        w->y[i] = t->data->y[rows[i]];
    }
}

static void decay(const team *t, const member *m, float keep)
{
    for (int32_t i = 0; i < t->net->n_layers; i++) {
        const layer *l = &t->net->layers[i];
        if (l->kernel < 0) continue;
        float *w = m->params + l->kernel;
        int64_t n = kernel_floats(l);
        for (int64_t k = 0; k < n; k++) w[k] *= keep;
    }
}

/* The running mean of the weights, begun anew every epoch. */
static void average(const team *t, const member *m)
{
    const float *w = m->params, rate = (float)(1 / ((double)m->at + 1));
    if (m->at == 0) memcpy(m->mean, w, (size_t)t->net->n_params * sizeof *w);
    for (int64_t i = 0; i < t->net->n_params; i++) m->mean[i] += (w[i] - m->mean[i]) * rate;
}

static void take_step(const team *t, member *m, workspace *w)
{
    const network *net = t->net;
    int64_t batch = m->batch;
    double keep;
    step s = step_of(t, m, w, m->steps + m->at, &keep);
    gather(t, m, w, m->order + m->at * batch);
    for (int32_t i = 0; i < net->n_layers; i++)
        layer_ops_of(net->layers[i].spec.kind)
            ->forward(&s, &net->layers[i], &w->tapes[i], 0, batch);
    const tape *end = &w->tapes[net->n_layers - 1];
    t->k->cross_entropy(w->p, w->loss, end->dy, end->y, w->y, batch, (float)(1 / (double)batch));
    add_figures(&m->trained, w->p, w->loss, w->y, batch);
    for (int32_t i = net->n_layers - 1; i >= 0; i--)
        layer_ops_of(net->layers[i].spec.kind)
            ->backward(&s, &net->layers[i], &w->tapes[i], 0, batch);
    decay(t, m, (float)keep);
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (ops->learn) ops->learn(&s, l, &w->tapes[i], 0, l->n_in);
    }
    average(t, m);
    m->at++;
}

/* ---- An epoch of one member */

static void begin_epoch(const team *t, member *m)
{
    draw_permutation((draw_key){ m->seed, DRAW_SHUFFLE, 0 }, (uint32_t)t->epoch, m->order, m->n);
    for (int64_t i = 0; i < m->n; i++)
        if (m->order[i] >= m->first) m->order[i] += m->last - m->first;
    m->trained = m->held = (sums){ 0 };
}

static void end_epoch(const team *t, member *m, workspace *w)
{
    int64_t width = t->net->n_inputs;
    for (int64_t at = m->first; at < m->last; at += m->batch) {
        int64_t n = m->last - at < m->batch ? m->last - at : m->batch;
        network_logits(t->net, m->mean, t->k, t->data->x + at * width, n, t->held + at,
                       w->predict_scratch);
        t->k->cross_entropy(w->p, w->loss, NULL, t->held + at, t->data->y + at, n, 1);
        add_figures(&m->held, w->p, w->loss, t->data->y + at, n);
    }
    m->bad |= !isfinite(m->trained.loss) || !isfinite(m->held.loss);
    m->steps += m->n_steps;
}

static void work(void *user, int worker)
{
    team *t = user;
    workspace *w = &t->spaces[worker];
    for (;;) {
        int32_t number = atomic_fetch_add(&t->next, 1);
        if (number >= t->o->n_members) return;
        member *m = &t->members[number];
        if (m->at == m->n_steps) continue;
        if (m->at == 0) begin_epoch(t, m);
        for (int64_t i = 0; i < t->turn && m->at < m->n_steps; i++) take_step(t, m, w);
        if (m->at == m->n_steps) end_epoch(t, m, w);
    }
}

/* ---- All members, epoch by epoch */

static void add_sums(sums *all, const sums *one)
{
    all->n += one->n;
    all->correct += one->correct;
    all->loss += one->loss;
    for (int i = 0; i < auc_buckets; i++) {
        all->auc.positive[i] += one->auc.positive[i];
        all->auc.negative[i] += one->auc.negative[i];
    }
}

static epoch_figures figures_of(const team *t)
{
    sums trained = { 0 }, held = { 0 };
    for (int32_t i = 0; i < t->o->n_members; i++) {
        add_sums(&trained, &t->members[i].trained);
        add_sums(&held, &t->members[i].held);
    }
    return (epoch_figures){ .loss = trained.loss / (double)trained.n,
                            .accuracy = (double)trained.correct / (double)trained.n,
                            .auc = keras_auc_value(&trained.auc),
                            .val_loss = held.loss / (double)held.n,
                            .val_accuracy = (double)held.correct / (double)held.n,
                            .val_auc = keras_auc_value(&held.auc) };
}

static int any_left(const team *t, int64_t *done)
{
    int left = 0;
    *done = 0;
    for (int32_t i = 0; i < t->o->n_members; i++) {
        left |= t->members[i].at < t->members[i].n_steps;
        *done += t->members[i].at;
    }
    return left;
}

static status train_epoch(team *t, propense_progress *p, const propense_callbacks *cb,
                          propense_error *err)
{
    for (int32_t i = 0; i < t->o->n_members; i++) t->members[i].at = 0;
    while (any_left(t, &p->done)) {
        if (p->done) TRY(progress_tell(cb, p, err));
        atomic_store(&t->next, 0);
        pool_run(t->pool, t->threads, work, t);
    }
    for (int32_t i = 0; i < t->o->n_members; i++)
        if (t->members[i].bad)
            return fail(err, PROPENSE_E_NUMERIC,
                        "training met a loss that is not a finite number in epoch %d",
                        (int)t->epoch + 1);
    return PROPENSE_OK;
}

static void keep_best(const team *t, float *params, float *held)
{
    int64_t n_params = t->net->n_params, n = t->data->n;
    for (int32_t i = 0; i < t->o->n_members; i++)
        memcpy(params + i * n_params, t->members[i].mean, (size_t)n_params * sizeof *params);
    memcpy(held, t->held, (size_t)n * sizeof *held);
}

static status tell_epoch(const epoch_figures *f, propense_progress *p, const propense_callbacks *cb,
                         propense_error *err)
{
    p->epoch_ended = 1;
    p->done = p->total;
    p->loss = f->loss, p->accuracy = f->accuracy, p->auc = f->auc;
    p->val_loss = f->val_loss, p->val_accuracy = f->val_accuracy, p->val_auc = f->val_auc;
    return progress_tell(cb, p, err);
}

static status train_all(team *t, float *params, float *held, history *h,
                        const propense_callbacks *cb, propense_error *err)
{
    const members_options *o = t->o;
    for (t->epoch = 0; t->epoch < o->epochs && !h->stopped_early; t->epoch++) {
        propense_progress p = progress_of(PROPENSE_PHASE_TRAIN);
        p.epoch = t->epoch + 1;
        p.n_epochs = o->epochs;
        for (int32_t i = 0; i < o->n_members; i++) p.total += t->members[i].n_steps;
        TRY(train_epoch(t, &p, cb, err));
        epoch_figures *f = &h->epochs[h->n_epochs++];
        *f = figures_of(t);
        if (!h->best_epoch || f->val_loss < h->epochs[h->best_epoch - 1].val_loss) {
            h->best_epoch = h->n_epochs;
            keep_best(t, params, held);
        }
        TRY(tell_epoch(f, &p, cb, err));
        h->stopped_early = o->patience > 0 && h->n_epochs < o->epochs &&
                           h->n_epochs - h->best_epoch >= o->patience;
    }
    h->restored = 1;
    return PROPENSE_OK;
}

status members_fit(const network *net, float *params, float *held, history *out,
                   const members_data *data, const members_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err)
{
    *out = (history){ 0 };
    team t = { .net = net,
               .data = data,
               .o = options,
               .k = options->kernels ? options->kernels : kernels_best() };
    history h = { .epochs = TAKE(mem, epoch_figures, options->epochs) };
    status s = h.epochs ? plan_team(&t, err) : fail_memory(err);
    if (s == PROPENSE_OK) {
        t.pool = t.threads > 1 ? pool_new(t.threads) : NULL;
        if (t.threads > pool_size(t.pool)) t.threads = pool_size(t.pool);
        s = train_all(&t, params, held, &h, cb, err);
        pool_free(t.pool);
    }
    arena_free(&t.mem);
    if (s == PROPENSE_OK) *out = h;
    return s;
}
