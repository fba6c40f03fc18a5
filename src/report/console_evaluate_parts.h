/* What the files of the evaluation's console text share. For src/report/console_evaluate*.c only.
 */
#ifndef PROPENSE_CONSOLE_EVALUATE_PARTS_H
#define PROPENSE_CONSOLE_EVALUATE_PARTS_H

#include "evaluate.h"

/* One fact: its name, then its words, wrapped beside it; frees them. */
void evaluate_fact(text *out, const char *name, text *words, int *bad);
/* console_evaluate_tables.c */
void evaluate_figures_table(text *out, const evaluation *e, propense_language l, int *bad);
void evaluate_race_table(text *out, const evaluation *e, propense_language l, int *bad);
void evaluate_times_table(text *out, const evaluation *e, propense_language l, int *bad);
/* What the figures mean and what the intervals cover, one dash each. */
void evaluate_meaning(text *out, const evaluation *e, propense_language l, int *bad);

#endif
