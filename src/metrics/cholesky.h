/* Symmetric positive definite systems in double, dense, in plain loops: for a few hundred unknowns.
 */
#ifndef PROPENSE_CHOLESKY_H
#define PROPENSE_CHOLESKY_H

#include <stdint.h>

/* a: [n, stride], lower triangle in, its factor L out (a = L L'); what lies above stays. Returns n,
 * or the first row whose pivot is not above 1e-13 times its diagonal: it depends on the rows before
 * it. */
int64_t cholesky(double *a, int64_t n, int64_t stride);
/* x: [n], in place: (L L')^-1 x. */
void cholesky_solve(double *x, const double *l, int64_t n, int64_t stride);
/* out: [n, n] (L L')^-1, symmetric. l is overwritten by its inverse. */
void cholesky_inverse(double *out, double *l, int64_t n, int64_t stride);

#endif
