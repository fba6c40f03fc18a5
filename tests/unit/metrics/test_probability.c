/* Losses, parts of the Brier score, calibration error and slope on cases worked out by hand;
 * threads, row order, one class, NaN and refused memory. Parity: tests/parity/test_evaluation.py.
 */
#include "failing_memory.h"
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

static ranked order(const uint8_t *y, const double *p, int64_t n, arena *mem)
{
    ranked r;
    assert_true(ranked_of(&r, y, p, n, mem));
    return r;
}

static void losses_by_hand(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t y[] = { 1, 0, 1, 0 };
    const double p[] = { 0.75, 0.25, 0.5, 0.5 }, sure[] = { 1, 0, 1, 1 };
    ranked r = order(y, p, 4, &mem), s = order(y, sure, 4, &mem);
    assert_true(fabs(log_loss(&r) - (2 * log(4.0 / 3) + 2 * log(2)) / 4) < 1e-15);
    assert_true(fabs(brier_score(&r) - (2 * 0.0625 + 2 * 0.25) / 4) < 1e-15);
    assert_true(fabs(log_loss_of_base_rate(&r) - log(2)) < 1e-15);
    assert_true(fabs(log_loss(&s) - 52 * log(2) / 4) < 1e-12); /* clipped at 2^-52 */
    assert_true(brier_score(&s) == 0.25);
    arena_free(&mem);
}

/* One probability for all is one bin, whatever the number asked for. */
static void constant_probability(void **state)
{
    (void)state;
    arena mem = { 0 };
    enum { n = 100 };
    uint8_t y[n];
    double p[n];
    for (int i = 0; i < n; i++) {
        y[i] = i < 30;
        p[i] = 0.25;
    }
    ranked r = order(y, p, n, &mem);
    ece_figures e = ece_of(&r, ece_bins);
    assert_int_equal(e.n_bins, 1);
    assert_true(fabs(e.ece - 0.05) < 1e-15 && fabs(e.largest_gap - 0.05) < 1e-15);
    double deviation = 0, chance = pow(0.75, n); /* E|S - 25| of the binomial, term by term */
    for (int k = 0; k <= n; k++) {
        deviation += fabs(k - 25.0) * chance;
        chance *= (n - k) / (k + 1.0) / 3;
    }
    assert_true(fabs(e.noise_floor - deviation / n) < 1e-10);
    brier_parts b = brier_parts_of(&r, brier_bins);
    assert_true(fabs(b.reliability - 0.0025) < 1e-15 && b.resolution == 0 &&
                b.within_variance == 0);
    slope_figures s;
    assert_true(slope_of(&s, &r, 0.95, NULL, &mem));
    assert_true(isnan(s.slope) && fabs(s.in_the_large - (log(3.0 / 7) - log(1.0 / 3))) < 1e-12);
    assert_true(fabs(s.in_the_large_error - 1 / sqrt(21)) < 1e-12);
    arena_free(&mem);
}

static void separated_classes_have_no_slope(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t y[] = { 0, 0, 0, 1, 1 };
    const double up[] = { 0.1, 0.2, 0.3, 0.4, 0.5 }, touching[] = { 0.1, 0.2, 0.3, 0.3, 0.5 };
    const double down[] = { 0.5, 0.4, 0.3, 0.2, 0.1 };
    const double *const cases[] = { up, touching, down };
    for (int i = 0; i < 3; i++) {
        ranked r = order(y, cases[i], 5, &mem);
        slope_figures s;
        assert_true(slope_of(&s, &r, 0.95, NULL, &mem));
        assert_true(isnan(s.slope) && isnan(s.intercept_error) && isfinite(s.in_the_large));
    }
    arena_free(&mem);
}

static void threads_and_row_order_do_not_matter(void **state)
{
    (void)state;
    enum { n = 100003 };
    static uint8_t y[n], y2[n];
    static double p[n], p2[n];
    uint64_t g = 5;
    arena mem = { 0 };
    for (int64_t i = 0; i < n; i++) {
        p[i] = uniform(&g) * uniform(&g);
        y[i] = uniform(&g) < p[i];
        p2[(i * 7 + 3) % n] = p[i];
        y2[(i * 7 + 3) % n] = y[i];
    }
    pool *two = pool_new(2);
    ranked a = order(y, p, n, &mem), b = order(y2, p2, n, &mem);
    slope_figures one_thread, two_threads;
    assert_true(slope_of(&one_thread, &a, 0.95, NULL, &mem));
    assert_true(slope_of(&two_threads, &b, 0.95, two, &mem));
    pool_free(two);
    assert_memory_equal(&one_thread, &two_threads, sizeof one_thread);
    assert_true(one_thread.slope_low < 1 && one_thread.slope_high > 1);
    assert_true(log_loss(&a) == log_loss(&b) && brier_score(&a) == brier_score(&b));
    ece_figures ea = ece_of(&a, ece_bins), eb = ece_of(&b, ece_bins);
    assert_memory_equal(&ea, &eb, sizeof ea);
    assert_true(ea.ece < 2 * ea.noise_floor && ea.noise_floor > 0);
    brier_parts c = brier_parts_of(&a, brier_bins), d = brier_parts_of(&b, brier_bins);
    assert_memory_equal(&c, &d, sizeof c);
    arena_free(&mem);
}

static void edges(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t ones[] = { 1, 1, 1 }, both[] = { 0, 1, 1 };
    const double p[] = { 0.5, 0.25, 0.125 }, nan[] = { 0.5, NAN, 0.1 }, wild[] = { 0.5, 1.5, 0.1 };
    ranked one = order(ones, p, 3, &mem);
    assert_true(fabs(log_loss(&one) - 2 * log(2)) < 1e-15 && log_loss_of_base_rate(&one) == 0);
    slope_figures s;
    assert_true(slope_of(&s, &one, 0.95, NULL, &mem) && isnan(s.in_the_large));
    assert_int_equal(ece_of(&one, ece_bins).n_bins, 3);
    const ranked bad[] = { order(both, nan, 3, &mem), order(both, wild, 3, &mem),
                           order(NULL, NULL, 0, &mem) };
    for (int i = 0; i < 3; i++) {
        reliability_bin b[3];
        assert_true(isnan(log_loss(&bad[i])) && isnan(brier_score(&bad[i])));
        assert_true(isnan(ece_of(&bad[i], 3).ece) && isnan(brier_parts_of(&bad[i], 3).reliability));
        assert_int_equal(reliability_table(b, 3, &bad[i], 0.95), 0);
        assert_true(slope_of(&s, &bad[i], 0.95, NULL, &mem) && isnan(s.slope));
    }
    arena_free(&mem);
}

static void memory_ends(void **state)
{
    (void)state;
    enum { n = 5000 };
    static uint8_t y[n];
    static double p[n];
    int refused = 0, done = 0;
    for (int i = 0; i < n; i++) {
        y[i] = i % 3 == 0;
        p[i] = (i * 37 % n + 0.5) / n;
    }
    for (int64_t k = 1; !done && k < 20; k++) {
        arena mem = { 0 }, tmp = { 0 };
        ranked r = order(y, p, n, &mem);
        slope_figures s;
        memory_fail_at(k);
        done = slope_of(&s, &r, 0.95, NULL, &tmp);
        memory_fail_at(0);
        arena_free(&mem);
        arena_free(&tmp);
        refused += !done;
    }
    assert_true(done && refused >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_by_hand),
        cmocka_unit_test(constant_probability),
        cmocka_unit_test(separated_classes_have_no_slope),
        cmocka_unit_test(threads_and_row_order_do_not_matter),
        cmocka_unit_test(edges),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
