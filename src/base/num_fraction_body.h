/* Floats between 0.0001 and 1, several at once: compiled once a CPU level. The file that includes
 * it defines
 *   LEVEL_TARGET    the function attribute that allows the level's instructions
 *   LANES           floats at once
 *   WIDE(a, b)      products of the low halves of 64-bit lanes
 *   LOOK_UP(t, i)   t[i] of a table of num_scales_room
 *   FRACTIONS       the name of the function
 * num_shortest.c finds the same for any float. */
#include <string.h>

#include "num_fraction.h"

typedef uint64_t lanes __attribute__((vector_size(LANES * 8)));
typedef int64_t signed_lanes __attribute__((vector_size(LANES * 8)));
typedef uint32_t half_lanes __attribute__((vector_size(LANES * 8)));
typedef uint16_t pair_lanes __attribute__((vector_size(LANES * 8)));
typedef uint32_t floats_bits __attribute__((vector_size(LANES * 4)));

#define ALL(x)             ((lanes){ 0 } + (uint64_t)(x))
#define CHOOSE(mask, a, b) (((mask) & (a)) | (~(mask) & (b)))
/* All ones, or 0; both are far below 2^63. */
#define AT_MOST(a, b) ((lanes)((signed_lanes)(a) <= (signed_lanes)(b)))

LEVEL_TARGET static inline lanes shortest(lanes mantissa, lanes five, lanes shift)
{
    lanes here = WIDE(mantissa << 2, five), odd = mantissa & 1;
    lanes low = here - (five << 1) + odd, high = here + (five << 1) - odd;
    lanes unit = ALL(1) << shift, whole = here >> shift;
    lanes tens = WIDE(whole, ALL(0xCCCCCCCD)) >> 35, ten = (tens << 3) + (tens << 1);
    lanes below = ten << shift;
    lanes down_ten = AT_MOST(low, below);
    lanes up_ten = AT_MOST(below + (ALL(10) << shift), high);
    below = whole << shift;
    lanes down = AT_MOST(low, below), up = AT_MOST(below + unit, high);
    lanes nearer = ~AT_MOST(here + (whole & 1), below + (unit >> 1));
    up = CHOOSE(down ^ up, up, nearer);
    return CHOOSE(down_ten ^ up_ten, ten + (up_ten & 10), whole + (up & 1));
}

/* Two numbers below 10^4 a lane: pairs, digits. */
LEVEL_TARGET static inline lanes digits_of(lanes fours)
{
    lanes q = (lanes)((half_lanes)fours * 10486 >> 20);
    lanes x = q | (fours - (lanes)((pair_lanes)q * 100)) << 16;
    q = (lanes)((pair_lanes)x * 103 >> 10);
    return q | (x - (lanes)((pair_lanes)q * 10)) << 8;
}

LEVEL_TARGET static inline void several(num_digits *out, const float *x, int64_t n)
{
    floats_bits bits = { 0 };
    memcpy(&bits, x, (size_t)n * sizeof *x);
    lanes wide = __builtin_convertvector(bits, lanes), at = (126 - (wide >> 23)) & 15;
    lanes value =
        shortest((wide & 0x7FFFFF) | 0x800000, LOOK_UP(num_five, at), LOOK_UP(num_shift, at));
    lanes first = WIDE(value, LOOK_UP(num_magic, at)) >> LOOK_UP(num_magic_shift, at);
    lanes rest = WIDE(value - WIDE(first, LOOK_UP(num_over, at)), LOOK_UP(num_under, at));
    lanes high = WIDE(first, ALL(0xD1B71759)) >> 45;
    first = digits_of(high | (first - WIDE(high, ALL(10000))) << 32);
    rest = digits_of(rest);
    for (int i = 0; i < n; i++) out[i] = (num_digits){ first[i], rest[i] };
}

LEVEL_TARGET void FRACTIONS(num_digits *out, const float *x, int64_t n)
{
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) several(out + i, x + i, LANES);
    if (i < n) several(out + i, x + i, n - i);
}
