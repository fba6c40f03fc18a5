/* Reads config.json of a `.keras` file: the layers of a Sequential and the width of its input.
 * Minimal configs and the full ones of Keras 3.0-3.15 are one thing here: what bears on the
 * forward pass is read, everything else (initialisers, dtype objects, build configs) is passed
 * over. Leaves the layout of parameters to network_plan. Read keras_layers.h first. */
#include "keras_parts.h"

#include <math.h>

enum { width_limit = 1 << 20, layer_limit = 1000 };

typedef struct reader {
    const char *name; /* of the file */
    propense_error *err;
    int32_t n_inputs; /* 0 = not known yet */
    layer_spec *specs;
    int32_t n_specs;
} reader;

static str word_of(const json_value *v)
{
    str word = { "", 0 };
    (void)json_as_str(v, &word);
    return word;
}

/* ---- The width of the input: [null, n] */

static status read_width(reader *r, const json_value *shape)
{
    int64_t width = 0;
    if (r->n_inputs || json_is_null(shape)) return PROPENSE_OK;
    if (json_length(shape) != 2 || !json_as_int(json_at(shape, 1), &width) || width < 1 ||
        width > width_limit)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: config.json: the input has to be rows of 1 to %d numbers", r->name,
                    (int)width_limit);
    r->n_inputs = (int32_t)width;
    return PROPENSE_OK;
}

/* Where Keras and tf_keras keep it within a layer. */
static status read_layer_width(reader *r, const json_value *config)
{
    str type = word_of(json_get(config, "dtype"));
    if (str_eq(type, STR("string")))
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: config.json: the input is text; a network on numbers was expected",
                    r->name);
    TRY(read_width(r, json_get(config, "batch_shape")));
    return read_width(r, json_get(config, "batch_input_shape"));
}

/* ---- One layer */

static status bad_key(const reader *r, const char *key)
{
    return fail(r->err, PROPENSE_E_FORMAT, "%s: config.json: layer %d: '%s' is missing or wrong",
                r->name, (int)r->n_specs + 1, key);
}

/* A word; null is linear; full configs may wrap the word into an object. */
static status read_activation(activation *out, const reader *r, const json_value *v)
{
    text known = { 0 };
    str word = word_of(json_is_object(v) ? json_get(v, "config") : v);
    *out = ACT_LINEAR;
    if (json_is_null(v) || keras_activation_named(word, out)) return PROPENSE_OK;
    if (!word.n) return bad_key(r, "activation");
    keras_activation_list(&known);
    status s = known.bad ? fail_memory(r->err)
                         : fail(r->err, PROPENSE_E_FORMAT,
                                "%s: layer %d has the activation '%.*s', which is not supported; "
                                "supported are %s",
                                r->name, (int)r->n_specs + 1, STR_ARG(word), known.p);
    text_free(&known);
    return s;
}

/* A number that a float32 holds; full configs of Keras 3 may wrap it into an object. */
static status read_number(void *place, const reader *r, const config_key *k, const json_value *v)
{
    double x;
    if (json_is_object(v)) v = json_get(v, "value");
    if (!json_as_number(v, &x) || !(fabs(x) <= 1e30)) return bad_key(r, k->key);
    if (k->kind == CONFIG_SHARE && !(x >= 0 && x < 1)) return bad_key(r, k->key);
    if (k->kind == CONFIG_LIMIT && !(x > 0)) return bad_key(r, k->key);
    memcpy(place, &(float){ (float)x }, sizeof(float));
    return PROPENSE_OK;
}

/* What bears on training alone is passed over where it is not known. */
static void read_penalties(layer_spec *spec, const json_value *v)
{
    double x;
    const json_value *config = json_get(v, "config");
    if (json_as_number(json_get(config, "l1"), &x) && x >= 0 && x < 1e6) spec->l1 = (float)x;
    if (json_as_number(json_get(config, "l2"), &x) && x >= 0 && x < 1e6) spec->l2 = (float)x;
}

static void read_constraint(layer_spec *spec, const json_value *v)
{
    double x;
    str word = keras_word(v);
    int64_t axis = 0;
    const json_value *config = json_get(v, "config");
    (void)json_as_int(json_get(config, "axis"), &axis);
    if (axis == 0 && (str_eq(word, STR("MaxNorm")) || str_eq(word, STR("max_norm"))) &&
        json_as_number(json_get(config, "max_value"), &x) && x > 0 && x < 1e6)
        spec->max_norm = (float)x;
}

/* Absent, null, false, or what is meant without it: the last axis of a row of numbers. */
static status read_must(const reader *r, const config_key *k, const json_value *v)
{
    double x;
    int flag;
    const json_value *one = json_is_array(v) && json_length(v) == 1 ? json_at(v, 0) : v;
    if (json_is_null(v) || (json_as_bool(v, &flag) && !flag)) return PROPENSE_OK;
    if (json_is_array(v) && json_length(v) == 0) return PROPENSE_OK;
    if (k->initial < 0 && json_as_number(one, &x) && (x == (double)k->initial || x == 1))
        return PROPENSE_OK;
    return bad_key(r, k->key);
}

static status read_value(layer_spec *spec, const reader *r, const config_key *k,
                         const json_value *v)
{
    void *place = (char *)spec + k->place;
    int64_t whole;
    int flag;
    activation act;
    initialiser init;
    switch (k->kind) {
    case CONFIG_WIDTH:
        if (!json_as_int(v, &whole) || whole < 1 || whole > width_limit) return bad_key(r, k->key);
        memcpy(place, &(int32_t){ (int32_t)whole }, sizeof(int32_t));
        return PROPENSE_OK;
    case CONFIG_LIMIT:
        if (json_is_null(v)) return PROPENSE_OK;
        return read_number(place, r, k, v);
    case CONFIG_SHARE:
    case CONFIG_NUMBER:
        return read_number(place, r, k, v);
    case CONFIG_ABSENCE:
        if (!json_as_bool(v, &flag)) return bad_key(r, k->key);
        memcpy(place, &(int32_t){ !flag }, sizeof(int32_t));
        return PROPENSE_OK;
    case CONFIG_ACTIVATION:
        TRY(read_activation(&act, r, v));
        memcpy(place, &act, sizeof act);
        return PROPENSE_OK;
    case CONFIG_INITIALISER:
        if (keras_initialiser_named(keras_word(v), &init)) memcpy(place, &init, sizeof init);
        return PROPENSE_OK;
    case CONFIG_PENALTIES:
        read_penalties(spec, v);
        return PROPENSE_OK;
    case CONFIG_CONSTRAINT:
        read_constraint(spec, v);
        return PROPENSE_OK;
    case CONFIG_MUST:
        break;
    }
    return read_must(r, k, v);
}

static status read_key(layer_spec *spec, const reader *r, const config_key *k,
                       const json_value *config)
{
    const json_value *v = json_get(config, k->key);
    if (!v && k->before) v = json_get(config, k->before);
    if (v) return read_value(spec, r, k, v);
    if (!k->optional) return bad_key(r, k->key);
    if (k->kind == CONFIG_NUMBER) memcpy((char *)spec + k->place, &k->initial, sizeof k->initial);
    return PROPENSE_OK;
}

static status unknown_layer(const reader *r, str class_name)
{
    text known = { 0 };
    keras_layer_list(&known);
    status s = known.bad ? fail_memory(r->err)
                         : fail(r->err, PROPENSE_E_FORMAT,
                                "%s: layer %d is of the kind '%.*s', which is not supported; "
                                "supported are %s",
                                r->name, (int)r->n_specs + 1, STR_ARG(class_name), known.p);
    text_free(&known);
    return s;
}

static status read_layer(reader *r, const json_value *v)
{
    str class_name = word_of(json_get(v, "class_name"));
    const json_value *config = json_get(v, "config");
    const keras_layer *row = keras_layer_named(class_name);
    if (r->n_specs == 0) TRY(read_layer_width(r, config));
    if (r->n_specs == 0 && str_eq(class_name, STR("InputLayer"))) return PROPENSE_OK;
    if (!row) return unknown_layer(r, class_name);
    layer_spec spec = { .kind = row->kind };
    for (const config_key *k = row->keys; k->key; k++) TRY(read_key(&spec, r, k, config));
    r->specs[r->n_specs++] = spec;
    return PROPENSE_OK;
}

/* ---- The model */

static status read_sequential(reader *r, const json_value *root)
{
    str class_name = word_of(json_get(root, "class_name"));
    if (!class_name.n)
        return fail(r->err, PROPENSE_E_FORMAT, "%s: config.json does not describe a Keras model",
                    r->name);
    if (!str_eq(class_name, STR("Sequential")))
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: the model is of the kind '%.*s'; only Sequential models are read", r->name,
                    STR_ARG(class_name));
    const json_value *config = json_get(root, "config"), *item;
    /* Keras before 2.2.3 has the list itself for a config. */
    const json_value *all = json_is_array(config) ? config : json_get(config, "layers");
    int64_t state = 0;
    if (json_length(all) > layer_limit)
        return fail(r->err, PROPENSE_E_FORMAT, "%s: the model has more than %d layers", r->name,
                    (int)layer_limit);
    while ((item = json_next(all, &state, NULL))) TRY(read_layer(r, item));
    TRY(read_width(r, json_get(config, "build_input_shape")));
    return read_width(r, json_get(json_get(root, "build_config"), "input_shape"));
}

/* A Dense without activation and its sigmoid in a layer of its own are one thing here, and what
 * does nothing to a prediction may stand behind either. */
static void fold_head(reader *r)
{
    activation act = ACT_LINEAR;
    int32_t n = r->n_specs;
    for (; n > 0 && r->specs[n - 1].kind != LAYER_DENSE; n--) {
        const layer_spec *s = &r->specs[n - 1];
        activation of_layer = s->kind == LAYER_SOFTMAX ? ACT_SOFTMAX : s->act;
        int does_nothing = s->kind == LAYER_DROPOUT || s->kind == LAYER_GAUSSIAN_NOISE ||
                           (s->kind == LAYER_ACTIVATION && s->act == ACT_LINEAR);
        if (does_nothing) continue;
        if (act != ACT_LINEAR || (s->kind != LAYER_SOFTMAX && s->kind != LAYER_ACTIVATION)) return;
        act = of_layer;
    }
    layer_spec *head = n > 0 ? &r->specs[n - 1] : NULL;
    if (!head || (head->act != ACT_LINEAR && act != ACT_LINEAR)) return;
    if (act != ACT_LINEAR) head->act = act;
    r->n_specs = n;
}

static status check_ends(const reader *r)
{
    const layer_spec *last = r->n_specs ? &r->specs[r->n_specs - 1] : NULL;
    if (!r->n_inputs)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: config.json does not say how many inputs the model has", r->name);
    int is_head = last && last->kind == LAYER_DENSE &&
                  ((last->units == 1 && last->act == ACT_SIGMOID) ||
                   (last->units == 2 && last->act == ACT_SOFTMAX));
    if (!is_head)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: the last layer of the model has to be a Dense of 1 unit with sigmoid or "
                    "of 2 with softmax",
                    r->name);
    return PROPENSE_OK;
}

static status read_root(network *out, reader *r, const json_value *root, arena *mem)
{
    arena tmp = { 0 };
    r->specs = TAKE(&tmp, layer_spec, layer_limit);
    status s = r->specs ? read_sequential(r, root) : fail_memory(r->err);
    if (s == PROPENSE_OK) fold_head(r);
    if (s == PROPENSE_OK) s = check_ends(r);
    if (s == PROPENSE_OK) s = network_plan(out, r->n_inputs, r->specs, r->n_specs, mem, r->err);
    arena_free(&tmp);
    return s;
}

static status open_config(json_doc **doc, str json, const char *name, propense_error *err)
{
    text what = { 0 };
    text_f(&what, "%s: config.json", name);
    status s = what.bad ? fail_memory(err) : json_read(doc, json, what.p, err);
    text_free(&what);
    return s;
}

status keras_config_read(network *out, str json, const char *name, arena *mem, propense_error *err)
{
    reader r = { .name = name, .err = err };
    json_doc *doc = NULL;
    status s = open_config(&doc, json, name, err);
    if (s == PROPENSE_OK) s = read_root(out, &r, json_root(doc), mem);
    json_free(doc);
    return s;
}
