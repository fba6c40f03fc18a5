/* What a campaign brought, beside what was promised, for people. One screen. */
#ifndef PROPENSE_CONSOLE_READBACK_H
#define PROPENSE_CONSOLE_READBACK_H

#include "readback.h"

void console_readback(text *out, const readback *r, propense_language language);

#endif
