/* An evaluation as JSON: everything, unrounded. Leaves CSV to evaluation_csv.c.
 * Read evaluation_files.h first. */
#include <math.h>

#include "console_evaluate.h"
#include "evaluation_files.h"
#include "evaluation_words.h"
#include "json.h"

const char *const evaluation_figure_words[figure_count] = { "roc_auc", "pr_auc",   "log_loss",
                                                            "brier",   "ks",       "lift",
                                                            "gain",    "accuracy", "precision",
                                                            "recall",  "f1" };
const char *const evaluation_method_words[evaluation_methods] = { "",          "delong",
                                                                  "wilson",    "normal",
                                                                  "bootstrap", "poisson_bins" };
const char *const evaluation_contender_words[contender_count] = { "model", "logistic",
                                                                  "rule_of_thumb", "base_rate" };

static void write_interval(json_writer *w, const char *key, const interval *f)
{
    json_open(w, key, '{');
    json_number(w, "value", f->value);
    json_number(w, "low", f->low);
    json_number(w, "high", f->high);
    json_str(w, "method", str_of(evaluation_method_words[f->method]));
    if (f->too_small) json_bool(w, "too_small", 1);
    json_close(w, '}');
}

static void write_calls(json_writer *w, const char *key, const confusion *c, double threshold)
{
    json_open(w, key, '{');
    json_number(w, "threshold", threshold);
    json_int(w, "true_negative", c->true_negative);
    json_int(w, "false_positive", c->false_positive);
    json_int(w, "false_negative", c->false_negative);
    json_int(w, "true_positive", c->true_positive);
    json_close(w, '}');
}

static void write_brier(json_writer *w, const brier_parts *b)
{
    json_open(w, "brier_parts", '{');
    json_number(w, "reliability", b->reliability);
    json_number(w, "resolution", b->resolution);
    json_number(w, "uncertainty", b->uncertainty);
    json_number(w, "within_variance", b->within_variance);
    json_number(w, "within_covariance", b->within_covariance);
    json_int(w, "bins", b->n_bins);
    json_close(w, '}');
}

static void write_slope(json_writer *w, const slope_figures *s)
{
    json_open(w, "calibration_line", '{');
    json_number(w, "slope", s->slope);
    json_number(w, "slope_low", s->slope_low);
    json_number(w, "slope_high", s->slope_high);
    json_number(w, "intercept", s->intercept);
    json_number(w, "intercept_low", s->intercept_low);
    json_number(w, "intercept_high", s->intercept_high);
    json_number(w, "in_the_large", s->in_the_large);
    json_number(w, "in_the_large_low", s->in_the_large_low);
    json_number(w, "in_the_large_high", s->in_the_large_high);
    json_close(w, '}');
}

static void write_gains(json_writer *w, const appraisal *a)
{
    json_open(w, "gains", '[');
    for (int64_t i = 0; i < a->n_gains; i++) {
        const gain_bin *g = &a->gains[i];
        json_open(w, NULL, '{');
        json_number(w, "rows", g->rows);
        json_number(w, "positives", g->positives);
        json_number(w, "rate", g->rate);
        json_number(w, "low", g->low);
        json_number(w, "high", g->high);
        json_number(w, "lift", g->lift);
        json_number(w, "depth", g->depth);
        json_number(w, "gain", g->gain);
        json_number(w, "most_gain", g->most_gain);
        json_number(w, "lift_so_far", g->lift_so_far);
        json_number(w, "lift_low", g->lift_low);
        json_number(w, "lift_high", g->lift_high);
        json_number(w, "most_lift", g->most_lift_so_far);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void write_reliability(json_writer *w, const appraisal *a)
{
    json_open(w, "reliability", '[');
    for (int64_t i = 0; i < a->n_bins; i++) {
        const reliability_bin *b = &a->bins[i];
        json_open(w, NULL, '{');
        json_int(w, "rows", b->rows);
        json_int(w, "positives", b->positives);
        json_number(w, "mean_probability", b->mean_p);
        json_number(w, "rate", b->rate);
        json_number(w, "low", b->low);
        json_number(w, "high", b->high);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void write_probabilities(json_writer *w, const appraisal *a, double threshold)
{
    write_calls(w, "called_at_half", &a->called_at_half, 0.5);
    write_calls(w, "called", &a->called, threshold);
    json_open(w, "at_half", '{');
    for (int i = FIGURE_ACCURACY; i < figure_count; i++)
        write_interval(w, evaluation_figure_words[i], &a->at_half[i]);
    json_close(w, '}');
    json_number(w, "base_log_loss", a->base_loss);
    write_brier(w, &a->brier);
    json_number(w, "ece", a->ece.ece);
    json_number(w, "ece_noise_floor", a->ece.noise_floor);
    json_number(w, "ece_largest_gap", a->ece.largest_gap);
    write_slope(w, &a->slope);
    write_reliability(w, a);
}

static void write_appraisal(json_writer *w, const char *key, const appraisal *a, double threshold)
{
    json_open(w, key, '{');
    json_open(w, "figures", '{');
    for (int i = 0; i < figure_count; i++)
        write_interval(w, evaluation_figure_words[i], &a->figures[i]);
    json_close(w, '}');
    json_number(w, "roc_auc_low_delong", a->auc.low);
    json_number(w, "roc_auc_high_delong", a->auc.high);
    json_number(w, "ks_threshold", a->ks.threshold);
    if (a->p) write_probabilities(w, a, threshold);
    write_gains(w, a);
    json_close(w, '}');
}

static void write_area(json_writer *w, const char *key, const auc_comparison *c)
{
    json_open(w, key, '{');
    json_number(w, "difference", c->difference);
    json_number(w, "low", c->low);
    json_number(w, "high", c->high);
    json_number(w, "z", c->z);
    json_number(w, "p_value", c->p_value);
    json_close(w, '}');
}

static void write_rival(json_writer *w, const char *key, const rivalry *r, double threshold)
{
    if (!r->is_there) return;
    json_open(w, key, '{');
    write_appraisal(w, "figures_of_it", &r->of, threshold);
    write_area(w, "roc_auc_lead", &r->area);
    json_open(w, "lead", '{');
    for (int i = 0; i < figure_count; i++) {
        const figure_difference *d = &r->difference[i];
        if (d->method == INTERVAL_NONE) continue;
        json_open(w, evaluation_figure_words[i], '{');
        json_number(w, "difference", d->difference);
        json_number(w, "low", d->low);
        json_number(w, "high", d->high);
        json_number(w, "higher_share", d->higher_share);
        json_str(w, "method", str_of(evaluation_method_words[d->method]));
        json_close(w, '}');
    }
    json_close(w, '}');
    json_close(w, '}');
}

static void write_repeats(json_writer *w, const evaluation *e)
{
    json_open(w, "fold_roc_auc", '[');
    for (int32_t i = 0; i < e->n_folds; i++) json_number(w, NULL, e->fold_auc[i]);
    json_close(w, ']');
    json_open(w, "repeats", '[');
    for (int32_t i = 0; i < e->n_repeats; i++) {
        json_open(w, NULL, '{');
        json_number(w, "roc_auc", e->repeats[i].auc);
        json_number(w, "log_loss", e->repeats[i].log_loss);
        json_number(w, "brier", e->repeats[i].brier);
        json_number(w, "lift", e->repeats[i].lift);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void write_permutations(json_writer *w, const char *key, const permutation_figures *p,
                               const evaluation *e)
{
    if (p->n == 0) return;
    json_open(w, key, '{');
    json_int(w, "permutations", p->n);
    json_int(w, "asked", e->permutations_asked);
    json_bool(w, "whole_training", e->permuted_networks == 0 && e->permuted_rows == 0);
    json_int(w, "networks_a_fold", e->permuted_networks);
    json_int(w, "most_training_rows", e->permuted_rows);
    json_number(w, "observed", p->observed);
    json_int(w, "reached", p->reached);
    json_int(w, "among", p->among);
    json_number(w, "null_mean", p->null_mean);
    json_number(w, "null_sd", p->null_sd);
    json_number(w, "p_value", p->p_value);
    json_open(w, "null", '[');
    for (int32_t i = 0; i < p->n; i++) json_number(w, NULL, p->null[i]);
    json_close(w, ']');
    json_close(w, '}');
}

static void write_cuts(json_writer *w, const evaluation *e)
{
    json_open(w, "forward_in_time", '[');
    for (int32_t i = 0; i < e->n_cuts; i++) {
        const time_cut *c = &e->cuts[i];
        json_open(w, NULL, '{');
        json_number(w, "share_held", c->share_held);
        json_int(w, "train_rows", c->n_train);
        json_int(w, "train_positive", c->n_positive_train);
        json_int(w, "held_rows", c->n_held);
        json_int(w, "held_positive", c->n_positive_held);
        json_number(w, "roc_auc", c->model.auc);
        json_number(w, "roc_auc_low", c->model.low);
        json_number(w, "roc_auc_high", c->model.high);
        json_number(w, "log_loss", c->model_loss);
        json_number(w, "lift", c->model_lift);
        json_number(w, "logistic_roc_auc", c->simple.auc);
        json_number(w, "logistic_log_loss", c->simple_loss);
        json_number(w, "logistic_lift", c->simple_lift);
        json_number(w, "base_log_loss", c->base_loss);
        write_area(w, "roc_auc_lead", &c->area);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void write_power(json_writer *w, const evaluation *e)
{
    json_open(w, "power", '{');
    json_number(w, "least_area", e->least_area);
    json_number(w, "area_seen_4_in_5", e->power_area);
    json_open(w, "goals", '[');
    for (int i = 0; i < evaluation_goals; i++) {
        json_open(w, NULL, '{');
        json_number(w, "area", e->goals[i].area);
        if (e->goals[i].conversions > 0)
            json_int(w, "conversions", e->goals[i].conversions);
        else
            json_null(w, "conversions");
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

/* Whether the model knows the rows, and what its card says of rows that it did not. */
static void write_known(json_writer *w, const evaluation *e)
{
    json_bool(w, "rows_of_training", e->knows_rows);
    json_bool(w, "better_than_unseen", e->is_far_better);
    if (e->unseen.n == 0) return;
    json_open(w, "unseen_rows", '{');
    json_int(w, "rows", e->unseen.n);
    json_number(w, "roc_auc", e->unseen.auc.auc);
    json_number(w, "roc_auc_low", e->unseen.auc.low);
    json_number(w, "roc_auc_high", e->unseen.auc.high);
    json_number(w, "log_loss", e->unseen.log_loss);
    json_close(w, '}');
}

void evaluation_json(text *out, const evaluation *e)
{
    json_writer w = { .out = out, .indent = 1 };
    json_open(&w, NULL, '{');
    json_str(&w, "mode", str_of(e->mode == EVALUATION_OF_MODEL ? "model" : "folds"));
    json_str(&w, "headline", str_of(evaluation_headline(e, PROPENSE_ENGLISH)));
    json_int(&w, "rows", e->model.n);
    json_int(&w, "positive", e->model.n_positive);
    json_str(&w, "target", e->target);
    json_str(&w, "positive_word", e->positive);
    json_number(&w, "threshold", e->threshold);
    if (e->is_economic) {
        json_number(&w, "margin", e->margin);
        json_number(&w, "cost", e->cost);
    }
    if (e->is_of_arrays) { /* of the network alone, as Keras' evaluate() */
        json_number(&w, "keras_loss", e->keras_loss);
        json_number(&w, "keras_accuracy", e->keras_accuracy);
    }
    if (e->mode == EVALUATION_OF_MODEL) write_known(&w, e);
    write_appraisal(&w, "model", &e->model, e->threshold);
    for (int k = CONTENDER_LOGISTIC; k < contender_count; k++)
        write_rival(&w, evaluation_contender_words[k], &e->rivals[k], e->threshold);
    write_rival(&w, "against", &e->against, e->threshold);
    if (e->rivals[CONTENDER_LOGISTIC].is_there)
        json_bool(&w, "simple_model_will_do", evaluation_simple_will_do(e));
    if (e->mode == EVALUATION_BY_FOLDS) {
        json_int(&w, "folds", e->n_folds);
        json_bool(&w, "groups", e->has_groups);
        write_repeats(&w, e);
        write_permutations(&w, "permutation_test", &e->permuted, e);
        write_permutations(&w, "permutation_test_logistic", &e->permuted_simple, e);
        write_cuts(&w, e);
    }
    write_power(&w, e);
    json_close(&w, '}');
    text_char(out, '\n');
}
