/* The profit curve with its flat top. Leaves the figures to decide/, frame and marks to plot.c.
 * Read money_chart.h first. */
#include "money_chart.h"

#include <math.h>

#include "money_text.h"
#include "plot.h"
#include "words.h"

static double least(const double *x, int64_t n)
{
    double low = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] < low) low = x[i];
    return low;
}

static double most(const double *x, int64_t n)
{
    double high = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] > high) high = x[i];
    return high;
}

static void profit_sentence(text *out, const plan_summary *s, propense_language language)
{
    text_f(out,
           tr(language,
              "The profit hardly changes between %s and %s contacts (shaded: at least 98%% "
              "of the best). Within that range choose by what else matters."),
           show_fixed(s->flat_from, 0, language).p, show_fixed(s->flat_to, 0, language).p);
}

scene *profit_chart(const plan_summary *s, propense_language language, arena *mem)
{
    text sentence = { 0 }, unit = { 0 };
    profit_sentence(&sentence, s, language);
    text_f(&unit, tr(language, "expected profit, %.*s"), STR_ARG(s->currency));
    double low = least(s->curve_profit, s->n_curve), high = most(s->curve_profit, s->n_curve);
    double last = most(s->curve_contacts, s->n_curve);
    plot_axis x = { axis_of(0, last > 0 ? last : 1, 5, 1, 0, 1e300),
                    str_of(tr(language, "customers contacted, best first")), 0, NULL, 0 };
    plot_axis y = { axis_of(low, high, 5, 1, -1e300, 1e300), text_view(&unit), 0, NULL, 0 };
    plot p = plot_begin(str_of(tr(language, "What does a longer list bring?")),
                        text_view(&sentence), x, y, language, mem);
    const double band_x[] = { s->flat_from, s->flat_to };
    plot_band(&p, band_x, (double[]){ y.scale.low, y.scale.low },
              (double[]){ y.scale.high, y.scale.high }, 2, INK_PALE_BLUE);
    plot_curve(&p, (double[]){ 0, x.scale.high }, (double[]){ 0, 0 }, 2, INK_PALE, 1.2, 0);
    plot_curve(&p, s->curve_contacts, s->curve_profit, s->n_curve, INK_BLUE, 2.25, 0);
    text title = { 0 };
    text_f(&title, tr(language, "%s contacts: %s"), show_fixed(s->best_contacts, 0, language).p,
           show_money(s->best_profit, money_decimals(s->best_profit), s->currency, language).p);
    plot_dot(&p, s->best_contacts, s->best_profit, 4.5, INK_VERMILLION, 0, text_view(&title));
    plot_words(&p, s->best_contacts, s->best_profit, 0, -10, text_view(&title), INK_VERMILLION, 1,
               ANCHOR_MIDDLE);
    if (p.s) p.s->bad |= sentence.bad | unit.bad | title.bad;
    text_free(&sentence);
    text_free(&unit);
    text_free(&title);
    return p.s;
}
