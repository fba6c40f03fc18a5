/* Two scores of the same rows: DeLong against all pairs, the paired bootstrap against it; row
 * order, threads, equal scores, one class, NaN, refused memory. */
#include "compare.h"
#include "failing_memory.h"

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

enum { most = 20000 };
static uint8_t y[most];
static double a[most], b[most];

static void draw_rows(uint64_t seed, int64_t n, double grid)
{
    for (int64_t i = 0; i < n; i++) {
        double truth = uniform(&seed);
        a[i] = 0.7 * truth + 0.3 * uniform(&seed);
        b[i] = 0.5 * truth + 0.5 * uniform(&seed);
        y[i] = uniform(&seed) < truth * truth;
        if (grid > 0) a[i] = rint(a[i] * grid) / grid;
        if (grid > 0) b[i] = rint(b[i] * grid) / grid;
    }
}

static double pair(double p, double n)
{
    return p > n ? 1 : p < n ? 0 : 0.5;
}

/* Placements by all pairs, and the covariance of two scores' placements, class by class. */
static void place(double *out, const double *s, int n)
{
    for (int i = 0; i < n; i++) {
        double sum = 0, others = 0;
        for (int j = 0; j < n; j++) {
            if (y[j] == y[i]) continue;
            sum += y[i] ? pair(s[i], s[j]) : pair(s[j], s[i]);
            others++;
        }
        out[i] = sum / others;
    }
}

static double covariance(const double *u, const double *v, int n)
{
    double sum = 0;
    for (int c = 0; c < 2; c++) {
        double k = 0, mu = 0, mv = 0, part = 0;
        for (int i = 0; i < n; i++) k += y[i] == c;
        for (int i = 0; i < n; i++) {
            mu += y[i] == c ? u[i] / k : 0;
            mv += y[i] == c ? v[i] / k : 0;
        }
        for (int i = 0; i < n; i++) part += y[i] == c ? (u[i] - mu) * (v[i] - mv) : 0;
        sum += part / (k - 1) / k;
    }
    return sum;
}

static auc_comparison compare(int64_t n)
{
    arena tmp = { 0 };
    auc_comparison c;
    assert_true(auc_compare(&c, y, a, b, n, 0.95, &tmp));
    assert_true(tmp.taken == 0);
    arena_free(&tmp);
    return c;
}

static void delong_is_all_pairs(void **state)
{
    (void)state;
    enum { n = 120 };
    for (uint64_t seed = 1; seed <= 60; seed++) {
        double u[n], v[n];
        draw_rows(seed, n, seed % 3 ? 0 : 8);
        y[0] = y[1] = 1, y[2] = y[3] = 0;
        place(u, a, n);
        place(v, b, n);
        auc_comparison c = compare(n);
        double var_a = covariance(u, u, n), var_b = covariance(v, v, n), cov = covariance(u, v, n);
        assert_true(fabs(c.variance_a - var_a) < 1e-14 && fabs(c.variance_b - var_b) < 1e-14);
        assert_true(fabs(c.covariance - cov) < 1e-14);
        assert_true(fabs(c.variance - (var_a + var_b - 2 * cov)) < 1e-14);
        assert_true(fabs(c.z - (c.auc_a - c.auc_b) / sqrt(c.variance)) < 1e-9);
        assert_true(fabs(c.p_value - erfc(fabs(c.z) / sqrt(2))) < 1e-12);
        assert_true(fabs(c.high - c.low - 2 * 1.959963984540054 * sqrt(c.variance)) < 1e-12);
    }
}

static void bootstrap_agrees_with_delong(void **state)
{
    (void)state;
    draw_rows(5, most, 0);
    auc_comparison c = compare(most);
    arena tmp = { 0 };
    pool *two = pool_new(2);
    double width = c.high - c.low;
    for (int kind = 0; kind < 3; kind++) {
        figure_difference d[figure_count];
        interval_options o = { .threshold = 0.5, .draws = 400, .stratified = kind == 1 };
        if (kind == 2) o.most_plain = 1000;
        assert_int_equal(figures_compare(d, y, a, b, most, &o, two, &tmp, NULL), 0);
        const figure_difference *f = &d[FIGURE_AUC];
        assert_true(f->a == c.auc_a && f->b == c.auc_b && f->difference == c.difference);
        assert_true(fabs(f->low - c.low) < 0.15 * width && fabs(f->high - c.high) < 0.15 * width);
        assert_int_equal(f->method, kind == 2 ? INTERVAL_BINNED : INTERVAL_BOOTSTRAP);
        assert_true(f->higher_share > 0.99);
        for (int k = 0; k < figure_count; k++)
            assert_true(d[k].low <= d[k].high && !d[k].too_small);
    }
    pool_free(two);
    assert_true(tmp.taken == 0);
    arena_free(&tmp);
}

static void row_order_and_threads_change_no_bit(void **state)
{
    (void)state;
    enum { n = 1500 };
    static uint8_t y2[n];
    static double a2[n], b2[n];
    draw_rows(6, n, 40);
    for (int i = 0; i < n; i++) {
        int to = (i * 7 + 3) % n;
        y2[to] = y[i];
        a2[to] = a[i];
        b2[to] = b[i];
    }
    arena tmp = { 0 };
    pool *three = pool_new(3);
    auc_comparison c = compare(n), turned;
    assert_true(auc_compare(&turned, y2, a2, b2, n, 0.95, &tmp));
    assert_memory_equal(&c, &turned, sizeof c);
    for (int kind = 0; kind < 4; kind++) {
        figure_difference d[figure_count], e[figure_count];
        interval_options o = { .threshold = 0.5, .draws = 30, .stratified = kind % 2 };
        if (kind > 1) o.most_plain = 10;
        assert_int_equal(figures_compare(d, y, a, b, n, &o, NULL, &tmp, NULL), 0);
        assert_int_equal(figures_compare(e, y2, a2, b2, n, &o, three, &tmp, NULL), 0);
        for (int k = 0; k < figure_count; k++)
            assert_memory_equal(&d[k], &e[k], 6 * sizeof(double));
    }
    pool_free(three);
    arena_free(&tmp);
}

static int at_once(const void *user, int64_t done, int64_t total)
{
    (void)user;
    return done == 0 && total == 50;
}

static void draws_can_be_stopped(void **state)
{
    (void)state;
    arena tmp = { 0 };
    figure_difference d[figure_count];
    const interval_options o = { .threshold = 0.5, .draws = 50 };
    draw_rows(7, 300, 0);
    pool *two = pool_new(2);
    pool_watch(two, at_once, NULL);
    assert_int_equal(figures_compare(d, y, a, b, 300, &o, two, &tmp, NULL), PROPENSE_E_CANCELLED);
    assert_true(tmp.taken == 0);
    pool_free(two);
    arena_free(&tmp);
}

static void the_same_score_twice(void **state)
{
    (void)state;
    arena tmp = { 0 };
    draw_rows(7, 300, 0);
    for (int i = 0; i < 300; i++) b[i] = 0.25 + a[i] / 2; /* another scale, the same ranking */
    auc_comparison c = compare(300);
    assert_true(c.difference == 0 && c.variance == 0 && c.z == 0 && c.p_value == 1);
    figure_difference d[figure_count];
    const interval_options o = { .threshold = 0.5, .draws = 50 };
    assert_int_equal(figures_compare(d, y, a, a, 300, &o, NULL, &tmp, NULL), 0);
    for (int k = 0; k < figure_count; k++)
        assert_true(d[k].low == 0 && d[k].high == 0 && d[k].higher_share == 0.5);
    arena_free(&tmp);
}

static void edges(void **state)
{
    (void)state;
    arena tmp = { 0 };
    figure_difference d[figure_count];
    const interval_options o = { .threshold = 0.5, .draws = 20 };
    draw_rows(8, 20, 0);
    for (int c = 0; c < 4; c++) {
        int64_t n = c == 0 ? 0 : 20;
        for (int i = 0; i < 20; i++) y[i] = c == 1 ? 1 : c == 2 ? i == 4 : i % 2;
        b[3] = c == 3 ? (double)NAN : b[3];
        auc_comparison t = compare(n);
        assert_int_equal(isnan(t.auc_a), c != 2);
        assert_true(isnan(t.variance) && isnan(t.p_value));
        assert_int_equal(figures_compare(d, y, a, b, n, &o, NULL, &tmp, NULL), 0);
        assert_int_equal(isnan(d[FIGURE_AUC].difference), c != 2);
        assert_int_equal(isnan(d[FIGURE_BRIER].difference), c == 0 || c == 3);
    }
    arena_free(&tmp);
}

static void memory_ends(void **state)
{
    (void)state;
    draw_rows(9, 3000, 0);
    for (int kind = 0; kind < 3; kind++) {
        int refused = 0;
        for (int64_t i = 1; i < 80; i++) {
            arena tmp = { 0 };
            auc_comparison c;
            figure_difference d[figure_count];
            const interval_options o = { .threshold = 0.5,
                                         .draws = 3,
                                         .most_plain = kind == 2 ? 9 : 0 };
            memory_fail_at(i);
            int ok = kind ? figures_compare(d, y, a, b, 3000, &o, NULL, &tmp, NULL) == PROPENSE_OK
                          : auc_compare(&c, y, a, b, 3000, 0.95, &tmp);
            memory_fail_at(0);
            arena_free(&tmp);
            if (ok) break;
            refused++;
        }
        assert_true(refused >= 4 && refused < 78);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delong_is_all_pairs),
        cmocka_unit_test(bootstrap_agrees_with_delong),
        cmocka_unit_test(row_order_and_threads_change_no_bit),
        cmocka_unit_test(draws_can_be_stopped),
        cmocka_unit_test(the_same_score_twice),
        cmocka_unit_test(edges),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
