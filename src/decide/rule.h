/* The rule of thumb that many campaigns go by: recency, frequency and monetary value in quintiles.
 *
 * Each column gives 1 to 5 points (5: most recent, most often, most money); the sum ranks. Ties are
 * broken by chance, so what a part of a tie brings is its share of the whole tie.
 */
#ifndef PROPENSE_RULE_H
#define PROPENSE_RULE_H

#include "forecast.h"
#include "table.h"

typedef struct rule_columns {
    int32_t recency, frequency, monetary; /* columns of the table */
} rule_columns;

/* 1 when the table has all three as numbers, by their usual names in English and Spanish. */
int rule_find(rule_columns *out, const table *t);

/* Sums of the best k of rows: [n] by the rule. */
status rule_best(forecast_sums *out, int64_t k, const rule_columns *at, const table *t,
                 const int32_t *rows, int64_t n, const campaign *c, propense_error *err);

#endif
