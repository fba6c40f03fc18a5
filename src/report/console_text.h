/* Numbers and paragraphs of the console's texts. */
#ifndef PROPENSE_CONSOLE_TEXT_H
#define PROPENSE_CONSOLE_TEXT_H

#include "error.h"
#include "num.h"
#include "str.h"

enum { console_width = 79 };

/* A number as words, by value: show_count(n, language).p lives until the end of the expression. */
typedef struct shown {
    char p[num_buffer];
} shown;
shown show_count(int64_t n, propense_language language);
shown show_fixed(double value, int decimals, propense_language language);
/* About five digits that matter, without zeros at the end; very large and small numbers with an
 * exponent. */
shown show_number(double value, propense_language language);
/* 100 part / whole without decimals, "<1" below 0.5 and ">99" from 99.5 on when not exact. */
shown show_percent(int64_t part, int64_t whole, propense_language language);

/* Decimals that are known when a figure is uncertain by +-half: 2 to 4. */
int decimals_known(double half);

/* Words wrapped at console_width. The first line begins with `first`, the others with `indent`
 * blanks; `first` is as wide as the indent. */
void paragraph(text *out, const char *first, int indent, str words);
/* str_tame from `from` on, but for the ends of lines. */
void quiet_controls(text *out, int64_t from);

#endif
