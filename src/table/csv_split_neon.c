/* Splitting with NEON, which every AArch64 has.
 * Leaves the algorithm to csv_split_body.h.
 * Read csv_split.h first. */
#include "csv_split.h"

#if defined(__aarch64__)
#include <arm_neon.h>

struct masks {
    uint64_t separator, newline, quote, nul, high; /* high: not ASCII */
};

/* NEON has no movemask: each byte keeps the bit of its place among eight, and three rounds of
 * pairwise sums bring eight bytes' bits into one. */
static inline uint64_t bits_of(uint8x16_t x[4])
{
    static const uint8_t place[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t bit = vld1q_u8(place);
    for (int i = 0; i < 4; i++) x[i] = vandq_u8(x[i], bit);
    uint8x16_t pairs = vpaddq_u8(vpaddq_u8(x[0], x[1]), vpaddq_u8(x[2], x[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
}

static inline uint64_t equal_bytes(const uint8x16_t v[4], char c)
{
    uint8x16_t wanted = vdupq_n_u8((uint8_t)c), x[4];
    for (int i = 0; i < 4; i++) x[i] = vceqq_u8(v[i], wanted);
    return bits_of(x);
}

static inline uint64_t top_bits(const uint8x16_t v[4])
{
    uint8x16_t x[4];
    for (int i = 0; i < 4; i++) x[i] = vcgeq_u8(v[i], vdupq_n_u8(0x80));
    return bits_of(x);
}

static inline struct masks masks_of(const unsigned char *p, char separator)
{
    uint8x16_t v[4];
    for (int i = 0; i < 4; i++) v[i] = vld1q_u8(p + 16 * i);
    return (struct masks){ equal_bytes(v, separator), equal_bytes(v, '\n'), equal_bytes(v, '"'),
                           equal_bytes(v, '\0'), top_bits(v) };
}

#define LEVEL_TARGET
#define SPLIT split_neon
#include "csv_split_body.h"

static int always(void)
{
    return 1;
}

const csv_level csv_neon = { "neon", split_neon, csv_numbers_plain, always };
#else
typedef int csv_no_neon;
#endif
