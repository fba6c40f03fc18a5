/* The level every machine has: four lanes in plain C, the fused operation exact without hardware.
 * Leaves the arithmetic to kernel_body.h.
 * Read kernels.h first. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LEVEL     scalar
#define LANES     4
#define TILE_ROWS 2
#define TILE_VECS 1
typedef float vec __attribute__((vector_size(16)));
typedef int32_t ivec __attribute__((vector_size(16)));

#if defined(__FP_FAST_FMAF)
static inline vec FMA(vec a, vec b, vec c)
{
    return (vec){ __builtin_fmaf(a[0], b[0], c[0]), __builtin_fmaf(a[1], b[1], c[1]),
                  __builtin_fmaf(a[2], b[2], c[2]), __builtin_fmaf(a[3], b[3], c[3]) };
}
#else
typedef double dvec __attribute__((vector_size(32)));
typedef int64_t ilvec __attribute__((vector_size(32)));
typedef uint64_t ulvec __attribute__((vector_size(32)));

/* a * b is exact in double. The sum is rounded to odd there (Boldo & Melquiond 2008): truncated,
 * its last bit set where something was cut off; then the rounding to float is the only one that
 * counts. A sum that was rounded away from zero has an error of the other sign. Libm's fmaf takes
 * some ten times as long on a machine without the instruction. */
static inline vec FMA(vec a, vec b, vec c)
{
    dvec x = __builtin_convertvector(a, dvec) * __builtin_convertvector(b, dvec);
    dvec y = __builtin_convertvector(c, dvec), sum = x + y, back = sum - x, zero = { 0 };
    dvec error = (x - (sum - back)) + (y - back);
    ilvec inexact = (ilvec)(error > zero) | (ilvec)(error < zero); /* not so for NaN */
    ilvec away = (ilvec)((ulvec)((ilvec)sum ^ (ilvec)error) >> 63) & inexact;
    return __builtin_convertvector((dvec)(((ilvec)sum - away) | (inexact & 1)), vec);
}
#endif
static inline float fused(float a, float b, float c)
{
    return FMA((vec){ a }, (vec){ b }, (vec){ c })[0];
}
#define ONE_FMA(a, b, c) fused(a, b, c)
#define SPLAT(x)         ((vec){ (x), (x), (x), (x) })
#define SQRT(x)          ((vec){ sqrtf((x)[0]), sqrtf((x)[1]), sqrtf((x)[2]), sqrtf((x)[3]) })
static inline vec LOAD_PART(const float *p, int64_t n)
{
    vec x = { 0 };
    memcpy(&x, p, (size_t)n * sizeof *p);
    return x;
}
static inline void STORE_PART(float *p, vec x, int64_t n)
{
    memcpy(p, &x, (size_t)n * sizeof *p);
}
/* 64-bit products of the low halves of 64-bit lanes. */
#define WIDE_PRODUCT(x, m) (((x)&0xFFFFFFFFU) * (m))

#include "kernel_body.h"
