/* Models written while training goes on: --checkpoint_out. */
#ifndef PROPENSE_CHECKPOINT_H
#define PROPENSE_CHECKPOINT_H

#include "model.h"

typedef struct checkpoint {
    model *m; /* being trained, in place */
    const char *path;
} checkpoint;

/* For fit_checkpoint.save with a checkpoint as its user: writes the model as it is now, unjudged.
 * The file is replaced whole or not at all. */
status checkpoint_save(void *user, int32_t epoch, const float *params, const optimiser_state *state,
                       propense_error *err);

#endif
