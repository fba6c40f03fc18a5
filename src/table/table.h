/* Columns in memory, in the Arrow C data layout (validity bitmaps with the first row in the lowest
 * bit; utf8 as offsets and bytes; words as dictionary codes).
 *
 * A chunk of a file, a whole file and one row to be scored are all a table, so that one encoder
 * serves all three.
 */
#ifndef PROPENSE_TABLE_H
#define PROPENSE_TABLE_H

#include "error.h"
#include "hash.h"
#include "memory.h"
#include "str.h"

typedef enum column_kind {
    COLUMN_SKIPPED, /* not read: no values */
    COLUMN_NUMBER,  /* float64 */
    COLUMN_WORDS,   /* dictionary of utf8, codes int32 */
    COLUMN_TEXT     /* utf8, one value a row: ids on their way through `score` */
} column_kind;

typedef struct column {
    str name;
    column_kind kind;
    int64_t n_missing;
    uint8_t *valid;   /* bitmap [n_rows]; NULL = nothing is missing */
    double *number;   /* NUMBER: [n_rows], NaN where missing */
    int32_t *code;    /* WORDS: [n_rows], -1 where missing; else an index into level */
    int32_t n_levels; /* WORDS */
    str *level;       /* WORDS: distinct values in order of first appearance, never the empty one */
    int64_t *level_rows; /* WORDS: how many rows hold each level */
    int overflow; /* WORDS: more than column_level_limit distinct values: code and level are NULL,
                   */
    int64_t n_distinct; /*   and only this count (by 64-bit hash) is known */
    int64_t *offset;    /* TEXT: [n_rows + 1] into bytes; a missing value has length 0 */
    char *bytes;
} column;

enum { column_level_limit = 65536 };

typedef struct table {
    int32_t n_columns;
    int64_t n_rows;
    int64_t first_row; /* 0-based number of row 0 within all that is read: not 0 in a chunk */
    const char *file;  /* of a chunk, for messages: its file's name; NULL in whole tables */
    int64_t file_row;  /* and 0-based number of row 0 within that file */
    column *columns;   /* [n_columns], in file order */
    rows_hash hash;    /* fingerprint over all columns that were read; whole tables only */
    void *owner;       /* how the reader frees it; NULL in tables that somebody else keeps */
} table;

/* Frees what a reader allocated; all-zero is fine. */
void table_free(table *t);

static inline int column_is_missing(const column *c, int64_t row)
{
    return c->valid && !(c->valid[row >> 3] >> (row & 7) & 1);
}

/* Index of the column of that name (exact), -1 without. */
int32_t table_find(const table *t, str name);

#endif
