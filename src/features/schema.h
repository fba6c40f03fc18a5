/* What columns mean: role and type of each, why, and what was seen. Made once from the training
 * table, stored in the model, never guessed again.
 */
#ifndef PROPENSE_SCHEMA_H
#define PROPENSE_SCHEMA_H

#include "progress.h"
#include "table.h"

typedef enum column_role {
    ROLE_FEATURE,
    ROLE_TARGET,
    ROLE_ID,
    ROLE_LEFT_OUT,
    ROLE_WEIGHT
} column_role;
typedef enum column_type {
    TYPE_NUMERIC,
    TYPE_CATEGORICAL,
    TYPE_BOOLEAN,  /* two words that mean yes and no, or the numbers 0 and 1 */
    TYPE_CONSTANT, /* one value in every row */
    TYPE_DATE,
    TYPE_TEXT,  /* free text: too many different words to be levels */
    TYPE_EMPTY, /* no value at all */
    TYPE_UNREAD /* --drop: not looked at */
} column_type;
enum { column_type_count = TYPE_UNREAD + 1 };

/* Why a column has its role and type; schema_why writes the sentence. Numbers are stored in model
 * files: append only. */
typedef enum schema_reason {
    WHY_ASKED = 1,   /* --target, --id, --drop, --types */
    WHY_TARGET_NAME, /* the name is one of the known names of a target */
    WHY_TARGET_LAST, /* no known name: the last column */
    WHY_UNIQUE_ID,   /* a different integer or text in every row */
    WHY_NUMBERS,     /* every value reads as a number */
    WHY_WORDS,       /* words with few levels */
    WHY_YES_NO,
    WHY_CONSTANT,
    WHY_EMPTY,
    WHY_DATES,
    WHY_FREE_TEXT,
    WHY_ARRAY /* of an .npz: the encoder leaves it as it is */
} schema_reason;

typedef struct schema_column {
    str name;
    column_role role;
    column_type type;
    schema_reason why;
    int32_t position;  /* 0-based in the training file */
    int64_t n_missing; /* rows without a value, over the whole file */
    int64_t n_distinct;
    double low, high; /* numeric features: 0.1 and 99.9 percentiles over the whole file; else NaN */
    str example; /* "North, South, East, ...": frequent levels of a categorical feature, for the
                    console after training; empty in a model that was loaded */
} schema_column;

typedef struct schema {
    int32_t n_columns;
    schema_column *columns; /* [n_columns], in file order */
    int32_t target;         /* index */
    int32_t id;             /* index, or -1 */
    str positive, negative; /* the target's words; negative empty for "one against the rest" */
    int32_t target_is_number;
    int64_t n_rows;
    int64_t n_positive;
    int64_t n_no_target; /* rows whose target was missing; left out of training, said */
} schema;

typedef struct schema_options {
    str target;   /* empty: by name, else the last */
    str positive; /* empty: 1, yes, true, si ... */
    str id;       /* empty: found; "none": there is none */
    str drop;     /* names, comma-separated */
    str weight;   /* the column of --weight_column; empty: none */
    str types;    /* "age=numeric,zip=categorical"; also boolean, date, text, id */
    int to_judge; /* nothing is learned: one value in every row of the target will do */
} schema_options;

/* Before the file is read as a whole: which kind each column is to be read as (options.types, the
 * target as words unless all numbers, the reader's guess for the rest). kinds: [n]. Unknown column
 * names in the options are errors that show the nearest names. `columns` are csv_column.
 * Then, from the whole table: the schema and the target. Everything is kept in `mem`; y[n_rows] is
 * 1 for the positive word, 0 for the others, 255 where the target is missing. Decisions worth
 * telling go to `cb` (several positive-like values, dates and text left out, one against the rest,
 * ...). */
struct csv_column;
status schema_plan(column_kind *kinds, const struct csv_column *columns, int32_t n,
                   const schema_options *options, propense_error *err);
status schema_infer(schema *out, uint8_t **y, const table *t, const schema_options *options,
                    const char *file, arena *mem, const propense_callbacks *cb,
                    propense_error *err);

/* The same for a table of an .npz whose last column is the target: every other one is a feature
 * that the encoder leaves as it is, but for those of options->drop. A target that is neither 0 nor
 * 1 is an error. */
status schema_of_arrays(schema *out, uint8_t **y, const table *t, const schema_options *options,
                        const char *file, arena *mem, propense_error *err);

/* The sentence for a column's reason, and the name of a type or role, in the language. */
void schema_why(text *out, const schema *s, int32_t at, propense_language language);
const char *type_name(column_type type, propense_language language);
const char *role_name(column_role role, propense_language language);
/* The schema as an aligned table for a console. */
void schema_print(text *out, const schema *s, propense_language language);

#endif
