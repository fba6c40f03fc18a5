/* The network inside a `.keras` file: config.json and model.weights.h5 as Keras 3.0-3.15 load them,
 * minimal configs only, whatever else Keras derives itself. The member propense.json is bundle.c's.
 */
#ifndef PROPENSE_KERAS_FILE_H
#define PROPENSE_KERAS_FILE_H

#include "fit.h"
#include "network.h"
#include "str.h"

/* config.json of a Sequential (InputLayer, layers, compile_config with Adam, binary_crossentropy,
 * accuracy and AUC). optimiser NULL: without compile_config. */
status keras_config_write(text *out, const network *net, const adam_state *optimiser,
                          propense_error *err);
/* The layers and the input width; unknown layers, activations and Functional models are refused by
 * name. `name` is the file for messages. Everything taken from mem. The widths are the file's word:
 * before n_params floats are allocated, compare them with the weights' bytes (keras_weights_check).
 */
status keras_config_read(network *out, str json, const char *name, arena *mem, propense_error *err);
/* The optimiser of compile_config: its class, kept in mem (empty without), and its learning rate
 * where that is a plain number (else *rate is left alone). */
status keras_config_optimiser(str *class_name, double *rate, str json, const char *name, arena *mem,
                              propense_error *err);
/* model.weights.h5: layers' kernels and biases, Adam's iteration, learning rate, m and v
 * interleaved. Without m and v they are written as zeros; optimiser NULL: none of it. */
status keras_weights_write(text *out, const network *net, const float *params,
                           const adam_state *optimiser, propense_error *err);
/* That so many bytes can hold the network's weights at all. */
status keras_weights_check(const network *net, str h5, const char *name, propense_error *err);
/* params: [net->n_params] zeroed by the caller. optimiser->m, v stay NULL when the file has none,
 * or those of another optimiser than Adam; learning_rate and iteration stay as they were when they
 * are not there. Shapes and counts are checked; every address and size in the file is untrusted. */
status keras_weights_read(const network *net, str h5, float *params, adam_state *optimiser,
                          const char *name, arena *mem, propense_error *err);

#endif
