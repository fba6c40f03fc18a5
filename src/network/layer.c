/* The table of layer kinds, and what they share.
 * Leaves each kind to its own file.
 * Read layer.h first. */
#include "layer.h"

enum { tensor_floats = 16 };

const layer_ops *layer_ops_of(layer_kind kind)
{
    static const layer_ops *const kinds[] = {
        [LAYER_DENSE] = &dense_ops,           [LAYER_DROPOUT] = &dropout_ops,
        [LAYER_ACTIVATION] = &activation_ops, [LAYER_BATCH_NORM] = &batch_norm_ops,
        [LAYER_LAYER_NORM] = &layer_norm_ops, [LAYER_GAUSSIAN_NOISE] = &noise_ops,
        [LAYER_LEAKY_RELU] = &activation_ops, [LAYER_PRELU] = &prelu_ops,
        [LAYER_ELU] = &activation_ops,        [LAYER_RELU] = &activation_ops,
        [LAYER_SOFTMAX] = &activation_ops,    [LAYER_GROUPS] = &groups_ops,
    };
    return (unsigned)kind < sizeof kinds / sizeof *kinds ? kinds[kind] : NULL;
}

void learn_here(const step *s, int64_t at, int64_t n)
{
    if (n > 0) s->k->adam(s->params + at, s->m + at, s->v + at, s->gradient + at, n, &s->adam);
}

int64_t layer_claim(int64_t *n_params, int64_t floats)
{
    const int64_t most = INT64_MAX / 64; /* bytes of four such blocks can still be counted */
    int64_t at = *n_params;
    if (floats > most - tensor_floats - at) return -1;
    *n_params = at + (floats + tensor_floats - 1) / tensor_floats * tensor_floats;
    return at;
}
