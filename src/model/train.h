/* The pipeline's way in: file -> schema -> split -> encoder -> network -> judged model. */
#ifndef PROPENSE_TRAIN_H
#define PROPENSE_TRAIN_H

#include "model.h"
#include "options.h"
#include "pipeline.h"
#include "progress.h"
#include "rehearsal.h"

/* *out belongs to the caller (model_free). Writes no file. */
status train_file(model **out, const char *path, const options *o, const propense_callbacks *cb,
                  propense_error *err);

/* Fills a calibrator from runs of the pipeline on the training rows alone, or from the out-of-fold
 * scores that p has already (the best preset); arrays from mem. learned: `train`, or what --balance
 * leaves of it. */
typedef status (*train_calibrate)(calibrator *out, const dataset *d, row_set train, row_set learned,
                                  const pipeline_plan *plan, const pipeline *p, const options *o,
                                  const propense_callbacks *cb, arena *mem, propense_error *err);
/* The same with a calibrator, which only a room to the right can make (study/calibrate.h). NULL:
 * none. */
status train_file_calibrated(model **out, const char *path, const options *o,
                             train_calibrate calibrate, const propense_callbacks *cb,
                             propense_error *err);

/* --dry_run: reads and encodes the file, and says what the training would be. *out belongs to the
 * caller: an untrained model that has its network. */
status train_rehearse(model **out, rehearsal *what, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err);

#endif
