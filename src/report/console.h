/* What a person reads in a terminal: the verdict of a run and what a model holds, in both
 * languages. */
#ifndef PROPENSE_CONSOLE_H
#define PROPENSE_CONSOLE_H

#include "model.h"

/* Verdict first, then what it means for the campaign, accuracy beside "always no", report, ROC AUC
 * with its interval. */
void console_verdict(text *out, const model *m, propense_language language);
/* Architecture, schema with reasons, encoder, card, metrics. */
void console_inspect(text *out, const model *m, propense_language language);
/* The same as JSON, for programs: every number unrounded. */
void console_inspect_json(text *out, const model *m);

#endif
