/* After the campaign: what happened against what was promised, and what the contacts themselves
 * brought, which only the control group shows. */
#ifndef PROPENSE_READBACK_H
#define PROPENSE_READBACK_H

#include "forecast.h"
#include "ids.h"
#include "options.h"
#include "progress.h"
#include "table.h"

/* One arm of the campaign. */
typedef struct arm_result {
    int64_t n, converted;
    estimate rate;        /* Wilson's interval */
    double value, value2; /* sums over customers of what they earned, and of its square */
} arm_result;

typedef struct readback {
    /* the promise, from the plan */
    str currency, id;
    double margin, cost, incentive; /* NaN where a column held them */
    double share;
    str salt;
    forecast promised; /* of its contacts */
    /* the results */
    table t;
    const char *name;
    int32_t at_id, at_outcome, at_arm, at_value; /* columns, -1 without */
    uint8_t *contacted, *converted;              /* [t.n_rows]; of a customer's first row */
    uint8_t *repeats;                            /* [t.n_rows] 1: a further row of a customer */
    int64_t n_repeats;
    arm_result contact, control;
    double scale; /* contacts in the results / contacts planned: the promise is scaled by it */
    estimate conversions, profit; /* what really happened with the contacted; exact, but profit has
                                     no interval: low = high = value */
    int has_control;
    estimate lift;         /* points: Newcombe 1998, method 10, or Welch on values */
    estimate added;        /* conversions that the contacts brought */
    estimate added_profit; /* value added, less the costs of all contacts */
    arena mem;
} readback;

/* On failure *out holds nothing; else readback_free. */
status readback_make(readback *out, const char *results, const char *plan_path, const options *o,
                     const propense_callbacks *cb, propense_error *err);
void readback_free(readback *r);

/* A table to train on: the results' columns without what a plan wrote, and `contacted`,
 * `converted`. */
void readback_csv(text *out, const readback *r);
void readback_json(text *out, const readback *r);

#endif
