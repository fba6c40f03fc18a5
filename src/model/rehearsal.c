/* Tries a training out: its network, its memory, and some of its steps.
 * Leaves the words to report/rehearsal_words.c.
 * Read rehearsal.h first. */
#include "rehearsal.h"

#include "threads.h"

enum { tried_steps = 8, most_tries = 12 };

/* Milliseconds are enough to know a step by; the first try warms up. */
static status try_steps(double *seconds, const network *net, const fit_data *data,
                        const fit_options *fit, arena *run, propense_error *err)
{
    const int64_t enough = 40000000;
    arena_mark mark = arena_here(run);
    optimiser_state state = { TAKE_WIDE(run, float, net->n_params),
                              TAKE_WIDE(run, float, net->n_params), .iteration = 0 };
    float *params = TAKE_WIDE(run, float, net->n_params);
    int64_t least = INT64_MAX, spent = 0;
    if (!state.m || !state.v || !params) return fail_memory(err);
    network_init(net, params, fit->seed);
    for (int i = 0; i < most_tries && (i < 2 || spent < enough); i++) {
        history h;
        int64_t start = clock_ns();
        status s = network_fit(net, params, &state, &h, data, fit, run, NULL, err);
        int64_t took = clock_ns() - start;
        if (s == PROPENSE_E_NUMERIC) break; /* the training itself is to say that */
        TRY(s);
        spent += took;
        if (took < least) least = took;
    }
    arena_rewind(run, mark);
    *seconds = least < INT64_MAX ? (double)least / 1e9 : 0;
    return PROPENSE_OK;
}

static void count_bytes(rehearsal *r, const pipeline *p, const fit_data *d, const fit_options *o)
{
    const network *net = &p->m->network;
    r->data_bytes =
        (p->n_train + p->n_held) * ((int64_t)net->n_inputs * (int64_t)sizeof(float) + 1);
    r->model_bytes = 3 * net->n_params * (int64_t)sizeof(float);
    r->run_bytes = network_fit_bytes(net, d, o);
}

/* All members have their parameters and two moments of each; those of the last epoch and of the
 * best one are kept. */
static status rehearse_best(rehearsal *out, pipeline *p, const pipeline_plan *plan,
                            propense_error *err)
{
    const ensemble_plan *best = &plan->best;
    const network *net = &p->m->network;
    double seconds = 0;
    TRY(ensemble_rehearse(&seconds, p->m, best, p->x, p->y, p->n_train, p->n_folds, &p->run, err));
    int64_t learn = p->n_train - p->n_train / p->n_folds;
    int64_t batch = best->fit.batch_size < learn / 4 ? best->fit.batch_size : learn / 4;
    *out = (rehearsal){ .n_train = p->n_train,
                        .n_held = p->n_held,
                        .epochs = best->fit.epochs,
                        .batch_size = (int32_t)(batch > 1 ? batch : 1),
                        .n_steps = batch > 1 ? learn / batch : learn,
                        .n_members = p->n_folds,
                        .seconds = seconds };
    out->data_bytes =
        (p->n_train + p->n_held) * ((int64_t)net->n_inputs * (int64_t)sizeof(float) + 1);
    out->model_bytes = 4 * p->n_folds * net->n_params * (int64_t)sizeof(float);
    fit_options step = plan->fit;
    step.batch_size = out->batch_size;
    out->run_bytes = /* each thread has a member at a time */
        (best->fit.threads > 0 ? best->fit.threads : threads_available()) *
        network_fit_bytes(net, &(fit_data){ .x = p->x, .y = p->y, .n = p->n_train }, &step);
    return PROPENSE_OK;
}

status pipeline_rehearse(rehearsal *out, pipeline *p, const pipeline_plan *plan,
                         propense_error *err)
{
    network *net = &p->m->network;
    if (plan->is_best) return rehearse_best(out, p, plan, err);
    TRY(network_plan(net, p->m->encoder.n_inputs, plan->layers, plan->n_layers, &p->m->mem, err));
    fit_data data = { .x = p->x,
                      .y = p->y,
                      .n = p->n_train,
                      .x_val = p->x_held,
                      .y_val = p->y_held,
                      .n_val = p->n_held };
    fit_options fit = plan->fit;
    int64_t batch = fit.batch_size < p->n_train ? fit.batch_size : p->n_train;
    *out = (rehearsal){ .n_train = p->n_train,
                        .n_held = p->n_held,
                        .epochs = fit.epochs,
                        .batch_size = (int32_t)batch,
                        .n_steps = batch ? (p->n_train + batch - 1) / batch : 0 };
    if (batch < 1) return fail(err, PROPENSE_E_ARG, "there are no rows to train on");
    fit.stopping = (stopping_settings){ 0 };
    fit.schedule = (schedule_settings){ 0 };
    count_bytes(out, p, &data, &plan->fit);
    fit.epochs = 1;
    int64_t rows = batch > p->n_train / tried_steps ? p->n_train : batch * tried_steps;
    int64_t steps = (rows + batch - 1) / batch;
    data.n = rows, data.n_val = 0;
    double seconds = 0;
    TRY(try_steps(&seconds, net, &data, &fit, &p->run, err));
    out->seconds = seconds / (double)steps * (double)out->n_steps * (double)out->epochs;
    return PROPENSE_OK;
}
