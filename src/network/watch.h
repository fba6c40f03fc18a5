/* What looks at an epoch's figures and decides: EarlyStopping, ReduceLROnPlateau, the best so far.
 * The rules are Keras 3's. */
#ifndef PROPENSE_WATCH_H
#define PROPENSE_WATCH_H

#include "fit.h"

double monitored(monitor what, const epoch_figures *f);
/* 1: smaller is better. */
int monitor_is_low(monitor what, monitor_mode mode);
int monitor_needs_validation(monitor what);
/* "val_loss". */
const char *monitor_word(monitor what);

/* Keras adds or takes min_delta in double and compares in float. */
int is_better(double value, double than, double min_delta, int low);

typedef struct stopping_watch {
    int32_t wait, best_epoch; /* from 0 */
    int has_best, has_weights;
    double best;
} stopping_watch;
typedef struct stopping_advice {
    int stop, keep; /* stop after this epoch; these weights are the ones to go back to */
} stopping_advice;
/* epoch counts from 0. */
stopping_advice stopping_look(stopping_watch *w, const stopping_settings *s, int32_t epoch,
                              double value);

typedef struct plateau_watch {
    int32_t wait, cooling;
    int has_best;
    double best;
} plateau_watch;
/* Returns the rate from now on. */
double plateau_look(plateau_watch *w, const schedule_settings *s, double value, int low,
                    double rate);

#endif
