/* What a person reads in a terminal: the verdict of a run and what a model holds, in both
 * languages. */
#ifndef PROPENSE_CONSOLE_H
#define PROPENSE_CONSOLE_H

#include "model.h"

/* Verdict first, then the figures it rests on, what it means for the campaign, and the report. One
 * screen: at most 30 lines. */
void console_verdict(text *out, const model *m, propense_language language);
/* The verdict in one sentence. */
const char *console_headline(const model *m, propense_language language);
/* Architecture, schema with reasons, encoder, card, metrics: all that the file holds. */
void console_inspect(text *out, const model *m, propense_language language);
/* The same as JSON, for programs: every number unrounded. It is propense.json with the network, the
 * optimiser, the inputs' names, the reasons and the report added. */
void console_inspect_json(text *out, const model *m);

#endif
