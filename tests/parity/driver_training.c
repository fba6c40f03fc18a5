/* Lets tests/parity/test_training.py reach the training loop with Keras' own initial weights,
 * without shuffling or dropout. Raw little-endian files in, raw files and text out.
 *
 *   driver_training FOLDER N N_VAL N_INPUTS BATCH EPOCHS LR UNITS...
 *
 * FOLDER holds x.f32 [N][N_INPUTS], y.u8 [N], x_val.f32, y_val.u8 and weights.f32: kernel and bias
 * of each Dense layer in turn, without gaps. Hidden layers are ReLU. Written: weights_out.f32,
 * m_out.f32, v_out.f32 in the same order; p_train.f32 [EPOCHS][N], the probability that each row
 * had when its step came, and p_val.f32 [EPOCHS][N_VAL] after each epoch. Text: one line of six
 * figures an epoch. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit.h"
#include "kernels.h"

typedef struct setting {
    const char *folder;
    arena mem;
    network net;
    float *params, *scratch;
    adam_state state;
    fit_data data;
    fit_options options;
} setting;

static void stop(const char *what)
{
    fprintf(stderr, "driver_training: %s\n", what);
    exit(1);
}

static FILE *open_in(const setting *s, const char *name, const char *mode)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", s->folder, name);
    FILE *f = fopen(path, mode);
    if (!f) stop(path);
    return f;
}
static void *read_items(setting *s, const char *name, int64_t n, int64_t size)
{
    FILE *f = open_in(s, name, "rb");
    void *into = arena_take(&s->mem, n, size, 64);
    if (!into || fread(into, (size_t)size, (size_t)n, f) != (size_t)n) stop(name);
    fclose(f);
    return into;
}
static void write_floats(const setting *s, const char *name, const float *x, int64_t n)
{
    FILE *f = open_in(s, name, "wb");
    if (fwrite(x, sizeof *x, (size_t)n, f) != (size_t)n) stop(name);
    fclose(f);
}

/* Copies between the dense order of the files and the padded block. */
static void exchange(const network *net, float *block, float *dense, int to_block)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const int64_t at[] = { l->kernel, l->bias };
        const int64_t n[] = { (int64_t)l->n_in * l->n_out, l->n_out };
        for (int t = 0; t < 2; t++) {
            float *here = block + at[t];
            memcpy(to_block ? here : dense, to_block ? dense : here, (size_t)n[t] * sizeof *here);
            dense += n[t];
        }
    }
}
static void write_block(setting *s, const char *name, float *block)
{
    float *dense = TAKE(&s->mem, float, s->net.n_trainable);
    exchange(&s->net, block, dense, 0);
    write_floats(s, name, dense, s->net.n_trainable);
}

static void begin(setting *s, char **args, int n_layers)
{
    layer_spec specs[16];
    s->folder = args[1];
    s->data.n = atoll(args[2]);
    s->data.n_val = atoll(args[3]);
    s->options = (fit_options){ .batch_size = atoi(args[5]),
                                .epochs = atoi(args[6]),
                                .learning_rate = strtod(args[7], NULL),
                                .threads = 1,
                                .kernels = kernels_best() };
    for (int i = 0; i < n_layers; i++)
        specs[i] = (layer_spec){ .kind = LAYER_DENSE,
                                 .units = atoi(args[8 + i]),
                                 .act = i == n_layers - 1 ? ACT_SIGMOID : ACT_RELU };
    int32_t n_inputs = atoi(args[4]);
    if (network_plan(&s->net, n_inputs, specs, n_layers, &s->mem, NULL)) stop("no such network");
    s->params = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->state.m = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->state.v = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->scratch = TAKE_WIDE(&s->mem, float, network_predict_scratch(&s->net, network_block_rows));
    s->data.x = read_items(s, "x.f32", s->data.n * n_inputs, 4);
    s->data.y = read_items(s, "y.u8", s->data.n, 1);
    s->data.x_val = read_items(s, "x_val.f32", s->data.n_val * n_inputs, 4);
    s->data.y_val = read_items(s, "y_val.u8", s->data.n_val, 1);
    exchange(&s->net, s->params, read_items(s, "weights.f32", s->net.n_trainable, 4), 1);
}

static void probabilities(const setting *s, const float *params, const float *x, int64_t n,
                          float *p)
{
    network_logits(&s->net, params, s->options.kernels, x, n, p, s->scratch);
    for (int64_t i = 0; i < n; i++) p[i] = (float)(1 / (1 + exp(-(double)p[i])));
}

/* One step at a time, with a look at the probabilities before each. */
static void train_by_steps(setting *s, float *params, adam_state *state)
{
    int64_t n = s->data.n, n_val = s->data.n_val;
    float *p = TAKE(&s->mem, float, n * s->options.epochs);
    float *p_val = TAKE(&s->mem, float, n_val * s->options.epochs);
    fit_options one = s->options;
    one.epochs = 1;
    for (int e = 0; e < s->options.epochs; e++) {
        for (int64_t at = 0; at < n; at += one.batch_size) {
            const float *x = s->data.x + at * s->net.n_inputs;
            fit_data step = { .x = x, .y = s->data.y + at, .n = n - at };
            if (step.n > one.batch_size) step.n = one.batch_size;
            history h;
            probabilities(s, params, x, step.n, p + e * n + at);
            if (network_fit(&s->net, params, state, &h, &step, &one, &s->mem, NULL, NULL))
                stop("a step went wrong");
        }
        probabilities(s, params, s->data.x_val, n_val, p_val + e * n_val);
    }
    write_floats(s, "p_train.f32", p, n * s->options.epochs);
    write_floats(s, "p_val.f32", p_val, n_val * s->options.epochs);
}

int main(int argc, char **argv)
{
    if (argc < 9 || argc > 24) stop("see the head of this file");
    setting s = { 0 };
    begin(&s, argv, argc - 8);
    size_t bytes = (size_t)s.net.n_params * sizeof(float);
    float *params = TAKE_WIDE(&s.mem, float, s.net.n_params);
    adam_state state = { TAKE_WIDE(&s.mem, float, s.net.n_params),
                         TAKE_WIDE(&s.mem, float, s.net.n_params), 0, 0 };
    memcpy(params, s.params, bytes);
    history h;
    propense_error err = PROPENSE_ERROR_INIT;
    if (network_fit(&s.net, s.params, &s.state, &h, &s.data, &s.options, &s.mem, NULL, &err))
        stop(err.message);
    train_by_steps(&s, params, &state);
    if (memcmp(params, s.params, bytes) != 0 || memcmp(state.v, s.state.v, bytes) != 0)
        stop("single steps end elsewhere than the loop");
    for (int e = 0; e < h.n_epochs; e++) {
        const epoch_figures *f = &h.epochs[e];
        printf("%a %a %a %a %a %a\n", f->loss, f->accuracy, f->auc, f->val_loss, f->val_accuracy,
               f->val_auc);
    }
    write_block(&s, "weights_out.f32", s.params);
    write_block(&s, "m_out.f32", s.state.m);
    write_block(&s, "v_out.f32", s.state.v);
    arena_free(&s.mem);
    return 0;
}
