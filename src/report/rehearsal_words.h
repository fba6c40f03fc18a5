/* What a training would be, as text. */
#ifndef PROPENSE_REHEARSAL_WORDS_H
#define PROPENSE_REHEARSAL_WORDS_H

#include "propense/propense.h"
#include "rehearsal.h"

void rehearsal_print(text *out, const model *m, const rehearsal *r, propense_language l);

#endif
