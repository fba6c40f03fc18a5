/* How Keras calls our layers: the one table behind reading and writing of configs and weights. A
 * new kind of layer is one row. */
#ifndef PROPENSE_KERAS_LAYERS_H
#define PROPENSE_KERAS_LAYERS_H

#include <stddef.h>

#include "network.h"

typedef enum config_kind {
    CONFIG_INTEGER,
    CONFIG_NUMBER,
    CONFIG_ACTIVATION,
    CONFIG_ABSENCE /* an int32_t that is 1 where the config says false; written only then */
} config_kind;

/* A member of a layer's config. But for absences it is written always; read, it may be absent when
 * `optional`. */
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

/* The double whose digits are the shortest for that float32: 0.001, as it was asked for, and not
 * 0.0010000000474974513. */
double keras_shortest(float x);

/* "dense", "dense_1", ...: counted by class. */
void keras_layer_name(text *out, const network *net, int32_t number);

/* 0: the file has no such array, because the layer goes without its bias. */
static inline int keras_weight_is_stored(const layer *l, const weight_row *w)
{
    return w->place != offsetof(layer, bias) || !l->spec.no_bias;
}
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
