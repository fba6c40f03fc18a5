/* Hashes: a fast 64-bit one for tables in memory, a 128-bit one for fingerprints of data, SHA-256
 * for the names of models. None depends on addresses, padding or the machine (64-bit
 * little-endian). Only SHA-256 withstands somebody who looks for collisions.
 */
#ifndef PROPENSE_HASH_H
#define PROPENSE_HASH_H

#include "str.h"

/* All 64 bits are good: any of them may index a table. Reads no byte outside p[0 .. n-1]. */
uint64_t hash_bytes(const void *p, int64_t n, uint64_t seed);

/* Fingerprint of a sequence of rows. Chunks may be hashed apart and joined in order:
 * rows_hash(AB) = rows_join(rows_hash(A), rows_hash(B)). All-zero is the empty sequence. */
typedef struct rows_hash {
    uint64_t low, high; /* polynomial in a base, mod 2^128, over the rows' hashes */
    uint64_t n_rows;
} rows_hash;
/* A cell's hash from its column number and its canonical form; a row's is the wrapped sum of its
 * cells', so columns may be hashed in any order. */
uint64_t hash_cell_number(uint32_t column, double value); /* -0 equals 0; NaN is missing */
uint64_t hash_cell_text(uint32_t column, str value);
uint64_t hash_cell_missing(uint32_t column);
void rows_hash_add(rows_hash *h, uint64_t row);
rows_hash rows_hash_join(rows_hash first, rows_hash then); /* some 64 multiplications */
void rows_hash_hex(const rows_hash *h, char out[33]);      /* the number of rows is in it too */

typedef struct sha256 {
    uint32_t h[8];
    uint64_t n;
    unsigned char block[64];
} sha256;
void sha256_begin(sha256 *s);
void sha256_add(sha256 *s, const void *p, int64_t n);
void sha256_hex(sha256 *s, char out[65]); /* ends it: begin again before adding more */

#endif
