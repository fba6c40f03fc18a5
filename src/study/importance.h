/* What a model's answers rest on: permutation importance of columns and of groups of columns, and
 * the mean answer as one column changes.
 *
 * Importance (Breiman 2001; scikit-learn's permutation_importance with scoring "roc_auc"): the fall
 * of the area under the ROC curve when a column's values are shuffled among the rows, all others
 * left as they are. Columns of a group are shuffled together. Two columns that say the same cover
 * for each other: read groups beside single columns.
 * Partial dependence (Friedman 2001): the mean probability when every row gets one value.
 *
 * Everything is a pure function of (model, rows, seed): threads change no bit. */
#ifndef PROPENSE_IMPORTANCE_H
#define PROPENSE_IMPORTANCE_H

#include "pipeline.h"

typedef struct importance_options {
    int32_t repeats;   /* 0: 10 */
    int64_t most_rows; /* 0: 20,000; more are thinned evenly */
    uint64_t seed;
    int threads;           /* 0 = available */
    const uint8_t *member; /* [d->n_rows] as of unseen_members: rows the model learned from */
    const propense_callbacks *cb; /* told how far it is; asked whether to go on */
} importance_options;

/* Groups that marketers think in, told by the columns' names. */
typedef enum importance_group {
    GROUP_NONE = 0,
    GROUP_VALUE,  /* recency, frequency, monetary and their like */
    GROUP_EMAIL,  /* opens, clicks and what else is known from sending */
    GROUP_PERSON, /* age, gender, region, job ... */
    importance_group_count
} importance_group;
importance_group importance_group_of(str column_name);

typedef struct importance_row {
    str name;       /* of the column; empty for groups. A view into the model's schema */
    int32_t column; /* of the model's schema; -1: a group */
    importance_group group;
    int32_t n_columns;      /* in the group, else 1 */
    double drop, low, high; /* mean of the repeats, and its 95 % interval (t, repeats - 1) */
    double deviation;       /* standard deviation of the repeats, as scikit-learn gives it */
} importance_row;

typedef struct importance {
    double auc; /* with nothing shuffled, of the rows used */
    int64_t n;  /* rows used */
    int32_t n_rows, n_groups;
    importance_row *rows;   /* [n_rows] columns, largest drop first */
    importance_row *groups; /* [n_groups] those with two columns at least, largest first */
} importance;

/* Needs both classes among `r`; everything is taken from mem. */
status importance_of(importance *out, const model *m, const struct kernels *k, const dataset *d,
                     row_set r, const importance_options *o, arena *mem, propense_error *err);

/* The mean answer at one value. */
typedef struct effect_point {
    double value;       /* numbers */
    str level;          /* words; "" = missing */
    double probability; /* mean over the rows */
    double share;       /* of the rows that hold this level; numbers: NaN */
} effect_point;
typedef struct effect {
    str name;
    int32_t column; /* of the model's schema */
    int is_number;
    int32_t n;
    effect_point *points;
} effect;
/* Numbers: at most 15 of the values that stand at equal shares of the rows; words: the 10 most
 * frequent. At most 2,000 rows, thinned evenly. */
status effect_of(effect *out, const model *m, const struct kernels *k, const dataset *d, row_set r,
                 int32_t column, arena *mem, propense_error *err);

#endif
