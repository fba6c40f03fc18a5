/* What a person reads of an evaluation, in both languages: the verdict, the figures with their
 * intervals, the race, time, and what it means. One screen. */
#ifndef PROPENSE_CONSOLE_EVALUATE_H
#define PROPENSE_CONSOLE_EVALUATE_H

#include "evaluate.h"
#include "str.h"

void console_evaluate(text *out, const evaluation *e, propense_language language);
/* The verdict in one sentence. */
const char *evaluation_headline(const evaluation *e, propense_language language);
/* 0 no better than chance, 1 better, -1 nothing could be judged: what a permutation test says
 * counts beside the interval. */
int evaluation_sign(const evaluation *e);
/* "network", "logistic regression", "rule of thumb", "base rate". */
const char *contender_name(contender who, propense_language language);

#endif
