/* Between the files that make a plan. */
#ifndef PROPENSE_PLAN_STEPS_H
#define PROPENSE_PLAN_STEPS_H

#include "plan.h"
#include "threads.h"

/* The figures of a plan whose customers are chosen. */
status plan_work_out(plan *p, const model *m, pool *workers, const propense_callbacks *cb,
                     propense_error *err);

#endif
