/* The pipeline's way in: file -> schema -> split -> encoder -> network -> judged model. */
#ifndef PROPENSE_TRAIN_H
#define PROPENSE_TRAIN_H

#include "model.h"
#include "options.h"
#include "progress.h"

/* *out belongs to the caller (model_free). Writes no file. */
status train_file(model **out, const char *path, const options *o, const propense_callbacks *cb,
                  propense_error *err);

#endif
