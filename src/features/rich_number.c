/* Fits and applies the several inputs of a number: ranks, bins, and where each may end.
 * Leaves mean and scale to encoder.c and categorical columns altogether.
 * Read rich_number.h first. */
#include "rich_number.h"

#include <math.h>
#include <string.h>

#include "maths.h"
#include "sorting.h"

/* ---- The distinct values of a column */

typedef struct values {
    int64_t n;         /* rows with a value */
    int64_t m;         /* distinct values */
    double *value;     /* [m] ascending */
    int64_t *count;    /* [m] rows of each */
    int64_t *below;    /* [m] rows of all before */
    int64_t low, high; /* indexes between which values may be kept; high < low: none */
} values;

static int is_kept(const values *d, int64_t i)
{
    return i >= d->low && i <= d->high && fabs(d->value[i]) <= rich_largest;
}

/* The first value that at least `rows` rows reach from below, the last that they reach from above.
 */
static void find_ends(values *d)
{
    const int64_t least = 5;
    int64_t rows = (d->n + 999) / 1000;
    if (rows < least) rows = least;
    for (d->low = 0; d->low < d->m && d->below[d->low] + d->count[d->low] < rows;) d->low++;
    for (d->high = d->m - 1; d->high >= 0 && d->n - d->below[d->high] < rows;) d->high--;
}

static status find_values(values *d, const double *x, int64_t n, arena *scratch,
                          propense_error *err)
{
    double *sorted = TAKE(scratch, double, n), *spare = TAKE(scratch, double, n);
    *d = (values){ 0 };
    if (!sorted || !spare) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        if (x[i] == x[i]) sorted[d->n++] = x[i];
    sort_numbers(sorted, spare, d->n);
    for (int64_t i = 0; i < d->n; i++) d->m += i == 0 || sorted[i] != sorted[i - 1];
    d->value = TAKE(scratch, double, d->m);
    d->count = TAKE(scratch, int64_t, d->m);
    d->below = TAKE(scratch, int64_t, d->m);
    if (!d->value || !d->count || !d->below) return fail_memory(err);
    int64_t at = -1;
    for (int64_t i = 0; i < d->n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            d->value[++at] = sorted[i];
            d->below[at] = i;
        }
        d->count[at]++;
    }
    find_ends(d);
    return PROPENSE_OK;
}

/* How many of the ascending a[n] are <= x. */
static int32_t count_up_to(const double *a, int32_t n, double x)
{
    int32_t low = 0;
    while (n > 0) { /* the compiler makes a conditional move of it */
        int32_t half = n / 2;
        int beyond = a[low + half] <= x;
        low = beyond ? low + half + 1 : low;
        n = beyond ? n - half - 1 : half;
    }
    return low;
}

/* ---- Rank-normal */

static double rank_score(const rich_number *r, double x)
{
    if (!r->n_knots) return 0;
    int32_t k = count_up_to(r->knot, r->n_knots, x) - 1;
    if (k < 0) return r->score[0];
    if (k == r->n_knots - 1) return r->score[k];
    double t = (x - r->knot[k]) / (r->knot[k + 1] - r->knot[k]);
    return r->score[k] + t * (r->score[k + 1] - r->score[k]);
}

/* The normal quantile of the mid-rank, (rows below + half of its own) / rows, within 1e-4. */
static double mid_rank(const values *d, int64_t i)
{
    double p = ((double)d->below[i] + (double)d->count[i] / 2) / (double)d->n;
    return p < 1e-4 ? 1e-4 : p > 1 - 1e-4 ? 1 - 1e-4 : p;
}

/* A value is a knot where the rank passes a multiple of 1/128 or the score one of 1/16 (which is
 * finer in the tails): at most 128 + 120 of them, however many values there are. */
static void choose_knots(rich_number *r, const values *d)
{
    double rank_cell = -1, score_cell = -1000;
    for (int64_t i = d->low; i <= d->high; i++) {
        double p = mid_rank(d, i), z = m_normal_quantile(p);
        int is_end = i == d->low || i == d->high;
        if (!is_kept(d, i)) continue;
        if (!is_end && floor(p * 128) == rank_cell && floor(z * 16) == score_cell) continue;
        if (r->n_knots == rich_most_knots) break;
        rank_cell = floor(p * 128), score_cell = floor(z * 16);
        r->knot[r->n_knots] = d->value[i];
        r->score[r->n_knots++] = z;
    }
}

/* Scores so that the training rows have mean 0 and variance 1. */
static void standardise(rich_number *r, const values *d)
{
    double sum = 0, squares = 0, n = (double)d->n;
    for (int64_t i = 0; i < d->m; i++) sum += (double)d->count[i] * rank_score(r, d->value[i]);
    double mean = sum / n;
    for (int64_t i = 0; i < d->m; i++) {
        double z = rank_score(r, d->value[i]) - mean;
        squares += (double)d->count[i] * z * z;
    }
    double scale = sqrt(squares / n);
    for (int32_t k = 0; k < r->n_knots; k++)
        r->score[k] = scale > 1e-9 ? (r->score[k] - mean) / scale : 0;
}

static status fit_ranks(rich_number *r, const values *d, arena *mem, propense_error *err)
{
    r->knot = TAKE(mem, double, rich_most_knots);
    r->score = TAKE(mem, double, rich_most_knots);
    if (!r->knot || !r->score) return fail_memory(err);
    choose_knots(r, d);
    standardise(r, d);
    return PROPENSE_OK;
}

/* ---- Bins */

/* Which values are edges: all when they are few, else the values at the quantiles; a value that
 * more than a bin's share of the rows have gets its neighbours too, to stand out by a step. */
static void mark_edges(uint8_t *is_edge, const values *d)
{
    if (d->m <= rich_quantiles + 1) {
        for (int64_t i = 0; i < d->m; i++) is_edge[i] = 1;
        return;
    }
    int64_t i = 0;
    for (int q = 0; q <= rich_quantiles; q++) {
        int64_t row = (int64_t)floor((double)q / rich_quantiles * (double)(d->n - 1) + 0.5);
        while (d->below[i] + d->count[i] <= row) i++;
        is_edge[i < d->low ? d->low : i > d->high ? d->high : i] = 1;
    }
    for (i = 0; i < d->m; i++) {
        if (d->count[i] * rich_quantiles <= d->n) continue;
        is_edge[i] = 1;
        if (i > 0) is_edge[i - 1] = 1;
        if (i + 1 < d->m) is_edge[i + 1] = 1;
    }
}

/* The mean of each bin: rows beyond it count 1, rows within their share of it. */
static void average_bins(rich_number *r, const values *d)
{
    double beyond = 0, n = (double)d->n;
    int64_t i = d->m - 1;
    for (int32_t b = r->n_bins - 1; b >= 0; b--) {
        double low = r->edge[b], high = r->edge[b + 1], within = 0, here = 0;
        for (; i >= 0 && d->value[i] >= high; i--) beyond += (double)d->count[i];
        for (; i >= 0 && d->value[i] >= low; i--) {
            within += (double)d->count[i] * ((d->value[i] - low) / (high - low));
            here += (double)d->count[i];
        }
        r->bin_mean[b] = (beyond + within) / n;
        beyond += here;
    }
}

static status fit_bins(rich_number *r, const values *d, arena *mem, arena *scratch,
                       propense_error *err)
{
    int32_t n = 0;
    uint8_t *is_edge = TAKE(scratch, uint8_t, d->m);
    r->edge = TAKE(mem, double, rich_most_bins + 1);
    r->bin_mean = TAKE(mem, double, rich_most_bins);
    if (!is_edge || !r->edge || !r->bin_mean) return fail_memory(err);
    if (d->low <= d->high) mark_edges(is_edge, d);
    for (int64_t i = 0; i < d->m && n <= rich_most_bins; i++)
        if (is_edge[i] && is_kept(d, i)) r->edge[n++] = d->value[i];
    r->n_bins = n > 1 ? n - 1 : 0;
    average_bins(r, d);
    return PROPENSE_OK;
}

int rich_number_finish(rich_number *r, arena *mem)
{
    r->full = TAKE(mem, float, r->n_bins);
    r->empty = TAKE(mem, float, r->n_bins);
    if (!r->full || !r->empty) return 0;
    for (int32_t b = 0; b < r->n_bins; b++) {
        r->full[b] = (float)(1 - r->bin_mean[b]);
        r->empty[b] = (float)(0 - r->bin_mean[b]);
    }
    return 1;
}

status rich_number_fit(rich_number **out, const double *x, int64_t n, arena *mem, arena *scratch,
                       propense_error *err)
{
    values d;
    rich_number *r = *out = TAKE(mem, rich_number, 1);
    if (!r) return fail_memory(err);
    arena_mark mark = arena_here(scratch);
    TRY(find_values(&d, x, n, scratch, err));
    r->says_missing = d.n < n;
    TRY(fit_ranks(r, &d, mem, err));
    TRY(fit_bins(r, &d, mem, scratch, err));
    arena_rewind(scratch, mark);
    return rich_number_finish(r, mem) ? PROPENSE_OK : fail_memory(err);
}

/* ---- Applying it */

static void put_bins(float *x, const rich_number *r, double v)
{
    int32_t k = count_up_to(r->edge, r->n_bins + 1, v) - 1; /* the bin that v is in */
    const float *full = r->full, *empty = r->empty;
    for (int32_t b = 0; b < r->n_bins; b++) x[b] = b < k ? full[b] : empty[b];
    if (k >= 0 && k < r->n_bins)
        x[k] = (float)((v - r->edge[k]) / (r->edge[k + 1] - r->edge[k]) - r->bin_mean[k]);
}

int64_t rich_number_put(float *x, int64_t stride, const double *v, int64_t n, const rich_number *r,
                        double mean, double scale)
{
    const double most = 5;
    int64_t n_missing = 0;
    int32_t width = rich_number_inputs(r);
    for (int64_t i = 0; i < n; i++, x += stride) {
        if (v[i] != v[i]) {
            memset(x, 0, (size_t)width * sizeof *x);
            if (r->says_missing) x[width - 1] = 1;
            n_missing++;
            continue;
        }
        double z = (v[i] - mean) / scale;
        x[0] = (float)(z < -most ? -most : z > most ? most : z);
        x[1] = (float)rank_score(r, v[i]);
        if (r->n_bins) put_bins(x + rich_first_bin, r, v[i]);
        if (r->says_missing) x[width - 1] = 0;
    }
    return n_missing;
}
