/* The readback on one screen: what the contacts brought, the promise beside what happened, both
 * arms, and what to make of it. Leaves the figures to decide/readback.c.
 * Read console_readback.h first. */
#include "console_readback.h"

#include <math.h>

#include "console_table.h"
#include "money_text.h"
#include "words.h"

typedef struct page {
    text *out;
    const readback *r;
    propense_language l;
    int decimals;
    int bad;
} page;

static money_shown money(const page *g, double amount)
{
    return show_money(amount, g->decimals, g->r->currency, g->l);
}

static void words_out(page *g, text *t, const char *first, int indent)
{
    g->bad |= t->bad;
    if (t->p) paragraph(g->out, first, indent, text_view(t));
    text_free(t);
}

/* ---- What the contacts brought */

static void headline(page *g)
{
    const readback *r = g->r;
    const estimate *e = &r->added_profit;
    text t = { 0 };
    if (!r->has_control)
        text_f(&t,
               tr(g->l, "READBACK: %s of %s contacted customers converted. What the contacts "
                        "themselves added, nobody can tell: there is no control group."),
               show_count(r->contact.converted, g->l).p, show_count(r->contact.n, g->l).p);
    else if (e->low > 0)
        text_f(&t, tr(g->l, "READBACK: the contacts paid. They added %s of profit (%s to %s)."),
               money(g, e->value).p, money(g, e->low).p, money(g, e->high).p);
    else if (e->high < 0)
        text_f(&t,
               tr(g->l, "READBACK: the contacts did not pay. They cost %s more than they added "
                        "(%s to %s)."),
               money(g, -e->value).p, money(g, -e->high).p, money(g, -e->low).p);
    else
        text_f(&t,
               tr(g->l, "READBACK: whether the contacts paid cannot be told: they added between "
                        "%s and %s of profit, most likely %s."),
               money(g, e->low).p, money(g, e->high).p, money(g, e->value).p);
    words_out(g, &t, "", 0);
}

/* ---- The promise */

static const char *against(const page *g, double happened, double low, double high)
{
    if (happened < low) return tr(g->l, "less than promised");
    if (happened > high) return tr(g->l, "more than promised");
    return tr(g->l, "as promised");
}

static void span_cell(console_table *t, const char *low, const char *high, propense_language l)
{
    text words = { 0 };
    text_f(&words, tr(l, "%s to %s"), low, high);
    t->words.bad |= words.bad;
    console_table_cell(t, text_view(&words));
    text_free(&words);
}

static void heads(console_table *t, const char *const *names, int n, propense_language l)
{
    console_table_cell(t, (str){ 0 });
    for (int i = 0; i < n; i++) console_table_cell(t, str_of(*names[i] ? tr(l, names[i]) : ""));
}

static void promise(page *g)
{
    const readback *r = g->r;
    const estimate *c = &r->promised.conversions, *p = &r->promised.profit;
    propense_language l = g->l;
    double s = r->scale, y = r->conversions.value, profit = r->profit.value;
    static const char *const names[] = { N_("promised"), N_("95% interval"), N_("happened"), "" };
    console_table t = { .sides = "lrlrl" };
    heads(&t, names, 4, l);
    console_table_cell(&t, str_of(tr(l, "conversions")));
    console_table_cell(&t, str_of(show_fixed(s * c->value, 0, l).p));
    span_cell(&t, show_fixed(s * c->low, 0, l).p, show_fixed(s * c->high, 0, l).p, l);
    console_table_cell(&t, str_of(show_fixed(y, 0, l).p));
    console_table_cell(&t, str_of(against(g, y, s * c->low, s * c->high)));
    console_table_cell(&t, str_of(tr(l, "profit")));
    console_table_cell(&t, str_of(money(g, s * p->value).p));
    span_cell(&t, money(g, s * p->low).p, money(g, s * p->high).p, l);
    console_table_cell(&t, str_of(money(g, profit).p));
    console_table_cell(&t, str_of(against(g, profit, s * p->low, s * p->high)));
    console_table_write(g->out, &t);
}

/* ---- The arms */

static void arm_line(console_table *t, const page *g, const char *name, const arm_result *a)
{
    propense_language l = g->l;
    console_table_cell(t, str_of(name));
    console_table_cell(t, str_of(show_count(a->n, l).p));
    console_table_cell(t, str_of(show_count(a->converted, l).p));
    console_table_cell(t, str_of(a->n ? show_share(a->rate.value, l).p : "-"));
    if (a->n)
        span_cell(t, show_share(a->rate.low, l).p, show_share(a->rate.high, l).p, l);
    else
        console_table_cell(t, (str){ 0 });
}

static void arms(page *g)
{
    static const char *const names[] = { N_("customers"), N_("converted"), N_("rate"),
                                         N_("95% interval") };
    console_table t = { .sides = "lrrrl" };
    heads(&t, names, 4, g->l);
    arm_line(&t, g, tr(g->l, "contacted"), &g->r->contact);
    arm_line(&t, g, tr(g->l, "control group"), &g->r->control);
    console_table_write(g->out, &t);
}

/* ---- What it means */

static void meaning(page *g)
{
    const readback *r = g->r;
    text t = { 0 };
    double cost = (double)r->contact.n * r->cost + r->incentive * (double)r->contact.converted;
    if (r->has_control) {
        text_f(&t,
               tr(g->l, "The contacts added %s points of conversion (%s to %s): %s conversions (%s "
                        "to %s) that would not have come without them, for %s."),
               show_fixed(100 * r->lift.value, 2, g->l).p, show_fixed(100 * r->lift.low, 2, g->l).p,
               show_fixed(100 * r->lift.high, 2, g->l).p, show_fixed(r->added.value, 0, g->l).p,
               show_fixed(r->added.low, 0, g->l).p, show_fixed(r->added.high, 0, g->l).p,
               money(g, cost).p);
        words_out(g, &t, "- ", 2);
    }
    double low = r->scale * r->promised.conversions.low;
    double high = r->scale * r->promised.conversions.high, y = r->conversions.value;
    if (y < low || y > high)
        text_f(&t,
               y < low
                   ? tr(g->l, "The probabilities were too high: of %s conversions promised %s "
                              "came. Train again with these results before the next plan.")
                   : tr(g->l, "The probabilities were too low: %s conversions were promised, %s "
                              "came. Train again with these results before the next plan."),
               show_fixed(r->scale * r->promised.conversions.value, 0, g->l).p,
               show_fixed(y, 0, g->l).p);
    else
        text_z(&t, tr(g->l, "The probabilities held: what came lies within what was promised."));
    words_out(g, &t, "- ", 2);
    if (!r->has_control)
        text_z(&t, tr(g->l, "Next time leave some customers without contact (--holdout 0.1): many "
                            "of those who converted would have done so anyway."));
    else if (r->added_profit.low <= 0 && r->added_profit.high >= 0)
        text_z(&t, tr(g->l, "A larger control group, or the same one over several campaigns, would "
                            "narrow this."));
    words_out(g, &t, "- ", 2);
    if (r->n_repeats) {
        text_f(&t, tr(g->l, "%s rows repeat a customer; each was counted once."),
               show_count(r->n_repeats, g->l).p);
        words_out(g, &t, "- ", 2);
    }
}

void console_readback(text *out, const readback *r, propense_language language)
{
    int64_t from = out->n;
    double largest =
        r->contact.value > r->promised.revenue.value ? r->contact.value : r->promised.revenue.value;
    page g = { .out = out, .r = r, .l = language, .decimals = money_decimals(largest) };
    headline(&g);
    text_char(out, '\n');
    promise(&g);
    text_char(out, '\n');
    arms(&g);
    text_char(out, '\n');
    meaning(&g);
    if (g.bad) out->bad = 1;
    quiet_controls(out, from);
}
