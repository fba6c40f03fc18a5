/* preprocessing.scale with scikit-learn's operations in scikit-learn's order.
 * Leaves StandardScaler, whose sums run otherwise, to encoder.c.
 * Read scale.h first. */
#include "scale.h"

#include <math.h>

/* sum[c] of x[n][m]: row by row, as NumPy reduces a C-ordered array over its first axis. */
static void sum_columns(double *sum, const double *x, int64_t n, int64_t m)
{
    for (int64_t c = 0; c < m; c++) sum[c] = x[c];
    for (int64_t i = 1; i < n; i++)
        for (int64_t c = 0; c < m; c++) sum[c] += x[i * m + c];
}

static void mean_columns(double *mean, const double *x, int64_t n, int64_t m)
{
    sum_columns(mean, x, n, m);
    for (int64_t c = 0; c < m; c++) mean[c] /= (double)n;
}

static void subtract(double *x, const double *row, int64_t n, int64_t m)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < m; c++) x[i * m + c] -= row[c];
}

/* np.allclose(mean, 0): |mean| <= 1e-8 everywhere. */
static int is_close_to_zero(const double *mean, int64_t m)
{
    for (int64_t c = 0; c < m; c++)
        if (!(fabs(mean[c]) <= 1e-8)) return 0;
    return 1;
}

/* np.nanstd, and 1 for columns that are constant within rounding. squares: [n][m] scratch. */
static void deviation_columns(double *sd, const double *x, const double *mean, double *squares,
                              int64_t n, int64_t m)
{
    const double eps = 0x1p-52;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < m; c++) {
            double d = x[i * m + c] - mean[c];
            squares[i * m + c] = d * d;
        }
    sum_columns(sd, squares, n, m);
    for (int64_t c = 0; c < m; c++) {
        sd[c] = sqrt(sd[c] / (double)n);
        if (sd[c] < 10 * eps) sd[c] = 1;
    }
}

status scale_columns(double *x, int64_t n, int64_t m, arena *tmp, propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    double *mean = TAKE(tmp, double, m), *sd = TAKE(tmp, double, m);
    double *squares = n <= INT64_MAX / m ? TAKE(tmp, double, n *m) : NULL;
    if (!mean || !sd || !squares) return fail_memory(err);
    mean_columns(mean, x, n, m);
    deviation_columns(sd, x, mean, squares, n, m);
    subtract(x, mean, n, m);
    mean_columns(mean, x, n, m);
    if (!is_close_to_zero(mean, m)) subtract(x, mean, n, m);
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < m; c++) x[i * m + c] /= sd[c];
    mean_columns(mean, x, n, m);
    if (!is_close_to_zero(mean, m)) subtract(x, mean, n, m);
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}
