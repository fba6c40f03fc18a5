/* What plan.json says, for the report: the same numbers, read and not computed anew. */
#ifndef PROPENSE_PLAN_SUMMARY_H
#define PROPENSE_PLAN_SUMMARY_H

#include "error.h"
#include "memory.h"
#include "str.h"

typedef struct plan_figure {
    double value, low, high; /* NaN: the file has none */
} plan_figure;

typedef struct plan_outcome {
    int is_there;
    double contacts;
    plan_figure conversions, revenue, cost, profit, roi;
} plan_outcome;

enum { plan_most_traits = 4 };
typedef struct plan_trait {
    str name, level;        /* level: empty for the mean of a number, else a share */
    double here, elsewhere; /* in the segment, in all others */
} plan_trait;

typedef struct plan_segment {
    str name;
    int64_t customers, contacts;
    double p_from, p_to;
    plan_figure rate;
    int n_traits;
    plan_trait traits[plan_most_traits];
} plan_segment;

typedef struct plan_summary {
    str currency;
    double margin, cost, incentive, threshold; /* middle values; NaN where a column holds them */
    int is_refused;
    int budget_binds, contacts_bind; /* a customer who pays was left out for it */
    int64_t may_be_contacted, control;
    plan_outcome list, everybody, by_lot, rule;
    double best_contacts, best_profit, flat_from, flat_to; /* contacts */
    int64_t n_curve;
    double *curve_contacts, *curve_profit; /* [n_curve] the profit curve, if the file has one */
    double *curve_low, *curve_high;        /* [n_curve] its 95% interval; NaN: none */
    int32_t n_segments;
    plan_segment *segments;
} plan_summary;

/* `name` is the file, for messages. Everything is taken from mem. */
status plan_summary_read(plan_summary *out, str json, const char *name, arena *mem,
                         propense_error *err);

#endif
