/* An evaluation for people: verdict, figures, race, time. Leaves what it means to
 * console_evaluate_meaning.c, figures to study/ and metrics/, layout of paragraphs to
 * console_text.c. Read console_evaluate.h and evaluate.h first. */
#include "console_evaluate.h"

#include <math.h>

#include "console_evaluate_parts.h"
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

enum { name_width = 28, value_width = -8, span_width = 20 };

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

/* ---- The head */

static void judged_on(text *out, const evaluation *e, propense_language l, int *bad)
{
    text t = { 0 };
    text_f(&t, tr(l, "%s customers, %s of them converted (%.*s = %.*s)"),
           show_count(e->model.n, l).p, show_count(e->model.n_positive, l).p, STR_ARG(e->target),
           STR_ARG(e->positive));
    if (e->mode == EVALUATION_BY_FOLDS) {
        text_f(&t, tr(l, "; in %d folds, each scored by a model that had not seen it"),
               (int)e->n_folds);
        if (e->has_groups) text_z(&t, tr(l, ", groups kept together"));
    }
    evaluate_fact(out, tr(l, "judged on"), &t, bad);
}

static void spread(text *out, const evaluation *e, propense_language l, int *bad)
{
    text t = { 0 };
    double low = HUGE_VAL, high = -HUGE_VAL, sum = 0, squares = 0;
    if (e->mode != EVALUATION_BY_FOLDS) return;
    if (e->n_repeats > 1) {
        for (int32_t i = 0; i < e->n_repeats; i++) sum += e->repeats[i].auc;
        double mean = sum / e->n_repeats;
        for (int32_t i = 0; i < e->n_repeats; i++) {
            squares += (e->repeats[i].auc - mean) * (e->repeats[i].auc - mean);
            if (e->repeats[i].auc < low) low = e->repeats[i].auc;
            if (e->repeats[i].auc > high) high = e->repeats[i].auc;
        }
        text_f(&t,
               tr(l, "%d repeats with other folds and seeds: ROC AUC %s on average, from %s to %s "
                     "(standard deviation %s); the figures below are of the first"),
               (int)e->n_repeats, show_fixed(mean, 3, l).p, show_fixed(low, 3, l).p,
               show_fixed(high, 3, l).p, show_fixed(sqrt(squares / (e->n_repeats - 1)), 3, l).p);
    } else {
        for (int32_t k = 0; k < e->n_folds; k++) {
            if (e->fold_auc[k] < low) low = e->fold_auc[k];
            if (e->fold_auc[k] > high) high = e->fold_auc[k];
        }
        text_f(&t, tr(l, "ROC AUC from %s to %s by fold"), show_fixed(low, 2, l).p,
               show_fixed(high, 2, l).p);
    }
    evaluate_fact(out, tr(l, "other luck"), &t, bad);
}

/* What was shuffled, where it is not the training that is judged. */
static void permuted_way(text *t, const evaluation *e, propense_language l)
{
    if (e->permuted_networks && e->permuted_rows)
        text_f(t,
               tr(l, "with one network a fold in place of all, on %s rows at most, the ROC AUC "),
               show_count(e->permuted_rows, l).p);
    else if (e->permuted_networks)
        text_z(t, tr(l, "with one network a fold in place of all, the ROC AUC "));
    else if (e->permuted_rows)
        text_f(t, tr(l, "trained on %s rows at most, the ROC AUC "),
               show_count(e->permuted_rows, l).p);
    if (t->n) text_f(t, tr(l, "is %s; "), show_fixed(e->permuted.observed, 3, l).p);
}

static int p_decimals(double p)
{
    return p < 0.01 ? 4 : 2;
}

static void permuted(text *out, const evaluation *e, propense_language l, int *bad)
{
    const permutation_figures *p = &e->permuted, *simple = &e->permuted_simple;
    if (p->n == 0) return;
    text t = { 0 };
    permuted_way(&t, e, l);
    text_f(&t,
           tr(l, "the same on shuffled answers, %d times: ROC AUC %s on average (standard "
                 "deviation %s); p = %s"),
           (int)p->n, show_fixed(p->null_mean, 3, l).p, show_fixed(p->null_sd, 3, l).p,
           show_fixed(p->p_value, p_decimals(p->p_value), l).p);
    if (p->reached == 0 && p->p_value > 0.05)
        text_z(&t, tr(l, ", the least that so few can show: 200 are plenty"));
    if (simple->n)
        text_f(&t, tr(l, " (logistic regression: p = %s)"),
               show_fixed(simple->p_value, p_decimals(simple->p_value), l).p);
    if (p->n < e->permutations_asked)
        text_f(&t, tr(l, "; stopped before %s, as enough of them had brought as much"),
               show_count(e->permutations_asked, l).p);
    evaluate_fact(out, tr(l, "by chance"), &t, bad);
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
    enum { width = 22 };
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

static void figures(text *out, const evaluation *e, propense_language l, int *bad)
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

enum { race_name = 29, race_loss = -10 };

static void race_line(cells *c, const char *name, const appraisal *a, const auc_comparison *against)
{
    int d = decimals_known((a->auc.high - a->auc.low) / 2);
    cell(c, name, race_name);
    if (isnan(a->auc.low) || a->auc.variance == 0)
        cell_number(c, a->auc.auc, 1, -5), cell(c, "", 15);
    else {
        cell_number(c, a->auc.auc, d, -5);
        text_z(c->out, "  ");
        cell_span(c, a->auc.low, a->auc.high, d, 13);
    }
    cell_number(c, a->p ? a->figures[FIGURE_LOG_LOSS].value : (double)NAN, 4, race_loss);
    if (against && !isnan(against->low) && against->variance > 0) {
        int k = decimals_known((against->high - against->low) / 2);
        cell_number(c, against->difference, k, -8);
        text_z(c->out, "  ");
        cell_span(c, against->low, against->high, k, 0);
    }
    end_line(c);
}

static void race(text *out, const evaluation *e, propense_language l, int *bad)
{
    cells c = { out, l, 0 };
    text_char(out, '\n');
    cell(&c, tr(l, "In the race"), race_name);
    cell(&c, tr(l, "ROC AUC, interval"), 20);
    cell(&c, tr(l, "log-loss"), race_loss);
    text_z(out, tr(l, "  this model's lead"));
    end_line(&c);
    race_line(&c, contender_name(CONTENDER_NETWORK, l), &e->model, NULL);
    if (e->against.is_there)
        race_line(&c, tr(l, "the other model"), &e->against.of, &e->against.area);
    for (int k = CONTENDER_LOGISTIC; k < contender_count; k++) {
        const rivalry *r = &e->rivals[k];
        if (!r->is_there) continue;
        appraisal shown_one = r->of;
        if (k == CONTENDER_BASE)
            shown_one.auc = (auc_interval){ 0.5, 0, (double)NAN, (double)NAN, 0, 0 };
        race_line(&c, contender_name((contender)k, l), &shown_one,
                  k == CONTENDER_BASE ? NULL : &r->area);
    }
    *bad |= c.bad;
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

static void times(text *out, const evaluation *e, propense_language l, int *bad)
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

/* ---- All */

int evaluation_sign(const evaluation *e)
{
    int sign = verdict_sign(e->model.verdict);
    const permutation_figures *p = &e->permuted;
    if (e->knows_rows) return -1;
    /* A few shuffles have a large p whatever they find: only one that reached the area objects. */
    return sign > 0 && p->reached > 0 && p->p_value > 0.05 ? 0 : sign;
}

const char *evaluation_headline(const evaluation *e, propense_language l)
{
    if (e->knows_rows) return tr(l, "None: these rows are those that the model was trained on.");
    if (evaluation_sign(e) == 0)
        return tr(l, "No better than chance: do not choose customers by this ranking.");
    switch (e->model.verdict) {
    case VERDICT_WEAK:
        return tr(l, "Better than chance, but weak.");
    case VERDICT_FAIR:
        return tr(l, "Better than chance: a fair ranking.");
    case VERDICT_GOOD:
        return tr(l, "Better than chance: a good ranking.");
    case VERDICT_STRONG:
        return tr(l, "Suspiciously good: look for a leak before you use this ranking.");
    default:
        return tr(l, "Nothing could be judged: all customers of the file have the same answer.");
    }
}

/* The headline, and beside it what the simple model says to it. */
static void verdict(text *out, const evaluation *e, propense_language l, int *bad)
{
    text t = { 0 };
    const rivalry *r = &e->rivals[CONTENDER_LOGISTIC];
    text_f(&t, tr(l, "VERDICT: %s"), evaluation_headline(e, l));
    if (evaluation_sign(e) > 0 && evaluation_simple_will_do(e))
        text_f(&t, " %s",
               r->area.high < 0 ? tr(l, "A simple model is better.")
                                : tr(l, "A simple model is as good."));
    *bad |= t.bad;
    paragraph(out, "", 0, text_view(&t));
    text_char(out, '\n');
    text_free(&t);
}

/* As the published Audiobooks project prints what model.evaluate() returned, in its own words. */
static void keras_lines(text *out, const evaluation *e)
{
    text_f(out, "Test loss: %s. \nTest accuracy: %s%%\n\n",
           show_fixed(e->keras_loss, 2, PROPENSE_ENGLISH).p,
           show_fixed(100 * e->keras_accuracy, 2, PROPENSE_ENGLISH).p);
}

/* What a card says of rows that the model had not seen: a clause. */
static void unseen(text *t, const evaluation *e, propense_language l)
{
    const unseen_figures *u = &e->unseen;
    int d = decimals_known((u->auc.high - u->auc.low) / 2);
    if (u->n == 0 || isnan(u->auc.low)) return;
    text_f(t,
           tr(l, " Where it had not seen a row, its ROC AUC was %s (%s to %s) and its "
                 "log-loss %s: believe those."),
           show_fixed(u->auc.auc, d, l).p, show_fixed(u->auc.low, d, l).p,
           show_fixed(u->auc.high, d, l).p, show_fixed(u->log_loss, 4, l).p);
}

/* Before everything else: rows that the model knows already. */
static void caution(text *out, const evaluation *e, propense_language l, int *bad)
{
    text t = { 0 };
    if (!e->knows_rows && !e->is_far_better) return;
    if (e->is_far_better)
        text_z(&t, tr(l, "CAUTION: the model ranks these customers better than chance explains. If "
                         "it was trained on some of them, the figures below are too good."));
    else if (e->unseen.n_of_file)
        text_f(&t,
               tr(l, "CAUTION: the model was trained on these very rows, but for %s that it "
                     "was judged by. The figures below are too good."),
               show_count(e->unseen.n_of_file, l).p);
    else
        text_z(&t, tr(l, "CAUTION: the model was trained on these very rows. The figures below "
                         "are too good."));
    unseen(&t, e, l);
    *bad |= t.bad;
    paragraph(out, "", 0, text_view(&t));
    text_char(out, '\n');
    text_free(&t);
}

void console_evaluate(text *out, const evaluation *e, propense_language l)
{
    int64_t from = out->n;
    int bad = 0;
    caution(out, e, l, &bad);
    if (e->is_of_arrays) keras_lines(out, e);
    verdict(out, e, l, &bad);
    judged_on(out, e, l, &bad);
    if (e->model.verdict != VERDICT_NONE) {
        spread(out, e, l, &bad);
        permuted(out, e, l, &bad);
        text_char(out, '\n');
        figures(out, e, l, &bad);
        race(out, e, l, &bad);
        times(out, e, l, &bad);
        text_char(out, '\n');
        evaluate_meaning(out, e, l, &bad);
    }
    if (bad) out->bad = 1;
    quiet_controls(out, from);
}
