/* Ticks are round, cover what they must, and stay few. */
#include "axis.h"
#include "console_text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void check(double low, double high, double least)
{
    axis a = axis_of(low, high, 4, least, -1e300, 1e300);
    assert_true(a.low <= low + 1e-6 * a.step && a.high >= high - 1e-6 * a.step);
    assert_true(a.high - a.low >= least * 0.999);
    assert_true(a.last - a.first >= 1 && a.last - a.first <= 7);
    double lead = a.step;
    while (lead < 0.999) lead *= 10;
    while (lead >= 9.99) lead /= 10;
    assert_true(fabs(lead - 1) < 1e-6 || fabs(lead - 2) < 1e-6 || fabs(lead - 5) < 1e-6);
    assert_true(axis_place(&a, a.low, 100, 0) == 100 &&
                fabs(axis_place(&a, a.high, 100, 0)) < 1e-9);
}

static void round_ticks(void **state)
{
    (void)state;
    uint64_t s = 1;
    for (int i = 0; i < 2000; i++) {
        s = s * 6364136223846793005u + 1442695040888963407u;
        double low = (double)(s >> 33) / 1e9 - 1, size = pow(10, (int)(s % 40) - 20);
        check(low * size, (low + 0.001 + (double)(s >> 50) / 5e3) * size, 0.01 * size);
    }
    check(0.5, 0.5, 0.05);
    check(-3, 7, 0);
}

static void bounds_hold(void **state)
{
    (void)state;
    axis a = axis_of(1, 1, 4, 0.05, 0, 1), b = axis_of(0, 0, 4, 0.05, 0, 1);
    assert_true(a.high <= 1 + 1e-12 && a.low < 1);
    assert_true(b.low >= 0 && b.high > 0 && b.high <= 1);
}

static void epochs(void **state)
{
    (void)state;
    for (int32_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        int ticks = 0;
        int32_t before = 0;
        for (int32_t t = 1; t; t = axis_next_epoch(t, n, 8)) {
            assert_true(t > before && t <= n);
            before = t;
            ticks++;
        }
        assert_true(ticks <= 9 && (ticks >= 3 || n < 4));
    }
    assert_int_equal(axis_next_epoch(1, 20, 8), 5);
    assert_int_equal(axis_next_epoch(15, 20, 8), 20);
    assert_int_equal(axis_next_epoch(20, 20, 8), 0);
}

static void labels(void **state)
{
    (void)state;
    axis a = axis_of(0.6, 0.75, 4, 0, 0, 1);
    text t = { 0 };
    axis_label(&t, &a, 0.65, 1, PROPENSE_ENGLISH);
    text_char(&t, '|');
    axis_label(&t, &a, 0.65, 1, PROPENSE_SPANISH);
    text_char(&t, '|');
    axis_label(&t, &a, 0.65, 0, PROPENSE_SPANISH);
    text_char(&t, '|');
    axis_figure(&t, 1.5e-7, 0, PROPENSE_SPANISH);
    assert_string_equal(t.p, "65%|65\xC2\xA0%|0,65|1,50e-07");
    text_free(&t);
}

static void console_numbers(void **state)
{
    (void)state;
    assert_string_equal(show_number(0.3, 0).p, "0.3");
    assert_string_equal(show_number(0.001, 1).p, "0,001");
    assert_string_equal(show_number(508.341725, 0).p, "508.34");
    assert_string_equal(show_number(-187.1, 0).p, "-187.1");
    assert_string_equal(show_number(100, 0).p, "100");
    assert_string_equal(show_number(0, 0).p, "0");
    assert_string_equal(show_number(1e-9, 0).p, "1.0000e-09");
    assert_string_equal(show_percent(1, 1000, 0).p, "<1");
    assert_string_equal(show_percent(999, 1000, 0).p, ">99");
    assert_string_equal(show_percent(1000, 1000, 0).p, "100");
    assert_string_equal(show_percent(163, 500, 0).p, "33");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_ticks), cmocka_unit_test(bounds_hold),     cmocka_unit_test(epochs),
        cmocka_unit_test(labels),      cmocka_unit_test(console_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
