/* Making a plan: read, order, choose, and work out what it is worth beside the alternatives.
 * Leaves each step to its file and the words to report/. Read plan.h first. */
#include "plan.h"

#include <math.h>

#include "holdout.h"
#include "natural.h"
#include "num.h"
#include "power.h"
#include "roc.h"
#include "rule.h"
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

static int32_t find_target(const plan *p, const model *m)
{
    if (!m || m->schema.target < 0 || m->schema.target >= m->schema.n_columns) return -1;
    return table_find(&p->s.t, m->schema.columns[m->schema.target].name);
}

/* Outcomes that the file knows already, by the model's own positive word. */
static status take_outcomes(plan *p, const model *m, int32_t at, propense_error *err)
{
    double positive;
    if (at < 0) return PROPENSE_OK;
    const column *k = &p->s.t.columns[at];
    int is_number = k->kind == COLUMN_NUMBER && num_parse(m->schema.positive, &positive);
    if (!is_number && (k->kind != COLUMN_WORDS || k->overflow)) return PROPENSE_OK;
    p->outcome = TAKE(&p->mem, uint8_t, p->s.c.n);
    if (!p->outcome) return fail_memory(err);
    for (int64_t i = 0; i < p->s.c.n; i++) {
        int missing = is_number ? isnan(k->number[i]) : k->code[i] < 0;
        int yes = !missing && (is_number ? k->number[i] == positive
                                         : str_eq(k->level[k->code[i]], m->schema.positive));
        p->outcome[i] = missing ? 255 : yes ? 1 : 0;
    }
    return PROPENSE_OK;
}

/* Columns that --drop left out are not in the fingerprint of a training, but are read here: then
 * the numbers of rows, of conversions and of rows without an outcome tell. */
static int is_training_file(const plan *p, const model *m)
{
    const schema *s = &m->schema;
    int64_t n_positive = 0, n_unknown = 0;
    char hex[33];
    rows_hash_hex(&p->s.t.hash, hex);
    if (str_eq(str_of(hex), m->card.fingerprint)) return 1;
    for (int64_t i = 0; i < p->s.c.n; i++) {
        n_positive += p->outcome[i] == 1;
        n_unknown += p->outcome[i] > 1;
    }
    return s->n_rows > 0 && p->s.c.n == s->n_rows && n_positive == s->n_positive &&
           n_unknown == s->n_no_target;
}

/* Of the rows whose outcome is known. NaN where one kind is missing. */
static status auc_of_rows(double *out, const plan *p, propense_error *err)
{
    arena tmp = { 0 };
    int64_t n = 0;
    auc_interval auc = { .auc = (double)NAN };
    uint8_t *y = TAKE(&tmp, uint8_t, p->s.c.n);
    float *x = TAKE(&tmp, float, p->s.c.n);
    for (int64_t i = 0; y && x && i < p->s.c.n; i++) {
        if (p->outcome[i] > 1) continue;
        y[n] = p->outcome[i];
        x[n++] = (float)p->s.c.p[i];
    }
    status code = y && x && auc_delong(&auc, y, x, n, 0.95, &tmp) ? PROPENSE_OK : fail_memory(err);
    *out = auc.auc;
    arena_free(&tmp);
    return code;
}

static status see_rows(plan *p, const model *m, const propense_callbacks *cb, propense_error *err)
{
    p->seen = SEEN_NOT;
    p->auc_here = (double)NAN;
    if (!m || !p->outcome) return PROPENSE_OK;
    p->seen = is_training_file(p, m) ? SEEN_ALL : SEEN_PERHAPS;
    if (p->seen == SEEN_PERHAPS || p->grade == GRADE_CHANCE) return PROPENSE_OK;
    say(cb, PROPENSE_WARNING,
        "%s: the model learned from these very customers; it is surer of them than of others, so "
        "the forecast may promise too much",
        p->s.name);
    return auc_of_rows(&p->auc_here, p, err);
}

/* Columns that describe a customer: not his id, score, outcome, nor what --drop names. */
static status describe(plan *p, const model *m, propense_error *err)
{
    const scored *s = &p->s;
    int32_t target = find_target(p, m);
    rule_columns rule;
    uint8_t *use = TAKE(&p->mem, uint8_t, s->t.n_columns);
    if (!use) return fail_memory(err);
    for (int32_t i = 0; i < s->t.n_columns; i++)
        use[i] = i != s->at_id && i != s->at_score && i != s->at_cost && i != target;
    const double *value = s->c.value;
    if (!value && rule_find(&rule, &s->t)) value = s->t.columns[rule.monetary].number;
    TRY(take_outcomes(p, m, target, err));
    TRY(segments_of(&p->segments, &p->bands, value, s->rows, s->n, &s->c, &s->t, use, err));
    return plan_groups_of(&p->groups, &s->t, s->rows, s->n, &s->c, p->arm, p->outcome, &p->mem,
                          err);
}

static status work_out(plan *p, const model *m, const propense_callbacks *cb, propense_error *err)
{
    const scored *s = &p->s;
    p->threshold = threshold_of(p->o.margin.middle, (double)s->c.unit_cost / money_unit, p);
    TRY(bands_of(&p->bands, s->rows, s->n, &s->c, m ? scored_level_rows(m) : 0, err));
    TRY(describe(p, m, err));
    TRY(see_rows(p, m, cb, err));
    TRY(forecast_contacts(p, err));
    TRY(forecast_others(p, err));
    p->peak = peak_of(p->ordered, s->n, &s->c);
    corners(p);
    control_figures(p);
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
    pool_free(workers);
    return code == PROPENSE_OK ? work_out(p, m, cb, err) : code;
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
    status code = score_and_choose(p, p->own ? p->own : m, &rows, path, o, cb, err);
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
