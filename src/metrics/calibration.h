/* Maps from a model's logit to a calibrated logit, and Venn-Abers bounds.
 *
 * Everything happens on the logit, in double: a probability that has become 1.0 cannot be corrected
 * any more. Fit on out-of-fold scores, never on scores of rows the model was trained on. */
#ifndef PROPENSE_CALIBRATION_H
#define PROPENSE_CALIBRATION_H

#include "error.h"
#include "memory.h"

/* Numbers are stored in model files: never renumber. */
typedef enum calibration_kind {
    CALIBRATION_NONE = 0,  /* z' = z */
    CALIBRATION_PLATT = 1, /* z' = a z + c (Platt 1999) */
    CALIBRATION_BETA = 2,  /* z' = a log p - b log(1 - p) + c, p = sigmoid(z) (Kull et al. 2017) */
    CALIBRATION_ISOTONIC = 3,
    /* For calibration_fit only: targets (m + 1) / (m + 2) and 1 / (n + 2) in place of 1 and 0 (m,
     * n: the weights of the classes), as Platt 1999 and scikit-learn do. The map's kind is PLATT.
     */
    CALIBRATION_PLATT_SMOOTHED = 100
} calibration_kind;

enum { calibration_most_knots = 1000, venn_abers_most_points = 2000 };

/* A strictly increasing map of logits. All-zero is the identity. Plain numbers, no row of anybody.
 */
typedef struct calibration_map {
    int32_t kind;    /* calibration_kind, at most ISOTONIC */
    double a, b, c;  /* PLATT: a > 0, c. BETA: a, b >= 0, not both 0; c */
    int64_t n_knots; /* ISOTONIC: 1 .. calibration_most_knots; else 0 */
    double *x, *y;   /* [n_knots] logit before and after, both strictly increasing */
} calibration_map;

/* z: [n] logits (infinite ones count as +-700), y: [n] 0 or 1, w: [n] weights >= 0 or NULL for 1
 * each. Knots are taken from `mem`, scratch too (24 bytes a row, given back). n may be 0.
 *
 * PLATT, BETA: maximum likelihood, with a ridge of 1e-8 towards the identity, which is what holds
 * the parameters where the classes are separated and moves them by less than 1e-9 elsewhere.
 * Parameters that would turn the ranking round are held: BETA as Kull et al. do (the negative one
 * becomes 0 and the rest is fitted again); a slope that is not above 1e-6 becomes 1e-6: the base
 * rate with the order kept. ISOTONIC: pool adjacent violators; knots at the blocks' mean logit and
 * the logit of their rate, straight lines between, and a hundredth of a unit per unit beyond the
 * ends, so equal ranks stay apart. A block with no positive has the rate 0.5 / (rows + 1) or half
 * the next block's, whichever is less; mirrored at the top. More than calibration_most_knots blocks
 * are joined, neighbours first.
 *
 * With one class (or no rows, or all weights 0) there is nothing to learn: the map is NONE, and the
 * status OK. The result is unchanged by the order of rows, bit for bit. PROPENSE_E_NUMERIC for a
 * NaN logit, a negative or infinite weight; PROPENSE_E_NOMEM; PROPENSE_E_ARG for an unknown kind.
 */
status calibration_fit(calibration_map *out, int32_t kind, const double *z, const uint8_t *y,
                       const double *w, int64_t n, arena *mem, propense_error *err);

/* z': finite for every z but NaN; m_sigmoid(z') is inside (0, 1). Strictly increasing up to
 * rounding. Thread-safe; some 10 to 30 ns. */
double calibration_apply(const calibration_map *m, double z);

/* 1 when the numbers are what the struct's comments promise: for maps that come from a file. */
int calibration_valid(const calibration_map *m);

/* Another share of positives: z + logit(to) - logit(from), both inside (0, 1) (Elkan 2001; Dal
 * Pozzolo et al. 2015 in odds form). */
double calibration_prior(double z, double from, double to);

/* ---- Venn-Abers */

/* Inductive Venn-Abers predictor (Vovk, Petej & Fedorova 2015). For a score s: p1 is the value at s
 * of the isotonic regression of the calibration rows with (s, 1) added, p0 with (s, 0) added. As
 * functions of s both are staircases, kept here as points: a point is a stretch of scores low ..
 * high with its p0 and p1. At most venn_abers_most_points distinct scores enter as they are; more
 * are put into that many bins of equally many rows first, and the bounds are exact for the binned
 * scores. Neighbours with equal bounds are one point, so a file holds far fewer. All-zero is empty:
 * bounds 0 and 1. */
typedef struct venn_abers {
    int64_t n;
    double *low, *high; /* [n] logits; low <= high < next low */
    double *p0, *p1;    /* [n] 0 <= p0 < p1 <= 1, both non-decreasing */
} venn_abers;
status venn_abers_fit(venn_abers *out, const double *z, const uint8_t *y, const double *w,
                      int64_t n, arena *mem, propense_error *err);

/* Below the first point p0 is 0, above the last p1 is 1. p = p1 / (1 - p0 + p1), inside (0, 1)
 * unless n is 0 and then 0.5. p1 - p0 says how little the calibration rows know about such scores.
 * NaN for a NaN. */
typedef struct venn_abers_bounds {
    double p0, p1, p;
} venn_abers_bounds;
venn_abers_bounds venn_abers_apply(const venn_abers *v, double z);
int venn_abers_valid(const venn_abers *v);

#endif
