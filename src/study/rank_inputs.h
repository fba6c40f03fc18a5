/* Numbers of encoded rows as normal scores of their ranks among the training rows: what logistic
 * regression is given. Amounts and counts are skewed; a straight line through them loses to one
 * through their ranks. */
#ifndef PROPENSE_RANK_INPUTS_H
#define PROPENSE_RANK_INPUTS_H

#include "pipeline.h"

/* In place, of p->x and p->x_held as pipeline_encode left them. A value becomes the normal quantile
 * of its mid-rank by the number of training rows; between two training values the line, outside
 * them the nearest; then standardised. Words stay 0 and 1. */
status rank_inputs(pipeline *p, propense_error *err);

#endif
