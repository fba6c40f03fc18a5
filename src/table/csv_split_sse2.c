/* Splitting with SSE2, which every x86-64 has.
 * Leaves the algorithm to csv_split_body.h.
 * Read csv_split.h first. */
#include "csv_split.h"

#if defined(__x86_64__)
#include <emmintrin.h>

struct masks {
    uint64_t separator, newline, quote, nul, high; /* high: not ASCII */
};

static inline uint64_t equal_bytes(const __m128i v[4], char c)
{
    __m128i wanted = _mm_set1_epi8(c);
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], wanted)) << (16 * i);
    return bits;
}

static inline uint64_t top_bits(const __m128i v[4])
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) bits |= (uint64_t)(unsigned)_mm_movemask_epi8(v[i]) << (16 * i);
    return bits;
}

static inline struct masks masks_of(const unsigned char *p, char separator)
{
    __m128i v[4];
    for (int i = 0; i < 4; i++) v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    return (struct masks){ equal_bytes(v, separator), equal_bytes(v, '\n'), equal_bytes(v, '"'),
                           equal_bytes(v, '\0'), top_bits(v) };
}

#define LEVEL_TARGET
#define SPLIT split_sse2
#include "csv_split_body.h"

static int always(void)
{
    return 1;
}

const csv_level csv_sse2 = { "sse2", split_sse2, csv_numbers_plain, always };
#else
typedef int csv_no_sse2;
#endif
