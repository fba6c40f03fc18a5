/* Writes and reads `.keras` files for test_keras_file.py.
 *   driver_keras_file write OUT.keras IN.bin INPUTS ITERATION RATE LAYER...
 *       LAYER: dense:UNITS:ACTIVATION or dropout:RATE. IN.bin: float32 arrays in Keras' order, each
 *       weight followed by its m and v. ITERATION -1: without an optimiser.
 *   driver_keras_file read IN.keras OUT.bin
 *       Prints inputs, layers, iteration and rate; OUT.bin as above (m and v only if there). */
#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "keras_file.h"
#include "keras_layers.h"
#include "num.h"
#include "zip.h"

static propense_error err = PROPENSE_ERROR_INIT;

static int say_error(void)
{
    fprintf(stderr, "%s\n", err.message);
    return 1;
}

static layer_spec spec_of(const char *word)
{
    str rest = str_of(word), kind, value = { 0 };
    layer_spec s = { .kind = LAYER_DENSE };
    int64_t units = 0;
    double rate = 0;
    (void)str_cut(&rest, &kind, ':');
    (void)str_cut(&rest, &value, ':');
    if (str_eq(kind, STR("dropout"))) {
        s.kind = LAYER_DROPOUT;
        if (!num_parse(value, &rate)) exit(2);
        s.rate = (float)rate;
    } else if (!num_parse_int(value, &units) || !keras_activation_named(rest, &s.act))
        exit(2);
    s.units = (int32_t)units;
    return s;
}

typedef void (*array_fn)(void *user, float *at, int64_t n);

/* Every weight, its m and its v. */
static void each_array(const network *net, float *blocks[3], array_fn fn, void *user)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        for (const weight_row *w = keras_layer_of(l->spec.kind)->weights; w->name; w++) {
            int64_t dims[2];
            (void)keras_weight_dims(l, w, dims);
            for (int k = 0; k < 3; k++)
                if (blocks[k]) fn(user, blocks[k] + keras_weight_offset(l, w), dims[0] * dims[1]);
        }
    }
}
static void load_array(void *user, float *at, int64_t n)
{
    if (fread(at, sizeof(float), (size_t)n, user) != (size_t)n) exit(3);
}
static void save_array(void *user, float *at, int64_t n)
{
    if (fwrite(at, sizeof(float), (size_t)n, user) != (size_t)n) exit(3);
}

static status write_file(const char *path, const network *net, const float *params,
                         const adam_state *state)
{
    zip_writer z = { 0 };
    text config = { 0 }, weights = { 0 };
    TRY(keras_config_write(&config, net, &(keras_training){ .optimiser = state }, &err));
    TRY(keras_weights_write(&weights, net, params, state, &err));
    zip_add(&z, STR("metadata.json"), STR("{\"keras_version\": \"3.7.0\"}"));
    zip_add(&z, STR("config.json"), text_view(&config));
    zip_add(&z, STR("model.weights.h5"), text_view(&weights));
    zip_add(&z, STR("propense.json"), STR("{\"any\": \"thing\"}"));
    zip_finish(&z);
    status s = z.bytes.bad ? fail_memory(&err) : file_write_all(path, z.bytes.p, z.bytes.n, &err);
    zip_writer_free(&z);
    text_free(&config);
    text_free(&weights);
    return s;
}

static int do_write(int argc, char **argv)
{
    enum { most = 32 };
    layer_spec specs[most];
    arena mem = { 0 };
    network net;
    adam_state state = { 0 };
    int n = argc - 7;
    if (n < 1 || n > most) return 2;
    for (int i = 0; i < n; i++) specs[i] = spec_of(argv[7 + i]);
    if (network_plan(&net, atoi(argv[4]), specs, n, &mem, &err) != PROPENSE_OK) return say_error();
    float *blocks[3];
    for (int k = 0; k < 3; k++) blocks[k] = TAKE_WIDE(&mem, float, net.n_params);
    FILE *f = fopen(argv[3], "rb");
    if (!f) return 3;
    each_array(&net, blocks, load_array, f);
    fclose(f);
    state.m = blocks[1];
    state.v = blocks[2];
    if (!num_parse_int(str_of(argv[5]), &state.iteration)) return 2;
    if (!num_parse(str_of(argv[6]), &state.learning_rate)) return 2;
    const adam_state *given = state.iteration < 0 ? NULL : &state;
    if (write_file(argv[2], &net, blocks[0], given) != PROPENSE_OK) return say_error();
    arena_free(&mem);
    return 0;
}

static status read_file(network *net, float **params, adam_state *state, arena *mem,
                        const char *path)
{
    unsigned char *bytes;
    int64_t n;
    zip_archive z;
    str config, weights;
    TRY(file_read_all(path, 1 << 26, &bytes, &n, &err));
    TRY(zip_open(&z, (str){ (const char *)bytes, n }, path, mem, &err));
    const zip_member *c = zip_find(&z, STR("config.json")),
                     *w = zip_find(&z, STR("model.weights.h5"));
    if (!c || !w) return fail(&err, PROPENSE_E_FORMAT, "a member is missing");
    TRY(zip_read(&config, &z, c, 1 << 26, path, mem, &err));
    TRY(zip_read(&weights, &z, w, 1 << 26, path, mem, &err));
    TRY(keras_config_read(net, config, path, mem, &err));
    TRY(keras_weights_check(net, weights, path, &err));
    *params = TAKE_WIDE(mem, float, net->n_params);
    TRY(keras_weights_read(net, weights, *params, state, path, mem, &err));
    mem_free(bytes);
    return PROPENSE_OK;
}

static int do_read(char **argv)
{
    arena mem = { 0 };
    network net = { 0 };
    float *params = NULL;
    adam_state state = { 0 };
    text t = { 0 };
    if (read_file(&net, &params, &state, &mem, argv[2]) != PROPENSE_OK) return say_error();
    text_f(&t, "%d", (int)net.n_inputs);
    for (int32_t i = 0; i < net.n_layers; i++) {
        const layer_spec *s = &net.layers[i].spec;
        if (s->kind == LAYER_DENSE)
            text_f(&t, " dense:%d:%s", (int)s->units, keras_activation_word(s->act));
        else {
            char digits[num_buffer];
            (void)num_repr_float(digits, s->rate);
            text_f(&t, " dropout:%s", digits);
        }
    }
    text_f(&t, "\n%lld ", (long long)state.iteration);
    text_repr(&t, state.learning_rate);
    puts(t.p);
    FILE *f = fopen(argv[3], "wb");
    if (!f) return 3;
    each_array(&net, (float *[]){ params, state.m, state.v }, save_array, f);
    fclose(f);
    text_free(&t);
    arena_free(&mem);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 8 && strcmp(argv[1], "write") == 0) return do_write(argc, argv);
    if (argc == 4 && strcmp(argv[1], "read") == 0) return do_read(argv);
    return 2;
}
