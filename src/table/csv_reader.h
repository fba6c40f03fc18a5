/* The reader's inside: source, layout, and the head with its sample. */
#ifndef PROPENSE_CSV_READER_H
#define PROPENSE_CSV_READER_H

#include "csv_chunk.h"

/* What the sample says of one column of one file; [0] with the decimal point, [1] with the comma.
 */
typedef struct csv_tally {
    int64_t n_values;
    int64_t n_numbers[2];
    int64_t n_only[2];     /* numbers with this sign and not with the other */
    int64_t n_both_comma;  /* that have a comma and read with both signs */
    int64_t first_word[2]; /* row of the first value that is no number; -1 = none */
    str word[2];           /* that value, and its line: where files are compared */
    int64_t line[2];
} csv_tally;

/* A file behind the first one. */
typedef struct csv_file {
    const char *path;
    csv_layout layout;   /* in its own order */
    int64_t first_line;  /* behind its header */
    int64_t skip;        /* bytes of its text in front of the rows */
    int64_t evidence[2]; /* csv_evidence */
    csv_source source;   /* kept where it cannot be opened again: a pipe */
    int is_kept, cr_lines;
} csv_file;

/* Where a block comes from. */
typedef struct csv_from {
    const csv_layout *layout;
    int64_t first_line; /* of the file's rows */
    int begins;         /* with the first block of its file */
    int is_end;         /* nothing follows in any file */
} csv_from;

struct csv_reader {
    csv_layout layout;   /* of the first file, and of the table */
    csv_source source;   /* of the file that is being read */
    csv_column *columns; /* [layout.n_columns] */
    arena keep;          /* names, first words */
    const char *shown;   /* layout.file, or what stands for several files */
    int64_t size;        /* bytes of all files, 0 = not known */
    int64_t block_bytes, sample_rows;
    char asked_separator, asked_decimal; /* csv_options, as all that follows */
    csv_header asked_header;
    csv_encoding asked_encoding;
    const str *asked_names;
    int32_t n_asked_names;
    int64_t first_line; /* line behind the header */
    int n_workers, n_slots;
    csv_tally *tallies; /* [layout.n_columns]; on the heap */
    int64_t n_sampled;  /* rows behind them */
    int sample_is_cut;  /* by a problem, after so few rows that it tells little */
    csv_file *files;    /* [n_files] behind the first; from `keep` */
    int32_t n_files;
    int32_t at_file;  /* the one being read: 0 = the first */
    int block_begins; /* the next block is the first of its file */
    int file_ended;   /* and that file is to be opened */
    int may_be_empty; /* a file of several may have no rows */
    int is_one_of;    /* a further one: its columns are to be those of the first */
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
/* The guesses from the tallies and the layout's decimal sign. */
void csv_guess(csv_reader *r);
char csv_find_decimal(const csv_tally *t, int32_t n, char separator);
/* Numbers that only read with the point, and with the comma, in columns of such numbers. */
void csv_evidence(int64_t evidence[2], const csv_tally *t, int32_t n);

/* The first column whose numbers have, some or all of them, the other decimal sign than the file,
 * so that it is taken for words; -1 without. */
int32_t csv_mixed_column(const csv_reader *r);

/* Opens, compares and closes the further files that the options name; their samples join the first
 * one's, as if all were one file. */
status csv_open_further(csv_reader *r, const csv_options *o, propense_error *err);
/* The kinds of the first file's columns for the others. */
void csv_plan_further(csv_reader *r);
/* The next block, out of the next file where one has ended; b->last at the end of each file. */
status csv_next_block(csv_reader *r, csv_block *b, csv_from *from, propense_error *err);
void csv_close_further(csv_reader *r);

/* Opens a file as one of several; o->header says whether it has one. */
status csv_open_one_of(csv_reader **out, const char *path, const csv_options *o,
                       propense_error *err);

status csv_no_rows(const csv_reader *r, propense_error *err);

#endif
