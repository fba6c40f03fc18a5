/* Splitting without vectors, and the choice between the levels.
 * Leaves the algorithm to csv_split_body.h, the vector levels to csv_split_<level>.c.
 * Read csv_split.h first. */
#include "csv_split.h"

#include <string.h>

struct masks {
    uint64_t separator, newline, quote, nul, high; /* high: not ASCII */
};

/* The highest bit of each of the eight bytes. */
static inline uint64_t top_bits(uint64_t word)
{
    return ((word >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080)) >> 56;
}

/* One bit for each of the eight bytes that equals c. */
static inline uint64_t equal_bytes(uint64_t word, char c)
{
    const uint64_t low7 = UINT64_C(0x7F7F7F7F7F7F7F7F), ones = UINT64_C(0x0101010101010101);
    uint64_t x = word ^ (ones * (unsigned char)c);
    uint64_t zero = ~(((x & low7) + low7) | x | low7); /* 0x80 in each byte that is 0 */
    return top_bits(zero);
}

static inline struct masks masks_of(const unsigned char *p, char separator)
{
    struct masks m = { 0, 0, 0, 0, 0 };
    for (int i = 0; i < csv_group / 8; i++) {
        uint64_t word;
        memcpy(&word, p + 8 * i, 8);
        m.separator |= equal_bytes(word, separator) << (8 * i);
        m.newline |= equal_bytes(word, '\n') << (8 * i);
        m.quote |= equal_bytes(word, '"') << (8 * i);
        m.nul |= equal_bytes(word, '\0') << (8 * i);
        m.high |= top_bits(word) << (8 * i);
    }
    return m;
}

#define LEVEL_TARGET
#define SPLIT split_scalar
#include "csv_split_body.h"

static int always(void)
{
    return 1;
}

const csv_level csv_scalar = { "scalar", split_scalar, csv_numbers_plain, always };

const csv_level *csv_level_find(const char *name)
{
    /* best first */
    static const csv_level *const levels[] = {
#if defined(__x86_64__)
        &csv_avx512,
        &csv_avx2,
        &csv_sse2,
#elif defined(__aarch64__)
        &csv_neon,
#endif
        &csv_scalar
    };
    for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i]->usable() && (!name || strcmp(levels[i]->name, name) == 0)) return levels[i];
    return NULL;
}
