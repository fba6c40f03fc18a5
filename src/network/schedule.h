/* The learning rate over the steps of a run. */
#ifndef PROPENSE_SCHEDULE_H
#define PROPENSE_SCHEDULE_H

#include "fit.h"

/* A schedule in steps, ready for a run. */
typedef struct schedule {
    schedule_settings settings;
    double rate;                      /* at first; plateau lowers it */
    double decay_steps, warmup_steps; /* whole numbers */
} schedule;

schedule schedule_begin(const schedule_settings *s, double rate, int32_t epochs, int64_t n_steps);
/* Of the step that follows `done` steps. */
double schedule_rate(const schedule *s, int64_t done);

#endif
