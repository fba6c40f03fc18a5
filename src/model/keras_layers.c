/* The table of layers and activations that Keras and propense both know.
 * Leaves JSON to keras_config.c and HDF5 to keras_weights.c. Read keras_layers.h first. */
#include "keras_layers.h"

#include "num.h"

static const keras_layer layers[] = {
    { LAYER_DENSE,
      "Dense",
      "dense",
      { { "units", CONFIG_INTEGER, offsetof(layer_spec, units), 0 },
        { "activation", CONFIG_ACTIVATION, offsetof(layer_spec, act), 1 },
        { "use_bias", CONFIG_ABSENCE, offsetof(layer_spec, no_bias), 1 } },
      { { "kernel", offsetof(layer, kernel), SHAPE_IN_OUT },
        { "bias", offsetof(layer, bias), SHAPE_OUT } } },
    { LAYER_DROPOUT,
      "Dropout",
      "dropout",
      { { "rate", CONFIG_NUMBER, offsetof(layer_spec, rate), 0 } },
      { { 0 } } },
    { LAYER_ACTIVATION,
      "Activation",
      "activation",
      { { "activation", CONFIG_ACTIVATION, offsetof(layer_spec, act), 0 } },
      { { 0 } } },
};
enum { n_layers = sizeof layers / sizeof layers[0] };

static const char *const activations[] = {
    [ACT_LINEAR] = "linear", [ACT_RELU] = "relu", [ACT_SIGMOID] = "sigmoid", [ACT_TANH] = "tanh"
};
enum { n_activations = sizeof activations / sizeof activations[0] };

const keras_layer *keras_layer_of(layer_kind kind)
{
    for (int i = 0; i < n_layers; i++)
        if (layers[i].kind == kind) return &layers[i];
    return NULL;
}

const keras_layer *keras_layer_named(str class_name)
{
    for (int i = 0; i < n_layers; i++)
        if (str_eq(str_of(layers[i].class_name), class_name)) return &layers[i];
    return NULL;
}

void keras_layer_list(text *out)
{
    for (int i = 0; i < n_layers; i++) text_f(out, "%s%s", i ? ", " : "", layers[i].class_name);
}

const char *keras_activation_word(activation act)
{
    return activations[act];
}

int keras_activation_named(str word, activation *out)
{
    for (int i = 0; i < n_activations; i++) {
        if (!str_eq(str_of(activations[i]), word)) continue;
        *out = (activation)i;
        return 1;
    }
    return 0;
}

void keras_activation_list(text *out)
{
    for (int i = 0; i < n_activations; i++) text_f(out, "%s%s", i ? ", " : "", activations[i]);
}

void keras_layer_name(text *out, const network *net, int32_t number)
{
    layer_kind kind = net->layers[number].spec.kind;
    int before = 0;
    for (int32_t i = 0; i < number; i++) before += net->layers[i].spec.kind == kind;
    text_z(out, keras_layer_of(kind)->stem);
    if (before) text_f(out, "_%d", before);
}

double keras_shortest(float x)
{
    char digits[num_buffer];
    double wide = (double)x;
    (void)num_parse((str){ digits, num_repr_float(digits, x) }, &wide);
    return wide;
}
