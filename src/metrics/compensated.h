/* A sum of doubles that keeps what rounding would drop (Neumaier 1974): off by a unit or two in the
 * last place whatever the number of terms. The order of the terms is the caller's to fix. */
#ifndef PROPENSE_COMPENSATED_H
#define PROPENSE_COMPENSATED_H

typedef struct compensated {
    double sum, rest;
} compensated;

static inline void compensated_add(compensated *s, double x)
{
    double sum = s->sum + x, part = sum - s->sum;
    s->rest += (s->sum - (sum - part)) + (x - part); /* Knuth's two-sum: no branch on magnitudes */
    s->sum = sum;
}
static inline double compensated_value(compensated s)
{
    return s.sum + s.rest;
}

#endif
