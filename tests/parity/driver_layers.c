/* Lets tests/parity/test_layers.py reach every layer, optimiser, schedule, loss and callback with
 * Keras' own initial weights, without shuffling or noise.
 *
 *   driver_layers fit FOLDER N N_VAL N_INPUTS NAME=VALUE...
 *   driver_layers stop PATIENCE MIN_DELTA MODE BASELINE START VALUES...
 *
 * fit: options of training by name, as on the command line. FOLDER holds x.f32 [N][N_INPUTS],
 * y.u8 [N], x_val.f32, y_val.u8, weights.f32 (all arrays of all layers in Keras' order, without
 * gaps) and, where there are weights of rows, sample.f32 [N]. Written: before.f32 and after.f32,
 * P(1) of x before and after training; weights_out.f32. Text: a line of six figures and the
 * learning rate an epoch; then "best EPOCH stopped 0|1".
 * stop: EarlyStopping alone; "epochs N best M", M from 1. MODE is min or max, BASELINE may be none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "maths.h"
#include "num.h"
#include "options.h"
#include "pipeline_options.h"
#include "watch.h"

typedef struct setting {
    const char *folder;
    arena mem;
    network net;
    float *params, *scratch;
    optimiser_state state;
    fit_data data;
    fit_options fit;
} setting;

static void stop(const char *what)
{
    fprintf(stderr, "driver_layers: %s\n", what);
    exit(1);
}

static FILE *open_in(const setting *s, const char *name, const char *mode)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", s->folder, name);
    return fopen(path, mode);
}
/* NULL: there is no such file. */
static void *read_items(setting *s, const char *name, int64_t n, int64_t size)
{
    FILE *f = open_in(s, name, "rb");
    if (!f) return NULL;
    void *into = arena_take(&s->mem, n, size, 64);
    if (!into || fread(into, (size_t)size, (size_t)n, f) != (size_t)n) stop(name);
    fclose(f);
    return into;
}
static void write_floats(const setting *s, const char *name, const float *x, int64_t n)
{
    FILE *f = open_in(s, name, "wb");
    if (!f || fwrite(x, sizeof *x, (size_t)n, f) != (size_t)n) stop(name);
    fclose(f);
}

/* Copies between the dense order of the files and the padded block; returns the floats. */
static int64_t exchange(const network *net, float *block, float *dense, int to_block)
{
    int64_t done = 0;
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const int64_t units = l->n_out, both = l->n_in * units;
        const struct {
            int64_t at, n;
        } arrays[] = { { l->kernel, both },       { l->spec.no_bias ? -1 : l->bias, units },
                       { l->gamma, units },       { l->beta, units },
                       { l->moving_mean, units }, { l->moving_variance, units },
                       { l->alpha, units } };
        for (size_t t = 0; t < sizeof arrays / sizeof *arrays; t++) {
            if (arrays[t].at < 0) continue;
            float *here = block + arrays[t].at, *there = dense + done;
            memcpy(to_block ? here : there, to_block ? there : here,
                   (size_t)arrays[t].n * sizeof *here);
            done += arrays[t].n;
        }
    }
    return done;
}

static void set_options(setting *s, int n_inputs, char **words, int n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    options *o = options_new();
    layer_spec *specs;
    int32_t n_specs;
    for (int i = 0; i < n; i++) {
        char *value = strchr(words[i], '=');
        if (!value) stop(words[i]);
        *value++ = '\0';
        if (options_set(o, str_of(words[i]), str_of(value), &err)) stop(err.message);
    }
    if (layers_of_options(&specs, &n_specs, o, &s->mem, &err)) stop(err.message);
    if (fit_of_options(&s->fit, o, &err)) stop(err.message);
    if (network_plan(&s->net, n_inputs, specs, n_specs, &s->mem, &err)) stop(err.message);
    s->fit.shuffle = s->fit.dropout = 0;
    options_free(o);
}

static void read_all(setting *s)
{
    fit_data *d = &s->data;
    const int64_t width = s->net.n_inputs, n = s->net.n_trainable + s->net.n_fixed;
    d->x = read_items(s, "x.f32", d->n * width, 4);
    d->y = read_items(s, "y.u8", d->n, 1);
    d->x_val = read_items(s, "x_val.f32", d->n_val * width, 4);
    d->y_val = read_items(s, "y_val.u8", d->n_val, 1);
    d->weight = read_items(s, "sample.f32", d->n, 4);
    float *dense = read_items(s, "weights.f32", n, 4);
    s->params = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->state.m = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->state.v = TAKE_WIDE(&s->mem, float, s->net.n_params);
    s->scratch = TAKE_WIDE(&s->mem, float, network_predict_scratch(&s->net, d->n));
    if (exchange(&s->net, s->params, dense, 1) != n) stop("weights.f32");
}

static void predict(setting *s, const char *name)
{
    float *p = TAKE(&s->mem, float, s->data.n);
    network_logits(&s->net, s->params, kernels_best(), s->data.x, s->data.n, p, s->scratch);
    for (int64_t i = 0; i < s->data.n; i++) p[i] = (float)m_sigmoid((double)p[i]);
    write_floats(s, name, p, s->data.n);
}

static void show(double x, char end)
{
    char digits[num_buffer];
    (void)num_repr(digits, x);
    printf("%s%c", digits, end);
}

static int fit(int argc, char **argv)
{
    setting s = { .folder = argv[2] };
    propense_error err = PROPENSE_ERROR_INIT;
    history h;
    s.data.n = atoi(argv[3]), s.data.n_val = atoi(argv[4]);
    set_options(&s, atoi(argv[5]), argv + 6, argc - 6);
    read_all(&s);
    predict(&s, "before.f32");
    if (network_fit(&s.net, s.params, &s.state, &h, &s.data, &s.fit, &s.mem, NULL, &err))
        stop(err.message);
    predict(&s, "after.f32");
    float *dense = TAKE(&s.mem, float, s.net.n_params);
    write_floats(&s, "weights_out.f32", dense, exchange(&s.net, s.params, dense, 0));
    for (int32_t e = 0; e < h.n_epochs; e++) {
        const epoch_figures *f = &h.epochs[e];
        const double all[] = { f->loss,         f->accuracy, f->auc,    f->val_loss,
                               f->val_accuracy, f->val_auc,  h.rates[e] };
        for (int i = 0; i < 7; i++) show(all[i], i < 6 ? ' ' : '\n');
    }
    printf("best %d stopped %d\n", (int)h.best_epoch, (int)h.stopped_early);
    arena_free(&s.mem);
    return 0;
}

static double number(const char *word)
{
    double x = 0;
    if (!num_parse(str_of(word), &x)) stop(word);
    return x;
}

static int watch(int argc, char **argv)
{
    stopping_settings s = { .on = 1,
                            .patience = atoi(argv[2]),
                            .min_delta = number(argv[3]),
                            .mode = strcmp(argv[4], "min") == 0 ? MODE_MIN : MODE_MAX,
                            .has_baseline = strcmp(argv[5], "none") != 0,
                            .start_from_epoch = atoi(argv[6]) };
    if (s.has_baseline) s.baseline = number(argv[5]);
    stopping_watch w = { 0 };
    int32_t e = 0;
    for (int at_end = 0; 7 + e < argc && !at_end; e++)
        at_end = stopping_look(&w, &s, e, number(argv[7 + e])).stop;
    printf("epochs %d best %d\n", (int)e, w.has_weights ? (int)w.best_epoch + 1 : 0);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 5 && strcmp(argv[1], "fit") == 0) return fit(argc, argv);
    if (argc > 7 && strcmp(argv[1], "stop") == 0) return watch(argc, argv);
    stop("fit FOLDER N N_VAL N_INPUTS NAME=VALUE... | stop PATIENCE ...");
    return 1;
}
