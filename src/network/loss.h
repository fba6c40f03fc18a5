/* The loss of rows and its slope by the logit, and what weights cost. */
#ifndef PROPENSE_LOSS_H
#define PROPENSE_LOSS_H

#include "fit.h"
#include "layer.h"

/* 1: the kernels' cross_entropy does not do, loss_rows is to be used. */
int loss_is_special(const loss_settings *s);
/* p, loss, dz: [n] of z: [n]; loss and dz times weight[i] (NULL: 1), dz also times `share`. dz may
 * be NULL. */
void loss_rows(const loss_settings *s, float *p, float *loss, float *dz, const float *z,
               const uint8_t *y, const float *weight, int64_t n, double share);
/* Sum of l1 |w| and l2 w^2 over all kernels that have them. */
double loss_of_weights(const tensor *tensors, int64_t n, const float *params);
/* In eight partial sums whose order is fixed. */
double sum_of_squares(const float *x, int64_t n);

#endif
