/* The profit of a list by its length, and its segments. */
#ifndef PROPENSE_MONEY_CHART_H
#define PROPENSE_MONEY_CHART_H

#include "plan_summary.h"
#include "scene.h"

/* Needs s->n_curve > 1. Taken from mem; NULL or `bad` on exhaustion. */
scene *profit_chart(const plan_summary *s, propense_language language, arena *mem);
/* The conversion rate of each segment with its interval; needs one at least. */
scene *segments_chart(const plan_summary *s, propense_language language, arena *mem);

#endif
