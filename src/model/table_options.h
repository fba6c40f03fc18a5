/* How a data file is read: the options that say so, for training and scoring alike. */
#ifndef PROPENSE_TABLE_OPTIONS_H
#define PROPENSE_TABLE_OPTIONS_H

#include "csv.h"
#include "options.h"

/* All but missing words that are not the option's. Views into o, arrays from mem. */
status csv_options_of(csv_options *out, const options *o, const char *missing, arena *mem,
                      propense_error *err);

#endif
