/* Orders of rows by doubles: what makes a sum independent of the order the rows came in. */
#ifndef PROPENSE_ORDERING_H
#define PROPENSE_ORDERING_H

#include <string.h>

#include "memory.h"

/* The order of doubles as that of unsigned words, -0 equal to 0. Not for NaN. */
static inline uint64_t ascending_word(double x)
{
    uint64_t bits;
    double plain = x == 0 ? 0.0 : x;
    memcpy(&bits, &plain, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}
static inline double of_ascending_word(uint64_t word)
{
    uint64_t bits = word >> 63 ? word & ~((uint64_t)1 << 63) : ~word;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* words: [n] ascending in place, spare: [n]. Radix. */
void sort_words(uint64_t *words, uint64_t *spare, int64_t n);

/* order: [n] row numbers, brought into ascending order of key[row], those with equal keys left in
 * the order they stand in: sort by the last key first. Scratch of 32 bytes a row, given back. 0 on
 * exhaustion. */
int order_by(int64_t *order, const double *key, int64_t n, arena *tmp);
/* The same for targets, positives first. */
int order_by_target(int64_t *order, const uint8_t *y, int64_t n, arena *tmp);

#endif
