/* From the network's logit to a probability that can be believed: a rising map on the logit, a
 * correction of the prior, and bounds per customer. All is double; a probability is formed once, at
 * the end, and lies strictly inside (0, 1).
 *
 * The maps are metrics/calibration.h's, fitted on out-of-fold scores by study/calibrate.c; here
 * they are held and applied. All-zero is the calibrator that leaves everything as it is.
 */
#ifndef PROPENSE_CALIBRATOR_H
#define PROPENSE_CALIBRATOR_H

#include "calibration.h"

enum { calibrator_deciles = 10 };

typedef struct calibrator {
    calibration_map map;
    /* No better than chance out of fold: everybody gets this logit, that of the training rows' base
     * rate. No deciles then, nor bounds. */
    int32_t is_base_rate;
    double base_logit;
    /* Prior correction, added to the logit behind the map: logit(pi') - logit(pi) for a prior pi'
     * in place of the scores' own, pi. */
    double logit_shift;
    venn_abers venn; /* n 0: no bounds */
    /* The model's own out-of-fold logits cut into tenths: decile 1 has those >= decile_at[0].
     * has_deciles 0: not known. */
    int32_t has_deciles;
    double decile_at[calibrator_deciles - 1]; /* descending */
    /* How it was judged: out of fold, the map fitted without the fold it is judged on. n 0: there
     * are no such scores. ECE over 15 bins of equal count; its floor is what a perfect model would
     * show. */
    int64_t n;
    int32_t n_folds;
    double loss_before, loss_after, ece_before, ece_after, ece_floor;
    double auc, auc_low, auc_high; /* of the out-of-fold scores, with the 95 % interval */
} calibrator;

/* 1 when a probability is the network's own. */
static inline int calibrator_is_plain(const calibrator *c)
{
    return !c->is_base_rate && c->map.kind == CALIBRATION_NONE && c->logit_shift == 0;
}

/* What is believed of one customer. */
typedef struct believed {
    double probability;
    double lower, upper; /* Venn-Abers bounds, widened to hold the probability; NaN without */
    int32_t decile; /* 1 = best .. 10 by the model's own out-of-fold scores, the same in any file; 0
                       = not known */
} believed;

struct propense_model;
believed model_believe(const struct propense_model *m, double logit);

/* The calibrated logit, prior correction included. */
double calibrator_logit(const calibrator *c, double logit);

#endif
