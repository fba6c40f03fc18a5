/* The one durable file: a zip of metadata.json, config.json, model.weights.h5 (Keras') and
 * propense.json (ours). Leaves the network's part to keras_file.h and the rest to card_json*.c.
 * Read bundle.h first. */
#include "bundle.h"

#include "keras_ensemble.h"
#include "bundle_h5.h"
#include "file_kind.h"
#include "keras_h5.h"
#include "words.h"
#include "zip.h"

enum { unpacked_limit = 1 << 30 };

/* Keras reads its version and date for display alone; no date, so that equal runs give equal bytes.
 */
static const char metadata[] =
    "{\"keras_version\": \"3.7.0\", \"date_saved\": \"1980-01-01@00:00:00\"}";

/* One member, written by `write` into a text of its own. */
static status add_member(zip_writer *z, const char *name, text *content, status written,
                         propense_error *err)
{
    if (written == PROPENSE_OK) zip_add(z, str_of(name), text_view(content));
    int bad = content->bad;
    text_free(content);
    TRY(written);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

keras_training bundle_training(const model *m)
{
    const optimiser_state *o = &m->optimiser;
    optimiser_kind kind;
    int remembers = optimiser_uses_m(&o->settings) || optimiser_uses_v(&o->settings);
    int is_ours = keras_optimiser_named(m->optimiser_name, &kind) && !m->no_steps &&
                  (o->m || !remembers) && o->learning_rate > 0;
    return (keras_training){ !m->is_foreign || is_ours ? o : NULL, m->loss };
}

static status add_members(zip_writer *z, const model *m, propense_error *err)
{
    text t = { 0 };
    const keras_training training = bundle_training(m);
    zip_add(z, STR("metadata.json"), str_of(metadata));
    status s = m->n_members ? keras_ensemble_config(&t, m, err)
                            : keras_config_write(&t, &m->network, &training, err);
    TRY(add_member(z, "config.json", &t, s, err));
    s = m->n_members ? keras_ensemble_weights(&t, m, err)
                     : keras_weights_write(&t, &m->network, m->params, training.optimiser, err);
    TRY(add_member(z, "model.weights.h5", &t, s, err));
    if (m->is_foreign) return PROPENSE_OK;
    s = card_json_write(&t, m, err);
    return add_member(z, "propense.json", &t, s, err);
}

status bundle_write(text *out, const model *m, propense_error *err)
{
    zip_writer z = { 0 };
    status s = add_members(&z, m, err);
    if (s == PROPENSE_OK) {
        zip_finish(&z);
        text_str(out, text_view(&z.bytes));
        if (z.bytes.bad || z.directory.bad || out->bad) s = fail_memory(err);
    }
    zip_writer_free(&z);
    return s;
}

static int ends_in(const char *path, str end)
{
    str s = str_of(path);
    return s.n > end.n && str_eq_nocase((str){ s.p + s.n - end.n, end.n }, end);
}

status bundle_check_name(const char *path, propense_error *err)
{
    if (ends_in(path, STR(".keras")) || ends_in(path, STR(".h5")) || ends_in(path, STR(".hdf5")))
        return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "%s: a model's name ends in .keras, .h5 or .weights.h5", path);
}

status bundle_write_named(text *out, const model *m, const char *path, propense_error *err)
{
    TRY(bundle_check_name(path, err));
    if (ends_in(path, STR(".keras"))) return bundle_write(out, m, err);
    if (ends_in(path, STR(".weights.h5"))) return bundle_h5_write_weights(out, m, path, err);
    return bundle_h5_write(out, m, path, err);
}

static status read_member(str *out, const zip_archive *z, const char *member, const char *name,
                          arena *tmp, propense_error *err)
{
    const zip_member *found = zip_find(z, str_of(member));
    if (!found)
        return fail(err, PROPENSE_E_FORMAT, "%s: not a model: the archive has no '%s'", name,
                    member);
    return zip_read(out, z, found, unpacked_limit, name, tmp, err);
}

/* A step count that is not in the file stays below 0. */
static status read_network(model *m, const zip_archive *z, const char *name, arena *tmp,
                           propense_error *err)
{
    str config, weights;
    adam_state *a = &m->optimiser;
    TRY(read_member(&config, z, "config.json", name, tmp, err));
    TRY(keras_config_read(&m->network, config, name, &m->mem, err));
    str class_name;
    TRY(keras_config_training(&class_name, a, &m->loss, config, name, &m->mem, err));
    if (m->is_foreign) m->optimiser_name = class_name;
    TRY(read_member(&weights, z, "model.weights.h5", name, tmp, err));
    TRY(keras_weights_check(&m->network, weights, name, err));
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    if (!m->params) return fail_memory(err);
    a->iteration = -1;
    TRY(keras_weights_read(&m->network, weights, m->params, a, name, &m->mem, err));
    m->no_steps = m->is_foreign && a->iteration < 0;
    if (a->iteration < 0) a->iteration = 0;
    return PROPENSE_OK;
}

/* propense.json says what the network is, Keras' part is compared with it. */
static status read_ensemble(model *m, const zip_archive *z, str config, const char *name,
                            arena *tmp, propense_error *err)
{
    str json, weights;
    TRY(read_member(&json, z, "propense.json", name, tmp, err));
    TRY(card_json_read(m, json, name, err));
    if (!m->n_members)
        return fail(err, PROPENSE_E_FORMAT, "%s: propense.json: '%s' is missing or not valid", name,
                    "ensemble");
    TRY(read_member(&weights, z, "model.weights.h5", name, tmp, err));
    m->optimiser.iteration = m->card.history.n_epochs;
    m->optimiser.learning_rate = m->card.learning_rate;
    return keras_ensemble_read(m, config, weights, name, err);
}

static status read_parts(model *m, str bytes, const char *name, arena *tmp, propense_error *err)
{
    zip_archive z;
    str json;
    if (bundle_is_h5(bytes)) return bundle_h5_read(m, bytes, name, tmp, err);
    if (!zip_is(bytes))
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: not a model file but %s; a .keras (zip) or .h5 (HDF5) was expected", name,
                    tr(error_language(err), file_kind_of(bytes)));
    TRY(zip_open(&z, bytes, name, tmp, err));
    m->is_foreign = !zip_find(&z, STR("propense.json"));
    if (!m->is_foreign) {
        TRY(read_member(&json, &z, "config.json", name, tmp, err));
        if (keras_ensemble_is(json)) return read_ensemble(m, &z, json, name, tmp, err);
    }
    TRY(read_network(m, &z, name, tmp, err));
    if (m->is_foreign) {
        m->schema.target = m->schema.id = -1;
        return PROPENSE_OK;
    }
    TRY(read_member(&json, &z, "propense.json", name, tmp, err));
    TRY(card_json_read(m, json, name, err));
    if (m->n_members)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: config.json is not of the model that propense.json describes", name);
    if (m->encoder.n_inputs != m->network.n_inputs)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: the encoder has %d columns, but the network expects %d", name,
                    (int)m->encoder.n_inputs, (int)m->network.n_inputs);
    return PROPENSE_OK;
}

/* The text that describes the network: of a .keras, of an .h5, or the file itself. */
static status config_of(str *out, str bytes, const char *name, arena *tmp, propense_error *err)
{
    zip_archive z;
    if (bundle_is_h5(bytes)) return bundle_h5_config(out, bytes, name, tmp, err);
    *out = bytes;
    if (bytes.n < 2 || memcmp(bytes.p, "PK", 2) != 0) return PROPENSE_OK;
    TRY(zip_open(&z, bytes, name, tmp, err));
    return read_member(out, &z, "config.json", name, tmp, err);
}

status bundle_read_weights(model **out, str bytes, const char *name, str config,
                           const char *config_name, propense_error *err)
{
    arena tmp = { 0 };
    model *m = model_new();
    str json;
    *out = NULL;
    if (!m) return fail_memory(err);
    status s = config_of(&json, config, config_name, &tmp, err);
    if (s == PROPENSE_OK) s = keras_config_read(&m->network, json, config_name, &m->mem, err);
    if (s == PROPENSE_OK) s = bundle_h5_read_weights(m, bytes, name, &tmp, err);
    arena_free(&tmp);
    if (s == PROPENSE_OK)
        *out = m;
    else
        model_free(m);
    return s;
}

status bundle_read(model **out, str bytes, const char *name, propense_error *err)
{
    *out = NULL;
    arena tmp = { 0 };
    model *m = model_new();
    if (!m) return fail_memory(err);
    status s = read_parts(m, bytes, name, &tmp, err);
    arena_free(&tmp);
    if (s == PROPENSE_OK)
        *out = m;
    else
        model_free(m);
    return s;
}
