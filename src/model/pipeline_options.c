/* What some options mean: the layers of a network, its training, a list of words, the kernels.
 * Leaves shapes and parameters to network_plan. Read pipeline_options.h first. */
#include "pipeline_options.h"

#include "kernels.h"
#include "layer_words.h"
#include "num.h"

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

/* ---- Layers */

enum { layers_a_hidden = 4 }; /* Dense, normalisation, activation, dropout */

/* "200" or "200x4": units, and how many such layers. */
static int hidden_word(str word, int64_t *units, int64_t *times)
{
    str rest = word, head;
    *times = 1;
    if (!str_cut(&rest, &head, 'x') || !num_parse_int(head, units)) return 0;
    if (rest.p && !num_parse_int(rest, times)) return 0;
    return *units >= 1 && *units <= layer_most_units && *times >= 1;
}

static layer_spec normal_layer(const options *o)
{
    if (strcmp(option_text(o, OPT_normalize), "batch") == 0)
        return (layer_spec){ .kind = LAYER_BATCH_NORM, .momentum = 0.99F, .epsilon = 1e-3F };
    return (layer_spec){ .kind = LAYER_LAYER_NORM, .epsilon = 1e-3F };
}

/* One hidden layer with what the options put around it. Returns how many specs it took. */
static int32_t add_hidden(layer_spec *to, const options *o, int32_t units)
{
    int32_t n = 0;
    const char *act = option_text(o, OPT_activation);
    int is_prelu = strcmp(act, "prelu") == 0;
    int is_apart = strcmp(option_text(o, OPT_normalize), "none") != 0;
    layer_spec dense = { .kind = LAYER_DENSE,
                         .units = units,
                         .l1 = (float)option_number(o, OPT_l1),
                         .l2 = (float)option_number(o, OPT_l2),
                         .max_norm = (float)option_number(o, OPT_max_norm) };
    activation chosen = ACT_LINEAR;
    (void)activation_of_word(str_of(act), &chosen);
    (void)initialiser_of_word(str_of(option_text(o, OPT_init)), &dense.init);
    if (!is_apart) dense.act = chosen;
    to[n++] = dense;
    if (is_apart) to[n++] = normal_layer(o);
    if (is_prelu)
        to[n++] = (layer_spec){ .kind = LAYER_PRELU, .alpha = 0.25F };
    else if (is_apart && chosen != ACT_LINEAR)
        to[n++] = (layer_spec){ .kind = LAYER_ACTIVATION, .act = chosen };
    float rate = (float)option_number(o, OPT_dropout);
    if (rate > 0) to[n++] = (layer_spec){ .kind = LAYER_DROPOUT, .rate = rate };
    return n;
}

static status hidden_layers(layer_spec *to, int32_t *n, const options *o, arena *mem,
                            propense_error *err)
{
    str *words;
    int32_t n_words, n_hidden = 0;
    TRY(words_of_option(&words, &n_words, option_text(o, OPT_hidden), mem, err));
    if (n_words == 1 && str_eq(words[0], STR("none"))) return PROPENSE_OK;
    for (int32_t i = 0; i < n_words; i++) {
        int64_t units, times;
        if (!hidden_word(words[i], &units, &times))
            return fail(err, PROPENSE_E_ARG,
                        "--hidden: met '%.*s', expected units as 64,32 or 200x4 (each 1 .. %d)",
                        STR_ARG(words[i]), (int)layer_most_units);
        if (times > layer_most - n_hidden)
            return fail(err, PROPENSE_E_ARG, "--hidden: met more than %d layers", (int)layer_most);
        n_hidden += (int32_t)times;
        for (; times > 0; times--) *n += add_hidden(to + *n, o, (int32_t)units);
    }
    return PROPENSE_OK;
}

static layer_spec head_layer(const options *o)
{
    int two = strcmp(option_text(o, OPT_head), "softmax") == 0;
    layer_spec head = { .kind = LAYER_DENSE,
                        .units = two ? 2 : 1,
                        .act = two ? ACT_SOFTMAX : ACT_SIGMOID,
                        .l1 = (float)option_number(o, OPT_l1),
                        .l2 = (float)option_number(o, OPT_l2) };
    (void)initialiser_of_word(str_of(option_text(o, OPT_init)), &head.init);
    return head;
}

status layers_of_options(layer_spec **out, int32_t *n, const options *o, arena *mem,
                         propense_error *err)
{
    layer_spec *specs = TAKE(mem, layer_spec, layers_a_hidden * layer_most + 2), *named;
    int32_t n_named, at = 0;
    float noise = (float)option_number(o, OPT_noise);
    if (!specs) return fail_memory(err);
    if (noise > 0) specs[at++] = (layer_spec){ .kind = LAYER_GAUSSIAN_NOISE, .stddev = noise };
    if (*option_text(o, OPT_layers)) {
        TRY(layers_of_words(&named, &n_named, str_of(option_text(o, OPT_layers)), mem, err));
        for (int32_t i = 0; i < n_named; i++) specs[at++] = named[i];
    } else
        TRY(hidden_layers(specs, &at, o, mem, err));
    specs[at++] = head_layer(o);
    *out = specs;
    *n = at;
    return PROPENSE_OK;
}

/* ---- Training */

/* The place of a choice's value among the words of its row, which are in the order of the enum. */
static int choice_of(const options *o, option_id id)
{
    str rest = str_of(option_table[id].choices), word, value = str_of(option_text(o, id));
    for (int i = 0; str_cut(&rest, &word, '|'); i++)
        if (str_eq(word, value)) return i;
    return 0; /* the option table lets no other word through */
}

static optimiser_settings optimiser_of(const options *o)
{
    optimiser_settings s = optimiser_defaults((optimiser_kind)choice_of(o, OPT_optimizer));
    int is_adam =
        s.kind == OPTIMISER_ADAM || s.kind == OPTIMISER_ADAMW || s.kind == OPTIMISER_NADAM;
    if (is_adam) s.beta1 = option_number(o, OPT_beta1), s.beta2 = option_number(o, OPT_beta2);
    if (s.kind == OPTIMISER_RMSPROP) s.rho = option_number(o, OPT_rho);
    if (s.kind != OPTIMISER_SGD) s.epsilon = option_number(o, OPT_epsilon);
    if (!is_adam) s.momentum = option_number(o, OPT_momentum);
    if (s.kind == OPTIMISER_SGD) s.nesterov = option_flag(o, OPT_nesterov);
    if (option_number(o, OPT_weight_decay) >= 0)
        s.weight_decay = option_number(o, OPT_weight_decay);
    s.clip_value = option_number(o, OPT_clip_value);
    s.clip_norm = option_number(o, OPT_clip_norm);
    s.clip_norm_global = option_number(o, OPT_clip_global_norm);
    return s;
}

static schedule_settings schedule_of(const options *o)
{
    return (schedule_settings){ .kind = (schedule_kind)choice_of(o, OPT_schedule),
                                .decay_epochs = option_number(o, OPT_decay_epochs),
                                .warmup_epochs = option_number(o, OPT_warmup_epochs),
                                .decay_rate = option_number(o, OPT_decay_rate),
                                .staircase = option_flag(o, OPT_staircase),
                                .final_share = option_number(o, OPT_final_lr),
                                .factor = option_number(o, OPT_lr_factor),
                                .patience = (int32_t)option_int(o, OPT_lr_patience),
                                .cooldown = (int32_t)option_int(o, OPT_lr_cooldown),
                                .min_delta = 1e-4,
                                .min_rate = option_number(o, OPT_min_lr) };
}

static status stopping_of(stopping_settings *s, const options *o, propense_error *err)
{
    const char *baseline = option_text(o, OPT_baseline);
    int64_t patience = option_int(o, OPT_patience);
    *s = (stopping_settings){ .on = patience >= 0 || option_flag(o, OPT_restore_best_weights),
                              .monitor = (monitor)choice_of(o, OPT_monitor),
                              .mode = (monitor_mode)choice_of(o, OPT_monitor_mode),
                              .min_delta = option_number(o, OPT_min_delta),
                              .patience = patience >= 0 ? (int32_t)patience : INT32_MAX,
                              .has_baseline = *baseline != '\0',
                              .restore_best_weights = option_flag(o, OPT_restore_best_weights),
                              .start_from_epoch = (int32_t)option_int(o, OPT_start_from_epoch) };
    if (s->has_baseline && !num_parse(str_trim(str_of(baseline)), &s->baseline))
        return fail(err, PROPENSE_E_ARG, "--baseline: met '%s', expected a number", baseline);
    return PROPENSE_OK;
}

/* "none", "balanced", or the weights of no and yes. */
static status class_weights(fit_options *f, const options *o, propense_error *err)
{
    str rest = str_of(option_text(o, OPT_class_weight)), no;
    double *w = f->class_weight;
    f->balanced = str_eq(rest, STR("balanced"));
    if (f->balanced || str_eq(rest, STR("none"))) return PROPENSE_OK;
    if (str_cut(&rest, &no, ',') && num_parse(str_trim(no), &w[0]) && rest.p &&
        num_parse(str_trim(rest), &w[1]) && w[0] >= 0 && w[1] >= 0 && w[0] <= 1e6 && w[1] <= 1e6 &&
        w[0] + w[1] > 0)
        return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "--class_weight: met '%s', expected none, balanced, or two numbers as 1,5: of rows "
                "without and with a conversion (each 0 .. 1000000)",
                option_text(o, OPT_class_weight));
}

static status check_clips(const optimiser_settings *s, propense_error *err)
{
    if ((s->clip_value > 0) + (s->clip_norm > 0) + (s->clip_norm_global > 0) <= 1)
        return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "--clip_value, --clip_norm and --clip_global_norm exclude each other: choose one");
}

status fit_of_options(fit_options *out, const options *o, propense_error *err)
{
    *out = (fit_options){ .epochs = (int32_t)option_int(o, OPT_epochs),
                          .batch_size = (int32_t)option_int(o, OPT_batch_size),
                          .learning_rate = option_number(o, OPT_lr),
                          .seed = (uint64_t)option_int(o, OPT_seed),
                          .shuffle = 1,
                          .dropout = 1,
                          .threads = (int)option_int(o, OPT_threads),
                          .optimiser = optimiser_of(o),
                          .schedule = schedule_of(o) };
    out->loss = (loss_settings){ .kind = (loss_kind)choice_of(o, OPT_loss),
                                 .label_smoothing = option_number(o, OPT_label_smoothing),
                                 .gamma = option_number(o, OPT_focal_gamma),
                                 .balance = option_number(o, OPT_focal_alpha) };
    TRY(check_clips(&out->optimiser, err));
    TRY(stopping_of(&out->stopping, o, err));
    TRY(class_weights(out, o, err));
    return kernels_of_options(&out->kernels, o, err);
}

/* ---- The CPU level */

/* The first option that spells a network out, -1 without. */
static int network_option(const options *o)
{
    for (int id = OPT_hidden; id <= OPT_network; id++)
        if (id != OPT_dry_run && option_given(o, (option_id)id)) return id;
    return -1;
}

static int has_end(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

/* What eight networks do not do: rows of one's own to watch, balanced or weighted rows, an HDF5
 * file. */
static int asks_for_one_network(const options *o)
{
    const char *out = option_text(o, OPT_model_out);
    return option_given(o, OPT_valid) || option_given(o, OPT_balance) ||
           option_given(o, OPT_weight_column) || has_end(out, ".h5") || has_end(out, ".hdf5");
}

status best_of_options(int *is_best, const options *o, propense_error *err)
{
    const char *preset = option_text(o, OPT_preset);
    int spelt = network_option(o), is_asked = strcmp(preset, "best") == 0;
    *is_best = is_asked || (!*preset && spelt < 0 && !asks_for_one_network(o));
    option_id about = *option_text(o, OPT_weight_column) ? OPT_weight_column : OPT_balance;
    if (is_asked && (about == OPT_weight_column || strcmp(option_text(o, about), "none") != 0))
        return fail(
            err, PROPENSE_E_ARG,
            "--%s: the best preset learns from every row, and counts it once; leave out one "
            "of the two, or name another preset",
            option_table[about].name);
    if (!is_asked || spelt < 0) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "--%s: the best preset has its own network and training; leave out one of the two",
                option_table[spelt].name);
}

status kernels_of_options(const struct kernels **out, const options *o, propense_error *err)
{
    const char *name = option_text(o, OPT_kernels);
    *out = strcmp(name, "auto") == 0 ? kernels_best() : kernels_by_name(name);
    if (*out) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "--kernels: this machine has no level '%s'", name);
}
