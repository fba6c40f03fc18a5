/* The training loop: epochs, progress, and what stops it.
 * Leaves the steps to run_step.c and the figures to run_figures.c.
 * Read fit.h and run.h first. */
#include "fit.h"

#include <math.h>

#include "run.h"

static status check_arguments(const fit_data *d, const fit_options *o, propense_error *err)
{
    if (d->n < 1) return fail(err, PROPENSE_E_ARG, "there are no rows to train on");
    if (o->epochs < 1 || o->batch_size < 1)
        return fail(err, PROPENSE_E_ARG, "epochs and batch size have to be at least 1");
    if (o->optimiser.kind != OPTIMISER_ADAM || o->schedule.kind || o->loss.kind || o->stopping.on ||
        o->checkpoint.save || d->weight)
        return fail(err, PROPENSE_E_ARG, "this part of training is not built yet");
    return PROPENSE_OK;
}

static run run_of(const network *net, const fit_data *data, const fit_options *options)
{
    return (run){ .net = net, .data = data, .options = options, .bad_step = -1 };
}

int64_t network_fit_bytes(const network *net, const fit_data *data, const fit_options *options)
{
    run r = run_of(net, data, options);
    if (check_arguments(data, options, NULL) != PROPENSE_OK) return 0;
    int64_t bytes = run_plan(&r, NULL);
    return bytes < 0 ? INT64_MAX : bytes + options->epochs * (int64_t)sizeof(epoch_figures);
}

static status numeric(int32_t epoch, int64_t batch, propense_error *err)
{
    return fail(err, PROPENSE_E_NUMERIC,
                "training met a loss that is not a finite number in epoch %d, batch %lld; a "
                "smaller learning rate may help (--lr)",
                epoch + 1, (long long)batch + 1);
}

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

static status train(run *r, epoch_figures *figures, const propense_callbacks *cb,
                    propense_error *err)
{
    for (int32_t e = 0; e < r->options->epochs; e++) {
        propense_progress p = progress_of(PROPENSE_PHASE_TRAIN);
        p.epoch = e + 1;
        p.n_epochs = r->options->epochs;
        p.total = r->n_steps;
        TRY(train_epoch(r, e, &p, cb, err));
        run_train_figures(r, &figures[e]);
        run_validate(r, &figures[e]);
        if (isinf(figures[e].val_loss) || (r->data->n_val && isnan(figures[e].val_loss)))
            return numeric(e, r->n_steps - 1, err);
        show(&p, &figures[e]);
        TRY(progress_tell(cb, &p, err));
    }
    return PROPENSE_OK;
}

/* The last step's result is met by no loss any more. */
static status check_parameters(const run *r, propense_error *err)
{
    for (int64_t i = 0; i < r->net->n_params; i++)
        if (!isfinite(r->step.params[i]))
            return numeric(r->options->epochs - 1, r->n_steps - 1, err);
    return PROPENSE_OK;
}

static status run_all(run *r, epoch_figures *figures, const propense_callbacks *cb,
                      propense_error *err)
{
    r->pool = r->threads > 1 ? pool_new(r->threads) : NULL;
    int given = pool_size(r->pool);
    if (r->step_threads > given) r->step_threads = given;
    if (r->check_threads > given) r->check_threads = given;
    r->pace = pace_begin(r->step_threads);
    status s = train(r, figures, cb, err);
    pool_free(r->pool);
    return s == PROPENSE_OK ? check_parameters(r, err) : s;
}

status network_fit(const network *net, float *params, adam_state *state, history *out,
                   const fit_data *data, const fit_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err)
{
    *out = (history){ 0 };
    TRY(check_arguments(data, options, err));
    epoch_figures *figures = TAKE(mem, epoch_figures, options->epochs);
    run r = run_of(net, data, options);
    int64_t bytes = run_plan(&r, NULL);
    arena block = { 0 };
    unsigned char *base = bytes < 0 ? NULL : TAKE_WIDE(&block, unsigned char, bytes);
    if (!figures || !base) {
        arena_free(&block);
        return fail_memory(err);
    }
    (void)run_plan(&r, base);
    r.step.k = options->kernels ? options->kernels : kernels_best();
    r.step.params = params, r.step.m = state->m, r.step.v = state->v;
    r.step.seed = options->seed;
    r.steps_before = state->iteration;
    status s = run_all(&r, figures, cb, err);
    state->iteration = r.steps_before;
    state->learning_rate = options->learning_rate;
    state->settings = optimiser_defaults(OPTIMISER_ADAM);
    arena_free(&block);
    if (s == PROPENSE_OK) *out = (history){ .n_epochs = options->epochs, .epochs = figures };
    return s;
}
