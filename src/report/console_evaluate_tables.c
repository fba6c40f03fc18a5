/* An evaluation's tables: the figures, the race, forward in time. Leaves figures to study/ and
 * metrics/. Read console_evaluate_parts.h first. */
#include <math.h>

#include "console_evaluate.h"
#include "console_evaluate_parts.h"
#include "console_table.h"
#include "console_text.h"
#include "words.h"

/* ---- Cells of tables, in fixed columns */

typedef struct cells {
    text *out;
    propense_language l;
    int bad;
} cells;

/* Columns on a terminal, not bytes; cut nowhere. */
static void cell(cells *c, const char *words, int width)
{
    text_pad(c->out, str_of(words), width);
}

static void cell_number(cells *c, double value, int decimals, int width)
{
    if (isnan(value))
        text_repeat(c->out, ' ', width < 0 ? -width : width);
    else
        cell(c, show_fixed(value, decimals, c->l).p, width);
}

/* "0.41 to 0.53"; nothing where there is no interval. */
static void cell_span(cells *c, double low, double high, int decimals, int width)
{
    text t = { 0 };
    if (!isnan(low) && !isnan(high))
        text_f(&t, "%s %s %s", show_fixed(low, decimals, c->l).p, tr(c->l, "to"),
               show_fixed(high, decimals, c->l).p);
    c->bad |= t.bad;
    text_pad(c->out, text_view(&t), width);
    text_free(&t);
}

/* Blanks at the end of a line are taken off. */
static void end_line(cells *c)
{
    while (c->out->n > 0 && c->out->p[c->out->n - 1] == ' ') c->out->n--;
    text_char(c->out, '\n');
}

enum { name_width = 28, value_width = -8, span_width = 18 };

static int decimals_of(const interval *f)
{
    return isnan(f->low) ? 3 : decimals_known((f->high - f->low) / 2);
}

/* One figure: name, value, interval, and what it is held against. */
static void figure_line(cells *c, const char *name, const interval *f, double beside,
                        const char *beside_words)
{
    int d = decimals_of(f);
    cell(c, name, name_width);
    cell_number(c, f->value, d, value_width);
    text_z(c->out, "   ");
    cell_span(c, f->low, f->high, d, span_width);
    if (!isnan(beside)) text_f(c->out, "%s %s", show_fixed(beside, d, c->l).p, beside_words);
    end_line(c);
}

/* ---- The figures */

static void slope_line(cells *c, const appraisal *a)
{
    interval slope = { a->slope.slope, a->slope.slope_low, a->slope.slope_high, 0, 0 };
    interval start = { a->slope.intercept, a->slope.intercept_low, a->slope.intercept_high, 0, 0 };
    if (isnan(slope.value) || fabs(slope.value) > 100) return; /* the scores hardly differ */
    figure_line(c, tr(c->l, "calibration slope"), &slope, 1, tr(c->l, "is ideal"));
    figure_line(c, tr(c->l, "calibration intercept"), &start, 0, tr(c->l, "is ideal"));
}

static void ranking_lines(cells *c, const evaluation *e)
{
    const appraisal *a = &e->model;
    double base = (double)a->n_positive / (double)a->n;
    interval area = { a->auc.auc, a->auc.low, a->auc.high, 0, 0 };
    const gain_bin *top = &a->gains[0];
    figure_line(c, "ROC AUC", &area, 0.5, tr(c->l, "by a coin"));
    figure_line(c, tr(c->l, "PR AUC (average precision)"), &a->figures[FIGURE_PR_AUC], base,
                tr(c->l, "by a coin"));
    figure_line(c, tr(c->l, "lift in the best tenth"), &a->figures[FIGURE_LIFT],
                top->most_lift_so_far, tr(c->l, "at most"));
    figure_line(c, tr(c->l, "KS distance"), &a->figures[FIGURE_KS], (double)NAN, "");
}

static void probability_lines(cells *c, const evaluation *e)
{
    const appraisal *a = &e->model;
    double base = (double)a->n_positive / (double)a->n;
    interval ece = { a->ece.ece, (double)NAN, (double)NAN, 0, 0 };
    figure_line(c, tr(c->l, "log-loss"), &a->figures[FIGURE_LOG_LOSS], a->base_loss,
                tr(c->l, "by the base rate"));
    figure_line(c, tr(c->l, "Brier score"), &a->figures[FIGURE_BRIER], base * (1 - base),
                tr(c->l, "by the base rate"));
    figure_line(c, tr(c->l, "calibration error (ECE)"), &ece, a->ece.noise_floor,
                tr(c->l, "by noise alone"));
    slope_line(c, a);
}

static void called_figure(cells *c, const char *name, const interval *f, const char *behind)
{
    text_f(c->out, "%s %s", tr(c->l, name), show_fixed(f->value, 2, c->l).p);
    if (!isnan(f->low))
        text_f(c->out, tr(c->l, " (%s to %s)"), show_fixed(f->low, 2, c->l).p,
               show_fixed(f->high, 2, c->l).p);
    text_z(c->out, behind);
}

static void called_lines(cells *c, const interval f[figure_count], double threshold)
{
    enum { width = 20 };
    text t = { 0 };
    text_f(&t, tr(c->l, "called above %s"),
           show_fixed(threshold, threshold == 0.5 ? 1 : 3, c->l).p);
    c->bad |= t.bad;
    text_pad(c->out, text_view(&t), width);
    text_free(&t);
    called_figure(c, N_("accuracy"), &f[FIGURE_ACCURACY], ", ");
    called_figure(c, N_("precision"), &f[FIGURE_PRECISION], ",\n");
    text_repeat(c->out, ' ', width);
    called_figure(c, N_("recall"), &f[FIGURE_RECALL], ", ");
    called_figure(c, "F1", &f[FIGURE_F1], "\n");
}

/* What contacting the best so many finds, beside the best possible. */
static void gains_lines(cells *c, const appraisal *a)
{
    static const int deciles[] = { 0, 1, 2, 3, 4, 6 };
    enum { shares = sizeof deciles / sizeof *deciles, width = -7 };
    if (a->n_gains < appraisal_deciles) return;
    for (int line = 0; line < 3; line++) {
        cell(c,
             line == 0   ? tr(c->l, "contacting the best ...")
             : line == 1 ? tr(c->l, "conversions found")
                         : tr(c->l, "at most"),
             name_width - 1);
        for (int i = 0; i < shares; i++) {
            const gain_bin *g = &a->gains[deciles[i]];
            double share = line == 0 ? g->depth : line == 1 ? g->gain : g->most_gain;
            text t = { 0 };
            text_f(&t, tr(c->l, "%s%%"), show_fixed(100 * share, 0, c->l).p);
            c->bad |= t.bad;
            text_pad(c->out, text_view(&t), width);
            text_free(&t);
        }
        end_line(c);
    }
}

void evaluate_figures_table(text *out, const evaluation *e, propense_language l, int *bad)
{
    cells c = { out, l, 0 };
    cell(&c, "", name_width);
    cell(&c, tr(l, "here"), value_width);
    text_z(out, "   ");
    cell(&c, tr(l, "interval (95%)"), span_width);
    text_z(out, tr(l, "to compare"));
    end_line(&c);
    ranking_lines(&c, e);
    probability_lines(&c, e);
    text_char(out, '\n');
    gains_lines(&c, &e->model);
    text_char(out, '\n');
    called_lines(&c, e->model.at_half, 0.5);
    if (e->threshold != 0.5) called_lines(&c, e->model.figures, e->threshold);
    *bad |= c.bad;
}

/* ---- The race */

const char *contender_name(contender who, propense_language l)
{
    switch (who) {
    case CONTENDER_NETWORK:
        return tr(l, "this model");
    case CONTENDER_LOGISTIC:
        return tr(l, "logistic regression");
    case CONTENDER_RULE:
        return tr(l, "recency, frequency, monetary");
    case CONTENDER_BASE:
        return tr(l, "base rate for everybody");
    case contender_count:
        break;
    }
    return "";
}

static void text_cell(console_table *t, text *words)
{
    t->words.bad |= words->bad;
    console_table_cell(t, text_view(words));
    text_free(words);
}

static void number_cell(console_table *t, double value, int decimals, propense_language l)
{
    console_table_cell(t, str_of(isnan(value) ? "" : show_fixed(value, decimals, l).p));
}

static void interval_cell(console_table *t, double low, double high, int decimals,
                          propense_language l)
{
    text words = { 0 };
    if (!isnan(low) && !isnan(high))
        text_f(&words, "%s %s %s", show_fixed(low, decimals, l).p, tr(l, "to"),
               show_fixed(high, decimals, l).p);
    text_cell(t, &words);
}

static void race_line(console_table *t, const char *name, const appraisal *a,
                      const auc_comparison *against, propense_language l)
{
    int ranks = !isnan(a->auc.low) && a->auc.variance != 0;
    int leads = against && !isnan(against->low) && against->variance > 0;
    int d = ranks ? decimals_known((a->auc.high - a->auc.low) / 2) : 1;
    int k = leads ? decimals_known((against->high - against->low) / 2) : 0;
    double none = (double)NAN;
    console_table_cell(t, str_of(name));
    number_cell(t, a->auc.auc, d, l);
    interval_cell(t, ranks ? a->auc.low : none, ranks ? a->auc.high : none, d, l);
    number_cell(t, a->p ? a->figures[FIGURE_LOG_LOSS].value : none, 4, l);
    number_cell(t, leads ? against->difference : none, k, l);
    interval_cell(t, leads ? against->low : none, leads ? against->high : none, k, l);
}

void evaluate_race_table(text *out, const evaluation *e, propense_language l, int *bad)
{
    static const char *const heads[] = { N_("In the race"), N_("AUC"),  N_("interval"),
                                         N_("log-loss"),    N_("lead"), N_("interval") };
    console_table t = { .sides = "lrlrrl" };
    text_char(out, '\n');
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        console_table_cell(&t, str_of(tr(l, heads[i])));
    race_line(&t, contender_name(CONTENDER_NETWORK, l), &e->model, NULL, l);
    if (e->against.is_there)
        race_line(&t, tr(l, "the other model"), &e->against.of, &e->against.area, l);
    for (int k = CONTENDER_LOGISTIC; k < contender_count; k++) {
        const rivalry *r = &e->rivals[k];
        if (!r->is_there) continue;
        appraisal shown_one = r->of;
        if (k == CONTENDER_BASE)
            shown_one.auc = (auc_interval){ 0.5, 0, (double)NAN, (double)NAN, 0, 0 };
        race_line(&t, contender_name((contender)k, l), &shown_one,
                  k == CONTENDER_BASE ? NULL : &r->area, l);
    }
    console_table_write(out, &t);
    *bad |= out->bad;
}

/* ---- Time */

static void time_line(cells *c, const time_cut *cut)
{
    text t = { 0 };
    text_f(&t, tr(c->l, "last %s%% (%s, %s%% convert; %s%% before)"),
           show_fixed(cut->share_held * 100, 0, c->l).p, show_count(cut->n_held, c->l).p,
           show_fixed(100 * (double)cut->n_positive_held / (double)cut->n_held, 1, c->l).p,
           show_fixed(100 * (double)cut->n_positive_train / (double)cut->n_train, 1, c->l).p);
    c->bad |= t.bad;
    text_pad(c->out, text_view(&t), 47);
    text_free(&t);
    cell_number(c, cut->model.auc, 2, -5);
    cell_number(c, cut->simple.auc, 2, -10);
    if (cut->area.variance > 0) {
        int k = decimals_known((cut->area.high - cut->area.low) / 2);
        text_z(c->out, "   ");
        cell_span(c, cut->area.low, cut->area.high, k, 0);
    }
    end_line(c);
}

void evaluate_times_table(text *out, const evaluation *e, propense_language l, int *bad)
{
    cells c = { out, l, 0 };
    if (e->n_cuts == 0) return;
    text_char(out, '\n');
    cell(&c, tr(l, "Forward in time: judged on the"), 47);
    cell(&c, tr(l, "model"), -5);
    cell(&c, tr(l, "logistic"), -10);
    text_z(out, tr(l, "   lead"));
    end_line(&c);
    for (int32_t i = 0; i < e->n_cuts; i++) time_line(&c, &e->cuts[i]);
    *bad |= c.bad;
}
