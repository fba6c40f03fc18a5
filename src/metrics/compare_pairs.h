/* Rows with two scores, in an order that depends on nothing but them. Not for other rooms. */
#ifndef PROPENSE_COMPARE_PAIRS_H
#define PROPENSE_COMPARE_PAIRS_H

#include "ranked.h"

/* Positives first, then by score a, then by score b. */
typedef struct pairs {
    int64_t n, m; /* rows, positives */
    double *a, *b;
    int has_nan; /* in this case in the order they came in */
} pairs;
int pairs_of(pairs *out, const uint8_t *y, const double *a, const double *b, int64_t n, arena *mem);

/* score: p->a or p->b. Takes 25 bytes a row that stay. */
int pairs_ranked(ranked *out, const pairs *p, const double *score, arena *mem);

#endif
