/* The order in which customers are worth contacting.
 *
 * A total order, so that neither threads nor the machine change it, nor the order of the file as
 * long as ids differ: first by what is earned, then by probability, then by id (bytes), then by
 * row.
 */
#ifndef PROPENSE_ORDER_H
#define PROPENSE_ORDER_H

#include "campaign.h"
#include "threads.h"

typedef enum order_by {
    /* Expected profit per euro of cost, the order of the fractional knapsack: a budget taken in
     * this order lacks at most the last row's profit of the best. Rows that cost nothing and earn
     * come first, by profit; rows that earn nothing or lose come last, by profit. */
    ORDER_BY_EURO,
    /* Expected profit: what counts where the number of contacts is the limit. */
    ORDER_BY_CONTACT
} order_by;

/* The number that a row is ordered by first, highest first. Never NaN. */
double order_key(const campaign *c, int64_t row, order_by by);
/* < 0 when row a comes before row b; 0 for a = b only. */
int order_compare(const campaign *c, order_by by, int64_t a, int64_t b);

/* Sorts rows: [n], ascending when given. Radix passes over the keys; ties are ordered on the pool's
 * workers. Scratch of 28 bytes a row. Out of memory is the only error. */
status order_rows(int32_t *rows, int64_t n, const campaign *c, order_by by, pool *workers,
                  propense_error *err);

#endif
