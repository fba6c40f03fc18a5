/* Reads model.weights.h5 of a `.keras` file into the network's block of parameters.
 * Leaves HDF5 to hdf5.h and writing to keras_weights.c. Read keras_layers.h first. */
#include "keras_file.h"

#include <math.h>

#include "hdf5.h"
#include "keras_layers.h"

typedef struct reader {
    const network *net;
    h5_file file;
    text path; /* of the array or group being read */
    propense_error *err;
    const char *layers; /* the group of the layers */
} reader;

static status find(const reader *r, h5_object *o, int *found)
{
    if (r->path.bad) return fail_memory(r->err);
    return h5_find(&r->file, r->path.p, o, found, r->err);
}

static int count_one(void *user, str name, const h5_object *o)
{
    (void)name;
    *(int64_t *)user += !o->is_group;
    return 0;
}

/* Arrays in the group at r->path, 0 when there is no such group. */
static status count_arrays(const reader *r, int64_t *n)
{
    h5_object group;
    int found;
    *n = 0;
    TRY(find(r, &group, &found));
    return found ? h5_each(&r->file, &group, count_one, n, r->err) : PROPENSE_OK;
}

static int has_shape(const h5_object *o, int rank, const int64_t *dims)
{
    if (o->is_group || o->rank != rank) return 0;
    for (int i = 0; i < rank; i++)
        if (o->dims[i] != dims[i]) return 0;
    return 1;
}

static void add_shape(text *t, int rank, const int64_t *dims)
{
    text_char(t, '(');
    for (int i = 0; i < rank; i++) text_f(t, "%s%lld", i ? ", " : "", (long long)dims[i]);
    text_char(t, ')');
}

static status wrong_shape(const reader *r, const h5_object *o, int rank, const int64_t *dims)
{
    text met = { 0 }, expected = { 0 };
    add_shape(&met, o->rank, o->dims);
    add_shape(&expected, rank, dims);
    status s = met.bad || expected.bad
                   ? fail_memory(r->err)
                   : fail(r->err, PROPENSE_E_FORMAT,
                          "%s: the weights '%s' have the shape %s, where config.json expects %s",
                          r->file.name, r->path.p, met.p, expected.p);
    text_free(&met);
    text_free(&expected);
    return s;
}

static status missing(const reader *r)
{
    return fail(r->err, PROPENSE_E_FORMAT, "%s: the weights '%s' are missing", r->file.name,
                r->path.p);
}

/* ---- The layers */

static status read_array(const reader *r, const layer *l, const weight_row *row, float *params)
{
    h5_object o;
    int found;
    int64_t dims[2];
    int rank = keras_weight_dims(l, row, dims);
    TRY(find(r, &o, &found));
    if (!found || o.is_group) return missing(r);
    if (!has_shape(&o, rank, dims)) return wrong_shape(r, &o, rank, dims);
    float *into = params + keras_weight_offset(l, row);
    h5_floats(&o, into);
    for (int64_t i = 0; i < o.count; i++)
        if (!isfinite(into[i]))
            return fail(r->err, PROPENSE_E_FORMAT,
                        "%s: the weights '%s' hold a value that is not a finite number",
                        r->file.name, r->path.p);
    return PROPENSE_OK;
}

static void set_path(reader *r, int32_t number)
{
    r->path.n = 0;
    text_f(&r->path, "%s/", r->layers);
    keras_layer_name(&r->path, r->net, number);
    text_z(&r->path, "/vars");
}

static status read_layer(reader *r, int32_t number, float *params)
{
    const layer *l = &r->net->layers[number];
    const weight_row *row = keras_layer_of(l->spec.kind)->weights;
    int64_t n_met, n = 0;
    while (row[n].name && keras_weight_is_stored(l, &row[n])) n++;
    if (n == 0) return PROPENSE_OK;
    set_path(r, number);
    TRY(count_arrays(r, &n_met));
    if (n_met == 0) return missing(r);
    if (n_met != n)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: '%s' holds %lld arrays of weights, expected %lld", r->file.name, r->path.p,
                    (long long)n_met, (long long)n);
    for (int i = 0; i < n; i++) {
        set_path(r, number);
        text_f(&r->path, "/%d", i);
        TRY(read_array(r, l, &row[i], params));
    }
    return PROPENSE_OK;
}

/* ---- The optimiser */

static status find_slot(reader *r, int64_t number, h5_object *o, int *found)
{
    r->path.n = 0;
    text_f(&r->path, "optimizer/vars/%lld", (long long)number);
    return find(r, o, found);
}

static status read_iteration(reader *r, adam_state *optimiser)
{
    h5_object o;
    int found;
    int64_t iteration;
    TRY(find_slot(r, 0, &o, &found));
    if (!found || !h5_as_int(&o, &iteration)) return PROPENSE_OK;
    if (iteration < 0)
        return fail(r->err, PROPENSE_E_FORMAT, "%s: the optimiser's step count is negative",
                    r->file.name);
    optimiser->iteration = iteration;
    return PROPENSE_OK;
}

static status read_learning_rate(reader *r, adam_state *optimiser)
{
    h5_object o;
    int found;
    float rate = 0;
    TRY(find_slot(r, 1, &o, &found));
    if (!found || o.is_group || o.count != 1) return PROPENSE_OK;
    h5_floats(&o, &rate);
    if (isfinite(rate) && rate > 0) optimiser->learning_rate = keras_shortest(rate);
    return PROPENSE_OK;
}

/* One moment of one array; *fits 0 when the shapes are those of another optimiser. */
static status read_slot(reader *r, int64_t number, const layer *l, const weight_row *row,
                        float *block, int *fits)
{
    h5_object o;
    int found;
    int64_t dims[2];
    int rank = keras_weight_dims(l, row, dims);
    TRY(find_slot(r, number, &o, &found));
    *fits = found && has_shape(&o, rank, dims);
    if (*fits) h5_floats(&o, block + keras_weight_offset(l, row));
    return PROPENSE_OK;
}

static status read_moments(reader *r, int64_t from, float *m, float *v, int *fits)
{
    *fits = 1;
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
            if (!keras_weight_is_stored(l, row)) continue;
            TRY(read_slot(r, from++, l, row, m, fits));
            if (*fits) TRY(read_slot(r, from++, l, row, v, fits));
            if (!*fits) return PROPENSE_OK;
        }
    }
    return PROPENSE_OK;
}

static int64_t count_trainables(const network *net)
{
    int64_t n = 0;
    for (int32_t i = 0; i < net->n_layers; i++)
        for (const weight_row *row = keras_layer_of(net->layers[i].spec.kind)->weights; row->name;
             row++)
            n += keras_weight_is_stored(&net->layers[i], row);
    return n;
}

/* Keras: iteration, learning rate, moments; tf_keras and learning rate schedules leave out the
 * rate. Another number of arrays is another optimiser. */
static status read_optimiser(reader *r, adam_state *optimiser, arena *mem)
{
    int64_t n, n_moments = 2 * count_trainables(r->net);
    int fits = 0;
    r->path.n = 0;
    text_z(&r->path, "optimizer/vars");
    TRY(count_arrays(r, &n));
    TRY(read_iteration(r, optimiser));
    if (n != 1 + n_moments) TRY(read_learning_rate(r, optimiser));
    if (n != 1 + n_moments && n != 2 + n_moments) return PROPENSE_OK;
    float *m = TAKE_WIDE(mem, float, r->net->n_params);
    float *v = TAKE_WIDE(mem, float, r->net->n_params);
    if (!m || !v) return fail_memory(r->err);
    TRY(read_moments(r, n - n_moments, m, v, &fits));
    if (fits) {
        optimiser->m = m;
        optimiser->v = v;
    }
    return PROPENSE_OK;
}

/* The earliest files of this kind (TensorFlow 2.12) have another word for the group. */
static status find_layers(reader *r)
{
    static const char early[] = "_layer_checkpoint_dependencies";
    h5_object o;
    int found;
    r->layers = "layers";
    r->path.n = 0;
    text_z(&r->path, early);
    TRY(find(r, &o, &found));
    if (found) r->layers = early;
    return PROPENSE_OK;
}

status keras_weights_check(const network *net, str h5, const char *name, propense_error *err)
{
    if (net->n_trainable <= h5.n / (int64_t)sizeof(float)) return PROPENSE_OK;
    return fail(err, PROPENSE_E_FORMAT,
                "%s: config.json describes %lld weights, more than the weights file holds", name,
                (long long)net->n_trainable);
}

status keras_weights_read(const network *net, str h5, float *params, adam_state *optimiser,
                          const char *name, arena *mem, propense_error *err)
{
    reader r = { .net = net, .err = err };
    status s = keras_weights_check(net, h5, name, err);
    if (s == PROPENSE_OK) s = h5_open(&r.file, h5, name, err);
    if (s == PROPENSE_OK) s = find_layers(&r);
    for (int32_t i = 0; i < net->n_layers && s == PROPENSE_OK; i++) s = read_layer(&r, i, params);
    if (s == PROPENSE_OK) s = read_optimiser(&r, optimiser, mem);
    text_free(&r.path);
    return s;
}
