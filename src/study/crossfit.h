/* The pipeline run many times on the rows of one dataset: out-of-fold scores of the network and of
 * the simple models beside it, for any number of cross-validations, permutations and cuts in time.
 * Runs go side by side on all cores; outputs are split between them, so the results are the same
 * for any number of threads. */
#ifndef PROPENSE_CROSSFIT_H
#define PROPENSE_CROSSFIT_H

#include "pipeline.h"
#include "threads.h"

/* Who is in the race. */
typedef enum contender {
    CONTENDER_NETWORK,
    CONTENDER_LOGISTIC, /* ridge logistic regression, ridge 1, on ranks (rank_inputs.h) and words */
    CONTENDER_RULE,     /* recency, frequency, monetary: the sum of quintile scores */
    CONTENDER_BASE,     /* the training rows' base rate for everybody */
    contender_count
} contender;

/* One division of the rows: row i (of the job's) is held out in turn fold[i] and trained on in
 * all others; with crossfit_never it is always trained on. */
enum { crossfit_never = 255 };
typedef struct crossfit_set {
    const uint8_t *y;    /* [d->n_rows] targets; NULL: the dataset's */
    const uint8_t *fold; /* [rows.n] turn that holds the row out */
    int32_t n_folds;     /* turns */
    uint64_t seed;       /* of the network */
} crossfit_set;

typedef struct crossfit_job {
    const dataset *d;
    row_set rows;              /* of d, those that take part: mostly its known ones */
    const pipeline_plan *plan; /* NULL: simple models alone */
    const crossfit_set *sets;  /* [n_sets] */
    int32_t n_sets;
    uint32_t contenders; /* bits 1 << CONTENDER_* */
    int64_t most_train;  /* rows that a turn learns from, drawn at random; 0 = all */
    pool *threads;
    const propense_callbacks *cb;
    int64_t done_before, all_tasks; /* for progress, where this is a part of more; else 0 */
} crossfit_job;

/* Scores of the rows while they were held out: [n_sets][rows.n], NaN for rows that never were;
 * NULL for those not asked for, or not possible (no columns for the rule of thumb; too many inputs
 * for the regression). NETWORK, LOGISTIC and BASE are logits. */
typedef struct crossfit {
    int32_t n_sets;
    int64_t n;
    float *score[contender_count];
} crossfit;

/* Arrays are taken from mem. The first error of the runs in their order is the error. */
status crossfit_run(crossfit *out, const crossfit_job *job, arena *mem, propense_error *err);

#endif
