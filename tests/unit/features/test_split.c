/* Splits: the known permutation, parts that are whole and disjoint, stratified shares, bad sizes.
 * Equality with scikit-learn over many cases is in tests/parity/test_features.py. */
#include "split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void plain_known(void **state)
{
    /* RandomState(42).permutation(10) = 8 1 5 0 7 2 9 4 3 6; the test part comes first. */
    static const int64_t test[] = { 8, 1 }, train[] = { 5, 0, 7, 2, 9, 4, 3, 6 };
    arena mem = { 0 };
    split s;
    (void)state;
    assert_int_equal(split_rows(&s, 10, 0.2, 42, 0, NULL, &mem, NULL), PROPENSE_OK);
    assert_int_equal(s.n_test, 2);
    assert_int_equal(s.n_train, 8);
    assert_memory_equal(s.test, test, sizeof test);
    assert_memory_equal(s.train, train, sizeof train);
    arena_free(&mem);
}

static void zero_keeps_file_order(void **state)
{
    arena mem = { 0 };
    split s;
    (void)state;
    assert_int_equal(split_rows(&s, 5, 0, 42, 1, NULL, &mem, NULL), PROPENSE_OK);
    assert_int_equal(s.n_test, 0);
    assert_int_equal(s.n_train, 5);
    for (int i = 0; i < 5; i++) assert_int_equal(s.train[i], i);
    arena_free(&mem);
}

static void stratified_keeps_shares(void **state)
{
    enum { n = 1000, n_yes = 300 };
    uint8_t y[n], seen[n] = { 0 };
    arena mem = { 0 };
    split s;
    int yes = 0;
    (void)state;
    for (int i = 0; i < n; i++) y[i] = i % 10 < 3;
    assert_int_equal(split_rows(&s, n, 0.25, 7, 1, y, &mem, NULL), PROPENSE_OK);
    assert_int_equal(s.n_test, 250);
    for (int64_t i = 0; i < s.n_test; i++) {
        yes += y[s.test[i]];
        seen[s.test[i]]++;
    }
    for (int64_t i = 0; i < s.n_train; i++) seen[s.train[i]]++;
    assert_int_equal(yes, n_yes / 4);
    for (int i = 0; i < n; i++) assert_int_equal(seen[i], 1);
    arena_free(&mem);
}

static void expect_refused(int64_t n, double frac, int stratify, const uint8_t *y, const char *part)
{
    propense_error err = PROPENSE_ERROR_INIT;
    arena mem = { 0 };
    split s;
    assert_int_not_equal(split_rows(&s, n, frac, 1, stratify, y, &mem, &err), PROPENSE_OK);
    assert_non_null(strstr(err.message, part));
    arena_free(&mem);
}

static void bad_sizes(void **state)
{
    static const uint8_t lonely[] = { 0, 0, 0, 0, 1 }, even[] = { 0, 1, 0, 1, 0, 1, 0, 1 };
    (void)state;
    expect_refused(0, 0.2, 0, NULL, "no row");
    expect_refused(1, 0.2, 0, NULL, "leave none");
    expect_refused(10, 0.95, 0, NULL, "leave none");
    expect_refused(10, 1.0, 0, NULL, "below 1");
    expect_refused(10, -0.1, 0, NULL, "at least 0");
    expect_refused(5, 0.4, 1, lonely, "only 1 row");
    expect_refused(8, 0.1, 1, even, "larger --test_size");
    expect_refused(8, 0.8, 1, even, "smaller --test_size");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_known),
        cmocka_unit_test(zero_keeps_file_order),
        cmocka_unit_test(stratified_keeps_shares),
        cmocka_unit_test(bad_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
