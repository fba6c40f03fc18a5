/* The fixed words of an evaluation's files, by enum. Append only. */
#ifndef PROPENSE_EVALUATION_WORDS_H
#define PROPENSE_EVALUATION_WORDS_H

#include "evaluate.h"

enum { evaluation_methods = INTERVAL_BINNED + 1 };
extern const char *const evaluation_figure_words[figure_count];
extern const char *const evaluation_method_words[evaluation_methods]; /* by interval_method */
extern const char *const evaluation_contender_words[contender_count];

#endif
