/* Balanced training beside the customers as they are: the figures in one table, and why they
 * differ. Leaves the figures to model/natural.c. Read console_balance.h first. */
#include "console_balance.h"

#include <math.h>

#include "balance.h"
#include "console_text.h"
#include "words.h"

enum { name_width = 54 };

static void number(text *out, double x, int decimals, int64_t width, propense_language l)
{
    text_pad(out, str_of(isnan(x) ? "" : show_fixed(x, decimals, l).p), -width);
}

static void line(text *out, const char *name, balanced_figures f, propense_language l)
{
    text_z(out, "  ");
    text_pad(out, str_of(name), name_width);
    number(out, f.accuracy, 2, 9, l);
    number(out, f.loss, 3, 10, l);
    number(out, f.ece, 3, 8, l);
    while (out->n && out->p[out->n - 1] == ' ') out->p[--out->n] = '\0';
    text_char(out, '\n');
}

static void heading(text *out, propense_language l)
{
    text_repeat(out, ' ', 2 + name_width);
    text_pad(out, str_of(tr(l, "accuracy")), -9);
    text_pad(out, str_of(tr(l, "log-loss")), -10);
    text_pad(out, str_of(tr(l, "ECE")), -8);
    text_char(out, '\n');
}

static void why(text *out, const balancing *b, propense_language l)
{
    text t = { 0 };
    text_f(
        &t,
        tr(l,
           "The network learned from rows of which half convert; of your customers %s%% do. "
           "Accuracy on balanced rows therefore answers another question than accuracy on "
           "them, and taken as they are its probabilities are too high. The way back is one number "
           "added to the logit: the ranking stays, and the model's probabilities hold for "
           "customers as they are."),
        show_percent(b->n_positive, b->n_rows, l).p);
    if (b->is_calibrated)
        text_z(&t, tr(l, " Rows of the training part as they are, scored by networks that had not "
                         "seen them, showed that a map does better than that number: it is used "
                         "instead."));
    if (b->kind == BALANCE_FIRST && b->is_skewed)
        text_f(&t,
               tr(l, " The rows without a conversion were the first of a file that is not in "
                     "random order (kept and dropped ones are told apart with ROC AUC %s): no "
                     "number brings that back."),
               show_fixed(b->told_apart, 2, l).p);
    if (t.bad)
        out->bad = 1;
    else
        paragraph(out, "", 0, text_view(&t));
    text_free(&t);
}

static balanced_figures only(double accuracy)
{
    return (balanced_figures){ accuracy, (double)NAN, (double)NAN };
}

/* Files of before know nothing of the correction alone: it was all there was. */
static void customers(text *out, const balancing *b, propense_language l)
{
    line(out, tr(l, "customers as they are, the network uncorrected"), b->raw, l);
    if (b->is_calibrated && !isnan(b->shifted.accuracy))
        line(out, tr(l, "customers as they are, brought back by the prior"), b->shifted, l);
    line(out,
         b->is_calibrated ? tr(l, "customers as they are, this model: calibrated on them")
                          : tr(l, "customers as they are, this model"),
         b->corrected, l);
}

void console_balance(text *out, const model *m, propense_language l)
{
    const balancing *b = &m->card.balancing;
    if (!b->kind || !b->n_held) return;
    paragraph(out, "", 0, str_of(tr(l, "Balanced training, and the customers as they are")));
    heading(out, l);
    line(out, tr(l, "balanced test rows, as published figures are"), only(b->balanced_accuracy), l);
    customers(out, b, l);
    line(out, tr(l, "the more frequent answer for everybody"), only(b->always_accuracy), l);
    line(out, tr(l, "the same network, trained on all rows"), b->all, l);
    why(out, b, l);
    text_char(out, '\n');
}
