/* The model handle: one arena and what lives in it. Read model.h first. */
#include "model.h"

model *model_new(void)
{
    model *m = mem_resize(NULL, (int64_t)sizeof *m);
    if (m) memset(m, 0, sizeof *m);
    return m;
}

/* 1 all are 0, 0 some are not, -1 there are none. */
static int biases_are_zero(const model *m)
{
    int result = -1;
    for (int32_t i = 0; i < m->network.n_layers; i++) {
        const layer *l = &m->network.layers[i];
        if (l->bias < 0 || l->spec.no_bias) continue;
        result = 1;
        for (int32_t k = 0; k < l->n_out; k++)
            if (m->params[l->bias + k] != 0) return 0;
    }
    return result;
}

/* Keras begins with biases of zero and the first step moves them. */
model_training model_training_of(const model *m)
{
    if (!m->no_steps && m->optimiser.iteration > 0) return MODEL_TRAINED;
    if (!m->is_foreign) return MODEL_UNTRAINED;
    int zero = biases_are_zero(m);
    if (m->no_steps) return zero == 1 ? MODEL_PROBABLY_UNTRAINED : MODEL_TRAINED;
    return zero == 0 ? MODEL_NO_STEP_HERE : MODEL_UNTRAINED;
}

void model_free(model *m)
{
    if (!m) return;
    arena_free(&m->mem);
    mem_free(m);
}
