/* Words in the caller's language. English stands in the code; po/es.po is compiled in as a sorted
 * table by tools/po2c.c, so nothing is read at run time. No global state: the language is an
 * argument.
 */
#ifndef PROPENSE_WORDS_H
#define PROPENSE_WORDS_H

#include "propense/propense.h"

/* The translation of an English text, or the text itself where there is none. The result is a
 * constant. A translated format takes the same arguments (they may be reordered as %2$s). */
const char *tr(propense_language language, const char *english) __attribute__((format_arg(2)));

/* Marks a literal for translation where tr() is called later with a variable. */
#define N_(literal) literal

#endif
