/* Where fields and records end: the one pass over every byte, with vectors, one body for all CPU
 * levels. And short numbers, many at once.
 *
 * The grammar is that of pandas' C parser: a quote opens only as the first character of a field;
 * within quotes a doubled one is a quote; whatever follows a closing quote is kept as it stands,
 * and quotes within it, as within any field that did not begin with one, are plain characters. A
 * record ends at LF; a CR in front of it belongs to the line's end.
 */
#ifndef PROPENSE_CSV_SPLIT_H
#define PROPENSE_CSV_SPLIT_H

#include <stdint.h>

#include "str.h"

enum {
    csv_group = 64,        /* bytes looked at together */
    csv_pad = csv_group,   /* readable bytes behind the text; their content does not matter */
    csv_spare = csv_group, /* entries of `ends` that may be overwritten behind the last one */
    csv_most_bytes = 1 << 30
};

/* What split finds. The arrays are the caller's: ends[n + csv_spare], records[n + 1] for n bytes.
 */
typedef struct csv_marks {
    uint32_t *ends;    /* [n_ends]: offset of the separator or LF behind each field */
    uint32_t *records; /* [n_records]: fields up to and including each record's last one */
    int64_t n_ends, n_records;
    int64_t n_lines; /* LFs, those within quotes too */
    int has_nul;
    int has_high; /* a byte that is not ASCII */
    int open;     /* the text ends within quotes */
} csv_marks;

/* p: n bytes (at most csv_most_bytes) that begin with a record, and csv_pad more. */
typedef void (*csv_splitter)(csv_marks *m, const unsigned char *p, int64_t n, char separator);

/* The fields of one column: of row r the bytes behind before[r * before_step] up to end[r *
 * end_step]. */
typedef struct csv_fields {
    const char *bytes; /* csv_pad more behind the text */
    const uint32_t *before, *end;
    int64_t before_step, end_step;
} csv_fields;
static inline str csv_field_at(const csv_fields *f, int64_t row)
{
    uint32_t from = f->before[row * f->before_step] + 1;
    return (str){ f->bytes + from, (int64_t)f->end[row * f->end_step] - from };
}

/* Rows row .. row + n - 1, at most csv_group of them, into x[0] .. x[n - 1] (and csv_lanes behind
 * them): those that csv_short_number takes, though a minus and eight more bytes may be too long.
 * Bit i of the result: x[i] is none of them. */
typedef uint64_t (*csv_numbers)(double *x, const csv_fields *f, int64_t row, int64_t n,
                                char decimal);
enum { csv_lanes = 8 };
uint64_t csv_numbers_plain(double *x, const csv_fields *f, int64_t row, int64_t n, char decimal);

typedef struct csv_level {
    const char *name; /* "scalar", "sse2", "avx2", "avx512", "neon" */
    csv_splitter split;
    csv_numbers numbers;
    int (*usable)(void);
} csv_level;

extern const csv_level csv_scalar, csv_sse2, csv_avx2, csv_avx512, csv_neon;

/* The level of that name, the best this machine has for NULL. NULL when it is unknown here. */
const csv_level *csv_level_find(const char *name);

#endif
