/* Axes with round numbers, and figures as charts and sentences show them. */
#ifndef PROPENSE_AXIS_H
#define PROPENSE_AXIS_H

#include "str.h"

/* Ticks at first * step, (first + 1) * step ... last * step; the domain is from low to high. */
typedef struct axis {
    double low, high, step, first, last;
    int decimals; /* of the labels */
} axis;

/* Round steps (1, 2 or 5 times a power of ten) that cover low..high with about `most` ticks, at
 * least `least_range` wide, and within floor..ceiling where these are finite. */
axis axis_of(double low, double high, int most, double least_range, double floor_, double ceiling);
/* Position of a value between two coordinates. */
double axis_place(const axis *a, double value, double at_low, double at_high);
void axis_label(text *out, const axis *a, double value, int as_percent, int32_t language);

/* Whole numbers from 1 to n: the first tick is 1, *next(tick) the one behind it, 0 at the end. */
int32_t axis_next_epoch(int32_t tick, int32_t n, int32_t most);

/* A number for a sentence: about three digits that matter, in the language. */
void axis_figure(text *out, double value, int as_percent, int32_t language);

#endif
