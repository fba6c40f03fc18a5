/* What the options of a plan mean, checked before any file is read. */
#ifndef PROPENSE_PLAN_OPTIONS_H
#define PROPENSE_PLAN_OPTIONS_H

#include "choose.h"
#include "options.h"

/* An amount that is known only within bounds; the plan is made for the middle. */
typedef struct money_range {
    double low, middle, high;
    int is_given;
} money_range;

typedef struct plan_options {
    money_range margin, cost;
    double incentive;
    int64_t budget, max_contacts; /* -1: none */
    double holdout;               /* share */
    str salt, currency;
    str value_column, cost_column, score_column, id, segment_by;
    int32_t n_quotas;
    quota *quotas;        /* as given, by name */
    const char *suppress; /* "" without */
    int32_t n_without;
    str *without; /* columns that must not decide */
    int force;
    uint64_t seed;
} plan_options;

/* Views into o, arrays from mem. */
status plan_options_of(plan_options *out, const options *o, arena *mem, propense_error *err);

#endif
