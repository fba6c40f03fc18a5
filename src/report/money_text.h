/* Amounts and shares as a language writes them. */
#ifndef PROPENSE_MONEY_TEXT_H
#define PROPENSE_MONEY_TEXT_H

#include "console_text.h"

/* €1,234.50 and 1.234,50 €; a code of letters stands apart in both: EUR 1,234.50. Thousands are
 * always marked. */
typedef struct money_shown {
    char p[96];
} money_shown;
money_shown show_money(double amount, int decimals, str currency, propense_language language);
/* 2 below a thousand, none from there on. */
int money_decimals(double largest);
/* A share as 1.25%, 12.5%, 0.085%: three digits that matter, in Spanish with a blank. */
shown show_share(double share, propense_language language);

/* Three digits that matter, none behind the point from a hundred on. */
shown show_digits(double value, propense_language language);

#endif
