/* The report's section on money: the plan beside the other ways, the profit curve, the segments.
 * Leaves the figures to plan.json. Read html_report.h and plan_summary.h first. */
#include <math.h>

#include "html_report.h"
#include "money_chart.h"
#include "money_text.h"
#include "words.h"

/* One number of decimals for the table: amounts stand below each other. */
static int decimals_of(const report_page *p)
{
    const plan_outcome *all = &p->r->plan->everybody, *list = &p->r->plan->list;
    double largest = 0;
    const double amounts[] = { all->revenue.value, all->cost.value, all->profit.value,
                               list->revenue.value };
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        if (fabs(amounts[i]) > largest) largest = fabs(amounts[i]);
    return money_decimals(largest);
}

static void cell_money(report_page *p, double amount)
{
    if (isnan(amount)) {
        html_cell(&p->page, STR("\xE2\x80\x93"));
        return;
    }
    html_cell(&p->page, str_of(show_money(amount, decimals_of(p), STR(""), p->language).p));
}

static void outcome_row(report_page *p, const char *name, const plan_outcome *o)
{
    if (!o->is_there) return;
    propense_language l = p->language;
    text range = { 0 };
    if (!isnan(o->profit.low))
        text_f(&range, tr(l, "%s to %s"), show_money(o->profit.low, decimals_of(p), STR(""), l).p,
               show_money(o->profit.high, decimals_of(p), STR(""), l).p);
    html_row_begin(&p->page);
    html_cell_words(&p->page, str_of(tr(l, name)));
    html_cell(&p->page, str_of(show_fixed(o->contacts, 0, l).p));
    html_cell(&p->page, str_of(show_fixed(o->conversions.value, 0, l).p));
    cell_money(p, o->revenue.value);
    cell_money(p, o->cost.value);
    cell_money(p, o->profit.value);
    html_cell(&p->page, text_view(&range));
    html_row_end(&p->page);
    p->page.out.bad |= range.bad;
    text_free(&range);
}

static void outcomes(report_page *p)
{
    static const char *const heads[] = { N_("way"),         N_("contacts"), N_("conversions"),
                                         N_("revenue"),     N_("cost"),     N_("profit"),
                                         N_("95% interval") };
    const plan_summary *s = p->r->plan;
    text caption = { 0 };
    text_z(&caption, tr(p->language, "What each way is expected to bring"));
    if (s->currency.n)
        text_f(&caption, tr(p->language, " (amounts in %.*s)"), STR_ARG(s->currency));
    p->page.out.bad |= caption.bad;
    html_table_begin(&p->page, caption.p ? caption.p : "", heads, 7);
    text_free(&caption);
    if (!s->is_refused) outcome_row(p, N_("this list"), &s->list);
    outcome_row(p, N_("everybody"), &s->everybody);
    if (!s->is_refused) outcome_row(p, N_("as many, drawn by lot"), &s->by_lot);
    if (!s->is_refused) outcome_row(p, N_("as many by the rule of thumb"), &s->rule);
    html_table_end(&p->page);
}

/* "minutes 2,284 (others 1,600)", the largest difference first. */
static void trait_words(text *out, const plan_segment *g, propense_language l)
{
    for (int i = 0; i < g->n_traits; i++) {
        const plan_trait *t = &g->traits[i];
        if (i) text_z(out, "; ");
        if (t->level.n)
            text_f(out, tr(l, "%.*s %.*s %s (others %s)"), STR_ARG(t->name), STR_ARG(t->level),
                   show_share(t->here, l).p, show_share(t->elsewhere, l).p);
        else
            text_f(out, tr(l, "%.*s %s (others %s)"), STR_ARG(t->name), show_digits(t->here, l).p,
                   show_digits(t->elsewhere, l).p);
    }
}

static void segments(report_page *p)
{
    static const char *const heads[] = { N_("segment"), N_("customers"),    N_("contacts"),
                                         N_("rate, %"), N_("95% interval"), N_("set apart by") };
    const plan_summary *s = p->r->plan;
    propense_language l = p->language;
    if (s->n_segments == 0) return;
    html_table_begin(&p->page, N_("Segments, cut where the difference is real"), heads, 6);
    for (int32_t i = 0; i < s->n_segments; i++) {
        const plan_segment *g = &s->segments[i];
        text range = { 0 };
        if (!isnan(g->rate.low))
            text_f(&range, tr(l, "%s to %s"), show_fixed(100 * g->rate.low, 1, l).p,
                   show_fixed(100 * g->rate.high, 1, l).p);
        html_row_begin(&p->page);
        html_cell_words(&p->page, str_of(tr(l, g->name.p)));
        html_cell(&p->page, str_of(show_count(g->customers, l).p));
        html_cell(&p->page, str_of(show_count(g->contacts, l).p));
        html_cell(&p->page, str_of(show_fixed(100 * g->rate.value, 1, l).p));
        html_cell(&p->page, text_view(&range));
        text traits = { 0 };
        trait_words(&traits, g, l);
        html_cell_words(&p->page, text_view(&traits));
        html_row_end(&p->page);
        p->page.out.bad |= range.bad | traits.bad;
        text_free(&range);
        text_free(&traits);
    }
    html_table_end(&p->page);
}

void report_money(report_page *p)
{
    const plan_summary *s = p->r->plan;
    propense_language l = p->language;
    if (!isnan(s->threshold)) {
        text t = { 0 };
        text_f(
            &t,
            tr(l, "A contact pays from a probability of %s on: cost of a contact %s, a "
                  "conversion earns %s."),
            show_share(s->threshold, l).p, show_money(s->cost, 2, s->currency, l).p,
            show_money(s->margin - (isnan(s->incentive) ? 0 : s->incentive), 2, s->currency, l).p);
        report_say(p, "p", &t);
    }
    outcomes(p);
    if (s->is_refused) return; /* no list: nothing that orders by these scores is shown */
    html_raw(&p->page, "<div class=\"charts\">\n");
    if (s->n_curve > 1) report_chart(p, "profit", profit_chart(s, l, p->mem), 0);
    if (s->n_segments) report_chart(p, "segments", segments_chart(s, l, p->mem), 0);
    html_raw(&p->page, "</div>\n");
    segments(p);
}
