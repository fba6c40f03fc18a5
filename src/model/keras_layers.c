/* The table of layers, activations and initialisers that Keras and propense both know.
 * Leaves JSON to keras_config.c and HDF5 to keras_weights.c. Read keras_layers.h first. */
#include "keras_layers.h"

#include "num.h"

#define AT(field) offsetof(layer_spec, field)
#define OF(field) offsetof(layer, field)

/* Keras' defaults stand where a key is optional. */
static const keras_layer layers[] = {
    { LAYER_DENSE,
      "Dense",
      "dense",
      { { "units", CONFIG_WIDTH, AT(units), 0, 0, NULL },
        { "activation", CONFIG_ACTIVATION, AT(act), 1, 0, NULL },
        { "use_bias", CONFIG_ABSENCE, AT(no_bias), 1, 0, NULL },
        { "kernel_initializer", CONFIG_INITIALISER, AT(init), 1, 0, NULL },
        { "kernel_regularizer", CONFIG_PENALTIES, AT(l1), 1, 0, NULL },
        { "kernel_constraint", CONFIG_CONSTRAINT, AT(max_norm), 1, 0, NULL } },
      { { "kernel", OF(kernel), SHAPE_IN_OUT, 0 }, { "bias", OF(bias), SHAPE_OUT, 0 } } },
    { LAYER_DROPOUT,
      "Dropout",
      "dropout",
      { { "rate", CONFIG_SHARE, AT(rate), 0, 0, NULL } },
      { { 0 } } },
    { LAYER_ACTIVATION,
      "Activation",
      "activation",
      { { "activation", CONFIG_ACTIVATION, AT(act), 0, 0, NULL } },
      { { 0 } } },
    { LAYER_BATCH_NORM,
      "BatchNormalization",
      "batch_normalization",
      { { "momentum", CONFIG_NUMBER, AT(momentum), 1, 0.99f, NULL },
        { "epsilon", CONFIG_NUMBER, AT(epsilon), 1, 1e-3f, NULL },
        { "center", CONFIG_ABSENCE, AT(no_center), 1, 0, NULL },
        { "scale", CONFIG_ABSENCE, AT(no_scale), 1, 0, NULL },
        { "axis", CONFIG_MUST, 0, 1, -1, NULL },
        { "renorm", CONFIG_MUST, 0, 1, 0, NULL } },
      { { "gamma", OF(gamma), SHAPE_OUT, 0 },
        { "beta", OF(beta), SHAPE_OUT, 0 },
        { "moving_mean", OF(moving_mean), SHAPE_OUT, 1 },
        { "moving_variance", OF(moving_variance), SHAPE_OUT, 1 } } },
    { LAYER_LAYER_NORM,
      "LayerNormalization",
      "layer_normalization",
      { { "epsilon", CONFIG_NUMBER, AT(epsilon), 1, 1e-3f, NULL },
        { "center", CONFIG_ABSENCE, AT(no_center), 1, 0, NULL },
        { "scale", CONFIG_ABSENCE, AT(no_scale), 1, 0, NULL },
        { "axis", CONFIG_MUST, 0, 1, -1, NULL },
        { "rms_scaling", CONFIG_MUST, 0, 1, 0, NULL } },
      { { "gamma", OF(gamma), SHAPE_OUT, 0 }, { "beta", OF(beta), SHAPE_OUT, 0 } } },
    { LAYER_GAUSSIAN_NOISE,
      "GaussianNoise",
      "gaussian_noise",
      { { "stddev", CONFIG_NUMBER, AT(stddev), 0, 0, NULL } },
      { { 0 } } },
    { LAYER_LEAKY_RELU,
      "LeakyReLU",
      "leaky_re_lu",
      { { "negative_slope", CONFIG_NUMBER, AT(alpha), 1, 0.3f, "alpha" } },
      { { 0 } } },
    { LAYER_PRELU,
      "PReLU",
      "p_re_lu",
      { { "shared_axes", CONFIG_MUST, 0, 1, 0, NULL } },
      { { "alpha", OF(alpha), SHAPE_OUT, 0 } } },
    { LAYER_ELU, "ELU", "elu", { { "alpha", CONFIG_NUMBER, AT(alpha), 1, 1, NULL } }, { { 0 } } },
    { LAYER_RELU,
      "ReLU",
      "re_lu",
      { { "max_value", CONFIG_LIMIT, AT(max_value), 1, 0, NULL },
        { "negative_slope", CONFIG_NUMBER, AT(alpha), 1, 0, NULL },
        { "threshold", CONFIG_NUMBER, AT(threshold), 1, 0, NULL } },
      { { 0 } } },
    { LAYER_SOFTMAX, "Softmax", "softmax", { { "axis", CONFIG_MUST, 0, 1, -1, NULL } }, { { 0 } } },
    /* Written as what it is to Keras, and read as that. */
    { LAYER_GROUPS,
      "Dense",
      "dense",
      { { "units", CONFIG_WIDTH, AT(units), 0, 0, NULL },
        { "activation", CONFIG_ACTIVATION, AT(act), 1, 0, NULL } },
      { { "kernel", OF(kernel), SHAPE_IN_OUT, 0 }, { "bias", OF(bias), SHAPE_OUT, 0 } } },
};
enum { n_layers = sizeof layers / sizeof layers[0] };

static const char *const activations[] = {
    [ACT_LINEAR] = "linear",
    [ACT_RELU] = "relu",
    [ACT_SIGMOID] = "sigmoid",
    [ACT_TANH] = "tanh",
    [ACT_SOFTMAX] = "softmax",
    [ACT_ELU] = "elu",
    [ACT_SELU] = "selu",
    [ACT_GELU] = "gelu",
    [ACT_SILU] = "silu",
    [ACT_SOFTPLUS] = "softplus",
    [ACT_SOFTSIGN] = "softsign",
    [ACT_MISH] = "mish",
    [ACT_EXPONENTIAL] = "exponential",
    [ACT_HARD_SIGMOID] = "hard_sigmoid",
    [ACT_RELU6] = "relu6",
    [ACT_LEAKY_RELU] = "leaky_relu",
};
enum { n_activations = sizeof activations / sizeof activations[0] };

static const struct {
    const char *word, *class_name;
} initialisers[] = {
    [INIT_GLOROT_UNIFORM] = { "glorot_uniform", "GlorotUniform" },
    [INIT_GLOROT_NORMAL] = { "glorot_normal", "GlorotNormal" },
    [INIT_HE_UNIFORM] = { "he_uniform", "HeUniform" },
    [INIT_HE_NORMAL] = { "he_normal", "HeNormal" },
    [INIT_LECUN_UNIFORM] = { "lecun_uniform", "LecunUniform" },
    [INIT_LECUN_NORMAL] = { "lecun_normal", "LecunNormal" },
    [INIT_ZEROS] = { "zeros", "Zeros" },
    [INIT_ONES] = { "ones", "Ones" },
    [INIT_RANDOM_UNIFORM] = { "random_uniform", "RandomUniform" },
    [INIT_RANDOM_NORMAL] = { "random_normal", "RandomNormal" },
    [INIT_TRUNCATED_NORMAL] = { "truncated_normal", "TruncatedNormal" },
    [INIT_ORTHOGONAL] = { "orthogonal", "Orthogonal" },
};
enum { n_initialisers = sizeof initialisers / sizeof initialisers[0] };

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
    for (int i = 0; i < n_layers && layers[i].kind != LAYER_GROUPS; i++)
        text_f(out, "%s%s", i ? ", " : "", layers[i].class_name);
}

const char *keras_activation_word(activation act)
{
    return activations[act];
}

int keras_activation_named(str word, activation *out)
{
    if (str_eq(word, STR("swish"))) word = STR("silu");
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

const char *keras_initialiser_word(initialiser init)
{
    return initialisers[init].word;
}

int keras_initialiser_named(str word, initialiser *out)
{
    for (int i = 0; i < n_initialisers; i++) {
        if (!str_eq(str_of(initialisers[i].word), word) &&
            !str_eq(str_of(initialisers[i].class_name), word))
            continue;
        *out = (initialiser)i;
        return 1;
    }
    return 0;
}

void keras_layer_name(text *out, const network *net, int32_t number)
{
    const char *stem = keras_layer_of(net->layers[number].spec.kind)->stem;
    int before = 0;
    for (int32_t i = 0; i < number; i++)
        before += strcmp(keras_layer_of(net->layers[i].spec.kind)->stem, stem) == 0;
    text_z(out, stem);
    if (before) text_f(out, "_%d", before);
}

double keras_shortest(float x)
{
    char digits[num_buffer];
    double wide = (double)x;
    (void)num_parse((str){ digits, num_repr_float(digits, x) }, &wide);
    return wide;
}

/* ---- Arrays */

/* Row i of the kernel feeds the units of input i's group and no others. */
static const float *whole_kernel(const layer *l, const float *kernel, arena *mem)
{
    const layer_spec *s = &l->spec;
    float *whole = TAKE(mem, float, (int64_t)l->n_in * l->n_out);
    if (!whole) return NULL;
    for (int32_t g = 0; g < s->n_groups; g++)
        for (int64_t i = s->group_at[g]; i < s->group_at[g + 1]; i++)
            memcpy(whole + i * l->n_out + (int64_t)g * s->units, kernel + i * s->units,
                   (size_t)s->units * sizeof *whole);
    return whole;
}

const float *keras_array(const layer *l, const weight_row *w, const float *block, arena *mem)
{
    const float *at = block + keras_weight_offset(l, w);
    int is_cut = l->spec.kind == LAYER_GROUPS && w->shape == SHAPE_IN_OUT;
    return is_cut ? whole_kernel(l, at, mem) : at;
}

void keras_fill_absent(const network *net, float *params)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        if (!l->spec.no_scale || l->gamma < 0) continue;
        for (int32_t k = 0; k < l->n_out; k++) params[l->gamma + k] = 1;
    }
}
