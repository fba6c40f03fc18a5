/* The one durable file: a zip that Keras loads, with propense.json (schema, encoder, card) in it.
 */
#ifndef PROPENSE_BUNDLE_H
#define PROPENSE_BUNDLE_H

#include "model.h"

/* A model file, written or read: what a zip holds without wider fields. */
#define BUNDLE_MOST_BYTES ((int64_t)UINT32_MAX)

/* The whole file as bytes; the same model gives the same bytes. */
status bundle_write(text *out, const model *m, propense_error *err);
/* As the name's ending asks for: .keras, .h5 (.hdf5) or .weights.h5; another is an error, which the
 * second call knows beforehand. */
status bundle_write_named(text *out, const model *m, const char *path, propense_error *err);
status bundle_check_name(const char *path, propense_error *err);
/* Zip or HDF5, told by its first bytes. A foreign model (model.h) is read without its
 * propense.json, and written so. From the bytes of a file called `name` (for messages). *out
 * belongs to the caller (model_free).
 */
status bundle_read(model **out, str bytes, const char *name, propense_error *err);

/* Weights alone (.weights.h5, or Keras 2's save_weights), with the network of `config`: JSON, or a
 * whole model. The model is foreign. */
status bundle_read_weights(model **out, str bytes, const char *name, str config,
                           const char *config_name, propense_error *err);

/* propense.json alone. */
status card_json_write(text *out, const model *m, propense_error *err);
status card_json_read(model *m, str json, const char *name, propense_error *err);

#endif
