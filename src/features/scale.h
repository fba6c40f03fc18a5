/* sklearn.preprocessing.scale on a matrix, bit for bit: each column less its mean, divided by its
 * standard deviation. For arrays that others made; models scale with the encoder. */
#ifndef PROPENSE_SCALE_H
#define PROPENSE_SCALE_H

#include "error.h"
#include "memory.h"

/* x: [n][m] row-major (C order, as NumPy sums it), n > 0, no NaN. In place; tmp is rewound. With
 * one column NumPy sums pairwise, and the last bits differ. */
status scale_columns(double *x, int64_t n, int64_t m, arena *tmp, propense_error *err);

#endif
