/* Deflate in zlib's wrapping (RFC 1950, RFC 1951) for bytes that come in runs, as the rows of a
 * chart do: repeats of one byte are all that it looks for, and a run costs the same whatever its
 * length. A quarter of the time of zlib's own strategy of that kind (Z_RLE), for the same size.
 */
#ifndef PROPENSE_DEFLATE_RUNS_H
#define PROPENSE_DEFLATE_RUNS_H

#include "str.h"

enum { deflate_block_tokens = 16384, deflate_n_literals = 286, deflate_longest_run = 1 << 24 };

typedef struct deflate_runs {
    text *out;
    char *to;      /* in out, while a block is written */
    uint64_t bits; /* not yet written, the lowest first */
    int n_bits;
    uint64_t a, b; /* Adler-32, reduced only when they grow large */
    int64_t n_tokens;
    uint16_t token[deflate_block_tokens]; /* a byte, or 256 + length - 3 of a repeat */
    uint32_t count[deflate_n_literals];
} deflate_runs;

/* What comes out goes to `out`, whose sticky error is the only one. */
void deflate_runs_begin(deflate_runs *d, text *out);
/* n times `value`, at most deflate_longest_run. */
void deflate_runs_add(deflate_runs *d, unsigned char value, int64_t n);
void deflate_runs_end(deflate_runs *d);

#endif
