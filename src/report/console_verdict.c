/* The verdict of a run for the people who plan the campaign: what the ranking is worth, the figures
 * it rests on, what to do. Leaves the judging to metrics/verdict.c and layout to console_text.c.
 * Read console.h and verdict.h first. */
#include "console.h"

#include <math.h>

#include "console_balance.h"
#include "console_text.h"
#include "words.h"

static int is_untrained(const model *m)
{
    return model_training_of(m) != MODEL_TRAINED;
}

static const char *untrained_headline(const model *m, propense_language l)
{
    switch (model_training_of(m)) {
    case MODEL_PROBABLY_UNTRAINED:
        return tr(l, "This model was probably never trained (all its biases are exactly 0): its "
                     "scores mean nothing then.");
    case MODEL_NO_STEP_HERE:
        return tr(l, "The optimiser of this model has done no step: unless its weights come from "
                     "another training, its scores mean nothing.");
    default:
        return tr(l, "This model is untrained: its scores mean nothing.");
    }
}

const char *console_headline(const model *m, propense_language l)
{
    if (is_untrained(m)) return untrained_headline(m, l);
    if (m->is_foreign)
        return tr(l, "A Keras model without propense.json: how good its ranking is, the file does "
                     "not say.");
    switch (m->card.verdict) {
    case VERDICT_NONE:
        return tr(l, "Nothing was judged: how good this ranking is, nobody knows yet.");
    case VERDICT_CHANCE:
    case VERDICT_REVERSED:
        return tr(l, "No better than chance: do not choose customers by this ranking.");
    case VERDICT_WEAK:
        return tr(l, "Better than chance, but weak.");
    case VERDICT_FAIR:
        return tr(l, "Better than chance: a fair ranking.");
    case VERDICT_GOOD:
        return tr(l, "Better than chance: a good ranking.");
    case VERDICT_STRONG:
        return tr(l, "Suspiciously good: look for a leak before you use this ranking.");
    }
    return "";
}

/* ---- The figures */

enum { label_width = 13 };

/* One fact: its name, then its words, wrapped beside it. */
static void fact(text *out, const char *name, text *words, int *bad)
{
    text label = { 0 };
    text_pad(&label, str_of(name), label_width);
    *bad |= label.bad | words->bad;
    if (label.p) paragraph(out, label.p, label_width, text_view(words));
    text_free(&label);
    text_free(words);
}

/* The digits of the area: those the interval leaves, and so many that a lower end just above one
 * half does not read as one half. */
static int auc_decimals(const auc_interval *a)
{
    int decimals = decimals_known((a->high - a->low) / 2);
    for (double unit = 0.01; decimals < 4 && a->low > 0.5 && a->low < 0.5 + unit / 2; unit /= 10)
        decimals++;
    return decimals;
}

static void judged_on(text *out, const model *m, propense_language l, int *bad)
{
    const card *c = &m->card;
    const schema *s = &m->schema;
    text t = { 0 };
    text_f(&t,
           c->out_of_fold
               ? tr(l, "all %s rows, each by a network that did not learn from it; %s of "
                       "them converted")
               : tr(l, "%s rows kept out of training; %s of them converted"),
           show_count(card_n_judged(c), l).p, show_count(card_n_judged_positive(c), l).p);
    if (s->columns && s->target >= 0 && s->target < s->n_columns)
        text_f(&t, " (%.*s = %.*s)", STR_ARG(s->columns[s->target].name), STR_ARG(s->positive));
    fact(out, tr(l, "judged on"), &t, bad);
}

static void area(text *out, const model *m, propense_language l, int *bad)
{
    const auc_interval *a = &m->card.auc;
    int d = auc_decimals(a);
    text t = { 0 };
    text_f(&t, tr(l, "%s, 95%% interval %s to %s (DeLong); tossing a coin gets 0.5"),
           show_fixed(a->auc, d, l).p, show_fixed(a->low, d, l).p, show_fixed(a->high, d, l).p);
    fact(out, "ROC AUC", &t, bad);
    if (verdict_sign(m->card.verdict) > 0) return;
    double least = verdict_least_area(a->n_positive, a->n_negative);
    text needed = { 0 };
    text_f(&needed, tr(l, "about %s or more, to be told from chance on this many rows"),
           show_fixed(least, decimals_known(least - 0.5), l).p);
    fact(out, tr(l, "needed"), &needed, bad);
}

/* Accuracy beside the answer that needs no model. */
static void accuracy(text *out, const model *m, propense_language l, int *bad)
{
    const card *c = &m->card;
    int64_t judged = card_n_judged(c), positive = card_n_judged_positive(c);
    double n = (double)judged, right = classification_of(&c->test).accuracy;
    int yes = positive > judged - positive;
    double always = (double)(yes ? positive : judged - positive) / n;
    int d = decimals_known(0.98 / sqrt(n));
    text t = { 0 };
    text_f(&t,
           yes ? tr(l, "%s; always answering \"yes\" gets %s without a model")
               : tr(l, "%s; always answering \"no\" gets %s without a model"),
           show_fixed(right, d, l).p, show_fixed(always, d, l).p);
    fact(out, tr(l, "accuracy"), &t, bad);
}

/* ---- What it means */

/* One thing to do or know, wrapped behind a dash. */
static void point_out(text *out, const char *words)
{
    paragraph(out, "- ", 2, str_of(words));
}

static void ranking_meaning(text *out, const model *m, propense_language l, int *bad)
{
    text t = { 0 };
    text_f(&t,
           tr(l, "Of one customer who converts and one who does not, the model ranks the right one "
                 "higher %s times in 100 (a coin: 50)."),
           show_fixed(m->card.auc.auc * 100, 0, l).p);
    *bad |= t.bad;
    if (t.p) point_out(out, t.p);
    text_free(&t);
}

static void all_or_none(text *out, const model *m, propense_language l, int *bad)
{
    const schema *s = &m->schema;
    int64_t rows = s->n_rows - s->n_no_target;
    text t = { 0 };
    text_f(&t,
           tr(l,
              "Treat everybody alike: %s of %s converted, so contacting all pays when one "
              "contact costs less than %s%% of what a conversion earns; if not, contact nobody."),
           show_count(s->n_positive, l).p, show_count(rows, l).p,
           show_percent(s->n_positive, rows, l).p);
    *bad |= t.bad;
    if (t.p) point_out(out, t.p);
    text_free(&t);
}

static void chance_advice(text *out, const model *m, propense_language l, int *bad)
{
    if (m->card.verdict == VERDICT_REVERSED)
        point_out(out, tr(l, "The whole interval lies below 0.5. That is chance too, and no reason "
                             "to turn the ranking round: on other customers it would not hold."));
    else
        point_out(out, tr(l, "The top of a list sorted by these probabilities converts no more "
                             "often than customers picked at random."));
    if (m->levelled)
        point_out(out, tr(l, "Everybody's probability was set to the share of converters (their "
                             "order was kept): what the networks claim beyond it did not hold on "
                             "rows they had not seen."));
    all_or_none(out, m, l, bad);
    point_out(out, tr(l, "In doubt, test: contact a random sample, leave a random group alone, and "
                         "compare."));
    point_out(out, tr(l, "To try again: more rows, or columns that say more and are known before "
                         "the contact (purchases, visits, opened messages)."));
}

static const char *band_name(verdict_kind band, propense_language l)
{
    switch (band) {
    case VERDICT_WEAK:
        return tr(l, "weak");
    case VERDICT_FAIR:
        return tr(l, "fair");
    case VERDICT_GOOD:
        return tr(l, "good");
    default:
        return tr(l, "very strong");
    }
}

/* The interval may reach into other bands than the area's. */
static void bands(text *out, const auc_interval *a, propense_language l, int *bad)
{
    verdict_kind low = verdict_band(a->low), high = verdict_band(a->high);
    if (low == high) return;
    text t = { 0 };
    text_f(&t, tr(l, "By its interval this ranking may be anything from %s to %s."),
           band_name(low, l), band_name(high, l));
    *bad |= t.bad;
    if (t.p) point_out(out, t.p);
    text_free(&t);
}

static void better_advice(text *out, const model *m, propense_language l, int *bad)
{
    const card *c = &m->card;
    ranking_meaning(out, m, l, bad);
    bands(out, &c->auc, l, bad);
    if (c->verdict == VERDICT_STRONG)
        point_out(out, tr(l, "So high an area mostly comes from a column that is known only after "
                             "the outcome (a call's length, a result code). Leave such columns out "
                             "with --drop and train again; if there are none, all the better."));
    else if (c->verdict == VERDICT_WEAK)
        point_out(out, tr(l, "Good for leaving out the least likely customers when not all can be "
                             "contacted; not for judging a single one."));
    else
        point_out(out, tr(l, "Contact from the top of the list down, as far as the budget reaches "
                             "or a contact still pays."));
    if (c->test.true_positive + c->test.false_positive == 0)
        point_out(out, tr(l, "Nobody passes 0.5, so the report below calls nobody a converter. Use "
                             "the order of the list, not that threshold."));
    point_out(out, tr(l, "Leave a random group without contact: only that shows what the campaign "
                         "itself brings."));
}

static void caution(text *out, const model *m, propense_language l)
{
    if (m->card.out_of_fold) {
        paragraph(out, "", 0,
                  str_of(tr(l, "Each figure is that of a single network on rows it had not seen; "
                               "the model averages all of them and is a little better. --test_size "
                               "0.2 holds rows back from all of them.")));
        return;
    }
    if (m->n_members) {
        paragraph(out, "", 0,
                  str_of(tr(l, "The networks watched their epochs on training rows that they had "
                               "left out; the test part was kept for these figures. Another split "
                               "gives other figures.")));
        return;
    }
    if (m->card.learning.n_watched > 0) {
        paragraph(
            out, "", 0,
            str_of(tr(l, "The epochs were watched on rows of the training part; the test part "
                         "was kept for these figures. Another split gives other figures.")));
        return;
    }
    paragraph(out, "", 0,
              str_of(tr(l, "The epochs were watched on this same test part: settings chosen by "
                           "these figures look better than they are. Another split gives other "
                           "figures.")));
}

static void not_judged(text *out, const model *m, propense_language l)
{
    if (is_untrained(m))
        point_out(out, tr(l, "Train it on a campaign's data with: propense train DATA.csv"));
    else if (m->is_foreign)
        point_out(out, tr(l, "Score customers whose answer is known and compare, before a campaign "
                             "rests on it."));
    else if (m->card.n_test == 0)
        point_out(out, tr(l, "Every row was used for training. Train once more with --test_size "
                             "0.2 to see what such a model is worth before a campaign rests on "
                             "it."));
    else
        point_out(out, tr(l, "All rows of the test part have the same answer, so no ranking can be "
                             "judged on them. Hold out more rows (--test_size 0.3) or keep the "
                             "shares equal (--stratify)."));
}

/* The words of the two classes for the report; "one against the rest" has no negative word. */
static str negative_word(const schema *s, propense_language l)
{
    return s->negative.n ? s->negative : str_of(tr(l, "others"));
}

static void judged(text *out, const model *m, propense_language l, int *bad)
{
    judged_on(out, m, l, bad);
    area(out, m, l, bad);
    accuracy(out, m, l, bad);
    text_z(out, "\n");
    paragraph(out, "", 0, str_of(tr(l, "What it means for the campaign")));
    if (verdict_sign(m->card.verdict) > 0)
        better_advice(out, m, l, bad);
    else
        chance_advice(out, m, l, bad);
    text_z(out, "\n");
    console_balance(out, m, l);
    classification_text(out, &m->card.test, negative_word(&m->schema, l), m->schema.positive, l);
    text_z(out, "\n");
    caution(out, m, l);
}

void console_verdict(text *out, const model *m, propense_language language)
{
    int64_t from = out->n;
    int bad = 0;
    text_f(out, tr(language, "VERDICT: %s"), console_headline(m, language));
    text_z(out, "\n\n");
    if (is_untrained(m) || m->card.verdict == VERDICT_NONE)
        not_judged(out, m, language);
    else
        judged(out, m, language, &bad);
    if (bad) out->bad = 1;
    quiet_controls(out, from);
}
