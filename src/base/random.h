/* Randomness: NumPy's legacy generator where scikit-learn has to be matched, and a counter-based
 * generator for everything of our own.
 */
#ifndef PROPENSE_RANDOM_H
#define PROPENSE_RANDOM_H

#include <stdint.h>

/* numpy.random.RandomState(seed), 0 <= seed < 2^32 (MT19937 with init_genrand). */
typedef struct mt19937 {
    uint32_t state[624];
    int32_t at;
} mt19937;
void mt_seed(mt19937 *g, uint32_t seed);
uint32_t mt_u32(mt19937 *g);
double mt_double(mt19937 *g); /* random_sample(): [0, 1) with 53 bits */
/* 0..max by masked rejection; max 0 draws nothing. */
uint64_t mt_interval(mt19937 *g, uint64_t max);
void mt_shuffle(mt19937 *g, int64_t *items, int64_t n);
void mt_permutation(mt19937 *g, int64_t *out, int64_t n); /* permutation(n) */

/* A draw is a pure function of (seed, purpose, step, row, index): no state, so threads, resuming
 * and repetition need no care. Philox4x32-10 (Salmon et al. 2011) with
 *   key     = { seed's low word, seed's high word }
 *   counter = { block's low word, block's high word | purpose << 16, step, stream }.
 */
enum {
    DRAW_INIT = 1,
    DRAW_SHUFFLE = 2,
    DRAW_DROPOUT = 3,
    DRAW_BALANCE = 4,
    DRAW_BOOTSTRAP = 5,
    DRAW_PERMUTE = 6,
    DRAW_FOLD = 7,
    DRAW_NOISE = 8
};
typedef struct draw_key {
    uint64_t seed;
    uint32_t purpose; /* DRAW_*, below 2^16 */
    uint32_t stream;  /* layer, member, fold ...: whatever sets runs of one purpose apart */
} draw_key;
/* Four words for (step, block), block < 2^48; block = row * blocks_per_row + index / 4, or any
 * other plan. */
void draw_block(uint32_t out[4], draw_key key, uint32_t step, uint64_t block);
/* Half of block index / 2, low word first. */
uint64_t draw_u64(draw_key key, uint32_t step, uint64_t index);
double draw_double(draw_key key, uint32_t step, uint64_t index); /* [0, 1), 53 bits */
/* 0..n-1, n > 0: the high word of draw * n, so one value is likelier than another by less than
 * n / 2^64. */
uint64_t draw_below(draw_key key, uint32_t step, uint64_t index, uint64_t n);
/* 0..n-1 in random order (Fisher-Yates from the end; item i is exchanged with draw_below(.., i, i +
 * 1)). */
void draw_permutation(draw_key key, uint32_t step, int64_t *out, int64_t n);

#endif
