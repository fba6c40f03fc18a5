/* From a file to a campaign: a table with scores, or a model and a table; who is in it, what each
 * earns and costs, and who must not be contacted. A score file and a model's own scores take one
 * way.
 */
#ifndef PROPENSE_SCORED_H
#define PROPENSE_SCORED_H

#include "ids.h"
#include "model.h"
#include "plan_options.h"
#include "progress.h"
#include "table.h"

typedef struct scored {
    table t;          /* every column of the file; owner of what the campaign borrows */
    const char *name; /* of the file */
    campaign c;
    int32_t at_id, at_score, at_value, at_cost, at_group; /* columns, -1 without */
    id_index ids;                                         /* the row that stands for each id */
    int32_t *rows; /* [n] who may be contacted, in file order: no duplicates, nobody suppressed */
    int64_t n;
    int64_t n_duplicates; /* rows left out for another row of the same id */
    int64_t n_suppressed; /* customers left out for the suppress list */
    int64_t n_foreign;    /* ids of the suppress list that nobody has */
    uint8_t *outcome;     /* [c.n] 1, 0 or 255 where the file has the model's target; else NULL */
    int is_own;           /* the model was trained on this file just now */
    int is_out_of_fold; /* the model's training file: who learned from a customer did not score him
                         */
    double level_error; /* standard error of the level of all probabilities, on the logit; 0: not
                           known */
    arena mem;
} scored;

/* m NULL: `path` holds scores. Problems that a plan can live with are said to cb. On failure *out
 * holds nothing; else scored_free. */
status scored_read(scored *out, const model *m, const char *path, const plan_options *po,
                   const options *o, const propense_callbacks *cb, propense_error *err);
void scored_free(scored *s);

/* Leaves out repeated ids (the row that comes first by order_compare stays) and the ids of the
 * suppress list; fills rows. Called by scored_read. */
status scored_select(scored *s, const plan_options *po, const options *o,
                     const propense_callbacks *cb, propense_error *err);

/* Probabilities of a model for every row of the table, by its columns' names: p: [n_rows]. */
status scored_predict(double *p, scored *s, const model *m, const options *o, propense_error *err);

/* Rows that the level of a model's probabilities was judged on: out of fold, else the test part. */
int64_t scored_level_rows(const model *m);

#endif
