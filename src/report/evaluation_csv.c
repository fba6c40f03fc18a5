/* Curves and tables of an evaluation as CSV. Leaves JSON to evaluation_json.c.
 * Read evaluation_files.h first. */
#include <math.h>

#include "evaluation_files.h"
#include "evaluation_words.h"
#include "num.h"

/* Empty where a number is not there; infinity as "inf". */
static void number(text *out, double x, char behind)
{
    if (!isnan(x)) text_repr(out, x);
    text_char(out, behind);
}

/* ---- Figures */

static void figure_line(text *out, const char *who, const char *name, double value, double low,
                        double high, const char *method)
{
    text_f(out, "%s,%s,", who, name);
    number(out, value, ',');
    number(out, low, ',');
    number(out, high, ',');
    text_f(out, "%s\n", method);
}

static void figure_lines(text *out, const char *who, const appraisal *a)
{
    for (int i = 0; i < figure_count; i++) {
        const interval *f = &a->figures[i];
        figure_line(out, who, evaluation_figure_words[i], f->value, f->low, f->high,
                    evaluation_method_words[f->method]);
    }
    if (!a->p) return;
    figure_line(out, who, "brier_reliability", a->brier.reliability, (double)NAN, (double)NAN, "");
    figure_line(out, who, "brier_resolution", a->brier.resolution, (double)NAN, (double)NAN, "");
    figure_line(out, who, "brier_uncertainty", a->brier.uncertainty, (double)NAN, (double)NAN, "");
    figure_line(out, who, "ece", a->ece.ece, (double)NAN, (double)NAN, "");
    figure_line(out, who, "ece_noise_floor", a->ece.noise_floor, (double)NAN, (double)NAN, "");
    figure_line(out, who, "calibration_slope", a->slope.slope, a->slope.slope_low,
                a->slope.slope_high, "normal");
    figure_line(out, who, "calibration_intercept", a->slope.intercept, a->slope.intercept_low,
                a->slope.intercept_high, "normal");
    figure_line(out, who, "calibration_in_the_large", a->slope.in_the_large,
                a->slope.in_the_large_low, a->slope.in_the_large_high, "normal");
}

static void rival_lines(text *out, const char *who, const rivalry *r)
{
    if (!r->is_there) return;
    figure_lines(out, who, &r->of);
    text name = { 0 };
    text_f(&name, "model_minus_%s", who);
    if (name.p)
        figure_line(out, name.p, "roc_auc", r->area.difference, r->area.low, r->area.high,
                    "delong");
    for (int i = 0; i < figure_count && name.p; i++) {
        const figure_difference *d = &r->difference[i];
        if (d->method != INTERVAL_NONE && i != FIGURE_AUC)
            figure_line(out, name.p, evaluation_figure_words[i], d->difference, d->low, d->high,
                        evaluation_method_words[d->method]);
    }
    out->bad |= name.bad;
    text_free(&name);
}

void evaluation_figures_csv(text *out, const evaluation *e)
{
    text_z(out, "contender,figure,value,low,high,method\n");
    figure_lines(out, "model", &e->model);
    for (int k = CONTENDER_LOGISTIC; k < contender_count; k++)
        rival_lines(out, evaluation_contender_words[k], &e->rivals[k]);
    rival_lines(out, "against", &e->against);
}

/* ---- Curves */

static void curve_lines(text *out, const curve *c)
{
    for (int64_t i = 0; i < c->n; i++) {
        number(out, c->x[i], ',');
        number(out, c->y[i], ',');
        number(out, c->threshold[i], '\n');
    }
}

typedef int (*make_curve)(curve *out, const ranked *r, arena *mem);

static int corners(curve *out, const ranked *r, arena *mem)
{
    return roc_curve(out, r, 1, mem);
}

static int write_curve(text *out, const evaluation *e, const char *head, make_curve make)
{
    arena mem = { 0 };
    const appraisal *a = &e->model;
    ranked r;
    curve c = { 0 };
    text_z(out, head);
    int done = ranked_of(&r, a->y, a->p, a->n, &mem) && make(&c, &r, &mem);
    if (done) curve_lines(out, &c);
    arena_free(&mem);
    return done;
}

int evaluation_roc_csv(text *out, const evaluation *e)
{
    return write_curve(out, e, "false_positive_rate,true_positive_rate,threshold\n", corners);
}

int evaluation_precision_recall_csv(text *out, const evaluation *e)
{
    return write_curve(out, e, "recall,precision,threshold\n", precision_recall_curve);
}

/* ---- Tables */

void evaluation_gains_csv(text *out, const evaluation *e)
{
    text_z(out, "decile,rows,positives,rate,rate_low,rate_high,lift,depth,gain,most_gain,"
                "lift_so_far,lift_low,lift_high,most_lift\n");
    for (int64_t i = 0; i < e->model.n_gains; i++) {
        const gain_bin *g = &e->model.gains[i];
        const double x[] = { g->rows,
                             g->positives,
                             g->rate,
                             g->low,
                             g->high,
                             g->lift,
                             g->depth,
                             g->gain,
                             g->most_gain,
                             g->lift_so_far,
                             g->lift_low,
                             g->lift_high,
                             g->most_lift_so_far };
        const int n = (int)(sizeof x / sizeof *x);
        text_f(out, "%lld,", (long long)i + 1);
        for (int k = 0; k < n; k++) number(out, x[k], k == n - 1 ? '\n' : ',');
    }
}

void evaluation_reliability_csv(text *out, const evaluation *e)
{
    text_z(out, "bin,rows,positives,mean_probability,least_probability,most_probability,rate,"
                "rate_low,rate_high\n");
    for (int64_t i = 0; i < e->model.n_bins; i++) {
        const reliability_bin *b = &e->model.bins[i];
        text_f(out, "%lld,%lld,%lld,", (long long)i + 1, (long long)b->rows,
               (long long)b->positives);
        number(out, b->mean_p, ',');
        number(out, b->least_p, ',');
        number(out, b->most_p, ',');
        number(out, b->rate, ',');
        number(out, b->low, ',');
        number(out, b->high, '\n');
    }
}

void evaluation_scores_csv(text *out, const evaluation *e)
{
    const appraisal *a = &e->model;
    text_z(out, e->fold ? "row,target,fold,logit,probability\n" : "row,target,logit,probability\n");
    for (int64_t i = 0; i < a->n; i++) {
        text_f(out, "%lld,%d,", (long long)i + 1, (int)a->y[i]);
        if (e->fold) text_f(out, "%d,", (int)e->fold[i] + 1);
        number(out, a->rank[i], ',');
        number(out, a->p[i], '\n');
    }
}

void evaluation_repeats_csv(text *out, const evaluation *e)
{
    text_z(out, "repeat,roc_auc,log_loss,brier,lift\n");
    for (int32_t i = 0; i < e->n_repeats; i++) {
        const repeat_figures *r = &e->repeats[i];
        text_f(out, "%d,", (int)i + 1);
        number(out, r->auc, ',');
        number(out, r->log_loss, ',');
        number(out, r->brier, ',');
        number(out, r->lift, '\n');
    }
}

void evaluation_permutations_csv(text *out, const evaluation *e)
{
    text_z(out, "permutation,roc_auc,roc_auc_logistic\n");
    for (int32_t i = 0; i < e->permuted.n; i++) {
        text_f(out, "%d,", (int)i + 1);
        number(out, e->permuted.null[i], ',');
        number(out, e->permuted_simple.n ? e->permuted_simple.null[i] : (double)NAN, '\n');
    }
}
