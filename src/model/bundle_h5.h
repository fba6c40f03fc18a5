/* Models in HDF5 files: whole ones (.h5, .hdf5) as Keras 2 and TensorFlow 2 save them and Keras 3
 * still reads, and .weights.h5 alone. What is ours stands in a group `propense` that Keras passes
 * over; a weights file has its network there too.
 */
#ifndef PROPENSE_BUNDLE_H5_H
#define PROPENSE_BUNDLE_H5_H

#include "model.h"

int bundle_is_h5(str bytes); /* by its first bytes */
/* Into an empty text. Ensembles have no such form and are refused. */
status bundle_h5_write(text *out, const model *m, const char *name, propense_error *err);
status bundle_h5_write_weights(text *out, const model *m, const char *name, propense_error *err);
/* Into an empty model. tmp is the caller's scratch. */
status bundle_h5_read(model *m, str bytes, const char *name, arena *tmp, propense_error *err);
/* The config of a whole model. */
status bundle_h5_config(str *out, str bytes, const char *name, arena *tmp, propense_error *err);
/* Weights alone into a model that has its network. */
status bundle_h5_read_weights(model *m, str bytes, const char *name, arena *tmp,
                              propense_error *err);

#endif
