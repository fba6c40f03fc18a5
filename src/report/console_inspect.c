/* All that a model file holds, as text: network, columns with reasons, encoder, training, figures.
 * Leaves the verdict's advice to console_verdict.c and JSON to inspect_json.c.
 * Read console.h first. */
#include "console.h"
#include "console_calibration.h"

#include <math.h>

#include "console_text.h"
#include "network_words.h"
#include "words.h"

static void heading(text *out, const char *words)
{
    text_f(out, "\n%s\n", words);
}

/* A line "  name   words", wrapped behind the name. */
static void entry(text *out, str name, int width, text *words)
{
    text label = { 0 };
    text_z(&label, "  ");
    text_pad(&label, name, width);
    text_z(&label, "  ");
    out->bad |= label.bad | words->bad;
    if (!out->bad) paragraph(out, label.p, width + 4, text_view(words));
    text_free(&label);
    text_free(words);
}

/* ---- Network */

enum { name_width = network_name_width };

/* What of it a Keras file tells: its class, its steps. */
static void foreign_optimiser(text *t, const model *m, propense_language l)
{
    if (!m->optimiser_name.n)
        text_z(t, m->no_steps ? tr(l, "the file has none") : tr(l, "of unknown kind"));
    else
        text_f(t, "%.*s", STR_ARG(m->optimiser_name));
    if (!m->no_steps)
        text_f(t, tr(l, ", %s steps done"), show_count(m->optimiser.iteration, l).p);
    else if (m->optimiser_name.n)
        text_f(t, ", %s", tr(l, "without its state"));
}

static void optimiser_line(text *out, const model *m, propense_language l)
{
    const adam_state *a = &m->optimiser;
    text t = { 0 };
    if (m->is_foreign) {
        foreign_optimiser(&t, m, l);
    } else {
        text_f(&t, tr(l, "%s, %s steps done, learning rate %s, "),
               optimiser_class(a->settings.kind), show_count(a->iteration, l).p,
               show_number(a->learning_rate, l).p);
        text_z(&t, a->m && a->v ? tr(l, "with its state, so that training can go on")
                                : tr(l, "without its state"));
    }
    entry(out, str_of(tr(l, "optimiser")), name_width, &t);
}

/* What the eight of them are together. */
static void ensemble_lines(text *out, const model *m, propense_language l)
{
    int64_t n = m->n_members * m->network.n_trainable;
    const history *h = &m->card.history;
    text all = { 0 }, run = { 0 };
    text_f(&all,
           tr(l, "%d such networks side by side, their probabilities averaged: %s inputs, %s "
                 "parameters (%s KB)"),
           (int)m->n_members, show_count(m->network.n_inputs, l).p, show_count(n, l).p,
           show_fixed((double)n * 4 / 1024, 1, l).p);
    entry(out, str_of(tr(l, "in all")), name_width, &all);
    text_f(&run,
           tr(l, "AdamW; each left out its own share of the rows; all kept as they were after "
                 "epoch %d of %d, when they scored those best"),
           (int)h->best_epoch, (int)h->n_epochs);
    entry(out, str_of(tr(l, "training")), name_width, &run);
    text gain = { 0 }, level = { 0 };
    text_f(&gain, tr(l, "log-loss %s below that of the base rate, standard error %s"),
           show_fixed(m->gain, 4, l).p, show_fixed(m->gain_error, 4, l).p);
    entry(out, str_of(tr(l, "gain")), name_width, &gain);
    if (!m->levelled) return;
    text_z(&level, tr(l, "to the share of converters: no better than it on rows not seen"));
    entry(out, str_of(tr(l, "levelled")), name_width, &level);
}

static void network_part(text *out, const model *m, propense_language l)
{
    const int32_t *silent = m->card.learning.silent;
    if (m->card.learning.n_layers != m->network.n_layers) silent = NULL;
    heading(out, tr(l, "Network"));
    network_table(out, &m->network, silent, l);
    if (m->n_members) {
        ensemble_lines(out, m, l);
        return;
    }
    text t = { 0 };
    text_f(&t, tr(l, "%s inputs, %s parameters, all trainable (%s KB)"),
           show_count(m->network.n_inputs, l).p, show_count(m->network.n_trainable, l).p,
           show_fixed((double)m->network.n_trainable * 4 / 1024, 1, l).p);
    if (m->network.n_fixed)
        text_f(&t, tr(l, ", and %s moving averages"), show_count(m->network.n_fixed, l).p);
    entry(out, str_of(tr(l, "in all")), name_width, &t);
    optimiser_line(out, m, l);
    if (silent) silent_advice(out, &m->network, silent, l);
}

/* ---- Columns and inputs */

/* Width for the names of a list, within reason. */
static int widest(int width, str name)
{
    int64_t columns = str_columns(name);
    return columns > width ? (int)(columns < 30 ? columns : 30) : width;
}

static void columns_part(text *out, const schema *s, propense_language l)
{
    int width = 4;
    heading(out, tr(l, "Columns of the training file"));
    schema_print(out, s, l);
    heading(out, tr(l, "Why each column is what it is"));
    for (int32_t i = 0; i < s->n_columns; i++) width = widest(width, s->columns[i].name);
    for (int32_t i = 0; i < s->n_columns; i++) {
        text t = { 0 };
        schema_why(&t, s, i, l);
        entry(out, s->columns[i].name, width, &t);
    }
}

static void level_list(text *t, const encoder_column *c, propense_language l)
{
    text_z(t, tr(l, "one input for each of: "));
    for (int32_t i = 0; i < c->n_levels; i++) {
        if (i) text_z(t, ", ");
        text_str(t, c->level[i]);
    }
    if (c->other_input >= 0) text_f(t, ", %s", tr(l, "(other)"));
    if (c->missing_input >= 0) text_f(t, ", %s", tr(l, "(missing)"));
}

/* The parts of a number's group. */
static void rich_parts(text *t, const rich_number *r, propense_language l)
{
    text_z(t, tr(l, "; its rank"));
    if (r->n_bins)
        text_f(t, tr(l, "; %d steps from %s to %s"), (int)r->n_bins, show_number(r->edge[0], l).p,
               show_number(r->edge[r->n_bins], l).p);
    if (r->says_missing) text_z(t, tr(l, "; whether it is missing"));
}

static void encoder_part(text *out, const encoder *e, propense_language l)
{
    int width = 4;
    heading(out, tr(l, "Inputs of the network"));
    for (int32_t i = 0; i < e->n_columns; i++) width = widest(width, e->columns[i].name);
    for (int32_t i = 0; i < e->n_columns; i++) {
        const encoder_column *c = &e->columns[i];
        text t = { 0 };
        text_f(&t, "%d", (int)c->first_input + 1);
        if (c->n_inputs > 1) text_f(&t, "-%d", (int)(c->first_input + c->n_inputs));
        text_z(&t, ": ");
        if (c->is_number)
            text_f(&t, tr(l, "less its mean %s, divided by %s"), show_number(c->mean, l).p,
                   show_number(c->scale, l).p);
        else
            level_list(&t, c, l);
        if (c->rich) rich_parts(&t, c->rich, l);
        entry(out, c->name, width, &t);
    }
}

/* ---- Training and figures */

enum { fact_width = 16 };

static void training_facts(text *out, const model *m, propense_language l)
{
    const card *c = &m->card;
    text rows = { 0 }, split = { 0 }, run = { 0 };
    text_f(&rows, tr(l, "%s: %s for training (%s converted), %s for the test (%s converted)"),
           show_count(c->n_rows, l).p, show_count(c->n_train, l).p,
           show_count(c->n_positive_train, l).p, show_count(c->n_test, l).p,
           show_count(c->n_positive_test, l).p);
    entry(out, str_of(tr(l, "rows")), fact_width, &rows);
    text_f(&split,
           c->stratify ? tr(l, "test share %s, stratified, seed %lld")
                       : tr(l, "test share %s, seed %lld"),
           show_number(c->test_size, l).p, (long long)c->split_seed);
    entry(out, str_of(tr(l, "split")), fact_width, &split);
    text_f(&run, tr(l, "%d epochs of batches of %d rows, learning rate %s, seed %lld"),
           (int)c->epochs, (int)c->batch_size, show_number(c->learning_rate, l).p,
           (long long)c->seed);
    entry(out, str_of(tr(l, "run")), fact_width, &run);
}

static void training_part(text *out, const model *m, propense_language l)
{
    const card *c = &m->card;
    heading(out, tr(l, "Training"));
    training_facts(out, m, l);
    if (c->n_options) {
        text given = { 0 };
        for (int32_t i = 0; i < c->n_options; i++)
            text_f(&given, "%s--%.*s %.*s", i ? " " : "", STR_ARG(c->options[i].name),
                   STR_ARG(c->options[i].value));
        entry(out, str_of(tr(l, "options given")), fact_width, &given);
    }
    text print = { 0 };
    text_str(&print, c->fingerprint);
    entry(out, str_of(tr(l, "data fingerprint")), fact_width, &print);
}

static void alarms_part(text *out, const model *m, propense_language l)
{
    const alarms *a = &m->card.alarms;
    int width = 4;
    if (a->n < 1) return;
    heading(out, tr(l, "Alarms of the training data"));
    for (int32_t i = 0; i < a->n; i++)
        if (a->items[i].column >= 0)
            width = widest(width, m->schema.columns[a->items[i].column].name);
    for (int32_t i = 0; i < a->n; i++) {
        const data_alarm *one = &a->items[i];
        text t = { 0 };
        text_z(&t, alarm_words(one->kind, l));
        entry(out, one->column >= 0 ? m->schema.columns[one->column].name : str_of(tr(l, "rows")),
              width, &t);
    }
}

static void cell(text *out, double value, int decimals, propense_language l)
{
    text_z(out, "  ");
    text_pad(out, isnan(value) ? STR("-") : str_of(show_fixed(value, decimals, l).p), -10);
}

/* About twenty of the epochs, the last one always. */
static void history_part(text *out, const history *h, const model *m, propense_language l)
{
    static const char *const titles[] = { "loss",     "accuracy", "AUC",
                                          "val_loss", "val_acc",  "val_AUC" };
    int32_t step = h->n_epochs > 24 ? (h->n_epochs + 19) / 20 : 1;
    heading(out, m->n_members ? tr(l, "Epochs (val: each row by the network that left it out)")
                 : m->card.learning.n_watched > 0
                     ? tr(l, "Epochs (val: rows of the training part, kept to be watched)")
                     : tr(l, "Epochs (val: the test part)"));
    text_z(out, "  ");
    text_pad(out, str_of(tr(l, "epoch")), -6);
    for (int i = 0; i < 6; i++) {
        text_z(out, "  ");
        text_pad(out, str_of(titles[i]), -10);
    }
    text_char(out, '\n');
    for (int32_t i = 0; i < h->n_epochs; i++) {
        const epoch_figures *e = &h->epochs[i];
        if (i % step && i + 1 < h->n_epochs) continue;
        text_f(out, "  %6d", (int)i + 1);
        const double figures[] = { e->loss,     e->accuracy,     e->auc,
                                   e->val_loss, e->val_accuracy, e->val_auc };
        for (int k = 0; k < 6; k++) cell(out, figures[k], 4, l);
        text_char(out, '\n');
    }
}

static void figures_part(text *out, const model *m, propense_language l)
{
    const card *c = &m->card;
    heading(out, c->out_of_fold
                     ? tr(l, "Figures on all rows, each by a network that did not learn from it")
                     : tr(l, "Figures on the test part"));
    text auc = { 0 }, loss = { 0 };
    text_f(&auc, tr(l, "%s, 95%% interval %s to %s, standard error %s"),
           show_fixed(c->auc.auc, 4, l).p, show_fixed(c->auc.low, 4, l).p,
           show_fixed(c->auc.high, 4, l).p, show_fixed(sqrt(c->auc.variance), 4, l).p);
    entry(out, STR("ROC AUC"), fact_width, &auc);
    text_z(&loss, show_fixed(c->test_loss, 4, l).p);
    entry(out, str_of(tr(l, "cross-entropy")), fact_width, &loss);
    text_char(out, '\n');
    str negative = m->schema.negative.n ? m->schema.negative : str_of(tr(l, "others"));
    classification_text(out, &c->test, negative, m->schema.positive, l);
}

/* What the columns mean stands in propense.json alone. */
static void foreign_part(text *out, const model *m, propense_language l)
{
    text t = { 0 };
    heading(out, tr(l, "Inputs of the network"));
    text_f(&t,
           tr(l,
              "%s numbers, encoded as in its training. Which columns they are, the file does not "
              "say: propense score gives it all numeric columns of a file in file order, an id "
              "left out, and these have to be as many."),
           show_count(m->network.n_inputs, l).p);
    out->bad |= t.bad;
    if (t.p) paragraph(out, "  ", 2, text_view(&t));
    text_free(&t);
}

void console_inspect(text *out, const model *m, propense_language language)
{
    const card *c = &m->card;
    int64_t from = out->n;
    if (m->is_foreign)
        text_z(out, tr(language, "Keras model without propense.json"));
    else
        text_f(out, tr(language, "Model of propense %.*s"), STR_ARG(c->version));
    if (c->date.n) text_f(out, ", %.*s", STR_ARG(c->date));
    text_char(out, '\n');
    text_z(out, console_headline(m, language));
    text_char(out, '\n');
    network_part(out, m, language);
    if (m->is_foreign) {
        foreign_part(out, m, language);
        quiet_controls(out, from);
        return;
    }
    columns_part(out, &m->schema, language);
    encoder_part(out, &m->encoder, language);
    training_part(out, m, language);
    alarms_part(out, m, language);
    console_calibration(out, &m->calibrator, language);
    if (card_n_judged(c) > 0) figures_part(out, m, language);
    if (c->history.n_epochs > 0) history_part(out, &c->history, m, language);
    quiet_controls(out, from);
}
