/* Forward in time: trained on what came first, judged on what came after, at three cuts. Leaves the
 * order to row_columns.c. Read evaluate.h and crossfit.h first. */
#include <math.h>

#include "evaluate_parts.h"
#include "maths.h"
#include "natural.h"

static const double shares[evaluation_cuts] = { 0.2, 1.0 / 3, 0.5 };

/* Marks the last rows in time as held out. 0 when a class is missing on a side. */
static int cut_at(uint8_t *fold, time_cut *c, const folding *f, const int64_t *order, double share)
{
    int64_t n = f->d.n_known, n_held = (int64_t)rint(share * (double)n);
    *c = (time_cut){ .share_held = share, .n_train = n - n_held, .n_held = n_held };
    for (int64_t i = 0; i < n; i++) {
        int held = i >= n - n_held;
        fold[order[i]] = held ? 0 : crossfit_never;
        *(held ? &c->n_positive_held : &c->n_positive_train) += f->y[order[i]];
    }
    return c->n_positive_train > 0 && c->n_positive_train < c->n_train && c->n_positive_held > 0 &&
           c->n_positive_held < c->n_held;
}

typedef struct held_scores {
    uint8_t *y;                     /* [n] */
    double *logit[contender_count]; /* [n] */
    float *narrow;                  /* [n] */
    int64_t n;
} held_scores;

static status take_held(held_scores *h, const folding *f, const crossfit *scores, int32_t set,
                        arena *tmp, propense_error *err)
{
    int64_t n = scores->n;
    *h = (held_scores){ .y = TAKE(tmp, uint8_t, n), .narrow = TAKE(tmp, float, n) };
    if (!h->y || !h->narrow) return fail_memory(err);
    for (int k = 0; k < contender_count; k++) {
        const float *z = scores->score[k] ? scores->score[k] + set * n : NULL;
        if (!z) continue;
        h->logit[k] = TAKE(tmp, double, n);
        if (!h->logit[k]) return fail_memory(err);
        h->n = 0;
        for (int64_t i = 0; i < n; i++) {
            if (isnan(z[i])) continue;
            h->y[h->n] = f->y[i];
            h->logit[k][h->n++] = (double)z[i];
        }
    }
    return PROPENSE_OK;
}

static status judge_one(auc_interval *area, double *loss, double *lift, held_scores *h, int who,
                        double shift, arena *tmp, propense_error *err)
{
    const double *z = h->logit[who];
    arena_mark mark = arena_here(tmp);
    ranked r;
    double *p = TAKE(tmp, double, h->n);
    *area = (auc_interval){ (double)NAN, (double)NAN, (double)NAN, (double)NAN, 0, 0 };
    *loss = *lift = (double)NAN;
    if (!z) return PROPENSE_OK;
    if (!p) return fail_memory(err);
    for (int64_t i = 0; i < h->n; i++) {
        p[i] = m_sigmoid(z[i] + shift);
        h->narrow[i] = (float)z[i];
    }
    if (!auc_delong(area, h->y, h->narrow, h->n, 0.95, tmp) || !ranked_of(&r, h->y, p, h->n, tmp))
        return fail_memory(err);
    *loss = log_loss(&r);
    *lift = gain_at(&r, 0.1, 0.95).lift;
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

static status judge_cut(time_cut *c, const folding *f, const crossfit *scores, int32_t set,
                        arena *tmp, propense_error *err)
{
    held_scores h;
    auc_interval none;
    const row_set all = { f->d.known, f->d.n_known };
    double no_lift, shift = natural_shift(&f->plan, &f->d, all, all);
    TRY(take_held(&h, f, scores, set, tmp, err));
    TRY(judge_one(&c->model, &c->model_loss, &c->model_lift, &h, CONTENDER_NETWORK, shift, tmp,
                  err));
    TRY(judge_one(&c->simple, &c->simple_loss, &c->simple_lift, &h, CONTENDER_LOGISTIC, 0, tmp,
                  err));
    TRY(judge_one(&none, &c->base_loss, &no_lift, &h, CONTENDER_BASE, 0, tmp, err));
    if (!h.logit[CONTENDER_LOGISTIC]) return PROPENSE_OK;
    return auc_compare(&c->area, h.y, h.logit[CONTENDER_NETWORK], h.logit[CONTENDER_LOGISTIC], h.n,
                       0.95, tmp)
               ? PROPENSE_OK
               : fail_memory(err);
}

status evaluate_cuts(folding *f, const int64_t *order, propense_error *err)
{
    evaluation *e = f->e;
    crossfit_set sets[evaluation_cuts];
    crossfit scores;
    for (int i = 0; i < evaluation_cuts; i++) {
        uint8_t *fold = TAKE(&f->run, uint8_t, f->d.n_known);
        if (!fold) return fail_memory(err);
        if (!cut_at(fold, &e->cuts[e->n_cuts], f, order, shares[i])) continue;
        sets[e->n_cuts++] = (crossfit_set){ .fold = fold, .n_folds = 1, .seed = f->plan.fit.seed };
    }
    if (e->n_cuts == 0) {
        say(f->cb, PROPENSE_WARNING,
            "nothing can be judged forward in time: all customers of one side answered alike");
        return PROPENSE_OK;
    }
    crossfit_job job =
        folding_job(f, sets, e->n_cuts,
                    1u << CONTENDER_NETWORK | 1u << CONTENDER_LOGISTIC | 1u << CONTENDER_BASE);
    TRY(crossfit_run(&scores, &job, &f->run, err));
    for (int32_t i = 0; i < e->n_cuts; i++) {
        arena tmp = { 0 };
        status s = judge_cut(&e->cuts[i], f, &scores, i, &tmp, err);
        arena_free(&tmp);
        TRY(s);
    }
    return PROPENSE_OK;
}
