/* Reads lists of layers as people write them.
 * Leaves shapes and ranges that all ways in share to network_plan.
 * Read layer_words.h first. */
#include "layer_words.h"

#include <stddef.h>

#include "num.h"

static const struct {
    const char *word;
    activation act;
} activation_words[] = {
    { "linear", ACT_LINEAR },
    { "relu", ACT_RELU },
    { "sigmoid", ACT_SIGMOID },
    { "tanh", ACT_TANH },
    { "softmax", ACT_SOFTMAX },
    { "elu", ACT_ELU },
    { "selu", ACT_SELU },
    { "gelu", ACT_GELU },
    { "silu", ACT_SILU },
    { "swish", ACT_SILU },
    { "softplus", ACT_SOFTPLUS },
    { "softsign", ACT_SOFTSIGN },
    { "mish", ACT_MISH },
    { "exponential", ACT_EXPONENTIAL },
    { "hard_sigmoid", ACT_HARD_SIGMOID },
    { "relu6", ACT_RELU6 },
    { "leaky_relu", ACT_LEAKY_RELU },
};
static const char *const initialiser_words[] = {
    [INIT_GLOROT_UNIFORM] = "glorot_uniform",
    [INIT_GLOROT_NORMAL] = "glorot_normal",
    [INIT_HE_UNIFORM] = "he_uniform",
    [INIT_HE_NORMAL] = "he_normal",
    [INIT_LECUN_UNIFORM] = "lecun_uniform",
    [INIT_LECUN_NORMAL] = "lecun_normal",
    [INIT_ZEROS] = "zeros",
    [INIT_ONES] = "ones",
    [INIT_RANDOM_UNIFORM] = "random_uniform",
    [INIT_RANDOM_NORMAL] = "random_normal",
    [INIT_TRUNCATED_NORMAL] = "truncated_normal",
    [INIT_ORTHOGONAL] = "orthogonal",
};

int activation_of_word(str word, activation *out)
{
    for (size_t i = 0; i < sizeof activation_words / sizeof *activation_words; i++)
        if (str_eq(word, str_of(activation_words[i].word)))
            return *out = activation_words[i].act, 1;
    return 0;
}

int initialiser_of_word(str word, initialiser *out)
{
    for (size_t i = 0; i < sizeof initialiser_words / sizeof *initialiser_words; i++)
        if (str_eq(word, str_of(initialiser_words[i]))) return *out = (initialiser)i, 1;
    return 0;
}

/* A number that a kind of layer takes: by its name, or bare where `bare` is set. */
typedef struct number_word {
    const char *word;
    size_t place; /* of a float in layer_spec */
    double min, max;
    int bare, needed;
} number_word;

enum { most_numbers = 4 };
typedef struct kind_row {
    const char *word;
    layer_spec begin;
    number_word numbers[most_numbers + 1];
} kind_row;

#define PLACE(field) offsetof(layer_spec, field)
static const kind_row kinds[] = {
    { "dense",
      { .kind = LAYER_DENSE },
      { { "l1", PLACE(l1), 0, 1000, 0, 0 },
        { "l2", PLACE(l2), 0, 1000, 0, 0 },
        { "max_norm", PLACE(max_norm), 0, 1e6, 0, 0 } } },
    { "dropout", { .kind = LAYER_DROPOUT }, { { "rate", PLACE(rate), 0, 0.95, 1, 1 } } },
    { "noise", { .kind = LAYER_GAUSSIAN_NOISE }, { { "stddev", PLACE(stddev), 0, 100, 1, 1 } } },
    { "batch_norm",
      { .kind = LAYER_BATCH_NORM, .momentum = 0.99F, .epsilon = 1e-3F },
      { { "momentum", PLACE(momentum), 0, 1, 0, 0 },
        { "epsilon", PLACE(epsilon), 1e-9, 1, 0, 0 } } },
    { "layer_norm",
      { .kind = LAYER_LAYER_NORM, .epsilon = 1e-3F },
      { { "epsilon", PLACE(epsilon), 1e-9, 1, 0, 0 } } },
    { "leaky_relu",
      { .kind = LAYER_LEAKY_RELU, .alpha = 0.3F },
      { { "slope", PLACE(alpha), 0, 1000, 1, 0 } } },
    { "prelu", { .kind = LAYER_PRELU }, { { "alpha", PLACE(alpha), 0, 1000, 1, 0 } } },
    { "elu", { .kind = LAYER_ELU, .alpha = 1 }, { { "alpha", PLACE(alpha), 0, 1000, 1, 0 } } },
    { "relu",
      { .kind = LAYER_RELU },
      { { "max_value", PLACE(max_value), 1e-6, 1e6, 0, 0 },
        { "slope", PLACE(alpha), 0, 1000, 0, 0 },
        { "threshold", PLACE(threshold), 0, 1e6, 0, 0 } } },
    { "softmax", { .kind = LAYER_SOFTMAX }, { { 0 } } },
};
enum { n_kinds = sizeof kinds / sizeof kinds[0] };

const char *layer_kind_word(layer_kind kind)
{
    for (int i = 0; i < n_kinds; i++)
        if (kinds[i].begin.kind == kind) return kinds[i].word;
    return kind == LAYER_GROUPS ? "groups" : "activation";
}

typedef struct reader {
    str layer; /* the one at hand, for messages */
    propense_error *err;
} reader;

static status bad_word(const reader *r, str word)
{
    return fail(r->err, PROPENSE_E_ARG,
                "--layers: '%.*s': met '%.*s', which means nothing there; layers are written as "
                "'dense 200 elu, batch_norm, dropout 0.3'",
                STR_ARG(r->layer), STR_ARG(word));
}

static status bad_range(const reader *r, str word, const number_word *w)
{
    text range = { 0 };
    text_repr(&range, w->min);
    text_z(&range, " .. ");
    text_repr(&range, w->max);
    status s = range.bad ? fail_memory(r->err)
                         : fail(r->err, PROPENSE_E_ARG,
                                "--layers: '%.*s': %s: met '%.*s', expected a number in %s",
                                STR_ARG(r->layer), w->word, STR_ARG(word), range.p);
    text_free(&range);
    return s;
}

static status set_number(layer_spec *spec, const reader *r, const number_word *w, str value)
{
    double x;
    if (!num_parse(value, &x) || !(x >= w->min && x <= w->max)) return bad_range(r, value, w);
    memcpy((char *)spec + w->place, &(float){ (float)x }, sizeof(float));
    return PROPENSE_OK;
}

/* A bare number is the one that the kind cannot do without, or takes most often. */
static status take_bare(layer_spec *spec, const reader *r, const kind_row *kind, str word)
{
    for (const number_word *w = kind->numbers; w->word; w++)
        if (w->bare) return set_number(spec, r, w, word);
    return bad_word(r, word);
}

static status take_named(layer_spec *spec, const reader *r, const kind_row *kind, str key,
                         str value)
{
    for (const number_word *w = kind->numbers; w->word; w++)
        if (str_eq(key, str_of(w->word))) return set_number(spec, r, w, value);
    if (spec->kind == LAYER_DENSE && str_eq(key, STR("init")) &&
        initialiser_of_word(value, &spec->init))
        return PROPENSE_OK;
    return bad_word(r, (str){ key.p, value.p + value.n - key.p });
}

static status take_units(layer_spec *spec, const reader *r, str word)
{
    int64_t units;
    if (!num_parse_int(word, &units) || units < 1 || units > layer_most_units)
        return fail(r->err, PROPENSE_E_ARG,
                    "--layers: '%.*s': met '%.*s', expected units (1 .. %d)", STR_ARG(r->layer),
                    STR_ARG(word), (int)layer_most_units);
    spec->units = (int32_t)units;
    return PROPENSE_OK;
}

static status take_word(layer_spec *spec, const reader *r, const kind_row *kind, str word)
{
    str value = word, key;
    (void)str_cut(&value, &key, '=');
    if (value.p) return take_named(spec, r, kind, key, value);
    if (spec->kind != LAYER_DENSE) return take_bare(spec, r, kind, word);
    if (!spec->units) return take_units(spec, r, word);
    if (str_eq(word, STR("no_bias"))) return spec->no_bias = 1, PROPENSE_OK;
    return activation_of_word(word, &spec->act) ? PROPENSE_OK : bad_word(r, word);
}

static int next_word(str *rest, str *word)
{
    *rest = str_trim(*rest);
    if (!rest->n) return 0;
    int64_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t') n++;
    *word = (str){ rest->p, n };
    *rest = (str){ rest->p + n, rest->n - n };
    return 1;
}

/* Numbers without which the layer is none. */
static status check_needed(const layer_spec *spec, const reader *r, const kind_row *kind, int n)
{
    if (spec->kind == LAYER_DENSE && !spec->units)
        return take_units(&(layer_spec){ 0 }, r, STR(""));
    for (const number_word *w = kind->numbers; w->word && n == 0; w++)
        if (w->needed) return bad_range(r, STR(""), w);
    return PROPENSE_OK;
}

static status read_layer(layer_spec *spec, const reader *r)
{
    str rest = r->layer, word;
    const kind_row *kind = NULL;
    int n = 0;
    if (!next_word(&rest, &word)) return bad_word(r, STR(""));
    for (int i = 0; i < n_kinds; i++)
        if (str_eq(word, str_of(kinds[i].word))) kind = &kinds[i];
    if (!kind) {
        *spec = (layer_spec){ .kind = LAYER_ACTIVATION };
        if (!activation_of_word(word, &spec->act)) return bad_word(r, word);
        return next_word(&rest, &word) ? bad_word(r, word) : PROPENSE_OK;
    }
    *spec = kind->begin;
    for (; next_word(&rest, &word); n++) TRY(take_word(spec, r, kind, word));
    return check_needed(spec, r, kind, n);
}

status layers_of_words(layer_spec **out, int32_t *n, str words, arena *mem, propense_error *err)
{
    reader r = { .err = err };
    *n = 0;
    *out = TAKE(mem, layer_spec, layer_most);
    if (!*out) return fail_memory(err);
    while (str_cut(&words, &r.layer, ',')) {
        r.layer = str_trim(r.layer);
        if (*n == layer_most)
            return fail(err, PROPENSE_E_ARG, "--layers: met more than %d layers", (int)layer_most);
        TRY(read_layer(&(*out)[(*n)++], &r));
    }
    return PROPENSE_OK;
}
