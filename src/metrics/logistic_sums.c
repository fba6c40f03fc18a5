/* Loss, gradient and Hessian of a logistic regression: sums over rows in their order.
 * Leaves the method to logistic.c.
 * Read logistic_sums.h first. Threads split blocks of rows whose sums are added in order, and rows
 * of the Hessian, whose every element is one chain over the rows of the matrix. */
#include "compensated.h"
#include "logistic_sums.h"
#include "maths.h"

enum { block_rows = 1024, chunk_rows = 64 };

typedef double quad __attribute__((vector_size(32), aligned(8), may_alias));

int logistic_sums_take(logistic_sums *s, arena *mem)
{
    int64_t n = s->x->n;
    s->d = s->x->k + 1;
    s->stride = (s->d + 3) / 4 * 4;
    s->residual = TAKE(mem, double, n);
    s->spread = TAKE(mem, double, n);
    s->losses = TAKE(mem, double, (n + block_rows - 1) / block_rows);
    s->scratch = TAKE_WIDE(mem, double, pool_size(s->threads) * (chunk_rows + 1) * s->stride);
    s->hessian = TAKE_WIDE(mem, double, s->d * s->stride);
    s->gradient = TAKE(mem, double, s->stride);
    return s->residual && s->spread && s->losses && s->scratch && s->hessian && s->gradient;
}

void logistic_row(double *dst, const logistic_matrix *x, int64_t i)
{
    int64_t at = i * (x->stride ? x->stride : x->k);
    dst[0] = 1;
    for (int64_t j = 0; j < x->k; j++)
        dst[j + 1] = x->f64 ? x->f64[at + j] : (double)x->f32[at + j];
}

/* ---- Loss */

static double block_loss(logistic_sums *s, int64_t from, int64_t to, double *row)
{
    compensated sum = { 0, 0 };
    for (int64_t i = from; i < to; i++) {
        double w = s->w ? s->w[i] : 1, eta = 0;
        logistic_row(row, s->x, i);
        for (int64_t j = 0; j < s->d; j++) eta += s->at[j] * row[j];
        double small = m_exp(eta > 0 ? -eta : eta), all = 1 + small;
        double p = (eta > 0 ? 1 : small) / all, q = (eta > 0 ? small : 1) / all;
        double wrong = s->y[i] ? -eta : eta; /* > 0: on the wrong side */
        s->residual[i] = s->y[i] ? -w * q : w * p;
        s->spread[i] = w * p * q;
        compensated_add(&sum, w * (m_log1p(small) + (wrong > 0 ? wrong : 0)));
    }
    return compensated_value(sum);
}

static void loss_share(void *user, int worker)
{
    logistic_sums *s = user;
    int64_t n = s->x->n, blocks = (n + block_rows - 1) / block_rows;
    double *row = s->scratch + worker * (chunk_rows + 1) * s->stride;
    for (int64_t b = worker; b < blocks; b += pool_size(s->threads)) {
        int64_t to = (b + 1) * block_rows;
        s->losses[b] = block_loss(s, b * block_rows, to < n ? to : n, row);
    }
}

double logistic_loss(logistic_sums *s, const double *coefficients)
{
    compensated sum = { 0, 0 };
    s->at = coefficients;
    pool_run(s->threads, pool_size(s->threads), loss_share, s);
    for (int64_t b = 0; b * block_rows < s->x->n; b++) compensated_add(&sum, s->losses[b]);
    return compensated_value(sum);
}

/* ---- Gradient and Hessian */

/* to[0 .. n-1] += a[0] x[0], then a[1] x[1], ...: four rows of the matrix, one after the other for
 * each element. n is a multiple of four; rows are `stride` apart. */
static void add_four(double *restrict to, const double a[4], const double *restrict x,
                     int64_t stride, int64_t n)
{
    const quad a0 = { a[0], a[0], a[0], a[0] }, a1 = { a[1], a[1], a[1], a[1] };
    const quad a2 = { a[2], a[2], a[2], a[2] }, a3 = { a[3], a[3], a[3], a[3] };
    const double *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;
    for (int64_t j = 0; j < n; j += 4) {
        quad sum = *(const quad *)(to + j) + a0 * *(const quad *)(x + j);
        sum += a1 * *(const quad *)(x1 + j);
        sum += a2 * *(const quad *)(x2 + j);
        sum += a3 * *(const quad *)(x3 + j);
        *(quad *)(to + j) = sum;
    }
}

/* Rows `from` .. `to` of the Hessian (and of the gradient) get a chunk of the matrix. Zeros, of
 * which columns of words are full, add nothing and are passed over. */
static void add_chunk(logistic_sums *s, const double *x, const double *residual,
                      const double *spread, int64_t from, int64_t to)
{
    int64_t stride = s->stride;
    for (int64_t i = from; i < to; i++) {
        for (int64_t r = 0; r < chunk_rows; r += 4) {
            const double *four = x + r * stride;
            double a[4], g[4], any = 0;
            for (int k = 0; k < 4; k++) {
                double here = four[k * stride + i];
                a[k] = spread[r + k] * here;
                g[k] = residual[r + k] * here;
                any = here != 0 ? 1 : any;
            }
            if (any == 0) continue;
            add_four(s->hessian + i * stride, a, four, stride, (i + 4) / 4 * 4);
            for (int k = 0; k < 4; k++) s->gradient[i] += g[k];
        }
    }
}

/* The first Hessian row of a worker: equal shares of the triangle. */
static int64_t first_row(int64_t d, int worker, int n)
{
    int64_t i = 0;
    while (i < d && i * i * n < d * d * worker) i++;
    return worker == n ? d : i;
}

static void slopes_share(void *user, int worker)
{
    logistic_sums *s = user;
    int n_workers = pool_size(s->threads);
    int64_t from = first_row(s->d, worker, n_workers), to = first_row(s->d, worker + 1, n_workers);
    double *x = s->scratch + worker * (chunk_rows + 1) * s->stride;
    for (int64_t i = from; i < to; i++) {
        s->gradient[i] = 0;
        for (int64_t j = 0; j < s->stride; j++) s->hessian[i * s->stride + j] = 0;
    }
    for (int64_t begin = 0; begin < s->x->n; begin += chunk_rows) {
        double residual[chunk_rows] = { 0 }, spread[chunk_rows] = { 0 };
        for (int64_t r = 0; r < chunk_rows; r++) {
            if (begin + r >= s->x->n) { /* rows of zeros */
                for (int64_t j = 0; j < s->stride; j++) x[r * s->stride + j] = 0;
                continue;
            }
            logistic_row(x + r * s->stride, s->x, begin + r);
            residual[r] = s->residual[begin + r];
            spread[r] = s->spread[begin + r];
        }
        add_chunk(s, x, residual, spread, from, to);
    }
}

void logistic_slopes(logistic_sums *s)
{
    pool_run(s->threads, pool_size(s->threads), slopes_share, s);
}
