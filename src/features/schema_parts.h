/* What the parts of the schema share: the options as they apply to columns, and the facts counted
 * once from the table. For src/features/schema*.c only.
 */
#ifndef PROPENSE_SCHEMA_PARTS_H
#define PROPENSE_SCHEMA_PARTS_H

#include "schema.h"

/* What --types, --drop, --id and --weight_column ask of a column. */
typedef enum column_wish {
    WISH_NONE,
    WISH_NUMERIC,
    WISH_CATEGORICAL,
    WISH_DATE,
    WISH_TEXT,
    WISH_ID,
    WISH_DROP,
    WISH_WEIGHT
} column_wish;

/* Counted over all rows. */
typedef struct column_facts {
    int64_t n_values, n_distinct;
    int is_unique;    /* a different value in every row, none missing */
    int is_whole;     /* numbers: all integers */
    int is_run;       /* numbers: unique integers without a gap */
    int is_yes_no;    /* two words of known meaning, or the numbers 0 and 1 */
    int is_date;      /* words: at least nine in ten of the values */
    double low, high; /* numbers: 0.1 and 99.9 percentiles */
    double length;    /* words: mean bytes of a value; 0 when not known */
} column_facts;

typedef struct schema_job {
    schema *s;
    const table *t;
    const schema_options *options;
    const char *file;
    arena *mem, *scratch;
    const propense_callbacks *cb;
    const str *names;    /* [n_columns] */
    column_wish *wishes; /* [n_columns] */
    column_facts *facts; /* [n_columns] */
} schema_job;

/* schema.c. wishes: [n], of the names. Unknown names and types are errors. */
status schema_wishes(column_wish *wishes, const str *names, int32_t n,
                     const schema_options *options, propense_error *err);
/* The option that a wish came from. */
const char *wish_option(column_wish wish);
/* The column of an option's name, or an error that shows the nearest. */
status schema_find(int32_t *at, const char *option, str name, const str *names, int32_t n,
                   propense_error *err);

/* schema_target.c. is_yes_no: [n], 1 for columns of words TRUE and FALSE and the like. */
status target_choose(int32_t *target, schema_reason *why, const str *names,
                     const uint8_t *is_yes_no, const column_wish *wishes, int32_t n,
                     const schema_options *options, propense_error *err);
/* The words of s->target, and y[n_rows]. */
status target_read(const schema_job *job, uint8_t *y, propense_error *err);
/* 1 a word for yes, 0 for no, -1 neither. Any case, accents or not. */
int yes_or_no(str word);

/* schema_types.c */
status column_count(column_facts *out, const column *c, int64_t n_rows, arena *scratch,
                    propense_error *err);
status columns_decide(const schema_job *job, propense_error *err);
/* 2024-05-01, 2024/5/1, 01/05/2024, 1.5.2024, each with or without a time of day. */
int is_date(str s);

#endif
