/* What some options mean to training and scoring. */
#ifndef PROPENSE_PIPELINE_OPTIONS_H
#define PROPENSE_PIPELINE_OPTIONS_H

#include "fit.h"
#include "network.h"
#include "options.h"

/* The layers of --hidden and what goes with it, or of --layers, then the head; taken from mem. */
status layers_of_options(layer_spec **out, int32_t *n, const options *o, arena *mem,
                         propense_error *err);
/* Optimiser, schedule, loss, early stopping and the rest of training, with its kernels. */
status fit_of_options(fit_options *out, const options *o, propense_error *err);
/* Words of a comma-separated option, trimmed, as views into it; the array is taken from mem. */
status words_of_option(str **out, int32_t *n, const char *list, arena *mem, propense_error *err);

/* Whether the options ask for the best preset (ensemble.h): it has no other settings, so one of a
 * network of one's own beside it is an error. */
status best_of_options(int *is_best, const options *o, propense_error *err);

struct kernels;
/* --kernels: a level by name, or the best of this machine. */
status kernels_of_options(const struct kernels **out, const options *o, propense_error *err);

#endif
