/* The race with simple models. Leaves their training to crossfit.c and the comparison to
 * appraise.c. Read race.h first. */
#include "race.h"

#include <math.h>

#include "maths.h"

static status enter(evaluation *e, contender who, const float *score, pool *threads,
                    propense_error *err)
{
    rivalry *r = &e->rivals[who];
    int64_t n = e->model.n;
    double *z = TAKE(&e->mem, double, n), *p = TAKE(&e->mem, double, n);
    if (!z || !p) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(score[i])) return PROPENSE_OK; /* too many inputs for it */
        z[i] = (double)score[i];
        p[i] = m_sigmoid(z[i]);
    }
    r->of = (appraisal){ .rank = z, .p = who == CONTENDER_RULE ? NULL : p };
    return rival_of(r, &e->model, e->threshold, 0, threads, &e->mem, err);
}

status race_simple(evaluation *e, const dataset *d, row_set all, row_set judged,
                   const uint8_t *fold, int32_t n_folds, pool *threads,
                   const propense_callbacks *cb, propense_error *err)
{
    crossfit out;
    crossfit_set set = { .fold = fold, .n_folds = n_folds, .seed = 1 };
    crossfit_job job = { .d = d,
                         .rows = all,
                         .sets = &set,
                         .n_sets = 1,
                         .contenders =
                             1u << CONTENDER_LOGISTIC | 1u << CONTENDER_RULE | 1u << CONTENDER_BASE,
                         .threads = threads,
                         .cb = cb };
    TRY(crossfit_run(&out, &job, &e->mem, err));
    for (int who = CONTENDER_LOGISTIC; who <= CONTENDER_BASE; who++)
        if (out.score[who])
            TRY(enter(e, (contender)who, out.score[who] + (all.n - judged.n), threads, err));
    return PROPENSE_OK;
}
