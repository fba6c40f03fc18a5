/* What the files of calibration.h share. Not for other modules. */
#ifndef PROPENSE_CALIBRATION_PARTS_H
#define PROPENSE_CALIBRATION_PARTS_H

#include "calibration.h"

/* Beyond this a probability is 0 or 1 in double. */
#define CALIBRATION_LARGEST_LOGIT 700.0

/* Rows with the same logit as one: what a map is a function of. */
typedef struct calibration_points {
    int64_t n;
    double *z;    /* [n] strictly increasing, within +-700 */
    double *w;    /* [n] > 0 weight of its rows */
    double *hits; /* [n] weight of its positives */
    double sum_w, sum_hits;
} calibration_points;

/* Checks the rows, orders them by (z, weight, target) and adds them up in that order. */
status calibration_points_of(calibration_points *out, const double *z, const uint8_t *y,
                             const double *w, int64_t n, arena *mem, propense_error *err);

/* A block of neighbouring points that share one rate. */
typedef struct isotonic_block {
    int64_t first; /* its first point; it ends where the next begins */
    double w, hits;
} isotonic_block;
static inline double isotonic_rate(const isotonic_block *b)
{
    return b->hits / b->w;
}
/* Adds a point and pools while the rate before is not lower. Returns the number of blocks. */
int64_t isotonic_add(isotonic_block *blocks, int64_t n_blocks, isotonic_block b);

/* The kinds; `p` has both classes. */
status calibration_fit_line(calibration_map *out, int32_t kind, const calibration_points *p,
                            arena *tmp, propense_error *err);
status calibration_fit_isotonic(calibration_map *out, const calibration_points *p, arena *mem,
                                propense_error *err);

#endif
