/* What a model's answers rest on, as charts. Scenes are taken from mem; NULL or `bad` on
 * exhaustion. */
#ifndef PROPENSE_ANSWER_CHARTS_H
#define PROPENSE_ANSWER_CHARTS_H

#include "importance.h"
#include "scene.h"

/* The dozen columns that matter most, with intervals. */
scene *importance_chart(const importance *i, propense_language language, arena *mem);
/* The groups of columns, shuffled together; needs one at least. */
scene *importance_groups_chart(const importance *i, propense_language language, arena *mem);
/* "recency and value" and its like. */
const char *importance_group_name(importance_group group);
/* The mean probability as one column changes. base: the mean over all rows. */
scene *effect_chart(const effect *e, double base, propense_language language, arena *mem);

#endif
