/* What a plan is worth beside the alternatives, and who its customers are.
 * Leaves who is chosen to plan.c, each figure to its file, the words to report/. Read plan.h first.
 */
#include <math.h>

#include "holdout.h"
#include "outcomes.h"
#include "plan_steps.h"
#include "rule.h"

/* ---- What it is worth */

/* The list's contacts alone. */
static status forecast_contacts(plan *p, propense_error *err)
{
    const scored *s = &p->s;
    int32_t *rows = mem_resize_array(NULL, p->n_listed + 1, (int64_t)sizeof *rows);
    int64_t n = 0;
    if (!rows) return fail_memory(err);
    for (int64_t i = 0; i < p->n_listed; i++) {
        int32_t row = p->listed[i];
        campaign_prefetch(&s->c, p->listed, i, p->n_listed);
        if (p->arm[row] == ARM_CONTACT) rows[n++] = row;
        if (p->arm[row] == ARM_CONTROL) p->control_profit += campaign_profit(&s->c, row);
        if (p->arm[row] == ARM_CONTACT)
            p->in_segment[segment_of(&p->segments, &p->bands, &s->c, row)]++;
    }
    status code = forecast_rows(&p->contacts, rows, n, &s->c, s->level_error, p->o.seed, err);
    mem_free(rows);
    return code;
}

static status forecast_others(plan *p, propense_error *err)
{
    const scored *s = &p->s;
    forecast_sums all = { 0 }, rule = { 0 };
    rule_columns at;
    int64_t k = p->chosen.n_contacts;
    for (int64_t i = 0; i < s->n; i++) forecast_add(&all, &s->c, s->rows[i], 1);
    p->all = forecast_of(&all, &s->c, s->level_error);
    p->random = forecast_random(&all, (double)k, &s->c, s->level_error);
    p->has_rule = rule_find(&at, &s->t);
    if (!p->has_rule) return PROPENSE_OK;
    TRY(rule_best(&rule, k, &at, &s->t, s->rows, s->n, &s->c, err));
    p->rule = forecast_of(&rule, &s->c, s->level_error);
    return PROPENSE_OK;
}

static double threshold_of(double margin, double cost, const plan *p)
{
    if (p->s.c.value || p->s.c.cost) return (double)NAN;
    return cost / (margin - p->o.incentive);
}

/* The same customers with another margin and cost for all whose own are not in a column. */
static plan_corner corner_of(const plan *p, double margin, double cost, int64_t *n_sure)
{
    const scored *s = &p->s;
    campaign c = s->c;
    plan_corner k = { c.value ? (double)NAN : margin, c.cost ? (double)NAN : cost,
                      threshold_of(margin, cost, p), 0, 0 };
    c.margin = margin;
    c.unit_cost = money_of(cost);
    for (int64_t i = 0; i < s->n; i++) k.n_paying += campaign_profit(&c, s->rows[i]) > 0;
    for (int64_t i = 0; i < p->n_listed; i++) {
        int32_t row = p->listed[i];
        if (p->arm[row] != ARM_CONTACT) continue;
        double profit = campaign_profit(&c, row);
        k.profit += profit;
        if (n_sure) *n_sure += profit > 0;
    }
    return k;
}

static void corners(plan *p)
{
    const money_range *m = &p->o.margin, *c = &p->o.cost;
    p->has_range = m->low < m->high || c->low < c->high;
    if (!p->has_range) return;
    p->worst = corner_of(p, m->low, c->high, &p->n_sure);
    p->best = corner_of(p, m->high, c->low, NULL);
}

/* The lift that pays: what is added, l n m, must cover contacts and the incentives of all who
 * convert. */
static void control_figures(plan *p)
{
    const forecast *f = &p->contacts;
    double n = f->n, value = f->conversions.value > 0 ? f->revenue.value / f->conversions.value : 0;
    p->share_needed = p->lift_seen = p->lift_pays = (double)NAN;
    if (!(n > 0) || !(value > 0)) return;
    p->response = f->conversions.value / n;
    p->lift_pays = f->cost.value / n / value;
    double unasked = p->response - p->lift_pays;
    if (unasked >= 0)
        p->share_needed = holdout_least_share(p->response, unasked, (double)p->n_listed);
    p->lift_seen = holdout_least_lift(p->response, n, (double)p->chosen.n_control);
}

/* ---- Who they are */

static status see_rows(plan *p, const model *m, const propense_callbacks *cb, propense_error *err)
{
    const scored *s = &p->s;
    p->seen = SEEN_NOT;
    p->auc_here = (double)NAN;
    if (!m || !s->outcome) return PROPENSE_OK;
    p->seen = s->is_out_of_fold                                ? SEEN_ELSEWHERE
              : outcomes_are_of_training(s->outcome, &s->t, m) ? SEEN_ALL
                                                               : SEEN_PERHAPS;
    if (p->seen != SEEN_ALL || p->grade == GRADE_CHANCE) return PROPENSE_OK;
    say(cb, PROPENSE_WARNING,
        "%s: the model learned from these very customers; it is surer of them than of others, so "
        "the forecast may promise too much",
        s->name);
    return outcomes_auc(&p->auc_here, s->outcome, s->c.p, s->c.n, err);
}

/* Columns that describe a customer: not his id, score, outcome, nor what --drop names. */
static status describe(plan *p, const model *m, propense_error *err)
{
    const scored *s = &p->s;
    int32_t target = outcomes_column(&s->t, m);
    rule_columns rule;
    uint8_t *use = TAKE(&p->mem, uint8_t, s->t.n_columns);
    if (!use) return fail_memory(err);
    for (int32_t i = 0; i < s->t.n_columns; i++)
        use[i] = i != s->at_id && i != s->at_score && i != s->at_cost && i != target;
    const double *value = s->c.value;
    if (!value && rule_find(&rule, &s->t)) value = s->t.columns[rule.monetary].number;
    TRY(segments_of(&p->segments, &p->bands, value, s->rows, s->n, &s->c, &s->t, use, err));
    return plan_groups_of(&p->groups, &s->t, s->rows, s->n, &s->c, p->arm, s->outcome, &p->mem,
                          err);
}

/* ---- Side by side: no figure is summed by more than one worker */

typedef struct working {
    plan *p;
    int n_workers;
    status code[2];
    propense_error error[2];
} working;

static void work_half(working *w, int half)
{
    plan *p = w->p;
    if (half == 0) {
        w->code[0] = forecast_contacts(p, &w->error[0]);
        return;
    }
    w->code[1] = forecast_others(p, &w->error[1]);
    p->peak = peak_of(p->ordered, p->s.n, &p->s.c);
    corners(p);
}

static void work_share(void *user, int worker)
{
    working *w = user;
    for (int half = worker; half < 2; half += w->n_workers) work_half(w, half);
}

static status forecasts(plan *p, pool *workers, propense_error *err)
{
    working w = { .p = p, .n_workers = pool_size(workers) < 2 ? 1 : 2 };
    for (int i = 0; i < 2; i++) {
        w.error[i] = (propense_error)PROPENSE_ERROR_INIT;
        w.error[i].language = error_language(err);
    }
    pool_run(workers, w.n_workers, work_share, &w);
    for (int i = 0; i < 2; i++) {
        if (w.code[i] == PROPENSE_OK) continue;
        error_copy(err, &w.error[i]);
        return w.code[i];
    }
    return PROPENSE_OK;
}

status plan_work_out(plan *p, const model *m, pool *workers, const propense_callbacks *cb,
                     propense_error *err)
{
    const scored *s = &p->s;
    p->threshold = threshold_of(p->o.margin.middle, (double)s->c.unit_cost / money_unit, p);
    TRY(bands_of(&p->bands, s->rows, s->n, &s->c, m ? scored_level_rows(m) : 0, err));
    TRY(describe(p, m, err));
    TRY(see_rows(p, m, cb, err));
    TRY(forecasts(p, workers, err));
    control_figures(p);
    return PROPENSE_OK;
}
