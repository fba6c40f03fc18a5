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

#define FMA(a, b, c)     ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define ONE_FMA(a, b, c) __builtin_fmaf(a, b, c)
#define SPLAT(x)         ((vec)_mm512_set1_ps(x))
#define SQRT(x)          ((vec)_mm512_sqrt_ps((__m512)(x)))
/* Squares are turned in halves of a register: this is faster than in whole ones. */
#define TURN_LANES 8
typedef float turn_vec __attribute__((vector_size(32)));
typedef int32_t turn_ivec __attribute__((vector_size(32)));
#define TURN_MASK(n)             ((__mmask8)((1U << (n)) - 1))
#define TURN_LOAD_PART(p, n)     ((turn_vec)_mm256_maskz_loadu_ps(TURN_MASK(n), p))
#define TURN_STORE_PART(p, x, n) _mm256_mask_storeu_ps(p, TURN_MASK(n), (__m256)(x))
#define PART(n)                  ((__mmask16)((1U << (n)) - 1))
#define LOAD_PART(p, n)          ((vec)_mm512_maskz_loadu_ps(PART(n), p))
#define STORE_PART(p, x, n)      _mm512_mask_storeu_ps(p, PART(n), (__m512)(x))
#define WIDE_PRODUCT(x, m)       ((lvec)_mm512_mul_epu32((__m512i)(x), _mm512_set1_epi64(m)))

#include "kernel_body.h"
