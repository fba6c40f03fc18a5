/* Floats between 0.0001 and 1 with AVX2, four at once.
 * Leaves the algorithm to num_fraction_body.h.
 * Read num_fraction.h first. */
#include "num_fraction.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL_TARGET  __attribute__((target("avx2")))
#define LANES         4
#define WIDE(a, b)    ((lanes)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define LOOK_UP(t, i) ((lanes)_mm256_i64gather_epi64((const long long *)(t), (__m256i)(i), 8))
#define FRACTIONS     num_fractions_avx2
#include "num_fraction_body.h"
#endif
