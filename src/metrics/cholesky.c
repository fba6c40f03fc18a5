/* Cholesky's factor, the solution of a system, the inverse.
 * Leaves what a dependent row means to logistic.c.
 * Read cholesky.h first. Every sum runs in one order. */
#include "cholesky.h"

#include <math.h>

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

int64_t cholesky(double *a, int64_t n, int64_t stride)
{
    for (int64_t i = 0; i < n; i++) {
        double *row = a + i * stride, diagonal = row[i];
        for (int64_t j = 0; j < i; j++) {
            const double *above = a + j * stride;
            row[j] = (row[j] - dot(row, above, j)) / above[j];
        }
        double pivot = diagonal - dot(row, row, i);
        if (!(pivot > 1e-13 * diagonal)) return i;
        row[i] = sqrt(pivot);
    }
    return n;
}

void cholesky_solve(double *x, const double *l, int64_t n, int64_t stride)
{
    for (int64_t i = 0; i < n; i++) x[i] = (x[i] - dot(l + i * stride, x, i)) / l[i * stride + i];
    for (int64_t i = n - 1; i >= 0; i--) {
        const double *row = l + i * stride;
        x[i] /= row[i];
        for (int64_t j = 0; j < i; j++) x[j] -= row[j] * x[i];
    }
}

/* L^-1 row by row: row i is -(1 / l_ii) sum over k < i of l_ik row k, and 1 / l_ii at the end. */
static void invert(double *l, double *out, int64_t n, int64_t stride)
{
    for (int64_t i = 0; i < n; i++) {
        double *row = l + i * stride, *sum = out;
        for (int64_t j = 0; j < i; j++) sum[j] = 0;
        for (int64_t k = 0; k < i; k++) {
            const double *done = l + k * stride;
            for (int64_t j = 0; j <= k; j++) sum[j] += row[k] * done[j];
        }
        for (int64_t j = 0; j < i; j++) row[j] = -sum[j] / row[i];
        row[i] = 1 / row[i];
    }
}

void cholesky_inverse(double *out, double *l, int64_t n, int64_t stride)
{
    invert(l, out, n, stride);
    for (int64_t i = 0; i < n * n; i++) out[i] = 0;
    for (int64_t k = 0; k < n; k++) {
        const double *row = l + k * stride;
        for (int64_t i = 0; i <= k; i++)
            for (int64_t j = 0; j <= i; j++) out[i * n + j] += row[i] * row[j];
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) out[j * n + i] = out[i * n + j];
}
