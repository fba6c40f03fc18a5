/* A model: everything right of the reader. Immutable once trained or loaded; owns one arena. */
#ifndef PROPENSE_MODEL_H
#define PROPENSE_MODEL_H

#include "calibrator.h"
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
    float *params;     /* [network.n_params], 64-byte aligned */
    int32_t n_members; /* of an ensemble: params is [n_members][network.n_params]; 0: one network */
    int32_t levelled;  /* ensemble: no better than the base rate, and levelled to it */
    double gain, gain_error; /* ensemble: out of fold, mean log-loss below the base rate's, and its
                                standard error */
    adam_state optimiser;    /* m and v NULL when the file had none */
    loss_settings loss;
    calibrator calibrator; /* its arrays are the arena's; all-zero: none */
    card card;
    /* A Keras model without propense.json: schema, encoder and card are empty. */
    int32_t is_foreign;
    int32_t no_steps;   /* foreign: the file has no optimiser that counted its steps */
    str optimiser_name; /* foreign: "Adam" as the file has it; empty without */
};
typedef struct propense_model model;

/* Whether somebody trained it, as far as the file can say. */
typedef enum model_training {
    MODEL_TRAINED,
    MODEL_UNTRAINED,          /* no step done */
    MODEL_PROBABLY_UNTRAINED, /* nobody counted the steps, but all biases are still exactly 0 */
    MODEL_NO_STEP_HERE        /* no step done, but biases that somebody set */
} model_training;
model_training model_training_of(const model *m);

model *model_new(void); /* empty; NULL on exhaustion */
void model_free(model *m);

#endif
