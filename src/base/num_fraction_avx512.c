/* Floats between 0.0001 and 1 with AVX-512, eight at once.
 * Leaves the algorithm to num_fraction_body.h.
 * Read num_fraction.h first. */
#include "num_fraction.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL_TARGET __attribute__((target("avx512f,avx512bw")))
#define LANES        8
#define WIDE(a, b)   ((lanes)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define LOOK_UP(t, i)                                                                              \
    ((lanes)_mm512_permutex2var_epi64(_mm512_loadu_si512((const void *)(t)), (__m512i)(i),         \
                                      _mm512_loadu_si512((const void *)((t) + 8))))
#define FRACTIONS num_fractions_avx512
#include "num_fraction_body.h"
#endif
