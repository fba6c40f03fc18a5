/* The memory of a training run, planned before it starts, and the work on it. */
#ifndef PROPENSE_RUN_H
#define PROPENSE_RUN_H

#include "fit.h"
#include "layer.h"
#include "pace.h"
#include "roc.h"
#include "schedule.h"
#include "threads.h"

/* What one worker counts by itself: whole numbers, so their sum knows no order. */
typedef struct tally {
    int64_t correct;
    keras_auc auc;
    float *logit, *p, *loss; /* [network_block_rows] for validation */
    float *scratch;          /* [network_predict_scratch] */
    float *step_scratch;     /* for the layers */
} tally;

typedef struct run {
    const network *net;
    const fit_data *data;
    const fit_options *options;
    pool *pool;
    int threads;                     /* upper limit */
    int step_threads, check_threads; /* that a step and a validation are worth */
    pace pace;                       /* how many a step takes now */
    int64_t batch;                   /* rows in a full step */
    int64_t n_steps;                 /* in an epoch */

    step step;            /* what does not change from step to step */
    int64_t steps_before; /* of all epochs so far */
    tape *tapes;          /* [n_layers] */
    float *x;             /* [batch][n_inputs] the rows of this step */
    uint8_t *y;           /* [batch] */
    double class_weight[2];
    float *weight;      /* [batch] of the rows in the loss; NULL: all 1 */
    float *p, *loss;    /* [batch] of this step */
    float *z, *dz;      /* [batch] logit and its slope, with a head of two units */
    int64_t *order;     /* [n] the rows in the order of this epoch */
    double *block_loss; /* [blocks of n_val] */
    tally *tallies;     /* [threads] */

    optimiser_settings optimiser;
    schedule schedule;
    double u_product; /* Nadam: of the momenta of all steps done */
    int plain;        /* layers learn as they go */
    tensor *tensors;  /* [n_tensors] all there is to learn */
    int64_t n_tensors;
    float *best; /* [n_params] to go back to; NULL: never asked for */

    int64_t first_step, last_step; /* of this epoch: the job at hand */
    double loss_sum;               /* over the epoch's rows so far */
    int64_t bad_step;              /* the first whose loss is no number, -1 */
} run;

/* Lays everything out behind `base`; with base NULL only counts. Returns the bytes, -1 when they
 * are too many to be counted. The options' batch size and the data's n decide the batch. */
int64_t run_plan(run *r, unsigned char *base);
/* Share `part` of `n_parts` of n things begins here. */
static inline int64_t run_share(int64_t n, int64_t part, int64_t n_parts)
{
    return n / n_parts * part + n % n_parts * part / n_parts;
}
/* The network's multiplications and additions for that many rows, one way. */
int64_t run_flops(const network *net, int64_t rows);

/* Blocks that n rows are scored in. */
static inline int64_t run_blocks(int64_t n)
{
    return (n + network_block_rows - 1) / network_block_rows;
}

void run_begin_epoch(run *r, int32_t epoch);
/* Trains some steps of the epoch, from `first`: for about ten milliseconds. Returns the step behind
 * them. */
int64_t run_steps(run *r, int64_t first);
/* Keras' figures: of the epoch just trained, and of the validation rows. */
void run_train_figures(run *r, epoch_figures *out);
void run_validate(run *r, epoch_figures *out);

#endif
