/* A plan as JSON: what --readback compares with, and what programs read.
 * Leaves the list of customers to send_list.c: a plan holds no row of anybody.
 * Read plan.h first. */
#include <math.h>

#include "json.h"
#include "plan.h"

static void put_estimate(json_writer *w, const char *key, const estimate *e)
{
    json_open(w, key, '{');
    json_number(w, "value", e->value);
    json_number(w, "low", e->low);
    json_number(w, "high", e->high);
    json_close(w, '}');
}

static void put_forecast(json_writer *w, const char *key, const forecast *f)
{
    json_open(w, key, '{');
    json_number(w, "contacts", f->n);
    put_estimate(w, "conversions", &f->conversions);
    put_estimate(w, "revenue", &f->revenue);
    put_estimate(w, "cost", &f->cost);
    put_estimate(w, "profit", &f->profit);
    put_estimate(w, "roi", &f->roi);
    json_close(w, '}');
}

static void put_range(json_writer *w, const char *key, const money_range *r)
{
    if (!r->is_given) return;
    json_open(w, key, '{');
    json_number(w, "low", r->low);
    json_number(w, "middle", r->middle);
    json_number(w, "high", r->high);
    json_close(w, '}');
}

static void put_limits(json_writer *w, const plan *p)
{
    json_open(w, "limits", '{');
    if (p->o.budget >= 0) json_number(w, "budget", (double)p->o.budget / money_unit);
    if (p->o.max_contacts >= 0) json_int(w, "max_contacts", p->o.max_contacts);
    if (p->o.n_quotas) {
        json_str(w, "segment_by", p->o.segment_by);
        json_open(w, "quotas", '[');
        for (int32_t i = 0; i < p->o.n_quotas; i++) {
            const quota *q = &p->o.quotas[i];
            json_open(w, NULL, '{');
            json_str(w, "segment", q->name);
            json_int(w, "least", q->least);
            if (q->most < INT64_MAX) json_int(w, "most", q->most);
            json_close(w, '}');
        }
        json_close(w, ']');
    }
    json_bool(w, "budget_binds", p->chosen.budget_binds);
    json_bool(w, "contacts_bind", p->chosen.contacts_bind);
    json_bool(w, "quotas_bind", p->chosen.quotas_bind);
    json_int(w, "contacts_for_quotas_only", p->chosen.n_for_quotas);
    json_close(w, '}');
}

static void put_economy(json_writer *w, const plan *p)
{
    json_open(w, "economy", '{');
    json_str(w, "currency", p->o.currency);
    put_range(w, "margin", &p->o.margin);
    put_range(w, "cost", &p->o.cost);
    if (p->o.value_column.n) json_str(w, "value_column", p->o.value_column);
    if (p->o.cost_column.n) json_str(w, "cost_column", p->o.cost_column);
    json_number(w, "incentive", p->o.incentive);
    json_number(w, "threshold", p->threshold);
    json_close(w, '}');
}

static void put_seen(json_writer *w, const plan *p)
{
    static const char *const words[] = {
        [SEEN_NOT] = "no", [SEEN_PERHAPS] = "perhaps", [SEEN_ALL] = "yes", [SEEN_ELSEWHERE] = "yes"
    };
    json_str(w, "learned_from_these_rows", str_of(words[p->seen]));
    json_bool(w, "scored_out_of_fold", p->seen == SEEN_ELSEWHERE);
    if (p->seen == SEEN_ALL) json_number(w, "auc_on_these_rows", p->auc_here);
}

static void put_model(json_writer *w, const plan *p)
{
    static const char *const words[] = { [GRADE_UNKNOWN] = "unknown",
                                         [GRADE_BETTER] = "better than chance",
                                         [GRADE_CHANCE] = "no better than chance",
                                         [GRADE_EQUAL] = "all scores are equal",
                                         [GRADE_UNJUDGED] = "not judged" };
    json_open(w, "ranking", '{');
    json_str(w, "verdict", str_of(words[p->grade]));
    json_number(w, "auc", p->auc);
    json_number(w, "auc_low", p->auc_low);
    json_number(w, "auc_high", p->auc_high);
    json_number(w, "base_rate", p->base_rate);
    json_int(w, "base_rows", p->base_rows);
    json_number(w, "level_error", p->s.level_error);
    put_seen(w, p);
    json_bool(w, "list_refused", p->is_refused);
    if (p->test_size >= 0) json_int(w, "test_size", p->test_size);
    json_close(w, '}');
}

static void put_customers(json_writer *w, const plan *p)
{
    json_open(w, "customers", '{');
    json_str(w, "id", p->s.at_id >= 0 ? p->s.t.columns[p->s.at_id].name : STR("row"));
    json_int(w, "rows", p->s.c.n);
    json_int(w, "repeated", p->s.n_duplicates);
    json_int(w, "suppressed", p->s.n_suppressed);
    json_int(w, "may_be_contacted", p->s.n);
    json_close(w, '}');
}

static void put_control(json_writer *w, const plan *p)
{
    json_open(w, "control", '{');
    json_number(w, "share", p->o.holdout);
    json_str(w, "salt", p->o.salt);
    json_int(w, "customers", p->chosen.n_control);
    json_number(w, "profit_forgone", p->control_profit);
    json_number(w, "lift_that_pays", p->lift_pays);
    json_number(w, "lift_it_proves", p->lift_seen);
    json_number(w, "share_that_proves_it", p->share_needed);
    json_close(w, '}');
}

static void put_corner(json_writer *w, const char *key, const plan_corner *k)
{
    json_open(w, key, '{');
    json_number(w, "margin", k->margin);
    json_number(w, "cost", k->cost);
    json_number(w, "threshold", k->threshold);
    json_int(w, "customers_that_pay", k->n_paying);
    json_number(w, "profit_of_the_list", k->profit);
    json_close(w, '}');
}

static void put_points(json_writer *w, const plan *p)
{
    profit_curve curve;
    profit_curve_of(&curve, p->ordered, p->s.n, &p->s.c, p->s.level_error);
    json_open(w, "points", '[');
    for (int i = 0; i < profit_points; i++) {
        if (i && curve.contacts[i] == curve.contacts[i - 1]) continue;
        json_open(w, NULL, '{');
        json_int(w, "contacts", curve.contacts[i]);
        json_number(w, "profit", curve.profit[i].value);
        json_number(w, "low", curve.profit[i].low);
        json_number(w, "high", curve.profit[i].high);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_curve(json_writer *w, const plan *p)
{
    const profit_peak *k = &p->peak;
    json_open(w, "profit_curve", '{');
    json_int(w, "best_contacts", k->best);
    json_number(w, "best_profit", k->profit);
    json_int(w, "flat_from", k->from);
    json_int(w, "flat_to", k->to);
    json_number(w, "flat_from_probability", k->p_from);
    json_number(w, "flat_to_probability", k->p_to);
    put_points(w, p);
    if (p->has_range) {
        put_corner(w, "worst", &p->worst);
        put_corner(w, "best", &p->best);
        json_int(w, "contacts_that_pay_anyway", p->n_sure);
    }
    json_close(w, '}');
}

static void put_traits(json_writer *w, const plan *p, const segment *s)
{
    json_open(w, "set_apart_by", '[');
    for (int i = 0; i < s->n_traits; i++) {
        const trait *t = &s->traits[i];
        const column *k = &p->s.t.columns[t->column];
        json_open(w, NULL, '{');
        json_str(w, "column", k->name);
        if (t->level >= 0) json_str(w, "level", k->level[t->level]);
        put_estimate(w, t->level >= 0 ? "share" : "mean", &t->here);
        json_number(w, "elsewhere", t->elsewhere);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_group(json_writer *w, const plan_group *x)
{
    json_open(w, NULL, '{');
    json_str(w, "name", x->name);
    json_int(w, "customers", x->n);
    json_int(w, "selected", x->n_selected);
    json_number(w, "selection_rate", x->n ? (double)x->n_selected / (double)x->n : 0);
    json_number(w, "mean_probability", x->expected);
    if (x->n_known) {
        json_int(w, "outcome_known", x->n_known);
        put_estimate(w, "converted", &x->rate);
    }
    json_close(w, '}');
}

static void put_groups(json_writer *w, const plan *p)
{
    json_open(w, "groups", '[');
    for (int i = 0; i < p->groups.n; i++) {
        const group_column *k = &p->groups.columns[i];
        json_open(w, NULL, '{');
        json_str(w, "column", p->s.t.columns[k->column].name);
        json_bool(w, "sensitive", k->is_sensitive);
        json_open(w, "groups", '[');
        for (int j = 0; j < k->n; j++) put_group(w, &k->groups[j]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_segments(json_writer *w, const plan *p)
{
    json_open(w, "segments", '[');
    for (int i = 0; i < p->segments.n; i++) {
        const band *b = &p->segments.segment[i].band;
        json_open(w, NULL, '{');
        json_str(w, "name", str_of(b->name));
        json_int(w, "customers", b->n);
        json_int(w, "contacts", p->in_segment[i]);
        json_number(w, "highest_probability", b->p_from);
        json_number(w, "lowest_probability", b->p_to);
        put_estimate(w, "rate", &b->rate);
        put_traits(w, p, &p->segments.segment[i]);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_side(json_writer *w, const char *key, const without_side *s)
{
    json_open(w, key, '{');
    json_number(w, "auc", s->auc);
    json_int(w, "contacts", s->contacts);
    json_number(w, "profit_promised", s->promised);
    json_number(w, "profit_brought", s->brought);
    json_close(w, '}');
}

static void put_without(json_writer *w, const plan *p)
{
    const without *x = &p->without;
    if (!x->n) return;
    json_open(w, "without", '{');
    json_open(w, "columns", '[');
    for (int32_t i = 0; i < x->n_names; i++) json_str(w, NULL, x->names[i]);
    json_close(w, ']');
    json_bool(w, "same_rows_as_the_model", !x->is_other_file);
    json_int(w, "rows", x->n);
    json_int(w, "converted", x->n_converted);
    put_side(w, "with_them", &x->with);
    put_side(w, "without_them", &x->less);
    put_estimate(w, "auc_difference", &x->auc);
    put_estimate(w, "profit_difference", &x->profit);
    json_close(w, '}');
}

void plan_json(text *out, const plan *p)
{
    json_writer w = { .out = out, .indent = 1 };
    if (p->is_readback) {
        readback_json(out, &p->read);
        return;
    }
    json_open(&w, NULL, '{');
    json_str(&w, "kind", STR("propense plan"));
    json_int(&w, "format", 1);
    put_economy(&w, p);
    put_limits(&w, p);
    put_customers(&w, p);
    put_model(&w, p);
    put_forecast(&w, "plan", &p->contacts);
    json_open(&w, "instead", '{');
    put_forecast(&w, "everybody", &p->all);
    put_forecast(&w, "by_lot", &p->random);
    if (p->has_rule) put_forecast(&w, "rule_of_thumb", &p->rule);
    json_close(&w, '}');
    put_curve(&w, p);
    put_control(&w, p);
    put_segments(&w, p);
    put_groups(&w, p);
    put_without(&w, p);
    json_close(&w, '}');
    text_char(out, '\n');
}
