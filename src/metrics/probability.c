/* Log-loss, Brier score, calibration error: sums over the ranking and over its bins.
 * Leaves slope and intercept to slope.c.
 * Read probability.h first. */
#include "probability.h"

#include <math.h>

#include "compensated.h"
#include "curves.h"
#include "maths.h"

#define TWO_OVER_PI 0.63661977236758134308

int probabilities_usable(const ranked *r)
{
    if (r->n == 0 || r->steps.has_nan) return 0;
    return r->score[0] <= 1 && r->score[r->steps.n_steps - 1] >= 0;
}

/* ---- Sums over rows */

static double clipped(double p)
{
    const double eps = 0x1p-52;
    return p < eps ? eps : p > 1 - eps ? 1 - eps : p;
}

double log_loss(const ranked *r)
{
    compensated sum = { 0, 0 };
    if (!probabilities_usable(r)) return (double)NAN;
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        double p = clipped(r->score[i]), m = (double)ranked_positives(r, i);
        double n = (double)ranked_negatives(r, i);
        if (m > 0) compensated_add(&sum, -m * m_log(p));
        if (n > 0) compensated_add(&sum, -n * m_log1p(-p));
    }
    return compensated_value(sum) / (double)r->n;
}

double log_loss_of_base_rate(const ranked *r)
{
    double m = (double)r->steps.n_positive, n = (double)r->steps.n_negative, all = (double)r->n;
    if (!probabilities_usable(r)) return (double)NAN;
    double sum = 0;
    if (m > 0) sum -= m / all * m_log(m / all);
    if (n > 0) sum -= n / all * m_log(n / all);
    return sum;
}

double brier_score(const ranked *r)
{
    compensated sum = { 0, 0 };
    if (!probabilities_usable(r)) return (double)NAN;
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        double p = r->score[i], q = 1 - p;
        compensated_add(&sum, (double)ranked_positives(r, i) * q * q);
        compensated_add(&sum, (double)ranked_negatives(r, i) * p * p);
    }
    return compensated_value(sum) / (double)r->n;
}

/* ---- Bins */

typedef struct bin {
    int64_t first, end; /* steps */
    int64_t rows, positives;
    double mean_p,
        variance; /* of its rows' p, and the variance of its number of positives: sum p q */
} bin;

/* numpy.array_split: the first n % k bins have one row more. */
static int64_t bin_of_row(int64_t row, int64_t n, int64_t k)
{
    int64_t size = n / k, longer = n % k, in_longer = longer * (size + 1);
    return row < in_longer ? row / (size + 1) : longer + (row - in_longer) / size;
}

static void set_means(bin *b, const ranked *r)
{
    compensated p = { 0, 0 }, v = { 0, 0 };
    for (int64_t i = b->first; i < b->end; i++) {
        double rows = (double)(ranked_positives(r, i) + ranked_negatives(r, i)), at = r->score[i];
        compensated_add(&p, rows * at);
        compensated_add(&v, rows * at * (1 - at));
    }
    b->mean_p = compensated_value(p) / (double)b->rows;
    b->variance = compensated_value(v);
}

/* Whole steps, each where its middle row falls; bins that get none are left out. */
static int64_t bins_of(bin *out, int64_t n_bins, const ranked *r)
{
    int64_t n = 0, last = -1, row = 0, k = n_bins < r->n ? n_bins : r->n;
    if (!probabilities_usable(r) || n_bins < 1 || n_bins > most_bins) return 0;
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        int64_t m = ranked_positives(r, i), rows = m + ranked_negatives(r, i);
        int64_t here = bin_of_row(row + (rows - 1) / 2, r->n, k);
        if (here != last) out[n++] = (bin){ .first = i };
        last = here;
        out[n - 1].end = i + 1;
        out[n - 1].rows += rows;
        out[n - 1].positives += m;
        row += rows;
    }
    for (int64_t i = 0; i < n; i++) set_means(&out[i], r);
    return n;
}

static double rate_of(const bin *b)
{
    return (double)b->positives / (double)b->rows;
}

static void add_within(compensated *variance, compensated *covariance, const bin *b,
                       const ranked *r)
{
    double rate = rate_of(b);
    for (int64_t i = b->first; i < b->end; i++) {
        double m = (double)ranked_positives(r, i), n = (double)ranked_negatives(r, i);
        double off = r->score[i] - b->mean_p;
        compensated_add(variance, (m + n) * off * off);
        compensated_add(covariance, 2 * off * (m * (1 - rate) - n * rate));
    }
}

brier_parts brier_parts_of(const ranked *r, int64_t n_bins)
{
    const double none = (double)NAN;
    bin bins[most_bins];
    compensated reliability = { 0, 0 }, resolution = { 0, 0 };
    compensated variance = { 0, 0 }, covariance = { 0, 0 };
    int64_t k = bins_of(bins, n_bins, r);
    if (!k) return (brier_parts){ none, none, none, none, none, none, 0 };
    double n = (double)r->n, base = (double)r->steps.n_positive / n;
    for (int64_t i = 0; i < k; i++) {
        double rows = (double)bins[i].rows, rate = rate_of(&bins[i]);
        double gap = bins[i].mean_p - rate, lift = rate - base;
        compensated_add(&reliability, rows * gap * gap);
        compensated_add(&resolution, rows * lift * lift);
        add_within(&variance, &covariance, &bins[i], r);
    }
    return (brier_parts){ .brier = brier_score(r),
                          .reliability = compensated_value(reliability) / n,
                          .resolution = compensated_value(resolution) / n,
                          .uncertainty = base * (1 - base),
                          .within_variance = compensated_value(variance) / n,
                          .within_covariance = compensated_value(covariance) / n,
                          .n_bins = k };
}

int64_t reliability_table(reliability_bin *out, int64_t n_bins, const ranked *r, double level)
{
    bin bins[most_bins];
    int64_t k = bins_of(bins, n_bins, r);
    for (int64_t i = 0; i < k; i++) {
        const bin *b = &bins[i];
        share_interval s = wilson((double)b->positives, (double)b->rows, level);
        out[i] = (reliability_bin){ .rows = b->rows,
                                    .positives = b->positives,
                                    .mean_p = b->mean_p,
                                    .least_p = r->score[b->end - 1],
                                    .most_p = r->score[b->first],
                                    .rate = rate_of(b),
                                    .low = s.low,
                                    .high = s.high };
    }
    return k;
}

/* ---- Expected calibration error */

/* E|S - mean| of a binomial with this mean and variance (de Moivre), or of the Poisson distribution
 * where the two are equal to rounding. */
static double mean_deviation(double mean, double variance)
{
    if (!(variance > 0) || !(mean > 0)) return 0;
    if (variance > 10000) return sqrt(TWO_OVER_PI * variance);
    double q = 1 - variance / mean, k = floor(mean);
    if (q < 1e-9) return 2 * m_exp((k + 1) * m_log(mean) - mean - m_lgamma(k + 1));
    double n = mean / q;
    double terms = m_lgamma(n + 1) - m_lgamma(k + 1) - m_lgamma(n - k);
    return 2 * m_exp(terms + (k + 1) * m_log(q) + (n - k) * m_log1p(-q));
}

/* The expected gap of a calibrated model in this bin; counted by the rarer class, which is the
 * closer to what the formula assumes. */
static double expected_gap(const bin *b)
{
    double rows = (double)b->rows, mean = b->mean_p * rows;
    double rarer = mean < rows / 2 ? mean : rows - mean;
    return mean_deviation(rarer, b->variance) / rows;
}

ece_figures ece_of(const ranked *r, int64_t n_bins)
{
    bin bins[most_bins];
    compensated ece = { 0, 0 }, noise_floor = { 0, 0 };
    int64_t k = bins_of(bins, n_bins, r);
    if (!k) return (ece_figures){ (double)NAN, (double)NAN, (double)NAN, 0 };
    double largest = 0;
    for (int64_t i = 0; i < k; i++) {
        double gap = fabs(rate_of(&bins[i]) - bins[i].mean_p), rows = (double)bins[i].rows;
        compensated_add(&ece, rows * gap);
        compensated_add(&noise_floor, rows * expected_gap(&bins[i]));
        if (gap > largest) largest = gap;
    }
    double n = (double)r->n;
    return (ece_figures){ compensated_value(ece) / n, largest, compensated_value(noise_floor) / n,
                          k };
}
