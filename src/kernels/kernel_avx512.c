/* AVX-512: sixteen lanes, 32 registers.
 * Leaves the arithmetic to kernel_body.h.
 * Read kernels.h first. */
#if !defined(__AVX512F__) || !defined(__AVX512DQ__) || !defined(__AVX512VL__)
#error "compile with -mavx512f -mavx512dq -mavx512vl -mavx512bw"
#endif
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define LEVEL     avx512
#define LANES     16
#define TILE_ROWS 8
#define TILE_VECS 3
typedef float vec __attribute__((vector_size(64)));
typedef int32_t ivec __attribute__((vector_size(64)));

#define FMA(a, b, c)        ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define ONE_FMA(a, b, c)    __builtin_fmaf(a, b, c)
#define SPLAT(x)            ((vec)_mm512_set1_ps(x))
#define SQRT(x)             ((vec)_mm512_sqrt_ps((__m512)(x)))
#define PART(n)             ((__mmask16)((1U << (n)) - 1))
#define LOAD_PART(p, n)     ((vec)_mm512_maskz_loadu_ps(PART(n), p))
#define STORE_PART(p, x, n) _mm512_mask_storeu_ps(p, PART(n), (__m512)(x))
#define WIDE_PRODUCT(x, m)  ((lvec)_mm512_mul_epu32((__m512i)(x), _mm512_set1_epi64(m)))

#include "kernel_body.h"
