/* Splitting with AVX-512: one compare a character for 64 bytes.
 * Leaves the algorithm to csv_split_body.h.
 * Read csv_split.h first. */
#include "csv_split.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL_TARGET __attribute__((target("avx512f,avx512bw,avx2,bmi,popcnt")))

struct masks {
    uint64_t separator, newline, quote, nul, high; /* high: not ASCII */
};

LEVEL_TARGET static inline struct masks masks_of(const unsigned char *p, char separator)
{
    __m512i v = _mm512_loadu_si512((const void *)p);
    return (struct masks){ _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(separator)),
                           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')),
                           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
                           _mm512_testn_epi8_mask(v, v), _mm512_movepi8_mask(v) };
}

#define SPLIT split_avx512
#include "csv_split_body.h"

static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

const csv_level csv_avx512 = { "avx512", split_avx512, has_avx512 };
#else
typedef int csv_no_avx512;
#endif
