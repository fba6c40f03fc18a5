/* Every band and its borders; the least area against figures worked out by hand. */
#include "verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static verdict_kind kind(double area, double low, double high)
{
    auc_interval a = { area, 0.01, low, high, 27, 73 };
    return verdict_of(&a);
}

static void the_interval_decides(void **state)
{
    (void)state;
    assert_int_equal(kind(0.49, 0.37, 0.61), VERDICT_CHANCE);
    assert_int_equal(kind(0.74, 0.499, 0.9), VERDICT_CHANCE);
    assert_int_equal(kind(0.74, 0.5, 0.9), VERDICT_CHANCE);
    assert_int_equal(kind(0.4, 0.3, 0.499), VERDICT_REVERSED);
    assert_int_equal(kind(0.4, 0.3, 0.5), VERDICT_CHANCE);
    assert_int_equal(kind(0.69, 0.51, 0.8), VERDICT_WEAK);
    assert_int_equal(kind(0.7, 0.51, 0.8), VERDICT_FAIR);
    assert_int_equal(kind(0.8, 0.7, 0.9), VERDICT_GOOD);
    assert_int_equal(kind(0.9, 0.8, 0.95), VERDICT_STRONG);
    assert_int_equal(kind(1.0, 0.9, 1.0), VERDICT_STRONG);
}

static void nothing_judged(void **state)
{
    (void)state;
    auc_interval zero = { 0, 0, 0, 0, 0, 0 }, nan = { (double)NAN, 0, 0, 0, 3, 4 };
    auc_interval one_class = { 0.8, 0, 0.7, 0.9, 0, 100 };
    assert_int_equal(verdict_of(&zero), VERDICT_NONE);
    assert_int_equal(verdict_of(&nan), VERDICT_NONE);
    assert_int_equal(verdict_of(&one_class), VERDICT_NONE);
}

static void signs(void **state)
{
    (void)state;
    assert_int_equal(verdict_sign(VERDICT_NONE), -1);
    assert_int_equal(verdict_sign(VERDICT_CHANCE), 0);
    assert_int_equal(verdict_sign(VERDICT_REVERSED), 0);
    for (int k = VERDICT_WEAK; k <= VERDICT_STRONG; k++)
        assert_int_equal(verdict_sign((verdict_kind)k), 1);
}

static void least_area(void **state)
{
    (void)state;
    /* 27 and 73: se = sqrt(101 / 23652) = 0.0653470; 0.5 + 1.95996 se = 0.6280777 */
    assert_true(fabs(verdict_least_area(27, 73) - 0.6280777) < 1e-6);
    assert_true(verdict_least_area(73, 27) == verdict_least_area(27, 73));
    assert_true(verdict_least_area(1, 1) == 1.0);
    assert_true(isnan(verdict_least_area(0, 10)));
    assert_true(verdict_least_area(1000000, 1000000) < 0.501);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_decides),
        cmocka_unit_test(nothing_judged),
        cmocka_unit_test(signs),
        cmocka_unit_test(least_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
