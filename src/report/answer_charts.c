/* Charts of importance and of partial dependence.
 * Leaves the figures to study/, frame and marks to plot.c. Read answer_charts.h first. */
#include "answer_charts.h"

#include <math.h>

#include "console_text.h"
#include "plot.h"
#include "words.h"

const char *importance_group_name(importance_group group)
{
    static const char *const names[importance_group_count] = { "", N_("recency and value"),
                                                               N_("contacts and e-mail"),
                                                               N_("demographics") };
    return names[group];
}

/* ---- Importance */

enum { most_rows = 12 };

static void importance_sentence(text *out, const importance *i, propense_language language)
{
    text_f(out,
           tr(language, "How much the area under the ROC curve (%s) falls when one column is "
                        "shuffled among %s customers. A bar that reaches 0 adds nothing that the "
                        "others do not say too."),
           show_fixed(i->auc, 3, language).p, show_count(i->n, language).p);
}

static void importance_mark(plot *p, int32_t at, const importance_row *row)
{
    text title = { 0 };
    text_str(&title, row->column < 0 ? str_of(tr(p->language, importance_group_name(row->group)))
                                     : row->name);
    text_f(&title, tr(p->language, ": the area falls by %s, 95%% interval %s to %s"),
           show_fixed(row->drop, 4, p->language).p, show_fixed(row->low, 4, p->language).p,
           show_fixed(row->high, 4, p->language).p);
    double y = at + 0.5;
    plot_bar(p, 0, row->drop, y - 0.28, y + 0.28, INK_BLUE, text_view(&title));
    plot_whisker_row(p, y, row->low, row->high, INK_DARK);
    if (p->s) p->s->bad |= title.bad;
    text_free(&title);
}

scene *importance_chart(const importance *i, propense_language language, arena *mem)
{
    int32_t n = i->n_rows < most_rows ? i->n_rows : most_rows;
    str names[most_rows];
    double low = 0, high = 0.01;
    for (int32_t k = 0; k < n; k++) {
        names[k] = i->rows[k].name;
        if (i->rows[k].low < low) low = i->rows[k].low;
        if (i->rows[k].high > high) high = i->rows[k].high;
    }
    text sentence = { 0 };
    importance_sentence(&sentence, i, language);
    plot_axis x = { axis_of(low, high, 5, 0.01, -1, 1),
                    str_of(tr(language, "fall of the area under the ROC curve")), 0, NULL, 0 };
    plot p = plot_begin_rows(str_of(tr(language, "Which columns does the model rest on?")),
                             text_view(&sentence), x, names, n, language, mem);
    for (int32_t k = 0; k < n; k++) importance_mark(&p, k, &i->rows[k]);
    if (p.s) p.s->bad |= sentence.bad;
    text_free(&sentence);
    return p.s;
}

scene *importance_groups_chart(const importance *i, propense_language language, arena *mem)
{
    str names[importance_group_count];
    double low = 0, high = 0.01;
    int32_t n = i->n_groups < importance_group_count ? i->n_groups : importance_group_count;
    for (int32_t k = 0; k < n; k++) {
        names[k] = str_of(tr(language, importance_group_name(i->groups[k].group)));
        if (i->groups[k].low < low) low = i->groups[k].low;
        if (i->groups[k].high > high) high = i->groups[k].high;
    }
    plot_axis x = { axis_of(low, high, 5, 0.01, -1, 1),
                    str_of(tr(language, "fall of the area under the ROC curve")), 0, NULL, 0 };
    plot p = plot_begin_rows(
        str_of(tr(language, "Which kinds of columns matter?")),
        str_of(tr(language, "Columns that speak of the same thing cover for each other; here they "
                            "are shuffled together.")),
        x, names, n, language, mem);
    for (int32_t k = 0; k < n; k++) importance_mark(&p, k, &i->groups[k]);
    return p.s;
}

/* ---- Partial dependence */

static void effect_range(const effect *e, double base, double *low, double *high)
{
    *low = *high = base;
    for (int32_t i = 0; i < e->n; i++) {
        if (e->points[i].probability < *low) *low = e->points[i].probability;
        if (e->points[i].probability > *high) *high = e->points[i].probability;
    }
}

static void effect_sentence(text *out, const effect *e, propense_language language)
{
    double low = 1, high = 0;
    for (int32_t i = 0; i < e->n; i++) {
        double value = e->points[i].probability;
        if (value < low) low = value;
        if (value > high) high = value;
    }
    if (e->n == 0) return;
    text_f(out, tr(language, "From %s%% to %s%%, depending on this column alone."),
           show_fixed(100 * low, 1, language).p, show_fixed(100 * high, 1, language).p);
}

static void point_title(text *out, const effect *e, int32_t i, propense_language language)
{
    text_str(out, e->name);
    text_z(out, " = ");
    if (e->is_number)
        text_z(out, show_number(e->points[i].value, language).p);
    else
        text_str(out, e->points[i].level);
    text_f(out, ": %s%%", show_fixed(100 * e->points[i].probability, 1, language).p);
}

static void number_marks(plot *p, const effect *e, arena *mem)
{
    double *x = TAKE(mem, double, e->n), *y = TAKE(mem, double, e->n);
    if (!x || !y) {
        if (p->s) p->s->bad = 1;
        return;
    }
    for (int32_t i = 0; i < e->n; i++) {
        x[i] = e->points[i].value;
        y[i] = e->points[i].probability;
    }
    plot_curve(p, x, y, e->n, INK_BLUE, 2.25, 0);
    for (int32_t i = 0; i < e->n; i++) {
        text title = { 0 };
        point_title(&title, e, i, p->language);
        plot_dot(p, x[i], y[i], 3, INK_BLUE, 0, text_view(&title));
        if (p->s) p->s->bad |= title.bad;
        text_free(&title);
    }
}

/* Differences that are small beside the rate itself look small. */
static double least_span(double base)
{
    return base < 0.05 ? base : 0.05;
}

static scene *number_effect(const effect *e, double base, str title, str sentence,
                            propense_language language, arena *mem)
{
    double low, high;
    effect_range(e, base, &low, &high);
    double from = e->n ? e->points[0].value : 0, to = e->n ? e->points[e->n - 1].value : 1;
    double wide = fabs(from) > fabs(to) ? fabs(from) : fabs(to);
    plot_axis x = { axis_of(from, to, 5, wide > 0 ? wide * 1e-3 : 1, -1e300, 1e300), e->name, 0,
                    NULL, 0 };
    plot_axis y = { axis_of(low, high, 4, least_span(base), 0, 1),
                    str_of(tr(language, "mean probability")), 1, NULL, 0 };
    plot p = plot_begin(title, sentence, x, y, language, mem);
    plot_curve(&p, (double[]){ x.scale.low, x.scale.high }, (double[]){ base, base }, 2, INK_PALE,
               1.2, 4);
    number_marks(&p, e, mem);
    return p.s;
}

static scene *level_effect(const effect *e, double base, str title, str sentence,
                           propense_language language, arena *mem)
{
    enum { most_levels = 10 };
    str names[most_levels];
    int32_t n = e->n < most_levels ? e->n : most_levels;
    double low, high;
    effect_range(e, base, &low, &high);
    for (int32_t i = 0; i < n; i++) names[i] = e->points[i].level;
    plot_axis x = { axis_of(low, high, 4, least_span(base), 0, 1),
                    str_of(tr(language, "mean probability")), 1, NULL, 0 };
    plot p = plot_begin_rows(title, sentence, x, names, n, language, mem);
    plot_curve(&p, (double[]){ base, base }, (double[]){ 0, n }, 2, INK_PALE, 1.2, 4);
    for (int32_t i = 0; i < n; i++) {
        text words = { 0 };
        point_title(&words, e, i, language);
        plot_dot(&p, e->points[i].probability, i + 0.5, 4.5, INK_BLUE, 0, text_view(&words));
        if (p.s) p.s->bad |= words.bad;
        text_free(&words);
    }
    return p.s;
}

scene *effect_chart(const effect *e, double base, propense_language language, arena *mem)
{
    text sentence = { 0 };
    effect_sentence(&sentence, e, language);
    scene *s = e->is_number ? number_effect(e, base, e->name, text_view(&sentence), language, mem)
                            : level_effect(e, base, e->name, text_view(&sentence), language, mem);
    if (s) s->bad |= sentence.bad;
    text_free(&sentence);
    return s;
}
