/* Training: the way of the data from a file to a judged model, once, in order.
 * Leaves reading to dataset.c, fitting to pipeline.c, judging to judge.c; here is only who gets
 * what from whom. Read design of the row's way in ARCHITECTURE.md and train.h first. */
#include "train.h"

#include <math.h>

#include "bundle.h"
#include "folds.h"
#include "judge.h"
#include "natural.h"
#include "num.h"
#include "pipeline.h"
#include "split.h"

/* What training holds while it runs. */
typedef struct training {
    const options *o;
    const propense_callbacks *cb;
    train_calibrate calibrate;
    pipeline_plan plan;
    dataset data;
    dataset valid;   /* --valid: judged on in place of a part of data */
    split parts;     /* rows of data */
    row_set learned; /* the training part, or what --balance leaves of it */
    balancing balance;
    pipeline p;
    arena run;
} training;

/* The best preset's members judge each other's rows, so none are kept back unless asked for. */
static double test_share(const training *t)
{
    int is_given = t->o->value[OPT_test_size] != NULL;
    if (*option_text(t->o, OPT_valid)) return 0;
    return t->plan.is_best && !is_given ? 0 : option_number(t->o, OPT_test_size);
}

/* Whole groups, of d's known rows: as many as make up the share. */
static status split_groups(training *t, propense_error *err)
{
    const dataset *d = &t->data;
    int64_t n = d->n_known, want = (int64_t)ceil(test_share(t) * (double)n);
    int32_t *group;
    uint64_t seed = (uint64_t)option_int(t->o, OPT_split_seed);
    int64_t *order = TAKE(&t->run, int64_t, n);
    TRY(dataset_groups(&group, d, d->known, n, &t->run, err));
    if (!order) return fail_memory(err);
    int64_t n_test = groups_drawn(order, group, n, d->n_groups, want, seed, &t->run);
    if (n_test < 0) return fail_memory(err);
    if (n_test == n)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: the column of --group has too few values: whole groups leave no row to "
                    "train on; a smaller --test_size, or none",
                    d->name);
    t->parts = (split){ order + n_test, order, n - n_test, n_test };
    return PROPENSE_OK;
}

static int64_t count_positive(const uint8_t *y, int64_t n)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) sum += y[i];
    return sum;
}

/* What is left to learn from holds one answer only. */
static status cannot_learn(const training *t, const char *share, propense_error *err)
{
    return fail(err, PROPENSE_E_ARG,
                "--test_size %s would leave %lld of %lld rows to learn from, all with the same "
                "answer; a smaller one is needed",
                share, (long long)t->parts.n_train, (long long)t->data.n_known);
}

/* The test part holds one answer only. A larger one has about ten of the rarer, if there are as
 * many. */
static status cannot_judge(const training *t, const char *share, int64_t n_positive, int64_t n_rare,
                           propense_error *err)
{
    long long n_test = t->parts.n_test, n = t->data.n_known, sure = n_positive;
    int percent = n_rare > 20 ? (int)((1000 + n_rare - 1) / n_rare) : 50;
    if (t->plan.is_best)
        return fail(err, PROPENSE_E_ARG,
                    "--test_size %s: the test part would have %lld of %lld rows, %lld of them "
                    "conversions, and could judge nothing; take a larger one, as 0.%02d, or none: "
                    "then networks that did not learn from a row judge it",
                    share, n_test, n, sure, percent);
    return fail(err, PROPENSE_E_ARG,
                "--test_size %s: the test part would have %lld of %lld rows, %lld of them "
                "conversions, and could judge nothing; take a larger one, as 0.%02d, or keep the "
                "shares equal (--stratify); 0 learns from every row and judges nothing",
                share, n_test, n, sure, percent);
}

/* Both parts need both answers: one to learn the difference, one to be judged on it. */
static status check_parts(const training *t, const uint8_t *y, propense_error *err)
{
    const split *p = &t->parts;
    int64_t n = t->data.n_known, all = count_positive(y, n), test = 0;
    char share[num_buffer];
    if (!p->n_test) return PROPENSE_OK;
    for (int64_t i = 0; i < p->n_test; i++) test += y[p->test[i]];
    (void)num_repr(share, test_share(t));
    if (test == all || all - test == p->n_train) return cannot_learn(t, share, err);
    if (test > 0 && test < p->n_test) return PROPENSE_OK;
    return cannot_judge(t, share, test, all < n - all ? all : n - all, err);
}

static status split_data(training *t, propense_error *err)
{
    const dataset *d = &t->data;
    uint8_t *y;
    TRY(dataset_targets(&y, d, d->known, d->n_known, &t->run, err));
    if (d->group && option_flag(t->o, OPT_stratify))
        return fail(err, PROPENSE_E_ARG,
                    "--group and --stratify: whole groups have the shares that they have");
    TRY(d->group ? split_groups(t, err)
                 : split_rows(&t->parts, d->n_known, test_share(t),
                              (uint32_t)option_number(t->o, OPT_split_seed),
                              option_flag(t->o, OPT_stratify), y, &t->run, err));
    TRY(check_parts(t, y, err));
    for (int64_t i = 0; i < t->parts.n_train; i++) t->parts.train[i] = d->known[t->parts.train[i]];
    for (int64_t i = 0; i < t->parts.n_test; i++) t->parts.test[i] = d->known[t->parts.test[i]];
    return PROPENSE_OK;
}

static row_set training_part(const training *t)
{
    return (row_set){ t->parts.train, t->parts.n_train };
}

/* Said before the training, kept by the model afterwards. */
static status raise_alarms(training *t, alarms *found, propense_error *err)
{
    const dataset *d = &t->data;
    TRY(alarms_find(found, &d->data, &d->schema, d->y, &t->parts, &t->run, err));
    return alarms_tell(found, &d->schema, t->cb, err);
}

static status keep_alarms(card *c, const alarms *found, arena *mem, propense_error *err)
{
    c->alarms.items = TAKE(mem, data_alarm, found->n);
    if (!c->alarms.items) return fail_memory(err);
    c->alarms.n = found->n;
    for (int32_t i = 0; i < found->n; i++) c->alarms.items[i] = found->items[i];
    return PROPENSE_OK;
}

static status describe(training *t, propense_error *err)
{
    const pipeline *p = &t->p;
    card *c = &p->m->card;
    arena *mem = &p->m->mem;
    char hex[33];
    rows_hash_hex(&t->data.data.hash, hex);
    c->fingerprint = str_keep(mem, str_of(hex));
    c->version = str_keep(mem, STR(PROPENSE_VERSION));
    c->date = str_keep(mem, str_of(option_text(t->o, OPT_date)));
    if (!c->fingerprint.p || !c->version.p || !c->date.p) return fail_memory(err);
    c->n_rows = t->data.n_rows;
    c->n_train = p->n_train;
    c->n_test = p->n_held;
    c->n_positive_train = count_positive(p->y, p->n_train);
    c->n_positive_test = count_positive(p->y_held, p->n_held);
    TRY(remember_options(c, t->o, mem, err));
    if (!t->plan.is_best) return PROPENSE_OK;
    c->test_size = test_share(t);
    c->epochs = t->plan.best.fit.epochs;
    c->batch_size = t->plan.best.fit.batch_size;
    c->learning_rate = t->plan.best.fit.learning_rate;
    return PROPENSE_OK;
}

static status judge(training *t, propense_error *err)
{
    pipeline *p = &t->p;
    if (p->out_of_fold && p->n_held == 0)
        return judge_out_of_fold(p->m, p->out_of_fold, p->y, p->n_train, &t->run, err);
    return judge_model(p->m, t->plan.fit.kernels, p->x_held, p->y_held, p->n_held, &t->run, err);
}

/* From the file to the encoded rows. */
static status prepare_rows(training *t, alarms *found, const char *path, propense_error *err)
{
    TRY(pipeline_plan_of(&t->plan, t->o, &t->run, err)); /* before any data */
    if (*option_text(t->o, OPT_checkpoint_out))
        TRY(bundle_check_name(option_text(t->o, OPT_checkpoint_out), err));
    TRY(dataset_read(&t->data, path, t->o, t->cb, err));
    if (*option_text(t->o, OPT_valid))
        TRY(dataset_read(&t->valid, option_text(t->o, OPT_valid), t->o, NULL, err));
    TRY(dataset_tell(&t->data, t->cb, err));
    TRY(split_data(t, err));
    TRY(raise_alarms(t, found, err));
    TRY(natural_choose(&t->learned, &t->balance, &t->data, training_part(t), t->o,
                       t->plan.fit.kernels, t->cb, &t->run, err));
    TRY(pipeline_encode_for(&t->p, &t->plan, &t->data, NULL, t->learned,
                            (row_set){ t->parts.test, t->parts.n_test }, t->cb, err));
    return t->valid.n_rows ? pipeline_hold(&t->p, &t->valid, err) : PROPENSE_OK;
}

static status calibrate_on(training *t, propense_error *err)
{
    model *m = t->p.m;
    if (!t->calibrate) return PROPENSE_OK;
    return t->calibrate(&m->calibrator, &t->data, training_part(t), t->learned, &t->plan, &t->p,
                        t->o, t->cb, &m->mem, err);
}

static status train_steps(training *t, const char *path, propense_error *err)
{
    alarms found;
    TRY(prepare_rows(t, &found, path, err));
    model *m = t->p.m;
    TRY(keep_alarms(&m->card, &found, &m->mem, err));
    TRY(describe(t, err));
    if (!t->plan.is_best) TRY(calibrate_on(t, err)); /* fits the pipeline anew */
    natural_correct(m, natural_shift(&t->plan, &t->data, t->learned, training_part(t)), t->cb);
    if (!t->balance.kind) dataset_free_table(&t->data); /* the matrices hold all that is needed */
    if (*option_text(t->o, OPT_checkpoint_out))         /* of this training, not of its folds */
        t->plan.checkpoint = option_text(t->o, OPT_checkpoint_out);
    TRY(pipeline_learn(&t->p, &t->plan, t->cb, err));
    TRY(natural_compare(&t->balance, &t->p, &t->plan, &t->data, t->learned, training_part(t),
                        (row_set){ t->parts.test, t->parts.n_test },
                        t->valid.n_rows ? &t->valid : NULL, t->o, &t->run, err));
    m->card.balancing = t->balance;
    if (t->plan.is_best) TRY(calibrate_on(t, err));
    return judge(t, err);
}

static status training_end(training *t, model **out, status s)
{
    *out = NULL;
    if (s == PROPENSE_OK) {
        *out = t->p.m;
        t->p.m = NULL;
    }
    pipeline_free(&t->p);
    dataset_free(&t->data);
    dataset_free(&t->valid);
    arena_free(&t->run);
    return s;
}

status train_rehearse(model **out, rehearsal *what, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err)
{
    training t = { .o = o, .cb = cb };
    alarms found;
    status s = prepare_rows(&t, &found, path, err);
    if (s == PROPENSE_OK) s = pipeline_rehearse(what, &t.p, &t.plan, err);
    return training_end(&t, out, s);
}

status train_file_calibrated(model **out, const char *path, const options *o,
                             train_calibrate calibrate, const propense_callbacks *cb,
                             propense_error *err)
{
    training t = { .o = o, .cb = cb, .calibrate = calibrate };
    return training_end(&t, out, train_steps(&t, path, err));
}

status train_file(model **out, const char *path, const options *o, const propense_callbacks *cb,
                  propense_error *err)
{
    return train_file_calibrated(out, path, o, NULL, cb, err);
}
