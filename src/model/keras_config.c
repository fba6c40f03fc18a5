/* Writes config.json of a `.keras` file, with as few keys as Keras needs: each further one is
 * unknown to some Keras between 3.0 and 3.15, which then refuses the file.
 * Leaves reading to keras_config_read.c and weights to keras_weights.c. Read keras_layers.h first.
 */
#include "keras_file.h"

#include "json.h"
#include "keras_layers.h"

/* {"module": ..., "class_name": ..., "config": { and two levels to close. */
static void open_object(json_writer *w, const char *key, const char *module, const char *class_name)
{
    json_open(w, key, '{');
    json_str(w, "module", str_of(module));
    json_str(w, "class_name", str_of(class_name));
    json_open(w, "config", '{');
}
static void close_object(json_writer *w)
{
    json_close(w, '}');
    json_close(w, '}');
}

static void write_input(json_writer *w, int32_t n_inputs)
{
    open_object(w, NULL, "keras.layers", "InputLayer");
    json_open(w, "batch_shape", '[');
    json_null(w, NULL);
    json_int(w, NULL, n_inputs);
    json_close(w, ']');
    json_str(w, "dtype", STR("float32"));
    json_str(w, "name", STR("input_layer"));
    close_object(w);
}

static void write_key(json_writer *w, const config_key *k, const layer_spec *spec)
{
    const void *place = (const char *)spec + k->place;
    int32_t integer;
    float real;
    activation act;
    switch (k->kind) {
    case CONFIG_INTEGER:
        memcpy(&integer, place, sizeof integer);
        json_int(w, k->key, integer);
        break;
    case CONFIG_NUMBER:
        memcpy(&real, place, sizeof real);
        json_float(w, k->key, real);
        break;
    case CONFIG_ACTIVATION:
        memcpy(&act, place, sizeof act);
        json_str(w, k->key, str_of(keras_activation_word(act)));
        break;
    case CONFIG_ABSENCE:
        memcpy(&integer, place, sizeof integer);
        if (integer) json_bool(w, k->key, 0);
        break;
    }
}

static void write_layer(json_writer *w, const network *net, int32_t number)
{
    const layer_spec *spec = &net->layers[number].spec;
    const keras_layer *row = keras_layer_of(spec->kind);
    text name = { 0 };
    keras_layer_name(&name, net, number);
    if (name.bad) w->out->bad = 1;
    open_object(w, NULL, "keras.layers", row->class_name);
    json_str(w, "name", text_view(&name));
    for (const config_key *k = row->keys; k->key; k++) write_key(w, k, spec);
    close_object(w);
    text_free(&name);
}

static void write_compile(json_writer *w, const adam_state *optimiser)
{
    json_open(w, "compile_config", '{');
    open_object(w, "optimizer", "keras.optimizers", "Adam");
    json_float(w, "learning_rate", (float)optimiser->learning_rate);
    close_object(w);
    json_str(w, "loss", STR("binary_crossentropy"));
    json_open(w, "metrics", '[');
    json_str(w, NULL, STR("accuracy"));
    open_object(w, NULL, "keras.metrics", "AUC");
    json_str(w, "name", STR("auc"));
    close_object(w);
    json_close(w, ']');
    json_close(w, '}');
}

status keras_config_write(text *out, const network *net, const adam_state *optimiser,
                          propense_error *err)
{
    json_writer w = { .out = out };
    open_object(&w, NULL, "keras", "Sequential");
    json_str(&w, "name", STR("propense"));
    json_open(&w, "layers", '[');
    write_input(&w, net->n_inputs);
    for (int32_t i = 0; i < net->n_layers; i++) write_layer(&w, net, i);
    json_close(&w, ']');
    json_close(&w, '}');
    if (optimiser) write_compile(&w, optimiser);
    json_close(&w, '}');
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}
