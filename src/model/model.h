/* A model: everything right of the reader. Immutable once trained or loaded; owns one arena. */
#ifndef PROPENSE_MODEL_H
#define PROPENSE_MODEL_H

#include "card.h"
#include "encoder.h"
#include "fit.h"
#include "network.h"
#include "schema.h"

struct propense_model {
    arena mem; /* owner of everything below */
    schema schema;
    encoder encoder;
    network network;
    float *params;        /* [network.n_params], 64-byte aligned */
    adam_state optimiser; /* m and v NULL when the file had none */
    card card;
};
typedef struct propense_model model;

model *model_new(void); /* empty; NULL on exhaustion */
void model_free(model *m);

#endif
