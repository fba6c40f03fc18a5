/* The customers of a campaign as arrays, and what contacting one of them is expected to bring.
 *
 * Amounts that limits are compared with are whole millionths of the currency: their sums are exact
 * and depend on no order, so a budget is never exceeded by a rounding. Profits are double.
 */
#ifndef PROPENSE_CAMPAIGN_H
#define PROPENSE_CAMPAIGN_H

#include "error.h"
#include "str.h"

enum { money_unit = 1000000 };
#define MONEY_MOST 1e12 /* of one amount in options and files: sums of 2^31 costs may not wrap */
#define COST_MOST  1e6  /* of one contact */

/* Borrowed arrays of [n] rows; immutable while a plan is made. */
typedef struct campaign {
    int64_t n;
    const double *p;     /* probability of a conversion, 0 to 1 */
    const double *value; /* earned by a conversion before the incentive; NULL: margin for all */
    const int64_t *cost; /* of a contact, millionths, >= 0; NULL: unit_cost for all */
    double margin;
    int64_t unit_cost;
    double incentive;         /* paid with every conversion */
    const int64_t *id_offset; /* [n + 1] into id_bytes */
    const char *id_bytes;
    const int32_t *group;   /* of quotas: 0 .. n_groups - 1, -1 = none; NULL: no quotas */
    const uint8_t *control; /* 1: left without contact; NULL: nobody is */
} campaign;

static inline double campaign_value(const campaign *c, int64_t row)
{
    return c->value ? c->value[row] : c->margin;
}
static inline int64_t campaign_cost(const campaign *c, int64_t row)
{
    return c->cost ? c->cost[row] : c->unit_cost;
}
/* p (v - i) - c: what a contact is expected to bring, in the currency. Elkan 2001: contacting pays
 * when it is above 0, that is for p above c / (v - i). */
static inline double campaign_profit(const campaign *c, int64_t row)
{
    return c->p[row] * (campaign_value(c, row) - c->incentive) -
           (double)campaign_cost(c, row) / money_unit;
}
static inline str campaign_id(const campaign *c, int64_t row)
{
    return (str){ c->id_bytes + c->id_offset[row], c->id_offset[row + 1] - c->id_offset[row] };
}
/* Asks for the memory of a row that comes soon: rows in order of profit lie all over the file, and
 * waiting for each would take most of the time of ten million. */
enum { campaign_ahead = 16 };
static inline void campaign_prefetch(const campaign *c, const int32_t *rows, int64_t at, int64_t n)
{
    if (at + campaign_ahead >= n) return;
    int32_t row = rows[at + campaign_ahead];
    __builtin_prefetch(&c->p[row]);
    if (c->value) __builtin_prefetch(&c->value[row]);
    if (c->cost) __builtin_prefetch(&c->cost[row]);
}
/* Millionths of an amount, rounded to the nearest; |amount| <= MONEY_MOST. */
int64_t money_of(double amount);

#endif
