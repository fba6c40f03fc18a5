/* Sorting numbers of all signs and sizes, and items with ties broken by their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sorting.h"

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 20;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void numbers(void **state)
{
    uint64_t g = 1;
    (void)state;
    for (int n = 0; n < 200; n++) {
        double x[200], expected[200], scratch[200];
        for (int i = 0; i < n; i++) {
            int kind = (int)(next(&g) % 6);
            x[i] = kind == 0   ? -0.0
                   : kind == 1 ? (double)(next(&g) % 10) - 5
                   : kind == 2 ? DBL_MAX * ((double)(next(&g) % 3) - 1)
                   : kind == 3 ? DBL_TRUE_MIN * ((double)(next(&g) % 9) - 4)
                   : kind == 4 ? ldexp((double)next(&g), (int)(next(&g) % 80) - 40)
                               : -ldexp((double)next(&g), (int)(next(&g) % 80) - 40);
            expected[i] = x[i];
        }
        qsort(expected, (size_t)n, sizeof *expected, compare);
        sort_numbers(x, scratch, n);
        for (int i = 0; i < n; i++) assert_true(x[i] == expected[i]);
        for (int i = 0; i < n; i++) assert_false(x[i] == 0 && signbit(x[i]));
    }
}

static int by_value(const void *user, int32_t a, int32_t b)
{
    const int *value = user;
    return value[a] != value[b] ? value[a] - value[b] : a - b;
}

static void items(void **state)
{
    uint64_t g = 2;
    (void)state;
    for (int n = 0; n < 150; n++) {
        int value[150];
        int32_t order[150], scratch[150];
        for (int i = 0; i < n; i++) {
            value[i] = (int)(next(&g) % 20);
            order[i] = n - 1 - i;
        }
        sort_items(order, scratch, n, by_value, value);
        for (int i = 1; i < n; i++) assert_true(by_value(value, order[i - 1], order[i]) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(items) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
