/* What training curves show, in figures and in a sentence. */
#ifndef PROPENSE_HISTORY_WORDS_H
#define PROPENSE_HISTORY_WORDS_H

#include "fit.h"

typedef struct history_seen {
    int has_validation; /* some val_loss is a number */
    int32_t best;       /* index of the lowest val_loss (the first of equals), -1 without */
    double first, last; /* loss on the training rows, first and last that is a number */
    double best_val, last_val;
    double
        last_train_gain; /* training loss at `best` minus the last: > 0 when it went on falling */
} history_seen;
history_seen history_look(const history *h);

/* The sentence under the title. */
void history_sentence(text *out, const history *h, propense_language language);

#endif
