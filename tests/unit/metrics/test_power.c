/* Power against figures worked out by hand, and each function against the others. */
#include "power.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* sd0 = sqrt(501 / 659172) = 0.0275688; 0.5 + 1.644854 sd0 = 0.545347 */
static void the_campaign(void **state)
{
    (void)state;
    assert_true(fabs(power_least_area(163, 337, 0.05) - 0.545347) < 1e-6);
    double area = power_area(163, 337, 0.05, 0.8);
    assert_true(area > 0.565 && area < 0.575);
    assert_true(fabs(power_of_area(163, 337, area, 0.05) - 0.8) < 1e-9);
    int64_t at_55 = power_conversions(0.55, 0.326, 0.05, 0.8);
    int64_t at_60 = power_conversions(0.60, 0.326, 0.05, 0.8);
    assert_true(at_55 > 250 && at_55 < 350 && at_60 > 60 && at_60 < 90);
    assert_true(at_60 < 163 && at_55 > 163);
}

static void conversions_are_the_fewest(void **state)
{
    (void)state;
    for (double area = 0.51; area < 0.8; area += 0.03) {
        int64_t m = power_conversions(area, 0.25, 0.05, 0.8); /* three others each */
        assert_true(power_of_area(m, 3 * m, area, 0.05) >= 0.8);
        assert_true(power_of_area(m - 1, 3 * (m - 1), area, 0.05) < 0.8);
        assert_true(power_area(m, 3 * m, 0.05, 0.8) <= area + 1e-12);
    }
}

static void edges(void **state)
{
    (void)state;
    assert_true(isnan(power_least_area(0, 5, 0.05)) && isnan(power_area(5, 0, 0.05, 0.8)));
    assert_true(power_least_area(1, 1, 0.05) == 1 && power_area(1, 1, 0.05, 0.8) == 1);
    assert_true(power_of_area(100, 100, 1.0, 0.05) == 1 && isnan(power_of_area(0, 1, 0.6, 0.05)));
    assert_int_equal(power_conversions(0.5, 0.3, 0.05, 0.8), -1);
    assert_int_equal(power_conversions((double)NAN, 0.3, 0.05, 0.8), -1);
    assert_int_equal(power_conversions(0.6, 0, 0.05, 0.8), -1);
    assert_int_equal(power_conversions(0.5000001, 0.3, 0.05, 0.8), -1); /* above 10^12 */
    assert_true(power_conversions(1, 0.5, 0.05, 0.8) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_campaign),
        cmocka_unit_test(conversions_are_the_fewest),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
