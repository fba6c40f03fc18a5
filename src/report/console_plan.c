/* The plan on one screen: the list first, then what it rests on, the alternatives, the flat top and
 * the control group. Leaves segments and groups to console_plan_customers.c, amounts to
 * money_text.c. Read console_plan.h and plan.h first. */
#include "console_plan.h"

#include <math.h>

#include "console_plan_parts.h"
#include "words.h"

enum { label_width = 13 };

money_shown plan_money(const plan_page *g, double amount)
{
    return show_money(amount, g->decimals, g->p->o.currency, g->l);
}

money_shown plan_cents(const plan_page *g, double amount)
{
    return show_money(amount, 2, g->p->o.currency, g->l);
}

void plan_fact(plan_page *g, const char *name, text *words)
{
    text label = { 0 };
    text_pad(&label, str_of(name), label_width);
    g->bad |= label.bad | words->bad;
    if (label.p && words->n) paragraph(g->out, label.p, label_width, str_trim(text_view(words)));
    text_free(&label);
    text_free(words);
}

void plan_cell(plan_page *g, const char *words, int width)
{
    text_char(g->out, ' '); /* apart even when they are too long */
    text_pad(g->out, str_of(words), 1 - width);
}

void plan_name_cell(plan_page *g, const char *words, int width)
{
    text_pad(g->out, str_of(words), width);
}

/* ---- Why */

static void why(plan_page *g)
{
    const plan *p = g->p;
    const campaign *c = &p->s.c;
    text t = { 0 };
    double cost = p->o.cost.middle, earned = c->margin - c->incentive;
    if (isnan(p->threshold)) {
        text_z(&t,
               tr(g->l, "What a conversion earns or a contact costs differs by customer, and so "
                        "does the threshold: a contact pays where probability times value is "
                        "above its cost."));
    } else if (p->threshold >= 1) {
        text_f(&t, tr(g->l, "A contact costs %s and a conversion leaves %s: no contact can pay."),
               plan_cents(g, cost).p, plan_cents(g, earned).p);
    } else {
        text_f(&t,
               c->incentive > 0
                   ? tr(g->l, "A contact costs %s and a conversion leaves %s after the incentive, "
                              "so a contact pays above a probability of %s")
                   : tr(g->l,
                        "A contact costs %s and a conversion earns %s, so a contact pays above "
                        "a probability of %s"),
               plan_cents(g, cost).p, plan_cents(g, earned).p, show_share(p->threshold, g->l).p);
        if (p->threshold > 0 && p->threshold <= 0.5)
            text_f(&t, tr(g->l, ": one conversion in %s contacts"),
                   show_number(floor(1 / p->threshold + 1e-9), g->l).p);
        text_char(&t, '.');
    }
    plan_fact(g, tr(g->l, "why"), &t);
}

static void limits_line(plan_page *g)
{
    const plan *p = g->p;
    const choice *c = &p->chosen;
    text t = { 0 };
    if (c->budget_binds) text_z(&t, tr(g->l, "The budget ends the list. "));
    if (c->contacts_bind) text_z(&t, tr(g->l, "The number of contacts ends the list. "));
    if (c->quotas_bind) text_z(&t, tr(g->l, "Upper quotas leave out customers who would pay. "));
    if (c->n_for_quotas)
        text_f(&t, tr(g->l, "%s contacts that do not pay stand in it for the lower quotas. "),
               show_count(c->n_for_quotas, g->l).p);
    if (c->budget_binds || c->contacts_bind || c->quotas_bind)
        text_f(&t, tr(g->l, "Without limits %s contacts would pay and bring %s. "),
               show_count(p->peak.best, g->l).p, plan_money(g, p->peak.profit).p);
    if (p->by == ORDER_BY_CONTACT)
        text_z(&t, tr(g->l, "Ordered by profit a contact, since contacts are what is scarce."));
    else if (p->s.c.cost)
        text_f(&t, tr(g->l, "Ordered by expected profit per %.*s of cost."),
               STR_ARG(p->o.currency));
    plan_fact(g, tr(g->l, "limits"), &t);
}

static void left_out(plan_page *g)
{
    const scored *s = &g->p->s;
    text t = { 0 };
    if (s->n_suppressed)
        text_f(&t, tr(g->l, "%s customers on the suppress list. "),
               show_count(s->n_suppressed, g->l).p);
    if (s->n_duplicates)
        text_f(&t, tr(g->l, "%s rows that repeat an id."), show_count(s->n_duplicates, g->l).p);
    plan_fact(g, tr(g->l, "kept out"), &t);
}

/* ---- The flat top, and what is not sure */

static void flat_top(plan_page *g)
{
    const profit_peak *k = &g->p->peak;
    text t = { 0 };
    if (k->best > 0 && k->from < k->to)
        text_f(&t,
               tr(g->l, "From %s to %s contacts (the last one's probability falling from %s to %s) "
                        "the expected profit stays within 2%% of the best there is."),
               show_count(k->from, g->l).p, show_count(k->to, g->l).p,
               show_share(k->p_from, g->l).p, show_share(k->p_to, g->l).p);
    plan_fact(g, tr(g->l, "flat top"), &t);
}

static void corner_words(plan_page *g, text *t, const plan_corner *k)
{
    if (isnan(k->threshold))
        text_f(t, tr(g->l, "the list brings %s"), plan_money(g, k->profit).p);
    else
        text_f(t, tr(g->l, "the list brings %s, the threshold is %s and %s contacts pay"),
               plan_money(g, k->profit).p, show_share(k->threshold, g->l).p,
               show_count(k->n_paying, g->l).p);
}

static void ranges(plan_page *g)
{
    const plan *p = g->p;
    text t = { 0 };
    if (p->has_range) {
        text_z(&t, tr(g->l, "At worst "));
        corner_words(g, &t, &p->worst);
        text_z(&t, tr(g->l, "; at best "));
        corner_words(g, &t, &p->best);
        if (p->n_sure == p->chosen.n_contacts)
            text_z(&t, tr(g->l, ". All contacts of the list pay either way."));
        else
            text_f(&t, tr(g->l, ". %s of the %s contacts pay either way."),
                   show_count(p->n_sure, g->l).p, show_count(p->chosen.n_contacts, g->l).p);
    }
    plan_fact(g, tr(g->l, "range"), &t);
}

static void control_group(plan_page *g)
{
    const plan *p = g->p;
    text t = { 0 };
    if (p->o.holdout > 0)
        text_f(&t, tr(g->l, "%s customers of the list are left without contact; that forgoes %s. "),
               show_count(p->chosen.n_control, g->l).p, plan_money(g, p->control_profit).p);
    if (p->chosen.n_contacts > 0 && !isnan(p->lift_pays)) {
        text_f(&t, tr(g->l, "The contacts pay when they add %s points of conversion. "),
               show_fixed(100 * p->lift_pays, 2, g->l).p);
        if (isnan(p->share_needed))
            text_z(&t, tr(g->l, "This list is too small to prove that, whatever is left out. "));
        else
            text_f(&t, tr(g->l, "To prove that takes a control group of %s (80%% power). "),
                   show_share(p->share_needed, g->l).p);
        if (p->o.holdout > 0 && !isnan(p->lift_seen))
            text_f(&t, tr(g->l, "This one proves %s points or more."),
                   show_fixed(100 * p->lift_seen, 2, g->l).p);
    }
    plan_fact(g, tr(g->l, "control"), &t);
}

/* ---- How far to believe it */

static void seen_words(const plan_page *g, text *t)
{
    const plan *p = g->p;
    if (p->grade == GRADE_CHANCE) return; /* its promise is the base rate */
    if (p->seen == SEEN_PERHAPS)
        text_z(t,
               tr(g->l, " The file says who converted: if the model learned from these customers, "
                        "the figures may promise too much."));
    if (p->seen == SEEN_ELSEWHERE)
        text_z(t, tr(g->l, " The model learned from this file, so each customer was scored by the "
                           "part of it that had not seen him: the forecast is as for new "
                           "customers."));
    if (p->seen != SEEN_ALL) return;
    text_z(t, tr(g->l, " But it learned from these very customers"));
    if (!isnan(p->auc) && !isnan(p->auc_here))
        text_f(t, tr(g->l, ": it ranks them with a ROC AUC of %s, those it had not seen with %s"),
               show_fixed(p->auc_here, 2, g->l).p, show_fixed(p->auc, 2, g->l).p);
    text_z(t, tr(g->l, ". So the figures may promise too much: for a forecast, plan with customers "
                       "that are new to it."));
}

static void belief(plan_page *g)
{
    const plan *p = g->p;
    text t = { 0 };
    switch (p->grade) {
    case GRADE_UNKNOWN:
        text_z(&t, tr(g->l, "All figures hold if the probabilities do. How good their model is, a "
                            "score file does not say; propense plan MODEL.keras DATA.csv knows."));
        break;
    case GRADE_UNJUDGED:
        text_z(&t, tr(g->l, "Nobody has judged this model: every figure here may be wrong. Every "
                            "row of the list carries that caution."));
        break;
    case GRADE_CHANCE:
    case GRADE_EQUAL:
        text_z(&t, tr(g->l, "This ranking is no better than chance: the list was forced, and every "
                            "row carries that caution. Customers drawn by lot would do as well."));
        break;
    default:
        text_f(&t,
               tr(g->l, "The ranking is better than chance: ROC AUC %s, 95%% interval %s to %s. "
                        "The intervals cover chance and the level of the probabilities, not that "
                        "customers or times have changed."),
               show_fixed(p->auc, 2, g->l).p, show_fixed(p->auc_low, 2, g->l).p,
               show_fixed(p->auc_high, 2, g->l).p);
    }
    seen_words(g, &t);
    plan_fact(g, tr(g->l, "believe"), &t);
}

/* ---- No list */

static void advice(plan_page *g)
{
    const plan *p = g->p;
    const campaign *c = &p->s.c;
    text t = { 0 };
    double cost = p->s.n ? p->all.cost.value / (double)p->s.n : 0;
    double each = p->s.n ? p->all.profit.value / (double)p->s.n : 0;
    if (p->base_rows > 0 && !c->value && !c->cost) {
        each = p->base_rate * (c->margin - c->incentive) - (double)c->unit_cost / money_unit;
        text_f(&t, tr(g->l, "%s of the %s customers known converted. "),
               show_share(p->base_rate, g->l).p, show_count(p->base_rows, g->l).p);
    }
    if (each > 0)
        text_f(&t,
               tr(g->l, "On average a contact brings %s: contact everybody, or as many by lot "
                        "as can be paid for."),
               plan_cents(g, each).p);
    else
        text_f(&t, tr(g->l, "On average a contact loses %s: contact nobody, except to learn."),
               plan_cents(g, -each).p);
    plan_fact(g, tr(g->l, "instead"), &t);
    if (p->test_size < 0) return;
    text_f(&t,
           tr(g->l, "A model worth having (ROC AUC 0.6) would show itself after about %s "
                    "contacts drawn by lot"),
           show_count(p->test_size, g->l).p);
    if (cost > 0)
        text_f(&t, tr(g->l, ", which cost %s"), plan_money(g, cost * (double)p->test_size).p);
    text_z(&t, tr(g->l, ". Leave as many by lot without contact, train on both, and plan again."));
    plan_fact(g, tr(g->l, "to learn"), &t);
}

static void refused(plan_page *g)
{
    const plan *p = g->p;
    text t = { 0 };
    if (p->grade == GRADE_EQUAL)
        text_z(&t, tr(g->l, "PLAN: no list. Every customer has the same score, so there is nothing "
                            "to choose by."));
    else
        text_f(&t,
               tr(g->l, "PLAN: no list. This ranking is no better than chance (ROC AUC %s, 95%% "
                        "interval %s to %s)."),
               show_fixed(p->auc, 2, g->l).p, show_fixed(p->auc_low, 2, g->l).p,
               show_fixed(p->auc_high, 2, g->l).p);
    g->bad |= t.bad;
    if (t.p) paragraph(g->out, "", 0, text_view(&t));
    text_free(&t);
    text_char(g->out, '\n');
    why(g);
    advice(g);
    text_char(g->out, '\n');
    plan_strategies_part(g);
    plan_without_part(g);
    text_char(g->out, '\n');
    paragraph(g->out, "", 0,
              str_of(tr(g->l, "--force writes a ranked list all the same, with a caution in every "
                              "row.")));
}

/* ---- All of it */

static void headline(plan_page *g)
{
    const plan *p = g->p;
    text t = { 0 };
    if (p->chosen.n_contacts == 0 && p->peak.best > 0)
        text_z(&t, tr(g->l, "PLAN: contact nobody. The limits leave no room for a contact."));
    else if (p->chosen.n_contacts == 0)
        text_f(&t, tr(g->l, "PLAN: contact nobody. Of %s customers none pays for a contact."),
               show_count(p->s.n, g->l).p);
    else
        text_f(&t, tr(g->l, "PLAN: contact %s of %s customers; expected profit %s (%s to %s)."),
               show_count(p->chosen.n_contacts, g->l).p, show_count(p->s.n, g->l).p,
               plan_money(g, p->contacts.profit.value).p, plan_money(g, p->contacts.profit.low).p,
               plan_money(g, p->contacts.profit.high).p);
    g->bad |= t.bad;
    if (t.p) paragraph(g->out, "", 0, text_view(&t));
    text_free(&t);
}

static void listed(plan_page *g)
{
    headline(g);
    text_char(g->out, '\n');
    why(g);
    limits_line(g);
    left_out(g);
    if (g->p->chosen.n_contacts) {
        text_char(g->out, '\n');
        plan_figures_part(g);
    }
    text_char(g->out, '\n');
    plan_strategies_part(g);
    text_char(g->out, '\n');
    flat_top(g);
    ranges(g);
    control_group(g);
    belief(g);
    plan_without_part(g);
    text_char(g->out, '\n');
    plan_segments_part(g);
    plan_groups_part(g);
}

static double larger(double a, double b)
{
    return fabs(a) > fabs(b) ? a : b;
}

void console_plan(text *out, const plan *p, propense_language language)
{
    int64_t from = out->n;
    double largest = larger(p->all.cost.value, larger(p->all.revenue.value, p->all.profit.value));
    plan_page g = { .out = out, .p = p, .l = language, .decimals = money_decimals(largest) };
    if (p->is_refused)
        refused(&g);
    else
        listed(&g);
    if (g.bad) out->bad = 1;
    quiet_controls(out, from);
}
