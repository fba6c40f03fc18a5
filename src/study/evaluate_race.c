/* What stands beside a model that is judged on rows of a file: whether it knows them already, and
 * the simple models, each row scored by one that was fitted without it.
 * Leaves reading to model_data.c and the fitting to crossfit.c. Read evaluate.h first. */
#include <math.h>

#include "evaluate_parts.h"
#include "maths.h"
#include "model_data.h"

/* Simple models are fitted on files of so many rows, each on a part of them: they have some dozens
 * of parameters. */
enum { most_raced = 1000000, most_fitted = 50000 };

typedef struct racing {
    evaluation *e;
    const model *m;
    const options *o;
    const propense_callbacks *cb;
    dataset d;
    folds folds;
    pool *threads;
    arena run;
} racing;

/* ---- Rows that the model knows */

static double squared_error(const auc_interval *a)
{
    return a->variance > 0 ? a->variance : 0;
}

/* Far above what the model was worth on rows it had not seen: one draw in a thousand. */
static int is_far_better(const evaluation *e, const card *c)
{
    const double far = 3.3;
    const auc_interval *here = &e->model.auc, *then = &c->auc;
    if (!card_n_judged(c) || isnan(here->low) || isnan(then->low)) return 0;
    double error = sqrt(squared_error(here) + squared_error(then));
    return error > 0 && here->auc - then->auc > far * error;
}

static void note_card(evaluation *e, const card *c)
{
    e->unseen.n = card_n_judged(c);
    e->unseen.auc = c->auc;
    e->unseen.log_loss = c->test_loss;
    e->unseen.n_of_file = c->n_test;
}

/* ---- The simple models */

static status take_folds(racing *r, const uint8_t *y, propense_error *err)
{
    const options *o = r->o;
    int32_t n_folds = (int32_t)option_int(o, OPT_cv);
    uint32_t seed = (uint32_t)option_int(o, OPT_split_seed);
    int32_t *group;
    TRY(dataset_groups(&group, &r->d, r->d.known, r->d.n_known, &r->run, err));
    if (group)
        return folds_grouped(&r->folds, y, group, r->d.n_known, r->d.n_groups, n_folds, 1, seed,
                             &r->run, err);
    return folds_stratified(&r->folds, y, r->d.n_known, n_folds, 1, seed, &r->run, err);
}

static status take_rival(racing *r, const crossfit *scores, contender who, propense_error *err)
{
    evaluation *e = r->e;
    const float *z = scores->score[who];
    double *rank = TAKE(&e->mem, double, scores->n), *p = NULL;
    if (who != CONTENDER_RULE) p = TAKE(&e->mem, double, scores->n);
    if (!rank || (who != CONTENDER_RULE && !p)) return fail_memory(err);
    for (int64_t i = 0; i < scores->n; i++) {
        rank[i] = (double)z[i];
        if (p) p[i] = m_sigmoid(rank[i]);
    }
    rivalry *rival = &e->rivals[who];
    rival->of = (appraisal){ .rank = rank, .p = p };
    return rival_of(rival, &e->model, e->threshold, who == CONTENDER_LOGISTIC, r->threads, &e->mem,
                    err);
}

static status race(racing *r, propense_error *err)
{
    uint8_t *y;
    crossfit scores;
    TRY(dataset_targets(&y, &r->d, r->d.known, r->d.n_known, &r->run, err));
    TRY(take_folds(r, y, err));
    const crossfit_set set = { .fold = r->folds.of,
                               .n_folds = r->folds.n_folds,
                               .seed = (uint64_t)option_int(r->o, OPT_seed) };
    const crossfit_job job = { .d = &r->d,
                               .rows = { r->d.known, r->d.n_known },
                               .sets = &set,
                               .n_sets = 1,
                               .contenders = 1u << CONTENDER_LOGISTIC | 1u << CONTENDER_RULE,
                               .most_train = most_fitted,
                               .threads = r->threads,
                               .cb = r->cb };
    TRY(crossfit_run(&scores, &job, &r->run, err));
    r->e->n_folds = r->folds.n_folds;
    r->e->has_groups = r->d.group != NULL;
    for (int k = CONTENDER_LOGISTIC; k <= CONTENDER_RULE; k++)
        if (scores.score[k]) TRY(take_rival(r, &scores, (contender)k, err));
    return PROPENSE_OK;
}

/* Folds have both kinds of customers when there are that many of each. */
static int can_race(const racing *r)
{
    const appraisal *a = &r->e->model;
    int64_t n_folds = option_int(r->o, OPT_cv);
    return a->n <= most_raced && r->d.n_known == a->n && a->n_positive >= n_folds &&
           a->n - a->n_positive >= n_folds;
}

static status race_steps(racing *r, const char *path, propense_error *err)
{
    TRY(model_data_read(&r->d, r->m, path, r->o, r->cb, err));
    r->e->knows_rows = model_data_is_own(r->m, &r->d);
    return can_race(r) ? race(r, err) : PROPENSE_OK;
}

status evaluate_race(evaluation *e, const model *m, const char *path, const options *o,
                     const propense_callbacks *cb, pool *threads, propense_error *err)
{
    racing r = { .e = e, .m = m, .o = o, .cb = cb, .threads = threads };
    const card *c = &m->card;
    int is_file = strcmp(path, "-") != 0;
    if (m->is_foreign || e->model.verdict == VERDICT_NONE) return PROPENSE_OK;
    note_card(e, c);
    status s = PROPENSE_OK;
    if (is_file && (e->model.n <= most_raced || e->n_rows == c->n_rows))
        s = race_steps(&r, path, err);
    e->is_far_better = !e->knows_rows && is_far_better(e, c);
    dataset_free(&r.d);
    arena_free(&r.run);
    return s;
}
