/* Optimiser and loss in Keras' configs, both ways.
 * Leaves the layers to keras_config*.c and the optimiser's arrays to keras_weights*.c.
 * Read keras_parts.h first; the names are those of keras.optimizers and keras.losses. */
#include <math.h>

#include "keras_parts.h"

/* A member of an optimiser's config, and whose it is. */
typedef struct setting {
    const char *key, *before; /* before: in Keras 2's optimisers of TensorFlow 2.0 */
    size_t place;             /* of the double in optimiser_settings */
    uint32_t kinds;           /* bits of optimiser_kind */
} setting;

#define BIT(kind)    (1u << (kind))
#define ADAMS        (BIT(OPTIMISER_ADAM) | BIT(OPTIMISER_ADAMW) | BIT(OPTIMISER_NADAM))
#define ALL          (ADAMS | BIT(OPTIMISER_SGD) | BIT(OPTIMISER_RMSPROP))
#define PLACE(field) offsetof(optimiser_settings, field)

static const setting settings[] = {
    { "beta_1", NULL, PLACE(beta1), ADAMS },
    { "beta_2", NULL, PLACE(beta2), ADAMS },
    { "rho", NULL, PLACE(rho), BIT(OPTIMISER_RMSPROP) },
    { "momentum", NULL, PLACE(momentum), BIT(OPTIMISER_SGD) | BIT(OPTIMISER_RMSPROP) },
    { "epsilon", NULL, PLACE(epsilon), ADAMS | BIT(OPTIMISER_RMSPROP) },
    { "weight_decay", NULL, PLACE(weight_decay), ALL },
    { "clipvalue", NULL, PLACE(clip_value), ALL },
    { "clipnorm", NULL, PLACE(clip_norm), ALL },
    { "global_clipnorm", NULL, PLACE(clip_norm_global), ALL },
};
enum { n_settings = sizeof settings / sizeof *settings };

static double setting_of(const optimiser_settings *s, const setting *row)
{
    double x;
    memcpy(&x, (const char *)s + row->place, sizeof x);
    return x;
}

int keras_optimiser_named(str class_name, optimiser_kind *out)
{
    for (int k = OPTIMISER_ADAM; k <= OPTIMISER_RMSPROP; k++)
        if (str_eq_nocase(class_name, str_of(optimiser_class((optimiser_kind)k))))
            return *out = (optimiser_kind)k, 1;
    return 0;
}

/* ---- Writing */

/* Adam's numbers may all be 0, which means its defaults. */
static int is_unset(const optimiser_settings *s)
{
    return s->kind == OPTIMISER_ADAM && s->beta1 == 0 && s->beta2 == 0 && s->epsilon == 0;
}

static void write_optimiser(json_writer *w, const char *key, keras_dialect dialect,
                            const optimiser_state *state)
{
    const optimiser_settings *s = &state->settings;
    const optimiser_settings usual = optimiser_defaults(s->kind);
    keras_open(w, key, dialect, "keras.optimizers", optimiser_class(s->kind));
    json_float(w, "learning_rate", (float)state->learning_rate);
    for (int i = 0; i < n_settings; i++) {
        double x = setting_of(s, &settings[i]);
        int betas = settings[i].place == PLACE(beta1) || settings[i].place == PLACE(beta2) ||
                    settings[i].place == PLACE(epsilon);
        if (is_unset(s) && betas) continue;
        if ((settings[i].kinds & BIT(s->kind)) && x != setting_of(&usual, &settings[i]))
            json_number(w, settings[i].key, x);
    }
    if (s->kind == OPTIMISER_SGD && s->nesterov) json_bool(w, "nesterov", 1);
    keras_close(w);
}

/* With a head of two units Keras' losses of integer labels know neither smoothing nor focus: the
 * plain one stands for them. */
static void write_loss(json_writer *w, keras_dialect dialect, const network *net,
                       const loss_settings *l)
{
    if (net->head == HEAD_SOFTMAX) {
        json_str(w, "loss", STR("sparse_categorical_crossentropy"));
    } else if (l->kind == LOSS_FOCAL) {
        keras_open(w, "loss", dialect, "keras.losses", "BinaryFocalCrossentropy");
        json_number(w, "gamma", l->gamma);
        if (l->balance > 0) {
            json_bool(w, "apply_class_balancing", 1);
            json_number(w, "alpha", l->balance);
        }
        if (l->label_smoothing > 0) json_number(w, "label_smoothing", l->label_smoothing);
        keras_close(w);
    } else if (l->label_smoothing > 0) {
        keras_open(w, "loss", dialect, "keras.losses", "BinaryCrossentropy");
        json_number(w, "label_smoothing", l->label_smoothing);
        keras_close(w);
    } else {
        json_str(w, "loss", STR("binary_crossentropy"));
    }
}

/* AUC wants one probability a row. */
static void write_metrics(json_writer *w, keras_dialect dialect, const network *net)
{
    json_open(w, "metrics", '[');
    json_str(w, NULL, STR("accuracy"));
    if (net->head == HEAD_SIGMOID && dialect == KERAS_3) {
        keras_open(w, NULL, dialect, "keras.metrics", "AUC");
        json_str(w, "name", STR("auc"));
        keras_close(w);
    }
    json_close(w, ']');
}

void keras_compile_write(json_writer *w, keras_dialect dialect, const network *net,
                         const keras_training *training)
{
    json_open(w, dialect == KERAS_3 ? "compile_config" : NULL, '{');
    write_optimiser(w, dialect == KERAS_3 ? "optimizer" : "optimizer_config", dialect,
                    training->optimiser);
    write_loss(w, dialect, net, &training->loss);
    write_metrics(w, dialect, net);
    if (dialect == KERAS_H5) { /* whose loader asks for these without looking */
        json_null(w, "loss_weights");
        json_null(w, "weighted_metrics");
    }
    json_close(w, '}');
}

/* ---- Reading */

static void read_settings(optimiser_settings *s, const json_value *config)
{
    int flag;
    for (int i = 0; i < n_settings; i++) {
        double x;
        if (!(settings[i].kinds & BIT(s->kind)) ||
            !json_as_number(json_get(config, settings[i].key), &x) || !isfinite(x) || x < 0)
            continue;
        x = keras_shortest((float)x); /* files hold the float32's digits */
        memcpy((char *)s + settings[i].place, &x, sizeof x);
    }
    if (s->kind == OPTIMISER_SGD && json_as_bool(json_get(config, "nesterov"), &flag))
        s->nesterov = flag;
}

static void read_loss(loss_settings *l, const json_value *v)
{
    str word = keras_word(v);
    const json_value *config = json_get(v, "config");
    double x;
    int flag;
    *l = (loss_settings){ 0 };
    if (str_eq(word, STR("BinaryFocalCrossentropy")) ||
        str_eq(word, STR("binary_focal_crossentropy"))) {
        l->kind = LOSS_FOCAL;
        l->gamma = json_as_number(json_get(config, "gamma"), &x) && x >= 0 ? x : 2;
        if (json_as_bool(json_get(config, "apply_class_balancing"), &flag) && flag)
            l->balance = json_as_number(json_get(config, "alpha"), &x) && x > 0 && x < 1 ? x : 0.25;
    }
    if (json_as_number(json_get(config, "label_smoothing"), &x) && x >= 0 && x < 1)
        l->label_smoothing = x;
}

static void read_training(str *class_name, optimiser_state *state, loss_settings *loss,
                          const json_value *compile)
{
    const json_value *v = json_get(compile, "optimizer");
    if (!v) v = json_get(compile, "optimizer_config");
    const json_value *config = json_get(v, "config"), *rate = json_get(config, "learning_rate");
    optimiser_kind kind;
    double asked;
    *class_name = keras_word(v);
    if (class_name->n > 7 && memcmp(class_name->p, "Custom>", 7) == 0) /* tf_keras 2.11 and later */
        *class_name = (str){ class_name->p + 7, class_name->n - 7 };
    if (!rate) rate = json_get(config, "lr");
    if (json_as_number(rate, &asked) && asked > 0 && asked < 1e6)
        state->learning_rate = keras_shortest((float)asked);
    if (keras_optimiser_named(*class_name, &kind)) {
        state->settings = optimiser_defaults(kind);
        read_settings(&state->settings, config);
    }
    read_loss(loss, json_get(compile, "loss"));
}

status keras_config_training(str *class_name, optimiser_state *state, loss_settings *loss, str json,
                             const char *name, arena *mem, propense_error *err)
{
    json_doc *doc = NULL;
    text what = { 0 };
    str word = { "", 0 };
    *class_name = (str){ 0 };
    text_f(&what, "%s: config.json", name);
    status s = what.bad ? fail_memory(err) : json_read(&doc, json, what.p, err);
    text_free(&what);
    TRY(s);
    const json_value *root = json_root(doc), *compile = json_get(root, "compile_config");
    read_training(&word, state, loss, compile ? compile : root);
    *class_name = str_keep(mem, word);
    json_free(doc);
    return class_name->p ? PROPENSE_OK : fail_memory(err);
}
