/* The network inside a `.keras` file: config.json and model.weights.h5 as Keras 3.0-3.15 load them,
 * minimal configs only, whatever else Keras derives itself. The member propense.json is bundle.c's.
 */
#ifndef PROPENSE_KERAS_FILE_H
#define PROPENSE_KERAS_FILE_H

#include "fit.h"
#include "network.h"
#include "str.h"

/* What Keras compiles a model with. All-zero loss: cross-entropy. */
typedef struct keras_training {
    const optimiser_state *optimiser; /* NULL: the file says nothing of training */
    loss_settings loss;
} keras_training;

/* config.json of a Sequential (InputLayer, layers, compile_config with optimiser, loss, accuracy
 * and AUC). */
status keras_config_write(text *out, const network *net, const keras_training *training,
                          propense_error *err);
/* model_config and training_config of an .h5 file, as tf_keras and Keras 3 both read them. */
status keras_config_write_h5(text *model, text *training_config, const network *net,
                             const keras_training *training, propense_error *err);
/* The layers and the input width; unknown layers, activations and Functional models are refused by
 * name. `name` is the file for messages. Everything taken from mem. The widths are the file's word:
 * before n_params floats are allocated, compare them with the weights' bytes (keras_weights_check).
 */
status keras_config_read(network *out, str json, const char *name, arena *mem, propense_error *err);
/* The optimiser of compile_config (or of an .h5's training_config): its class, kept in mem (empty
 * without), its settings where the class is one of ours, and its learning rate where that is a
 * plain number (else state->learning_rate is left alone). The loss where it is one of ours. */
status keras_config_training(str *class_name, optimiser_state *state, loss_settings *loss, str json,
                             const char *name, arena *mem, propense_error *err);
/* 1 when that class is one of fit.h's optimisers. */
int keras_optimiser_named(str class_name, optimiser_kind *out);
/* model.weights.h5: the layers' arrays; the optimiser's iteration, learning rate and what it
 * remembers, in Keras' order. Where that is not there zeros are written; optimiser NULL: none of
 * it. */
status keras_weights_write(text *out, const network *net, const float *params,
                           const adam_state *optimiser, propense_error *err);
/* That so many bytes can hold the network's weights at all. */
status keras_weights_check(const network *net, str h5, const char *name, propense_error *err);
/* params: [net->n_params] zeroed by the caller. optimiser->m, v stay NULL when the file has none,
 * or those of another optimiser than optimiser->settings has; learning_rate and iteration stay as
 * they were when they are not there. Shapes and counts are checked; every address and size in the
 * file is untrusted. */
status keras_weights_read(const network *net, str h5, float *params, adam_state *optimiser,
                          const char *name, arena *mem, propense_error *err);

#endif
