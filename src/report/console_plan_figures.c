/* The plan's tables of figures: what the list brings, and what the other ways would.
 * Leaves the figures to decide/forecast.c. Read console_plan_parts.h first. */
#include <math.h>

#include "console_plan_parts.h"
#include "console_table.h"
#include "words.h"

/* ---- Figures */

static void figure(plan_page *g, const char *name, const char *value, const char *low,
                   const char *high)
{
    text t = { 0 };
    plan_name_cell(g, name, 18);
    plan_cell(g, value, 14);
    text_z(g->out, "   ");
    if (low && strcmp(low, high) != 0)
        text_f(&t, tr(g->l, "%s to %s"), low, high);
    else
        text_z(&t, tr(g->l, "certain"));
    text_str(g->out, text_view(&t));
    text_char(g->out, '\n');
    g->bad |= t.bad;
    text_free(&t);
}

static void money_figure(plan_page *g, const char *name, const estimate *e)
{
    figure(g, name, plan_money(g, e->value).p, plan_money(g, e->low).p, plan_money(g, e->high).p);
}

void plan_figures_part(plan_page *g)
{
    const forecast *f = &g->p->contacts;
    propense_language l = g->l;
    plan_name_cell(g, "", 18);
    plan_cell(g, tr(l, "expected"), 14);
    text_f(g->out, "   %s\n", tr(l, "95% interval"));
    figure(g, tr(l, "conversions"), show_fixed(f->conversions.value, 0, l).p,
           show_fixed(f->conversions.low, 0, l).p, show_fixed(f->conversions.high, 0, l).p);
    money_figure(g, tr(l, "revenue"), &f->revenue);
    money_figure(g, tr(l, "cost"), &f->cost);
    money_figure(g, tr(l, "profit"), &f->profit);
    if (!isnan(f->roi.value))
        figure(g, tr(l, "return on cost"), show_share(f->roi.value, l).p,
               show_share(f->roi.low, l).p, show_share(f->roi.high, l).p);
}

/* ---- Instead */

typedef struct strategies_table {
    console_table table;
    const plan_page *g;
    double unit; /* of amounts */
} strategies_table;

/* Without the currency's sign: it stands above, and the table has to fit. */
static void amount_cell(strategies_table *s, double amount)
{
    int decimals = s->unit > 1 ? 0 : s->g->decimals;
    console_table_cell(&s->table,
                       str_of(show_money(amount / s->unit, decimals, STR(""), s->g->l).p));
}

static void strategy(strategies_table *s, const char *name, const forecast *f)
{
    propense_language l = s->g->l;
    console_table *t = &s->table;
    console_table_cell(t, str_of(name));
    console_table_cell(t, str_of(show_fixed(f->n, 0, l).p));
    console_table_cell(t, str_of(show_fixed(f->conversions.value, 0, l).p));
    amount_cell(s, f->cost.value);
    amount_cell(s, f->profit.value);
    text range = { 0 };
    if (f->n > 0) {
        int decimals = s->unit > 1 ? 0 : s->g->decimals;
        text_f(&range, tr(l, "%s to %s"),
               show_money(f->profit.low / s->unit, decimals, STR(""), l).p,
               show_money(f->profit.high / s->unit, decimals, STR(""), l).p);
    }
    t->words.bad |= range.bad;
    console_table_cell(t, text_view(&range));
    text_free(&range);
}

void plan_strategies_part(plan_page *g)
{
    const plan *p = g->p;
    static const forecast nobody = { 0 };
    propense_language l = g->l;
    double all[] = { p->all.cost.value, fabs(p->all.profit.low), p->all.profit.high }, largest = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] > largest) largest = all[i];
    strategies_table s = { { .sides = "lrrrrl" }, g, largest >= 1e7 ? 1000 : 1 };
    const char *heads[] = { s.unit > 1 ? tr(l, "amounts in thousands") : tr(l, "compared with"),
                            tr(l, "contacts"),
                            tr(l, "conversions"),
                            tr(l, "cost"),
                            tr(l, "profit"),
                            tr(l, "95% interval") };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        console_table_cell(&s.table, str_of(heads[i]));
    if (!p->is_refused) strategy(&s, tr(l, "this plan"), &p->contacts);
    strategy(&s, tr(l, "everybody"), &p->all);
    strategy(&s, tr(l, "nobody"), &nobody);
    if (!p->is_refused) strategy(&s, tr(l, "as many by lot"), &p->random);
    if (!p->is_refused && p->has_rule) strategy(&s, tr(l, "by rule of thumb"), &p->rule);
    console_table_write(g->out, &s.table);
}
