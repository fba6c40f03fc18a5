/* Which optimisers there are, their defaults and what they remember.
 * Leaves their steps to descent.c and the kernels.
 * Read fit.h first. */
#include "fit.h"

typedef struct optimiser_row {
    const char *class_name;
    optimiser_settings defaults; /* Keras 3's */
} optimiser_row;

static const optimiser_row rows[] = {
    [OPTIMISER_ADAM] = { "Adam", { .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7 } },
    [OPTIMISER_ADAMW] = { "AdamW",
                          { .beta1 = 0.9,
                            .beta2 = 0.999,
                            .epsilon = 1e-7,
                            .weight_decay = 0.004 } },
    [OPTIMISER_NADAM] = { "Nadam", { .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7 } },
    [OPTIMISER_SGD] = { "SGD", { 0 } },
    [OPTIMISER_RMSPROP] = { "RMSprop", { .rho = 0.9, .epsilon = 1e-7 } },
};

optimiser_settings optimiser_defaults(optimiser_kind kind)
{
    optimiser_settings s = rows[kind].defaults;
    s.kind = kind;
    return s;
}

const char *optimiser_class(optimiser_kind kind)
{
    return rows[kind].class_name;
}

int optimiser_uses_m(const optimiser_settings *s)
{
    if (s->kind == OPTIMISER_SGD || s->kind == OPTIMISER_RMSPROP) return s->momentum > 0;
    return 1;
}

int optimiser_uses_v(const optimiser_settings *s)
{
    return s->kind != OPTIMISER_SGD;
}
