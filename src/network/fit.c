/* The training loop: epochs, progress, what stops it, and what is kept.
 * Leaves the steps to run_step.c, the figures to run_figures.c, and what to make of them to
 * watch.c. Read fit.h and run.h first. */
#include "fit.h"

#include <math.h>
#include <string.h>

#include "run.h"
#include "watch.h"

/* ---- Arguments */

static int is_share(double x)
{
    return x >= 0 && x < 1;
}

static status check_optimiser(const optimiser_settings *o, propense_error *err)
{
    int n_clips = (o->clip_value > 0) + (o->clip_norm > 0) + (o->clip_norm_global > 0);
    if ((unsigned)o->kind > OPTIMISER_RMSPROP)
        return fail(err, PROPENSE_E_ARG, "the optimiser is of no known kind");
    if (!is_share(o->beta1) || !is_share(o->beta2) || !is_share(o->rho) || !is_share(o->momentum) ||
        !(o->epsilon >= 0) || !(o->weight_decay >= 0))
        return fail(err, PROPENSE_E_ARG, "a number of the optimiser is out of its range");
    if (n_clips > 1)
        return fail(err, PROPENSE_E_ARG,
                    "gradients are clipped by value, by norm or by global norm: choose one");
    return PROPENSE_OK;
}

static status check_loss(const loss_settings *l, const double weight[2], propense_error *err)
{
    if (!is_share(l->label_smoothing) || !(l->gamma >= 0) || !is_share(l->balance))
        return fail(err, PROPENSE_E_ARG, "a number of the loss is out of its range");
    for (int i = 0; i < 2; i++)
        if (!(weight[i] >= 0 && weight[i] <= 1e6))
            return fail(err, PROPENSE_E_ARG, "the weight of a class is not from 0 to 1000000");
    return PROPENSE_OK;
}

static status check_watched(monitor what, const fit_data *d, propense_error *err)
{
    if ((unsigned)what > MONITOR_AUC)
        return fail(err, PROPENSE_E_ARG, "what is to be watched is not known");
    if (d->n_val > 0 || !monitor_needs_validation(what)) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "training is to watch %s, but there are no rows to validate on; hold some out "
                "or watch %s",
                monitor_word(what), monitor_word((monitor)(what + MONITOR_LOSS)));
}

static status check_arguments(const fit_data *d, const fit_options *o, propense_error *err)
{
    if (d->n < 1) return fail(err, PROPENSE_E_ARG, "there are no rows to train on");
    if (o->epochs < 1 || o->batch_size < 1)
        return fail(err, PROPENSE_E_ARG, "epochs and batch size have to be at least 1");
    TRY(check_optimiser(&o->optimiser, err));
    TRY(check_loss(&o->loss, o->class_weight, err));
    if (o->schedule.kind == SCHEDULE_PLATEAU || o->stopping.on)
        TRY(check_watched(o->stopping.monitor, d, err));
    return o->checkpoint.save ? check_watched(o->checkpoint.monitor, d, err) : PROPENSE_OK;
}

/* Settings that nobody filled in are Adam's. */
static optimiser_settings settings_of(const fit_options *o)
{
    optimiser_settings s = o->optimiser;
    if (s.kind != OPTIMISER_ADAM || s.beta1 != 0 || s.beta2 != 0 || s.epsilon != 0) return s;
    const optimiser_settings usual = optimiser_defaults(OPTIMISER_ADAM);
    s.beta1 = usual.beta1, s.beta2 = usual.beta2, s.epsilon = usual.epsilon;
    return s;
}

/* n / (2 n_y), as scikit-learn's "balanced"; 1 where a class has no rows. */
static void balance_classes(double weight[2], const fit_data *d)
{
    int64_t n[2] = { 0 };
    for (int64_t i = 0; i < d->n; i++) n[d->y[i]]++;
    for (int i = 0; i < 2; i++) weight[i] = n[i] ? (double)d->n / (2 * (double)n[i]) : 1;
}

static run run_of(const network *net, const fit_data *data, const fit_options *options)
{
    run r = { .net = net,
              .data = data,
              .options = options,
              .optimiser = settings_of(options),
              .class_weight = { 1, 1 },
              .bad_step = -1 };
    const double *given = options->class_weight;
    if (options->balanced)
        balance_classes(r.class_weight, data);
    else if (given[0] != 0 || given[1] != 0)
        r.class_weight[0] = given[0], r.class_weight[1] = given[1];
    return r;
}

/* ---- What the run leaves behind */

typedef struct record {
    epoch_figures *epochs;
    double *rates; /* [epochs] each */
    int32_t n;     /* epochs done */
} record;

static int64_t record_bytes(int32_t epochs)
{
    return epochs * (int64_t)(sizeof(epoch_figures) + sizeof(double));
}

int64_t network_fit_bytes(const network *net, const fit_data *data, const fit_options *options)
{
    run r = run_of(net, data, options);
    if (check_arguments(data, options, NULL) != PROPENSE_OK) return 0;
    int64_t bytes = run_plan(&r, NULL);
    return bytes < 0 ? INT64_MAX : bytes + record_bytes(options->epochs);
}

static status numeric(int32_t epoch, int64_t batch, propense_error *err)
{
    return fail(err, PROPENSE_E_NUMERIC,
                "training met a loss that is not a finite number in epoch %d, batch %lld; a "
                "smaller learning rate may help (--lr)",
                epoch + 1, (long long)batch + 1);
}

/* ---- Epochs */

static status train_epoch(run *r, int32_t epoch, propense_progress *p, const propense_callbacks *cb,
                          propense_error *err)
{
    run_begin_epoch(r, epoch);
    for (int64_t at = 0; at < r->n_steps;) {
        at = run_steps(r, at);
        if (r->bad_step >= 0) return numeric(epoch, r->bad_step, err);
        p->done = at;
        if (at < r->n_steps) TRY(progress_tell(cb, p, err));
    }
    r->steps_before += r->n_steps;
    return PROPENSE_OK;
}

static void show(propense_progress *p, const epoch_figures *f)
{
    p->epoch_ended = 1;
    p->done = p->total;
    p->loss = f->loss, p->accuracy = f->accuracy, p->auc = f->auc;
    p->val_loss = f->val_loss, p->val_accuracy = f->val_accuracy, p->val_auc = f->val_auc;
}

static status one_epoch(run *r, int32_t e, record *out, const propense_callbacks *cb,
                        propense_error *err)
{
    epoch_figures *f = &out->epochs[e];
    propense_progress p = progress_of(PROPENSE_PHASE_TRAIN);
    p.epoch = e + 1;
    p.n_epochs = r->options->epochs;
    p.total = r->n_steps;
    TRY(train_epoch(r, e, &p, cb, err));
    run_train_figures(r, f);
    run_validate(r, f);
    out->rates[e] = schedule_rate(&r->schedule, r->steps_before);
    out->n = e + 1;
    if (isinf(f->val_loss) || (r->data->n_val && isnan(f->val_loss)))
        return numeric(e, r->n_steps - 1, err);
    show(&p, f);
    return progress_tell(cb, &p, err);
}

/* ---- Callbacks */

typedef struct watches {
    stopping_watch stopping;
    plateau_watch plateau;
    int has_saved;
    double saved;
} watches;

static void keep_weights(run *r)
{
    if (r->best) memcpy(r->best, r->step.params, (size_t)r->net->n_params * sizeof *r->best);
}

static status save(run *r, watches *w, int32_t epoch, const epoch_figures *f,
                   const optimiser_state *state, propense_error *err)
{
    const fit_checkpoint *c = &r->options->checkpoint;
    double value = monitored(c->monitor, f);
    if (!c->save) return PROPENSE_OK;
    if (w->has_saved && !is_better(value, w->saved, 0, monitor_is_low(c->monitor, c->mode)))
        return PROPENSE_OK;
    w->has_saved = 1;
    w->saved = value;
    optimiser_state now = *state;
    now.iteration = r->steps_before;
    now.learning_rate = r->schedule.rate;
    now.settings = r->optimiser;
    now.u_product = r->u_product;
    return c->save(c->user, epoch + 1, r->step.params, &now, err);
}

/* Whether this was the last epoch. */
static int look(run *r, watches *w, int32_t epoch, const epoch_figures *f)
{
    const fit_options *o = &r->options[0];
    const stopping_settings *s = &o->stopping;
    double value = monitored(s->monitor, f);
    if (o->schedule.kind == SCHEDULE_PLATEAU)
        r->schedule.rate = plateau_look(&w->plateau, &o->schedule, value,
                                        monitor_is_low(s->monitor, s->mode), r->schedule.rate);
    if (!s->on) return 0;
    stopping_advice advice = stopping_look(&w->stopping, s, epoch, value);
    if (advice.keep) keep_weights(r);
    return advice.stop;
}

static void finish(run *r, const watches *w, history *out)
{
    if (!w->stopping.has_weights) return;
    out->best_epoch = w->stopping.best_epoch + 1;
    if (!r->best) return;
    memcpy(r->step.params, r->best, (size_t)r->net->n_params * sizeof *r->best);
    out->restored = 1;
}

static status train(run *r, record *done, history *out, const optimiser_state *state,
                    const propense_callbacks *cb, propense_error *err)
{
    watches w = { 0 };
    for (int32_t e = 0; e < r->options->epochs && !out->stopped_early; e++) {
        TRY(one_epoch(r, e, done, cb, err));
        TRY(save(r, &w, e, &done->epochs[e], state, err));
        out->stopped_early = look(r, &w, e, &done->epochs[e]);
    }
    finish(r, &w, out);
    return PROPENSE_OK;
}

/* The last step's result is met by no loss any more. */
static status check_parameters(const run *r, const record *done, propense_error *err)
{
    for (int64_t i = 0; i < r->net->n_params; i++)
        if (!isfinite(r->step.params[i])) return numeric(done->n - 1, r->n_steps - 1, err);
    return PROPENSE_OK;
}

/* ---- The call */

static status run_all(run *r, record *done, history *out, const optimiser_state *state,
                      const propense_callbacks *cb, propense_error *err)
{
    r->pool = r->threads > 1 ? pool_new(r->threads) : NULL;
    int given = pool_size(r->pool);
    if (r->step_threads > given) r->step_threads = given;
    if (r->check_threads > given) r->check_threads = given;
    r->pace = pace_begin(r->step_threads);
    status s = train(r, done, out, state, cb, err);
    pool_free(r->pool);
    return s == PROPENSE_OK ? check_parameters(r, done, err) : s;
}

static void begin(run *r, float *params, const optimiser_state *state)
{
    const fit_options *o = r->options;
    r->step.k = o->kernels ? o->kernels : kernels_best();
    r->step.params = params, r->step.m = state->m, r->step.v = state->v;
    r->step.seed = o->seed;
    r->steps_before = state->iteration;
    r->u_product = state->u_product > 0 ? state->u_product : 1;
    r->schedule = schedule_begin(&o->schedule, o->learning_rate, o->epochs, r->n_steps);
}

static void end(const run *r, optimiser_state *state)
{
    state->iteration = r->steps_before;
    state->learning_rate = r->schedule.rate;
    state->settings = r->optimiser;
    state->u_product = r->optimiser.kind == OPTIMISER_NADAM ? r->u_product : 0;
}

status network_fit(const network *net, float *params, optimiser_state *state, history *out,
                   const fit_data *data, const fit_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err)
{
    *out = (history){ 0 };
    TRY(check_arguments(data, options, err));
    record done = { TAKE(mem, epoch_figures, options->epochs), TAKE(mem, double, options->epochs),
                    0 };
    run r = run_of(net, data, options);
    int64_t bytes = run_plan(&r, NULL);
    arena block = { 0 };
    unsigned char *base = bytes < 0 ? NULL : TAKE_WIDE(&block, unsigned char, bytes);
    if (!done.epochs || !done.rates || !base) {
        arena_free(&block);
        return fail_memory(err);
    }
    (void)run_plan(&r, base);
    begin(&r, params, state);
    history made = { .epochs = done.epochs, .rates = done.rates };
    status s = run_all(&r, &done, &made, state, cb, err);
    end(&r, state);
    arena_free(&block);
    made.n_epochs = done.n;
    if (s == PROPENSE_OK) *out = made;
    return s;
}
