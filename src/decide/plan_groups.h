/* Groups by region, gender and age band: how many, how they convert, how many the plan contacts,
 * and whether the probabilities hold for each. Age and gender are sensitive.
 */
#ifndef PROPENSE_PLAN_GROUPS_H
#define PROPENSE_PLAN_GROUPS_H

#include "choose.h"
#include "forecast.h"
#include "table.h"

enum { most_group_columns = 3, most_groups = 12 };

typedef struct plan_group {
    str name;
    int64_t n, n_selected; /* customers; contacts and control group among them */
    double expected;       /* mean probability */
    int64_t n_known, n_converted;
    estimate rate; /* of those whose outcome is known, Wilson; NaN without */
} plan_group;

typedef struct group_column {
    int32_t column;
    int is_sensitive;
    int n;
    plan_group groups[most_groups]; /* by size; the smaller ones above that number are "(others)" */
} group_column;

typedef struct plan_groups {
    int n;
    group_column columns[most_group_columns];
} plan_groups;

/* Whether a column of that name is asked about. */
int plan_groups_want(str name);
/* outcome: [campaign's n] 1, 0 or 255 = unknown; NULL: nothing is known. */
status plan_groups_of(plan_groups *out, const table *t, const int32_t *rows, int64_t n,
                      const campaign *c, const uint8_t *arms, const uint8_t *outcome, arena *mem,
                      propense_error *err);

#endif
