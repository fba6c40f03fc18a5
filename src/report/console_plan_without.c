/* What planning without some columns costs: both trainings side by side, and the difference with
 * its interval. Leaves the figures to decide/without.c. Read console_plan_parts.h first. */
#include <math.h>

#include "console_plan_parts.h"
#include "words.h"

static void names_of(text *t, const without *w)
{
    for (int32_t i = 0; i < w->n_names; i++) {
        if (i) text_z(t, ", ");
        text_str(t, w->names[i]);
    }
}

static void rows_sentence(plan_page *g, const without *w)
{
    text t = { 0 }, names = { 0 };
    names_of(&names, w);
    text_f(&t,
           tr(g->l, "This list was made without %s, by networks trained anew on %s. What that "
                    "costs, on the %s rows there whose outcome is known (%s converted), each seen "
                    "by networks that had not learned from it:"),
           names.p ? names.p : "", w->file, show_count(w->n, g->l).p,
           show_count(w->n_converted, g->l).p);
    g->bad |= names.bad;
    text_free(&names);
    plan_fact(g, tr(g->l, "without"), &t);
    if (!w->is_other_file) return;
    text_f(&t, tr(g->l, "%s is not the file that the model given had learned from."), w->file);
    plan_fact(g, "", &t);
}

static void side_line(plan_page *g, const char *name, const without_side *s)
{
    text_z(g->out, "  ");
    plan_name_cell(g, name, 18);
    plan_cell(g, show_fixed(s->auc, 3, g->l).p, 9);
    plan_cell(g, show_count(s->contacts, g->l).p, 10);
    plan_cell(g, plan_money(g, s->promised).p, 16);
    plan_cell(g, plan_money(g, s->brought).p, 16);
    text_char(g->out, '\n');
}

/* Nobody knows the cents of what is uncertain by euros. */
static money_shown per_1000(const plan_page *g, const without *w, double amount)
{
    double each = 1000 / (double)w->n;
    int decimals = fabs(w->profit.high - w->profit.low) * each >= 10 ? 0 : 2;
    return show_money(amount * each, decimals, g->p->o.currency, g->l);
}

static void difference(plan_page *g, const without *w)
{
    text t = { 0 };
    text_f(&t,
           tr(g->l, "The difference: profit %s (95%% interval %s to %s), ROC AUC %s (%s to %s)."),
           plan_money(g, w->profit.value).p, plan_money(g, w->profit.low).p,
           plan_money(g, w->profit.high).p, show_fixed(w->auc.value, 3, g->l).p,
           show_fixed(w->auc.low, 3, g->l).p, show_fixed(w->auc.high, 3, g->l).p);
    text_char(&t, ' ');
    if (w->profit.low <= 0 && w->profit.high >= 0)
        text_z(&t,
               tr(g->l, "Chance alone can move the profit as far: that doing without them costs "
                        "anything is not shown."));
    else if (w->profit.value < 0)
        text_f(&t, tr(g->l, "Doing without them costs %s per 1,000 customers (%s to %s)."),
               per_1000(g, w, -w->profit.value).p, per_1000(g, w, -w->profit.high).p,
               per_1000(g, w, -w->profit.low).p);
    else
        text_f(
            &t,
            tr(g->l, "Without them the list even brings %s more per 1,000 customers (%s to %s)."),
            per_1000(g, w, w->profit.value).p, per_1000(g, w, w->profit.low).p,
            per_1000(g, w, w->profit.high).p);
    plan_fact(g, "", &t);
}

void plan_without_part(plan_page *g)
{
    const without *w = &g->p->without;
    propense_language l = g->l;
    if (!w->n) return;
    text_char(g->out, '\n');
    rows_sentence(g, w);
    text_z(g->out, "  ");
    plan_name_cell(g, "", 18);
    plan_cell(g, "ROC AUC", 9);
    plan_cell(g, tr(l, "contacts"), 10);
    plan_cell(g, tr(l, "profit promised"), 16);
    plan_cell(g, tr(l, "profit brought"), 16);
    text_char(g->out, '\n');
    side_line(g, tr(l, "with them"), &w->with);
    side_line(g, tr(l, "without them"), &w->less);
    difference(g, w);
}
