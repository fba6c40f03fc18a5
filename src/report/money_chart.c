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
    if (!isnan(s->curve_low[s->n_curve - 1]))
        text_z(out, tr(language, " The thin lines are its 95% interval."));
}

scene *profit_chart(const plan_summary *s, propense_language language, arena *mem)
{
    text sentence = { 0 }, unit = { 0 };
    profit_sentence(&sentence, s, language);
    text_f(&unit, tr(language, "expected profit, %.*s"), STR_ARG(s->currency));
    int has_band = !isnan(s->curve_low[s->n_curve - 1]);
    double low = least(has_band ? s->curve_low : s->curve_profit, s->n_curve);
    double high = most(has_band ? s->curve_high : s->curve_profit, s->n_curve);
    high += 0.12 * (high - low); /* for the words at the top */
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
    if (has_band) {
        plot_curve(&p, s->curve_contacts, s->curve_low, s->n_curve, INK_BLUE, 1, 3);
        plot_curve(&p, s->curve_contacts, s->curve_high, s->n_curve, INK_BLUE, 1, 3);
    }
    plot_curve(&p, s->curve_contacts, s->curve_profit, s->n_curve, INK_BLUE, 2.25, 0);
    text title = { 0 };
    text_f(&title, tr(language, "%s contacts: %s"), show_fixed(s->best_contacts, 0, language).p,
           show_money(s->best_profit, money_decimals(s->best_profit), s->currency, language).p);
    plot_dot(&p, s->best_contacts, s->best_profit, 4.5, INK_VERMILLION, 0, text_view(&title));
    plot_words(&p, s->best_contacts, s->best_profit, 0, has_band ? -26 : -10, text_view(&title),
               INK_VERMILLION, 1, ANCHOR_MIDDLE);
    if (p.s) p.s->bad |= sentence.bad | unit.bad | title.bad;
    text_free(&sentence);
    text_free(&unit);
    text_free(&title);
    return p.s;
}

scene *segments_chart(const plan_summary *s, propense_language language, arena *mem)
{
    enum { most_segments = 12 };
    str names[most_segments];
    int32_t n = s->n_segments < most_segments ? s->n_segments : most_segments;
    double high = 0.01;
    for (int32_t i = 0; i < n; i++) {
        const plan_segment *g = &s->segments[i];
        names[i] = str_of(tr(language, g->name.p));
        double end = isnan(g->rate.high) ? g->rate.value : g->rate.high;
        if (end > high) high = end;
    }
    plot_axis x = { axis_of(0, high, 5, 0.01, 0, 1), str_of(tr(language, "expected to convert")), 1,
                    NULL, 0 };
    plot p = plot_begin_rows(
        str_of(tr(language, "How do the segments differ?")),
        str_of(tr(language, "The share of each segment that is expected to convert, with its 95% "
                            "interval. They are cut where the difference is real.")),
        x, names, n, language, mem);
    for (int32_t i = 0; i < n; i++) {
        const plan_segment *g = &s->segments[i];
        text title = { 0 };
        text_f(&title, "%.*s: %s%%", STR_ARG(names[i]),
               show_fixed(100 * g->rate.value, 1, language).p);
        plot_bar(&p, 0, g->rate.value, i + 0.22, i + 0.78, INK_BLUE, text_view(&title));
        if (!isnan(g->rate.low)) plot_whisker_row(&p, i + 0.5, g->rate.low, g->rate.high, INK_DARK);
        if (p.s) p.s->bad |= title.bad;
        text_free(&title);
    }
    return p.s;
}
