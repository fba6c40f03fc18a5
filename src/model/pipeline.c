/* Fitting and applying the pipeline on given rows of a dataset.
 * Leaves reading to dataset.c, who gets which rows to train.c and study/, judging to judge.c.
 * Read pipeline.h first. */
#include "pipeline.h"

#include <math.h>
#include <string.h>

#include "balance.h"
#include "checkpoint.h"
#include "folds.h"
#include "judge.h"
#include "kernels.h"
#include "pipeline_options.h"
#include "random.h"

status pipeline_plan_of(pipeline_plan *out, const options *o, arena *mem, propense_error *err)
{
    *out = (pipeline_plan){ 0 };
    TRY(fit_of_options(&out->fit, o, err));
    out->watch_share = option_number(o, OPT_validation_size);
    out->balance = (int)balance_of(option_text(o, OPT_balance));
    TRY(best_of_options(&out->is_best, o, err));
    out->best = ensemble_plan_of(o, out->fit.kernels);
    return layers_of_options(&out->layers, &out->n_layers, o, mem, err);
}

/* ---- Encoding */

static int keep(str *to, str from, arena *mem)
{
    *to = str_keep(mem, from);
    return to->p != NULL;
}

static status copy_schema(schema *to, const schema *from, arena *mem, propense_error *err)
{
    *to = *from;
    to->columns = TAKE(mem, schema_column, from->n_columns);
    int done = to->columns && keep(&to->positive, from->positive, mem) &&
               keep(&to->negative, from->negative, mem);
    for (int32_t c = 0; done && c < from->n_columns; c++) {
        to->columns[c] = from->columns[c];
        done = keep(&to->columns[c].name, from->columns[c].name, mem) &&
               keep(&to->columns[c].example, from->columns[c].example, mem);
    }
    return done ? PROPENSE_OK : fail_memory(err);
}

/* The encoder's columns in the dataset that it was fitted on. */
static status own_columns(int32_t **at, const model *m, arena *mem, propense_error *err)
{
    const encoder *e = &m->encoder;
    *at = TAKE(mem, int32_t, e->n_columns);
    if (!*at) return fail_memory(err);
    for (int32_t c = 0; c < e->n_columns; c++)
        (*at)[c] = m->schema.columns[e->columns[c].schema_column].position;
    return PROPENSE_OK;
}

/* The same in any dataset, by name. */
static status columns_named(int32_t **at, const model *m, const dataset *d, arena *mem,
                            propense_error *err)
{
    const encoder *e = &m->encoder;
    const schema *s = &d->schema;
    *at = TAKE(mem, int32_t, e->n_columns);
    str *names = TAKE(mem, str, s->n_columns);
    if (!*at || !names) return fail_memory(err);
    for (int32_t c = 0; c < s->n_columns; c++) names[c] = s->columns[c].name;
    TRY(encoder_find(*at, e, names, s->n_columns, d->name, err));
    for (int32_t c = 0; c < e->n_columns; c++) (*at)[c] = s->columns[(*at)[c]].position;
    return PROPENSE_OK;
}

static status encode_part(float **x, uint8_t **y, pipeline *p, const dataset *d, const int32_t *at,
                          const uint8_t *targets, row_set r, propense_error *err)
{
    const encoder *e = &p->m->encoder;
    encode_counts counts = { 0 };
    *x = TAKE_WIDE(&p->run, float, r.n * e->n_inputs);
    *y = TAKE(&p->run, uint8_t, r.n);
    if (!*x || !*y) return fail_memory(err);
    for (int64_t i = 0; i < r.n; i++) (*y)[i] = targets[r.at[i]];
    return encoder_transform(e, at, &d->data, r.at, r.n, *x, 0, d->name, &counts, &p->run, err);
}

static status weights_of_part(float **w, pipeline *p, const dataset *d, row_set r,
                              propense_error *err)
{
    *w = NULL;
    if (!d->weight) return PROPENSE_OK;
    *w = TAKE(&p->run, float, r.n);
    if (!*w) return fail_memory(err);
    for (int64_t i = 0; i < r.n; i++) (*w)[i] = d->weight[r.at[i]];
    return PROPENSE_OK;
}

/* The training rows in the order of their folds. */
static status cut_folds(pipeline *p, const ensemble_plan *plan, const dataset *d, const uint8_t *y,
                        row_set *train, propense_error *err)
{
    int64_t *at = TAKE(&p->run, int64_t, train->n);
    p->n_folds = ensemble_members(train->n);
    p->fold_at = TAKE(&p->run, int64_t, (int64_t)p->n_folds + 1);
    if (!at || !p->fold_at) return fail_memory(err);
    for (int64_t i = 0; i < train->n; i++) at[i] = train->at[i];
    train->at = at;
    return ensemble_folds(at, p->fold_at, p->n_folds, train->n, y, d->group, d->n_groups,
                          plan->fit.seed, &p->run, err);
}

static status encode_steps(pipeline *p, const ensemble_plan *best, const dataset *d,
                           const uint8_t *y, row_set train, row_set held,
                           const propense_callbacks *cb, propense_error *err)
{
    model *m = p->m;
    int32_t *at;
    TRY(copy_schema(&m->schema, &d->schema, &m->mem, err));
    TRY((best ? encoder_fit_rich : encoder_fit)(&m->encoder, &m->schema, &d->data, train.at,
                                                train.n, &m->mem, cb, err));
    if (best) TRY(cut_folds(p, best, d, y, &train, err));
    p->rows = train.at;
    p->n_groups = d->n_groups;
    TRY(dataset_groups(&p->group, d, train.at, train.n, &p->run, err));
    TRY(own_columns(&at, m, &p->run, err));
    TRY(weights_of_part(&p->weight, p, d, train, err));
    TRY(weights_of_part(&p->weight_held, p, d, held, err));
    TRY(encode_part(&p->x, &p->y, p, d, at, y, train, err));
    return encode_part(&p->x_held, &p->y_held, p, d, at, y, held, err);
}

static status encode_with(pipeline *out, const ensemble_plan *best, const dataset *d,
                          const uint8_t *y, row_set train, row_set held,
                          const propense_callbacks *cb, propense_error *err)
{
    *out = (pipeline){ .m = model_new(), .n_train = train.n, .n_held = held.n };
    if (!out->m) return fail_memory(err);
    status s = encode_steps(out, best, d, y ? y : d->y, train, held, cb, err);
    if (s != PROPENSE_OK) pipeline_free(out);
    return s;
}

status pipeline_encode(pipeline *out, const dataset *d, const uint8_t *y, row_set train,
                       row_set held, const propense_callbacks *cb, propense_error *err)
{
    return encode_with(out, NULL, d, y, train, held, cb, err);
}

status pipeline_encode_for(pipeline *out, const pipeline_plan *plan, const dataset *d,
                           const uint8_t *y, row_set train, row_set held,
                           const propense_callbacks *cb, propense_error *err)
{
    return encode_with(out, plan->is_best ? &plan->best : NULL, d, y, train, held, cb, err);
}

status pipeline_hold(pipeline *p, const dataset *d, propense_error *err)
{
    const schema *ours = &p->m->schema, *theirs = &d->schema;
    int32_t *at;
    if (!str_eq(ours->positive, theirs->positive))
        return fail(err, PROPENSE_E_PARSE,
                    "%s: a conversion is '%.*s' here, but '%.*s' in the training file; --positive "
                    "decides for both",
                    d->name, STR_ARG(theirs->positive), STR_ARG(ours->positive));
    TRY(columns_named(&at, p->m, d, &p->run, err));
    p->n_held = d->n_known;
    p->held_is_given = 1;
    const row_set known = { d->known, d->n_known };
    TRY(weights_of_part(&p->weight_held, p, d, known, err));
    return encode_part(&p->x_held, &p->y_held, p, d, at, d->y, known, err);
}

/* ---- Learning */

static status make_network(model *m, const pipeline_plan *plan, propense_error *err)
{
    TRY(network_plan(&m->network, m->encoder.n_inputs, plan->layers, plan->n_layers, &m->mem, err));
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    m->optimiser.m = TAKE_WIDE(&m->mem, float, m->network.n_params);
    m->optimiser.v = TAKE_WIDE(&m->mem, float, m->network.n_params);
    if (!m->params || !m->optimiser.m || !m->optimiser.v) return fail_memory(err);
    network_init(&m->network, m->params, plan->fit.seed);
    m->loss = plan->fit.loss;
    return PROPENSE_OK;
}

/* Whether the figures of held-out rows decide anything, and what does has to be kept apart from the
 * rows that judge the model: a part of the training rows, unless --valid names others. */
static int64_t rows_to_watch(const pipeline *p, const pipeline_plan *plan)
{
    const fit_options *f = &plan->fit;
    int watches = f->stopping.on || f->schedule.kind == SCHEDULE_PLATEAU || plan->checkpoint;
    if (!watches || p->held_is_given || f->stopping.monitor > MONITOR_VAL_AUC) return 0;
    double n = rint(plan->watch_share * (double)p->n_train);
    if (plan->watch_share > 0 && n < 1) n = 1;
    return n < (double)p->n_train ? (int64_t)n : 0;
}

static void copy_rows(float *x, uint8_t *y, float *w, const pipeline *p, const int64_t *order,
                      int64_t n)
{
    int64_t width = p->m->encoder.n_inputs;
    for (int64_t i = 0; i < n; i++) {
        memcpy(x + i * width, p->x + order[i] * width, (size_t)width * sizeof *x);
        y[i] = p->y[order[i]];
        if (w) w[i] = p->weight[order[i]];
    }
}

/* Draws those rows, and gives both parts matrices of their own. */
static status draw_watched(int64_t *order, int64_t *k, pipeline *p, uint64_t seed,
                           propense_error *err)
{
    if (p->group)
        *k = groups_drawn(order, p->group, p->n_train, p->n_groups, *k, seed, &p->run);
    else
        draw_permutation((draw_key){ seed, DRAW_SHUFFLE, 1 }, 0, order, p->n_train);
    return *k < 0 ? fail_memory(err) : PROPENSE_OK;
}

static status watch_rows(fit_data *d, pipeline *p, const pipeline_plan *plan, propense_error *err)
{
    int64_t n = p->n_train, k = rows_to_watch(p, plan), width = p->m->encoder.n_inputs;
    if (k == 0) return PROPENSE_OK;
    int64_t *order = TAKE(&p->run, int64_t, n);
    if (!order) return fail_memory(err);
    TRY(draw_watched(order, &k, p, plan->fit.seed, err));
    if (k == n) return PROPENSE_OK; /* all are one group */
    float *x = TAKE_WIDE(&p->run, float, (n - k) * width);
    float *x_val = TAKE_WIDE(&p->run, float, k *width);
    uint8_t *y = TAKE(&p->run, uint8_t, n);
    float *w = p->weight ? TAKE(&p->run, float, n) : NULL;
    if (!x || !x_val || !y || (p->weight && !w)) return fail_memory(err);
    copy_rows(x_val, y, w, p, order, k);
    copy_rows(x, y + k, w ? w + k : NULL, p, order + k, n - k);
    *d = (fit_data){ .x = x,
                     .y = y + k,
                     .n = n - k,
                     .x_val = x_val,
                     .y_val = y,
                     .n_val = k,
                     .weight = w ? w + k : NULL,
                     .weight_val = w };
    p->m->card.learning.n_watched = k;
    return PROPENSE_OK;
}

static status count_silent(pipeline *p, const pipeline_plan *plan, propense_error *err)
{
    model *m = p->m;
    learning *l = &m->card.learning;
    const struct kernels *k = plan->fit.kernels ? plan->fit.kernels : kernels_best();
    l->n_layers = m->network.n_layers;
    l->silent = TAKE(&m->mem, int32_t, l->n_layers);
    if (!l->silent) return fail_memory(err);
    return network_silent_units(&m->network, m->params, k, p->x, p->n_train, l->silent, &p->run,
                                err);
}

status pipeline_learn(pipeline *p, const pipeline_plan *plan, const propense_callbacks *cb,
                      propense_error *err)
{
    model *m = p->m;
    if (plan->is_best) {
        p->out_of_fold = TAKE(&p->run, float, p->n_train);
        if (!p->out_of_fold) return fail_memory(err);
        return ensemble_fit(m, &plan->best, p->x, p->y, p->fold_at, p->n_folds, p->out_of_fold, cb,
                            err);
    }
    TRY(make_network(m, plan, err));
    fit_data data = { .x = p->x,
                      .y = p->y,
                      .n = p->n_train,
                      .x_val = p->x_held,
                      .y_val = p->y_held,
                      .n_val = p->n_held,
                      .weight = p->weight,
                      .weight_val = p->weight_held };
    TRY(watch_rows(&data, p, plan, err));
    fit_options fit = plan->fit;
    checkpoint best = { m, plan->checkpoint };
    if (plan->checkpoint)
        fit.checkpoint =
            (fit_checkpoint){ checkpoint_save, &best, fit.stopping.monitor, fit.stopping.mode };
    TRY(network_fit(&m->network, m->params, &m->optimiser, &m->card.history, &data, &fit, &m->mem,
                    cb, err));
    return count_silent(p, plan, err);
}

void pipeline_free(pipeline *p)
{
    model_free(p->m);
    arena_free(&p->run);
    *p = (pipeline){ 0 };
}

status pipeline_fit(model **out, const pipeline_plan *plan, const dataset *d, const uint8_t *y,
                    row_set train, row_set held, const propense_callbacks *cb, propense_error *err)
{
    pipeline p;
    *out = NULL;
    TRY(pipeline_encode_for(&p, plan, d, y, train, held, cb, err));
    status s = pipeline_learn(&p, plan, cb, err);
    if (s == PROPENSE_OK) {
        *out = p.m;
        p.m = NULL;
    }
    pipeline_free(&p);
    return s;
}

/* ---- Applying */

/* Encoded at once: at most so many floats, so that wide models stay in bounded memory. */
enum { piece_floats = 1 << 20 };

static status logits_by_piece(float *logit, const model *m, const struct kernels *k,
                              const dataset *d, row_set r, arena *tmp, propense_error *err)
{
    const encoder *e = &m->encoder;
    int64_t piece = piece_floats / (e->n_inputs + 1) + 1;
    if (piece > r.n) piece = r.n;
    int32_t *at;
    TRY(columns_named(&at, m, d, tmp, err));
    float *x = TAKE_WIDE(tmp, float, piece * e->n_inputs), *p = TAKE(tmp, float, piece);
    if (!x || !p) return fail_memory(err);
    for (int64_t from = 0; from < r.n; from += piece) {
        int64_t n = r.n - from < piece ? r.n - from : piece;
        TRY(encoder_transform(e, at, &d->data, r.at + from, n, x, 0, d->name, NULL, tmp, err));
        TRY(predict_rows(m, k, x, n, p, logit + from, tmp, err));
    }
    return PROPENSE_OK;
}

status pipeline_logits(float *logit, const model *m, const struct kernels *k, const dataset *d,
                       row_set r, arena *tmp, propense_error *err)
{
    if (r.n == 0) return PROPENSE_OK;
    arena_mark mark = arena_here(tmp);
    status s = logits_by_piece(logit, m, k, d, r, tmp, err);
    arena_rewind(tmp, mark);
    return s;
}
