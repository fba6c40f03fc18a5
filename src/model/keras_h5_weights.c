/* The weights of a whole-model .h5 file, both ways.
 * Leaves configs to keras_config*.c and the rest of the file to bundle_h5.c.
 * Read keras_h5.h first; the layout is Keras 2's, found in files from TensorFlow 2.0 to Keras 3. */
#include "keras_h5.h"

#include <math.h>

#include "keras_layers.h"

/* ---- Writing */

static int64_t count_stored(const layer *l)
{
    int64_t n = 0;
    for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++)
        n += keras_weight_is_stored(l, row);
    return n;
}

static int keep_text(str *out, text *t, arena *mem)
{
    *out = t->bad ? (str){ 0 } : str_keep(mem, text_view(t));
    text_free(t);
    return out->p != NULL;
}

/* One layer's group: its arrays under <layer>/<layer>/<weight>:0, named in weight_names. */
static int write_layer(h5_writer *w, const network *net, int32_t number, str layer_name,
                       const float *params, arena *mem)
{
    const layer *l = &net->layers[number];
    str *names = TAKE(mem, str, count_stored(l)), group, path;
    text t = { 0 };
    int64_t n = 0;
    text_f(&t, "model_weights/%s", layer_name.p);
    if (!names || !keep_text(&group, &t, mem)) return 0;
    for (const weight_row *row = keras_layer_of(l->spec.kind)->weights; row->name; row++) {
        int64_t dims[2];
        if (!keras_weight_is_stored(l, row)) continue;
        int rank = keras_weight_dims(l, row, dims);
        const float *data = keras_array(l, row, params, mem);
        text_f(&t, "%s/%s:0", layer_name.p, row->name);
        if (!data || !keep_text(&names[n], &t, mem)) return 0;
        text_f(&t, "%s/%s", group.p, names[n].p);
        if (!keep_text(&path, &t, mem)) return 0;
        if (!h5_dataset(w, path.p, H5_FLOAT32, rank, dims, data)) return 0;
        n++;
    }
    return h5_attributes(w, group.p, "weight_names", names, n);
}

status keras_h5_weights_write(h5_writer *w, const network *net, const float *params, arena *mem,
                              propense_error *err)
{
    str *names = TAKE(mem, str, net->n_layers);
    int64_t n = 0;
    int added = names && h5_attribute(w, "model_weights", "backend", STR("tensorflow")) &&
                h5_attribute(w, "model_weights", "keras_version", STR("2.15.0"));
    for (int32_t i = 0; i < net->n_layers && added; i++) {
        text t = { 0 };
        if (!count_stored(&net->layers[i])) continue;
        keras_layer_name(&t, net, i);
        added = keep_text(&names[n], &t, mem) && write_layer(w, net, i, names[n], params, mem);
        n++;
    }
    if (added) added = h5_attributes(w, "model_weights", "layer_names", names, n);
    return added ? PROPENSE_OK : fail_memory(err);
}

/* ---- Reading */

typedef struct reader {
    const network *net;
    const h5_file *f;
    float *params;
    text path;
    arena *tmp;
    propense_error *err;
} reader;

static status find(const reader *r, h5_object *o, int *found)
{
    if (r->path.bad) return fail_memory(r->err);
    return h5_find(r->f, r->path.p, o, found, r->err);
}

/* A list that is too long for one attribute goes on in name0, name1, ... */
static status split_names(h5_texts *out, const reader *r, const h5_object *o, const char *attribute)
{
    enum { most_parts = 64 };
    h5_texts parts[most_parts];
    int n = 0, found = 1;
    int64_t total = 0, at = 0;
    while (n < most_parts) {
        text name = { 0 };
        text_f(&name, "%s%d", attribute, n);
        status s = name.bad ? fail_memory(r->err)
                            : h5_texts_of(&parts[n], &found, r->f, o, name.p, r->tmp, r->err);
        text_free(&name);
        TRY(s);
        if (!found) break;
        total += parts[n++].n;
    }
    out->items = TAKE(r->tmp, str, total);
    if (!out->items) return fail_memory(r->err);
    for (int i = 0; i < n; i++)
        for (int64_t k = 0; k < parts[i].n; k++) out->items[at++] = parts[i].items[k];
    out->n = total;
    return PROPENSE_OK;
}

static status names_of(h5_texts *out, const reader *r, const h5_object *o, const char *attribute)
{
    int found;
    TRY(h5_texts_of(out, &found, r->f, o, attribute, r->tmp, r->err));
    return found ? PROPENSE_OK : split_names(out, r, o, attribute);
}

static status damaged(const reader *r, const char *what)
{
    return fail(r->err, PROPENSE_E_FORMAT, "%s: '%s' does not hold what config.json expects",
                r->f->name, what);
}

/* One array of the file into its place. */
static status read_array(const reader *r, const layer *l, const weight_row *row)
{
    h5_object o;
    int found;
    int64_t dims[2];
    int rank = keras_weight_dims(l, row, dims);
    TRY(find(r, &o, &found));
    if (!found || o.is_group)
        return fail(r->err, PROPENSE_E_FORMAT, "%s: the weights '%s' are missing", r->f->name,
                    r->path.p);
    if (o.rank != rank || o.dims[0] != dims[0] || (rank == 2 && o.dims[1] != dims[1]))
        return damaged(r, r->path.p);
    float *into = r->params + keras_weight_offset(l, row);
    h5_floats(&o, into);
    for (int64_t i = 0; i < o.count; i++)
        if (!isfinite(into[i]))
            return fail(r->err, PROPENSE_E_FORMAT,
                        "%s: the weights '%s' hold a value that is not a finite number", r->f->name,
                        r->path.p);
    return PROPENSE_OK;
}

static void set_path(reader *r, const char *group, str layer_name, str weight)
{
    r->path.n = 0;
    text_z(&r->path, group);
    if (*group) text_z(&r->path, "/");
    text_str(&r->path, layer_name);
    text_z(&r->path, "/");
    text_str(&r->path, weight);
}

static status read_layer(reader *r, const layer *l, const char *group, str layer_name,
                         const h5_texts *weights)
{
    const weight_row *row = keras_layer_of(l->spec.kind)->weights;
    if (weights->n != count_stored(l)) {
        set_path(r, group, layer_name, (str){ 0 });
        return r->path.bad ? fail_memory(r->err) : damaged(r, r->path.p);
    }
    for (int64_t k = 0; row->name; row++) {
        if (!keras_weight_is_stored(l, row)) continue;
        set_path(r, group, layer_name, weights->items[k++]);
        TRY(read_array(r, l, row));
    }
    return PROPENSE_OK;
}

/* The next layer of the network that has weights, from *at on; NULL: there is none. */
static const layer *next_layer(const network *net, int32_t *at)
{
    while (*at < net->n_layers) {
        const layer *l = &net->layers[(*at)++];
        if (count_stored(l)) return l;
    }
    return NULL;
}

static status read_layers(reader *r, const char *group, const h5_texts *layers)
{
    int32_t at = 0;
    for (int64_t i = 0; i < layers->n; i++) {
        h5_object o;
        h5_texts weights;
        int found;
        set_path(r, group, layers->items[i], (str){ 0 });
        TRY(find(r, &o, &found));
        if (!found || !o.is_group) continue;
        TRY(names_of(&weights, r, &o, "weight_names"));
        if (!weights.n) continue;
        const layer *l = next_layer(r->net, &at);
        if (!l) return damaged(r, r->path.p);
        TRY(read_layer(r, l, group, layers->items[i], &weights));
    }
    return next_layer(r->net, &at) ? damaged(r, group) : PROPENSE_OK;
}

static int ends_in(str s, const char *end)
{
    str e = str_of(end);
    return s.n >= e.n && str_eq((str){ s.p + s.n - e.n, e.n }, e);
}

/* "training/Adam/iter:0", "Adam/iter:0", "iteration:0", "adam/iteration": all count steps. */
static status read_steps(reader *r, int64_t *steps)
{
    h5_object o;
    h5_texts names;
    int found;
    r->path.n = 0;
    text_z(&r->path, "optimizer_weights");
    TRY(find(r, &o, &found));
    if (!found || !o.is_group) return PROPENSE_OK;
    TRY(names_of(&names, r, &o, "weight_names"));
    for (int64_t i = 0; i < names.n; i++) {
        str n = names.items[i];
        if (!ends_in(n, "iter:0") && !ends_in(n, "iteration:0") && !ends_in(n, "iteration"))
            continue;
        int64_t value;
        r->path.n = 0;
        text_z(&r->path, "optimizer_weights/");
        text_str(&r->path, n);
        TRY(find(r, &o, &found));
        if (found && h5_as_int(&o, &value) && value >= 0) *steps = value;
        return PROPENSE_OK;
    }
    return PROPENSE_OK;
}

static status read_all(reader *r, const char *group, int64_t *steps)
{
    h5_object o;
    h5_texts layers;
    int found;
    text_z(&r->path, group);
    TRY(find(r, &o, &found));
    if (!found || !o.is_group)
        return fail(r->err, PROPENSE_E_FORMAT, "%s: the weights '%s' are missing", r->f->name,
                    group);
    TRY(names_of(&layers, r, &o, "layer_names"));
    TRY(read_layers(r, group, &layers));
    return read_steps(r, steps);
}

status keras_h5_weights_read(const network *net, const h5_file *f, const char *group, float *params,
                             int64_t *steps, arena *tmp, propense_error *err)
{
    reader r = { .net = net, .f = f, .params = params, .tmp = tmp, .err = err };
    keras_fill_absent(net, params);
    status s = read_all(&r, group, steps);
    text_free(&r.path);
    return s;
}
