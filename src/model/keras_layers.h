/* How Keras calls our layers: the one table behind reading and writing of configs and weights. A
 * new kind of layer is one row. */
#ifndef PROPENSE_KERAS_LAYERS_H
#define PROPENSE_KERAS_LAYERS_H

#include "network.h"

typedef enum config_kind { CONFIG_INTEGER, CONFIG_NUMBER, CONFIG_ACTIVATION } config_kind;

/* A member of a layer's config. It is written always; read, it may be absent when `optional`. */
typedef struct config_key {
    const char *key; /* NULL ends the list */
    config_kind kind;
    size_t place; /* of the int32_t, float or activation in layer_spec */
    int optional;
} config_key;

typedef enum weight_shape { SHAPE_IN_OUT, SHAPE_OUT } weight_shape;

/* A dataset of a layer: number 0, 1, ... in the order of the row. */
typedef struct weight_row {
    const char *name; /* NULL ends the list */
    size_t place;     /* of its offset in struct layer */
    weight_shape shape;
} weight_row;

enum { keys_limit = 4, weights_limit = 4 };
typedef struct keras_layer {
    layer_kind kind;
    const char *class_name; /* "Dense" */
    const char *stem;       /* the class in snake case: names and weight paths begin with it */
    const char *needs_true; /* a flag of the config that we know at true only; NULL = none */
    config_key keys[keys_limit + 1];
    weight_row weights[weights_limit + 1];
} keras_layer;

const keras_layer *keras_layer_of(layer_kind kind);
const keras_layer *keras_layer_named(str class_name); /* NULL: not supported */
/* "Dense, Dropout". */
void keras_layer_list(text *out);

/* Keras' word, and back; the latter returns 0 for what is not supported. */
const char *keras_activation_word(activation act);
int keras_activation_named(str word, activation *out);
void keras_activation_list(text *out);

/* "dense", "dense_1", ...: counted by class. */
void keras_layer_name(text *out, const network *net, int32_t number);

static inline int64_t keras_weight_offset(const layer *l, const weight_row *w)
{
    int64_t offset;
    memcpy(&offset, (const char *)l + w->place, sizeof offset);
    return offset;
}
/* Returns the rank. */
static inline int keras_weight_dims(const layer *l, const weight_row *w, int64_t dims[2])
{
    dims[0] = w->shape == SHAPE_IN_OUT ? l->n_in : l->n_out;
    dims[1] = w->shape == SHAPE_IN_OUT ? l->n_out : 1;
    return w->shape == SHAPE_IN_OUT ? 2 : 1;
}

#endif
