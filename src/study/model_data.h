/* A file of customers read the way a model's training file was: its target, types and columns in
 * place of what would be inferred. For judging a model beside others, and for looking into it. */
#ifndef PROPENSE_MODEL_DATA_H
#define PROPENSE_MODEL_DATA_H

#include "dataset.h"
#include "model.h"

/* Only what the model's own features are is a feature of *out. No messages, as nothing is decided.
 * On failure *out holds nothing; else dataset_free. */
status model_data_read(dataset *out, const model *m, const char *path, const options *o,
                       const propense_callbacks *cb, propense_error *err);
/* 1 when these are the very rows of the file that the model was trained on, in their order. */
int model_data_is_own(const model *m, const dataset *d);

#endif
