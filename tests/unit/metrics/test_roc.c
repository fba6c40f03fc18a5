/* Area and interval against all pairs, hand-made cases, and what must not matter: row order, scale.
 */
#include "roc.h"

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

static double pair(float p, float n)
{
    return p > n ? 1 : p < n ? 0 : 0.5;
}

/* The definitions, O(m n): placements of each row, their mean and their variances. */
static void by_pairs(double *area, double *variance, const uint8_t *y, const float *s, int64_t n)
{
    double count[2] = { 0, 0 }, sum = 0, squares[2] = { 0, 0 };
    for (int64_t i = 0; i < n; i++) count[y[i]]++;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n && y[i]; j++)
            if (!y[j]) sum += pair(s[i], s[j]);
    *area = sum / count[0] / count[1];
    for (int64_t i = 0; i < n; i++) {
        double placement = 0;
        for (int64_t j = 0; j < n; j++)
            if (y[j] != y[i]) placement += y[i] ? pair(s[i], s[j]) : pair(s[j], s[i]);
        placement = placement / count[!y[i]] - *area;
        squares[y[i]] += placement * placement;
    }
    *variance = squares[1] / (count[1] - 1) / count[1] + squares[0] / (count[0] - 1) / count[0];
}

static void equals_all_pairs(void **state)
{
    (void)state;
    enum { n = 150 };
    uint8_t y[n];
    float p[n];
    arena tmp = { 0 };
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t s = seed, ties = seed % 3 == 0 ? 5 : seed % 3 == 1 ? 60 : 1u << 30;
        for (int i = 0; i < n; i++) {
            y[i] = next(&s) % 4 == 0;
            p[i] = (float)(next(&s) % ties) / (float)ties - (seed % 2 ? 0.5f : 0.0f);
        }
        y[0] = y[1] = 1, y[2] = y[3] = 0;
        p[4] = -0.0f, p[5] = 0.0f;
        double area, variance, got;
        auc_interval a;
        by_pairs(&area, &variance, y, p, n);
        assert_true(roc_auc(&got, y, p, n, &tmp));
        assert_true(auc_delong(&a, y, p, n, 0.95, &tmp));
        assert_true(fabs(got - area) < 1e-14);
        assert_true(a.auc == got);
        assert_true(fabs(a.variance - variance) < 1e-14);
        assert_true(a.low < a.auc && a.auc < a.high);
    }
    arena_free(&tmp);
}

static auc_interval interval(const uint8_t *y, const float *p, int64_t n)
{
    arena tmp = { 0 };
    auc_interval a;
    assert_true(auc_delong(&a, y, p, n, 0.95, &tmp));
    arena_free(&tmp);
    return a;
}

static void row_order_and_scale_do_not_matter(void **state)
{
    (void)state;
    enum { n = 500 };
    uint8_t y[n], y2[n];
    float p[n], p2[n];
    uint64_t s = 7;
    for (int i = 0; i < n; i++) {
        y[i] = next(&s) % 3 == 0;
        p[i] = (float)(next(&s) % 100);
        y2[(i * 7 + 3) % n] = y[i]; /* 7 and 500 share no factor */
        p2[(i * 7 + 3) % n] = p[i] * 0.0078125f - 3;
    }
    auc_interval a = interval(y, p, n), b = interval(y2, p2, n);
    assert_memory_equal(&a, &b, sizeof a);
}

static void ends_of_the_range(void **state)
{
    (void)state;
    const uint8_t y[] = { 0, 0, 0, 1, 1 };
    const float up[] = { 1, 2, 3, 4, 5 }, down[] = { 5, 4, 3, 2, 1 }, same[] = { 1, 1, 1, 1, 1 };
    auc_interval a = interval(y, up, 5);
    assert_true(a.auc == 1 && a.variance == 0 && a.high == 1 && a.low > 0 && a.low < 1);
    assert_int_equal(a.n_positive, 2);
    assert_int_equal(a.n_negative, 3);
    auc_interval b = interval(y, down, 5);
    assert_true(b.auc == 0 && b.low == 0 && b.high > 0 && b.high < 1);
    assert_true(fabs(a.low - (1 - b.high)) < 1e-12);
    auc_interval c = interval(y, same, 5);
    assert_true(c.auc == 0.5 && c.low <= 0.5 && c.high >= 0.5);
    const uint8_t lone[] = { 0, 0, 0, 0, 1 };
    auc_interval d = interval(lone, (const float[]){ 1, 2, 3, 5, 4 }, 5);
    assert_true(d.auc == 0.75 && d.variance > 0 && d.low < 0.75 && d.high > 0.75);
}

/* A column that tells all apart is better than chance; the figures solve 1 - A = z sd(A). */
static void a_perfect_ranking_is_no_chance(void **state)
{
    (void)state;
    static const struct {
        int m, n;
        double low;
    } cases[] = { { 31, 49, 0.947476585937527 },
                  { 23, 57, 0.939114393580902 },
                  { 2, 3, 0.438912389095857 },
                  { 1, 1, 0.206549314377237 },
                  { 129, 271, 0.988902127627102 } };
    enum { most = 400 };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t y[most];
        float p[most];
        int n = cases[k].m + cases[k].n;
        for (int i = 0; i < n; i++) y[i] = i < cases[k].m, p[i] = (float)-i;
        auc_interval a = interval(y, p, n);
        assert_true(a.auc == 1 && a.high == 1);
        assert_true(fabs(a.low - cases[k].low) < 1e-9);
    }
}

static void no_area(void **state)
{
    (void)state;
    const uint8_t ones[] = { 1, 1 }, both[] = { 0, 1 };
    const float p[] = { 0.1f, 0.2f }, nan[] = { 0.1f, NAN };
    auc_interval a = interval(ones, p, 2);
    assert_true(isnan(a.auc) && isnan(a.low) && a.n_positive == 2 && a.n_negative == 0);
    a = interval(both, nan, 2);
    assert_true(isnan(a.auc) && a.n_positive == 1 && a.n_negative == 1);
    a = interval(both, p, 0);
    assert_true(isnan(a.auc) && isnan(a.variance));
    double area = 3;
    arena tmp = { 0 };
    assert_true(roc_auc(&area, ones, p, 2, &tmp) && isnan(area));
    arena_free(&tmp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_all_pairs),  cmocka_unit_test(row_order_and_scale_do_not_matter),
        cmocka_unit_test(ends_of_the_range), cmocka_unit_test(a_perfect_ranking_is_no_chance),
        cmocka_unit_test(no_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
