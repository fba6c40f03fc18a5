/* Hashes of bytes, of rows, and SHA-256.
 * Leaves tables and the canonical form of a cell to their users.
 * Read hash.h first. */
#include "hash.h"

__extension__ typedef unsigned __int128 u128;

/* ---- Bytes in memory */

/* Odd, with half of the bits set, taken from the digits of pi, e and the square roots of 2 and 3.
 */
static const uint64_t key_a = 0x243F6A8885A308D3, key_b = 0xB7E151628AED2A6B,
                      key_c = 0x6A09E667F3BCC909, key_d = 0xBB67AE8584CAA73B;

/* Both halves of a product: every bit of a and b reaches every bit of the result. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t load32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Up to 16 bytes are covered by two loads that may overlap; the length, mixed in at the end, tells
 * apart what then looks alike. Longer inputs fold 16 bytes a step and end with their last 16. */
uint64_t hash_bytes(const void *bytes, int64_t n, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t a = 0, b = 0, h = seed ^ key_a;
    if (n >= 8) {
        const unsigned char *end = p + n;
        for (; end - p > 16; p += 16) {
            a = load64(p);
            h = fold(a ^ key_b, load64(p + 8) ^ h) +
                a; /* + a: a zero factor forgets nothing of a */
        }
        a = load64(n > 16 ? end - 16 : p);
        b = load64(end - 8);
    } else if (n >= 4) {
        a = load32(p);
        b = load32(p + n - 4);
    } else if (n > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
    }
    h = fold(a ^ key_b, b ^ h) + b;
    return fold(h ^ key_c, (uint64_t)n ^ key_d);
}

/* ---- Rows */

static uint64_t cell(uint32_t column, uint64_t content, uint64_t kind)
{
    uint64_t place = fold((uint64_t)column + key_a, kind);
    return fold(fold(content ^ place, key_b) ^ key_c, place ^ key_d);
}

uint64_t hash_cell_number(uint32_t column, double value)
{
    uint64_t bits;
    if (value != value) return hash_cell_missing(column);
    value += 0.0; /* -0 + 0 = 0 */
    memcpy(&bits, &value, sizeof bits);
    return cell(column, bits, key_b);
}

uint64_t hash_cell_text(uint32_t column, str value)
{
    return cell(column, hash_bytes(value.p, value.n, column), key_c);
}

uint64_t hash_cell_missing(uint32_t column)
{
    return cell(column, 0, key_d);
}

/* The base of the polynomial: odd, so that multiplying by it loses nothing. */
static u128 base_power(uint64_t n)
{
    u128 power = 1, square = (u128)key_c << 64 | key_a;
    for (; n; n >>= 1, square *= square)
        if (n & 1) power *= square;
    return power;
}

static u128 joined(const rows_hash *h)
{
    return (u128)h->high << 64 | h->low;
}

static void split(rows_hash *h, u128 value)
{
    h->low = (uint64_t)value;
    h->high = (uint64_t)(value >> 64);
}

/* A row's 64 bits are spread over 128 first: the low bits of the sum mix too little by themselves.
 */
void rows_hash_add(rows_hash *h, uint64_t row)
{
    u128 spread = (u128)fold(row ^ key_b, key_d) << 64 | (row ^ key_a);
    split(h, joined(h) * base_power(1) + spread);
    h->n_rows++;
}

rows_hash rows_hash_join(rows_hash first, rows_hash then)
{
    rows_hash both = { 0, 0, first.n_rows + then.n_rows };
    split(&both, joined(&first) * base_power(then.n_rows) + joined(&then));
    return both;
}

static void write_hex(char *out, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
}

/* Each half takes part in both halves of the result, and so does the number of rows. */
void rows_hash_hex(const rows_hash *h, char out[33])
{
    uint64_t rows = fold(h->n_rows ^ key_c, key_d);
    uint64_t high = h->high ^ fold(h->low ^ key_a, rows);
    uint64_t low = h->low ^ fold(high ^ key_b, rows);
    write_hex(out, high, 16);
    write_hex(out + 16, low, 16);
    out[32] = '\0';
}

/* ---- SHA-256: FIPS 180-4 */

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t sha_key[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static inline uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* One round; what the standard moves from variable to variable, the callers name anew. */
static inline void sha_round(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e,
                             uint32_t f, uint32_t g, uint32_t *h, uint32_t word)
{
    uint32_t t = *h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + word;
    *d += t;
    *h = t + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void sha_block(uint32_t state[8], const unsigned char *p)
{
    uint32_t w[64];
    for (int i = 0; i < 16; i++, p += 4)
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >> 3) + w[i - 7] +
               (turn(y, 17) ^ turn(y, 19) ^ y >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        const uint32_t *k = sha_key + i, *v = w + i;
        sha_round(a, b, c, &d, e, f, g, &h, k[0] + v[0]);
        sha_round(h, a, b, &c, d, e, f, &g, k[1] + v[1]);
        sha_round(g, h, a, &b, c, d, e, &f, k[2] + v[2]);
        sha_round(f, g, h, &a, b, c, d, &e, k[3] + v[3]);
        sha_round(e, f, g, &h, a, b, c, &d, k[4] + v[4]);
        sha_round(d, e, f, &g, h, a, b, &c, k[5] + v[5]);
        sha_round(c, d, e, &f, g, h, a, &b, k[6] + v[6]);
        sha_round(b, c, d, &e, f, g, h, &a, k[7] + v[7]);
    }
    const uint32_t end[8] = { a, b, c, d, e, f, g, h };
    for (int i = 0; i < 8; i++) state[i] += end[i];
}

void sha256_begin(sha256 *s)
{
    static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memcpy(s->h, first, sizeof first);
    s->n = 0;
}

void sha256_add(sha256 *s, const void *bytes, int64_t n)
{
    const unsigned char *p = bytes;
    while (n > 0) {
        int64_t held = (int64_t)(s->n % 64), part = 64 - held < n ? 64 - held : n;
        if (part == 64) {
            sha_block(s->h, p);
        } else {
            memcpy(s->block + held, p, (size_t)part);
            if (held + part == 64) sha_block(s->h, s->block);
        }
        s->n += (uint64_t)part;
        p += part;
        n -= part;
    }
}

void sha256_hex(sha256 *s, char out[65])
{
    static const unsigned char padding[64] = { 0x80 };
    unsigned char length[8];
    uint64_t bits = s->n * 8;
    for (int i = 0; i < 8; i++) length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(s, padding, 1 + (int64_t)((119 - s->n % 64) % 64));
    sha256_add(s, length, 8);
    for (int i = 0; i < 8; i++) write_hex(out + 8 * i, s->h[i], 8);
    out[64] = '\0';
}
