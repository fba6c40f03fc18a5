/* What a model, or a way of making models, is worth: every figure with the interval it deserves,
 * the simple models beside it, chance and time. The result is a handle of plain numbers; sentences
 * are report/console_evaluate.c's, files evaluation_files.c's. */
#ifndef PROPENSE_EVALUATE_H
#define PROPENSE_EVALUATE_H

#include "calibrator.h"
#include "classification.h"
#include "compare.h"
#include "crossfit.h"
#include "curves.h"
#include "intervals.h"
#include "probability.h"
#include "verdict.h"

enum { appraisal_deciles = 10, evaluation_cuts = 3, evaluation_goals = 2 };

/* One contender's scores and all that is said of them. The ranking is judged on `rank`, the
 * probabilities on `p`. */
typedef struct appraisal {
    int64_t n, n_positive;
    const uint8_t *y;   /* [n] */
    const double *rank; /* [n] logits as the model gave them */
    const double *p;    /* [n] probabilities, NULL where the scores are none (rule of thumb) */
    auc_interval auc;
    verdict_kind verdict;
    /* By `figure`. Ranking figures from `rank`, the others from `p`; at the threshold asked for. */
    interval figures[figure_count];
    interval at_half[figure_count]; /* accuracy, precision, recall and F1 at 0.5 */
    confusion called, called_at_half;
    double base_loss; /* log-loss of the base rate of these very rows: their entropy */
    brier_parts brier;
    ece_figures ece;
    slope_figures slope;
    ks_figures ks;
    int64_t n_gains, n_bins;
    gain_bin gains[appraisal_deciles];
    reliability_bin bins[ece_bins];
} appraisal;

/* The winner beside another contender on the same rows: a is the model that is evaluated. */
typedef struct rivalry {
    int32_t is_there;
    appraisal of; /* the other one */
    auc_comparison area;
    figure_difference difference[figure_count]; /* method INTERVAL_NONE where not compared */
} rivalry;

/* Spread of a figure over trainings with other folds and seeds. */
typedef struct repeat_figures {
    double auc, log_loss, brier, lift;
} repeat_figures;

/* Training on what came first, judged on what came after. */
typedef struct time_cut {
    double share_held;
    int64_t n_train, n_positive_train, n_held, n_positive_held;
    auc_interval model, simple;
    double model_loss, simple_loss, base_loss; /* log-loss; base: the training rows' rate */
    double model_lift, simple_lift;            /* of the best tenth */
    auc_comparison area;                       /* model - simple */
} time_cut;

/* The pipeline on shuffled targets, and the same on the true ones. */
typedef struct permutation_figures {
    int32_t n;              /* drawn; 0: not asked for */
    int32_t reached, among; /* so many null areas reached the observed one among the first so many,
                               which the p-value is of: all of them, or those up to the last that
                               was needed */
    double observed, null_mean, null_sd, p_value;
    double *null; /* [n] in the order drawn */
} permutation_figures;

/* What the model's card says of rows that it had not learned from. */
typedef struct unseen_figures {
    int64_t n;         /* rows; 0: it says nothing */
    int64_t n_of_file; /* those of its file that were kept from it; 0: all were learned from */
    auc_interval auc;
    double log_loss;
} unseen_figures;

typedef enum evaluation_mode {
    EVALUATION_OF_MODEL, /* a model on rows of a file */
    EVALUATION_BY_FOLDS  /* a way of training, cross-validated */
} evaluation_mode;

/* Numbers of customers that an area needs. */
typedef struct goal {
    double area;
    int64_t conversions; /* -1: none */
} goal;

typedef struct propense_evaluation {
    arena mem; /* owner of everything below */
    evaluation_mode mode;
    str positive, negative, target; /* words of the schema; negative may be empty */
    int64_t n_rows;                 /* of the file */
    int32_t is_of_arrays; /* an .npz: then what Keras' evaluate() returns, of the network alone */
    double keras_loss, keras_accuracy;
    double prior; /* OF_MODEL: --prior, the share that the probabilities are for; 0 without */
    double threshold;
    int32_t is_economic; /* the threshold is cost / margin */
    double margin, cost;
    appraisal model;
    calibrator calibration;          /* mode BY_FOLDS: what would be fitted on all folds' scores */
    rivalry rivals[contender_count]; /* LOGISTIC, RULE, BASE */
    rivalry against;                 /* --against: another model on the same rows */
    str against_name;
    /* OF_MODEL: the rows are those of the file that it was trained on, or look like it. */
    int32_t knows_rows, is_far_better;
    unseen_figures unseen;
    /* BY_FOLDS; OF_MODEL: folds of the simple models */
    int32_t n_folds, n_repeats, has_groups;
    const uint8_t *fold;     /* [n] of the first repeat */
    double *fold_auc;        /* [n_folds] of the first repeat */
    repeat_figures *repeats; /* [n_repeats] */
    permutation_figures permuted, permuted_simple;
    int32_t permutations_asked;
    /* Where that is a cheaper way of training, as a test of hundreds of them is: networks a fold
     * (0: all), rows each learns from at most (0: all). */
    int32_t permuted_networks;
    int64_t permuted_rows;
    int32_t n_cuts; /* 0: no order in time was named */
    time_cut cuts[evaluation_cuts];
    /* Beforehand: what these counts can show (metrics/power.h). */
    double least_area, power_area;
    goal goals[evaluation_goals];
} evaluation;

/* `against` may be NULL. *out belongs to the caller. */
status evaluate_model(evaluation **out, const model *m, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err);
status evaluate_folds(evaluation **out, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err);
void evaluation_free(evaluation *e);

/* 1 when the simple model cannot be told from the model, or is better: the paired interval of the
 * areas' difference does not lie above 0. 0 otherwise, and when there is none. */
int evaluation_simple_will_do(const evaluation *e);

/* ---- For the files that make up an evaluation */

/* Threshold, words and power, from the options and the counts. */
status evaluation_begin(evaluation *e, const options *o, propense_error *err);
/* Fills a->* from y, rank and p, which stay the caller's. `fully`: with bootstrap intervals. */
status appraise(appraisal *a, double threshold, int fully, pool *threads, arena *tmp,
                propense_error *err);
/* r->of has y, rank, p; compared with `a`. `fully`: a paired bootstrap of every figure. */
status rival_of(rivalry *r, const appraisal *a, double threshold, int fully, pool *threads,
                arena *tmp, propense_error *err);
void evaluation_power(evaluation *e);

#endif
