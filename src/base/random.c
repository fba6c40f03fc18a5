/* Random numbers: MT19937 as NumPy's RandomState uses it, and Philox4x32-10.
 * Leaves what is drawn for whom to the callers (draw_key).
 * Read random.h first. */
#include "random.h"

#include <assert.h>

__extension__ typedef unsigned __int128 u128;

/* ---- MT19937: Matsumoto & Nishimura 1998, seeded as in their 2002 version */

enum { words = 624, middle = 397 };

void mt_seed(mt19937 *g, uint32_t seed)
{
    g->state[0] = seed;
    for (uint32_t i = 1; i < words; i++) {
        uint32_t before = g->state[i - 1];
        g->state[i] = 1812433253u * (before ^ before >> 30) + i;
    }
    g->at = words;
}

/* The top bit of one word and the rest of the next, times the matrix A of the paper. */
static uint32_t twist(uint32_t top, uint32_t rest)
{
    uint32_t joined = (top & 0x80000000u) | (rest & 0x7FFFFFFFu);
    return joined >> 1 ^ (joined & 1 ? 0x9908B0DFu : 0);
}

static void refill(mt19937 *g)
{
    uint32_t *s = g->state;
    for (int i = 0; i < words - middle; i++) s[i] = s[i + middle] ^ twist(s[i], s[i + 1]);
    for (int i = words - middle; i < words - 1; i++)
        s[i] = s[i + middle - words] ^ twist(s[i], s[i + 1]);
    s[words - 1] = s[middle - 1] ^ twist(s[words - 1], s[0]);
    g->at = 0;
}

uint32_t mt_u32(mt19937 *g)
{
    if (g->at == words) refill(g);
    uint32_t y = g->state[g->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    return y ^ y >> 18;
}

double mt_double(mt19937 *g)
{
    uint32_t high = mt_u32(g) >> 5, low = mt_u32(g) >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0; /* (high * 2^26 + low) / 2^53 */
}

uint64_t mt_interval(mt19937 *g, uint64_t max)
{
    if (max == 0) return 0;
    uint64_t mask = max, value;
    for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
    do {
        value = mt_u32(g);
        if (max > UINT32_MAX) value = value << 32 | mt_u32(g);
        value &= mask;
    } while (value > max);
    return value;
}

void mt_shuffle(mt19937 *g, int64_t *items, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = (int64_t)mt_interval(g, (uint64_t)i), held = items[i];
        items[i] = items[j];
        items[j] = held;
    }
}

void mt_permutation(mt19937 *g, int64_t *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = i;
    mt_shuffle(g, out, n);
}

/* ---- Philox4x32-10: Salmon, Moraes, Dror & Shaw, Parallel random numbers: as easy as 1, 2, 3
 * (2011)
 */

void draw_block(uint32_t out[4], draw_key key, uint32_t step, uint64_t block)
{
    assert(block >> 48 == 0 && key.purpose >> 16 == 0);
    uint32_t k0 = (uint32_t)key.seed, k1 = (uint32_t)(key.seed >> 32);
    uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32) | key.purpose << 16;
    uint32_t c2 = step, c3 = key.stream;
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)c0 * 0xD2511F53u, b = (uint64_t)c2 * 0xCD9E8D57u;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u; /* golden ratio */
        k1 += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

uint64_t draw_u64(draw_key key, uint32_t step, uint64_t index)
{
    uint32_t four[4];
    draw_block(four, key, step, index / 2);
    const uint32_t *two = four + 2 * (index % 2);
    return (uint64_t)two[1] << 32 | two[0];
}

double draw_double(draw_key key, uint32_t step, uint64_t index)
{
    return (double)(draw_u64(key, step, index) >> 11) * 0x1p-53;
}

uint64_t draw_below(draw_key key, uint32_t step, uint64_t index, uint64_t n)
{
    return (uint64_t)((u128)draw_u64(key, step, index) * n >> 64);
}

void draw_permutation(draw_key key, uint32_t step, int64_t *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = (int64_t)draw_below(key, step, (uint64_t)i, (uint64_t)i + 1), held = out[i];
        out[i] = out[j];
        out[j] = held;
    }
}
