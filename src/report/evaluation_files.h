/* An evaluation for programs: JSON with everything, and its curves and tables as CSV. Keys and
 * words are fixed English; every number is unrounded. */
#ifndef PROPENSE_EVALUATION_FILES_H
#define PROPENSE_EVALUATION_FILES_H

#include "evaluate.h"
#include "str.h"

void evaluation_json(text *out, const evaluation *e);

/* One line a figure: contender, figure, value, low, high, method. */
void evaluation_figures_csv(text *out, const evaluation *e);
/* The curves of the model's own scores; 0 on exhaustion. */
int evaluation_roc_csv(text *out, const evaluation *e);
int evaluation_precision_recall_csv(text *out, const evaluation *e);
void evaluation_gains_csv(text *out, const evaluation *e);
void evaluation_reliability_csv(text *out, const evaluation *e);
/* row (of those with a known answer, from 1), target, fold where there is one, logit, probability.
 */
void evaluation_scores_csv(text *out, const evaluation *e);
void evaluation_repeats_csv(text *out, const evaluation *e);
void evaluation_permutations_csv(text *out, const evaluation *e);

#endif
