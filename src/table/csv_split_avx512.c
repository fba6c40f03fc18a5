/* Splitting with AVX-512: one compare a character for 64 bytes.
 * Leaves the algorithm to csv_split_body.h.
 * Read csv_split.h first. */
#include "csv_split.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx2,bmi,popcnt")))

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

/* Sixteen at a time: their numbers, closed up. */
LEVEL_TARGET static inline void put_positions(uint32_t *to, uint32_t base, uint64_t bits,
                                              int64_t count)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    (void)count;
    for (uint32_t at = 0; at < csv_group; at += 16) {
        __mmask16 some = (__mmask16)(bits >> at);
        __m512i here = _mm512_add_epi32(lane, _mm512_set1_epi32((int)(base + at)));
        _mm512_storeu_si512((void *)to, _mm512_maskz_compress_epi32(some, here));
        to += __builtin_popcount(some);
    }
}

#define HAS_PUT_POSITIONS
#define SPLIT split_avx512
#include "csv_split_body.h"

#define LANES        8
#define TOP_BITS(x)  ((unsigned)_mm512_movepi64_mask((__m512i)(x)))
#define WIDE(a, b)   ((lanes)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define PAIRS(x)     ((lanes)_mm512_maddubs_epi16((__m512i)(x), _mm512_set1_epi16(0x010A)))
#define FOURS(x)     ((lanes)_mm512_madd_epi16((__m512i)(x), _mm512_set1_epi32(0x00010064)))
#define SUM_BYTES(x) ((lanes)_mm512_sad_epu8((__m512i)(x), _mm512_setzero_si512()))
#define POWER(k)     ((double_lanes)_mm512_permutexvar_pd((__m512i)(k), _mm512_loadu_pd(csv_powers)))
#define NUMBERS      numbers_avx512
#include "csv_number_body.h"

static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

const csv_level csv_avx512 = { "avx512", split_avx512, numbers_avx512, has_avx512 };
#else
typedef int csv_no_avx512;
#endif
