/* The figures of every epoch as CSV, as Keras' CSVLogger writes them. */
#ifndef PROPENSE_HISTORY_CSV_H
#define PROPENSE_HISTORY_CSV_H

#include "fit.h"

void history_csv(text *out, const history *h);

#endif
