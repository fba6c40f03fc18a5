/* Choosing and fitting a model's calibrator on out-of-fold scores. */
#ifndef PROPENSE_CALIBRATE_H
#define PROPENSE_CALIBRATE_H

#include "calibrator.h"
#include "train.h"

/* Scores of rows by models that had not seen them. */
typedef struct fold_scores {
    const float *logit;  /* [n] */
    const uint8_t *y;    /* [n] 0 or 1 */
    const uint8_t *fold; /* [n] 0 .. n_folds - 1 */
    int64_t n;
    int32_t n_folds;
    double shift; /* what is added to the logit anyway where no map is chosen (natural.h) */
} fold_scores;

/* how: --calibrate. Each map is judged on the folds it was not fitted on; "auto" takes the one with
 * the least log-loss if it beats leaving the scores alone, and the base rate for everybody where
 * the scores cannot be told from chance. cross: [n] the calibrated logits, each by a map that has
 * not seen its fold, or NULL. The calibrator's arrays are taken from mem. */
status calibrate_fit(calibrator *out, double *cross, const fold_scores *s, const char *how,
                     arena *mem, propense_error *err);

/* Whether --calibrate asks for it. "auto" leaves the reference network alone: whoever spells a
 * network out wants it as it is, unless balanced or weighted rows ask for a way back. */
int calibrate_is_asked(const options *o);

/* For train_file_calibrated: out-of-fold scores of the training rows as they are (the networks of
 * the folds learn from balanced ones where --balance says so), then the above, and --prior.
 * With too few rows of a class for the folds it is left out, and that is said. */
status calibrate_training(calibrator *out, const dataset *d, row_set train, row_set learned,
                          const pipeline_plan *plan, const pipeline *p, const options *o,
                          const propense_callbacks *cb, arena *mem, propense_error *err);

/* The rows that a model learned from, as it saw each before it had learned from it: what lets two
 * trainings be compared in money without a row held back. */
typedef struct kept_scores {
    int64_t n;
    const int64_t *row; /* [n] of the dataset */
    const uint8_t *y;   /* [n] */
    const float *logit; /* [n] out of fold, as the network gave them */
    double *believed;   /* [n] the same calibrated, each by a map that has not seen its fold */
} kept_scores;
/* The same, keeping them; they are always made then, be calibration asked for or not. Fewer rows of
 * a class than folds are PROPENSE_E_ARG. Arrays from mem. */
status calibrate_keeping(calibrator *out, kept_scores *kept, const dataset *d, row_set train,
                         const pipeline_plan *plan, const pipeline *p, const options *o,
                         const propense_callbacks *cb, arena *mem, propense_error *err);

/* Says that a file which is read by others holds the network without its calibrator, where that
 * does anything. */
void calibrate_tell_export(const calibrator *c, const propense_callbacks *cb);

#endif
