/* The sums over rows that Newton's method of logistic.c asks for. Not for other modules. */
#ifndef PROPENSE_LOGISTIC_SUMS_H
#define PROPENSE_LOGISTIC_SUMS_H

#include "logistic.h"

typedef struct logistic_sums {
    const logistic_matrix *x;
    const uint8_t *y;
    const double *w; /* or NULL */
    pool *threads;
    int64_t d, stride; /* d = k + 1; stride: d, rounded up to four */
    double *residual;  /* [n] w (p - y) at the last coefficients */
    double *spread;    /* [n] w p (1 - p) */
    double *losses;    /* [blocks] */
    double *scratch;   /* [threads, chunk_rows + 1, stride] */
    double *hessian;   /* [d, stride] lower triangle */
    double *gradient;  /* [stride] */
    const double *at;  /* [d] */
} logistic_sums;

/* Takes everything but x, y, w, threads, which must be set. 0 on exhaustion. */
int logistic_sums_take(logistic_sums *s, arena *mem);
/* dst: [x->k + 1] row i with a 1 in front. */
void logistic_row(double *dst, const logistic_matrix *x, int64_t i);
/* The sum of w times the log-loss at coefficients: [d]; fills residual and spread. */
double logistic_loss(logistic_sums *s, const double *coefficients);
/* Fills gradient and hessian from residual and spread, without the ridge. */
void logistic_slopes(logistic_sums *s);

#endif
