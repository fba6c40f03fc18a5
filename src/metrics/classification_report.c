/* The report on two classes as a CSV and as text.
 * Leaves the figures to classification.c and digits to num.c.
 * Read classification.h first; layouts are pandas' to_csv and scikit-learn's report. */
#include "classification.h"

#include <math.h>

#include "num.h"
#include "words.h"

static int is_there(const confusion *c, int positive)
{
    int64_t rows = positive ? c->true_positive + c->false_negative + c->false_positive
                            : c->true_negative + c->false_positive + c->false_negative;
    return rows > 0;
}

/* ---- CSV */

/* Python's csv module quotes a field only when it must. */
static void csv_label(text *out, str label)
{
    int quote = 0;
    for (int64_t i = 0; i < label.n; i++)
        quote |= label.p[i] == ',' || label.p[i] == '"' || label.p[i] == '\n' || label.p[i] == '\r';
    if (quote) text_char(out, '"');
    for (int64_t i = 0; i < label.n; i++) {
        if (label.p[i] == '"') text_char(out, '"');
        text_char(out, label.p[i]);
    }
    if (quote) text_char(out, '"');
}

static void csv_row(text *out, str label, const double figures[4], double roc_auc)
{
    csv_label(out, label);
    for (int i = 0; i < 4; i++) {
        text_char(out, ',');
        text_repr(out, figures[i]);
    }
    text_char(out, ',');
    if (!isnan(roc_auc)) text_repr(out, roc_auc);
    text_char(out, '\n');
}

static void csv_class(text *out, str label, const class_figures *f, double roc_auc)
{
    csv_row(out, label, (double[4]){ f->precision, f->recall, f->f1, (double)f->support }, roc_auc);
}

void classification_csv(text *out, const confusion *c, str negative, str positive, double roc_auc)
{
    classification r = classification_of(c);
    const double none = (double)NAN, a = r.accuracy;
    text_z(out, ",precision,recall,f1-score,support,roc_auc\n");
    if (is_there(c, 0)) csv_class(out, negative, &r.negative, none);
    if (is_there(c, 1)) csv_class(out, positive, &r.positive, roc_auc);
    csv_row(out, STR("accuracy"), (double[4]){ a, a, a, a }, none);
    csv_class(out, STR("macro avg"), &r.macro, none);
    csv_class(out, STR("weighted avg"), &r.weighted, none);
}

/* ---- Text */

enum { figure_width = 9 };

typedef struct layout {
    text *out;
    int64_t label_width;
    int32_t language;
} layout;

static void put_label(const layout *l, str label)
{
    text_pad(l->out, label, -l->label_width);
    text_char(l->out, ' ');
}

static void put_word(const layout *l, str word)
{
    text_char(l->out, ' ');
    text_pad(l->out, word, -figure_width);
}

static void put_figure(const layout *l, double value)
{
    char digits[num_buffer];
    int64_t n = num_local(digits, value, 2, l->language);
    put_word(l, (str){ digits, n });
}

static void put_support(const layout *l, int64_t support)
{
    text_f(l->out, " %*lld\n", figure_width, (long long)support);
}

static void put_class(const layout *l, str label, const class_figures *f)
{
    put_label(l, label);
    put_figure(l, f->precision);
    put_figure(l, f->recall);
    put_figure(l, f->f1);
    put_support(l, f->support);
}

static void put_header(const layout *l)
{
    const char *const words[] = { N_("precision"), N_("recall"), N_("f1-score"), N_("support") };
    put_label(l, (str){ 0 });
    for (int i = 0; i < 4; i++) put_word(l, str_of(tr(l->language, words[i])));
    text_z(l->out, "\n\n");
}

static void put_accuracy(const layout *l, str label, const classification *r)
{
    put_label(l, label);
    put_word(l, (str){ 0 });
    put_word(l, (str){ 0 });
    put_figure(l, r->accuracy);
    put_support(l, r->macro.support);
}

void classification_text(text *out, const confusion *c, str negative, str positive,
                         int32_t language)
{
    classification r = classification_of(c);
    str accuracy = str_of(tr(language, "accuracy")), macro = str_of(tr(language, "macro avg"));
    str weighted = str_of(tr(language, "weighted avg"));
    layout l = { out, str_columns(weighted), language };
    const str labels[] = { negative, positive, accuracy, macro };
    for (int i = 0; i < 4; i++) {
        int64_t columns = str_columns(labels[i]);
        int used = i > 1 || is_there(c, i);
        if (used && columns > l.label_width) l.label_width = columns;
    }
    put_header(&l);
    if (is_there(c, 0)) put_class(&l, negative, &r.negative);
    if (is_there(c, 1)) put_class(&l, positive, &r.positive);
    text_char(out, '\n');
    put_accuracy(&l, accuracy, &r);
    put_class(&l, macro, &r.macro);
    put_class(&l, weighted, &r.weighted);
}
