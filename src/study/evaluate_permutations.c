/* What chance alone brings: the whole pipeline on shuffled targets, folds drawn anew for each
 * (Ojala & Garriga 2010): p = (1 + #{null >= observed}) / (k + 1).
 *
 * The mean of the null is slightly below 0.5: where a fold holds out more conversions, the rest has
 * fewer. An area below 0.5 is therefore no reason to turn a ranking round.
 * Read evaluate.h and crossfit.h first. */
#include <math.h>

#include "evaluate_parts.h"
#include "random.h"

enum { batch_sets = 25 };

typedef struct shuffled {
    uint8_t *y;     /* [d.n_rows] */
    uint8_t *known; /* [n_known] the same for the known rows alone */
    folds folds;
} shuffled;

static status shuffle(shuffled *s, const folding *f, uint32_t number, arena *mem,
                      propense_error *err)
{
    const dataset *d = &f->d;
    int64_t n = d->n_known;
    int64_t *order = TAKE(mem, int64_t, n);
    s->y = TAKE(mem, uint8_t, d->n_rows);
    s->known = TAKE(mem, uint8_t, n);
    if (!order || !s->y || !s->known) return fail_memory(err);
    draw_permutation((draw_key){ (uint64_t)option_int(f->o, OPT_seed), DRAW_PERMUTE, 0 }, number,
                     order, n);
    for (int64_t i = 0; i < n; i++) s->y[d->known[i]] = s->known[i] = f->y[order[i]];
    if (f->group) { /* whole groups stay where they are */
        s->folds = f->folds;
        return PROPENSE_OK;
    }
    return folds_stratified(&s->folds, s->known, n, f->folds.n_folds, 1,
                            (uint32_t)option_int(f->o, OPT_split_seed), mem, err);
}

static status run_batch(double *null, double *null_simple, folding *f, int32_t from, int32_t n,
                        arena *tmp, propense_error *err)
{
    shuffled s[batch_sets];
    crossfit_set sets[batch_sets];
    crossfit scores;
    for (int32_t i = 0; i < n; i++) {
        TRY(shuffle(&s[i], f, (uint32_t)(from + i), tmp, err));
        sets[i] = (crossfit_set){ .y = s[i].y,
                                  .fold = s[i].folds.of,
                                  .n_folds = f->folds.n_folds,
                                  .seed = f->plan.fit.seed };
    }
    crossfit_job job = folding_job(f, sets, n, 1u << CONTENDER_NETWORK | 1u << CONTENDER_LOGISTIC);
    job.done_before = (int64_t)from * f->folds.n_folds;
    job.all_tasks = option_int(f->o, OPT_permutations) * f->folds.n_folds;
    TRY(crossfit_run(&scores, &job, tmp, err));
    for (int32_t i = 0; i < n; i++) {
        const float *z = scores.score[CONTENDER_NETWORK] + i * scores.n;
        const float *simple = scores.score[CONTENDER_LOGISTIC];
        if (!roc_auc(&null[i], s[i].known, z, scores.n, tmp)) return fail_memory(err);
        null_simple[i] = (double)NAN;
        if (simple && !roc_auc(&null_simple[i], s[i].known, simple + i * scores.n, scores.n, tmp))
            return fail_memory(err);
    }
    return PROPENSE_OK;
}

static void summarise(permutation_figures *p, double observed, int32_t n)
{
    double sum = 0, squares = 0;
    int64_t reached = 0;
    p->observed = observed;
    for (int32_t i = 0; i < n; i++) {
        sum += p->null[i];
        reached += p->null[i] >= observed;
    }
    p->null_mean = sum / n;
    for (int32_t i = 0; i < n; i++)
        squares += (p->null[i] - p->null_mean) * (p->null[i] - p->null_mean);
    p->null_sd = n > 1 ? sqrt(squares / (n - 1)) : (double)NAN;
    p->p_value = (1 + (double)reached) / (n + 1);
    p->n = n;
}

status evaluate_permutations(folding *f, propense_error *err)
{
    evaluation *e = f->e;
    int32_t n = (int32_t)option_int(f->o, OPT_permutations);
    if (n == 0) return PROPENSE_OK;
    e->permuted.null = TAKE(&e->mem, double, n);
    e->permuted_simple.null = TAKE(&e->mem, double, n);
    if (!e->permuted.null || !e->permuted_simple.null) return fail_memory(err);
    for (int32_t from = 0; from < n; from += batch_sets) {
        arena tmp = { 0 };
        int32_t some = n - from < batch_sets ? n - from : batch_sets;
        status s = run_batch(e->permuted.null + from, e->permuted_simple.null + from, f, from, some,
                             &tmp, err);
        arena_free(&tmp);
        TRY(s);
    }
    summarise(&e->permuted, e->model.auc.auc, n);
    if (e->rivals[CONTENDER_LOGISTIC].is_there)
        summarise(&e->permuted_simple, e->rivals[CONTENDER_LOGISTIC].of.auc.auc, n);
    return PROPENSE_OK;
}
