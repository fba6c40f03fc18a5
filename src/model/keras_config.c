/* Writes the configs of a Keras model with as few keys as Keras needs: each further one is unknown
 * to some Keras between 3.0 and 3.15, which then refuses the file. `.keras` and `.h5` differ in
 * the wrapping of an object and in a few older keys.
 * Leaves reading to keras_config_read.c, optimiser and loss to keras_training.c, weights to
 * keras_weights.c. Read keras_layers.h first. */
#include "keras_parts.h"

/* ---- One object of Keras */

void keras_open(json_writer *w, const char *key, keras_dialect dialect, const char *module,
                const char *class_name)
{
    json_open(w, key, '{');
    if (dialect == KERAS_3) json_str(w, "module", str_of(module));
    json_str(w, "class_name", str_of(class_name));
    json_open(w, "config", '{');
}

void keras_close(json_writer *w)
{
    json_close(w, '}');
    json_close(w, '}');
}

static void write_input(json_writer *w, keras_dialect dialect, int32_t n_inputs)
{
    keras_open(w, NULL, dialect, "keras.layers", "InputLayer");
    json_open(w, dialect == KERAS_3 ? "batch_shape" : "batch_input_shape", '[');
    json_null(w, NULL);
    json_int(w, NULL, n_inputs);
    json_close(w, ']');
    json_str(w, "dtype", STR("float32"));
    json_str(w, "name", dialect == KERAS_3 ? STR("input_layer") : STR("input_1"));
    keras_close(w);
}

/* ---- A layer's keys */

static float float_at(const void *place)
{
    float x;
    memcpy(&x, place, sizeof x);
    return x;
}

static int32_t int_at(const void *place)
{
    int32_t x;
    memcpy(&x, place, sizeof x);
    return x;
}

static void write_penalties(json_writer *w, const char *key, keras_dialect dialect, float l1,
                            float l2)
{
    if (l1 <= 0 && l2 <= 0) return;
    const char *name = l1 > 0 && l2 > 0 ? "L1L2" : l1 > 0 ? "L1" : "L2";
    keras_open(w, key, dialect, "keras.regularizers", name);
    if (l1 > 0) json_float(w, "l1", l1);
    if (l2 > 0) json_float(w, "l2", l2);
    keras_close(w);
}

static void write_constraint(json_writer *w, const char *key, keras_dialect dialect, float limit)
{
    if (limit <= 0) return;
    keras_open(w, key, dialect, "keras.constraints", "MaxNorm");
    json_float(w, "max_value", limit);
    json_int(w, "axis", 0);
    keras_close(w);
}

static void write_key(json_writer *w, keras_dialect dialect, const config_key *k, const layer *l)
{
    const char *place = (const char *)&l->spec + k->place;
    const char *key = dialect == KERAS_H5 && k->before ? k->before : k->key;
    activation act;
    initialiser init;
    switch (k->kind) {
    case CONFIG_WIDTH:
        json_int(w, key, l->n_out);
        break;
    case CONFIG_SHARE:
    case CONFIG_NUMBER:
        json_float(w, key, float_at(place));
        break;
    case CONFIG_LIMIT:
        if (float_at(place) > 0) json_float(w, key, float_at(place));
        break;
    case CONFIG_ACTIVATION:
        memcpy(&act, place, sizeof act);
        json_str(w, key, str_of(keras_activation_word(act)));
        break;
    case CONFIG_ABSENCE:
        if (int_at(place)) json_bool(w, key, 0);
        break;
    case CONFIG_INITIALISER:
        memcpy(&init, place, sizeof init);
        if (init != INIT_GLOROT_UNIFORM) json_str(w, key, str_of(keras_initialiser_word(init)));
        break;
    case CONFIG_PENALTIES:
        write_penalties(w, key, dialect, l->spec.l1, l->spec.l2);
        break;
    case CONFIG_CONSTRAINT:
        write_constraint(w, key, dialect, float_at(place));
        break;
    case CONFIG_MUST:
        break;
    }
}

static void write_layer(json_writer *w, keras_dialect dialect, const network *net, int32_t number)
{
    const layer *l = &net->layers[number];
    const keras_layer *row = keras_layer_of(l->spec.kind);
    text name = { 0 };
    keras_layer_name(&name, net, number);
    if (name.bad) w->out->bad = 1;
    keras_open(w, NULL, dialect, "keras.layers", row->class_name);
    json_str(w, "name", text_view(&name));
    for (const config_key *k = row->keys; k->key; k++) write_key(w, dialect, k, l);
    keras_close(w);
    text_free(&name);
}

/* ---- The model */

static void write_layers(json_writer *w, keras_dialect dialect, const network *net)
{
    json_str(w, "name", STR("propense"));
    json_open(w, "layers", '[');
    write_input(w, dialect, net->n_inputs);
    for (int32_t i = 0; i < net->n_layers; i++) write_layer(w, dialect, net, i);
    json_close(w, ']');
}

status keras_config_write(text *out, const network *net, const keras_training *training,
                          propense_error *err)
{
    json_writer w = { .out = out };
    keras_open(&w, NULL, KERAS_3, "keras", "Sequential");
    write_layers(&w, KERAS_3, net);
    json_close(&w, '}');
    if (training->optimiser) keras_compile_write(&w, KERAS_3, net, training);
    json_close(&w, '}');
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}

status keras_config_write_h5(text *model, text *training_config, const network *net,
                             const keras_training *training, propense_error *err)
{
    json_writer w = { .out = model }, t = { .out = training_config };
    keras_open(&w, NULL, KERAS_H5, "keras", "Sequential");
    write_layers(&w, KERAS_H5, net);
    keras_close(&w);
    if (training->optimiser) keras_compile_write(&t, KERAS_H5, net, training);
    return model->bad || training_config->bad ? fail_memory(err) : PROPENSE_OK;
}
