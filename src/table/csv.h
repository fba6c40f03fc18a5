/* Reading a CSV: bytes -> blocks -> chunks of columns, in parallel, handed on in order.
 *
 * A file is read in blocks of about 1 MB into a ring (never mapped), inflated and turned into UTF-8
 * on its way where need be. A block is split into records
 * on the guess that it starts outside quotes; the state at the end of the block before confirms the
 * guess or the block is split again, so the result equals that of a sequential reader for any
 * number of threads and any block size. Use: csv_open (reads the header and a sample) -> look at
 * csv_columns -> csv_plan -> csv_each or csv_read -> csv_close.
 */
#ifndef PROPENSE_CSV_H
#define PROPENSE_CSV_H

#include "files.h"
#include "progress.h"
#include "table.h"
#include "threads.h"

typedef enum csv_header {
    CSV_HEADER_AUTO, /* yes, unless the first row looks like data: numbers alone, or numbers and
                        words where the rows below have them, one of the words met again below */
    CSV_HEADER_YES,
    CSV_HEADER_NO
} csv_header;

typedef enum csv_encoding {
    CSV_ENCODING_AUTO, /* UTF-16 where its byte order mark stands; Windows-1252 where the beginning
                          is that and cannot be UTF-8; else UTF-8 */
    CSV_UTF_8,
    CSV_WINDOWS_1252,
    CSV_LATIN_1,
    CSV_UTF_16 /* little end first without a byte order mark */
} csv_encoding;

typedef struct csv_options {
    char separator; /* 0 = found among , ; tab and | */
    char decimal;   /* '.' or ','; 0 = found. A column that has numbers with the other sign only is
                       still guessed a number when a sign is asked for: an error, not words */
    csv_header header;
    csv_encoding encoding;
    const str *names; /* [n_names] of the columns, instead of a header's; NULL: the header's, or
                         column_1, column_2 ... Borrowed until csv_open has returned */
    int32_t n_names;
    const str *also; /* [n_also] paths of further files, read as one table with the first: their
                        columns are its, in any order, and they are written alike. Borrowed. */
    int32_t n_also;
    const str
        *missing;      /* words that mean missing in number columns, in any case; the empty field */
    int32_t n_missing; /*   always does. missing NULL: csv_default_missing. Borrowed. */
    int threads;       /* upper limit; 0 = threads_available() */
    int64_t block_bytes;  /* 0 = csv_default_block; tests go down to 16 */
    int64_t sample_rows;  /* rows that decide between numbers and words; 0 = 10,000 (those of them
                             that end within the first csv_sample_bytes) */
    int64_t record_bytes; /* longest record, without its LF; 0 = csv_default_record */
    int types_are_fixed;  /* 1: they come from a model, so an error does not offer --types */
    const char *level;    /* of the splitter, for tests ("scalar", ...); NULL = the best there is */
} csv_options;

enum {
    csv_default_block = 256 * 1024, /* text, marks and columns of a block stay in the L2 cache */
    csv_default_record = 16 * 1024 * 1024,
    csv_sample_bytes = 8 * 1024 * 1024,
    csv_sniff_bytes = 64 * 1024, /* of the beginning, or its first record: tell the separator */
    csv_most_columns = 100000,
    csv_n_default_missing = 5
};
/* NA, N/A, NaN, null and ?, in any case. */
extern const str csv_default_missing[csv_n_default_missing];

/* What the sample says of one column of the file. */
typedef struct csv_column {
    str name; /* trimmed; an empty one, or one without header, is column_7 (1-based) */
    column_kind
        guess; /* NUMBER when at least nine in ten of the values that are there read as numbers */
    int64_t n_values, n_numbers; /* of the sample: not missing; numbers among them */
    str first_word;              /* the first value that is not a number; empty when all are */
    int64_t first_word_row;      /* its line */
} csv_column;

typedef struct csv_reader csv_reader;

/* Opens, finds out how the file is written, checks the header (duplicate names are an error naming
 * both places) and reads the sample. Empty file, header only: errors. "-" is standard input. */
status csv_open(csv_reader **out, const char *path, const csv_options *options,
                propense_error *err);
/* The same for n bytes in memory, borrowed until csv_close; `name` stands for the path in messages.
 */
status csv_open_bytes(csv_reader **out, const void *bytes, int64_t n, const char *name,
                      const csv_options *options, propense_error *err);
int32_t csv_n_columns(const csv_reader *r);
const csv_column *csv_columns(const csv_reader *r);
const char *csv_name(const csv_reader *r); /* for messages: "jan.csv", "jan.csv and 2 more" */
char csv_separator(const csv_reader *r);
char csv_decimal(const csv_reader *r);
/* Says what was found that is not plain: encoding, separator, decimal comma, no header. */
void csv_tell(const csv_reader *r, const propense_callbacks *cb);
/* Kinds by column, [n_columns]; the guess until called. */
void csv_plan(csv_reader *r, const column_kind *kinds);

/* Called on a worker for each chunk (its columns live until the matching `deliver` has returned).
 * `slot` is one of csv_n_slots() small numbers that is this chunk's alone until it was delivered:
 * where map leaves its result. */
typedef status (*csv_map)(void *user, int worker, int slot, const table *chunk,
                          propense_error *err);
/* Called for each chunk in file order, one at a time, on any worker. */
typedef status (*csv_deliver)(void *user, int slot, const table *chunk, propense_error *err);
int csv_n_workers(const csv_reader *r);
int csv_n_slots(const csv_reader *r);
/* All chunks, once. map may be NULL. Memory does not grow with the file. All rows before the first
 * problem are delivered, then its error is returned: as a reader would that goes row by row, for
 * any number of threads and any block size. A chunk has at least one row; its WORDS columns never
 * overflow. cb is called on the caller's thread. */
status csv_each(csv_reader *r, csv_map map, csv_deliver deliver, void *user,
                const propense_callbacks *cb, propense_error *err);

/* The whole file as one table, with level counts and fingerprint. */
status csv_read(csv_reader *r, table *out, const propense_callbacks *cb, propense_error *err);
void csv_close(csv_reader *r);

/* Writing: one field, quoted only where it must be (separator, quote, CR, LF, leading or trailing
 * blank). */
void csv_write_field(text *t, str field, char separator);
/* The same, into at least csv_field_room(n) bytes; returns the end. */
static inline int64_t csv_field_room(int64_t n)
{
    return n < INT64_MAX / 4 ? 2 * n + 2 : INT64_MAX;
}
char *csv_put_field(char *to, str field, char separator);

#endif
