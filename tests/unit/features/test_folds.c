/* Folds: every row held out once in each repeat, classes shared out, groups whole; parity with
 * scikit-learn is tests/parity/test_study.py's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "failing_memory.h"

#include "folds.h"

#include <cmocka.h>

enum { n = 203, k = 5, repeats = 3 };

static void make_targets(uint8_t *y)
{
    for (int i = 0; i < n; i++) y[i] = i * 7 % 10 < 3;
}

static void classes_are_shared_out(void **state)
{
    (void)state;
    uint8_t y[n];
    arena mem = { 0 };
    folds f;
    make_targets(y);
    assert_int_equal(folds_stratified(&f, y, n, k, repeats, 42, &mem, NULL), PROPENSE_OK);
    for (int r = 0; r < repeats; r++) {
        int count[k][2] = { 0 };
        for (int i = 0; i < n; i++) count[f.of[r * n + i]][y[i]]++;
        for (int a = 0; a < k; a++)
            for (int b = 0; b < k; b++) {
                assert_in_range(count[a][1] - count[b][1] + 1, 0, 2);
                assert_in_range(count[a][0] + count[a][1] - count[b][0] - count[b][1] + 1, 0, 2);
            }
    }
    assert_memory_not_equal(f.of, f.of + n, n);
    arena_free(&mem);
}

static void train_and_held_are_all(void **state)
{
    (void)state;
    uint8_t y[n];
    int64_t train[n], held[n];
    arena mem = { 0 };
    folds f;
    make_targets(y);
    assert_int_equal(folds_stratified(&f, y, n, k, 1, 1, &mem, NULL), PROPENSE_OK);
    for (int a = 0; a < k; a++) {
        int64_t n_train = folds_train(train, &f, 0, a), n_held = folds_held(held, &f, 0, a);
        assert_int_equal(n_train + n_held, n);
        for (int64_t i = 0; i < n_held; i++) assert_int_equal(f.of[held[i]], a);
        for (int64_t i = 1; i < n_train; i++) assert_true(train[i - 1] < train[i]);
    }
    arena_free(&mem);
}

/* Groups of 1 to 9 rows. */
static int32_t make_groups(int32_t *group)
{
    int32_t number = 0;
    for (int i = 0, left = 1; i < n; i++, left--) {
        if (left == 0) left = 1 + ++number % 9;
        group[i] = number;
    }
    return number + 1;
}

static void groups_stay_whole(void **state)
{
    (void)state;
    uint8_t y[n];
    int32_t group[n], n_groups = make_groups(group);
    arena mem = { 0 };
    folds f;
    make_targets(y);
    assert_int_equal(folds_grouped(&f, y, group, n, n_groups, k, repeats, 1, &mem, NULL),
                     PROPENSE_OK);
    for (int r = 0; r < repeats; r++) {
        int64_t count[k] = { 0 };
        for (int i = 0; i < n; i++) {
            count[f.of[r * n + i]]++;
            if (i && group[i] == group[i - 1])
                assert_int_equal(f.of[r * n + i], f.of[r * n + i - 1]);
        }
        for (int a = 0; a < k; a++) assert_in_range(count[a], n / k - 2, n / k + 2);
    }
    assert_memory_not_equal(f.of, f.of + n, n);
    arena_free(&mem);
}

static void groups_are_drawn_whole(void **state)
{
    (void)state;
    int32_t group[n], n_groups = make_groups(group);
    int64_t order[n], other[n];
    arena mem = { 0 };
    int64_t drawn = groups_drawn(order, group, n, n_groups, n / 4, 7, &mem);
    assert_in_range(drawn, n / 4, n / 4 + 8); /* the last group has nine rows at most */
    int is_drawn[n] = { 0 }, seen[n] = { 0 };
    for (int i = 0; i < n; i++) {
        seen[order[i]]++;
        is_drawn[order[i]] = i < drawn;
        if (i && i != drawn) assert_true(order[i] > order[i - 1]);
    }
    for (int i = 0; i < n; i++) {
        assert_int_equal(seen[i], 1);
        if (i && group[i] == group[i - 1]) assert_int_equal(is_drawn[i], is_drawn[i - 1]);
    }
    assert_int_equal(groups_drawn(other, group, n, n_groups, n, 7, &mem), n);
    assert_int_equal(groups_drawn(other, group, n, n_groups, 0, 7, &mem), 0);
    (void)groups_drawn(other, group, n, n_groups, n / 4, 8, &mem);
    assert_memory_not_equal(order, other, sizeof order);
    arena_free(&mem);
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    uint8_t y[12] = { 1, 1, 1 }, few[4] = { 1, 0, 1, 0 };
    int32_t group[4] = { 0, 1, 0, 1 };
    arena mem = { 0 };
    folds f;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(folds_stratified(&f, y, 12, 4, 1, 0, &mem, &err), PROPENSE_E_PARSE);
    assert_non_null(strstr(err.message, "3 rows converted, and 4 folds"));
    assert_int_equal(folds_grouped(&f, few, group, 4, 2, 3, 1, 0, &mem, &err), PROPENSE_E_PARSE);
    assert_non_null(strstr(err.message, "2 groups, and 3 folds"));
    /* One group has all conversions. */
    assert_int_equal(folds_grouped(&f, few, group, 4, 2, 2, 1, 0, &mem, &err), PROPENSE_E_PARSE);
    assert_non_null(strstr(err.message, "one kind only"));
    arena_free(&mem);
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    uint8_t y[n];
    int32_t group[n], n_groups = make_groups(group);
    make_targets(y);
    for (int64_t at = 1;; at++) {
        arena mem = { 0 };
        folds f;
        memory_fail_at(at);
        status s = folds_stratified(&f, y, n, k, repeats, 42, &mem, NULL);
        if (s == PROPENSE_OK)
            s = folds_grouped(&f, y, group, n, n_groups, k, repeats, 1, &mem, NULL);
        int64_t order[n];
        if (s == PROPENSE_OK && groups_drawn(order, group, n, n_groups, n / 2, 1, &mem) < 0)
            s = PROPENSE_E_NOMEM;
        memory_fail_at(0);
        arena_free(&mem);
        if (s == PROPENSE_OK) break;
        assert_int_equal(s, PROPENSE_E_NOMEM);
        assert_true(at < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_shared_out), cmocka_unit_test(train_and_held_are_all),
        cmocka_unit_test(groups_stay_whole),      cmocka_unit_test(groups_are_drawn_whole),
        cmocka_unit_test(what_cannot_be_is_told), cmocka_unit_test(memory_may_run_out_anywhere)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
