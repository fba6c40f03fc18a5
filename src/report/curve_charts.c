/* Charts of a ranking: ROC, precision and recall, gains, deciles.
 * Leaves the figures to metrics/, frame and marks to plot.c, probabilities to probability_charts.c.
 * Read curve_charts.h and plot.h first. */
#include "curve_charts.h"

#include <math.h>

#include "console_text.h"
#include "plot.h"
#include "words.h"

static plot_axis shares(propense_language language, const char *name)
{
    return (plot_axis){ .scale = axis_of(0, 1, 5, 1, 0, 1),
                        .name = str_of(tr(language, name)),
                        .as_percent = 1 };
}

/* `figure` with its interval, as "0.91, 95% interval 0.90 to 0.92". */
static void with_interval(text *out, double value, double low, double high,
                          propense_language language)
{
    int decimals = decimals_known((high - low) / 2);
    text_f(out, tr(language, "%s, 95%% interval %s to %s"), show_fixed(value, decimals, language).p,
           show_fixed(low, decimals, language).p, show_fixed(high, decimals, language).p);
}

static void label(plot *p, double x, double y, double dx, double dy, const char *words, colour ink,
                  int bold, text_anchor anchor)
{
    plot_words(p, x, y, dx, dy, str_of(tr(p->language, words)), ink, bold, anchor);
}

/* The diagonal and its name, on the side of it where the curve does not pass. */
static void diagonal(plot *p, const curve *c, const char *words)
{
    double above = 0;
    for (int64_t i = 0; i < c->n; i++)
        if (c->x[i] <= 0.62 && c->y[i] > above) above = c->y[i];
    plot_curve(p, (double[]){ 0, 1 }, (double[]){ 0, 1 }, 2, INK_PALE, 1.2, 4);
    if (above >= 0.62 || c->n == 0)
        label(p, 0.62, 0.62, 6, 14, words, INK_PALE, 0, ANCHOR_START);
    else
        label(p, 0.62, 0.62, -6, -6, words, INK_PALE, 0, ANCHOR_END);
}

static scene *finish(plot *p, text *sentence)
{
    if (p->s) p->s->bad |= sentence->bad;
    text_free(sentence);
    return p->s;
}

scene *roc_chart(const ranked *r, const auc_interval *area, propense_language language, arena *mem)
{
    curve c = { 0 };
    int ok = ranked_usable(r) ? roc_curve(&c, r, 1, mem) : 1;
    text sentence = { 0 };
    text_z(&sentence, tr(language, "Take one customer who converted and one who did not: the area "
                                   "is how often the model puts the first one higher. Area "));
    with_interval(&sentence, area->auc, area->low, area->high, language);
    text_char(&sentence, '.');
    plot p = plot_begin(str_of(tr(language, "Does the ranking find the converters?")),
                        text_view(&sentence), shares(language, N_("of those who did not convert")),
                        shares(language, N_("of the converters, found")), language, mem);
    plot_curve(&p, c.x, c.y, c.n, INK_BLUE, 2.25, 0);
    diagonal(&p, &c, N_("coin"));
    if (!ok && p.s) p.s->bad = 1;
    return finish(&p, &sentence);
}

scene *precision_recall_chart(const ranked *r, propense_language language, arena *mem)
{
    curve c = { 0 };
    int ok = ranked_usable(r) ? precision_recall_curve(&c, r, mem) : 1;
    double base = (double)r->steps.n_positive / (double)(r->n ? r->n : 1);
    text sentence = { 0 };
    text_f(&sentence,
           tr(language, "The more converters a list is to find, the more others it contains. "
                        "Average precision %s; a random list has %s everywhere."),
           show_fixed(average_precision(r), 3, language).p, show_fixed(base, 3, language).p);
    plot p = plot_begin(str_of(tr(language, "How clean is a list?")), text_view(&sentence),
                        shares(language, N_("of the converters, found")),
                        shares(language, N_("of those on the list, converted")), language, mem);
    plot_curve(&p, (double[]){ 0, 1 }, (double[]){ base, base }, 2, INK_PALE, 1.2, 4);
    /* The first customers alone say nothing: the curve begins with the first converter found. */
    int64_t first = 0;
    while (first + 1 < c.n && c.x[first] <= 0) first++;
    plot_curve(&p, c.x + first, c.y + first, c.n - first, INK_BLUE, 2.25, 0);
    label(&p, 0, base, 6, base > 0.09 ? 14 : -6, N_("random list"), INK_PALE, 0, ANCHOR_START);
    if (!ok && p.s) p.s->bad = 1;
    return finish(&p, &sentence);
}

/* The gains at 0, 1, 2 ... 100 % of the rows. */
enum { gain_points = 101 };
static void gain_curve(double depth[gain_points], double gain[gain_points],
                       double most[gain_points], const ranked *r)
{
    double base = (double)r->steps.n_positive / (double)r->n;
    for (int i = 0; i < gain_points; i++) {
        depth[i] = i / 100.0;
        int64_t rows = (int64_t)floor(depth[i] * (double)r->n + 0.5);
        gain[i] = positives_in_best(r, rows) / (double)r->steps.n_positive;
        most[i] = depth[i] >= base ? 1 : depth[i] / base;
    }
}

scene *gains_chart(const ranked *r, propense_language language, arena *mem)
{
    double depth[gain_points] = { 0 }, gain[gain_points] = { 0 }, most[gain_points] = { 0 };
    int usable = ranked_usable(r);
    if (usable) gain_curve(depth, gain, most, r);
    text sentence = { 0 };
    text_f(&sentence,
           tr(language, "Contacting the best 20%% of the customers reaches %s%% of all "
                        "conversions; the best 50%% reaches %s%%. Picking at random reaches as "
                        "many as are contacted."),
           show_fixed(100 * gain[20], 0, language).p, show_fixed(100 * gain[50], 0, language).p);
    plot p = plot_begin(str_of(tr(language, "What does a shorter list reach?")),
                        text_view(&sentence), shares(language, N_("of the customers, contacted")),
                        shares(language, N_("of the conversions, reached")), language, mem);
    curve found = { .x = depth, .y = gain, .n = usable ? gain_points : 0 };
    if (usable) {
        plot_curve(&p, depth, most, gain_points, INK_PALE, 1.2, 0);
        plot_curve(&p, depth, gain, gain_points, INK_BLUE, 2.25, 0);
        double base = (double)r->steps.n_positive / (double)r->n;
        label(&p, base < 0.6 ? base : 0.6, 1, 24, 14, N_("best possible"), INK_PALE, 0,
              ANCHOR_START);
    }
    diagonal(&p, &found, N_("at random"));
    return finish(&p, &sentence);
}

/* "decile 1: 53%, 95% interval 50% to 56%; 4,521 customers". */
static void bin_title(text *out, int64_t number, const gain_bin *b, propense_language language)
{
    text_f(out, tr(language, "tenth %lld: %s%% converted (95%% interval %s to %s), %s customers"),
           (long long)number, show_fixed(100 * b->rate, 1, language).p,
           show_fixed(100 * b->low, 1, language).p, show_fixed(100 * b->high, 1, language).p,
           show_fixed(b->rows, 0, language).p);
}

static double highest(const gain_bin *bins, int64_t n, double base)
{
    double most = base;
    for (int64_t i = 0; i < n; i++)
        if (bins[i].high > most) most = bins[i].high;
    return most > 0 ? most : 0.01;
}

static void decile_bars(plot *p, const gain_bin *bins, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        text title = { 0 };
        bin_title(&title, i + 1, &bins[i], p->language);
        double x = (double)i;
        plot_bar(p, x + 0.14, x + 0.86, 0, bins[i].rate, INK_BLUE, text_view(&title));
        plot_whisker(p, x + 0.5, bins[i].low, bins[i].high, INK_DARK);
        if (p->s) p->s->bad |= title.bad;
        text_free(&title);
    }
}

static void decile_sentence(text *out, const gain_bin *bins, int64_t n, double base,
                            propense_language language)
{
    if (n < 2 || !(base > 0)) return;
    int decimals = bins[0].high - bins[0].low > 0.1 ? 0 : 1;
    text_f(out,
           tr(language, "The best tenth of the list converts at %s%%, the last at %s%%; all "
                        "together at %s%%. The thin lines are 95%% intervals."),
           show_fixed(100 * bins[0].rate, decimals, language).p,
           show_fixed(100 * bins[n - 1].rate, decimals, language).p,
           show_fixed(100 * base, decimals, language).p);
}

scene *deciles_chart(const gain_bin *bins, int64_t n, double base, propense_language language,
                     arena *mem)
{
    static const str numbers[] = { { "1", 1 }, { "2", 1 }, { "3", 1 }, { "4", 1 }, { "5", 1 },
                                   { "6", 1 }, { "7", 1 }, { "8", 1 }, { "9", 1 }, { "10", 2 } };
    if (n > 10) n = 10;
    text sentence = { 0 };
    decile_sentence(&sentence, bins, n, base, language);
    plot_axis x = { .scale = { .low = 0, .high = n > 0 ? (double)n : 1, .step = 1 },
                    .name = str_of(tr(language, "tenth of the list, best first")),
                    .words = numbers,
                    .n_words = (int32_t)n };
    plot_axis y = { .scale = axis_of(0, highest(bins, n, base), 5, 0.01, 0, 1),
                    .name = str_of(tr(language, "converted")),
                    .as_percent = 1 };
    plot p = plot_begin(str_of(tr(language, "Conversion rate by tenth of the list")),
                        text_view(&sentence), x, y, language, mem);
    decile_bars(&p, bins, n);
    plot_curve(&p, (double[]){ 0, x.scale.high }, (double[]){ base, base }, 2, INK_VERMILLION, 1.5,
               5);
    label(&p, x.scale.high, base, -2, -6, N_("all together"), INK_VERMILLION, 0, ANCHOR_END);
    return finish(&p, &sentence);
}
