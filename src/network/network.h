/* A network as a list of layers over one flat block of parameters.
 *
 * A layer is a row of functions (layer.h): shapes in, bytes needed out, forward, backward,
 * parameters as offsets into the run's one block. Nothing here assumes that there is one network in
 * a process.
 */
#ifndef PROPENSE_NETWORK_H
#define PROPENSE_NETWORK_H

#include "error.h"
#include "memory.h"
#include "str.h"

typedef enum layer_kind {
    LAYER_DENSE = 1,
    LAYER_DROPOUT = 2,
    LAYER_ACTIVATION = 3
} layer_kind; /* stored: append only */
typedef enum activation {
    ACT_LINEAR = 0,
    ACT_RELU = 1,
    ACT_SIGMOID = 2,
    ACT_TANH = 3
} activation; /* append only */

/* What a layer is asked to be. */
typedef struct layer_spec {
    layer_kind kind;
    int32_t units;   /* Dense */
    activation act;  /* Dense, Activation */
    float rate;      /* Dropout: share of units dropped */
    int32_t no_bias; /* Dense: its bias has a place, is zero and stays so */
} layer_spec;

/* A layer in its place. */
typedef struct layer {
    layer_spec spec;
    int32_t n_in, n_out;
    int64_t kernel,
        bias;       /* offsets into the parameters, -1 without; kernel is [n_in][n_out] row-major */
    int32_t number; /* position in the network: part of the key of its random draws */
} layer;

typedef struct network {
    int32_t n_inputs, n_layers;
    layer *layers;    /* [n_layers]; the last is Dense 1 with sigmoid */
    int64_t n_params; /* floats in the block, padding included; each tensor starts on a multiple of
                         16 floats */
    int64_t n_trainable; /* without padding: what Keras counts */
} network;

/* Checks the shapes and lays the parameters out: kernel, bias by layer, as Keras orders its
 * trainables. */
status network_plan(network *out, int32_t n_inputs, const layer_spec *specs, int32_t n, arena *mem,
                    propense_error *err);
/* Glorot uniform kernels, zero biases; a pure function of the seed. params: [n_params], 64-byte
 * aligned. */
void network_init(const network *net, float *params, uint64_t seed);

struct kernels;
/* Floats of scratch that network_logits wants for up to `rows` rows at a time. */
int64_t network_predict_scratch(const network *net, int64_t rows);
/* logit[n] of x[n][n_inputs]: the input of the final sigmoid. Splits n into blocks of its own;
 * scratch is for one block of network_block_rows. Same bits for any split of the rows and any
 * kernel level. */
enum { network_block_rows = 96 };
void network_logits(const network *net, const float *params, const struct kernels *k,
                    const float *x, int64_t n, float *logit, float *scratch);

#endif
