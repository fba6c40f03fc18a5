/* AArch64: four lanes, 32 registers.
 * Leaves the arithmetic to kernel_body.h.
 * Read kernels.h first. */
#if !defined(__aarch64__)
#error "for AArch64"
#endif
#include <arm_neon.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LEVEL     neon
#define LANES     4
#define TILE_ROWS 8
#define TILE_VECS 3
typedef float vec __attribute__((vector_size(16)));
typedef int32_t ivec __attribute__((vector_size(16)));

#define FMA(a, b, c)     ((vec)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#define ONE_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define SPLAT(x)         ((vec)vdupq_n_f32(x))
#define SQRT(x)          ((vec)vsqrtq_f32((float32x4_t)(x)))
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
#define WIDE_PRODUCT(x, m) ((lvec)vmull_u32(vmovn_u64((uint64x2_t)(x)), vdup_n_u32((uint32_t)(m))))

#include "kernel_body.h"
