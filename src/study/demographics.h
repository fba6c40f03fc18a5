/* Who the customers are, by region, gender, age and their like: how many, how many convert, what
 * the model promises them. For seeing whether the model treats groups as they are. */
#ifndef PROPENSE_DEMOGRAPHICS_H
#define PROPENSE_DEMOGRAPHICS_H

#include "importance.h"

enum { demographics_most_levels = 8, demographics_most_columns = 6 };

typedef struct group_row {
    str level;       /* "North", "30 to 41"; "" = missing */
    double from, to; /* bands of numbers: from <= x <= to; NaN for words */
    int64_t n, n_positive;
    double rate, low, high; /* observed, Wilson's 95 % interval */
    double promised;        /* mean probability */
} group_row;

typedef struct group_table {
    str name;
    int32_t column;   /* of the model's schema */
    int is_sensitive; /* age, gender and what law protects */
    int32_t n;
    group_row *rows; /* [n], words by number of rows, bands from the lowest */
} group_table;

/* Features that are demographics by their names (importance_group_of): words by level, numbers in
 * four bands of equally many rows. probability: [r.n] of the rows. Everything from mem. */
status demographics_of(group_table **out, int32_t *n, const model *m, const dataset *d, row_set r,
                       const double *probability, arena *mem, propense_error *err);
int name_is_sensitive(str column_name);

#endif
