/* The table of layer kinds, and what they share.
 * Leaves each kind to its own file.
 * Read layer.h first. */
#include "layer.h"

enum { tensor_floats = 16 };

const layer_ops *layer_ops_of(layer_kind kind)
{
    switch (kind) {
    case LAYER_DENSE:
        return &dense_ops;
    case LAYER_DROPOUT:
        return &dropout_ops;
    case LAYER_ACTIVATION:
        return &activation_ops;
    case LAYER_GROUPS:
        return &groups_ops;
    default:
        return NULL;
    }
}

int unit_of(activation act)
{
    switch (act) {
    case ACT_LINEAR:
        return UNIT_LINEAR;
    case ACT_RELU:
        return UNIT_RELU;
    case ACT_SIGMOID:
        return UNIT_SIGMOID;
    case ACT_TANH:
        return UNIT_TANH;
    default:
        return UNIT_LINEAR;
    }
}

int64_t layer_claim(int64_t *n_params, int64_t floats)
{
    const int64_t most = INT64_MAX / 64; /* bytes of four such blocks can still be counted */
    int64_t at = *n_params;
    if (floats > most - tensor_floats - at) return -1;
    *n_params = at + (floats + tensor_floats - 1) / tensor_floats * tensor_floats;
    return at;
}
