/* Splitting with AVX2 and the bit instructions that came with it.
 * Leaves the algorithm to csv_split_body.h.
 * Read csv_split.h first. */
#include "csv_split.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LEVEL_TARGET __attribute__((target("avx2,bmi,popcnt")))

struct masks {
    uint64_t separator, newline, quote, nul, high; /* high: not ASCII */
};

LEVEL_TARGET static inline uint64_t equal_bytes(__m256i low, __m256i high, char c)
{
    __m256i wanted = _mm256_set1_epi8(c);
    uint64_t first = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
    uint64_t second = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
    return first | second << 32;
}

LEVEL_TARGET static inline struct masks masks_of(const unsigned char *p, char separator)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    return (struct masks){ equal_bytes(low, high, separator), equal_bytes(low, high, '\n'),
                           equal_bytes(low, high, '"'), equal_bytes(low, high, '\0'),
                           (unsigned)_mm256_movemask_epi8(low) |
                               (uint64_t)(unsigned)_mm256_movemask_epi8(high) << 32 };
}

#define SPLIT split_avx2
#include "csv_split_body.h"

#define LANES        4
#define TOP_BITS(x)  ((unsigned)_mm256_movemask_pd((__m256d)(x)))
#define WIDE(a, b)   ((lanes)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define PAIRS(x)     ((lanes)_mm256_maddubs_epi16((__m256i)(x), _mm256_set1_epi16(0x010A)))
#define FOURS(x)     ((lanes)_mm256_madd_epi16((__m256i)(x), _mm256_set1_epi32(0x00010064)))
#define SUM_BYTES(x) ((lanes)_mm256_sad_epu8((__m256i)(x), _mm256_setzero_si256()))
#define POWER(k)     ((double_lanes)_mm256_i64gather_pd(csv_powers, (__m256i)(k), 8))
#define NUMBERS      numbers_avx2
#include "csv_number_body.h"

static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

const csv_level csv_avx2 = { "avx2", split_avx2, numbers_avx2, has_avx2 };
#else
typedef int csv_no_avx2;
#endif
