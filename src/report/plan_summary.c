/* Reading plan.json. Leaves its meaning to decide/plan_json.c, which writes it.
 * Read plan_summary.h first. */
#include "plan_summary.h"

#include <math.h>

#include "json.h"

static double number(const json_value *object, const char *key)
{
    double value;
    return json_as_number(json_get(object, key), &value) ? value : (double)NAN;
}

static int64_t count(const json_value *object, const char *key)
{
    int64_t value;
    return json_as_int(json_get(object, key), &value) && value >= 0 ? value : 0;
}

static plan_figure figure(const json_value *object, const char *key)
{
    const json_value *v = json_get(object, key);
    return (plan_figure){ number(v, "value"), number(v, "low"), number(v, "high") };
}

static plan_outcome outcome(const json_value *object, const char *key)
{
    const json_value *v = json_get(object, key);
    return (plan_outcome){ .is_there = json_is_object(v),
                           .contacts = number(v, "contacts"),
                           .conversions = figure(v, "conversions"),
                           .revenue = figure(v, "revenue"),
                           .cost = figure(v, "cost"),
                           .profit = figure(v, "profit"),
                           .roi = figure(v, "roi") };
}

/* A range's middle, or the number itself. */
static double middle(const json_value *economy, const char *key)
{
    const json_value *v = json_get(economy, key);
    return json_is_object(v) ? number(v, "middle") : number(economy, key);
}

static int read_traits(plan_segment *s, const json_value *list, arena *mem)
{
    int64_t n = json_is_array(list) ? json_length(list) : 0;
    for (int64_t i = 0; i < n && s->n_traits < plan_most_traits; i++) {
        const json_value *v = json_at(list, i);
        plan_trait *t = &s->traits[s->n_traits++];
        str name = { 0 }, level = { 0 };
        (void)json_as_str(json_get(v, "column"), &name);
        (void)json_as_str(json_get(v, "level"), &level);
        *t = (plan_trait){ .name = str_keep(mem, name), .level = str_keep(mem, level) };
        t->here = number(json_get(v, level.n ? "share" : "mean"), "value");
        t->elsewhere = number(v, "elsewhere");
        if (!t->name.p || !t->level.p) return 0;
    }
    return 1;
}

static status read_segments(plan_summary *out, const json_value *list, arena *mem,
                            propense_error *err)
{
    int64_t n = json_length(list);
    if (!json_is_array(list) || n > 1000) return PROPENSE_OK;
    out->segments = TAKE(mem, plan_segment, n);
    if (!out->segments) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        const json_value *v = json_at(list, i);
        plan_segment *s = &out->segments[out->n_segments++];
        str name = { 0 };
        (void)json_as_str(json_get(v, "name"), &name);
        *s = (plan_segment){ .name = str_keep(mem, name),
                             .customers = count(v, "customers"),
                             .contacts = count(v, "contacts"),
                             .p_from = number(v, "highest_probability"),
                             .p_to = number(v, "lowest_probability"),
                             .rate = figure(v, "rate") };
        if (!s->name.p || !read_traits(s, json_get(v, "set_apart_by"), mem))
            return fail_memory(err);
    }
    return PROPENSE_OK;
}

static status read_curve(plan_summary *out, const json_value *curve, arena *mem,
                         propense_error *err)
{
    const json_value *points = json_get(curve, "points");
    int64_t n = json_length(points);
    out->best_contacts = number(curve, "best_contacts");
    out->best_profit = number(curve, "best_profit");
    out->flat_from = number(curve, "flat_from");
    out->flat_to = number(curve, "flat_to");
    if (!json_is_array(points) || n > 10000) return PROPENSE_OK;
    out->curve_contacts = TAKE(mem, double, n);
    out->curve_profit = TAKE(mem, double, n);
    out->curve_low = TAKE(mem, double, n);
    out->curve_high = TAKE(mem, double, n);
    if (!out->curve_contacts || !out->curve_profit || !out->curve_low || !out->curve_high)
        return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        out->curve_contacts[i] = number(json_at(points, i), "contacts");
        out->curve_profit[i] = number(json_at(points, i), "profit");
        out->curve_low[i] = number(json_at(points, i), "low");
        out->curve_high[i] = number(json_at(points, i), "high");
    }
    out->n_curve = n;
    return PROPENSE_OK;
}

static status read_root(plan_summary *out, const json_value *root, const char *name, arena *mem,
                        propense_error *err)
{
    str kind = { 0 }, currency = { 0 };
    if (!json_as_str(json_get(root, "kind"), &kind) || !str_eq(kind, STR("propense plan")))
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: this is not a plan; it is written by: propense plan ... --plan_out FILE",
                    name);
    const json_value *economy = json_get(root, "economy"), *instead = json_get(root, "instead");
    (void)json_as_str(json_get(economy, "currency"), &currency);
    out->currency = str_keep(mem, currency);
    if (!out->currency.p) return fail_memory(err);
    out->margin = middle(economy, "margin");
    out->cost = middle(economy, "cost");
    out->incentive = number(economy, "incentive");
    out->threshold = number(economy, "threshold");
    (void)json_as_bool(json_get(json_get(root, "ranking"), "list_refused"), &out->is_refused);
    const json_value *limits = json_get(root, "limits");
    (void)json_as_bool(json_get(limits, "budget_binds"), &out->budget_binds);
    (void)json_as_bool(json_get(limits, "contacts_bind"), &out->contacts_bind);
    out->may_be_contacted = count(json_get(root, "customers"), "may_be_contacted");
    out->control = count(json_get(root, "control"), "customers");
    out->list = outcome(root, "plan");
    out->everybody = outcome(instead, "everybody");
    out->by_lot = outcome(instead, "by_lot");
    out->rule = outcome(instead, "rule_of_thumb");
    TRY(read_curve(out, json_get(root, "profit_curve"), mem, err));
    return read_segments(out, json_get(root, "segments"), mem, err);
}

status plan_summary_read(plan_summary *out, str json, const char *name, arena *mem,
                         propense_error *err)
{
    json_doc *doc;
    *out = (plan_summary){ 0 };
    TRY(json_read(&doc, json, name, err));
    status s = read_root(out, json_root(doc), name, mem, err);
    json_free(doc);
    return s;
}
