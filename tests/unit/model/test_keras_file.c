/* keras_file: the golden model of an independent writer (tests/golden/keras), our own files written
 * and read back, refusals, damage, memory. Keras itself judges in tests/parity/test_keras_file.py.
 */
#include "failing_memory.h"

#include "file_bytes.h"
#include "json.h"
#include "keras_file.h"
#include "zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

enum { n_layers = 5, n_inputs = 3, n_params = 96 };

/* 3-4-2-1 with dropout, laid out by hand: tensors start on multiples of 16 floats. */
static layer hand_layers[n_layers] = {
    { { LAYER_DENSE, 4, ACT_RELU, 0 }, 3, 4, 0, 16, 0 },
    { { LAYER_DROPOUT, 0, ACT_LINEAR, 0.3f }, 4, 4, -1, -1, 1 },
    { { LAYER_DENSE, 2, ACT_RELU, 0 }, 4, 2, 32, 48, 2 },
    { { LAYER_DROPOUT, 0, ACT_LINEAR, 0.3f }, 2, 2, -1, -1, 3 },
    { { LAYER_DENSE, 1, ACT_SIGMOID, 0 }, 2, 1, 64, 80, 4 },
};
static const network hand = { n_inputs, n_layers, hand_layers, n_params, 29 };
static const int64_t offsets[] = { 0, 16, 32, 48, 64, 80 };

typedef struct golden {
    str bytes, config, weights;
    arena mem;
} golden;

static golden open_golden(const char *path)
{
    golden g = { .bytes = file_bytes(path) };
    zip_archive z;
    assert_int_equal(zip_open(&z, g.bytes, path, &g.mem, NULL), PROPENSE_OK);
    const zip_member *c = zip_find(&z, STR("config.json"));
    const zip_member *w = zip_find(&z, STR("model.weights.h5"));
    assert_int_equal(zip_read(&g.config, &z, c, 1 << 20, path, &g.mem, NULL), PROPENSE_OK);
    assert_int_equal(zip_read(&g.weights, &z, w, 1 << 20, path, &g.mem, NULL), PROPENSE_OK);
    return g;
}
static void close_golden(golden *g)
{
    arena_free(&g->mem);
    file_bytes_free(g->bytes);
}

static void assert_hand(const network *net)
{
    assert_int_equal(net->n_inputs, n_inputs);
    assert_int_equal(net->n_layers, n_layers);
    for (int i = 0; i < n_layers; i++) {
        const layer *l = &net->layers[i], *h = &hand_layers[i];
        assert_true(l->spec.kind == h->spec.kind && l->spec.rate == h->spec.rate);
        assert_true(l->n_in == h->n_in && l->n_out == h->n_out);
        if (l->spec.kind == LAYER_DENSE) assert_int_equal(l->spec.act, h->spec.act);
    }
}

/* The numbers of mlp_weights.json, with json.h tested elsewhere. */
static void assert_values(const network *net, const float *params)
{
    str values = file_bytes("tests/golden/keras/mlp_weights.json");
    json_doc *d;
    assert_int_equal(json_read(&d, values, "values", NULL), PROPENSE_OK);
    const json_value *all = json_get(json_root(d), "values"), *item;
    int64_t tensor = 0;
    for (int i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const int64_t starts[] = { l->kernel, l->bias };
        for (int k = 0; k < 2 && l->kernel >= 0; k++) {
            int64_t state = 0, n = 0;
            double x;
            while ((item = json_next(json_at(all, tensor), &state, NULL))) {
                assert_true(json_as_number(item, &x));
                assert_true((double)params[starts[k] + n++] == x);
            }
            tensor++;
        }
    }
    assert_int_equal(tensor, 6);
    json_free(d);
    file_bytes_free(values);
}

static void reads_the_golden_file(void **state)
{
    (void)state;
    golden g = open_golden("tests/golden/keras/mlp.keras");
    network net;
    adam_state adam = { .iteration = 99, .learning_rate = 5 };
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(keras_config_read(&net, g.config, "m.keras", &g.mem, &err), PROPENSE_OK);
    assert_hand(&net);
    float *params = TAKE_WIDE(&g.mem, float, net.n_params);
    assert_int_equal(keras_weights_check(&net, g.weights, "m.keras", &err), PROPENSE_OK);
    assert_int_equal(keras_weights_read(&net, g.weights, params, &adam, "m.keras", &g.mem, &err),
                     PROPENSE_OK);
    assert_string_equal(err.message, "");
    assert_values(&net, params);
    assert_true(adam.m && adam.v && adam.iteration == 0 && adam.learning_rate == 0.001);
    for (int64_t i = 0; i < net.n_params; i++) assert_true(adam.m[i] == 0 && adam.v[i] == 0);
    close_golden(&g);
}

static void fill(float *x, float scale)
{
    static const int64_t sizes[] = { 12, 4, 8, 2, 2, 1 };
    for (int t = 0; t < 6; t++)
        for (int64_t i = 0; i < sizes[t]; i++)
            x[offsets[t] + i] = scale * (float)(t * 100 + i + 1) / 7;
}

static void reads_its_own(void **state)
{
    (void)state;
    float params[n_params] = { 0 }, m[n_params] = { 0 }, v[n_params] = { 0 };
    float again[n_params] = { 0 };
    fill(params, 1);
    fill(m, -0.5f);
    fill(v, 1e-6f);
    adam_state adam = { m, v, INT64_C(5000000000), 3e-4 }, met = { 0 };
    text t = { 0 };
    arena mem = { 0 };
    assert_int_equal(keras_weights_write(&t, &hand, params, &adam, NULL), PROPENSE_OK);
    assert_int_equal(keras_weights_read(&hand, text_view(&t), again, &met, "x", &mem, NULL),
                     PROPENSE_OK);
    assert_memory_equal(again, params, sizeof params);
    assert_memory_equal(met.m, m, sizeof m);
    assert_memory_equal(met.v, v, sizeof v);
    assert_true(met.iteration == INT64_C(5000000000) && met.learning_rate == 3e-4);
    text_free(&t);

    adam_state none = { NULL, NULL, 3, 0.01 }; /* zeros stand for what is not there */
    assert_int_equal(keras_weights_write(&t, &hand, params, &none, NULL), PROPENSE_OK);
    assert_int_equal(keras_weights_read(&hand, text_view(&t), again, &met, "x", &mem, NULL),
                     PROPENSE_OK);
    assert_true(met.m && met.m[0] == 0 && met.v[0] == 0 && met.iteration == 3);
    text_free(&t);

    adam_state empty = { 0 };
    assert_int_equal(keras_weights_write(&t, &hand, params, NULL, NULL), PROPENSE_OK);
    assert_int_equal(keras_weights_read(&hand, text_view(&t), again, &empty, "x", &mem, NULL),
                     PROPENSE_OK);
    assert_true(!empty.m && !empty.v && empty.iteration == 0 && empty.learning_rate == 0);
    text_free(&t);
    arena_free(&mem);
}

/* The minimal config of the format description, byte for byte. */
static void writes_a_minimal_config(void **state)
{
    (void)state;
    static const char expected[] =
        "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{\"name\":\"propense\","
        "\"layers\":[{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"config\":{"
        "\"batch_shape\":[null,3],\"dtype\":\"float32\",\"name\":\"input_layer\"}},"
        "{\"module\":\"keras.layers\",\"class_name\":\"Dense\",\"config\":{\"name\":\"dense\","
        "\"units\":4,\"activation\":\"relu\"}},"
        "{\"module\":\"keras.layers\",\"class_name\":\"Dropout\",\"config\":{\"name\":\"dropout\","
        "\"rate\":0.3}},"
        "{\"module\":\"keras.layers\",\"class_name\":\"Dense\",\"config\":{\"name\":\"dense_1\","
        "\"units\":2,\"activation\":\"relu\"}},"
        "{\"module\":\"keras.layers\",\"class_name\":\"Dropout\",\"config\":{\"name\":"
        "\"dropout_1\",\"rate\":0.3}},"
        "{\"module\":\"keras.layers\",\"class_name\":\"Dense\",\"config\":{\"name\":\"dense_2\","
        "\"units\":1,\"activation\":\"sigmoid\"}}]},"
        "\"compile_config\":{\"optimizer\":{\"module\":\"keras.optimizers\",\"class_name\":"
        "\"Adam\",\"config\":{\"learning_rate\":0.001}},\"loss\":\"binary_crossentropy\","
        "\"metrics\":[\"accuracy\",{\"module\":\"keras.metrics\",\"class_name\":\"AUC\",\"config\":"
        "{\"name\":\"auc\"}}]}}";
    text t = { 0 };
    arena mem = { 0 };
    network net;
    adam_state adam = { .learning_rate = 0.001 };
    assert_int_equal(keras_config_write(&t, &hand, &(keras_training){ .optimiser = &adam }, NULL),
                     PROPENSE_OK);
    assert_string_equal(t.p, expected);
    assert_int_equal(keras_config_read(&net, text_view(&t), "x", &mem, NULL), PROPENSE_OK);
    assert_hand(&net);
    text_free(&t);
    arena_free(&mem);
}

#define DENSE(extra) "{\"class_name\":\"Dense\",\"config\":{\"units\":1,\"activation\":" extra "}}"
#define MODEL(layers)                                                                              \
    "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[" layers "]}}"
#define INPUT "{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,3]}},"

#define ACTIVATION(word) "{\"class_name\":\"Activation\",\"config\":{\"activation\":" word "}}"

static void reads_full_configs(void **state)
{
    (void)state;
    static const char *const configs[] = {
        MODEL("{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"config\":{"
              "\"batch_shape\":[null,3],\"dtype\":\"float32\",\"sparse\":false,\"ragged\":false,"
              "\"name\":\"in\",\"optional\":false},\"registered_name\":null},"
              "{\"module\":\"keras.layers\",\"class_name\":\"Dense\",\"config\":{\"name\":\"d\","
              "\"trainable\":true,\"dtype\":{\"module\":\"keras\",\"class_name\":\"DTypePolicy\","
              "\"config\":{\"name\":\"float32\"},\"registered_name\":null},\"units\":1,"
              "\"activation\":\"sigmoid\",\"use_bias\":true,\"kernel_initializer\":{\"module\":"
              "\"keras.initializers\",\"class_name\":\"GlorotUniform\",\"config\":{\"seed\":null},"
              "\"registered_name\":null},\"kernel_regularizer\":null,\"quantization_config\":null},"
              "\"registered_name\":null,\"build_config\":{\"input_shape\":[null,3]}}"),
        MODEL(INPUT DENSE("{\"module\":\"builtins\",\"class_name\":\"function\",\"config\":"
                          "\"sigmoid\",\"registered_name\":\"function\"}")),
        "{\"class_name\":\"Sequential\",\"build_config\":{\"input_shape\":[null,3]},\"config\":{"
        "\"layers\":[" DENSE("\"sigmoid\"") "]}}",
        "{\"class_name\":\"Sequential\",\"config\":{\"build_input_shape\":[null,3],\"layers\":"
        "[" DENSE("\"sigmoid\"") "]}}",
        MODEL("{\"class_name\":\"Dense\",\"config\":{\"batch_input_shape\":[null,3],\"units\":1,"
              "\"activation\":\"sigmoid\"}}"),
        /* a sigmoid in a layer of its own, and what does nothing behind it */
        MODEL(INPUT DENSE("null") "," ACTIVATION("\"sigmoid\"")),
        MODEL(INPUT DENSE("\"linear\"") ",{\"class_name\":\"Dropout\",\"config\":{\"rate\":0.5}}"
                                        "," ACTIVATION("\"sigmoid\"") "," ACTIVATION("\"linear\"")),
    };
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        arena mem = { 0 };
        network net;
        propense_error err = PROPENSE_ERROR_INIT;
        status s = keras_config_read(&net, str_of(configs[i]), "x", &mem, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(s, PROPENSE_OK);
        assert_true(net.n_inputs == 3 && net.n_layers == 1 && net.layers[0].spec.units == 1);
        arena_free(&mem);
    }
}

static void refuses_configs_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *config, *message;
    } cases[] = {
        { "{}", "x: config.json does not describe a Keras model" },
        { "[1,", "x: config.json: line 1, column 4: not valid JSON: it ends too early" },
        { "{\"class_name\":\"Functional\",\"config\":{}}",
          "x: the model is of the kind 'Functional'; only Sequential models are read" },
        { MODEL(INPUT "{\"class_name\":\"LSTM\",\"config\":{}}"),
          "x: layer 1 is of the kind 'LSTM', which is not supported; supported are Dense, "
          "Dropout, Activation, BatchNormalization, LayerNormalization, GaussianNoise, LeakyReLU, "
          "PReLU, ELU, ReLU, Softmax" },
        { MODEL(INPUT DENSE("\"sparsemax\"")),
          "x: layer 1 has the activation 'sparsemax', which is not supported; supported are "
          "linear, "
          "relu, sigmoid, tanh, softmax, elu, selu, gelu, silu, softplus, softsign, mish, "
          "exponential, hard_sigmoid, relu6, leaky_relu" },
        { MODEL(INPUT "{\"class_name\":\"Dense\",\"config\":{\"units\":1,\"use_bias\":\"no\"}}"),
          "x: config.json: layer 1: 'use_bias' is missing or wrong" },
        { MODEL(INPUT "{\"class_name\":\"Activation\",\"config\":{}}"),
          "x: config.json: layer 1: 'activation' is missing or wrong" },
        { MODEL(INPUT DENSE("\"linear\"") "," ACTIVATION("\"tanh\"") "," ACTIVATION("\"sigmoid\"")),
          "x: the last layer of the model has to be a Dense of 1 unit with sigmoid or of 2 "
          "with softmax" },
        { MODEL(INPUT DENSE("\"relu\"") "," ACTIVATION("\"sigmoid\"")),
          "x: the last layer of the model has to be a Dense of 1 unit with sigmoid or of 2 "
          "with softmax" },
        { MODEL(INPUT "{\"class_name\":\"Dense\",\"config\":{\"units\":0}}"),
          "x: config.json: layer 1: 'units' is missing or wrong" },
        { MODEL(INPUT "{\"class_name\":\"Dropout\",\"config\":{\"rate\":1}}"),
          "x: config.json: layer 1: 'rate' is missing or wrong" },
        { MODEL(DENSE("\"sigmoid\"")),
          "x: config.json does not say how many inputs the model has" },
        { MODEL(INPUT DENSE("\"relu\"")),
          "x: the last layer of the model has to be a Dense of 1 unit with sigmoid or of 2 "
          "with softmax" },
        { MODEL("{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,3,3]}}"),
          "x: config.json: the input has to be rows of 1 to 1048576 numbers" },
        { MODEL("{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,1],\"dtype\":"
                "\"string\"}}"),
          "x: config.json: the input is text; a network on numbers was expected" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena mem = { 0 };
        network net;
        propense_error err = PROPENSE_ERROR_INIT;
        assert_int_equal(keras_config_read(&net, str_of(cases[i].config), "x", &mem, &err),
                         PROPENSE_E_FORMAT);
        assert_string_equal(err.message, cases[i].message);
        arena_free(&mem);
    }
    golden g = open_golden("tests/golden/keras/layer_zoo.keras");
    network net;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(keras_config_read(&net, g.config, "zoo", &g.mem, &err), PROPENSE_OK);
    assert_int_equal(net.head, HEAD_SOFTMAX);
    close_golden(&g);
}

static void refuses_weights(const network *net, str h5, const char *message)
{
    float params[n_params] = { 0 };
    adam_state adam = { 0 };
    arena mem = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(keras_weights_read(net, h5, params, &adam, "x", &mem, &err),
                     PROPENSE_E_FORMAT);
    assert_string_equal(err.message, message);
    arena_free(&mem);
}

static void refuses_weights_that_do_not_fit(void **state)
{
    (void)state;
    float params[n_params] = { 0 };
    text t = { 0 };
    layer layers[n_layers];
    network other = hand;
    assert_int_equal(keras_weights_write(&t, &hand, params, NULL, NULL), PROPENSE_OK);
    memcpy(layers, hand_layers, sizeof layers);
    other.layers = layers;
    layers[2].n_in = 5;
    refuses_weights(&other, text_view(&t),
                    "x: the weights 'layers/dense_1/vars/0' have the shape "
                    "(4, 2), where config.json expects (5, 2)");
    layers[2].n_in = 4;
    layers[1] = layers[2]; /* four Dense layers */
    refuses_weights(&other, text_view(&t),
                    "x: the weights 'layers/dense_2/vars/0' have the shape "
                    "(2, 1), where config.json expects (4, 2)");
    other.n_trainable = t.n;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(keras_weights_check(&other, text_view(&t), "x", &err), PROPENSE_E_FORMAT);
    text_free(&t);

    other = hand;
    other.n_layers = 1; /* only the first layer's arrays */
    assert_int_equal(keras_weights_write(&t, &other, params, NULL, NULL), PROPENSE_OK);
    refuses_weights(&hand, text_view(&t), "x: the weights 'layers/dense_1/vars' are missing");
    text_free(&t);

    uint32_t infinity = 0x7F800000;
    memcpy(&params[81 - 1], &infinity, 4);
    assert_int_equal(keras_weights_write(&t, &hand, params, NULL, NULL), PROPENSE_OK);
    refuses_weights(&hand, text_view(&t),
                    "x: the weights 'layers/dense_2/vars/1' hold a value "
                    "that is not a finite number");
    text_free(&t);
}

static void survives_damage(void **state)
{
    (void)state;
    float params[n_params] = { 0 }, m[n_params] = { 0 }, v[n_params] = { 0 };
    adam_state adam = { m, v, 7, 0.001 };
    text t = { 0 };
    fill(params, 1);
    assert_int_equal(keras_weights_write(&t, &hand, params, &adam, NULL), PROPENSE_OK);
    for (int64_t i = 0; i < t.n; i += 3) {
        char *copy = exact_copy(text_view(&t), t.n);
        arena mem = { 0 };
        adam_state met = { 0 };
        copy[i] ^= (char)(i % 255 + 1);
        (void)keras_weights_read(&hand, (str){ copy, t.n }, params, &met, "x", &mem, NULL);
        (void)keras_weights_read(&hand, (str){ copy, i }, params, &met, "x", &mem, NULL);
        arena_free(&mem);
        free(copy);
    }
    text_free(&t);
}

static status round_trip(const golden *g)
{
    float params[n_params] = { 0 };
    adam_state adam = { .learning_rate = 0.001 };
    text config = { 0 }, weights = { 0 };
    arena mem = { 0 };
    network net;
    status s = keras_config_write(&config, &hand, &(keras_training){ .optimiser = &adam }, NULL);
    if (s == PROPENSE_OK) s = keras_weights_write(&weights, &hand, params, &adam, NULL);
    if (s == PROPENSE_OK) s = keras_config_read(&net, g->config, "x", &mem, NULL);
    if (s == PROPENSE_OK)
        s = keras_weights_read(&hand, text_view(&weights), params, &adam, "x", &mem, NULL);
    text_free(&config);
    text_free(&weights);
    arena_free(&mem);
    return s;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    golden g = open_golden("tests/golden/keras/mlp.keras");
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        memory_fail_at(++n);
        s = round_trip(&g);
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n >= 15);
    close_golden(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_golden_file),
        cmocka_unit_test(reads_its_own),
        cmocka_unit_test(writes_a_minimal_config),
        cmocka_unit_test(reads_full_configs),
        cmocka_unit_test(refuses_configs_by_name),
        cmocka_unit_test(refuses_weights_that_do_not_fit),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
