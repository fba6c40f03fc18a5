/* Judging a trained network on rows it did not learn from, and the card's memory of the options. */
#ifndef PROPENSE_JUDGE_H
#define PROPENSE_JUDGE_H

#include "model.h"
#include "options.h"

struct kernels;

/* p[n]: the probability of the positive class for x[n][n_inputs], formed once from the logit in
 * double. logit: [n] or NULL. */
status predict_rows(const model *m, const struct kernels *k, const float *x, int64_t n, float *p,
                    float *logit, arena *tmp, propense_error *err);
/* The last step of it. */
void probabilities_of(const model *m, const struct kernels *k, const float *z, int64_t n, float *p);
/* Fills the card's figures from the test part; n 0 leaves it unjudged. */
status judge_model(model *m, const struct kernels *k, const float *x, const uint8_t *y, int64_t n,
                   arena *tmp, propense_error *err);
/* The same from the training rows, each with the logit z of a member that did not learn from it. */
status judge_out_of_fold(model *m, const float *z, const uint8_t *y, int64_t n, arena *tmp,
                         propense_error *err);
/* Options that change the model and differ from their defaults, kept in the card. */
status remember_options(card *c, const options *o, arena *mem, propense_error *err);

#endif
