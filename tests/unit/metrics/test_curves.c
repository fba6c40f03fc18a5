/* Scores in order, curves, gains and Wilson's interval on cases worked out by hand; row order, one
 * class, NaN and refused memory. Parity with scikit-learn and SciPy:
 * tests/parity/test_evaluation.py. */
#include "curves.h"
#include "failing_memory.h"
#include "ordering.h"
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

static ranked order(const uint8_t *y, const double *s, int64_t n, arena *mem)
{
    ranked r;
    assert_true(ranked_of(&r, y, s, n, mem));
    return r;
}

static void steps_of_scores_of_any_sign(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t y[] = { 1, 0, 1, 0, 1, 0, 0 };
    const double s[] = { -0.0, 0.0, -2, 1e300, 1e-300, -2, -INFINITY };
    ranked r = order(y, s, 7, &mem);
    const double score[] = { 1e300, 1e-300, 0, -2, -INFINITY };
    const int64_t positives[] = { 0, 1, 2, 3, 3 }, negatives[] = { 1, 1, 2, 3, 4 };
    assert_int_equal(r.steps.n_steps, 5);
    assert_memory_equal(r.score, score, sizeof score);
    assert_memory_equal(r.steps.positives, positives, sizeof positives);
    assert_memory_equal(r.steps.negatives, negatives, sizeof negatives);
    assert_int_equal(ranked_above(&r, 0), 2);
    assert_int_equal(ranked_above(&r, -2), 4);
    assert_int_equal(ranked_above(&r, -1), 4);
    assert_int_equal(ranked_above(&r, INFINITY), 0);
    assert_int_equal(ranked_above(&r, -INFINITY), 6);
    arena_free(&mem);
}

static void sorting_keeps_the_order_of_equals(void **state)
{
    (void)state;
    enum { n = 3000 };
    double key[n];
    uint8_t y[n];
    int64_t rows[n];
    uint64_t s = 11;
    arena tmp = { 0 };
    for (int i = 0; i < n; i++) {
        key[i] = ((double)(next(&s) % 200) - 100) * (next(&s) % 2 ? 1e-7 : 1e9);
        y[i] = next(&s) % 2;
        rows[i] = i;
    }
    assert_true(order_by_target(rows, y, n, &tmp) && order_by(rows, key, n, &tmp));
    for (int i = 1; i < n; i++) {
        int64_t a = rows[i - 1], b = rows[i];
        assert_true(key[a] <= key[b]);
        if (key[a] == key[b]) assert_true(y[a] > y[b] || (y[a] == y[b] && a < b));
    }
    arena_free(&tmp);
}

/* Positives at ranks 1, 2 and 4 of 6; the last two rows tied. */
static void a_ranking_by_hand(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t y[] = { 0, 1, 0, 1, 0, 1 };
    const double s[] = { 0.1, 0.9, 0.1, 0.8, 0.7, 0.6 };
    ranked r = order(y, s, 6, &mem);
    assert_true(fabs(average_precision(&r) - (1 + 1 + 3.0 / 4) / 3) < 1e-15);
    ks_figures k = ks_of(&r); /* 2/3 after two rows, 1 - 1/3 after four: the higher threshold */
    assert_true(fabs(k.distance - 2.0 / 3) < 1e-15 && k.threshold == 0.8);
    assert_true(positives_in_best(&r, 3) == 2 && positives_in_best(&r, 0) == 0);
    assert_true(positives_in_best(&r, 99) == 3);
    gain_bin b[6];
    assert_int_equal(gains_table(b, 4, &r, 0.95), 4); /* 2, 2, 1, 1 rows */
    assert_true(b[0].rows == 2 && b[0].positives == 2 && b[0].lift == 2 &&
                b[0].most_lift_so_far == 2);
    assert_true(b[1].rows == 2 && b[1].positives == 1 && b[1].gain == 1 && b[1].lift_so_far == 1.5);
    assert_true(b[2].rows == 1 && b[2].positives == 0 && b[2].low == 0 && b[2].least_score == 0.1);
    assert_true(b[3].depth == 1 && b[3].lift_so_far == 1 && b[3].most_gain == 1);
    assert_int_equal(gains_table(b, 100, &r, 0.95), 6);
    gain_bin top = gain_at(&r, 0.1, 0.95); /* 0.6 rows are one */
    assert_true(top.rows == 1 && top.lift == 2 && top.most_lift_so_far == 2);
    arena_free(&mem);
}

static void ties_across_a_cut_are_shared(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t y[] = { 1, 1, 1, 0, 0, 0, 0, 0, 0, 0 };
    const double s[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    ranked r = order(y, s, 10, &mem);
    gain_bin b[5];
    assert_int_equal(gains_table(b, 5, &r, 0.95), 5);
    for (int i = 0; i < 5; i++)
        assert_true(fabs(b[i].positives - 0.6) < 1e-15 && fabs(b[i].lift - 1) < 1e-12);
    assert_true(ks_of(&r).distance == 0 && isinf(ks_of(&r).threshold));
    arena_free(&mem);
}

static void wilson_by_hand(void **state)
{
    (void)state;
    share_interval a = wilson(5, 10, 0.95), none = wilson(0, 10, 0.95), all = wilson(10, 10, 0.95);
    assert_true(fabs(a.low - 0.2365931) < 1e-7 && fabs(a.high - 0.7634069) < 1e-7);
    assert_true(none.low == 0 && fabs(none.high - 0.2775328) < 1e-7);
    assert_true(all.high == 1 && fabs(all.low - 0.7224672) < 1e-7);
    assert_true(isnan(wilson(0, 0, 0.95).low));
}

static void row_order_does_not_matter(void **state)
{
    (void)state;
    enum { n = 600 };
    uint8_t y[n], y2[n];
    double s[n], s2[n];
    uint64_t g = 3;
    arena mem = { 0 };
    for (int i = 0; i < n; i++) {
        y[i] = next(&g) % 3 == 0;
        s[i] = (double)(next(&g) % 200) / 7;
        y2[(i * 7 + 3) % n] = y[i];
        s2[(i * 7 + 3) % n] = s[i];
    }
    ranked a = order(y, s, n, &mem), b = order(y2, s2, n, &mem);
    gain_bin in_a[10], in_b[10];
    assert_int_equal(gains_table(in_a, 10, &a, 0.95), gains_table(in_b, 10, &b, 0.95));
    assert_memory_equal(in_a, in_b, sizeof in_a);
    assert_true(average_precision(&a) == average_precision(&b));
    ks_figures ka = ks_of(&a), kb = ks_of(&b);
    assert_memory_equal(&ka, &kb, sizeof ka);
    float f[n];
    auc_interval from_floats, from_steps;
    for (int i = 0; i < n; i++) f[i] = (float)s[i];
    assert_true(auc_delong(&from_floats, y, f, n, 0.95, &mem));
    assert_true(auc_delong_ranking(&from_steps, &a.steps, 0.95, &mem));
    assert_memory_equal(&from_floats, &from_steps, sizeof from_steps);
    arena_free(&mem);
}

static void one_class_nan_and_nothing(void **state)
{
    (void)state;
    arena mem = { 0 };
    const uint8_t ones[] = { 1, 1, 1 }, zeros[] = { 0, 0, 0 }, both[] = { 0, 1, 1 };
    const double s[] = { 3, 2, 1 }, nan[] = { 3, NAN, 1 };
    const ranked cases[] = { order(ones, s, 3, &mem), order(zeros, s, 3, &mem),
                             order(both, nan, 3, &mem), order(NULL, NULL, 0, &mem) };
    for (int i = 0; i < 4; i++) {
        const ranked *r = &cases[i];
        curve c;
        gain_bin b[3];
        auc_interval a;
        assert_true(isnan(average_precision(r)) && isnan(ks_of(r).distance));
        assert_true(roc_curve(&c, r, 1, &mem) && c.n == 0);
        assert_true(precision_recall_curve(&c, r, &mem) && c.n == 0);
        assert_true(auc_delong_ranking(&a, &r->steps, 0.95, &mem) && isnan(a.auc));
        assert_int_equal(gains_table(b, 3, r, 0.95), i < 2 ? 3 : 0);
        assert_int_equal(isnan(gain_at(r, 0.5, 0.95).lift), i > 0);
    }
    gain_bin b[3];
    assert_int_equal(gains_table(b, 3, &cases[0], 0.95), 3);
    assert_true(b[0].rate == 1 && b[2].gain == 1 && b[0].lift == 1);
    assert_int_equal(gains_table(b, 3, &cases[1], 0.95), 3);
    assert_true(b[0].rate == 0 && isnan(b[0].lift) && isnan(b[0].most_gain));
    arena_free(&mem);
}

static void memory_ends(void **state)
{
    (void)state;
    enum { n = 2000 };
    static uint8_t y[n];
    static double s[n];
    for (int i = 0; i < n; i++) {
        y[i] = i % 3 == 0;
        s[i] = i % 101;
    }
    int refused = 0, done = 0;
    for (int64_t k = 1; !done && k < 50; k++) {
        arena mem = { 0 };
        ranked r;
        curve c;
        auc_interval a;
        memory_fail_at(k);
        done = ranked_of(&r, y, s, n, &mem) && roc_curve(&c, &r, 1, &mem) &&
               precision_recall_curve(&c, &r, &mem) && auc_delong_ranking(&a, &r.steps, 0.95, &mem);
        memory_fail_at(0);
        arena_free(&mem);
        refused += !done;
    }
    assert_true(done && refused >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_of_scores_of_any_sign),
        cmocka_unit_test(sorting_keeps_the_order_of_equals),
        cmocka_unit_test(a_ranking_by_hand),
        cmocka_unit_test(ties_across_a_cut_are_shared),
        cmocka_unit_test(wilson_by_hand),
        cmocka_unit_test(row_order_does_not_matter),
        cmocka_unit_test(one_class_nan_and_nothing),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
