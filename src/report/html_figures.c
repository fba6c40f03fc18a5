/* The report's figures of a ranking and its probabilities, and the race with simpler models.
 * Leaves the figures to study/ and metrics/, charts to *_charts.c. Read html_report.h first. */
#include <math.h>

#include "console_text.h"
#include "curve_charts.h"
#include "html_report.h"
#include "maths.h"
#include "money_text.h"
#include "words.h"

static void cell_fixed(report_page *p, double value, int decimals)
{
    text t = { 0 };
    if (isnan(value))
        text_z(&t, "\xE2\x80\x93");
    else
        text_local(&t, value, decimals, p->language);
    p->page.out.bad |= t.bad;
    html_cell(&p->page, text_view(&t));
    text_free(&t);
}

static void cell_range(report_page *p, double low, double high, int decimals)
{
    text t = { 0 };
    if (isnan(low) || isnan(high))
        text_z(&t, "\xE2\x80\x93");
    else
        text_f(&t, tr(p->language, "%s to %s"), show_fixed(low, decimals, p->language).p,
               show_fixed(high, decimals, p->language).p);
    p->page.out.bad |= t.bad;
    html_cell(&p->page, text_view(&t));
    text_free(&t);
}

/* The evaluated rows in order of `score`; 0 on exhaustion. */
static int rank_rows(ranked *out, report_page *p, const double *score)
{
    const appraisal *a = &p->r->e->model;
    int done = ranked_of(out, a->y, score, a->n, p->mem);
    p->page.out.bad |= !done;
    return done;
}

/* ---- Ranking */

static void decile_table(report_page *p)
{
    static const char *const heads[] = {
        N_("tenth"),        N_("customers"), N_("converted"),         N_("rate, %"),
        N_("95% interval"), N_("lift"),      N_("reached so far, %"), N_("at best, %")
    };
    const appraisal *a = &p->r->e->model;
    html_table_begin(&p->page, N_("Customers in tenths of the list, best first"), heads, 8);
    for (int64_t i = 0; i < a->n_gains; i++) {
        const gain_bin *b = &a->gains[i];
        html_row_begin(&p->page);
        html_cell_words(&p->page, str_of(show_count(i + 1, p->language).p));
        cell_fixed(p, b->rows, 0);
        cell_fixed(p, b->positives, 0);
        int decimals = b->high - b->low > 0.1 ? 0 : 1;
        cell_fixed(p, 100 * b->rate, decimals);
        cell_range(p, 100 * b->low, 100 * b->high, decimals);
        cell_fixed(p, b->lift, 2);
        cell_fixed(p, 100 * b->gain, 1);
        cell_fixed(p, 100 * b->most_gain, 1);
        html_row_end(&p->page);
    }
    html_table_end(&p->page);
}

void report_ranking(report_page *p)
{
    const appraisal *a = &p->r->e->model;
    ranked r;
    text t = { 0 };
    text_f(&t,
           tr(p->language, "Judged on %s customers, %s of whom converted. Intervals say how far "
                           "another sample of customers could move a figure; another training "
                           "could move it too."),
           show_count(a->n, p->language).p, show_count(a->n_positive, p->language).p);
    report_say(p, "p", &t);
    if (!rank_rows(&r, p, a->rank)) return;
    double base = a->n ? (double)a->n_positive / (double)a->n : 0;
    html_raw(&p->page, "<div class=\"charts\">\n");
    report_chart(p, "roc", roc_chart(&r, &a->auc, p->language, p->mem), 0);
    report_chart(p, "gains", gains_chart(&r, p->language, p->mem), 0);
    report_chart(p, "deciles", deciles_chart(a->gains, a->n_gains, base, p->language, p->mem), 0);
    report_chart(p, "precision_recall", precision_recall_chart(&r, p->language, p->mem), 0);
    html_raw(&p->page, "</div>\n");
    decile_table(p);
}

/* ---- Probabilities */

/* What the network alone would have promised, where a calibrator changes it. Returns the number of
 * bins. */
static int64_t bins_before(reliability_bin *out, report_page *p)
{
    const appraisal *a = &p->r->e->model;
    ranked r;
    double *q = TAKE(p->mem, double, a->n);
    int differs = 0;
    if (!q) {
        p->page.out.bad = 1;
        return 0;
    }
    for (int64_t i = 0; i < a->n; i++) {
        q[i] = 1 / (1 + m_exp(-a->rank[i]));
        differs |= fabs(q[i] - a->p[i]) > 1e-6;
    }
    if (!differs || !rank_rows(&r, p, q)) return 0;
    return reliability_table(out, ece_bins, &r, 0.95);
}

static void slope_sentence(report_page *p)
{
    const slope_figures *s = &p->r->e->model.slope;
    text t = { 0 };
    if (isnan(s->slope) || s->slope_high - s->slope_low > 10) {
        text_f(&t,
               tr(p->language, "Log-loss %s; promising everybody the overall rate gets %s. The "
                               "probabilities differ too little for a calibration slope."),
               show_fixed(p->r->e->model.figures[FIGURE_LOG_LOSS].value, 4, p->language).p,
               show_fixed(p->r->e->model.base_loss, 4, p->language).p);
        report_say(p, "p", &t);
        return;
    }
    text_f(&t,
           tr(p->language, "Calibration slope %s (95%% interval %s to %s; 1 is ideal, below 1 the "
                           "probabilities are too extreme). Log-loss %s; promising everybody the "
                           "overall rate gets %s."),
           show_fixed(s->slope, 2, p->language).p, show_fixed(s->slope_low, 2, p->language).p,
           show_fixed(s->slope_high, 2, p->language).p,
           show_fixed(p->r->e->model.figures[FIGURE_LOG_LOSS].value, 4, p->language).p,
           show_fixed(p->r->e->model.base_loss, 4, p->language).p);
    report_say(p, "p", &t);
}

void report_probabilities(report_page *p)
{
    const appraisal *a = &p->r->e->model;
    reliability_bin before[ece_bins];
    ranked r;
    if (!a->p || !rank_rows(&r, p, a->p)) return;
    int64_t n_before = bins_before(before, p);
    html_raw(&p->page, "<div class=\"charts\">\n");
    report_chart(
        p, "calibration",
        calibration_chart(before, n_before, a->bins, a->n_bins, &a->ece, p->language, p->mem), 0);
    report_chart(p, "scores", scores_chart(&r, p->language, p->mem), 0);
    html_raw(&p->page, "</div>\n");
    slope_sentence(p);
}

/* ---- The race */

static void race_row(report_page *p, const char *name, const appraisal *a, const rivalry *rival)
{
    html_row_begin(&p->page);
    html_cell_words(&p->page, str_of(tr(p->language, name)));
    int ranks = a != &p->r->e->rivals[CONTENDER_BASE].of; /* one rate for all is no ranking */
    cell_fixed(p, ranks ? a->auc.auc : 0.5, ranks ? 3 : 1);
    cell_range(p, ranks ? a->auc.low : (double)NAN, a->auc.high, 3);
    cell_fixed(p, a->p ? a->figures[FIGURE_LOG_LOSS].value : (double)NAN, 4);
    cell_fixed(p, ranks ? a->figures[FIGURE_LIFT].value : 1, 2);
    if (rival)
        cell_range(p, rival->area.low, rival->area.high, 3);
    else
        html_cell(&p->page, STR(""));
    html_row_end(&p->page);
}

void report_race(report_page *p)
{
    static const char *const heads[] = { N_("way"),
                                         N_("ROC AUC"),
                                         N_("95% interval"),
                                         N_("log-loss"),
                                         N_("lift of the best tenth"),
                                         N_("the model is better by") };
    const char *const names[] = { [CONTENDER_LOGISTIC] = N_("logistic regression"),
                                  [CONTENDER_RULE] = N_("rule of thumb: recency, frequency, "
                                                        "monetary value"),
                                  [CONTENDER_BASE] =
                                      p->r->race_is_new
                                          ? N_("the rate of the training for everybody")
                                          : N_("the overall rate for everybody") };
    const evaluation *e = p->r->e;
    const char *words =
        evaluation_simple_will_do(e)
            ? N_("The simple model is as good: the difference may be chance. Prefer what is easier "
                 "to explain.")
            : N_("The simple models fall behind by more than chance explains.");
    if (p->r->race_is_new)
        html_element(&p->page, "p",
                     str_of(tr(p->language, "The simple models learned from these very customers, "
                                            "in five turns of four fifths, and are judged on the "
                                            "fifth left out: that is in their favour.")));
    html_element(&p->page, "p", str_of(tr(p->language, words)));
    html_table_begin(&p->page, N_("The model beside simpler ways, on the same customers"), heads,
                     6);
    race_row(p, N_("this model"), &e->model, NULL);
    for (int c = CONTENDER_LOGISTIC; c < contender_count; c++)
        if (e->rivals[c].is_there)
            race_row(p, names[c], &e->rivals[c].of, c == CONTENDER_BASE ? NULL : &e->rivals[c]);
    html_table_end(&p->page);
}
