/* AVX2 with FMA: eight lanes, 16 registers.
 * Leaves the arithmetic to kernel_body.h.
 * Read kernels.h first. */
#if !defined(__AVX2__) || !defined(__FMA__)
#error "compile with -mavx2 -mfma"
#endif
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LEVEL     avx2
#define LANES     8
#define TILE_ROWS 6
#define TILE_VECS 2
typedef float vec __attribute__((vector_size(32)));
typedef int32_t ivec __attribute__((vector_size(32)));

#define FMA(a, b, c)     ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define ONE_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define SPLAT(x)         ((vec)_mm256_set1_ps(x))
#define SQRT(x)          ((vec)_mm256_sqrt_ps((__m256)(x)))
/* The first n lanes. */
static inline __m256i part_mask(int64_t n)
{
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}
#define LOAD_PART(p, n)     ((vec)_mm256_maskload_ps(p, part_mask(n)))
#define STORE_PART(p, x, n) _mm256_maskstore_ps(p, part_mask(n), (__m256)(x))
#define WIDE_PRODUCT(x, m)  ((lvec)_mm256_mul_epu32((__m256i)(x), _mm256_set1_epi64x(m)))

#include "kernel_body.h"
