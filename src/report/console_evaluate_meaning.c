/* What an evaluation means, in sentences: chance and what it would take, the simple model, time,
 * probabilities, and what the intervals cover. Leaves tables to console_evaluate.c. */
#include <math.h>

#include "console_evaluate.h"
#include "console_evaluate_parts.h"
#include "console_text.h"
#include "words.h"

void evaluate_fact(text *out, const char *name, text *words, int *bad)
{
    enum { label_width = 13 };
    text label = { 0 };
    text_pad(&label, str_of(name), label_width);
    *bad |= label.bad | words->bad;
    if (label.p) paragraph(out, label.p, label_width, text_view(words));
    text_free(&label);
    text_free(words);
}

/* One dash; frees the words. */
static void point(text *out, text *words, int *bad)
{
    *bad |= words->bad;
    if (words->p) paragraph(out, "- ", 2, text_view(words));
    text_free(words);
}

static void point_z(text *out, const char *words)
{
    paragraph(out, "- ", 2, str_of(words));
}

static void chance(text *out, const evaluation *e, propense_language l, int *bad)
{
    text t = { 0 };
    text_f(&t,
           tr(l, "With %s conversions among %s customers, a ROC AUC below %s cannot be told from "
                 "chance, and %s is seen four times in five."),
           show_count(e->model.n_positive, l).p, show_count(e->model.n, l).p,
           show_fixed(e->least_area, decimals_known(e->least_area - 0.5), l).p,
           show_fixed(e->power_area, decimals_known(e->least_area - 0.5), l).p);
    for (int i = 0; i < evaluation_goals; i++) {
        const goal *g = &e->goals[i];
        if (g->conversions <= 0) continue;
        text_f(&t,
               i == 0 ? tr(l, " To see an area of %s four times in five takes some %s conversions")
                      : tr(l, ", one of %s some %s"),
               show_fixed(g->area, 2, l).p, show_count(g->conversions, l).p);
    }
    text_z(&t, ".");
    point(out, &t, bad);
    if (evaluation_sign(e) > 0) return;
    point_z(out, tr(l, "An area below 0.5 is chance too, slightly below on average where folds are "
                       "held out: never turn such a ranking round."));
    point_z(out, tr(l, "Treat everybody alike, or write to customers picked at random and learn "
                       "from what they answer."));
}

static void simple(text *out, const evaluation *e, propense_language l)
{
    const rivalry *r = &e->rivals[CONTENDER_LOGISTIC];
    if (!r->is_there || evaluation_sign(e) <= 0) return;
    if (r->area.high < 0)
        point_z(out, tr(l, "Logistic regression ranks better than this model: take the simple "
                           "model (--hidden none)."));
    else if (evaluation_simple_will_do(e))
        point_z(out, tr(l, "Logistic regression is as good: the lead's interval holds 0. The "
                           "simple model will do (--hidden none)."));
}

/* How the simple models beside a model on rows of a file came by theirs. */
static void fitted_here(text *out, const evaluation *e, propense_language l, int *bad)
{
    if (e->mode != EVALUATION_OF_MODEL) return;
    if (!e->rivals[CONTENDER_LOGISTIC].is_there && !e->rivals[CONTENDER_RULE].is_there) {
        point_z(out, tr(l, "Logistic regression and the rule of thumb are not in the race: they "
                           "are fitted on a file of up to a million customers, some of each kind, "
                           "that can be read twice and has the model's columns."));
        return;
    }
    text t = { 0 };
    text_f(&t,
           e->knows_rows
               ? tr(l, "The simple models scored each of %d parts of these customers fitted on the "
                       "others; the model knew them all.")
               : tr(l, "The simple models were fitted on these customers, each of %d parts scored "
                       "by one that had the others; the model was fitted on its own."),
           (int)e->n_folds);
    point(out, &t, bad);
}

/* A test that went a cheaper way may not see what the whole training does. */
static void cheaper_test(text *out, const evaluation *e, propense_language l)
{
    int is_cheaper = e->permuted_networks || e->permuted_rows;
    if (!is_cheaper || e->permuted.n == 0) return;
    if (verdict_sign(e->model.verdict) > 0 && evaluation_sign(e) == 0)
        point_z(out, tr(l, "The shuffled answers were learned by a cheaper training, and so were "
                           "the true ones beside them; that is fair, but sees less. As the "
                           "interval lies above 0.5, ask the whole: --full_permutations."));
}

static void against(text *out, const evaluation *e, propense_language l, int *bad)
{
    const rivalry *r = &e->against;
    if (!r->is_there) return;
    text t = { 0 };
    const figure_difference *loss = &r->difference[FIGURE_LOG_LOSS];
    text_z(&t, r->area.low > 0 ? tr(l, "This model ranks better than the other one")
               : r->area.high < 0
                   ? tr(l, "The other model ranks better than this one")
                   : tr(l, "Neither model ranks better than the other beyond noise"));
    if (r->area.p_value < 0.00005)
        text_f(&t, tr(l, " (paired DeLong, p below %s)."), show_fixed(0.0001, 4, l).p);
    else
        text_f(&t, tr(l, " (paired DeLong, p = %s)."),
               show_fixed(r->area.p_value, r->area.p_value < 0.01 ? 4 : 2, l).p);
    if (!isnan(loss->low) && loss->method != INTERVAL_NONE)
        text_f(
            &t,
            tr(l, " Its log-loss differs by %s (%s to %s, paired bootstrap; below 0 is better)."),
            show_fixed(loss->difference, 4, l).p, show_fixed(loss->low, 4, l).p,
            show_fixed(loss->high, 4, l).p);
    point(out, &t, bad);
}

static void time_passes(text *out, const evaluation *e, propense_language l, int *bad)
{
    int not_ahead = 0, behind = 0;
    double low = 1, high = 0;
    text t = { 0 };
    if (e->n_cuts == 0) return;
    for (int32_t i = 0; i < e->n_cuts; i++) {
        const time_cut *c = &e->cuts[i];
        not_ahead += !(c->area.low > 0);
        behind += c->area.high < 0;
        if (c->model.auc < low) low = c->model.auc;
        if (c->model.auc > high) high = c->model.auc;
    }
    if (high < e->model.auc.low)
        text_f(&t,
               tr(l, "Random folds mix the times and promise a ROC AUC of %s; judged on what came "
                     "later it is %s to %s. Expect the latter."),
               show_fixed(e->model.auc.auc, 2, l).p, show_fixed(low, 2, l).p,
               show_fixed(high, 2, l).p);
    else
        text_f(&t,
               tr(l, "Judged on what came later, the ROC AUC is %s to %s, and %s on random folds."),
               show_fixed(low, 2, l).p, show_fixed(high, 2, l).p,
               show_fixed(e->model.auc.auc, 2, l).p);
    point(out, &t, bad);
    if (isnan(e->cuts[0].area.low) || evaluation_sign(e) <= 0) return;
    if (behind == e->n_cuts)
        point_z(out, tr(l, "Forward in time, logistic regression ranks better at every cut: take "
                           "the simple model (--hidden none)."));
    else if (not_ahead == e->n_cuts)
        point_z(out, tr(l, "Forward in time, the simple model is as good at every cut: logistic "
                           "regression will do (--hidden none)."));
    else if (not_ahead > 0)
        point_z(out, tr(l, "Forward in time, the lead over logistic regression depends on where "
                           "one cuts: do not count on it."));
}

/* Probabilities for customers of another kind are not at fault where they do not fit these. */
static void other_prior(text *out, const evaluation *e, propense_language l, int *bad)
{
    const appraisal *a = &e->model;
    if (!(e->prior > 0)) return;
    text t = { 0 };
    text_f(&t,
           tr(l, "The probabilities are for customers of whom %s in 100 convert (--prior); of "
                 "these, %s in 100 did. Log-loss, Brier score, calibration and what is called are "
                 "worth as much as these customers are like those to come; the ranking is the same "
                 "with any prior."),
           show_fixed(100 * e->prior, 1, l).p,
           show_fixed(100 * (double)a->n_positive / (double)a->n, 1, l).p);
    point(out, &t, bad);
}

/* Parts of a balanced file: the published Audiobooks test set is one. */
static void balanced(text *out, const evaluation *e, propense_language l)
{
    double share = (double)e->model.n_positive / (double)e->model.n;
    if (!e->is_of_arrays || !(fabs(share - 0.5) < 0.05) || e->prior > 0) return;
    point_z(out, tr(l, "Half of these rows converted, as in a balanced file. Of customers of whom "
                       "fewer do, accuracy is another and the probabilities are too high: judge on "
                       "a file of all of them, and move the probabilities with --prior."));
}

static void probabilities(text *out, const evaluation *e, propense_language l)
{
    const appraisal *a = &e->model;
    if (!a->p || isnan(a->ece.ece) || e->prior > 0) return;
    if (a->ece.ece > 2 * a->ece.noise_floor && a->ece.ece > 0.01)
        point_z(out, tr(l, "The probabilities are off by more than noise explains: calibrate "
                           "(train --calibrate auto) before they are multiplied with money."));
}

static void economics(text *out, const evaluation *e, propense_language l, int *bad)
{
    if (!e->is_economic) return;
    text t = { 0 };
    int64_t called = e->model.called.true_positive + e->model.called.false_positive;
    double profit = e->margin * (double)e->model.called.true_positive - e->cost * (double)called;
    double everybody = e->margin * (double)e->model.n_positive - e->cost * (double)e->model.n;
    text_f(&t,
           tr(l, "A contact pays above p = cost / margin = %s. Here that is %s of %s customers, "
                 "for %s in all; contacting everybody brings %s, nobody 0."),
           show_fixed(e->threshold, 3, l).p, show_count(called, l).p, show_count(e->model.n, l).p,
           show_fixed(profit, 0, l).p, show_fixed(everybody, 0, l).p);
    point(out, &t, bad);
}

static void coverage(text *out, const evaluation *e, propense_language l)
{
    point_z(out, e->mode == EVALUATION_BY_FOLDS
                     ? tr(l, "The intervals cover the sampling of customers: other customers of "
                             "the same kind, the same models. What another training would give is "
                             "shown apart (other luck; --repeats 3).")
                     : tr(l, "The intervals cover the sampling of customers: other customers of "
                             "the same kind, this same model. What another training would give "
                             "they do not cover (propense evaluate DATA.csv --cv 5 --repeats 3)."));
    const interval *f = e->model.figures;
    int small = 0;
    for (int i = 0; i < figure_count; i++) small |= f[i].too_small;
    if (small)
        point_z(out, tr(l, "So few customers stand behind some of them that they may cover less "
                           "than the 95 % they say."));
}

void evaluate_meaning(text *out, const evaluation *e, propense_language l, int *bad)
{
    against(out, e, l, bad);
    int is_weak = evaluation_sign(e) <= 0 || e->model.auc.auc < 0.6;
    if (is_weak && !e->knows_rows) chance(out, e, l, bad);
    simple(out, e, l);
    fitted_here(out, e, l, bad);
    cheaper_test(out, e, l);
    time_passes(out, e, l, bad);
    other_prior(out, e, l, bad);
    balanced(out, e, l);
    probabilities(out, e, l);
    economics(out, e, l, bad);
    coverage(out, e, l);
}
