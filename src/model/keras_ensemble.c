/* Writes and reads the ensemble of a `.keras` file.
 * Leaves JSON and HDF5 to their modules and propense.json to card_json*.c.
 * Read keras_ensemble.h first. */
#include "keras_ensemble.h"

#include <math.h>

#include "hdf5.h"
#include "json.h"
#include "keras_layers.h"

/* ---- config.json */

static const char beginning[] =
    "{\"module\":\"keras.src.models.functional\",\"class_name\":\"Functional\",";

int keras_ensemble_is(str config)
{
    int64_t n = (int64_t)sizeof beginning - 1;
    return config.n > n && memcmp(config.p, beginning, (size_t)n) == 0;
}

/* "member_1_dense": unique in the model; Keras takes weights' paths from classes, not from this. */
static void layer_name(text *out, int32_t member, int32_t number)
{
    text_f(out, "member_%d_layer_%d", (int)member + 1, (int)number + 1);
}

static void name_of(json_writer *w, const char *key, int32_t member, int32_t number)
{
    text t = { 0 };
    if (number < 0)
        text_z(&t, "encoded_columns");
    else
        layer_name(&t, member, number);
    json_str(w, key, text_view(&t));
    w->out->bad |= t.bad;
    text_free(&t);
}

static void open_layer(json_writer *w, const char *class_name)
{
    json_open(w, NULL, '{');
    json_str(w, "module", STR("keras.layers"));
    json_str(w, "class_name", str_of(class_name));
    json_open(w, "config", '{');
}

/* ["name", 0, 0]: the first result of a layer's first call. */
static void history_of(json_writer *w, const char *key, int32_t member, int32_t number)
{
    json_open(w, key, '[');
    name_of(w, NULL, member, number);
    json_int(w, NULL, 0);
    json_int(w, NULL, 0);
    json_close(w, ']');
}

/* What a layer is fed: the result of layer `number` of a member, -1 the input. */
static void tensor_of(json_writer *w, const model *m, int32_t member, int32_t number)
{
    json_open(w, NULL, '{');
    json_str(w, "class_name", STR("__keras_tensor__"));
    json_open(w, "config", '{');
    json_open(w, "shape", '[');
    json_null(w, NULL);
    json_int(w, NULL, number < 0 ? m->network.n_inputs : m->network.layers[number].n_out);
    json_close(w, ']');
    json_str(w, "dtype", STR("float32"));
    history_of(w, "keras_history", member, number);
    json_close(w, '}');
    json_close(w, '}');
}

static void open_call(json_writer *w)
{
    json_open(w, "inbound_nodes", '[');
    json_open(w, NULL, '{');
    json_open(w, "args", '[');
}
static void close_call(json_writer *w)
{
    json_close(w, ']');
    json_open(w, "kwargs", '{');
    json_close(w, '}');
    json_close(w, '}');
    json_close(w, ']');
    json_close(w, '}');
}

static void write_input(json_writer *w, const model *m)
{
    open_layer(w, "InputLayer");
    json_open(w, "batch_shape", '[');
    json_null(w, NULL);
    json_int(w, NULL, m->network.n_inputs);
    json_close(w, ']');
    json_str(w, "dtype", STR("float32"));
    name_of(w, "name", 0, -1);
    json_close(w, '}');
    name_of(w, "name", 0, -1);
    json_open(w, "inbound_nodes", '[');
    json_close(w, ']');
    json_close(w, '}');
}

static void write_layer(json_writer *w, const model *m, int32_t member, int32_t number)
{
    const layer *l = &m->network.layers[number];
    int is_dropout = l->spec.kind == LAYER_DROPOUT;
    open_layer(w, is_dropout ? "Dropout" : "Dense");
    name_of(w, "name", member, number);
    if (is_dropout) {
        json_float(w, "rate", l->spec.rate);
    } else {
        json_int(w, "units", l->n_out);
        json_str(w, "activation", str_of(keras_activation_word(l->spec.act)));
    }
    json_close(w, '}');
    name_of(w, "name", member, number);
    open_call(w);
    tensor_of(w, m, member, number - 1);
    close_call(w);
}

static void write_average(json_writer *w, const model *m)
{
    open_layer(w, "Average");
    json_str(w, "name", STR("probability"));
    json_close(w, '}');
    json_str(w, "name", STR("probability"));
    open_call(w);
    json_open(w, NULL, '[');
    for (int32_t i = 0; i < m->n_members; i++) tensor_of(w, m, i, m->network.n_layers - 1);
    json_close(w, ']');
    close_call(w);
}

static void write_end(json_writer *w, const char *key, const char *name)
{
    json_open(w, key, '[');
    json_open(w, NULL, '[');
    json_str(w, NULL, str_of(name));
    json_int(w, NULL, 0);
    json_int(w, NULL, 0);
    json_close(w, ']');
    json_close(w, ']');
}

status keras_ensemble_config(text *out, const model *m, propense_error *err)
{
    json_writer w = { .out = out };
    json_open(&w, NULL, '{');
    json_str(&w, "module", STR("keras.src.models.functional"));
    json_str(&w, "class_name", STR("Functional"));
    json_open(&w, "config", '{');
    json_str(&w, "name", STR("propense"));
    json_bool(&w, "trainable", 1);
    json_open(&w, "layers", '[');
    write_input(&w, m);
    for (int32_t l = 0; l < m->network.n_layers; l++)
        for (int32_t i = 0; i < m->n_members; i++) write_layer(&w, m, i, l);
    write_average(&w, m);
    json_close(&w, ']');
    write_end(&w, "input_layers", "encoded_columns");
    write_end(&w, "output_layers", "probability");
    json_close(&w, '}');
    json_close(&w, '}');
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}

/* ---- model.weights.h5: Keras counts the layers of a class in the order of the graph, depth by
 * depth and member by member within one. */

static void weight_path(text *path, const model *m, int32_t member, int32_t number, int which)
{
    int32_t before = 0;
    for (int32_t l = 0; l < number; l++)
        before += m->network.layers[l].spec.kind != LAYER_DROPOUT ? m->n_members : 0;
    path->n = 0;
    text_z(path, "layers/dense");
    if (before + member) text_f(path, "_%d", (int)(before + member));
    text_f(path, "/vars/%d", which);
}

/* Groups with their zeros: out is [n_in][n_out], all zero. */
static void spread_groups(float *out, const layer *l, const float *w)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    for (int32_t g = 0; g < l->spec.n_groups; g++)
        for (int64_t i = at[g]; i < at[g + 1]; i++)
            memcpy(out + i * l->n_out + (int64_t)g * units, w + i * units,
                   (size_t)units * sizeof *out);
}

static int add_layer(h5_writer *h5, text *path, const model *m, int32_t member, int32_t number,
                     arena *tmp)
{
    const layer *l = &m->network.layers[number];
    const float *params = m->params + member * m->network.n_params, *kernel = params + l->kernel;
    int64_t shape[2] = { l->n_in, l->n_out }, units = l->n_out;
    if (l->spec.kind == LAYER_GROUPS) {
        float *wide = TAKE(tmp, float, (int64_t)l->n_in * l->n_out);
        if (!wide) return 0;
        spread_groups(wide, l, kernel);
        kernel = wide;
    }
    weight_path(path, m, member, number, 0);
    if (path->bad || !h5_dataset(h5, path->p, H5_FLOAT32, 2, shape, kernel)) return 0;
    weight_path(path, m, member, number, 1);
    return !path->bad && h5_dataset(h5, path->p, H5_FLOAT32, 1, &units, params + l->bias);
}

/* Layers without weights have a group all the same. */
static int add_empty(h5_writer *h5, const model *m)
{
    text path = { 0 };
    int32_t n = 0, done = 1;
    for (int32_t l = 0; l < m->network.n_layers; l++)
        for (int32_t i = 0; i < m->n_members && done; i++) {
            if (m->network.layers[l].spec.kind != LAYER_DROPOUT) continue;
            path.n = 0;
            text_z(&path, "layers/dropout");
            if (n) text_f(&path, "_%d", (int)n);
            text_z(&path, "/vars");
            n++;
            done = !path.bad && h5_group(h5, path.p);
        }
    text_free(&path);
    return done && h5_group(h5, "layers/input_layer/vars") && h5_group(h5, "layers/average/vars") &&
           h5_group(h5, "vars");
}

status keras_ensemble_weights(text *out, const model *m, propense_error *err)
{
    arena tmp = { 0 };
    text path = { 0 };
    h5_writer *h5 = h5_new(&tmp);
    int good = h5 && add_empty(h5, m);
    for (int32_t l = 0; good && l < m->network.n_layers; l++)
        for (int32_t i = 0; good && i < m->n_members; i++)
            if (m->network.layers[l].kernel >= 0) good = add_layer(h5, &path, m, i, l, &tmp);
    if (good) h5_write(out, h5);
    text_free(&path);
    arena_free(&tmp);
    return good && !out->bad ? PROPENSE_OK : fail_memory(err);
}

/* ---- Reading */

typedef struct reader {
    model *m;
    h5_file file;
    text path;
    propense_error *err;
} reader;

static status wrong(const reader *r)
{
    return fail(r->err, PROPENSE_E_FORMAT,
                "%s: the weights '%s' are missing or not those of the model in propense.json",
                r->file.name, r->path.p ? r->path.p : "");
}

/* An array of that shape, all finite, into `into`. */
static status read_array(reader *r, int rank, int64_t rows, int64_t cols, float *into)
{
    h5_object o;
    int found;
    if (r->path.bad) return fail_memory(r->err);
    TRY(h5_find(&r->file, r->path.p, &o, &found, r->err));
    int fits = found && !o.is_group && o.type == H5_FLOAT32 && o.rank == rank && o.dims[0] == rows;
    if (!fits || (rank == 2 && o.dims[1] != cols)) return wrong(r);
    h5_floats(&o, into);
    for (int64_t i = 0; i < o.count; i++)
        if (!isfinite(into[i])) return wrong(r);
    return PROPENSE_OK;
}

/* The blocks out of `wide`, which is to be zero everywhere else. */
static int gather_groups(float *w, const layer *l, const float *wide)
{
    const int32_t *at = l->spec.group_at, units = l->spec.units;
    for (int32_t g = 0; g < l->spec.n_groups; g++)
        for (int64_t i = at[g]; i < at[g + 1]; i++)
            for (int64_t j = 0; j < l->n_out; j++) {
                float x = wide[i * l->n_out + j];
                if (j / units == g)
                    w[i * units + j % units] = x;
                else if (x != 0)
                    return 0;
            }
    return 1;
}

static status read_layer(reader *r, int32_t member, int32_t number, float *wide)
{
    const model *m = r->m;
    const layer *l = &m->network.layers[number];
    float *params = m->params + member * m->network.n_params, *kernel = params + l->kernel;
    int is_groups = l->spec.kind == LAYER_GROUPS;
    weight_path(&r->path, m, member, number, 0);
    TRY(read_array(r, 2, l->n_in, l->n_out, is_groups ? wide : kernel));
    if (is_groups && !gather_groups(kernel, l, wide)) return wrong(r);
    weight_path(&r->path, m, member, number, 1);
    return read_array(r, 1, l->n_out, 1, params + l->bias);
}

static status read_all(reader *r, str h5, const char *name, arena *tmp)
{
    model *m = r->m;
    const network *net = &m->network;
    int64_t widest = 0;
    for (int32_t l = 0; l < net->n_layers; l++) {
        int64_t floats = (int64_t)net->layers[l].n_in * net->layers[l].n_out;
        if (net->layers[l].kernel >= 0 && floats > h5.n / 4 / m->n_members)
            return fail(r->err, PROPENSE_E_FORMAT,
                        "%s: propense.json describes more weights than the weights file holds",
                        name);
        if (floats > widest) widest = floats;
    }
    TRY(h5_open(&r->file, h5, name, r->err));
    float *wide = TAKE(tmp, float, widest);
    m->params = TAKE_WIDE(&m->mem, float, m->n_members * net->n_params);
    if (!wide || !m->params) return fail_memory(r->err);
    for (int32_t l = 0; l < net->n_layers; l++)
        for (int32_t i = 0; i < m->n_members; i++)
            if (net->layers[l].kernel >= 0) TRY(read_layer(r, i, l, wide));
    return PROPENSE_OK;
}

status keras_ensemble_read(model *m, str config, str h5, const char *name, propense_error *err)
{
    text expected = { 0 };
    arena tmp = { 0 };
    reader r = { .m = m, .err = err };
    status s = keras_ensemble_config(&expected, m, err);
    if (s == PROPENSE_OK && !str_eq(config, text_view(&expected)))
        s = fail(err, PROPENSE_E_FORMAT,
                 "%s: config.json is not of the model that propense.json describes", name);
    if (s == PROPENSE_OK) s = read_all(&r, h5, name, &tmp);
    text_free(&expected);
    text_free(&r.path);
    arena_free(&tmp);
    return s;
}
