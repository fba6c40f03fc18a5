/* Fewer negatives: as many as there are positives, the first of the file or drawn at random; and
 * whether those that stay stand for all. */
#ifndef PROPENSE_BALANCE_H
#define PROPENSE_BALANCE_H

#include "options.h"
#include "progress.h"
#include "roc.h"

typedef enum balance_kind {
    BALANCE_NONE,
    BALANCE_RANDOM, /* drawn by seed */
    BALANCE_FIRST   /* the first of the file, as the published Audiobooks preprocessing does it */
} balance_kind;
balance_kind balance_of(const char *word); /* of --balance */

/* keep[n]: 1 for the rows that stay: all positives, and as many negatives. y: [n] 0 or 1. Where the
 * positives are the majority everything stays. Returns the rows kept, -1 on exhaustion. */
int64_t balance_rows(uint8_t *keep, const uint8_t *y, int64_t n, balance_kind kind, uint64_t seed,
                     arena *tmp);

/* How well a quick model tells the kept negatives from the dropped ones: trained on one half of
 * them, judged on the other; 0.5 = not at all. x: [n][n_inputs] standardised, of the negatives;
 * kept: [n]. out->auc is NaN where either side is too small to ask. */
struct kernels;
status balance_told_apart(auc_interval *out, const float *x, const uint8_t *kept, int64_t n,
                          int32_t n_inputs, uint64_t seed, const struct kernels *k, arena *tmp,
                          propense_error *err);
/* 1: clearly, so the kept rows do not stand for all. */
int balance_is_skewed(const auc_interval *apart);

#endif
