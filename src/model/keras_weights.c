/* Writes model.weights.h5 of a `.keras` file: each layer's arrays and the optimiser's, under the
 * paths that Keras derives from the classes of the layers.
 * Leaves HDF5 to hdf5.h and reading to keras_weights_read.c. Read keras_layers.h first. */
#include "keras_file.h"

#include "keras_h5.h"
#include "keras_layers.h"

typedef struct writer {
    const network *net;
    h5_writer *h5;
    text path;
    int bad;
    int32_t n_slots; /* arrays of the optimiser so far */
    float *learning_rate, *u_product;
    arena *mem;
} writer;

static void add_array(writer *w, h5_type type, int rank, const int64_t *dims, const void *data)
{
    if (w->path.bad || !h5_dataset(w->h5, w->path.p, type, rank, dims, data)) w->bad = 1;
    w->path.n = 0;
}

static void add_group(writer *w)
{
    if (w->path.bad || !h5_group(w->h5, w->path.p)) w->bad = 1;
    w->path.n = 0;
}

/* A path's array: of `block` (parameters or moments), or zeros without one. */
static void add_weights(writer *w, const layer *l, const weight_row *row, const float *block)
{
    int64_t dims[2];
    int rank = keras_weight_dims(l, row, dims);
    const float *data =
        block ? keras_array(l, row, block, w->mem) : TAKE(w->mem, float, dims[0] * dims[1]);
    if (!data)
        w->bad = 1;
    else
        add_array(w, H5_FLOAT32, rank, dims, data);
}

static void add_layer(writer *w, int32_t number, const float *params)
{
    const layer *l = &w->net->layers[number];
    int stored = 0;
    text_z(&w->path, "layers/");
    keras_layer_name(&w->path, w->net, number);
    text_z(&w->path, "/vars");
    add_group(w);
    for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
        if (!keras_weight_is_stored(l, row)) continue;
        text_z(&w->path, "layers/");
        keras_layer_name(&w->path, w->net, number);
        text_f(&w->path, "/vars/%d", stored++);
        add_weights(w, l, row, params);
    }
}

static void next_slot(writer *w)
{
    text_f(&w->path, "optimizer/vars/%d", (int)w->n_slots++);
}

/* For each trainable array that of each block, in turn. */
static void add_slots(writer *w, const float *const *blocks, int n_blocks)
{
    for (int32_t i = 0; i < w->net->n_layers; i++) {
        const layer *l = &w->net->layers[i];
        for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
            if (row->is_fixed || !keras_weight_is_stored(l, row)) continue;
            for (int k = 0; k < n_blocks; k++) {
                next_slot(w);
                add_weights(w, l, row, blocks[k]);
            }
        }
    }
}

/* Keras' order, as fit.h has it by optimiser. */
static void add_optimiser(writer *w, const optimiser_state *o)
{
    const optimiser_settings *s = &o->settings;
    const float *blocks[2] = { o->m, o->v };
    next_slot(w);
    add_array(w, H5_INT64, 0, NULL, &o->iteration);
    next_slot(w);
    add_array(w, H5_FLOAT32, 0, NULL, w->learning_rate);
    if (s->kind == OPTIMISER_RMSPROP) add_slots(w, blocks + 1, 1);
    if (s->kind == OPTIMISER_RMSPROP || s->kind == OPTIMISER_SGD) {
        if (optimiser_uses_m(s)) add_slots(w, blocks, 1);
    } else {
        add_slots(w, blocks, 2);
    }
    if (s->kind != OPTIMISER_NADAM) return;
    next_slot(w);
    add_array(w, H5_FLOAT32, 0, NULL, w->u_product);
}

static void add_all(writer *w, const float *params, const optimiser_state *optimiser)
{
    for (int32_t i = 0; i < w->net->n_layers; i++) add_layer(w, i, params);
    if (optimiser) add_optimiser(w, optimiser);
    text_z(&w->path, "vars"); /* Keras before 3.4 looks for the model's own variables */
    add_group(w);
}

status keras_weights_add(h5_writer *h5, const network *net, const float *params,
                         const optimiser_state *optimiser, arena *mem, propense_error *err)
{
    writer w = { .net = net, .h5 = h5, .mem = mem };
    float *scalars = TAKE(mem, float, 2); /* they live until h5_write */
    if (!scalars) return fail_memory(err);
    w.learning_rate = &scalars[0];
    w.u_product = &scalars[1];
    *w.u_product = optimiser && optimiser->u_product > 0 ? (float)optimiser->u_product : 1;
    if (optimiser) *w.learning_rate = (float)optimiser->learning_rate;
    add_all(&w, params, optimiser);
    text_free(&w.path);
    return w.bad ? fail_memory(err) : PROPENSE_OK;
}

status keras_weights_write(text *out, const network *net, const float *params,
                           const adam_state *optimiser, propense_error *err)
{
    arena tmp = { 0 };
    h5_writer *h5 = h5_new(&tmp);
    status s = h5 ? keras_weights_add(h5, net, params, optimiser, &tmp, err) : fail_memory(err);
    if (s == PROPENSE_OK) h5_write(out, h5);
    arena_free(&tmp);
    return s == PROPENSE_OK && out->bad ? fail_memory(err) : s;
}
