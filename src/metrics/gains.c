/* Lift and gains by bins of equally many rows, and Wilson's interval.
 * Leaves curves to curves.c.
 * Read curves.h first; ties across a cut are shared in proportion. */
#include <math.h>

#include "curves.h"
#include "maths.h"

share_interval wilson(double hits, double n, double level)
{
    if (!(n > 0)) return (share_interval){ (double)NAN, (double)NAN };
    double z = m_normal_quantile(0.5 + level / 2), z2 = z * z;
    double centre = (hits + z2 / 2) / (n + z2);
    double half = z / (n + z2) * sqrt(hits * (n - hits) / n + z2 / 4);
    share_interval s = { centre - half, centre + half };
    if (hits <= 0 || s.low < 0) s.low = 0;
    if (hits >= n || s.high > 1) s.high = 1;
    return s;
}

static int64_t rows_to(const ranked *r, int64_t step)
{
    return r->steps.positives[step] + r->steps.negatives[step];
}

/* Positives among the best `rows`, the last of which is in this step. */
static double positives_to(const ranked *r, int64_t step, int64_t rows)
{
    int64_t before = step ? rows_to(r, step - 1) : 0, size = rows_to(r, step) - before;
    double above = step ? (double)r->steps.positives[step - 1] : 0.0;
    return above + (double)ranked_positives(r, step) * (double)(rows - before) / (double)size;
}

/* The step of the row with this rank. */
static int64_t step_of(const ranked *r, int64_t rank)
{
    int64_t low = 0, high = r->steps.n_steps - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows_to(r, middle) > rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double positives_in_best(const ranked *r, int64_t rows)
{
    if (r->steps.has_nan) return (double)NAN;
    if (rows <= 0 || r->n == 0) return 0;
    if (rows > r->n) rows = r->n;
    return positives_to(r, step_of(r, rows - 1), rows);
}

/* The bin of the rows before.rows_so_far .. end - 1. */
static gain_bin bin_after(const gain_bin *before, const ranked *r, int64_t end, double level)
{
    const double all = (double)r->steps.n_positive, n = (double)r->n, base = all / n;
    int64_t step = step_of(r, end - 1);
    gain_bin b = { 0 };
    b.rows_so_far = (double)end;
    b.positives_so_far = positives_to(r, step, end);
    b.rows = b.rows_so_far - before->rows_so_far;
    b.positives = b.positives_so_far - before->positives_so_far;
    b.rate = b.positives / b.rows;
    share_interval here = wilson(b.positives, b.rows, level);
    share_interval so_far = wilson(b.positives_so_far, b.rows_so_far, level);
    b.low = here.low;
    b.high = here.high;
    b.least_score = r->score[step];
    b.depth = b.rows_so_far / n;
    b.lift = b.gain = b.lift_so_far = b.most_gain = (double)NAN;
    b.most_lift_so_far = b.lift_low = b.lift_high = (double)NAN;
    if (!(all > 0)) return b;
    b.lift = b.rate / base;
    b.gain = b.positives_so_far / all;
    b.lift_so_far = b.positives_so_far / b.rows_so_far / base;
    b.most_gain = b.rows_so_far < all ? b.rows_so_far / all : 1.0;
    b.most_lift_so_far = b.rows_so_far < all ? n / all : n / b.rows_so_far;
    b.lift_low = so_far.low / base;
    b.lift_high = so_far.high / base;
    return b;
}

int64_t gains_table(gain_bin *out, int64_t n_bins, const ranked *r, double level)
{
    if (r->steps.has_nan || n_bins < 1) return 0;
    if (n_bins > r->n) n_bins = r->n;
    gain_bin before = { 0 };
    for (int64_t i = 0, end = 0; i < n_bins; i++) {
        end += r->n / n_bins + (i < r->n % n_bins);
        out[i] = bin_after(&before, r, end, level);
        before = out[i];
    }
    return n_bins;
}

static gain_bin no_gain(void)
{
    const double none = (double)NAN;
    gain_bin b = { 0 };
    b.positives = b.rate = b.low = b.high = b.lift = b.least_score = b.depth = none;
    b.positives_so_far = b.gain = b.lift_so_far = b.most_gain = b.most_lift_so_far = none;
    b.lift_low = b.lift_high = none;
    return b;
}

gain_bin gain_at(const ranked *r, double depth, double level)
{
    if (r->steps.has_nan || r->n == 0 || !(depth > 0)) return no_gain();
    double rows = floor(depth * (double)r->n + 0.5);
    int64_t end = rows < 1 ? 1 : rows > (double)r->n ? r->n : (int64_t)rows;
    return bin_after(&(gain_bin){ 0 }, r, end, level);
}
