/* The marketer's rule of thumb: recency, frequency, monetary. Each that is there, by the name of
 * its column, gives a customer one to five points by the quintile of the training rows that he
 * falls into (recency: fewer is better); the score is their sum. */
#ifndef PROPENSE_RFM_H
#define PROPENSE_RFM_H

#include "dataset.h"
#include "pipeline.h"

enum { rfm_parts = 3 };
typedef struct rfm {
    int32_t column[rfm_parts]; /* of the schema: recency, frequency, monetary; -1 without */
    double cut[rfm_parts][4];  /* quintiles of the training rows */
} rfm;

/* The columns; 1 when two of the three are there at least. */
int rfm_find(rfm *out, const schema *s);
status rfm_fit(rfm *r, const dataset *d, row_set train, arena *tmp, propense_error *err);
/* score: [rows.n]; a value that is missing gets three points. */
void rfm_score(float *score, const rfm *r, const dataset *d, row_set rows);

#endif
