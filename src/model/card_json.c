/* propense.json, writing: schema, encoder and card of a model. card_json_read.c is its mirror.
 * Keys and words are fixed English, never translated. Read bundle.h first. */
#include "bundle.h"
#include "calibrator_json.h"
#include "card_words.h"
#include "balancing_json.h"
#include "learning_json.h"
#include "json.h"
#include "rich_json.h"

static void write_column(json_writer *w, const schema_column *c)
{
    json_open(w, NULL, '{');
    json_str(w, "name", c->name);
    json_str(w, "role", str_of(card_role_words[c->role]));
    json_str(w, "type", str_of(card_type_words[c->type]));
    json_int(w, "why", c->why);
    json_int(w, "missing", c->n_missing);
    json_int(w, "distinct", c->n_distinct);
    if (c->low == c->low) json_number(w, "low", c->low);
    if (c->high == c->high) json_number(w, "high", c->high);
    json_close(w, '}');
}

static void write_schema(json_writer *w, const schema *s)
{
    json_open(w, "schema", '{');
    json_int(w, "target", s->target);
    json_int(w, "id", s->id);
    json_str(w, "positive", s->positive);
    json_str(w, "negative", s->negative);
    json_bool(w, "target_is_number", s->target_is_number);
    json_int(w, "rows", s->n_rows);
    json_int(w, "positive_rows", s->n_positive);
    json_int(w, "rows_without_target", s->n_no_target);
    json_open(w, "columns", '[');
    for (int32_t i = 0; i < s->n_columns; i++) write_column(w, &s->columns[i]);
    json_close(w, ']');
    json_close(w, '}');
}

static void write_encoder_column(json_writer *w, const encoder_column *c)
{
    json_open(w, NULL, '{');
    json_int(w, "column", c->schema_column);
    if (c->is_number) {
        json_number(w, "mean", c->mean);
        json_number(w, "scale", c->scale);
        if (c->rich) rich_json_write(w, c->rich);
    } else {
        json_open(w, "levels", '[');
        for (int32_t i = 0; i < c->n_levels; i++) json_str(w, NULL, c->level[i]);
        json_close(w, ']');
        json_bool(w, "other", c->other_input >= 0);
        json_bool(w, "missing", c->missing_input >= 0);
    }
    json_close(w, '}');
}

static void write_encoder(json_writer *w, const encoder *e)
{
    json_open(w, "encoder", '{');
    json_int(w, "inputs", e->n_inputs);
    json_open(w, "columns", '[');
    for (int32_t i = 0; i < e->n_columns; i++) write_encoder_column(w, &e->columns[i]);
    json_close(w, ']');
    json_close(w, '}');
}

/* What the encoder does not say of an ensemble's network. */
static void write_ensemble(json_writer *w, const model *m)
{
    const layer *l = m->network.layers;
    json_open(w, "ensemble", '{');
    json_int(w, "members", m->n_members);
    json_int(w, "units", l[0].spec.units);
    json_int(w, "hidden", l[1].spec.units);
    json_float(w, "dropout", l[2].spec.rate);
    json_int(w, "best_epoch", m->card.history.best_epoch);
    json_number(w, "gain", m->gain);
    json_number(w, "gain_error", m->gain_error);
    json_bool(w, "levelled", m->levelled);
    json_close(w, '}');
}

static void write_training(json_writer *w, const card *c)
{
    json_open(w, "training", '{');
    json_int(w, "rows", c->n_rows);
    json_int(w, "train_rows", c->n_train);
    json_int(w, "test_rows", c->n_test);
    json_int(w, "train_positive", c->n_positive_train);
    json_int(w, "test_positive", c->n_positive_test);
    json_number(w, "test_size", c->test_size);
    json_bool(w, "stratify", c->stratify);
    json_int(w, "split_seed", c->split_seed);
    json_int(w, "seed", c->seed);
    json_int(w, "epochs", c->epochs);
    json_int(w, "batch_size", c->batch_size);
    json_number(w, "learning_rate", c->learning_rate);
    json_open(w, "options", '{');
    for (int32_t i = 0; i < c->n_options; i++)
        json_str(w, c->options[i].name.p, c->options[i].value);
    json_close(w, '}');
    json_close(w, '}');
}

static void write_metrics(json_writer *w, const card *c)
{
    json_open(w, "metrics", '{');
    json_str(w, "verdict", str_of(card_verdict_words[c->verdict]));
    if (c->out_of_fold) json_bool(w, "out_of_fold", 1);
    if (card_n_judged(c) > 0) {
        json_int(w, "true_negative", c->test.true_negative);
        json_int(w, "false_positive", c->test.false_positive);
        json_int(w, "false_negative", c->test.false_negative);
        json_int(w, "true_positive", c->test.true_positive);
        json_number(w, "loss", c->test_loss);
        json_number(w, "roc_auc", c->auc.auc);
        json_number(w, "roc_auc_variance", c->auc.variance);
        json_number(w, "roc_auc_low", c->auc.low);
        json_number(w, "roc_auc_high", c->auc.high);
    }
    json_close(w, '}');
}

static void write_series(json_writer *w, const history *h, int series)
{
    json_open(w, card_series_words[series], '[');
    for (int32_t i = 0; i < h->n_epochs; i++)
        json_number(w, NULL, *card_series(&h->epochs[i], series));
    json_close(w, ']');
}

static void write_alarms(json_writer *w, const alarms *a)
{
    json_open(w, "alarms", '[');
    for (int32_t i = 0; i < a->n; i++) {
        const data_alarm *one = &a->items[i];
        json_open(w, NULL, '{');
        json_str(w, "kind", str_of(card_alarm_words[one->kind]));
        if (one->column >= 0) json_int(w, "column", one->column);
        json_close(w, '}');
    }
    json_close(w, ']');
}

status card_json_write(text *out, const model *m, propense_error *err)
{
    json_writer w = { .out = out, .indent = 1 };
    json_open(&w, NULL, '{');
    json_int(&w, "format", m->n_members ? card_format : card_format_single);
    json_str(&w, "propense", m->card.version);
    if (m->card.date.n) json_str(&w, "date", m->card.date);
    json_str(&w, "data_fingerprint", m->card.fingerprint);
    write_schema(&w, &m->schema);
    write_encoder(&w, &m->encoder);
    if (m->n_members) write_ensemble(&w, m);
    write_training(&w, &m->card);
    write_alarms(&w, &m->card.alarms);
    write_metrics(&w, &m->card);
    calibrator_json_write(&w, &m->calibrator);
    learning_json_write(&w, &m->card);
    balancing_json_write(&w, &m->card.balancing);
    json_open(&w, "history", '{');
    for (int i = 0; i < card_n_series; i++) write_series(&w, &m->card.history, i);
    json_close(&w, '}');
    json_close(&w, '}');
    text_char(out, '\n');
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}
