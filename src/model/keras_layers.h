/* How Keras calls our layers: the one table behind reading and writing of configs and weights. A
 * new kind of layer is one row. */
#ifndef PROPENSE_KERAS_LAYERS_H
#define PROPENSE_KERAS_LAYERS_H

#include <stddef.h>

#include "network.h"

typedef enum config_kind {
    CONFIG_WIDTH,       /* int32_t units, at least 1; written is the layer's n_out */
    CONFIG_SHARE,       /* float, 0 <= x < 1 */
    CONFIG_NUMBER,      /* float, finite */
    CONFIG_LIMIT,       /* float or null, which is 0; written only above 0 */
    CONFIG_ACTIVATION,  /* a word */
    CONFIG_ABSENCE,     /* an int32_t that is 1 where the config says false; written only then */
    CONFIG_INITIALISER, /* a word, or an object of a class; written where it is not Keras' default
                         */
    CONFIG_PENALTIES,   /* L1, L2 or L1L2, into the floats l1 and, behind it, l2 */
    CONFIG_CONSTRAINT,  /* MaxNorm, into a float; 0 = none */
    CONFIG_MUST         /* has to be absent, null, false or what `initial` says: is not stored */
} config_kind;

/* A member of a layer's config. Read, it may be absent when `optional`, and is `initial` then. */
typedef struct config_key {
    const char *key; /* NULL ends the list */
    config_kind kind;
    size_t place; /* of its field in layer_spec */
    int optional;
    float initial;
    const char *before; /* the key in Keras 2, where it was another; NULL: the same */
} config_key;

typedef enum weight_shape { SHAPE_IN_OUT, SHAPE_OUT } weight_shape;

/* A dataset of a layer, in the order of the row: those that are stored count 0, 1, ... */
typedef struct weight_row {
    const char *name; /* NULL ends the list */
    size_t place;     /* of its offset in struct layer */
    weight_shape shape;
    int is_fixed; /* not trained: the optimiser knows nothing of it */
} weight_row;

enum { keys_limit = 8, weights_limit = 4 };
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
/* "he_normal", and back from that or "HeNormal". */
const char *keras_initialiser_word(initialiser init);
int keras_initialiser_named(str word, initialiser *out);

/* The double whose digits are the shortest for that float32: 0.001, as it was asked for, and not
 * 0.0010000000474974513. */
double keras_shortest(float x);

/* "dense", "dense_1", ...: counted by class. */
void keras_layer_name(text *out, const network *net, int32_t number);

/* 0: the file has no such array, because the layer goes without it. */
static inline int keras_weight_is_stored(const layer *l, const weight_row *w)
{
    if (w->place == offsetof(layer, bias)) return !l->spec.no_bias;
    if (w->place == offsetof(layer, gamma)) return !l->spec.no_scale;
    if (w->place == offsetof(layer, beta)) return !l->spec.no_center;
    return 1;
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
/* The array within `block` (parameters, or moments) as Keras has it: [dims[0]][dims[1]]. A layer of
 * groups becomes a whole kernel with zeros, taken from mem. NULL on exhaustion. */
const float *keras_array(const layer *l, const weight_row *w, const float *block, arena *mem);
/* Parameters that no file holds: gamma is 1 where a normalisation goes without it. */
void keras_fill_absent(const network *net, float *params);

#endif
