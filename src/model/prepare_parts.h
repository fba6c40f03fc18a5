/* What the two ways of `propense prepare` hand to each other; for prepare*.c only. */
#ifndef PROPENSE_PREPARE_PARTS_H
#define PROPENSE_PREPARE_PARTS_H

#include "balance.h"
#include "npy.h"
#include "prepare.h"

/* The kept rows in their final order, and where they are cut. */
typedef struct arrays {
    npy_type input_type, target_type; /* FLOAT64 twice, or FLOAT32 and INT64 */
    const void *inputs, *targets;     /* [n][n_inputs], [n] */
    int64_t n, n_inputs;
    int64_t rows[prepared_parts];
} arrays;

/* What both ways know. */
typedef struct preparing {
    const char *path;
    const options *o;
    const propense_callbacks *cb;
    const struct kernels *k;
    balance_kind balance;
    uint64_t seed;
    double share[prepared_parts]; /* of the rows */
    prepared *result;
    arrays out;
    arena mem; /* the call's */
} preparing;

/* prepare_published.c */
status prepare_published(preparing *p, propense_error *err);
/* prepare_honest.c */
status prepare_honest(preparing *p, propense_error *err);

/* prepare.c: counts, judges and tells what balancing did. x: [n][n_inputs] standardised of all
 * rows, y and keep: [n]. */
status prepare_judge_balance(preparing *p, const float *x, const uint8_t *y, const uint8_t *keep,
                             int64_t n, int32_t n_inputs, propense_error *err);

#endif
