/* How many threads a step takes, found out while the run goes on.
 *
 * The result does not depend on it, so it may follow the clock: on a machine that is busy otherwise
 * threads that wait for each other can be slower than one. Counts are the upper limit, half of it,
 * a quarter ... and 1. Now and then another count than the fastest is tried, for a short time.
 */
#ifndef PROPENSE_PACE_H
#define PROPENSE_PACE_H

#include <stdint.h>

enum { pace_counts = 16 };

typedef struct pace {
    int most;               /* upper limit */
    int n_counts;           /* most, most / 2 ... 1 */
    int at;                 /* the count in use: most >> at */
    double ns[pace_counts]; /* a step took lately; 0 = not tried yet */
    int64_t turns, trials;  /* so far */
    int warming, trying;    /* the turn at hand is one of the first; is a trial */
} pace;

pace pace_begin(int most);
/* Threads of the next turn. A trial should be a quarter as long as other turns. */
int pace_next(pace *p);
void pace_learn(pace *p, double ns_per_step);

#endif
