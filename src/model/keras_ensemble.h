/* An ensemble inside a `.keras` file: one Functional model over the encoded columns, each member a
 * branch, their probabilities averaged. A member's groups are a Dense with a block-diagonal kernel
 * there, zeros included, so that stock Keras needs no layer of ours.
 */
#ifndef PROPENSE_KERAS_ENSEMBLE_H
#define PROPENSE_KERAS_ENSEMBLE_H

#include "model.h"

status keras_ensemble_config(text *out, const model *m, propense_error *err);
status keras_ensemble_weights(text *out, const model *m, propense_error *err);
/* Whether a config.json is of that kind. */
int keras_ensemble_is(str config);
/* The weights of m, whose network is planned (by propense.json) and whose params are not there yet.
 * config has to be the very one that such a model is written with; every array's shape, every
 * number, and the zeros between the blocks are checked. `name` is the file for messages. */
status keras_ensemble_read(model *m, str config, str h5, const char *name, propense_error *err);

#endif
