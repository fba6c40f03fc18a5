/* From columns to the network's inputs: StandardScaler and OneHotEncoder as scikit-learn computes
 * them, fitted on training rows only, in the order of the reference's ColumnTransformer (numeric
 * columns in file order, then each categorical's levels sorted by code point).
 */
#ifndef PROPENSE_ENCODER_H
#define PROPENSE_ENCODER_H

#include "rich_number.h"
#include "schema.h"

typedef struct encoder_column {
    str name;
    int32_t schema_column;
    int32_t is_number;   /* else levels */
    double mean, scale;  /* number: (x - mean) / scale; a missing x becomes the mean, so 0 */
    rich_number *rich;   /* number: its inputs are these several; NULL: that one */
    int32_t first_input; /* of the network */
    int32_t n_inputs;    /* 1, or the number of levels incl. (other) and missing */
    int32_t n_levels;    /* words, sorted by code point; (other) and missing not counted */
    str *level;
    int32_t other_input;   /* the input of (other), -1 without; relative to first_input */
    int32_t missing_input; /* the input of "missing", -1 when no training row was; relative */
} encoder_column;

typedef struct encoder {
    int32_t n_columns, n_inputs;
    encoder_column *columns; /* numbers first, each group in file order */
} encoder;

/* rich: levels that fewer training rows have become (other), which needs as many itself. */
enum { encoder_level_limit = 256, encoder_rich_least = 5 };

/* A number column without any value among the training rows gets no place (said to cb).
 * rows: [n] row numbers of the table to fit on, in order (sums follow it, as NumPy's pairwise
 * summation does on a contiguous column). Folded levels and the like are said to cb. */
status encoder_fit(encoder *out, const schema *s, const table *t, const int64_t *rows, int64_t n,
                   arena *mem, const propense_callbacks *cb, propense_error *err);
/* The same columns as several inputs each, for the best preset: numbers as rich_number.h has them,
 * rare levels folded. */
status encoder_fit_rich(encoder *out, const schema *s, const table *t, const int64_t *rows,
                        int64_t n, arena *mem, const propense_callbacks *cb, propense_error *err);
/* "age", "region_North", "region_nan", "region_(other)": the name of an input, as
 * get_feature_names_out. Of a rich number: "age", "age_rank", "age_bin1" .., "age_nan". */
void encoder_input_name(text *out, const encoder *e, int32_t input);

/* Where each encoder column stands in a file: by name. Names that are missing are one error that
 * lists all, each with the nearest name there is. at: [n_columns] of the encoder. */
status encoder_find(int32_t *at, const encoder *e, const str *names, int32_t n_names,
                    const char *file, propense_error *err);

/* What transform met. All-zero is empty. */
typedef struct encode_counts {
    int64_t n_missing; /* cells without a value */
    int64_t n_unknown; /* cells with a level (or a missing one) that training did not have */
    int64_t first_row; /* 0-based row of the first unknown in the file; only with n_unknown > 0 */
    int32_t first_column; /* encoder column of it */
} encode_counts;
/* Joins the counts of two chunks, in any order. */
void encode_counts_add(encode_counts *sum, const encode_counts *more);

/* x[n][n_inputs] row-major, of the given rows of t (rows NULL: 0..n-1). at: as from encoder_find,
 * indexes of t's columns. What was met is added to *counts (NULL is fine). unknown_is_error: an
 * unknown level is PROPENSE_E_PARSE with row, column and value. Where the encoder has an (other),
 * a level it does not know goes there and is not unknown. A scaled number is kept within +-1e18.
 * `tmp` is scratch, rewound on return. Thread-safe for different x, counts and tmp. */
status encoder_transform(const encoder *e, const int32_t *at, const table *t, const int64_t *rows,
                         int64_t n, float *x, int unknown_is_error, const char *file,
                         encode_counts *counts, arena *tmp, propense_error *err);

/* The same for scoring: rows first .. first + n - 1 of a chunk, a row a column: x[input * stride +
 * row]. A pass over a chunk begins (columns are looked up), takes blocks of at most
 * encoder_block_rows in any order, and ends with the counts, or with the error of an unknown level.
 * It lives in `tmp`. */
enum { encoder_block_rows = 128 };
typedef struct encoder_pass encoder_pass;
struct kernels;
status encoder_begin(encoder_pass **out, const encoder *e, const int32_t *at, const table *t,
                     const char *file, arena *tmp, propense_error *err);
void encoder_block(encoder_pass *pass, const struct kernels *k, int64_t first, int64_t n, float *x,
                   int64_t stride);
status encoder_end(encoder_pass *pass, int unknown_is_error, encode_counts *counts,
                   propense_error *err);

#endif
