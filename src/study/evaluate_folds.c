/* An evaluation by folds: the whole pipeline inside every fold, its repeats, and the simple models
 * beside it. Leaves time to evaluate_time.c and chance to evaluate_permutations.c.
 * Read evaluate.h and crossfit.h first. */
#include <math.h>

#include "alarms.h"
#include "evaluate_parts.h"
#include "maths.h"
#include "natural.h"
#include "row_columns.h"
#include "split.h"

crossfit_job folding_job(const folding *f, const crossfit_set *sets, int32_t n_sets,
                         uint32_t contenders)
{
    return (crossfit_job){ .d = &f->d,
                           .rows = { f->d.known, f->d.n_known },
                           .plan = &f->plan,
                           .sets = sets,
                           .n_sets = n_sets,
                           .contenders = contenders,
                           .threads = f->threads,
                           .cb = f->cb };
}

/* ---- Rows, groups, folds */

/* What training would say of the file: a ranking that is too good has its reason here. */
static status raise_alarms(folding *f, propense_error *err)
{
    const dataset *d = &f->d;
    alarms found;
    split all = { .train = d->known, .n_train = d->n_known };
    TRY(alarms_find(&found, &d->data, &d->schema, d->y, &all, &f->run, err));
    return alarms_tell(&found, &d->schema, f->cb, err);
}

static status read_rows(folding *f, const char *path, propense_error *err)
{
    const options *o = f->o;
    dataset *d = &f->d;
    TRY(dataset_read(d, path, o, f->cb, err));
    TRY(dataset_groups(&f->group, d, d->known, d->n_known, &f->run, err));
    TRY(dataset_targets(&f->y, d, d->known, d->n_known, &f->run, err));
    f->e->n_rows = d->n_rows;
    f->e->has_groups = f->group != NULL;
    return evaluation_words(f->e, &d->schema, err);
}

static status make_folds(folding *f, propense_error *err)
{
    const options *o = f->o;
    int32_t n = (int32_t)option_int(o, OPT_cv), repeats = (int32_t)option_int(o, OPT_repeats);
    uint32_t seed = (uint32_t)option_int(o, OPT_split_seed);
    arena *mem = &f->e->mem;
    f->e->n_folds = n;
    f->e->n_repeats = repeats;
    TRY(f->group ? folds_grouped(&f->folds, f->y, f->group, f->d.n_known, f->d.n_groups, n, repeats,
                                 seed, mem, err)
                 : folds_stratified(&f->folds, f->y, f->d.n_known, n, repeats, seed, mem, err));
    f->e->fold = f->folds.of;
    return PROPENSE_OK;
}

static status run_folds(crossfit *out, folding *f, propense_error *err)
{
    int32_t n = f->folds.n_repeats;
    crossfit_set *sets = TAKE(&f->run, crossfit_set, n);
    if (!sets) return fail_memory(err);
    for (int32_t r = 0; r < n; r++)
        sets[r] = (crossfit_set){ .fold = f->folds.of + r * f->folds.n,
                                  .n_folds = f->folds.n_folds,
                                  .seed = f->plan.fit.seed + (uint64_t)r };
    uint32_t all = (1u << contender_count) - 1;
    crossfit_job job = folding_job(f, sets, n, all);
    int64_t began = clock_ns();
    status s = crossfit_run(out, &job, &f->run, err);
    f->folds_ns = (clock_ns() - began) / n;
    return s;
}

/* ---- Scores */

static status as_doubles(double **out, const float *x, int64_t n, arena *mem, propense_error *err)
{
    *out = TAKE(mem, double, n);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) (*out)[i] = (double)x[i];
    return PROPENSE_OK;
}

static status probabilities(double **out, const double *logit, int64_t n, arena *mem,
                            propense_error *err)
{
    *out = TAKE(mem, double, n);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) (*out)[i] = m_sigmoid(logit[i]);
    return PROPENSE_OK;
}

/* The network's probabilities in one repeat, calibrated as train would, each fold by the others. */
static status network_scores(appraisal *a, calibrator *c, const folding *f, const crossfit *scores,
                             int32_t repeat, arena *mem, propense_error *err)
{
    int64_t n = scores->n;
    const float *z = scores->score[CONTENDER_NETWORK] + repeat * n;
    double *rank, *p, *calibrated;
    const row_set all = { f->d.known, f->d.n_known };
    fold_scores s = { z,
                      f->y,
                      f->folds.of + repeat * n,
                      n,
                      f->folds.n_folds,
                      natural_shift(&f->plan, &f->d, all, all) };
    TRY(as_doubles(&rank, z, n, mem, err));
    calibrated = TAKE(mem, double, n);
    if (!calibrated) return fail_memory(err);
    const char *how = option_text(f->o, OPT_calibrate);
    /* As train does it: the best preset's means need no map (calibrate.c). */
    if (calibrate_is_asked(f->o) && !(f->plan.is_best && strcmp(how, "auto") == 0)) {
        TRY(calibrate_fit(c, calibrated, &s, how, mem, err));
        TRY(probabilities(&p, calibrated, n, mem, err));
    } else {
        for (int64_t i = 0; i < n; i++) calibrated[i] = rank[i] + s.shift;
        TRY(probabilities(&p, calibrated, n, mem, err));
    }
    *a = (appraisal){ .n = n, .y = f->y, .rank = rank, .p = p };
    return PROPENSE_OK;
}

static status judge_rival(folding *f, const crossfit *scores, contender who, propense_error *err)
{
    evaluation *e = f->e;
    rivalry *r = &e->rivals[who];
    double *rank, *p = NULL;
    if (!scores->score[who]) return PROPENSE_OK;
    TRY(as_doubles(&rank, scores->score[who], scores->n, &e->mem, err));
    if (who != CONTENDER_RULE) TRY(probabilities(&p, rank, scores->n, &e->mem, err));
    r->of = (appraisal){ .rank = rank, .p = p };
    return rival_of(r, &e->model, e->threshold, who == CONTENDER_LOGISTIC, f->threads, &e->mem,
                    err);
}

/* ---- Spread over folds and repeats */

static status spread_of_folds(folding *f, propense_error *err)
{
    evaluation *e = f->e;
    const appraisal *a = &e->model;
    float *score = TAKE(&f->run, float, a->n);
    uint8_t *y = TAKE(&f->run, uint8_t, a->n);
    e->fold_auc = TAKE(&e->mem, double, e->n_folds);
    if (!score || !y || !e->fold_auc) return fail_memory(err);
    for (int32_t k = 0; k < e->n_folds; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < a->n; i++) {
            if (e->fold[i] != k) continue;
            score[n] = (float)a->rank[i];
            y[n++] = a->y[i];
        }
        if (!roc_auc(&e->fold_auc[k], y, score, n, &f->run)) return fail_memory(err);
    }
    return PROPENSE_OK;
}

static status repeat_of(repeat_figures *out, folding *f, const crossfit *scores, int32_t repeat,
                        propense_error *err)
{
    arena mem = { 0 };
    appraisal a;
    calibrator c;
    status s = network_scores(&a, &c, f, scores, repeat, &mem, err);
    if (s == PROPENSE_OK) s = appraise(&a, f->e->threshold, 0, f->threads, &mem, err);
    if (s == PROPENSE_OK)
        *out = (repeat_figures){ a.auc.auc, a.figures[FIGURE_LOG_LOSS].value,
                                 a.figures[FIGURE_BRIER].value, a.figures[FIGURE_LIFT].value };
    arena_free(&mem);
    return s;
}

static status spread_of_repeats(folding *f, const crossfit *scores, propense_error *err)
{
    evaluation *e = f->e;
    e->repeats = TAKE(&e->mem, repeat_figures, e->n_repeats);
    if (!e->repeats) return fail_memory(err);
    for (int32_t r = 0; r < e->n_repeats; r++) TRY(repeat_of(&e->repeats[r], f, scores, r, err));
    return PROPENSE_OK;
}

/* ---- All of it */

static status judge_folds(folding *f, const crossfit *scores, propense_error *err)
{
    evaluation *e = f->e;
    uint8_t *y = TAKE(&e->mem, uint8_t, f->d.n_known);
    if (!y) return fail_memory(err);
    memcpy(y, f->y, (size_t)f->d.n_known);
    TRY(network_scores(&e->model, &e->calibration, f, scores, 0, &e->mem, err));
    e->model.y = y;
    TRY(appraise(&e->model, e->threshold, 1, f->threads, &e->mem, err));
    evaluation_power(e);
    for (int k = CONTENDER_LOGISTIC; k < contender_count; k++)
        TRY(judge_rival(f, scores, (contender)k, err));
    TRY(spread_of_folds(f, err));
    return spread_of_repeats(f, scores, err);
}

static status fold_steps(folding *f, const char *path, propense_error *err)
{
    const options *o = f->o;
    crossfit scores;
    int64_t *order = NULL;
    str time = str_of(option_text(o, OPT_time));
    TRY(evaluation_begin(f->e, o, err));
    if (*option_text(o, OPT_against))
        return fail(err, PROPENSE_E_ARG,
                    "--against compares two models: propense evaluate MODEL.keras DATA.csv "
                    "--against OTHER.keras");
    if (option_number(o, OPT_prior) > 0)
        return fail(err, PROPENSE_E_ARG,
                    "--prior is for customers to come, and folds are of customers that are there, "
                    "with the share that they have: propense evaluate MODEL.keras DATA.csv --prior "
                    "..., or train --prior ...");
    TRY(pipeline_plan_of(&f->plan, o, &f->run, err));
    f->threads = pool_new(threads_asked(o));
    if (!f->threads) return fail_memory(err);
    progress_watch(f->threads, f->cb);
    TRY(read_rows(f, path, err));
    if (time.n || option_flag(o, OPT_ordered))
        TRY(column_order(&order, &f->d, time, f->cb, &f->run, err));
    TRY(dataset_tell(&f->d, f->cb, err));
    TRY(raise_alarms(f, err));
    TRY(make_folds(f, err));
    TRY(run_folds(&scores, f, err));
    TRY(judge_folds(f, &scores, err));
    if (order) TRY(evaluate_cuts(f, order, err));
    return evaluate_permutations(f, err);
}

status evaluate_folds(evaluation **out, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err)
{
    *out = NULL;
    folding f = { .e = evaluation_new(EVALUATION_BY_FOLDS), .o = o, .cb = cb };
    if (!f.e) return fail_memory(err);
    status s = fold_steps(&f, path, err);
    pool_free(f.threads);
    dataset_free(&f.d);
    arena_free(&f.run);
    if (s != PROPENSE_OK)
        evaluation_free(f.e);
    else
        *out = f.e;
    return s;
}
