/* Scores in descending order, as counts by distinct score: what every ranking metric starts from.
 */
#ifndef PROPENSE_RANKING_H
#define PROPENSE_RANKING_H

#include <stdint.h>

#include "memory.h"

/* The state behind each distinct score, best score first. Equal scores (-0 and 0 too) are one
 * step, so the order of rows cannot matter. */
typedef struct ranking {
    int64_t n_steps;
    int64_t *negatives, *positives; /* [n_steps] rows with this score or a better one */
    int64_t n_negative, n_positive;
    int has_nan; /* a score is NaN: no order, and no step */
} ranking;

/* y: [n] 0 or 1, score: [n]. Arrays are taken from `mem`: 16 bytes a row. 0 on exhaustion. */
int ranking_of(ranking *out, const uint8_t *y, const float *score, int64_t n, arena *mem);

#endif
