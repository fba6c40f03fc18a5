/* The splitter, compiled once a CPU level. The file that includes it defines
 *   LEVEL_TARGET    the function attribute that allows the level's instructions
 *   masks_of(p, c)  five masks of the 64 bytes at p, first byte in the lowest bit
 *   SPLIT           the name of the function
 *   HAS_PUT_POSITIONS  if it has its own put_positions
 * csv_split.h is the contract. */
#include "csv_split.h"

/* Between two groups: within quotes (all ones) or not (0), and whether a quote that comes next
 * opens: after a separator, LF, or a quote that just closed. */
typedef struct quoting {
    uint64_t inside;
    uint64_t may_open; /* 0 or 1 */
} quoting;

/* Bit i is the parity of bits 0..i. */
LEVEL_TARGET static inline uint64_t prefix_xor(uint64_t x)
{
    for (int shift = 1; shift < 64; shift *= 2) x ^= x << shift;
    return x;
}

/* The group mark by mark: for quotes in the middle of a field. */
LEVEL_TARGET static uint64_t walk_quotes(uint64_t quote, uint64_t mark, quoting *q)
{
    uint64_t kept = 0;
    int opens_at = q->may_open ? 0 : -1;
    for (uint64_t left = quote | mark; left; left &= left - 1) {
        uint64_t bit = left & -left;
        int at = __builtin_ctzll(left);
        if (!(quote & bit)) {
            if (q->inside) continue;
            kept |= bit;
            opens_at = at + 1;
        } else if (q->inside) {
            q->inside = 0;
            opens_at = at + 1;
        } else if (at == opens_at) {
            q->inside = ~(uint64_t)0;
        }
    }
    q->may_open = opens_at == csv_group;
    return kept;
}

/* The marks outside quotes, on the guess that every quote opens or closes; a quote that cannot
 * open proves the guess wrong. */
LEVEL_TARGET static inline uint64_t outside_quotes(uint64_t quote, uint64_t mark, quoting *q)
{
    uint64_t inside = prefix_xor(quote) ^ q->inside;
    uint64_t before = (mark & ~inside) | (quote & ~inside); /* marks, and quotes that close */
    if (quote & inside & ~(before << 1 | q->may_open)) return walk_quotes(quote, mark, q);
    q->inside = (uint64_t)0 - (inside >> 63);
    q->may_open = before >> 63;
    return mark & ~inside;
}

#ifndef HAS_PUT_POSITIONS
/* Writes the position of each bit; entries behind them are overwritten, csv_spare at most. */
LEVEL_TARGET static inline void put_positions(uint32_t *to, uint32_t base, uint64_t bits,
                                              int64_t count)
{
    for (int64_t i = 0; i < count; i += 8)
        for (int j = 0; j < 8; j++) {
            to[i + j] = base + (uint32_t)(bits ? __builtin_ctzll(bits) : csv_group);
            bits &= bits - 1;
        }
}
#endif

LEVEL_TARGET static void SPLIT(csv_marks *m, const unsigned char *p, int64_t n, char separator)
{
    uint32_t *end = m->ends, *record = m->records;
    uint64_t nul = 0, high = 0;
    int64_t n_lines = 0;
    quoting q = { 0, 1 };
    for (int64_t at = 0; at < n; at += csv_group) {
        struct masks k = masks_of(p + at, separator);
        if (n - at < csv_group) {
            uint64_t there = ((uint64_t)1 << (n - at)) - 1;
            k = (struct masks){ k.separator & there, k.newline & there, k.quote & there,
                                k.nul & there, k.high & there };
        }
        uint64_t mark = k.separator | k.newline;
        nul |= k.nul;
        high |= k.high;
        n_lines += __builtin_popcountll(k.newline);
        if (k.quote | q.inside)
            mark = outside_quotes(k.quote, mark, &q);
        else
            q.may_open = mark >> 63;
        for (uint64_t line = mark & k.newline; line; line &= line - 1)
            *record++ = (uint32_t)(end - m->ends) +
                        (uint32_t)__builtin_popcountll(mark & (line ^ (line - 1)));
        int64_t count = __builtin_popcountll(mark);
        put_positions(end, (uint32_t)at, mark, count);
        end += count;
    }
    m->n_ends = end - m->ends;
    m->n_records = record - m->records;
    m->n_lines = n_lines;
    m->has_nul = nul != 0;
    m->has_high = high != 0;
    m->open = q.inside != 0;
}
