/* An evaluation for people: verdict, figures, race, time. Leaves what it means to
 * console_evaluate_meaning.c, figures to study/ and metrics/, layout of paragraphs to
 * console_text.c. Read console_evaluate.h and evaluate.h first. */
#include "console_evaluate.h"

#include <math.h>

#include "console_evaluate_parts.h"
#include "console_text.h"
#include "words.h"

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
        evaluate_figures_table(out, e, l, &bad);
        evaluate_race_table(out, e, l, &bad);
        evaluate_times_table(out, e, l, &bad);
        text_char(out, '\n');
        evaluate_meaning(out, e, l, &bad);
    }
    if (bad) out->bad = 1;
    quiet_controls(out, from);
}
