/* Making a plan: read, order, choose.
 * Leaves what it is worth to plan_worth.c and the words to report/. Read plan.h first. */
#include "plan_steps.h"

#include <math.h>

#include "holdout.h"
#include "natural.h"
#include "power.h"
#include "verdict.h"

/* ---- What is known of the ranking */

static void grade_scores(plan *p)
{
    const scored *s = &p->s;
    double low = 1, high = 0, sum = 0;
    for (int64_t i = 0; i < s->n; i++) {
        double x = s->c.p[s->rows[i]];
        low = x < low ? x : low;
        high = x > high ? x : high;
        sum += x;
    }
    p->base_rate = s->n ? sum / (double)s->n : 0;
    p->grade = s->n > 1 && low == high ? GRADE_EQUAL : GRADE_UNKNOWN;
    p->auc = p->auc_low = p->auc_high = (double)NAN;
}

static void grade_model(plan *p, const model *m)
{
    const calibrator *k = &m->calibrator;
    const schema *s = &m->schema;
    int sign = verdict_sign(m->card.verdict);
    p->auc = m->card.auc.auc, p->auc_low = m->card.auc.low, p->auc_high = m->card.auc.high;
    if (sign < 0) p->auc = p->auc_low = p->auc_high = (double)NAN;
    if (k->n > 0) {
        p->auc = k->auc, p->auc_low = k->auc_low, p->auc_high = k->auc_high;
        sign = k->auc_low > 0.5;
    }
    p->grade = sign < 0 ? GRADE_UNJUDGED : sign ? GRADE_BETTER : GRADE_CHANCE;
    if (k->is_base_rate || m->levelled) p->grade = GRADE_CHANCE;
    p->base_rows = s->n_rows - s->n_no_target;
    if (p->base_rows > 0) p->base_rate = (double)s->n_positive / (double)p->base_rows;
}

/* Contacts by lot after which a model that is worth having (an area of 0.6) would be told from
 * chance with a probability of 80 %. */
static int64_t teaching_size(double base)
{
    if (!(base > 0 && base < 1)) return -1;
    int64_t conversions = power_conversions(0.6, base, 0.05, 0.8);
    return conversions < 0 ? -1 : (int64_t)ceil((double)conversions / base);
}

static void grade(plan *p, const model *m)
{
    grade_scores(p);
    if (m) grade_model(p, m);
    p->test_size = teaching_size(p->base_rate);
    p->is_refused = (p->grade == GRADE_CHANCE || p->grade == GRADE_EQUAL) && !p->o.force;
}

const char *plan_caution(const plan *p)
{
    if (p->grade == GRADE_CHANCE || p->grade == GRADE_EQUAL) return "no better than chance";
    return p->grade == GRADE_UNJUDGED ? "model not judged" : NULL;
}

/* ---- Choosing */

/* The quotas by the column's levels; a name that is not among them is an error. */
static status quotas_by_level(limits *l, plan *p, propense_error *err)
{
    const scored *s = &p->s;
    if (!p->o.n_quotas) return PROPENSE_OK;
    const column *k = &s->t.columns[s->at_group];
    quota *q = TAKE(&p->mem, quota, k->n_levels);
    if (!q) return fail_memory(err);
    for (int32_t i = 0; i < k->n_levels; i++)
        q[i] = (quota){ .name = k->level[i], .least = 0, .most = INT64_MAX };
    for (int32_t i = 0; i < p->o.n_quotas; i++) {
        int32_t at = 0;
        while (at < k->n_levels && !str_eq(k->level[at], p->o.quotas[i].name)) at++;
        if (at == k->n_levels)
            return fail(err, PROPENSE_E_ARG,
                        "--quota: no customer has %.*s = '%.*s'; it is '%.*s', for one (different "
                        "values: %d)",
                        STR_ARG(k->name), STR_ARG(p->o.quotas[i].name), STR_ARG(k->level[0]),
                        (int)k->n_levels);
        q[at].least = p->o.quotas[i].least;
        q[at].most = p->o.quotas[i].most;
    }
    l->quotas = q;
    l->n_groups = k->n_levels;
    return PROPENSE_OK;
}

static int64_t listed_of(const choice *c)
{
    return c->n_contacts + c->n_control;
}

/* One order, and who is chosen in it. */
static status try_order(choice *chosen, int32_t *ordered, uint8_t *arm, order_by by, const plan *p,
                        const limits *l, pool *workers, propense_error *err)
{
    const scored *s = &p->s;
    memcpy(ordered, s->rows, (size_t)s->n * sizeof *ordered);
    TRY(order_rows(ordered, s->n, &s->c, by, workers, err));
    memset(arm, ARM_NONE, (size_t)s->c.n);
    return choose_rows(chosen, arm, ordered, s->n, &s->c, l, err);
}

/* Where costs differ and contacts are limited, profit by contact may beat profit by euro: the
 * better of both is taken. */
static status choose_better(plan *p, const limits *l, pool *workers, propense_error *err)
{
    const scored *s = &p->s;
    choice other;
    p->by = ORDER_BY_EURO;
    TRY(try_order(&p->chosen, p->ordered, p->arm, ORDER_BY_EURO, p, l, workers, err));
    if (!s->c.cost || (l->max_contacts < 0 && !l->quotas)) return PROPENSE_OK;
    int32_t *ordered = TAKE(&p->mem, int32_t, s->n);
    uint8_t *arm = TAKE(&p->mem, uint8_t, s->c.n);
    if (!ordered || !arm) return fail_memory(err);
    TRY(try_order(&other, ordered, arm, ORDER_BY_CONTACT, p, l, workers, err));
    if (other.profit <= p->chosen.profit) return PROPENSE_OK;
    p->by = ORDER_BY_CONTACT;
    p->chosen = other;
    p->ordered = ordered;
    p->arm = arm;
    return PROPENSE_OK;
}

static status choose(plan *p, pool *workers, propense_error *err)
{
    scored *s = &p->s;
    limits l = { .budget = p->o.budget, .max_contacts = p->o.max_contacts };
    TRY(quotas_by_level(&l, p, err));
    p->ordered = TAKE(&p->mem, int32_t, s->n);
    p->arm = TAKE(&p->mem, uint8_t, s->c.n);
    if (!p->ordered || !p->arm) return fail_memory(err);
    if (p->o.holdout > 0) {
        holdout_key key = holdout_key_of(p->o.salt);
        p->control = TAKE(&p->mem, uint8_t, s->c.n);
        if (!p->control) return fail_memory(err);
        holdout_mark(p->control, &s->c, &key, p->o.holdout, workers);
        s->c.control = p->control;
    }
    TRY(choose_better(p, &l, workers, err));
    p->listed = TAKE(&p->mem, int32_t, listed_of(&p->chosen));
    if (!p->listed) return fail_memory(err);
    for (int64_t i = 0; i < s->n; i++)
        if (p->arm[p->ordered[i]] != ARM_NONE) p->listed[p->n_listed++] = p->ordered[i];
    return PROPENSE_OK;
}

/* ---- All together */

static int keep_text(str *s, arena *mem)
{
    *s = str_keep(mem, *s);
    return s->p != NULL;
}

/* The options may be gone when the plan is written. */
static status keep_texts(plan *p, propense_error *err)
{
    str *texts[] = { &p->o.salt,         &p->o.currency, &p->o.value_column, &p->o.cost_column,
                     &p->o.score_column, &p->o.id,       &p->o.segment_by };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!keep_text(texts[i], &p->mem)) return fail_memory(err);
    for (int32_t i = 0; i < p->o.n_quotas; i++)
        if (!keep_text(&p->o.quotas[i].name, &p->mem)) return fail_memory(err);
    for (int32_t i = 0; i < p->o.n_without; i++)
        if (!keep_text(&p->o.without[i], &p->mem)) return fail_memory(err);
    p->o.suppress = str_keep(&p->mem, str_of(p->o.suppress)).p;
    return p->o.suppress ? PROPENSE_OK : fail_memory(err);
}

/* From the scores on. rows: of --without; empty else. */
static status score_and_choose(plan *p, const model *m, without_rows *rows, const char *path,
                               const options *o, const propense_callbacks *cb, propense_error *err)
{
    TRY(scored_read(&p->s, m, path, &p->o, o, cb, err));
    if (p->s.n == 0)
        return fail(err, PROPENSE_E_ARG, "%s: every customer is on the suppress list", p->s.name);
    grade(p, m);
    pool *workers = pool_new(p->threads);
    status code = workers ? choose(p, workers, err) : fail_memory(err);
    if (code == PROPENSE_OK && rows->n)
        code = without_compare(&p->without, rows, p->s.n, &p->o, workers, err);
    if (code == PROPENSE_OK) code = plan_work_out(p, m, workers, cb, err);
    pool_free(workers);
    return code;
}

static status make(plan *p, const model *m, const char *path, const options *o,
                   const propense_callbacks *cb, propense_error *err)
{
    without_rows rows = { 0 };
    TRY(plan_options_of(&p->o, o, &p->mem, err));
    TRY(keep_texts(p, err));
    p->excel = strcmp(option_text(o, OPT_csv), "excel") == 0;
    p->threads = option_int(o, OPT_threads) ? (int)option_int(o, OPT_threads) : threads_available();
    if (p->o.n_without)
        TRY(without_train(&p->without, &p->own, &rows, m, path, &p->o, o, cb, &p->mem, err));
    /* at the asked share of conversions, as the model in whose place it stands */
    model moved;
    status code = p->own ? natural_prior(&moved, p->own, o, err) : PROPENSE_OK;
    if (code == PROPENSE_OK)
        code = score_and_choose(p, p->own ? &moved : m, &rows, path, o, cb, err);
    without_rows_free(&rows);
    return code;
}

status plan_make(plan **out, const model *m, const char *path, const options *o,
                 const propense_callbacks *cb, propense_error *err)
{
    plan *p = mem_resize(NULL, (int64_t)sizeof *p);
    *out = NULL;
    if (!p) return fail_memory(err);
    *p = (plan){ 0 };
    model moved;
    status code = natural_prior(&moved, m, o, err);
    if (code == PROPENSE_OK) code = make(p, m ? &moved : NULL, path, o, cb, err);
    if (code == PROPENSE_OK)
        *out = p;
    else
        plan_free(p);
    return code;
}

status plan_make_readback(plan **out, const char *results, const char *plan_path, const options *o,
                          const propense_callbacks *cb, propense_error *err)
{
    plan *p = mem_resize(NULL, (int64_t)sizeof *p);
    *out = NULL;
    if (!p) return fail_memory(err);
    *p = (plan){ .is_readback = 1 };
    status code = readback_make(&p->read, results, plan_path, o, cb, err);
    if (code == PROPENSE_OK)
        *out = p;
    else
        plan_free(p);
    return code;
}

void plan_free(plan *p)
{
    if (!p) return;
    scored_free(&p->s);
    readback_free(&p->read);
    model_free(p->own);
    arena_free(&p->mem);
    mem_free(p);
}
