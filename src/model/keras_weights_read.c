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
    int64_t n_met, n = 0, at = 0;
    for (int i = 0; row[i].name; i++) n += keras_weight_is_stored(l, &row[i]);
    if (n == 0) return PROPENSE_OK;
    set_path(r, number);
    TRY(count_arrays(r, &n_met));
    if (n_met == 0) return missing(r);
    if (n_met != n)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: '%s' holds %lld arrays of weights, expected %lld", r->file.name, r->path.p,
                    (long long)n_met, (long long)n);
    for (; row->name; row++) {
        if (!keras_weight_is_stored(l, row)) continue;
        set_path(r, number);
        text_f(&r->path, "/%d", (int)at++);
        TRY(read_array(r, l, row, params));
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

/* Slots from *from on: for each trainable array that of each block, in turn. */
static status read_slots(reader *r, int64_t *from, float *const *blocks, int n_blocks, int *fits)
{
    for (int32_t i = 0; i < r->net->n_layers; i++) {
        const layer *l = &r->net->layers[i];
        for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
            if (row->is_fixed || !keras_weight_is_stored(l, row)) continue;
            for (int k = 0; k < n_blocks && *fits; k++)
                TRY(read_slot(r, (*from)++, l, row, blocks[k], fits));
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
            n += !row->is_fixed && keras_weight_is_stored(&net->layers[i], row);
    return n;
}

static status read_u_product(reader *r, int64_t number, optimiser_state *o)
{
    h5_object item;
    int found;
    float product = 0;
    TRY(find_slot(r, number, &item, &found));
    if (!found || item.is_group || item.count != 1) return PROPENSE_OK;
    h5_floats(&item, &product);
    if (product > 0 && product <= 1) o->u_product = (double)product;
    return PROPENSE_OK;
}

/* In the order that keras_weights.c writes. */
static status read_memory(reader *r, int64_t from, optimiser_state *o, float *m, float *v,
                          int *fits)
{
    const optimiser_settings *s = &o->settings;
    float *const blocks[2] = { m, v };
    *fits = 1;
    if (s->kind == OPTIMISER_RMSPROP) TRY(read_slots(r, &from, blocks + 1, 1, fits));
    if (s->kind != OPTIMISER_RMSPROP && s->kind != OPTIMISER_SGD)
        TRY(read_slots(r, &from, blocks, 2, fits));
    else if (optimiser_uses_m(s))
        TRY(read_slots(r, &from, blocks, 1, fits));
    return s->kind == OPTIMISER_NADAM ? read_u_product(r, from, o) : PROPENSE_OK;
}

/* Keras: iteration, learning rate, slots; tf_keras and learning rate schedules leave out the rate.
 * Another number of arrays is another optimiser. */
static status read_optimiser(reader *r, optimiser_state *o, arena *mem)
{
    const optimiser_settings *s = &o->settings;
    int per_array = optimiser_uses_m(s) + optimiser_uses_v(s);
    int64_t n, n_slots = per_array * count_trainables(r->net) + (s->kind == OPTIMISER_NADAM);
    int fits = 0;
    r->path.n = 0;
    text_z(&r->path, "optimizer/vars");
    TRY(count_arrays(r, &n));
    TRY(read_iteration(r, o));
    if (n != 1 + n_slots) TRY(read_learning_rate(r, o));
    if (!per_array || (n != 1 + n_slots && n != 2 + n_slots)) return PROPENSE_OK;
    float *m = TAKE_WIDE(mem, float, r->net->n_params);
    float *v = TAKE_WIDE(mem, float, r->net->n_params);
    if (!m || !v) return fail_memory(r->err);
    TRY(read_memory(r, n - n_slots, o, m, v, &fits));
    if (fits) {
        o->m = m;
        o->v = v;
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
    if (net->n_trainable + net->n_fixed <= h5.n / (int64_t)sizeof(float)) return PROPENSE_OK;
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
    if (s == PROPENSE_OK) keras_fill_absent(net, params);
    for (int32_t i = 0; i < net->n_layers && s == PROPENSE_OK; i++) s = read_layer(&r, i, params);
    if (s == PROPENSE_OK) s = read_optimiser(&r, optimiser, mem);
    text_free(&r.path);
    return s;
}
