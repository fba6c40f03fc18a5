/* What sets each segment apart from the other customers, so that content can be written for it, and
 * valuable customers with a low probability as a segment of their own.
 */
#ifndef PROPENSE_TRAITS_H
#define PROPENSE_TRAITS_H

#include "bands.h"
#include "table.h"

enum { most_traits = 3, most_segments = most_bands + 1 };

/* A number's mean, or the share of a level, here and among the others. */
typedef struct trait {
    int32_t column, level; /* level -1: a number */
    estimate here;         /* normal interval of the mean, Wilson's of the share */
    double elsewhere;
    double effect; /* difference in standard deviations; its sign says more or less */
} trait;

typedef struct segment {
    band band; /* name "at risk" for the last where there is one */
    int n_traits;
    trait traits[most_traits]; /* largest effect first */
} segment;

typedef struct segments {
    int n;
    int has_risk;        /* the last one: lowest band, and value in the highest quarter */
    double risk_value;   /* from this value on */
    const double *value; /* [campaign's n] of the risk; NaN = unknown */
    segment segment[most_segments];
} segments;

/* value: a column to tell the valuable by, or NULL. use: [t->n_columns] 1 where a column may
 * describe customers. A trait is told when chance would hardly make it: |z| above 3.3 (the 5 %
 * level shared by some fifty comparisons). */
status segments_of(segments *out, const bands *b, const double *value, const int32_t *rows,
                   int64_t n, const campaign *c, const table *t, const uint8_t *use,
                   propense_error *err);
int segment_of(const segments *s, const bands *b, const campaign *c, int64_t row);

#endif
