/* All that a model file holds, as JSON: propense.json, and behind its members what a program would
 * otherwise have to work out. Leaves propense.json itself to model/card_json.c.
 * Read console.h first; keys and words are fixed English. */
#include "bundle.h"
#include "console.h"
#include "json.h"
#include "keras_layers.h"
#include "network_words.h"

static void write_layer(json_writer *w, const layer *l)
{
    json_open(w, NULL, '{');
    json_str(w, "kind", str_of(layer_class(l)));
    json_int(w, "inputs", l->n_in);
    json_int(w, "units", l->n_out);
    if (l->spec.kind == LAYER_DROPOUT)
        json_number(w, "rate", (double)l->spec.rate);
    else
        json_str(w, "activation", str_of(keras_activation_word(l->spec.act)));
    if (l->spec.no_bias) json_bool(w, "use_bias", 0);
    json_int(w, "parameters", layer_numbers(l));
    json_close(w, '}');
}

static void write_network(json_writer *w, const model *m)
{
    json_open(w, "network", '{');
    json_int(w, "inputs", m->network.n_inputs);
    json_int(w, "parameters", (m->n_members ? m->n_members : 1) * m->network.n_trainable);
    json_open(w, "layers", '[');
    for (int32_t i = 0; i < m->network.n_layers; i++) write_layer(w, &m->network.layers[i]);
    json_close(w, ']');
    json_close(w, '}');
}

static void write_optimiser(json_writer *w, const model *m)
{
    const adam_state *a = &m->optimiser;
    json_open(w, "optimizer", '{');
    if (m->is_foreign && !m->optimiser_name.n)
        json_null(w, "name");
    else
        json_str(w, "name",
                 m->is_foreign  ? m->optimiser_name
                 : m->n_members ? STR("adamw")
                                : STR("adam"));
    if (m->no_steps)
        json_null(w, "steps");
    else
        json_int(w, "steps", a->iteration);
    if (!m->is_foreign || a->learning_rate > 0) json_number(w, "learning_rate", a->learning_rate);
    json_bool(w, "has_state", a->m && a->v);
    json_close(w, '}');
    model_training t = model_training_of(m);
    if (t == MODEL_TRAINED || t == MODEL_UNTRAINED)
        json_bool(w, "trained", t == MODEL_TRAINED);
    else
        json_null(w, "trained"); /* nobody can be sure */
}

/* A model without propense.json: the network alone. */
static void write_foreign(text *out, const model *m)
{
    json_writer w = { .out = out, .indent = 1 };
    json_open(&w, NULL, '{');
    json_null(&w, "propense");
    write_network(&w, m);
    write_optimiser(&w, m);
    json_str(&w, "headline", str_of(console_headline(m, PROPENSE_ENGLISH)));
    json_close(&w, '}');
    text_char(out, '\n');
}

static void write_names(json_writer *w, const model *m)
{
    json_open(w, "input_names", '[');
    for (int32_t i = 0; i < m->encoder.n_inputs; i++) {
        text name = { 0 };
        encoder_input_name(&name, &m->encoder, i);
        json_str(w, NULL, text_view(&name));
        w->out->bad |= name.bad;
        text_free(&name);
    }
    json_close(w, ']');
    json_open(w, "column_reasons", '[');
    for (int32_t i = 0; i < m->schema.n_columns; i++) {
        text why = { 0 };
        schema_why(&why, &m->schema, i, PROPENSE_ENGLISH);
        json_str(w, NULL, text_view(&why));
        w->out->bad |= why.bad;
        text_free(&why);
    }
    json_close(w, ']');
}

static void write_class(json_writer *w, const char *key, const class_figures *f)
{
    json_open(w, key, '{');
    json_number(w, "precision", f->precision);
    json_number(w, "recall", f->recall);
    json_number(w, "f1-score", f->f1);
    json_int(w, "support", f->support);
    json_close(w, '}');
}

static void write_report(json_writer *w, const card *c)
{
    if (card_n_judged(c) <= 0) return;
    classification r = classification_of(&c->test);
    json_open(w, "report", '{');
    write_class(w, "negative", &r.negative);
    write_class(w, "positive", &r.positive);
    json_number(w, "accuracy", r.accuracy);
    write_class(w, "macro avg", &r.macro);
    write_class(w, "weighted avg", &r.weighted);
    json_number(w, "least_roc_auc", verdict_least_area(c->auc.n_positive, c->auc.n_negative));
    json_close(w, '}');
}

/* Opens the object that was just written again: everything from its last brace on is cut. */
static json_writer reopen(text *out)
{
    while (out->n > 0 && out->p[out->n - 1] != '}') out->n--;
    if (out->n > 0) out->n--;
    while (out->n > 0 && out->p[out->n - 1] == '\n') out->n--;
    return (json_writer){ .out = out, .indent = 1, .depth = 1, .filled = 2 };
}

void console_inspect_json(text *out, const model *m)
{
    if (m->is_foreign) {
        write_foreign(out, m);
        return;
    }
    if (card_json_write(out, m, NULL) != PROPENSE_OK) {
        out->bad = 1;
        return;
    }
    json_writer w = reopen(out);
    write_network(&w, m);
    write_optimiser(&w, m);
    write_names(&w, m);
    write_report(&w, &m->card);
    json_str(&w, "headline", str_of(console_headline(m, PROPENSE_ENGLISH)));
    json_close(&w, '}');
    text_char(out, '\n');
}
