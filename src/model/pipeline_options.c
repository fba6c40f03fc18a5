/* What some options mean: the layers of a network, a list of words, the kernels.
 * Leaves shapes and parameters to network_plan. Read pipeline_options.h first. */
#include "pipeline_options.h"

#include "kernels.h"
#include "num.h"

static activation activation_of(const char *name)
{
    static const struct {
        const char *name;
        activation act;
    } known[] = { { "relu", ACT_RELU },
                  { "tanh", ACT_TANH },
                  { "sigmoid", ACT_SIGMOID },
                  { "linear", ACT_LINEAR } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) return known[i].act;
    return ACT_LINEAR; /* the option table lets no other word through */
}

status words_of_option(str **out, int32_t *n, const char *list, arena *mem, propense_error *err)
{
    str rest = str_of(list), word;
    int32_t count = 1;
    for (int64_t i = 0; i < rest.n; i++) count += rest.p[i] == ',';
    *n = 0;
    *out = TAKE(mem, str, count);
    if (!*out) return fail_memory(err);
    while (str_cut(&rest, &word, ',')) {
        word = str_trim(word);
        if (word.n) (*out)[(*n)++] = word;
    }
    return PROPENSE_OK;
}

status layers_of_options(layer_spec **out, int32_t *n, const options *o, arena *mem,
                         propense_error *err)
{
    enum { most_units = 65536, most_layers = 64 };
    str *words;
    int32_t n_words;
    TRY(words_of_option(&words, &n_words, option_text(o, OPT_hidden), mem, err));
    if (n_words == 1 && str_eq(words[0], STR("none"))) n_words = 0;
    if (n_words > most_layers)
        return fail(err, PROPENSE_E_ARG, "--hidden: met %d layers, expected at most %d",
                    (int)n_words, (int)most_layers);
    float rate = (float)option_number(o, OPT_dropout);
    layer_spec *specs = TAKE(mem, layer_spec, 2 * n_words + 1);
    if (!specs) return fail_memory(err);
    int32_t at = 0;
    for (int32_t i = 0; i < n_words; i++) {
        int64_t units;
        if (!num_parse_int(words[i], &units) || units < 1 || units > most_units)
            return fail(err, PROPENSE_E_ARG,
                        "--hidden: met '%.*s', expected units as 64,32 (each 1 .. %d)",
                        STR_ARG(words[i]), (int)most_units);
        specs[at++] = (layer_spec){ .kind = LAYER_DENSE,
                                    .units = (int32_t)units,
                                    .act = activation_of(option_text(o, OPT_activation)) };
        if (rate > 0) specs[at++] = (layer_spec){ .kind = LAYER_DROPOUT, .rate = rate };
    }
    specs[at++] = (layer_spec){ .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID };
    *out = specs;
    *n = at;
    return PROPENSE_OK;
}

status kernels_of_options(const struct kernels **out, const options *o, propense_error *err)
{
    const char *name = option_text(o, OPT_kernels);
    *out = strcmp(name, "auto") == 0 ? kernels_best() : kernels_by_name(name);
    if (*out) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "--kernels: this machine has no level '%s'", name);
}
