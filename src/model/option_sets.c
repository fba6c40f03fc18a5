/* Presets, and the file of --network: options that set others. What was asked for by name wins over
 * the file, the file over the preset. Leaves checks to options.c and the meaning to
 * pipeline_options.c. Read option_sets.h first. */
#include "option_sets.h"

#include "files.h"
#include "json.h"
#include "memory.h"
#include "num.h"

/* ---- Presets */

typedef struct preset_row {
    const char *preset, *name, *value;
} preset_row;

/* campaign: the published campaign project, which the defaults are; audiobooks: 4 x Dense 200 ReLU,
 * softmax 2, Adam, sparse categorical cross-entropy, EarlyStopping(patience=3), and the names of
 * its files. */
static const preset_row preset_rows[] = {
    { "campaign", "hidden", "64,32" },
    { "campaign", "activation", "relu" },
    { "campaign", "dropout", "0.3" },
    { "campaign", "head", "sigmoid" },
    { "campaign", "optimizer", "adam" },
    { "campaign", "lr", "0.001" },
    { "campaign", "epochs", "20" },
    { "campaign", "batch_size", "32" },
    { "audiobooks", "hidden", "200x4" },
    { "audiobooks", "activation", "relu" },
    { "audiobooks", "dropout", "0" },
    { "audiobooks", "head", "softmax" },
    { "audiobooks", "optimizer", "adam" },
    { "audiobooks", "lr", "0.001" },
    { "audiobooks", "epochs", "100" },
    { "audiobooks", "batch_size", "50" },
    { "audiobooks", "monitor", "val_loss" },
    { "audiobooks", "patience", "3" },
    { "audiobooks", "prefix", "Audiobooks_data" },
};

status preset_apply(options *o, const char *preset, propense_error *err)
{
    for (size_t i = 0; i < sizeof preset_rows / sizeof *preset_rows; i++) {
        const preset_row *row = &preset_rows[i];
        if (strcmp(row->preset, preset) == 0)
            TRY(options_set_by(o, str_of(row->name), str_of(row->value), SET_BY_PRESET, err));
    }
    return PROPENSE_OK;
}

/* ---- The file of --network */

static int is_of_network(int id)
{
    return id >= 0 && option_table[id].is_result && id != OPT_preset;
}

static status unknown_key(const char *path, str key, propense_error *err)
{
    int nearest = -1, least = 4;
    for (int i = 0; i < OPTION_COUNT; i++) {
        int distance = is_of_network(i) ? str_distance(key, str_of(option_table[i].name), 3) : 4;
        if (distance < least) least = distance, nearest = i;
    }
    if (nearest >= 0)
        return fail(err, PROPENSE_E_ARG,
                    "%s: '%.*s' is not an option of training; did you mean "
                    "'%s'?",
                    path, STR_ARG(key), option_table[nearest].name);
    return fail(err, PROPENSE_E_ARG,
                "%s: '%.*s' is not an option of training; 'propense help train' lists them", path,
                STR_ARG(key));
}

/* A word, a number or true and false, as the command line would have it. */
static int add_scalar(text *out, const json_value *v)
{
    str word;
    double number;
    int flag;
    if (json_as_str(v, &word))
        text_str(out, word);
    else if (json_as_bool(v, &flag))
        text_z(out, flag ? "true" : "false");
    else if (json_as_number(v, &number)) {
        char digits[num_buffer];
        int64_t n = num_repr(digits, number);
        if (n > 2 && strcmp(digits + n - 2, ".0") == 0) n -= 2;
        text_str(out, (str){ digits, n });
    } else
        return 0;
    return 1;
}

/* Arrays become lists with commas. */
static int add_value(text *out, const json_value *v)
{
    const json_value *item;
    int64_t state = 0;
    if (!json_is_array(v)) return add_scalar(out, v);
    while ((item = json_next(v, &state, NULL))) {
        if (out->n) text_char(out, ',');
        if (!add_scalar(out, item)) return 0;
    }
    return 1;
}

static status set_one(options *o, const char *path, str key, const json_value *v,
                      propense_error *err)
{
    text value = { 0 };
    int id = option_find(key);
    if (!is_of_network(id)) return unknown_key(path, key, err);
    int is_plain = add_value(&value, v);
    propense_error own = err ? *err : (propense_error)PROPENSE_ERROR_INIT;
    status s;
    if (value.bad)
        s = fail_memory(err);
    else if (!is_plain)
        s = fail(err, PROPENSE_E_ARG,
                 "%s: '%.*s' has to be a word, a number, true or false, or a list of them", path,
                 STR_ARG(key));
    else {
        s = options_set_by(o, key, text_view(&value), SET_BY_FILE, &own);
        if (s == PROPENSE_E_ARG) s = fail(err, s, "%s: %s", path, own.message);
        if (s == PROPENSE_E_NOMEM) s = fail_memory(err);
    }
    text_free(&value);
    return s;
}

static status set_all(options *o, const char *path, const json_value *root, propense_error *err)
{
    const json_value *v;
    int64_t state = 0;
    str key;
    if (!json_is_object(root))
        return fail(err, PROPENSE_E_PARSE,
                    "%s: expected an object of options, as { \"hidden\": \"200x4\", "
                    "\"dropout\": 0.3 }",
                    path);
    while ((v = json_next(root, &state, &key))) TRY(set_one(o, path, key, v, err));
    return PROPENSE_OK;
}

status network_file_apply(options *o, const char *path, propense_error *err)
{
    enum { most_bytes = 1 << 20 };
    unsigned char *bytes;
    int64_t n;
    json_doc *doc = NULL;
    TRY(file_read_all(path, most_bytes, &bytes, &n, err));
    status s = json_read(&doc, (str){ (const char *)bytes, n }, path, err);
    if (s == PROPENSE_OK) s = set_all(o, path, json_root(doc), err);
    json_free(doc);
    mem_free(bytes);
    return s;
}
