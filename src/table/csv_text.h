/* Text: is it UTF-8, and other encodings on their way to UTF-8. */
#ifndef PROPENSE_CSV_TEXT_H
#define PROPENSE_CSV_TEXT_H

#include <stdint.h>

#include "csv.h"

/* Offset of the first byte that is not UTF-8 (of the sequence it is in); n when all is well.
 * Surrogates, overlong forms and what lies above U+10FFFF are not. */
int64_t csv_text_check(const unsigned char *p, int64_t n);

/* All-zero but for the first two; between two calls what a piece of text left unfinished. */
typedef struct csv_recoder {
    csv_encoding from; /* CSV_WINDOWS_1252, CSV_LATIN_1 or CSV_UTF_16 */
    int big_endian;    /* UTF-16 */
    int has_byte;
    unsigned byte;      /* first of a pair */
    unsigned surrogate; /* first of a pair, 0 = none */
} csv_recoder;

enum { csv_recode_most = 3, csv_recode_rest = 8 };

/* n bytes as UTF-8 at `out`: at most csv_recode_most * n + csv_recode_rest of them; their number.
 * Half a UTF-16 character becomes bytes that are not UTF-8, for csv_text_check to find. `last`:
 * nothing follows. */
int64_t csv_recode(csv_recoder *r, const unsigned char *p, int64_t n, int last, unsigned char *out);

#endif
