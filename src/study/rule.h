/* The marketer's rule of thumb: recency, frequency, monetary. Each that is there, by the name of
 * its column, gives a customer one to five points by the quintile of the training rows that he
 * falls into (recency: fewer is better); the score is their sum. */
#ifndef PROPENSE_RULE_H
#define PROPENSE_RULE_H

#include "dataset.h"
#include "pipeline.h"

enum { rule_parts = 3 };
typedef struct rule {
    int32_t column[rule_parts]; /* of the schema: recency, frequency, monetary; -1 without */
    double cut[rule_parts][4];  /* quintiles of the training rows */
} rule;

/* The columns; 1 when two of the three are there at least. */
int rule_find(rule *out, const schema *s);
status rule_fit(rule *r, const dataset *d, row_set train, arena *tmp, propense_error *err);
/* score: [rows.n]; a value that is missing gets three points. */
void rule_score(float *score, const rule *r, const dataset *d, row_set rows);

#endif
