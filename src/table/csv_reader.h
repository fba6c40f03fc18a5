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
    int64_t first_line; /* line behind the header */
    int n_workers, n_slots;
};

/* Reads the head: names, number of columns, sample and guesses. */
status csv_read_head(csv_reader *r, propense_error *err);

status csv_no_rows(const csv_reader *r, propense_error *err);

#endif
