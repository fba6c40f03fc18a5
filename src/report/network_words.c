/* A network's layers as a table, and what its silent units mean.
 * Leaves what surrounds them to console_inspect.c and dry_run_words.c.
 * Read network_words.h first. */
#include "network_words.h"

#include "console_text.h"
#include "keras_layers.h"
#include "words.h"

enum { figure_width = 10 };

const char *layer_class(const layer *l)
{
    return l->spec.kind == LAYER_GROUPS ? "Groups" : keras_layer_of(l->spec.kind)->class_name;
}

int64_t layer_numbers(const layer *l)
{
    int64_t units = l->n_out;
    switch (l->spec.kind) {
    case LAYER_GROUPS:
        return (int64_t)l->n_in * l->spec.units + units;
    case LAYER_DENSE:
        return ((int64_t)l->n_in + !l->spec.no_bias) * units;
    case LAYER_BATCH_NORM:
        return units * (2 + !l->spec.no_scale + !l->spec.no_center);
    case LAYER_LAYER_NORM:
        return units * (!l->spec.no_scale + !l->spec.no_center);
    case LAYER_PRELU:
        return units;
    default:
        return 0;
    }
}

static void add_name(text *out, const network *net, int32_t number)
{
    if (net->layers[number].spec.kind == LAYER_GROUPS)
        text_z(out, "groups");
    else
        keras_layer_name(out, net, number);
}

/* Widths of the first two columns. */
typedef struct widths {
    int name, kind;
} widths;

static widths widths_of(const network *net)
{
    widths w = { network_name_width, 8 };
    for (int32_t i = 0; i < net->n_layers; i++) {
        text name = { 0 };
        str kind = str_of(layer_class(&net->layers[i]));
        add_name(&name, net, i);
        if (name.n > w.name) w.name = (int)name.n;
        if (kind.n > w.kind) w.kind = (int)kind.n;
        text_free(&name);
    }
    return w;
}

static void row(text *out, widths w, str name, str kind, str shape, str params, str more)
{
    text_z(out, "  ");
    text_pad(out, name, w.name);
    text_z(out, "  ");
    text_pad(out, kind, w.kind);
    text_z(out, "  ");
    text_pad(out, shape, -figure_width);
    text_z(out, "  ");
    text_pad(out, params, -figure_width);
    if (more.n) text_z(out, "  ");
    text_str(out, more);
    text_char(out, '\n');
}

/* What the layer does, in a word or two. */
static void add_what(text *t, const layer_spec *s, propense_language lang)
{
    switch (s->kind) {
    case LAYER_DROPOUT:
        text_f(t, tr(lang, "drops %s"), show_number((double)s->rate, lang).p);
        break;
    case LAYER_GAUSSIAN_NOISE:
        text_f(t, tr(lang, "adds noise of %s"), show_number((double)s->stddev, lang).p);
        break;
    case LAYER_LEAKY_RELU:
        text_f(t, tr(lang, "slope %s below 0"), show_number((double)s->alpha, lang).p);
        break;
    case LAYER_ELU:
        text_f(t, "alpha %s", show_number((double)s->alpha, lang).p);
        break;
    case LAYER_DENSE:
    case LAYER_ACTIVATION:
    case LAYER_GROUPS:
        text_z(t, keras_activation_word(s->act));
        break;
    default:
        break;
    }
    if (s->no_bias) text_f(t, ", %s", tr(lang, "no bias"));
    if (s->kind == LAYER_GROUPS) text_f(t, tr(lang, ", %d units a column"), (int)s->units);
    if (s->l1 > 0) text_f(t, ", L1 %s", show_number((double)s->l1, lang).p);
    if (s->l2 > 0) text_f(t, ", L2 %s", show_number((double)s->l2, lang).p);
}

static void line(text *out, widths w, const network *net, int32_t number, int silent,
                 propense_language lang)
{
    const layer *l = &net->layers[number];
    text name = { 0 }, shape = { 0 }, more = { 0 };
    add_name(&name, net, number);
    text_f(&shape, "(-, %d)", (int)l->n_out);
    add_what(&more, &l->spec, lang);
    if (silent > 0) {
        if (more.n) text_z(&more, "; ");
        text_f(&more, tr(lang, "%d of %d units are silent"), silent, (int)l->n_out);
    }
    row(out, w, text_view(&name), str_of(layer_class(l)), text_view(&shape),
        str_of(show_count(layer_numbers(l), lang).p), text_view(&more));
    out->bad |= name.bad | shape.bad | more.bad;
    text_free(&name);
    text_free(&shape);
    text_free(&more);
}

void network_table(text *out, const network *net, const int32_t *silent, propense_language l)
{
    widths w = widths_of(net);
    row(out, w, str_of(tr(l, "layer")), str_of(tr(l, "kind")), str_of(tr(l, "output")),
        str_of(tr(l, "parameters")), (str){ 0 });
    for (int32_t i = 0; i < net->n_layers; i++) line(out, w, net, i, silent ? silent[i] : -1, l);
}

/* From a tenth of the units on that could. */
void silent_advice(text *out, const network *net, const int32_t *silent, propense_language l)
{
    int64_t n = 0, all = 0;
    for (int32_t i = 0; i < net->n_layers; i++)
        if (silent[i] >= 0) n += silent[i], all += net->layers[i].n_out;
    if (n == 0 || n * 10 < all) return;
    text words = { 0 };
    text_f(&words,
           tr(l, "%lld of %lld units with ReLU are above 0 for no row of the training part: they "
                 "say nothing and learn nothing any more. LeakyReLU, PReLU and ELU keep a slope "
                 "below 0 (--activation leaky_relu, prelu or elu), batch normalisation keeps the "
                 "sums around it (--normalize batch), and a smaller learning rate throws fewer of "
                 "them out (--lr)."),
           (long long)n, (long long)all);
    out->bad |= words.bad;
    if (!words.bad) paragraph(out, "  ", 2, text_view(&words));
    text_free(&words);
}
