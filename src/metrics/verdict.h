/* What a judged model is worth, in one word and the numbers behind it. Leaves the sentences to
 * report/console.c. */
#ifndef PROPENSE_VERDICT_H
#define PROPENSE_VERDICT_H

#include "roc.h"

typedef enum verdict_kind {
    VERDICT_NONE = 0,   /* nothing was judged */
    VERDICT_CHANCE = 1, /* the interval's lower end is not above 0.5 */
    VERDICT_REVERSED =
        2, /* wholly below 0.5: chance too, and never a reason to turn the ranking round */
    VERDICT_WEAK = 3,  /* better than chance, area below 0.7 */
    VERDICT_FAIR = 4,  /* 0.7 to 0.8 */
    VERDICT_GOOD = 5,  /* 0.8 to 0.9 */
    VERDICT_STRONG = 6 /* 0.9 and above: ask for a leak */
} verdict_kind;

/* NONE when n_positive or n_negative is 0 or the area is NaN; all-zero is NONE too. */
verdict_kind verdict_of(const auc_interval *a);
/* The band of an area that is taken as better than chance: WEAK to STRONG. */
verdict_kind verdict_band(double area);
/* 1 better than chance, 0 not, -1 nothing judged. */
int verdict_sign(verdict_kind kind);
/* The smallest area that n_positive and n_negative rows could tell from chance: what the lower end
 * of a two-sided 95 % interval asks for, from the null variance (m + n + 1) / (12 m n), so that it
 * agrees with verdict_of: 0.5 + 1.96 se, at most 1. NaN when a class is empty. */
double verdict_least_area(int64_t n_positive, int64_t n_negative);

#endif
