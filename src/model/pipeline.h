/* The pipeline on given rows of a dataset: schema -> encoder -> network -> an unjudged model, and a
 * model's logits for given rows. Training, folds, permutations and calibration all go this way.
 */
#ifndef PROPENSE_PIPELINE_H
#define PROPENSE_PIPELINE_H

#include "dataset.h"
#include "ensemble.h"
#include "model.h"

/* What the options ask for, made once and before any data is read; shared read-only by folds side
 * by side, which set fit.threads to 1 in copies of their own. */
typedef struct pipeline_plan {
    layer_spec *layers;
    int32_t n_layers;
    fit_options fit;        /* with its kernels */
    double watch_share;     /* of the training rows, for what early stopping watches */
    const char *checkpoint; /* where the best model so far is written; NULL: nowhere */
    int balance;            /* balance_kind: fewer negatives to learn from */
    int is_best;            /* the best preset: `best` in place of the layers */
    ensemble_plan best;
} pipeline_plan;
status pipeline_plan_of(pipeline_plan *out, const options *o, arena *mem, propense_error *err);

/* Rows of a dataset. */
typedef struct row_set {
    const int64_t *at; /* [n] */
    int64_t n;
} row_set;

/* A model on its way. Matrices belong to `run`, the model's parts to the model. */
typedef struct pipeline {
    model *m;                    /* the caller may take it, setting this to NULL */
    float *x, *x_held;           /* [n_train][n_inputs], [n_held][n_inputs] */
    uint8_t *y, *y_held;         /* [n_train], [n_held] */
    float *weight, *weight_held; /* the same of --weight_column; NULL without */
    const int64_t *rows;         /* [n_train] of the dataset, as x has them */
    int64_t n_train, n_held;
    int held_is_given; /* by pipeline_hold */
    int32_t *group;    /* [n_train] of the rows of x; NULL: they belong to none */
    int32_t n_groups;
    /* The best preset: the rows of x lie fold by fold, and each has a logit by a member that did
     * not learn from it. NULL else. */
    int64_t *fold_at; /* [n_folds + 1] */
    int32_t n_folds;
    float *out_of_fold; /* [n_train], after learning */
    arena run;
} pipeline;

/* Fits the encoder on `train` and encodes both parts; the schema is copied into the new model. y:
 * [d->n_rows] targets in place of the dataset's (permutations), or NULL. Afterwards the dataset's
 * table is not needed any more. On failure *out holds nothing; else pipeline_free. */
status pipeline_encode(pipeline *out, const dataset *d, const uint8_t *y, row_set train,
                       row_set held, const propense_callbacks *cb, propense_error *err);
/* The same as the plan's preset wants it: for the best one several inputs a column, and the rows of
 * x fold by fold. */
status pipeline_encode_for(pipeline *out, const pipeline_plan *plan, const dataset *d,
                           const uint8_t *y, row_set train, row_set held,
                           const propense_callbacks *cb, propense_error *err);
/* The known rows of another dataset as the held part, in place of what was held: --valid. */
status pipeline_hold(pipeline *p, const dataset *d, propense_error *err);
/* The network on the encoded rows; `held` rows are the validation part of its history. */
status pipeline_learn(pipeline *p, const pipeline_plan *plan, const propense_callbacks *cb,
                      propense_error *err);
void pipeline_free(pipeline *p); /* with the model, if it was not taken */

/* Both in one: *out belongs to the caller (model_free). */
status pipeline_fit(model **out, const pipeline_plan *plan, const dataset *d, const uint8_t *y,
                    row_set train, row_set held, const propense_callbacks *cb, propense_error *err);
/* logit: [r.n] of the rows of d, by the names of the model's columns. Uncalibrated: what the
 * network says. Levels that training did not have count as zeros. Scratch from tmp, rewound. */
status pipeline_logits(float *logit, const model *m, const struct kernels *k, const dataset *d,
                       row_set r, arena *tmp, propense_error *err);

#endif
