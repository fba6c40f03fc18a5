/* The layers' arrays in a whole-model .h5: /model_weights/<layer>/<weight name>, found by the order
 * of the names in attributes. And the parts of bundle.c that bundle_h5.c needs. */
#ifndef PROPENSE_KERAS_H5_H
#define PROPENSE_KERAS_H5_H

#include "hdf5.h"
#include "keras_file.h"
#include "model.h"

/* Names and arrays are taken from mem, which lives until h5_write. */
status keras_h5_weights_write(h5_writer *w, const network *net, const float *params, arena *mem,
                              propense_error *err);
/* group: "model_weights"; "" in a file of weights alone. params: [net->n_params] zeroed by the
 * caller. The k-th layer with weights in the file goes to the
 * k-th with weights in the network; numbers and shapes are checked. *steps: of the optimiser, where
 * the file says it, else left alone. */
status keras_h5_weights_read(const network *net, const h5_file *f, const char *group, float *params,
                             int64_t *steps, arena *tmp, propense_error *err);

/* keras_weights.c: what model.weights.h5 holds, into any file. */
status keras_weights_add(h5_writer *w, const network *net, const float *params,
                         const optimiser_state *optimiser, arena *mem, propense_error *err);
/* bundle.c: what a model is written with. That of a foreign one only where it is ours in name and
 * state. */
keras_training bundle_training(const model *m);

#endif
