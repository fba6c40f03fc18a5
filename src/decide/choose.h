/* Who is contacted: customers taken in their order while budget, number of contacts and quotas
 * allow it.
 *
 * With equal costs the result is the best there is (quotas within an overall limit are a laminar
 * matroid, on which taking greedily is optimal). With unequal costs it is the usual approximation
 * of the knapsack: what no longer fits the budget is passed over. A customer of the control group
 * is listed where he would have been contacted, and uses up nothing.
 */
#ifndef PROPENSE_CHOOSE_H
#define PROPENSE_CHOOSE_H

#include "order.h"

typedef struct quota {
    str name;
    int64_t least, most; /* contacts; most INT64_MAX: no upper limit */
} quota;

typedef struct limits {
    int64_t budget;       /* millionths; -1 = none. Of contacts; incentives are not part of it */
    int64_t max_contacts; /* -1 = none */
    int32_t n_groups;     /* as campaign.group counts */
    const quota *quotas;  /* [n_groups]; NULL: none */
} limits;

typedef enum campaign_arm { ARM_NONE = 0, ARM_CONTACT = 1, ARM_CONTROL = 2 } campaign_arm;

typedef struct choice {
    int64_t n_contacts, n_control;
    int64_t n_for_quotas; /* contacts that do not pay and stand in the list for a least quota */
    int64_t cost;         /* of the contacts, millionths */
    double profit;        /* expected, of the contacts, summed in order */
    int budget_binds, contacts_bind, quotas_bind; /* a row that pays was left out for it */
} choice;

/* ordered: [n] as order_rows left it. into: [campaign's n], zeroed by the caller; ARM_* by row.
 * Quotas that cannot be met are PROPENSE_E_ARG, with their names. */
status choose_rows(choice *out, uint8_t *into, const int32_t *ordered, int64_t n, const campaign *c,
                   const limits *l, propense_error *err);

#endif
