/* The reader's inside: source, layout, and the head with its sample. */
#ifndef PROPENSE_CSV_READER_H
#define PROPENSE_CSV_READER_H

#include "csv_chunk.h"

struct csv_reader {
    csv_layout layout;
    csv_source source;
    csv_column *columns; /* [layout.n_columns] */
    arena keep;          /* names, first words */
    char *name;          /* file_name's copy */
    int64_t size;        /* bytes of the file, 0 = not known */
    int64_t block_bytes, sample_rows;
    char asked_separator, asked_decimal; /* csv_options, as all that follows */
    csv_header asked_header;
    csv_encoding asked_encoding;
    const str *asked_names;
    int32_t n_asked_names;
    int64_t first_line; /* line behind the header */
    int n_workers, n_slots;
};

/* Reads the head: names, number of columns, sample and guesses. */
status csv_read_head(csv_reader *r, propense_error *err);

/* The separator that fits the head's bytes best, into the layout; *n_records are there with any of
 * them. */
status csv_sniff_separator(csv_reader *r, csv_chunk *head, int64_t *n_records, propense_error *err);

const char *csv_separator_word(propense_language language, char separator);

/* What the head's rows say: decimal sign, whether there is a header, and of each column values and
 * guess. */
status csv_sample(csv_reader *r, csv_chunk *head, propense_error *err);

status csv_no_rows(const csv_reader *r, propense_error *err);

#endif
