/* Floats between 0.0001 and 1, which is what nearly all probabilities are, to text: in exact 64-bit
 * arithmetic, many at once.
 *
 * x = mantissa / 2^s, and 10^-places is the power of ten that the shortest digits are looked for
 * in, as in num_shortest.c: x * 10^places is mantissa * 5^places / 2^(s - places), so nothing is
 * rounded. Sought is the number within half a unit of x's last bit (its ends included where the
 * mantissa is even) that is a multiple of 10, if there is one, else the nearest whole one. */
#ifndef PROPENSE_NUM_FRACTION_H
#define PROPENSE_NUM_FRACTION_H

#include <stdint.h>

/* Twelve digits behind the point, a byte each (0 to 9), the first in the lowest: eight and four. */
typedef struct num_digits {
    uint64_t first, rest;
} num_digits;

/* Whether num_fractions takes x, given by its bits. Powers of two have another interval, and 1e-4f
 * lies below 1e-4. */
static inline int num_is_fraction(uint32_t bits)
{
    return bits > 0x38D1B717 && bits < 0x3F800000 && bits << 9 != 0;
}
/* Of what num_is_fraction refuses, the digits are nonsense. 0: no CPU level here can do it. */
int num_fractions(num_digits *out, const float *x, int64_t n);

/* How that is done. Tables go by s - 24. */
typedef void num_fractions_fn(num_digits *out, const float *x, int64_t n);
num_fractions_fn num_fractions_avx2, num_fractions_avx512;
enum { num_n_scales = 14, num_scales_room = 16 };
extern const uint64_t num_five[num_scales_room];  /* 5^places */
extern const uint64_t num_shift[num_scales_room]; /* s - places + 2: units of a quarter */
extern const uint64_t num_over[num_scales_room];  /* 10^(places - 8): more than eight digits */
extern const uint64_t num_under[num_scales_room]; /* 10^(12 - places): fewer than twelve */
/* x / over is x * magic >> magic_shift for x below 2^32. */
extern const uint64_t num_magic[num_scales_room], num_magic_shift[num_scales_room];

#endif
