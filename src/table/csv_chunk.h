/* A block of the file on its way to a table: text -> marks -> rows -> columns. One struct holds all
 * of it and is used again for block after block. */
#ifndef PROPENSE_CSV_CHUNK_H
#define PROPENSE_CSV_CHUNK_H

#include "csv.h"
#include "csv_source.h"
#include "csv_split.h"
#include "csv_words.h"

/* What every chunk of a file shares; not changed while chunks are made. Columns in file order. */
typedef struct csv_layout {
    const char *file; /* for messages */
    char separator;
    char decimal; /* '.' or ',' */
    int has_header;
    csv_encoding encoding; /* as found */
    const csv_level *level;
    int64_t record_bytes; /* longest record */
    int types_are_fixed;  /* csv_options */
    const str *missing;
    int32_t n_missing;
    int32_t n_columns;
    str *names;         /* [n_columns] */
    column_kind *kinds; /* [n_columns] */
    const int32_t
        *order; /* [n_columns]: which of the table's columns each one is; NULL: the same */
} csv_layout;

/* What is wrong with the first record that is no row. */
typedef enum csv_fault {
    CSV_FINE,
    CSV_RAGGED,   /* another number of fields */
    CSV_NUL,      /* a byte 0 */
    CSV_NO_TEXT,  /* a byte that is not UTF-8 */
    CSV_TOO_LONG, /* more than record_bytes */
    CSV_UNCLOSED  /* within quotes when the file ends */
} csv_fault;

/* The memory behind one column. Capacities count items. */
typedef struct csv_store {
    uint8_t *valid;
    double *number;
    int32_t *code;
    int64_t *offset;
    char *bytes;
    int64_t valid_capacity, number_capacity, code_capacity, offset_capacity, bytes_capacity;
    csv_words words;
} csv_store;

/* All-zero is empty. */
typedef struct csv_chunk {
    csv_block block;
    /* Marks, and rows made of them (blank lines taken out): see csv_field. */
    csv_marks marks;
    uint32_t *starts; /* [n_rows]: offset of the byte in front of each row (-1 as uint32 for 0) */
    int64_t ends_capacity, records_capacity, starts_capacity;
    int32_t n_columns;
    int64_t n_rows;  /* in front of the fault */
    int64_t partial; /* offset behind the last record that ends within the block */
    csv_fault fault;
    int64_t fault_at;     /* offset of its record */
    int64_t fault_fields; /* fields it has; those up to the byte for CSV_NO_TEXT */
    int64_t fault_byte;   /* CSV_NO_TEXT: offset of it */
    /* Place in the file: of the block's first byte. */
    int64_t first_line; /* 1-based */
    /* Columns. */
    table out;
    csv_store *stores;      /* [n_columns] */
    unsigned char *scratch; /* a field without its quotes */
    int64_t scratch_capacity;
    arena words; /* levels that stood in quotes */
} csv_chunk;

/* Where fields and records of the block end, and no more. */
status csv_chunk_marks(csv_chunk *c, const csv_layout *l, propense_error *err);
/* Splits the block and finds its rows: as many as stand in front of the first fault. Blank lines
 * are no rows. n_columns 0: as many as the first record has (for the header). */
status csv_chunk_split(csv_chunk *c, const csv_layout *l, int32_t n_columns, propense_error *err);
/* After csv_chunk_split: judges what stands behind the last record, which belongs to the next block
 * if there is one (last 0). */
void csv_chunk_end(csv_chunk *c, const csv_layout *l, int last);
/* The fault as an error. */
status csv_chunk_fault(const csv_chunk *c, const csv_layout *l, propense_error *err);
/* Nothing but blanks, and a CR; a tab that separates is none. */
int csv_is_blank(const unsigned char *p, int64_t n, char separator);
/* Row `row` is made of the n_columns marks from `from` on; `before` is the byte in front of it. */
void csv_keep_row(csv_chunk *c, int64_t row, int64_t from, int32_t n_columns, uint32_t before);
/* Line of the byte at `at`. */
int64_t csv_chunk_line(const csv_chunk *c, int64_t at);

/* The bytes of a field as they stand in the file, without the line's CR. */
static inline str csv_field(const csv_chunk *c, int32_t n_columns, int64_t row, int32_t at)
{
    uint32_t before = at ? c->marks.ends[row * n_columns + at - 1] : c->starts[row];
    uint32_t from = before + 1, to = c->marks.ends[row * n_columns + at];
    return (str){ (const char *)c->block.bytes + from, (int64_t)to - from };
}
/* Without its quotes, doubled ones once. The result points into s or into the chunk's scratch, good
 * until the next call; .p is NULL on exhaustion. */
str csv_unquote(csv_chunk *c, str s);

/* Fills c->out from the rows, up to the first value that is no number where one is needed: that is
 * the error then, and n_rows counts the rows in front of it. */
status csv_chunk_columns(csv_chunk *c, const csv_layout *l, propense_error *err);
/* The field reads as one, or as missing. */
int csv_is_number(csv_chunk *c, const csv_layout *l, int64_t row, int32_t at);
/* The error of a field that is none. */
status csv_not_a_number(csv_chunk *c, const csv_layout *l, int64_t row, int32_t at,
                        propense_error *err);
void csv_chunk_free(csv_chunk *c, int32_t n_columns);

/* 1 when s, trimmed, is empty or one of the missing words. */
int csv_is_missing(const csv_layout *l, str s);
/* A value for a message: one line, at most some 60 bytes, whole characters. */
enum { csv_shown = 80 };
const char *csv_show(char out[csv_shown], str s);

/* Grows an array to n items; their contents need not survive. `holder` is the address of the
 * pointer to them. 0 on exhaustion. */
int csv_room(void *holder, int64_t *capacity, int64_t n, int64_t size);

#endif
