/* Balanced or weighted training, and the customers as they are: which rows are learned from, the
 * way back to the natural prior, and the figures side by side.
 *
 * With a share pi_s of conversions among the rows learned from (or weights w0, w1 in the loss) and
 * pi among all, a network's logit is off by log(odds(pi_s) / odds(pi)) (log(w1 / w0)); adding the
 * opposite to the logit leaves the ranking alone. King & Zeng 2001; Dal Pozzolo et al. 2015.
 */
#ifndef PROPENSE_NATURAL_H
#define PROPENSE_NATURAL_H

#include "balance.h"
#include "pipeline.h"

/* --balance: the rows of `train` to learn from, in its order, and what the others are like. Without
 * balancing *learned is train and out->kind 0. Says what does not stand for all. */
status natural_choose(row_set *learned, balancing *out, const dataset *d, row_set train,
                      const options *o, const struct kernels *k, const propense_callbacks *cb,
                      arena *mem, propense_error *err);
/* The same rows without the questions, for the folds that calibrate: *learned is `train` or fewer.
 */
status natural_rows(row_set *learned, const dataset *d, row_set train, balance_kind kind,
                    uint64_t seed, arena *mem, propense_error *err);
/* The way back: what is to be added to the logit of a network that learned from the rows `learned`
 * of `train`, with the plan's weights of classes and the dataset's of rows. 0 without either. */
double natural_shift(const pipeline_plan *plan, const dataset *d, row_set learned, row_set train);
/* Adds it to m's calibrator, unless that has a map, which was fitted on natural rows. */
void natural_correct(model *m, double shift, const propense_callbacks *cb);
/* --prior for a model that is there: *out is m at another share of conversions than its
 * probabilities stand for; m itself without the option. It borrows from m. m may be NULL (scores
 * without a model), with which --prior is an error. */
status natural_prior(model *out, const model *m, const options *o, propense_error *err);
/* Accuracy, loss and calibration error on the held rows: balanced, as they are, corrected,
 * calibrated, and of a model that learns from all of `train`. held_from: the dataset of the held
 * rows where it is another; NULL: d. */
status natural_compare(balancing *out, const pipeline *p, const pipeline_plan *plan,
                       const dataset *d, row_set learned, row_set train, row_set held,
                       const dataset *held_from, const options *o, arena *tmp, propense_error *err);

#endif
