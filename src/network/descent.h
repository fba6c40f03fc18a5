/* The second half of a step, where layers do not learn as they go: what is done to gradients, and
 * the optimisers' numbers. */
#ifndef PROPENSE_DESCENT_H
#define PROPENSE_DESCENT_H

#include "run.h"

/* 1: plain Adam and nothing else, so that layers learn as they go. */
int descent_is_plain(const run *r);
/* The optimiser's numbers for the step that follows `done` steps. */
void descent_numbers(step *s, const run *r, int64_t done);
/* After that step, by one worker. */
void descent_count(run *r, int64_t done);
/* The gradients of this worker's weight rows; ends with a meeting. */
void descent_gradients(run *r, const step *s, int worker, int n_workers);
/* Clipping, the step, and the longest norm, each for this worker's share. */
void descent_steps(run *r, const step *s, int worker, int n_workers);

#endif
