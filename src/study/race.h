/* The simple models beside a model on the same rows. Each row is answered by simple models that did
 * not learn from it, in as many turns as `fold` has. */
#ifndef PROPENSE_RACE_H
#define PROPENSE_RACE_H

#include "crossfit.h"
#include "evaluate.h"

/* Fills e->rivals of LOGISTIC, RULE and BASE. e->model is judged; `judged` are its rows of d, in
 * its order. fold: [all.n], all holding `judged` behind `all.n - judged.n` rows that are only
 * learned from (crossfit_never). */
status race_simple(evaluation *e, const dataset *d, row_set all, row_set judged,
                   const uint8_t *fold, int32_t n_folds, pool *threads,
                   const propense_callbacks *cb, propense_error *err);

#endif
