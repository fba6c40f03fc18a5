/* Intervals of the headline figures and the bootstrap: counts of draws, percentiles, binned against
 * plain draws; row order, threads, one class, NaN, refused memory. Figures of single draws against
 * scikit-learn, and Poisson's quantile against SciPy: tests/parity/test_evaluation.py. */
#include "curves.h"
#include "failing_memory.h"
#include "figure_cells.h"
#include "figure_draws.h"
#include "intervals.h"
#include "probability.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t next(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}
static double uniform(uint64_t *s)
{
    return ((double)next(s) + 0.5) / 2147483648.0;
}

enum { most = 50000 };
static uint8_t y[most];
static double p[most];

static ranked draw_rows(uint64_t seed, int64_t n, int grid, arena *mem)
{
    ranked r;
    for (int64_t i = 0; i < n; i++) {
        double u = uniform(&seed);
        p[i] = grid ? ceil(u * u * grid) / (grid + 1) : u * u;
        y[i] = uniform(&seed) < p[i];
    }
    assert_true(ranked_of(&r, y, p, n, mem));
    return r;
}

static void intervals(interval out[figure_count], const ranked *r, const interval_options *o,
                      pool *threads)
{
    arena tmp = { 0 };
    assert_int_equal(figures_with_intervals(out, r, o, threads, &tmp, NULL), PROPENSE_OK);
    assert_true(tmp.taken == 0);
    arena_free(&tmp);
}

static int same(const interval *a, const interval *b)
{
    return memcmp(&a->value, &b->value, 3 * sizeof(double)) == 0 && a->method == b->method;
}

static void counts_of_a_draw(void **state)
{
    (void)state;
    enum { n = 5000 };
    arena mem = { 0 };
    ranked r = draw_rows(3, n, 50, &mem);
    static int32_t counts[n], scratch[n], again[n];
    int64_t tally[8] = { 0 };
    for (int stratified = 0; stratified < 2; stratified++) {
        const bootstrap_plan plan = { &r, 9, stratified };
        for (uint32_t d = 0; d < 40; d++) {
            int64_t sum = 0, of_positives = 0, rank = 0;
            bootstrap_counts(counts, scratch, &plan, d);
            for (int64_t s = 0; s < r.steps.n_steps; s++) {
                for (int64_t k = ranked_positives(&r, s); k > 0; k--)
                    of_positives += counts[rank++];
                rank += ranked_negatives(&r, s);
            }
            for (int i = 0; i < n; i++) {
                sum += counts[i];
                if (!stratified) tally[counts[i] < 7 ? counts[i] : 7]++;
            }
            assert_int_equal(sum, n);
            if (stratified) assert_int_equal(of_positives, r.steps.n_positive);
            bootstrap_counts(again, scratch, &plan, d);
            assert_memory_equal(counts, again, sizeof counts);
        }
    }
    double chance = exp(-1); /* nearly Poisson(1) */
    for (int k = 0; k < 6; k++, chance /= k)
        assert_true(fabs((double)tally[k] / (40.0 * n) - chance) < 0.005);
    arena_free(&mem);
}

static void mean_of_counts(double *out, const int32_t *counts, const void *user)
{
    const ranked *r = user;
    double sum = 0;
    for (int64_t i = 0; i < r->n; i++) sum += counts[i] * (double)i;
    out[0] = sum / (double)r->n;
    out[1] = counts[0];
}

/* The bootstrap's spread of a mean is the known one. */
static void a_statistic_of_ones_own(void **state)
{
    (void)state;
    enum { n = 800, draws = 600 };
    arena mem = { 0 };
    ranked r = draw_rows(4, n, 0, &mem);
    const bootstrap_plan plan = { &r, 1, 0 };
    static double values[2 * draws], other[2 * draws];
    pool *two = pool_new(2);
    assert_int_equal(bootstrap_run(values, 2, draws, &plan, mean_of_counts, &r, NULL, &mem, NULL),
                     0);
    assert_int_equal(bootstrap_run(other, 2, draws, &plan, mean_of_counts, &r, two, &mem, NULL), 0);
    pool_free(two);
    assert_memory_equal(values, other, sizeof values);
    double low, high, sd = n / sqrt(12.0) / sqrt(n), middle = (n - 1) / 2.0;
    assert_true(percentile_interval(&low, &high, values, draws, 2, 0.95, &mem));
    assert_true(fabs(high - low - 2 * 1.96 * sd) < 0.12 * 2 * 1.96 * sd);
    assert_true(fabs((high + low) / 2 - middle) < 0.3 * sd);
    arena_free(&mem);
}

static void percentiles(void **state)
{
    (void)state;
    arena tmp = { 0 };
    double low, high, x[] = { 5, 9, 1, (double)NAN, 3, 2, 9, -4, 9 }; /* every second: 5 1 3 9 9 */
    assert_true(percentile_interval(&low, &high, x, 5, 2, 0.8, &tmp));
    assert_true(fabs(low - 1.8) < 1e-15 && fabs(high - 9) < 1e-15);
    assert_true(percentile_interval(&low, &high, x + 3, 1, 1, 0.95, &tmp));
    assert_true(isnan(low) && isnan(high));
    assert_true(percentile_interval(&low, &high, x, 1, 1, 0.95, &tmp) && low == 5 && high == 5);
    arena_free(&tmp);
}

static void formulas(void **state)
{
    (void)state;
    enum { n = 1000 };
    arena mem = { 0 };
    ranked r = draw_rows(5, n, 0, &mem);
    interval f[figure_count];
    intervals(f, &r, &(interval_options){ .threshold = 0.5, .draws = 50 }, NULL);
    double hits = 0, called = 0, right = 0, loss = 0, square = 0, positives = 0;
    for (int i = 0; i < n; i++) {
        int yes = p[i] > 0.5;
        double l = -log(y[i] ? p[i] : 1 - p[i]);
        hits += yes && y[i];
        called += yes;
        right += yes == y[i];
        positives += y[i];
        loss += l / n;
        square += l * l / n;
    }
    share_interval w = wilson(right, n, 0.95);
    assert_true(f[FIGURE_ACCURACY].value == right / n && f[FIGURE_ACCURACY].low == w.low);
    w = wilson(hits, called, 0.95);
    assert_true(f[FIGURE_PRECISION].value == hits / called && f[FIGURE_PRECISION].high == w.high);
    w = wilson(hits, positives, 0.95);
    assert_true(f[FIGURE_RECALL].value == hits / positives && f[FIGURE_RECALL].low == w.low);
    double sd = sqrt((square - loss * loss) / (n - 1));
    assert_true(fabs(f[FIGURE_LOG_LOSS].value - loss) < 1e-12);
    assert_true(fabs(f[FIGURE_LOG_LOSS].high / loss - exp(1.959963984540054 * sd / loss)) < 1e-10);
    for (int k = 0; k < figure_count; k++) {
        assert_true(f[k].low < f[k].value && f[k].value < f[k].high && !f[k].too_small);
        assert_true(f[k].method != INTERVAL_NONE && f[k].method != INTERVAL_BINNED);
    }
    arena_free(&mem);
}

/* Where there is a formula, resampling agrees with it; and binned Poisson weights agree with plain
 * draws. */
static void methods_agree(void **state)
{
    (void)state;
    arena mem = { 0 };
    ranked r = draw_rows(6, most, 0, &mem);
    interval formula[figure_count], plain[figure_count], binned[figure_count];
    interval_options o = { .threshold = 0.5, .draws = 300, .seed = 2 };
    pool *two = pool_new(2);
    intervals(formula, &r, &o, two);
    o.bootstrap_all = 1;
    intervals(plain, &r, &o, two);
    o.most_plain = 1000;
    o.bins = 2000;
    intervals(binned, &r, &o, two);
    pool_free(two);
    for (int k = 0; k < figure_count; k++) {
        double width = formula[k].high - formula[k].low;
        assert_int_equal(plain[k].method, INTERVAL_BOOTSTRAP);
        assert_int_equal(binned[k].method, INTERVAL_BINNED);
        assert_true(plain[k].value == formula[k].value && binned[k].value == formula[k].value);
        assert_true(fabs(plain[k].low - formula[k].low) < 0.15 * width);
        assert_true(fabs(plain[k].high - formula[k].high) < 0.15 * width);
        assert_true(fabs(binned[k].low - plain[k].low) < 0.15 * width);
        assert_true(fabs(binned[k].high - plain[k].high) < 0.15 * width);
    }
    arena_free(&mem);
}

/* Half widths on the scale on which the interval is even, over 1.96. */
static double deviation_of(const interval *f, int which)
{
    double z = 1.959963984540054, v = f->value;
    if (which == FIGURE_AUC)
        return (log(f->high / (1 - f->high)) - log(f->low / (1 - f->low))) / 2 / z * v * (1 - v);
    if (which == FIGURE_LOG_LOSS) return log(f->high / f->low) / 2 / z * v;
    return (f->high - f->low) / 2 / z;
}

/* The lift's standard error from the population, times the root of n. Its influence function, with
 * h 1 in the best `depth` and t the chance at the cut: h (y - t) / (depth base) - lift y / base,
 * less its mean. It is t because every sample cuts anew; at a cut that stays it would be the rate
 * of the best, and the error 5 % larger. */
static double lift_error(double depth)
{
    double base = 1.0 / 3, t = (1 - depth) * (1 - depth); /* chance u^2, u even in 0..1 */
    double hits = (1 - pow(1 - depth, 3)) / 3, lift = hits / (depth * base);
    double a = 1 / (depth * base), b = lift / base, mean = a * (hits - depth * t) - b * base;
    double square =
        hits * pow(a * (1 - t) - b, 2) + (depth - hits) * pow(a * t, 2) + (base - hits) * b * b;
    return sqrt(square - mean * mean);
}

/* Of -log chance of what happened. */
static double loss_error(void)
{
    enum { n = 100000 };
    double sum = 0, square = 0;
    for (int i = 0; i < n; i++) {
        double chance = pow((i + 0.5) / n, 2), yes = -log(chance), no = -log1p(-chance);
        sum += (chance * yes + (1 - chance) * no) / n;
        square += (chance * yes * yes + (1 - chance) * no * no) / n;
    }
    return sqrt(square - sum * sum);
}

/* Half widths, the mean of some samples, are the standard errors known of the population. An
 * interval of 95 % that is 10 % too narrow would hold the truth in 92 %. */
static void widths_are_the_known_ones(void **state)
{
    (void)state;
    /* The u of a row that converts has the density 3 u^2, of another 1.5 (1 - u^2); DeLong's
     * variances are those of 1.5 u - u^3 / 2 and of 1 - u^3 there. */
    double area = 3 * (2.25 / 5 - 1.5 / 7 + 0.25 / 9) - 0.875 * 0.875;
    double other = 1.5 * (0.5 + 1.0 / 7 - 1.0 / 9) - 0.875 * 0.875;
    const double errors[] = { sqrt(area / (1.0 / 3) + other / (2.0 / 3)), lift_error(0.1),
                              loss_error() };
    const int figures[] = { FIGURE_AUC, FIGURE_LIFT, FIGURE_LOG_LOSS };
    const struct {
        int64_t n;
        int samples;
    } cases[] = { { 5000, 8 }, { most, 3 } };
    pool *two = pool_new(2);
    for (int c = 0; c < 2; c++) {
        double mean[3] = { 0 };
        for (int s = 0; s < cases[c].samples; s++) {
            arena mem = { 0 };
            interval f[figure_count];
            ranked r = draw_rows(12 + (uint64_t)s, cases[c].n, 0, &mem);
            intervals(f, &r, &(interval_options){ .threshold = 0.5, .draws = 800 }, two);
            for (int k = 0; k < 3; k++)
                mean[k] += deviation_of(&f[figures[k]], figures[k]) / cases[c].samples;
            arena_free(&mem);
        }
        for (int k = 0; k < 3; k++)
            assert_true(fabs(mean[k] * sqrt((double)cases[c].n) / errors[k] - 1) < 0.05);
    }
    pool_free(two);
}

static void row_order_and_threads_change_no_bit(void **state)
{
    (void)state;
    enum { n = 3000 };
    arena mem = { 0 };
    static uint8_t y2[n];
    static double p2[n];
    ranked a = draw_rows(7, n, 80, &mem), b;
    for (int i = 0; i < n; i++) {
        y2[(i * 7 + 3) % n] = y[i];
        p2[(i * 7 + 3) % n] = p[i];
    }
    assert_true(ranked_of(&b, y2, p2, n, &mem));
    pool *three = pool_new(3);
    for (int kind = 0; kind < 4; kind++) {
        interval f[figure_count], g[figure_count];
        interval_options o = {
            .threshold = 0.3, .draws = 40, .stratified = kind % 2, .bootstrap_all = 1
        };
        if (kind > 1) o.most_plain = 100;
        intervals(f, &a, &o, NULL);
        intervals(g, &b, &o, three);
        for (int k = 0; k < figure_count; k++) assert_true(same(&f[k], &g[k]));
        o.seed = 1;
        intervals(g, &b, &o, NULL);
        assert_false(same(&f[FIGURE_KS], &g[FIGURE_KS]));
    }
    pool_free(three);
    arena_free(&mem);
}

static void edges(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t ones[] = { 1, 1, 1, 1 }, zeros[] = { 0, 0, 0, 0 }, both[] = { 0, 1, 1, 0 };
    const double up[] = { 0.1, 0.2, 0.3, 0.4 }, nan[] = { 0.1, NAN, 0.3, 0.4 },
                 z[] = { -3, 2, 2, 2 };
    const uint8_t *const targets[] = { ones, zeros, both, both, both };
    const double *const scores[] = { up, up, nan, z, up };
    for (int c = 0; c < 6; c++) {
        ranked r;
        interval f[figure_count];
        assert_true(ranked_of(&r, c < 5 ? targets[c] : NULL, c < 5 ? scores[c] : NULL,
                              c < 5 ? 4 : 0, &mem));
        intervals(f, &r, &(interval_options){ .threshold = 0.9, .draws = 20 }, NULL);
        assert_int_equal(isnan(f[FIGURE_AUC].value), c < 3 || c == 5);
        assert_int_equal(isnan(f[FIGURE_LOG_LOSS].value), c == 2 || c == 3 || c == 5);
        assert_int_equal(isnan(f[FIGURE_ACCURACY].value), c == 2 || c == 5);
        for (int k = 0; k < figure_count; k++) {
            if (isnan(f[k].value)) assert_int_equal(f[k].method, INTERVAL_NONE);
            if (f[k].method == INTERVAL_NONE) assert_true(isnan(f[k].low) && isnan(f[k].high));
            if (f[k].method != INTERVAL_NONE) assert_true(f[k].low <= f[k].high && f[k].too_small);
        }
        if (c == 4)
            assert_int_equal(f[FIGURE_PRECISION].method, INTERVAL_NONE); /* nobody is called */
    }
    assert_non_null(strstr(interval_method_text(INTERVAL_BOOTSTRAP), "resampled"));
    arena_free(&mem);
}

static void memory_ends(void **state)
{
    (void)state;
    for (int binned = 0; binned < 2; binned++) {
        int refused = 0;
        for (int64_t i = 1; i < 60; i++) {
            arena mem = { 0 }, tmp = { 0 };
            ranked r = draw_rows(8, 2000, 0, &mem);
            interval f[figure_count];
            const interval_options o = { .threshold = 0.5,
                                         .draws = 200,
                                         .most_plain = binned ? 100 : 0 };
            memory_fail_at(i);
            status s = figures_with_intervals(f, &r, &o, NULL, &tmp, NULL);
            memory_fail_at(0);
            arena_free(&mem);
            arena_free(&tmp);
            assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
            if (s == PROPENSE_OK) break;
            refused++;
        }
        assert_true(refused >= 3 && refused < 58);
    }
}

/* Draws by parts of rows, and figures on cells of several scores. */
static int at_the_third(const void *user, int64_t done, int64_t total)
{
    assert_int_equal(total, 1000);
    *(int *)(uintptr_t)user += 1;
    return done >= 2;
}

/* A stopped run has no result, and its scratch is given back. */
static void draws_can_be_stopped(void **state)
{
    (void)state;
    arena mem = { 0 }, tmp = { 0 };
    int calls = 0;
    ranked r = draw_rows(3, 500, 0, &mem);
    interval f[figure_count];
    interval_options o = { .threshold = 0.5 };
    pool *one = pool_new(1);
    pool_watch(one, at_the_third, &calls);
    assert_int_equal(figures_with_intervals(f, &r, &o, one, &tmp, NULL), PROPENSE_E_CANCELLED);
    assert_int_equal(calls, 3);
    assert_true(tmp.taken == 0);
    pool_free(one);
    arena_free(&mem);
    arena_free(&tmp);
}

static void many_customers(void **state)
{
    (void)state;
    enum { n = 130001 };
    static uint8_t target[n];
    static double score[n];
    static int32_t counts[n];
    arena mem = { 0 };
    uint64_t s = 17;
    ranked r;
    for (int i = 0; i < n; i++) {
        score[i] = uniform(&s);
        target[i] = uniform(&s) < score[i] * score[i];
    }
    assert_true(ranked_of(&r, target, score, n, &mem));
    int64_t tally[4] = { 0 }, front = 0, sum = 0;
    bootstrap_counts(counts, NULL, &(bootstrap_plan){ &r, 4, 0 }, 7);
    for (int i = 0; i < n; i++) {
        sum += counts[i];
        front += i < n / 2 ? counts[i] : 0;
        tally[counts[i] < 3 ? counts[i] : 3]++;
    }
    assert_int_equal(sum, n);
    assert_true(fabs((double)front - n / 2.0) < 4 * sqrt(n) / 2);
    assert_true(fabs((double)tally[0] / n - exp(-1)) < 0.008 &&
                fabs((double)tally[1] / n - exp(-1)) < 0.008);
    figure_cells c;
    double exact[figure_count], cells[figure_count];
    assert_true(figure_cells_of(&c, &r, 0.5, 0.1, fine_cells, &mem) && c.n < n / 2);
    assert_true(figures_of(exact, &r, 0.5, 0.1, &mem));
    figures_of_cells(cells, &c, c.rows);
    for (int k = 0; k < figure_count; k++) assert_true(fabs(exact[k] - cells[k]) < 2e-4);
    assert_true(fabs(exact[FIGURE_AUC] - cells[FIGURE_AUC]) < 1e-8);
    assert_true(fabs(exact[FIGURE_LOG_LOSS] - cells[FIGURE_LOG_LOSS]) < 1e-12);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_a_draw),
        cmocka_unit_test(a_statistic_of_ones_own),
        cmocka_unit_test(percentiles),
        cmocka_unit_test(formulas),
        cmocka_unit_test(methods_agree),
        cmocka_unit_test(widths_are_the_known_ones),
        cmocka_unit_test(row_order_and_threads_change_no_bit),
        cmocka_unit_test(edges),
        cmocka_unit_test(memory_ends),
        cmocka_unit_test(draws_can_be_stopped),
        cmocka_unit_test(many_customers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
