/* What a ranking and its probabilities are worth, as charts: each with a sentence that says how to
 * read it and what it shows. Scenes are taken from mem; NULL or `bad` on exhaustion. */
#ifndef PROPENSE_CURVE_CHARTS_H
#define PROPENSE_CURVE_CHARTS_H

#include "curves.h"
#include "probability.h"
#include "roc.h"
#include "scene.h"

/* Share of converters found against share of the others contacted. */
scene *roc_chart(const ranked *r, const auc_interval *area, propense_language language, arena *mem);
scene *precision_recall_chart(const ranked *r, propense_language language, arena *mem);
/* Share of all conversions found by contacting the best x %, with what is possible at best. */
scene *gains_chart(const ranked *r, propense_language language, arena *mem);
/* Conversion rate by tenth, with intervals and the overall rate. bins: [n], best first. */
scene *deciles_chart(const gain_bin *bins, int64_t n, double base, propense_language language,
                     arena *mem);
/* Promised against observed rates. before: [n_before] may be NULL with 0. */
scene *calibration_chart(const reliability_bin *before, int64_t n_before,
                         const reliability_bin *after, int64_t n_after, const ece_figures *error,
                         propense_language language, arena *mem);
/* How many customers have which probability, converters and others apart. */
scene *scores_chart(const ranked *r, propense_language language, arena *mem);

#endif
