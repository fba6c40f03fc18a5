/* The readback on one screen: what the contacts brought, the promise beside what happened, both
 * arms, and what to make of it. Leaves the figures to decide/readback.c.
 * Read console_readback.h first. */
#include "console_readback.h"

#include <math.h>

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

static void cell(page *g, const char *words, int width)
{
    text_pad(g->out, str_of(words), -width);
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

static void promise_line(page *g, const char *name, const char *promised, const char *low,
                         const char *high, const char *happened, const char *verdict)
{
    text t = { 0 };
    text_pad(g->out, str_of(name), 14);
    cell(g, promised, 12);
    text_f(&t, tr(g->l, "%s to %s"), low, high);
    text_z(g->out, "   ");
    text_pad(g->out, text_view(&t), 22);
    cell(g, happened, 12);
    text_f(g->out, "   %s\n", verdict);
    g->bad |= t.bad;
    text_free(&t);
}

static void promise(page *g)
{
    const readback *r = g->r;
    const estimate *c = &r->promised.conversions, *p = &r->promised.profit;
    propense_language l = g->l;
    double s = r->scale, y = r->conversions.value, profit = r->profit.value;
    text_pad(g->out, (str){ 0 }, 14);
    cell(g, tr(l, "promised"), 12);
    text_z(g->out, "   ");
    text_pad(g->out, str_of(tr(l, "95% interval")), 22);
    cell(g, tr(l, "happened"), 12);
    text_char(g->out, '\n');
    promise_line(g, tr(l, "conversions"), show_fixed(s * c->value, 0, l).p,
                 show_fixed(s * c->low, 0, l).p, show_fixed(s * c->high, 0, l).p,
                 show_fixed(y, 0, l).p, against(g, y, s * c->low, s * c->high));
    promise_line(g, tr(l, "profit"), money(g, s * p->value).p, money(g, s * p->low).p,
                 money(g, s * p->high).p, money(g, profit).p,
                 against(g, profit, s * p->low, s * p->high));
}

/* ---- The arms */

static void arm_line(page *g, const char *name, const arm_result *a)
{
    text t = { 0 };
    text_pad(g->out, str_of(name), 14);
    cell(g, show_count(a->n, g->l).p, 12);
    cell(g, show_count(a->converted, g->l).p, 13);
    cell(g, a->n ? show_share(a->rate.value, g->l).p : "-", 10);
    if (a->n)
        text_f(&t, tr(g->l, "%s to %s"), show_share(a->rate.low, g->l).p,
               show_share(a->rate.high, g->l).p);
    text_f(g->out, "   %s\n", t.p ? t.p : "");
    g->bad |= t.bad;
    text_free(&t);
}

static void arms(page *g)
{
    propense_language l = g->l;
    text_pad(g->out, (str){ 0 }, 14);
    cell(g, tr(l, "customers"), 12);
    cell(g, tr(l, "converted"), 13);
    cell(g, tr(l, "rate"), 10);
    text_f(g->out, "   %s\n", tr(l, "95% interval"));
    arm_line(g, tr(l, "contacted"), &g->r->contact);
    arm_line(g, tr(l, "control group"), &g->r->control);
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
