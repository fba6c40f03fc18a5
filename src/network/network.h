/* A network as a list of layers over one flat block of parameters.
 *
 * A layer is a row of functions (layer.h): shapes in, bytes needed out, forward, backward,
 * parameters as offsets into the run's one block. Nothing here assumes that there is one network in
 * a process. docs/networks.md has the formulas and their sources.
 */
#ifndef PROPENSE_NETWORK_H
#define PROPENSE_NETWORK_H

#include "error.h"
#include "memory.h"
#include "str.h"

typedef enum layer_kind {
    LAYER_DENSE = 1,
    LAYER_DROPOUT = 2,
    LAYER_ACTIVATION = 3,
    LAYER_BATCH_NORM = 4,     /* BatchNormalization, axis -1 */
    LAYER_LAYER_NORM = 5,     /* LayerNormalization, axis -1 */
    LAYER_GAUSSIAN_NOISE = 6, /* GaussianNoise */
    LAYER_LEAKY_RELU = 7,     /* LeakyReLU: x > 0 ? x : alpha x */
    LAYER_PRELU = 8,          /* PReLU: the same, alpha learned, one a unit */
    LAYER_ELU = 9,            /* ELU: x > 0 ? x : alpha (exp(x) - 1) */
    LAYER_RELU = 10,          /* ReLU with max_value, negative slope alpha, threshold */
    LAYER_SOFTMAX = 11,       /* Softmax over the units of a row */
    LAYER_GROUPS = 12         /* Dense, block by block: each group of inputs has units of its own */
} layer_kind;                 /* stored: append only */

/* Words of Keras' `activation`: these functions take no numbers. The slope of leaky_relu is 0.2
 * here and 0.3 in Keras' layer LeakyReLU; gelu is the exact one, with erf. */
typedef enum activation {
    ACT_LINEAR = 0,
    ACT_RELU = 1,
    ACT_SIGMOID = 2,
    ACT_TANH = 3,
    ACT_SOFTMAX = 4,
    ACT_ELU = 5,
    ACT_SELU = 6,
    ACT_GELU = 7,
    ACT_SILU = 8, /* also spelled swish */
    ACT_SOFTPLUS = 9,
    ACT_SOFTSIGN = 10,
    ACT_MISH = 11,
    ACT_EXPONENTIAL = 12,
    ACT_HARD_SIGMOID = 13,
    ACT_RELU6 = 14,
    ACT_LEAKY_RELU = 15
} activation; /* append only */

/* How a Dense kernel begins; biases are zeros. The distributions are Keras', the draws our own. */
typedef enum initialiser {
    INIT_GLOROT_UNIFORM = 0,
    INIT_GLOROT_NORMAL = 1,
    INIT_HE_UNIFORM = 2,
    INIT_HE_NORMAL = 3,
    INIT_LECUN_UNIFORM = 4,
    INIT_LECUN_NORMAL = 5,
    INIT_ZEROS = 6,
    INIT_ONES = 7,
    INIT_RANDOM_UNIFORM = 8, /* U(-0.05, 0.05) */
    INIT_RANDOM_NORMAL = 9,  /* sd 0.05 */
    INIT_TRUNCATED_NORMAL = 10 /* sd 0.05, drawn again beyond two */,
    INIT_ORTHOGONAL = 11
} initialiser; /* append only */

/* What a layer is asked to be. Fields of other kinds are 0. Numbers are the values themselves: 0 is
 * 0 and never "the default", unless it says so. */
typedef struct layer_spec {
    layer_kind kind;
    int32_t units;   /* Dense */
    activation act;  /* Dense, Activation */
    float rate;      /* Dropout: share of units dropped */
    int32_t no_bias; /* Dense: its bias has a place, is zero and stays so */
    float alpha;     /* LeakyReLU: slope (Keras 0.3); ELU: alpha (Keras 1); ReLU: negative slope;
                        PReLU: what the learned slopes begin with (Keras 0) */
    float max_value; /* ReLU: upper limit, > 0; 0 = none */
    float threshold; /* ReLU: x >= threshold passes, below it is alpha (x - threshold) */
    float momentum;  /* BatchNormalization: of the moving averages (Keras 0.99) */
    float epsilon;   /* BatchNormalization, LayerNormalization: added to the variance (Keras 1e-3)*/
    int32_t no_center, no_scale; /* the same: beta stays 0, gamma 1; not stored */
    float stddev;                /* GaussianNoise, in training only */
    initialiser init;            /* Dense: of the kernel */
    float l1, l2;                /* Dense: l1 sum |w| + l2 sum w^2 over the kernel, to the loss */
    float max_norm;              /* Dense: no unit's incoming weights are longer; 0 = no limit */
    int32_t n_groups;            /* Groups: `units` is that of one group */
    const int32_t *group_at;     /* Groups: [n_groups + 1] first input of each, and the end; kept by
                                    the caller as long as the network */
} layer_spec;

/* A layer in its place. Offsets into the parameters are -1 without such a tensor. */
typedef struct layer {
    layer_spec spec;
    int32_t n_in, n_out;
    int64_t kernel, bias; /* Dense; kernel is [n_in][n_out] row-major, bias [n_out] */
    int32_t number;       /* position in the network: part of the key of its random draws */
    int64_t gamma, beta;  /* normalisations: [n_out] each */
    int64_t moving_mean, moving_variance; /* BatchNormalization: [n_out], not trainable */
    int64_t alpha;                        /* PReLU: [n_out] */
} layer;

/* What the last layer says. Both mean the same: P(positive). */
typedef enum network_head {
    HEAD_SIGMOID = 0, /* Dense 1, sigmoid: the logit is its sum */
    HEAD_SOFTMAX = 1 /* Dense 2, softmax; unit 1 is the positive word: the logit is sum 1 - sum 0 */
} network_head;

typedef struct network {
    int32_t n_inputs, n_layers;
    layer *layers;    /* [n_layers]; the last is the head: Dense 1 sigmoid or Dense 2 softmax */
    int64_t n_params; /* floats in the block, padding included; each tensor starts on a multiple of
                         16 floats */
    int64_t n_trainable; /* without padding: what Keras counts */
    int64_t n_fixed;     /* not trainable: moving averages, as Keras counts them */
    network_head head;
} network;

/* Checks the shapes and lays the parameters out, in Keras' order by layer: kernel, bias; gamma,
 * beta, moving_mean, moving_variance; alpha. */
status network_plan(network *out, int32_t n_inputs, const layer_spec *specs, int32_t n, arena *mem,
                    propense_error *err);
/* Kernels by their initialiser, biases and beta 0, gamma and moving_variance 1; a pure function of
 * the seed. params: [n_params], 64-byte aligned. */
void network_init(const network *net, float *params, uint64_t seed);

struct kernels;
/* Floats of scratch that network_logits wants for up to `rows` rows at a time. */
int64_t network_predict_scratch(const network *net, int64_t rows);
/* logit[n] of x[n][n_inputs]: log(p / (1 - p)) for the positive word, whatever the head. Splits n
 * into blocks of its own; scratch is for one block of network_block_rows. Same bits for any split
 * of the rows and any kernel level. */
enum { network_block_rows = 96 };
void network_logits(const network *net, const float *params, const struct kernels *k,
                    const float *x, int64_t n, float *logit, float *scratch);
/* One block, n at most network_block_rows, whose inputs stand at the beginning of the scratch (for
 * as many rows): [n_inputs][network_block_stride]. They are overwritten. */
enum { network_block_stride = 112 };
void network_block_logits(const network *net, const float *params, const struct kernels *k,
                          int64_t n, float *logit, float *scratch);

/* 1: units of that layer say 0 to a row, or to all, and learn nothing from it: ReLU and its kin
 * without a slope below 0. */
int layer_can_fall_silent(const layer *l);
/* silent: [n_layers] units that are above 0 for none of the n rows; -1 where that means nothing. */
status network_silent_units(const network *net, const float *params, const struct kernels *k,
                            const float *x, int64_t n, int32_t *silent, arena *tmp,
                            propense_error *err);

#endif
