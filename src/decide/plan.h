/* A plan: who is contacted, what it will bring, how sure that is, and what else could be done.
 * Made once; then written as a send list (CSV), as JSON and, by report/console_plan.h, for people.
 */
#ifndef PROPENSE_PLAN_H
#define PROPENSE_PLAN_H

#include "bands.h"
#include "forecast.h"
#include "plan_groups.h"
#include "readback.h"
#include "scored.h"
#include "traits.h"
#include "without.h"

/* Margin and cost at one end of what is thought possible. */
typedef struct plan_corner {
    double margin, cost; /* NaN where a column holds them */
    double threshold;    /* NaN where it differs by customer */
    int64_t n_paying;    /* customers a contact with whom pays there */
    double profit;       /* of the plan's contacts there */
} plan_corner;

typedef enum plan_grade {
    GRADE_UNKNOWN, /* a score file does not say how good its model is */
    GRADE_BETTER,  /* better than chance */
    GRADE_CHANCE,  /* judged, and not better */
    GRADE_EQUAL,   /* every score is the same: no ranking at all */
    GRADE_UNJUDGED /* a model that nobody judged */
} plan_grade;

/* Whether the model learned from the customers of the plan: then it is surer of them than of
 * others, and the forecast may promise too much. */
typedef enum plan_seen {
    SEEN_NOT,      /* nothing says so */
    SEEN_PERHAPS,  /* the file says who converted, as a training file would */
    SEEN_ALL,      /* the training file, by its fingerprint or its counts */
    SEEN_ELSEWHERE /* it is, but every customer was scored by members that had not seen him */
} plan_seen;

struct propense_plan {
    plan_options o; /* its texts are kept in mem */
    int excel;      /* --csv excel */
    int threads;
    scored s;
    int32_t *ordered; /* [s.n] as chosen from */
    order_by by;
    uint8_t *control; /* [c.n]; NULL without */
    uint8_t *arm;     /* [c.n] */
    int32_t *listed;  /* [n_listed] rows of the list, contacts and control group, best first */
    int64_t n_listed;
    choice chosen;

    double threshold;  /* p* for the middle of margin and cost; NaN where it differs by customer */
    forecast contacts; /* of the list */
    forecast all;      /* of everybody who may be contacted */
    forecast random;   /* as many contacts, drawn by lot */
    forecast rule;     /* as many by recency, frequency and monetary value */
    int has_rule;
    double control_profit; /* expected of the control group, had it been contacted */
    profit_peak peak;
    int has_range; /* margin or cost is a range */
    plan_corner worst, best;
    int64_t n_sure; /* contacts that pay at the worst corner, too */

    double response;     /* expected rate of the contacts */
    double lift_pays;    /* points of conversion that the contacts must add to pay */
    double share_needed; /* control share that would prove lift_pays; NaN: not even one half */
    double lift_seen;    /* the least that this holdout proves; NaN: nothing */

    bands bands;
    segments segments;
    int64_t in_segment[most_segments]; /* contacts */
    plan_groups groups;

    without without;
    model *own; /* --without: the model that scored in place of the one given; else NULL */

    plan_grade grade;
    int is_refused;                /* no list: no better than chance, and not forced */
    double auc, auc_low, auc_high; /* what the model was judged by; NaN when unknown */
    plan_seen seen;
    double auc_here;   /* SEEN_ALL: on these very rows */
    double base_rate;  /* of the training rows, or the mean score; what everybody gets */
    int64_t base_rows; /* rows behind it, 0 = not known */
    int64_t test_size; /* contacts by lot that could teach a model; -1 = not known */
    int is_readback;   /* then only `read` is filled */
    readback read;
    arena mem;
};
typedef struct propense_plan plan;

/* m NULL: `path` holds scores. *out belongs to the caller (plan_free). */
status plan_make(plan **out, const model *m, const char *path, const options *o,
                 const propense_callbacks *cb, propense_error *err);
/* The same handle for results that are read back against a plan's JSON. */
status plan_make_readback(plan **out, const char *results, const char *plan_path, const options *o,
                          const propense_callbacks *cb, propense_error *err);
void plan_free(plan *p); /* NULL is fine */

/* p* and what the list's segment, decile and caution columns hold. */
const char *plan_caution(const plan *p); /* NULL without */

/* A sink as propense.h has it: non-zero stops. */
typedef int (*plan_sink)(void *user, const void *bytes, size_t n);
/* The send list, best first: id, probability, expected_profit, rank, decile, segment, arm, then the
 * column of --segment_by, then caution. PROPENSE_E_ARG when the plan refuses one. */
status plan_write_list(const plan *p, plan_sink sink, void *user, propense_error *err);
/* "kind": "propense plan", "format": 1; every number unrounded. */
void plan_json(text *out, const plan *p);

#endif
