/* The plan without some columns (age, gender): the model trained anew without them, and what that
 * costs in money.
 *
 * A model holds no row, so the rows to train on have to be named (--train_data), or are the plan's
 * own where they hold the target. Both trainings, with the columns and without, are judged on the
 * same rows, each row by networks that had not seen it; since it is known who converted, what each
 * of the two lists would have brought is a sum, and the interval of the difference is paired.
 */
#ifndef PROPENSE_WITHOUT_H
#define PROPENSE_WITHOUT_H

#include "forecast.h"
#include "model.h"
#include "plan_options.h"
#include "progress.h"
#include "threads.h"

/* One of the two trainings, on the rows that both are judged on. */
typedef struct without_side {
    double auc;
    int64_t contacts;
    double promised; /* expected profit of its list, by its calibrated probabilities */
    double brought;  /* the same list's profit with the conversions that there were */
} without_side;

typedef struct without {
    int32_t n_names; /* 0: not asked for */
    const str *names;
    const char *file;        /* the rows trained on */
    int is_other_file;       /* the model had learned from another */
    int64_t n, n_converted;  /* rows that both are judged on */
    without_side with, less; /* less: without the columns */
    estimate auc;            /* less minus with; DeLong, paired */
    estimate profit; /* brought: less minus with; 95 % interval by a paired bootstrap of rows */
} without;

/* What is known of the rows that both trainings are judged on. All-zero is empty. */
typedef struct without_rows {
    int64_t n;
    uint8_t *y;             /* [n] */
    double *rank[2], *p[2]; /* [n] with the columns, without: logits, calibrated probabilities */
    double *value;          /* [n] of --value_column; NULL: the margin for all */
    int64_t *cost;          /* [n] of --cost_column; NULL */
    arena mem;
} without_rows;

/* Trains twice, reading the rows for each. *less belongs to the caller (model_free); texts are
 * taken from mem. m: the plan's model; path: the plan's data. On failure rows is empty. */
status without_train(without *out, model **less, without_rows *rows, const model *m,
                     const char *path, const plan_options *po, const options *o,
                     const propense_callbacks *cb, arena *mem, propense_error *err);
/* Fills the figures. Budget and number of contacts are taken in proportion: n of n_customers. */
status without_compare(without *out, without_rows *rows, int64_t n_customers,
                       const plan_options *po, pool *workers, propense_error *err);
void without_rows_free(without_rows *rows);

#endif
