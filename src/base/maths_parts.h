/* What the files of maths.h share: exact sums and products of doubles, bits, and the two functions
 * that the others are made of, with more precision than a double has. Not for other modules. */
#ifndef PROPENSE_MATHS_PARTS_H
#define PROPENSE_MATHS_PARTS_H

#include <stdint.h>
#include <string.h>

/* hi + lo, with lo below half a unit of hi's last place or a little more. */
typedef struct parts {
    double hi, lo;
} parts;

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971). */
static inline parts sum_of(double a, double b)
{
    double hi = a + b;
    return (parts){ hi, a - hi + b };
}

/* The leading 26 bits of x: products of two such are exact. */
static inline double leading(double x)
{
    return of_bits(bits_of(x) & ~(((uint64_t)1 << 27) - 1));
}

/* a * b exactly (Dekker's product; fma() would be a slow call where the CPU has none). The rests
 * have 27 bits, so the last product rounds: by 2^-106 of the result at most. */
static inline parts product_of(double a, double b)
{
    double hi = a * b, a1 = leading(a), b1 = leading(b), a2 = a - a1, b2 = b - b1;
    return (parts){ hi, a1 * b1 - hi + a1 * b2 + a2 * b1 + a2 * b2 };
}

/* exp(hi + lo) with a relative error below 0.52 * 2^-53 before the last rounding's range is met;
 * any hi, |lo| < 1e-3. */
double exp_of(double hi, double lo);
/* log(x + rest), x > 0 and normal, |rest| below 2^-52 x; relative error below 2^-61. */
parts log_of(double x, double rest);

#endif
