/* The network inside a `.keras` file: config.json and model.weights.h5 as Keras 3.0-3.15 load them,
 * minimal configs only, whatever else Keras derives itself. The member propense.json is bundle.c's.
 */
#ifndef PROPENSE_KERAS_FILE_H
#define PROPENSE_KERAS_FILE_H

#include "fit.h"
#include "network.h"
#include "str.h"

/* config.json of a Sequential (InputLayer, layers, compile_config with Adam, binary_crossentropy,
 * accuracy and AUC). */
status keras_config_write(text *out, const network *net, const adam_state *optimiser,
                          propense_error *err);
/* The layers and the input width; unknown layers, activations and Functional models are refused by
 * name. `name` is the file for messages. Everything taken from mem. */
status keras_config_read(network *out, str json, const char *name, arena *mem, propense_error *err);
/* model.weights.h5: layers' kernels and biases, Adam's iteration, learning rate, m and v
 * interleaved. */
status keras_weights_write(text *out, const network *net, const float *params,
                           const adam_state *optimiser, propense_error *err);
/* params: [net->n_params] zeroed by the caller. optimiser->m, v stay NULL when the file has none.
 * Shapes and counts are checked; every address and size in the file is untrusted. */
status keras_weights_read(const network *net, str h5, float *params, adam_state *optimiser,
                          const char *name, arena *mem, propense_error *err);

#endif
