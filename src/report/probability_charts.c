/* Charts of probabilities: promised against observed, and how they are spread.
 * Leaves the figures to metrics/, frame and marks to plot.c.
 * Read curve_charts.h and plot.h first. */
#include <math.h>

#include "console_text.h"
#include "curve_charts.h"
#include "plot.h"
#include "words.h"

/* ---- Promised and observed */

static double highest_rate(const reliability_bin *bins, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        if (bins[i].high > most) most = bins[i].high;
        if (bins[i].mean_p > most) most = bins[i].mean_p;
    }
    return most;
}

static void reliability_dots(plot *p, const reliability_bin *bins, int64_t n, colour ink,
                             int hollow)
{
    for (int64_t i = 0; i < n; i++) {
        text title = { 0 };
        text_f(&title, tr(p->language, "promised %s%%, converted %s%% (%lld of %lld)"),
               show_fixed(100 * bins[i].mean_p, 1, p->language).p,
               show_fixed(100 * bins[i].rate, 1, p->language).p, (long long)bins[i].positives,
               (long long)bins[i].rows);
        if (!hollow) plot_whisker(p, bins[i].mean_p, bins[i].low, bins[i].high, ink);
        plot_dot(p, bins[i].mean_p, bins[i].rate, hollow ? 3 : 3.5, ink, hollow, text_view(&title));
        if (p->s) p->s->bad |= title.bad;
        text_free(&title);
    }
}

static void reliability_sentence(text *out, const ece_figures *e, int has_before,
                                 propense_language language)
{
    text_f(out,
           tr(language, "Of customers promised 20%%, about 20%% should convert: points near the "
                        "line are believable. Mean gap %s points; a perfect model would show %s "
                        "by chance alone."),
           show_fixed(100 * e->ece, 1, language).p,
           show_fixed(100 * e->noise_floor, 1, language).p);
    if (has_before) text_z(out, tr(language, " Hollow: before calibration."));
}

scene *calibration_chart(const reliability_bin *before, int64_t n_before,
                         const reliability_bin *after, int64_t n_after, const ece_figures *error,
                         propense_language language, arena *mem)
{
    double most = highest_rate(after, n_after), other = highest_rate(before, n_before);
    if (other > most) most = other;
    axis scale = axis_of(0, most > 0 ? most : 1, 5, 0.02, 0, 1);
    text sentence = { 0 };
    reliability_sentence(&sentence, error, n_before > 0, language);
    plot_axis x = { scale, str_of(tr(language, "promised by the model")), 1, NULL, 0 };
    plot_axis y = { scale, str_of(tr(language, "converted")), 1, NULL, 0 };
    plot p = plot_begin(str_of(tr(language, "Are the probabilities true?")), text_view(&sentence),
                        x, y, language, mem);
    plot_curve(&p, (double[]){ 0, scale.high }, (double[]){ 0, scale.high }, 2, INK_PALE, 1.2, 4);
    reliability_dots(&p, before, n_before, INK_VERMILLION, 1);
    reliability_dots(&p, after, n_after, INK_BLUE, 0);
    if (p.s) p.s->bad |= sentence.bad;
    text_free(&sentence);
    return p.s;
}

/* ---- The spread of the scores */

enum { score_bins = 40 };
typedef struct spread {
    double top;                  /* of the last bin */
    double share[2][score_bins]; /* of each class' rows */
    double mean[2], highest;
} spread;

/* The probability below which all but one row in a thousand lie, rounded up. */
static double spread_top(const ranked *r)
{
    int64_t skip = r->n / 1000;
    for (int64_t i = 0; i < r->steps.n_steps; i++)
        if (r->steps.positives[i] + r->steps.negatives[i] > skip) return r->score[i];
    return 1;
}

static spread spread_of(const ranked *r)
{
    spread s = { .top = axis_of(0, spread_top(r), 5, 0.02, 0, 1).high };
    const double n[2] = { (double)r->steps.n_negative, (double)r->steps.n_positive };
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        int bin = (int)(r->score[i] / s.top * score_bins);
        if (bin >= score_bins) bin = score_bins - 1;
        const double rows[2] = { (double)ranked_negatives(r, i), (double)ranked_positives(r, i) };
        for (int k = 0; k < 2; k++) {
            if (!(n[k] > 0)) continue;
            s.share[k][bin] += rows[k] / n[k];
            s.mean[k] += rows[k] * r->score[i] / n[k];
        }
    }
    for (int i = 0; i < 2 * score_bins; i++) {
        double share = s.share[i / score_bins][i % score_bins];
        if (share > s.highest) s.highest = share;
    }
    return s;
}

/* Steps of a histogram as a line of 2 * score_bins + 2 points. */
static void spread_line(plot *p, const spread *s, int k, colour ink, double dash)
{
    double x[2 * score_bins + 2], y[2 * score_bins + 2];
    for (int i = 0; i < score_bins; i++) {
        x[2 * i + 1] = i * s->top / score_bins;
        x[2 * i + 2] = (i + 1) * s->top / score_bins;
        y[2 * i + 1] = y[2 * i + 2] = s->share[k][i];
    }
    x[0] = 0;
    x[2 * score_bins + 1] = s->top;
    y[0] = y[2 * score_bins + 1] = 0;
    plot_curve(p, x, y, 2 * score_bins + 2, ink, 2, dash);
}

static int fullest(const spread *s, int k)
{
    int best = 0;
    for (int i = 1; i < score_bins; i++)
        if (s->share[k][i] > s->share[k][best]) best = i;
    return best;
}

/* Names with a piece of their lines, in the upper corner that the peaks leave free. */
static void spread_names(plot *p, const spread *s)
{
    static const char *const words[] = { N_("did not convert"), N_("converted") };
    static const colour inks[] = { INK_VERMILLION, INK_BLUE };
    int at_right = fullest(s, 0) + fullest(s, 1) < score_bins;
    double top = p->y.scale.high, wide = p->x.scale.high * 0.07;
    double from = at_right ? p->x.scale.high - wide : 0;
    for (int k = 0; k < 2; k++) {
        double y = top - (k + 0.6) * (p->y.scale.high - p->y.scale.low) * 0.085;
        plot_curve(p, (double[]){ from, from + wide }, (double[]){ y, y }, 2, inks[k], 2,
                   k ? 0 : 5);
        plot_words(p, at_right ? from : from + wide, y, at_right ? -6 : 6, 4,
                   str_of(tr(p->language, words[k])), inks[k], 1,
                   at_right ? ANCHOR_END : ANCHOR_START);
    }
}

scene *scores_chart(const ranked *r, propense_language language, arena *mem)
{
    spread s = { .top = 1, .highest = 1 };
    if (ranked_usable(r) && probabilities_usable(r)) s = spread_of(r);
    text sentence = { 0 };
    text_f(&sentence,
           tr(language, "Mean probability of those who converted %s%%, of the others %s%%. The "
                        "farther apart the two lines, the more the model knows."),
           show_fixed(100 * s.mean[1], 1, language).p, show_fixed(100 * s.mean[0], 1, language).p);
    plot_axis x = { axis_of(0, s.top, 5, 0.02, 0, 1), str_of(tr(language, "probability")), 1, NULL,
                    0 };
    plot_axis y = { axis_of(0, s.highest > 0 ? s.highest : 1, 5, 0.01, 0, 1),
                    str_of(tr(language, "of the customers of each kind")), 1, NULL, 0 };
    plot p = plot_begin(str_of(tr(language, "How are the probabilities spread?")),
                        text_view(&sentence), x, y, language, mem);
    spread_line(&p, &s, 0, INK_VERMILLION, 5);
    spread_line(&p, &s, 1, INK_BLUE, 0);
    spread_names(&p, &s);
    if (p.s) p.s->bad |= sentence.bad;
    text_free(&sentence);
    return p.s;
}
