/* Sorting by a total order, the same on every machine (the C library's is not stable). */
#ifndef PROPENSE_SORTING_H
#define PROPENSE_SORTING_H

#include <stdint.h>

/* Ascending; x: [n] without NaN, scratch: [n]. -0 becomes 0. Eight-bit radix passes, of which those
 * that would change nothing are left out: n steps each, whatever the values. */
void sort_numbers(double *x, double *scratch, int64_t n);

/* < 0 when item a comes before item b; never 0 for different items. */
typedef int (*sort_order)(const void *user, int32_t a, int32_t b);
/* Merge sort of items: [n]; scratch: [n]. */
void sort_items(int32_t *items, int32_t *scratch, int64_t n, sort_order order, const void *user);

#endif
