/* Many runs of the pipeline, side by side. Leaves a run's steps to pipeline.c, the simple models to
 * metrics/logistic.c and rfm.c, and the meaning of the scores to evaluate.c and calibrate.c.
 * Read crossfit.h first. */
#include "crossfit.h"

#include <math.h>
#include <stdatomic.h>

#include "judge.h"
#include "logistic.h"
#include "maths.h"
#include "natural.h"
#include "random.h"
#include "rank_inputs.h"
#include "rfm.h"

enum { logistic_most_inputs = 1000 };

/* What the workers share. */
typedef struct crew {
    const crossfit_job *job;
    crossfit *out;
    rfm rule;
    int has_rule;
    int64_t n_tasks;
    _Atomic int64_t next, done;
    _Atomic int stop;
    struct turn_result *results; /* [n_tasks] */
} crew;

typedef struct turn_result {
    status code;
    propense_error err;
} turn_result;

/* ---- A caller's callbacks within a run */

typedef struct watcher {
    crew *crew;
    const propense_callbacks *cb; /* NULL on all workers but the caller's */
} watcher;

static int watch(void *user, const propense_progress *p)
{
    (void)p;
    watcher *w = user;
    if (w->cb && w->cb->progress) {
        propense_progress all = progress_of(PROPENSE_PHASE_EVALUATE);
        int64_t in_all = w->crew->job->all_tasks;
        all.done = w->crew->job->done_before + atomic_load(&w->crew->done);
        all.total = in_all ? in_all : w->crew->n_tasks;
        if (w->cb->progress(w->cb->user, &all)) atomic_store(&w->crew->stop, 1);
    }
    return atomic_load(&w->crew->stop);
}

/* ---- One turn of one set */

typedef struct turn {
    crew *crew;
    const crossfit_set *set;
    int64_t at; /* of the set in the outputs: number * n */
    row_set train, held;
    const int64_t *place; /* [held.n] of the held rows among the job's */
    arena mem;
} turn;

static status take_rows(turn *t, int32_t number, propense_error *err)
{
    row_set all = t->crew->job->rows;
    int64_t *train = TAKE(&t->mem, int64_t, all.n), *held = TAKE(&t->mem, int64_t, all.n);
    int64_t *place = TAKE(&t->mem, int64_t, all.n);
    if (!train || !held || !place) return fail_memory(err);
    t->train = (row_set){ train, 0 };
    t->held = (row_set){ held, 0 };
    t->place = place;
    for (int64_t i = 0; i < all.n; i++) {
        if (t->set->fold[i] != number) {
            train[t->train.n++] = all.at[i];
            continue;
        }
        place[t->held.n] = i;
        held[t->held.n++] = all.at[i];
    }
    const pipeline_plan *plan = t->crew->job->plan;
    if (!plan) return PROPENSE_OK; /* simple models alone */
    return natural_rows(&t->train, t->crew->job->d, t->train, (balance_kind)plan->balance,
                        plan->fit.seed, &t->mem, err);
}

/* So many of the training rows, in their order. Which ones depends on their number alone. */
static status thin_train(turn *t, int32_t number, propense_error *err)
{
    enum { thin_stream = 1 };
    int64_t most = t->crew->job->most_train, n = t->train.n, kept = 0;
    if (most <= 0 || n <= most) return PROPENSE_OK;
    int64_t *order = TAKE(&t->mem, int64_t, n), *out = TAKE(&t->mem, int64_t, most);
    if (!order || !out) return fail_memory(err);
    draw_key key = { t->set->seed, DRAW_PERMUTE, thin_stream };
    draw_permutation(key, (uint32_t)number, order, n);
    for (int64_t i = 0; i < n; i++)
        if (order[i] < most) out[kept++] = t->train.at[i];
    t->train = (row_set){ out, most };
    return PROPENSE_OK;
}

static void put(const turn *t, contender who, const float *score)
{
    float *out = t->crew->out->score[who] + t->at;
    for (int64_t i = 0; i < t->held.n; i++) out[t->place[i]] = score[i];
}

static status run_network(turn *t, pipeline *p, float *score, const propense_callbacks *cb,
                          propense_error *err)
{
    const crossfit_job *job = t->crew->job;
    pipeline_plan plan = *job->plan;
    plan.fit.seed = plan.best.fit.seed = t->set->seed;
    /* One task: it may have all threads; else each has one. */
    plan.fit.threads = t->crew->n_tasks == 1 ? pool_size(job->threads) : 1;
    plan.best.fit.threads = plan.fit.threads;
    int64_t n_held = p->n_held;
    p->n_held = 0; /* nothing may be chosen by the rows that are held out */
    status s = pipeline_learn(p, &plan, cb, err);
    p->n_held = n_held;
    TRY(s);
    float *prob = TAKE(&t->mem, float, n_held);
    if (!prob) return fail_memory(err);
    TRY(predict_rows(p->m, plan.fit.kernels, p->x_held, n_held, prob, score, &t->mem, err));
    put(t, CONTENDER_NETWORK, score);
    return PROPENSE_OK;
}

/* The last to use the matrices: it changes them. */
static status run_logistic(turn *t, pipeline *p, float *score, propense_error *err)
{
    int64_t k = p->m->encoder.n_inputs;
    logistic fitted;
    logistic_options o = { .ridge = 1 };
    if (k > logistic_most_inputs) return PROPENSE_OK; /* the scores stay NaN */
    TRY(rank_inputs(p, err));
    logistic_matrix x = { .f32 = p->x, .n = p->n_train, .k = k };
    logistic_matrix held = { .f32 = p->x_held, .n = p->n_held, .k = k };
    TRY(logistic_fit(&fitted, &x, p->y, NULL, &o, NULL, &t->mem, err));
    double *z = TAKE(&t->mem, double, p->n_held);
    if (!z) return fail_memory(err);
    logistic_logits(z, &fitted, &held);
    for (int64_t i = 0; i < p->n_held; i++) score[i] = (float)z[i];
    put(t, CONTENDER_LOGISTIC, score);
    return PROPENSE_OK;
}

static status run_rule(turn *t, float *score, propense_error *err)
{
    rfm r = t->crew->rule;
    const dataset *d = t->crew->job->d;
    TRY(rfm_fit(&r, d, t->train, &t->mem, err));
    rfm_score(score, &r, d, t->held);
    put(t, CONTENDER_RULE, score);
    return PROPENSE_OK;
}

/* The share of the training rows, drawn half a row towards one half so that its logit exists. */
static void run_base(turn *t, float *score)
{
    const dataset *d = t->crew->job->d;
    const uint8_t *y = t->set->y ? t->set->y : d->y;
    double positive = 0.5, all = (double)t->train.n + 1;
    for (int64_t i = 0; i < t->train.n; i++) positive += y[t->train.at[i]];
    for (int64_t i = 0; i < t->held.n; i++) score[i] = (float)m_logit(positive / all);
    put(t, CONTENDER_BASE, score);
}

/* The best preset has an encoding of its own. */
static status run_best(turn *t, float *score, const propense_callbacks *cb, propense_error *err)
{
    const crossfit_job *job = t->crew->job;
    pipeline p;
    TRY(pipeline_encode_for(&p, job->plan, job->d, t->set->y, t->train, t->held, cb, err));
    status s = run_network(t, &p, score, cb, err);
    pipeline_free(&p);
    return s;
}

static status run_models(turn *t, float *score, const propense_callbacks *cb, propense_error *err)
{
    const crossfit_job *job = t->crew->job;
    int with_network = job->contenders >> CONTENDER_NETWORK & 1;
    int with_logistic = job->contenders >> CONTENDER_LOGISTIC & 1;
    pipeline p;
    if (with_network && job->plan->is_best) {
        TRY(run_best(t, score, cb, err));
        with_network = 0;
    }
    if (!with_network && !with_logistic) return PROPENSE_OK;
    TRY(pipeline_encode(&p, job->d, t->set->y, t->train, t->held, cb, err));
    status s = with_network ? run_network(t, &p, score, cb, err) : PROPENSE_OK;
    if (s == PROPENSE_OK && with_logistic) s = run_logistic(t, &p, score, err);
    pipeline_free(&p);
    return s;
}

static status run_turn(turn *t, int32_t number, const propense_callbacks *cb, propense_error *err)
{
    const uint32_t models = 1u << CONTENDER_NETWORK | 1u << CONTENDER_LOGISTIC;
    uint32_t asked = t->crew->job->contenders;
    TRY(take_rows(t, number, err));
    TRY(thin_train(t, number, err));
    float *score = TAKE(&t->mem, float, t->held.n);
    if (!score) return fail_memory(err);
    if (asked & models) TRY(run_models(t, score, cb, err));
    if (asked >> CONTENDER_RULE & 1 && t->crew->has_rule) TRY(run_rule(t, score, err));
    if (asked >> CONTENDER_BASE & 1) run_base(t, score);
    return PROPENSE_OK;
}

/* ---- All turns */

/* Tasks are counted through the sets; returns the set of a task and its turn there. */
static int32_t find_set(const crossfit_job *job, int64_t task, int32_t *number)
{
    int32_t s = 0;
    while (task >= job->sets[s].n_folds) task -= job->sets[s++].n_folds;
    *number = (int32_t)task;
    return s;
}

static void run_task(crew *c, int64_t task, const propense_callbacks *cb)
{
    int32_t number;
    int32_t set = find_set(c->job, task, &number);
    turn_result *r = &c->results[task];
    turn t = { .crew = c, .set = &c->job->sets[set], .at = (int64_t)set * c->out->n };
    r->err = (propense_error)PROPENSE_ERROR_INIT;
    r->err.language = callbacks_language(c->job->cb);
    r->code = run_turn(&t, number, cb, &r->err);
    if (r->code != PROPENSE_OK) atomic_store(&c->stop, 1);
    arena_free(&t.mem);
}

static void work(void *user, int worker)
{
    crew *c = user;
    watcher w = { c, worker == 0 ? c->job->cb : NULL };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT; /* no messages: they were said once */
    cb.user = &w;
    cb.language = callbacks_language(c->job->cb);
    cb.progress = watch;
    while (!watch(&w, NULL)) {
        int64_t task = atomic_fetch_add(&c->next, 1);
        if (task >= c->n_tasks) return;
        run_task(c, task, &cb);
        (void)atomic_fetch_add(&c->done, 1);
    }
}

/* Tasks are begun in order, and those begun are ended, so the first error is always the same. */
static status first_error(const crew *c, propense_error *err)
{
    for (int64_t i = 0; i < c->n_tasks; i++) {
        status code = c->results[i].code;
        if (code == PROPENSE_OK || code == PROPENSE_E_CANCELLED) continue;
        error_copy(err, &c->results[i].err);
        return code;
    }
    return atomic_load(&c->stop) ? fail(err, PROPENSE_E_CANCELLED, "stopped; nothing was written")
                                 : PROPENSE_OK;
}

static status begin(crossfit *out, crew *c, arena *mem, propense_error *err)
{
    const crossfit_job *job = c->job;
    *out = (crossfit){ .n_sets = job->n_sets, .n = job->rows.n };
    if (out->n > INT64_MAX / 8 / (job->n_sets + 1)) return fail_memory(err);
    for (int k = 0; k < contender_count; k++) {
        if (!(job->contenders >> k & 1) || (k == CONTENDER_RULE && !c->has_rule)) continue;
        out->score[k] = TAKE(mem, float, out->n * job->n_sets);
        if (!out->score[k]) return fail_memory(err);
        for (int64_t i = 0; i < out->n * job->n_sets; i++) out->score[k][i] = NAN;
    }
    for (int32_t s = 0; s < job->n_sets; s++) c->n_tasks += job->sets[s].n_folds;
    c->results = TAKE(mem, turn_result, c->n_tasks);
    return c->results ? PROPENSE_OK : fail_memory(err);
}

/* A contender whose scores are all NaN was not possible. */
static void drop_absent(crossfit *out)
{
    for (int k = 0; k < contender_count; k++) {
        int64_t i = 0, n = out->n * out->n_sets;
        if (!out->score[k]) continue;
        while (i < n && isnan(out->score[k][i])) i++;
        if (i == n) out->score[k] = NULL;
    }
}

status crossfit_run(crossfit *out, const crossfit_job *job, arena *mem, propense_error *err)
{
    crew c = { .job = job, .out = out };
    c.has_rule = rfm_find(&c.rule, &job->d->schema);
    TRY(begin(out, &c, mem, err));
    int workers = pool_size(job->threads);
    if (workers > c.n_tasks) workers = (int)c.n_tasks;
    pool_run(job->threads, workers, work, &c);
    TRY(first_error(&c, err));
    drop_absent(out);
    return PROPENSE_OK;
}
