/* What chance alone brings: the pipeline on shuffled targets, folds drawn anew for each (Ojala &
 * Garriga 2010): p = (1 + #{null >= observed}) / (k + 1). Once enough of them have reached the
 * observed area no more are needed: p = h / l, the h-th having been the l-th drawn (Besag &
 * Clifford 1991). Both are valid for any statistic that is got from true and shuffled targets in
 * one way, so a cheaper way of training than the one that is judged will do, if both go it: one
 * network a fold in place of eight, given up when it gains no more, on some thousands of rows. It
 * costs a little power, and is said.
 *
 * The mean of the null is slightly below 0.5: where a fold holds out more conversions, the rest has
 * fewer. An area below 0.5 is therefore no reason to turn a ranking round.
 * Read evaluate.h and crossfit.h first. */
#include <math.h>

#include "evaluate_parts.h"
#include "num.h"
#include "random.h"

/* enough: p is then known to a seventh of itself. Rows: or as many as have that many conversions.
 */
enum { batch_sets = 25, enough = 50, most_rows = 5000, most_conversions = 500, epochs_to_wait = 3 };

typedef struct shuffled {
    uint8_t *y;     /* [d.n_rows] */
    uint8_t *known; /* [n_known] the same for the known rows alone */
    folds folds;
} shuffled;

/* The way both go. */
typedef struct testing {
    folding *f;
    pipeline_plan plan;
    int64_t most_train;
    int is_cheaper;
} testing;

/* ---- The way */

static int64_t count_positive(const folding *f)
{
    int64_t n = 0;
    for (int64_t i = 0; i < f->d.n_known; i++) n += f->y[i];
    return n;
}

static testing testing_of(folding *f)
{
    testing t = { .f = f, .plan = f->plan };
    evaluation *e = f->e;
    int64_t n = f->d.n_known, most = most_conversions * n / (count_positive(f) + 1);
    e->permutations_asked = (int32_t)option_int(f->o, OPT_permutations);
    if (option_flag(f->o, OPT_full_permutations)) return t;
    if (most < most_rows) most = most_rows;
    if (n - n / f->folds.n_folds > most) e->permuted_rows = t.most_train = most;
    if (t.plan.is_best) e->permuted_networks = t.plan.best.most_members = 1;
    if (t.plan.is_best) t.plan.best.fit.patience = epochs_to_wait;
    t.is_cheaper = t.most_train || t.plan.is_best;
    return t;
}

static crossfit_job job_of(const testing *t, const crossfit_set *sets, int32_t n)
{
    crossfit_job job =
        folding_job(t->f, sets, n, 1u << CONTENDER_NETWORK | 1u << CONTENDER_LOGISTIC);
    job.plan = &t->plan;
    job.most_train = t->most_train;
    return job;
}

static status areas_of(double *area, double *simple, const crossfit *scores, int32_t set,
                       const uint8_t *y, arena *tmp, propense_error *err)
{
    const float *net = scores->score[CONTENDER_NETWORK];
    const float *logistic = scores->score[CONTENDER_LOGISTIC];
    int64_t n = scores->n;
    *simple = (double)NAN;
    if (!roc_auc(area, y, net + set * n, n, tmp)) return fail_memory(err);
    if (logistic && !roc_auc(simple, y, logistic + set * n, n, tmp)) return fail_memory(err);
    return PROPENSE_OK;
}

/* ---- The true targets */

static void foretell(const testing *t, int64_t one_ns)
{
    char minutes[num_buffer];
    double all = 1e-9 * (double)one_ns * (double)t->f->e->permutations_asked;
    if (all < 20) return;
    (void)num_local(minutes, all < 540 ? all : all / 60, 0, callbacks_language(t->f->cb));
    say(t->f->cb, PROPENSE_NOTE,
        all < 540 ? "%lld runs on shuffled answers will take about %s seconds, less if chance "
                    "alone brings as much"
                  : "%lld runs on shuffled answers will take about %s minutes, less if chance "
                    "alone brings as much",
        (long long)t->f->e->permutations_asked, minutes);
}

/* In the cheaper way, where that is another than the one judged. */
static status observe(const testing *t, arena *tmp, propense_error *err)
{
    folding *f = t->f;
    evaluation *e = f->e;
    crossfit scores;
    e->permuted.observed = e->model.auc.auc;
    e->permuted_simple.observed = e->rivals[CONTENDER_LOGISTIC].of.auc.auc;
    if (!t->is_cheaper) {
        foretell(t, f->folds_ns);
        return PROPENSE_OK;
    }
    const crossfit_set set = { .fold = f->folds.of,
                               .n_folds = f->folds.n_folds,
                               .seed = t->plan.fit.seed };
    crossfit_job job = job_of(t, &set, 1);
    int64_t began = clock_ns();
    TRY(crossfit_run(&scores, &job, tmp, err));
    foretell(t, clock_ns() - began);
    return areas_of(&e->permuted.observed, &e->permuted_simple.observed, &scores, 0, f->y, tmp,
                    err);
}

/* ---- Shuffled ones */

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

static status run_batch(const testing *t, int32_t from, int32_t n, arena *tmp, propense_error *err)
{
    folding *f = t->f;
    evaluation *e = f->e;
    shuffled s[batch_sets];
    crossfit_set sets[batch_sets];
    crossfit scores;
    for (int32_t i = 0; i < n; i++) {
        TRY(shuffle(&s[i], f, (uint32_t)(from + i), tmp, err));
        sets[i] = (crossfit_set){ .y = s[i].y,
                                  .fold = s[i].folds.of,
                                  .n_folds = f->folds.n_folds,
                                  .seed = t->plan.fit.seed };
    }
    crossfit_job job = job_of(t, sets, n);
    job.done_before = (int64_t)from * f->folds.n_folds;
    job.all_tasks = (int64_t)e->permutations_asked * f->folds.n_folds;
    TRY(crossfit_run(&scores, &job, tmp, err));
    for (int32_t i = 0; i < n; i++)
        TRY(areas_of(&e->permuted.null[from + i], &e->permuted_simple.null[from + i], &scores, i,
                     s[i].known, tmp, err));
    return PROPENSE_OK;
}

/* ---- What it says */

/* Draws that the p-value is of: up to the one with which enough have reached the observed area. */
static void count_reached(permutation_figures *p, int32_t n)
{
    p->reached = p->among = 0;
    while (p->among < n && p->reached < enough) p->reached += p->null[p->among++] >= p->observed;
}

static void summarise(permutation_figures *p, int32_t n)
{
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < n; i++) sum += p->null[i];
    p->null_mean = sum / n;
    for (int32_t i = 0; i < n; i++)
        squares += (p->null[i] - p->null_mean) * (p->null[i] - p->null_mean);
    p->null_sd = n > 1 ? sqrt(squares / (n - 1)) : (double)NAN;
    p->n = n;
    count_reached(p, n);
    p->p_value = p->reached >= enough ? (double)p->reached / p->among
                                      : (1 + (double)p->reached) / (p->among + 1);
}

/* 1 when neither test needs another draw. */
static int is_settled(evaluation *e, int32_t n)
{
    count_reached(&e->permuted, n);
    count_reached(&e->permuted_simple, n);
    return e->permuted.reached >= enough &&
           (e->permuted_simple.reached >= enough || !e->rivals[CONTENDER_LOGISTIC].is_there);
}

status evaluate_permutations(folding *f, propense_error *err)
{
    evaluation *e = f->e;
    int32_t n = (int32_t)option_int(f->o, OPT_permutations), from = 0;
    if (n == 0) return PROPENSE_OK;
    testing t = testing_of(f);
    e->permuted.null = TAKE(&e->mem, double, n);
    e->permuted_simple.null = TAKE(&e->mem, double, n);
    if (!e->permuted.null || !e->permuted_simple.null) return fail_memory(err);
    TRY(observe(&t, &f->run, err));
    while (from < n && !is_settled(e, from)) {
        arena tmp = { 0 };
        int32_t some = n - from < batch_sets ? n - from : batch_sets;
        status s = run_batch(&t, from, some, &tmp, err);
        arena_free(&tmp);
        TRY(s);
        from += some;
    }
    summarise(&e->permuted, from);
    if (e->rivals[CONTENDER_LOGISTIC].is_there) summarise(&e->permuted_simple, from);
    return PROPENSE_OK;
}
