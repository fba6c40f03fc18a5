/* Where fields and records end: the one pass over every byte, with vectors, one body for all CPU
 * levels.
 *
 * The grammar is that of pandas' C parser: a quote opens only as the first character of a field;
 * within quotes a doubled one is a quote; whatever follows a closing quote is kept as it stands,
 * and quotes within it, as within any field that did not begin with one, are plain characters. A
 * record ends at LF; a CR in front of it belongs to the line's end.
 */
#ifndef PROPENSE_CSV_SPLIT_H
#define PROPENSE_CSV_SPLIT_H

#include <stdint.h>

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

typedef struct csv_level {
    const char *name; /* "scalar", "sse2", "avx2", "avx512", "neon" */
    csv_splitter split;
    int (*usable)(void);
} csv_level;

extern const csv_level csv_scalar, csv_sse2, csv_avx2, csv_avx512, csv_neon;

/* The level of that name, the best this machine has for NULL. NULL when it is unknown here. */
const csv_level *csv_level_find(const char *name);

#endif
