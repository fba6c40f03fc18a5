/* The level every machine has: four lanes in plain C, the fused operation exact without hardware.
 * Leaves the arithmetic to kernel_body.h.
 * Read kernels.h first. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LEVEL     scalar
#define LANES     4
#define TILE_ROWS 4
#define TILE_VECS 2
typedef float vec __attribute__((vector_size(16)));
typedef int32_t ivec __attribute__((vector_size(16)));

#if defined(__FP_FAST_FMAF)
static inline float fused(float a, float b, float c)
{
    return __builtin_fmaf(a, b, c);
}
#else
/* a * b is exact in double; the sum is rounded to odd there (Boldo & Melquiond 2008), so that the
 * rounding to float is the only one that counts. libm's fmaf takes ten times as long on a machine
 * without the instruction. */
static inline float fused(float a, float b, float c)
{
    double x = (double)a * (double)b, y = (double)c, sum = x + y;
    double back = sum - x, error = (x - (sum - back)) + (y - back);
    int64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    int64_t towards = ((error > 0) - (error < 0)) * (sum > 0 ? 1 : -1);
    if (!(bits & 1)) bits += towards;
    memcpy(&sum, &bits, sizeof sum);
    return (float)sum;
}
#endif
static inline vec FMA(vec a, vec b, vec c)
{
    return (vec){ fused(a[0], b[0], c[0]), fused(a[1], b[1], c[1]), fused(a[2], b[2], c[2]),
                  fused(a[3], b[3], c[3]) };
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
