/* Resampled customers: counts of a draw, many draws on several threads, percentiles.
 * Leaves the figures to figure_cells.c and intervals.c.
 * Read intervals.h first; Efron 1979. */
#include <math.h>
#include <string.h>

#include "figure_draws.h"
#include "maths.h"
#include "ordering.h"
#include "random.h"

/* ---- One draw */

static draw_key key_of(uint64_t seed, uint32_t stream)
{
    return (draw_key){ seed, DRAW_BOOTSTRAP, stream };
}

/* `times` times one of n: four places a block of the generator, `from` on. The high word of word *
 * n is even to n / 2^32. */
static void draw_places(int32_t *counts, draw_key key, uint32_t draw, uint64_t from, int64_t times,
                        int64_t n)
{
    uint32_t words[4];
    uint64_t all = (uint64_t)n;
    for (int64_t block = 0; block < times / 4; block++) {
        draw_block(words, key, draw, from + (uint64_t)block);
        for (int k = 0; k < 4; k++) counts[words[k] * all >> 32]++;
    }
    draw_block(words, key, draw, from + (uint64_t)times / 4);
    for (int k = 0; k < times % 4; k++) counts[words[k] * all >> 32]++;
}

/* Rows by parts that a core's cache holds: first how many fall into each part, then where in it. */
enum { part_rows = 1 << 15, most_parts = 1 << 12 };

static void draw_parts(int32_t *counts, draw_key key, uint32_t draw, int64_t n)
{
    int32_t times[most_parts] = { 0 };
    int64_t n_parts = (n + part_rows - 1) / part_rows;
    uint32_t words[4];
    for (int64_t i = 0; i < n; i++) {
        if (i % 4 == 0) draw_block(words, key, draw, (uint64_t)i / 4);
        times[(words[i % 4] * (uint64_t)n >> 32) / part_rows]++;
    }
    for (int64_t part = 0; part < n_parts; part++) {
        int64_t begin = part * part_rows, rows = n - begin < part_rows ? n - begin : part_rows;
        uint64_t from = (uint64_t)(part + 1) << 32;
        draw_places(counts + begin, key, draw, from, times[part], rows);
    }
}

/* n times one of n: adds to counts: [n]. Beyond 2^27 rows 32 bits would be too coarse. */
static void draw_counts(int32_t *counts, draw_key key, uint32_t draw, int64_t n)
{
    if (n <= 2 * part_rows) {
        draw_places(counts, key, draw, 0, n, n);
    } else if (n < (int64_t)part_rows * most_parts) {
        draw_parts(counts, key, draw, n);
    } else {
        for (int64_t i = 0; i < n; i++) counts[draw_below(key, draw, (uint64_t)i, (uint64_t)n)]++;
    }
}

/* Moves counts of classes (positives first) to ranks. The positives' and negatives' counts lie in
 * `by_class`: [n]. */
static void spread_classes(int32_t *counts, const int32_t *by_class, const ranked *r)
{
    const int32_t *p = by_class, *q = by_class + r->steps.n_positive;
    int64_t rank = 0;
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        for (int64_t k = ranked_positives(r, i); k > 0; k--) counts[rank++] = *p++;
        for (int64_t k = ranked_negatives(r, i); k > 0; k--) counts[rank++] = *q++;
    }
}

void draw_customers(int32_t *counts, uint64_t seed, uint32_t draw, int stratified,
                    int64_t n_positive, int64_t n)
{
    if (n > 0) memset(counts, 0, (size_t)n * sizeof *counts);
    if (!stratified) {
        draw_counts(counts, key_of(seed, 0), draw, n);
        return;
    }
    draw_counts(counts, key_of(seed, 1), draw, n_positive);
    draw_counts(counts + n_positive, key_of(seed, 2), draw, n - n_positive);
}

void bootstrap_counts(int32_t *counts, int32_t *scratch, const bootstrap_plan *plan, uint32_t draw)
{
    const ranked *r = plan->rows;
    int32_t *drawn = plan->stratified ? scratch : counts;
    draw_customers(drawn, plan->seed, draw, plan->stratified, r->steps.n_positive, r->n);
    if (plan->stratified) spread_classes(counts, drawn, r);
}

/* ---- Many draws */

typedef struct run {
    double *values;
    int64_t n_values;
    int32_t draws;
    const bootstrap_plan *plan;
    bootstrap_statistic statistic;
    const void *user;
    int32_t *counts; /* [workers, 2, n] */
    int n_workers;
} run;

static void run_share(void *user, int worker)
{
    const run *r = user;
    int64_t n = r->plan->rows->n;
    int32_t *counts = r->counts + 2 * worker * n;
    for (int32_t d = worker; d < r->draws; d += r->n_workers) {
        bootstrap_counts(counts, counts + n, r->plan, (uint32_t)d);
        r->statistic(r->values + d * r->n_values, counts, r->user);
    }
}

status bootstrap_run(double *values, int64_t n_values, int32_t draws, const bootstrap_plan *plan,
                     bootstrap_statistic statistic, const void *user, pool *threads, arena *tmp,
                     propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    run r = { values, n_values, draws, plan, statistic, user, NULL, pool_size(threads) };
    r.counts = TAKE(tmp, int32_t, 2 * r.n_workers * plan->rows->n);
    int ok = r.counts != NULL;
    if (ok) pool_run(threads, r.n_workers, run_share, &r);
    arena_rewind(tmp, mark);
    return ok ? PROPENSE_OK : fail_memory(err);
}

/* ---- Percentiles */

/* numpy.quantile's line between two order statistics. */
static double quantile(const uint64_t *words, int64_t n, double q)
{
    double place = q * (double)(n - 1), below = floor(place), share = place - below;
    int64_t at = (int64_t)below;
    double a = of_ascending_word(words[at]);
    if (at + 1 >= n) return a;
    double b = of_ascending_word(words[at + 1]);
    return share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share;
}

int percentile_interval(double *low, double *high, const double *draws, int64_t n, int64_t step,
                        double level, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    uint64_t *words = TAKE(tmp, uint64_t, n), *spare = TAKE(tmp, uint64_t, n);
    int64_t k = 0;
    *low = *high = (double)NAN;
    if (words && spare) {
        for (int64_t i = 0; i < n; i++) {
            double x = draws[i * step];
            if (x == x) words[k++] = ascending_word(x);
        }
        sort_words(words, spare, k);
        if (k > 0) {
            *low = quantile(words, k, (1 - level) / 2);
            *high = quantile(words, k, (1 + level) / 2);
        }
    }
    arena_rewind(tmp, mark);
    return words && spare;
}

/* ---- Poisson */

/* Wichura's PPND7 (Applied Statistics 37, 1988, algorithm AS 241): the normal quantile to 5e-7, a
 * tenth of the work of m_normal_quantile. What is made of it is rounded to a whole number. */
static double rough_normal(double u)
{
    double q = u - 0.5, r = 0.180625 - q * q;
    if (r >= 0)
        return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
               (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
    r = sqrt(-m_log(q < 0 ? u : 1 - u)) - 1.6;
    double z = r <= 3.4
                   ? (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
                         ((0.12021132975 * r + 0.73700164250) * r + 1)
                   : (((0.017337203997 * (r - 3.4) + 0.42868294337) * (r - 3.4) + 3.0812263860) *
                          (r - 3.4) +
                      6.6579051150) /
                         ((0.012258202635 * (r - 3.4) + 0.24197894225) * (r - 3.4) + 1);
    return q < 0 ? -z : z;
}

/* From a mean of 30 on Cornish and Fisher's expansion: it misses the exact quantile in 6 of 1,000
 * draws, by one, and widens the spread by 0.14 %. */
double poisson_quantile(double mean, double u)
{
    if (!(mean > 0)) return 0;
    if (mean < 30) {
        double chance = m_exp(-mean), so_far = chance;
        int k = 0;
        while (so_far <= u && k < 400) {
            k++;
            chance *= mean / k;
            so_far += chance;
        }
        return k;
    }
    double z = rough_normal(u > 0 ? u : 0x1p-54), root = sqrt(mean);
    double x = mean + root * z + (z * z - 1) / 6 + (z - z * z * z) / (72 * root);
    double k = floor(x + 0.5);
    return k > 0 ? k : 0;
}
