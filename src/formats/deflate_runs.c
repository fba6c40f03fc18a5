/* Runs of bytes as deflate blocks, each with Huffman codes of its own.
 * Leaves searching for anything but runs to zlib.
 * Read deflate_runs.h first; RFC 1951 section 3.2 for codes and blocks, RFC 1950 for the frame. */
#include "deflate_runs.h"

#include <assert.h>

enum {
    end_of_block = 256,
    n_literals = deflate_n_literals,
    n_distances = 2, /* the only one used is 1; a second makes the code a complete one */
    n_lengths = 19,  /* symbols that write code lengths */
    longest_code = 15,
    longest_length_code = 7,
    longest_repeat = 258,
    shortest_repeat = 3,
    room_for_codes = 512, /* 288 lengths of 7 bits and what stands around them */
    room_for_token = 3,   /* 15 bits, 5 extra, 1 for the distance */
    adler_modulus = 65521
};

/* ---- Bits */

static void put_bits(deflate_runs *d, uint32_t value, int n)
{
    d->bits |= (uint64_t)value << d->n_bits;
    d->n_bits += n;
    if (d->n_bits < 32) return;
    for (int i = 0; i < 4; i++) d->to[i] = (char)(d->bits >> 8 * i & 255);
    d->to += 4;
    d->bits >>= 32;
    d->n_bits -= 32;
}

static void put_rest(deflate_runs *d)
{
    for (; d->n_bits > 0; d->n_bits -= 8, d->bits >>= 8) text_char(d->out, (char)(d->bits & 255));
}

/* ---- Huffman codes: lengths by Huffman's algorithm, codes in order of (length, symbol). */

typedef struct code {
    unsigned char length[n_literals]; /* 0 = unused */
    uint16_t bits[n_literals];        /* turned round: written from the lowest bit */
} code;

/* Symbols that occur, the rarest first. */
static int by_count(uint16_t *order, const uint32_t *count, int n)
{
    int used = 0;
    for (int s = 0; s < n; s++) {
        if (!count[s]) continue;
        int at = used++;
        for (; at > 0 && count[order[at - 1]] > count[s]; at--) order[at] = order[at - 1];
        order[at] = (uint16_t)s;
    }
    return used;
}

/* Leaves 0..used-1 by rising weight; inner nodes come out by rising weight too, so that the two
 * lightest stand at the head of one of two queues (van Leeuwen 1976). Returns the greatest depth.
 */
static int huffman_depths(unsigned char *depth, const uint64_t *leaf, int used)
{
    uint64_t inner[n_literals] = { 0 };
    int parent[2 * n_literals] = { 0 }, next_leaf = 0, next_inner = 0;
    for (int made = 0; made < used - 1; made++) {
        uint64_t weight = 0;
        for (int k = 0; k < 2; k++) {
            int take_leaf =
                next_leaf < used && (next_inner >= made || leaf[next_leaf] <= inner[next_inner]);
            weight += take_leaf ? leaf[next_leaf] : inner[next_inner];
            parent[take_leaf ? next_leaf++ : used + next_inner++] = made;
        }
        inner[made] = weight;
    }
    unsigned char inner_depth[n_literals] = { 0 };
    int deepest = 0;
    for (int i = used - 3; i >= 0; i--)
        inner_depth[i] = (unsigned char)(inner_depth[parent[used + i]] + 1);
    for (int i = 0; i < used; i++) {
        depth[i] = (unsigned char)(inner_depth[parent[i]] + 1);
        if (depth[i] > deepest) deepest = depth[i];
    }
    return deepest;
}

/* At least two symbols occur. Where a code would get too long, weights are made more alike until
 * it does not: all alike they make one of 9 bits. */
static void choose_lengths(unsigned char *length, const uint32_t *count, int n, int longest)
{
    uint16_t order[n_literals];
    uint64_t weight[n_literals];
    unsigned char depth[n_literals];
    int used = by_count(order, count, n);
    for (int i = 0; i < used; i++) weight[i] = count[order[i]];
    while (huffman_depths(depth, weight, used) > longest)
        for (int i = 0; i < used; i++) weight[i] = weight[i] / 2 + 1;
    memset(length, 0, (size_t)n);
    for (int i = 0; i < used; i++) length[order[i]] = depth[i];
}

static uint16_t turned(uint32_t bits, int n)
{
    uint32_t out = 0;
    for (int i = 0; i < n; i++) out |= (bits >> i & 1) << (n - 1 - i);
    return (uint16_t)out;
}

static void make_code(code *c, const uint32_t *count, int n, int longest)
{
    choose_lengths(c->length, count, n, longest);
    uint32_t next = 0;
    for (int length = 1; length <= longest; length++, next <<= 1)
        for (int s = 0; s < n; s++)
            if (c->length[s] == length) c->bits[s] = turned(next++, length);
}

static void put_symbol(deflate_runs *d, const code *c, int symbol)
{
    put_bits(d, c->bits[symbol], c->length[symbol]);
}

/* ---- Repeats: RFC 1951's table of lengths, four symbols for each number of extra bits. */

typedef struct repeat {
    int symbol, n_extra;
    uint32_t extra;
} repeat;

static repeat repeat_of(int length)
{
    int past = length - shortest_repeat, n_extra = 0;
    if (length == longest_repeat) return (repeat){ 285, 0, 0 };
    if (past < 8) return (repeat){ 257 + past, 0, 0 };
    while (past >> n_extra >= 8) n_extra++;
    return (repeat){ 257 + 4 * n_extra + (past >> n_extra), n_extra,
                     (uint32_t)past & ((1u << n_extra) - 1) };
}

/* ---- Blocks */

/* Every length is written out: 16 to 18, which shorten runs of them, would save some bytes. */
static void put_codes(deflate_runs *d, const code *c)
{
    static const unsigned char order[n_lengths] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                    11, 4,  12, 3, 13, 2, 14, 1, 15 };
    uint32_t count[n_lengths] = { 0 };
    code lengths;
    for (int s = 0; s < n_literals; s++) count[c->length[s]]++;
    count[1] += n_distances;
    make_code(&lengths, count, n_lengths, longest_length_code);
    put_bits(d, n_literals - 257, 5);
    put_bits(d, n_distances - 1, 5);
    put_bits(d, n_lengths - 4, 4);
    for (int i = 0; i < n_lengths; i++) put_bits(d, lengths.length[order[i]], 3);
    for (int s = 0; s < n_literals; s++) put_symbol(d, &lengths, c->length[s]);
    for (int s = 0; s < n_distances; s++) put_symbol(d, &lengths, 1);
}

static void put_token(deflate_runs *d, const code *c, uint16_t token)
{
    if (token < 256) {
        put_symbol(d, c, token);
        return;
    }
    repeat r = repeat_of(token - 256 + shortest_repeat);
    put_symbol(d, c, r.symbol);
    put_bits(d, r.extra, r.n_extra + 1); /* and distance 1, whose code is a 0 */
}

static void put_block(deflate_runs *d, int last)
{
    code c;
    d->to = text_room(d->out, room_for_codes + d->n_tokens * room_for_token);
    if (!d->to) return;
    const char *from = d->to;
    d->count[end_of_block] = 1;
    d->count[0] += !d->count[0]; /* a code needs two symbols, also where nothing was added */
    make_code(&c, d->count, n_literals, longest_code);
    put_bits(d, (uint32_t)(last | 2 << 1), 3); /* with codes of its own */
    put_codes(d, &c);
    for (int64_t i = 0; i < d->n_tokens; i++) put_token(d, &c, d->token[i]);
    put_symbol(d, &c, end_of_block);
    d->out->n += d->to - from;
    memset(d->count, 0, sizeof d->count);
}

static void add_token(deflate_runs *d, uint16_t token, int symbol)
{
    if (d->n_tokens == deflate_block_tokens) {
        put_block(d, 0);
        d->n_tokens = 0;
    }
    d->token[d->n_tokens++] = token;
    d->count[symbol]++;
}

/* Adler-32 of a run in one step: a grows by the value n times, b by every a on the way. Both are
 * reduced long before a product could overflow: n <= 2^24, so that b grows by less than 2^63. */
static void sum_run(deflate_runs *d, uint64_t value, uint64_t n)
{
    d->b += n * d->a + n * (n + 1) / 2 * value;
    d->a += n * value;
    if ((d->a | d->b) >> 38 == 0) return;
    d->a %= adler_modulus;
    d->b %= adler_modulus;
}

void deflate_runs_begin(deflate_runs *d, text *out)
{
    memset(d, 0, sizeof *d);
    d->out = out;
    d->a = 1;
    text_add(out, "\x78\x01", 2); /* deflate, a window of 32 KB, the fastest level */
}

void deflate_runs_add(deflate_runs *d, unsigned char value, int64_t n)
{
    if (n <= 0) return;
    assert(n <= deflate_longest_run);
    sum_run(d, value, (uint64_t)n);
    add_token(d, value, value);
    for (n--; n >= shortest_repeat;) {
        int length = n > longest_repeat ? longest_repeat : (int)n;
        add_token(d, (uint16_t)(256 + length - shortest_repeat), repeat_of(length).symbol);
        n -= length;
    }
    for (; n > 0; n--) add_token(d, value, value);
}

void deflate_runs_end(deflate_runs *d)
{
    put_block(d, 1);
    put_rest(d);
    uint64_t sum = d->b % adler_modulus << 16 | d->a % adler_modulus;
    for (int shift = 24; shift >= 0; shift -= 8) text_char(d->out, (char)(sum >> shift & 255));
}
