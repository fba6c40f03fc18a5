/* What balanced training does to the figures, side by side. */
#ifndef PROPENSE_CONSOLE_BALANCE_H
#define PROPENSE_CONSOLE_BALANCE_H

#include "model.h"

/* Nothing where rows were not balanced, or none were held. */
void console_balance(text *out, const model *m, propense_language l);

#endif
