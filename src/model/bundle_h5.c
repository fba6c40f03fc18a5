/* Whole models and weights in HDF5 files: who gets which part of the file.
 * Leaves the layers' arrays to keras_h5_weights.c and keras_weights*.c, configs to keras_config*.c.
 * Read bundle_h5.h first. */
#include "bundle_h5.h"

#include "bundle.h"
#include "hdf5.h"
#include "keras_h5.h"

static const char config_path[] = "propense/config.json", card_path[] = "propense/propense.json",
                  steps_path[] = "propense/steps";

int bundle_is_h5(str bytes)
{
    return bytes.n >= 4 && memcmp(bytes.p, "\x89HDF", 4) == 0;
}

/* ---- Writing */

/* What goes into the file beside Keras' part; lives until h5_write. */
typedef struct own_part {
    text config, card;
    int64_t steps;
} own_part;

static int add_text(h5_writer *w, const char *path, const text *t)
{
    return h5_dataset(w, path, H5_UINT8, 1, (const int64_t[]){ t->n }, t->p);
}

static status add_own(own_part *own, h5_writer *w, const model *m, propense_error *err)
{
    own->steps = m->optimiser.iteration;
    if (m->is_foreign) return PROPENSE_OK;
    TRY(card_json_write(&own->card, m, err));
    if (!add_text(w, card_path, &own->card) ||
        !h5_dataset(w, steps_path, H5_INT64, 0, NULL, &own->steps))
        return fail_memory(err);
    return PROPENSE_OK;
}

static status check_kind(const model *m, const char *name, propense_error *err)
{
    if (!m->n_members) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "%s: this model is several networks in one, which .h5 files cannot hold; name it "
                ".keras",
                name);
}

static status finish(text *out, h5_writer *w, const char *name, propense_error *err)
{
    h5_write(out, w);
    if (!out->bad) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "%s: memory ran out, or the network has more layers than an .h5 file can name; a "
                ".keras file can",
                name);
}

static status write_whole(text *out, const model *m, const char *name, own_part *own,
                          text *training_config, arena *tmp, propense_error *err)
{
    const keras_training training = bundle_training(m);
    h5_writer *w = h5_new(tmp);
    if (!w) return fail_memory(err);
    TRY(keras_config_write_h5(&own->config, training_config, &m->network, &training, err));
    int added = h5_attribute(w, "", "backend", STR("tensorflow")) &&
                h5_attribute(w, "", "keras_version", STR("2.15.0")) &&
                h5_attribute(w, "", "model_config", text_view(&own->config));
    if (added && training.optimiser)
        added = h5_attribute(w, "", "training_config", text_view(training_config));
    if (!added) return fail_memory(err);
    TRY(keras_h5_weights_write(w, &m->network, m->params, tmp, err));
    TRY(add_own(own, w, m, err));
    return finish(out, w, name, err);
}

status bundle_h5_write(text *out, const model *m, const char *name, propense_error *err)
{
    arena tmp = { 0 };
    own_part own = { 0 };
    text training_config = { 0 };
    status s = check_kind(m, name, err);
    if (s == PROPENSE_OK) s = write_whole(out, m, name, &own, &training_config, &tmp, err);
    text_free(&own.config);
    text_free(&own.card);
    text_free(&training_config);
    arena_free(&tmp);
    return s;
}

static status write_weights(text *out, const model *m, const char *name, own_part *own, arena *tmp,
                            propense_error *err)
{
    const keras_training training = bundle_training(m);
    h5_writer *w = h5_new(tmp);
    if (!w) return fail_memory(err);
    TRY(keras_config_write(&own->config, &m->network, &training, err));
    TRY(keras_weights_add(w, &m->network, m->params, training.optimiser, tmp, err));
    if (!add_text(w, config_path, &own->config)) return fail_memory(err);
    TRY(add_own(own, w, m, err));
    return finish(out, w, name, err);
}

status bundle_h5_write_weights(text *out, const model *m, const char *name, propense_error *err)
{
    arena tmp = { 0 };
    own_part own = { 0 };
    status s = check_kind(m, name, err);
    if (s == PROPENSE_OK) s = write_weights(out, m, name, &own, &tmp, err);
    text_free(&own.config);
    text_free(&own.card);
    arena_free(&tmp);
    return s;
}

/* ---- Reading */

typedef struct reading {
    model *m;
    h5_file file;
    const char *name;
    arena *tmp;
    propense_error *err;
} reading;

/* The text at a path of ours; .p NULL: it is not there. */
static status own_text(str *out, const reading *r, const char *path)
{
    h5_object o;
    int found;
    *out = (str){ 0 };
    TRY(h5_find(&r->file, path, &o, &found, r->err));
    if (found && !o.is_group && o.type == H5_UINT8 && o.count > 0)
        *out = (str){ (const char *)o.data, o.count };
    return PROPENSE_OK;
}

static status root_text(str *out, const reading *r, const char *attribute)
{
    h5_object root;
    h5_texts texts;
    int found;
    *out = (str){ 0 };
    TRY(h5_find(&r->file, "", &root, &found, r->err));
    TRY(h5_texts_of(&texts, &found, &r->file, &root, attribute, r->tmp, r->err));
    if (found && texts.n == 1) *out = texts.items[0];
    return PROPENSE_OK;
}

static status read_config(const reading *r, str config, str training)
{
    model *m = r->m;
    str class_name = { 0 };
    TRY(keras_config_read(&m->network, config, r->name, &m->mem, r->err));
    TRY(keras_weights_check(&m->network, r->file.bytes, r->name, r->err));
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    if (!m->params) return fail_memory(r->err);
    if (training.p)
        TRY(keras_config_training(&class_name, &m->optimiser, &m->loss, training, r->name, &m->mem,
                                  r->err));
    if (m->is_foreign) m->optimiser_name = class_name;
    m->optimiser.iteration = -1;
    return PROPENSE_OK;
}

static status read_steps(const reading *r)
{
    h5_object o;
    int found;
    int64_t steps;
    model *m = r->m;
    TRY(h5_find(&r->file, steps_path, &o, &found, r->err));
    if (found && h5_as_int(&o, &steps) && steps >= 0) m->optimiser.iteration = steps;
    m->no_steps = m->is_foreign && m->optimiser.iteration < 0;
    if (m->optimiser.iteration < 0) m->optimiser.iteration = 0;
    return PROPENSE_OK;
}

static status read_network(const reading *r)
{
    model *m = r->m;
    str config, training;
    TRY(root_text(&config, r, "model_config"));
    if (config.p) {
        TRY(root_text(&training, r, "training_config"));
        TRY(read_config(r, config, training));
        TRY(keras_h5_weights_read(&m->network, &r->file, "model_weights", m->params,
                                  &m->optimiser.iteration, r->tmp, r->err));
        return read_steps(r);
    }
    TRY(own_text(&config, r, config_path));
    if (!config.p)
        return fail(r->err, PROPENSE_E_FORMAT,
                    "%s: the file holds weights without their network; --config names what tells "
                    "it (model.to_json() or a whole model), or save the whole model with "
                    "model.save('model.keras')",
                    r->name);
    TRY(read_config(r, config, config));
    TRY(keras_weights_read(&m->network, r->file.bytes, m->params, &m->optimiser, r->name, &m->mem,
                           r->err));
    return read_steps(r);
}

status bundle_h5_read(model *m, str bytes, const char *name, arena *tmp, propense_error *err)
{
    reading r = { .m = m, .name = name, .tmp = tmp, .err = err };
    str json;
    TRY(h5_open(&r.file, bytes, name, err));
    TRY(own_text(&json, &r, card_path));
    m->is_foreign = !json.p;
    m->schema.target = m->schema.id = -1;
    TRY(read_network(&r));
    if (m->is_foreign) return PROPENSE_OK;
    TRY(card_json_read(m, json, name, err));
    if (m->n_members || m->encoder.n_inputs != m->network.n_inputs)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: the encoder has %d columns, but the network expects %d", name,
                    (int)m->encoder.n_inputs, (int)m->network.n_inputs);
    return PROPENSE_OK;
}

/* ---- Weights of Keras' own, whose network stands elsewhere */

status bundle_h5_config(str *out, str bytes, const char *name, arena *tmp, propense_error *err)
{
    reading r = { .name = name, .tmp = tmp, .err = err };
    TRY(h5_open(&r.file, bytes, name, err));
    TRY(root_text(out, &r, "model_config"));
    if (!out->p) TRY(own_text(out, &r, config_path));
    if (out->p) return PROPENSE_OK;
    return fail(err, PROPENSE_E_FORMAT,
                "%s: this file holds weights without their network, too; --config takes "
                "config.json, the text of model.to_json(), or a whole model",
                name);
}

/* Keras 2's save_weights names the layers at the root. */
static status is_of_keras2(int *is, const reading *r)
{
    h5_object root;
    h5_texts names;
    int found;
    TRY(h5_find(&r->file, "", &root, &found, r->err));
    return h5_texts_of(&names, is, &r->file, &root, "layer_names", r->tmp, r->err);
}

status bundle_h5_read_weights(model *m, str bytes, const char *name, arena *tmp,
                              propense_error *err)
{
    reading r = { .m = m, .name = name, .tmp = tmp, .err = err };
    int is_old;
    if (!bundle_is_h5(bytes))
        return fail(
            err, PROPENSE_E_FORMAT,
            "%s: not a file of weights: an HDF5 file as save_weights writes it was expected; "
            "a whole model needs no --config",
            name);
    m->is_foreign = 1;
    m->schema.target = m->schema.id = -1;
    TRY(h5_open(&r.file, bytes, name, err));
    TRY(keras_weights_check(&m->network, bytes, name, err));
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    if (!m->params) return fail_memory(err);
    m->optimiser.iteration = -1;
    TRY(is_of_keras2(&is_old, &r));
    if (is_old)
        TRY(keras_h5_weights_read(&m->network, &r.file, "", m->params, &m->optimiser.iteration, tmp,
                                  err));
    else
        TRY(keras_weights_read(&m->network, bytes, m->params, &m->optimiser, name, &m->mem, err));
    m->no_steps = m->optimiser.iteration < 0;
    if (m->no_steps) m->optimiser.iteration = 0;
    return PROPENSE_OK;
}
