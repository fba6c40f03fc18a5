/* Writes model.weights.h5 of a `.keras` file: each layer's arrays and the optimiser's, under the
 * paths that Keras derives from the classes of the layers.
 * Leaves HDF5 to hdf5.h and reading to keras_weights_read.c. Read keras_layers.h first. */
#include "keras_file.h"

#include "hdf5.h"
#include "keras_layers.h"

typedef struct writer {
    const network *net;
    h5_writer *h5;
    text path;
    int bad;
    int32_t n_slots; /* arrays of the optimiser so far */
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

static void add_layer(writer *w, int32_t number, const float *params)
{
    const layer *l = &w->net->layers[number];
    const weight_row *row = keras_layer_of(l->spec.kind)->weights;
    int64_t dims[2];
    text_z(&w->path, "layers/");
    keras_layer_name(&w->path, w->net, number);
    text_z(&w->path, "/vars");
    add_group(w);
    for (int i = 0; row[i].name; i++) {
        if (!keras_weight_is_stored(l, &row[i])) continue;
        text_z(&w->path, "layers/");
        keras_layer_name(&w->path, w->net, number);
        text_f(&w->path, "/vars/%d", i);
        int rank = keras_weight_dims(l, &row[i], dims);
        add_array(w, H5_FLOAT32, rank, dims, params + keras_weight_offset(l, &row[i]));
    }
}

static void add_slot(writer *w, h5_type type, int rank, const int64_t *dims, const void *data)
{
    text_f(&w->path, "optimizer/vars/%d", (int)w->n_slots++);
    add_array(w, type, rank, dims, data);
}

/* Keras' order: for each trainable array its m, then its v. `zeros` stands in for both. */
static void add_moments(writer *w, const adam_state *optimiser, const float *zeros)
{
    for (int32_t i = 0; i < w->net->n_layers; i++) {
        const layer *l = &w->net->layers[i];
        for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
            int64_t dims[2], at = keras_weight_offset(l, row);
            if (!keras_weight_is_stored(l, row)) continue;
            int rank = keras_weight_dims(l, row, dims);
            add_slot(w, H5_FLOAT32, rank, dims, zeros ? zeros : optimiser->m + at);
            add_slot(w, H5_FLOAT32, rank, dims, zeros ? zeros : optimiser->v + at);
        }
    }
}

static void add_all(writer *w, const float *params, const adam_state *optimiser,
                    const float *learning_rate, const float *zeros)
{
    for (int32_t i = 0; i < w->net->n_layers; i++) add_layer(w, i, params);
    if (optimiser) {
        add_slot(w, H5_INT64, 0, NULL, &optimiser->iteration);
        add_slot(w, H5_FLOAT32, 0, NULL, learning_rate);
        add_moments(w, optimiser, zeros);
    }
    text_z(&w->path, "vars"); /* Keras before 3.4 looks for the model's own variables */
    add_group(w);
}

status keras_weights_write(text *out, const network *net, const float *params,
                           const adam_state *optimiser, propense_error *err)
{
    arena tmp = { 0 };
    writer w = { .net = net, .h5 = h5_new(&tmp) };
    float learning_rate = optimiser ? (float)optimiser->learning_rate : 0, *zeros = NULL;
    int no_moments = optimiser && (!optimiser->m || !optimiser->v);
    if (no_moments) zeros = TAKE(&tmp, float, net->n_params);
    if (!w.h5 || (no_moments && !zeros))
        w.bad = 1;
    else
        add_all(&w, params, optimiser, &learning_rate, zeros);
    if (!w.bad) h5_write(out, w.h5);
    arena_free(&tmp);
    text_free(&w.path);
    return w.bad || out->bad ? fail_memory(err) : PROPENSE_OK;
}
