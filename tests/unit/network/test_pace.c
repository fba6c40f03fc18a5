/* The choice between numbers of threads, on machines made of tables: what each count takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "pace.h"

#include <cmocka.h> /* last: its fail() hides ours */

enum { most = 8 };

/* Nanoseconds a step takes with 1 .. most threads, at turn `turn`. */
typedef double (*machine)(int threads, int64_t turn);

static double scaling(int threads, int64_t turn)
{
    (void)turn;
    return 1000.0 / threads + 10;
}

static double crowded(int threads, int64_t turn)
{
    (void)turn;
    return 1000.0 * threads;
}

static double best_of_four(int threads, int64_t turn)
{
    (void)turn;
    return threads == 4 ? 300 : 500;
}

static double crowded_in_the_middle(int threads, int64_t turn)
{
    return turn >= 200 && turn < 600 ? crowded(threads, turn) : scaling(threads, turn);
}

static double slow_at_first(int threads, int64_t turn)
{
    return scaling(threads, turn) + (turn == 0 ? 100000 : 0);
}

/* One slow moment of the fastest count, now and then. */
static double with_hiccups(int threads, int64_t turn)
{
    return scaling(threads, turn) * (turn % 50 == 49 ? 1.7 : 1);
}

static double without_a_clock(int threads, int64_t turn)
{
    (void)threads, (void)turn;
    return 0;
}

/* Turns first .. last - 1; returns the share of steps that ran with `wanted` threads, where a turn
 * is as long as its length in steps: 4, a trial 1. */
static double share_of(pace *p, machine m, int wanted, int64_t first, int64_t last)
{
    double all = 0, right = 0;
    for (int64_t turn = first; turn < last; turn++) {
        int threads = pace_next(p), steps = p->trying ? 1 : 4;
        assert_int_equal(threads, p->most >> p->at);
        assert_in_range(threads, 1, p->most);
        pace_learn(p, m(threads, turn));
        all += steps;
        if (threads == wanted) right += steps;
    }
    return right / all;
}

static void counts_are_halves_down_to_one(void **state)
{
    (void)state;
    const struct {
        int limit, n_counts;
    } cases[] = { { -1, 1 }, { 0, 1 }, { 1, 1 },  { 2, 2 },    { 3, 2 },
                  { 7, 3 },  { 8, 4 }, { 64, 7 }, { 4096, 13 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pace p = pace_begin(cases[i].limit);
        assert_int_equal(p.n_counts, cases[i].n_counts);
        assert_int_equal(p.most >> (p.n_counts - 1), 1);
    }
}

static void one_thread_tries_nothing(void **state)
{
    (void)state;
    pace p = pace_begin(1);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pace_next(&p), 1);
        if (i >= 2) assert_false(p.trying);
        pace_learn(&p, 5);
    }
}

static void every_count_is_tried_at_first(void **state)
{
    (void)state;
    pace p = pace_begin(most);
    int tried[most + 1] = { 0 };
    for (int i = 0; i < 2 * p.n_counts; i++) {
        tried[pace_next(&p)]++;
        assert_true(p.trying);
        pace_learn(&p, 100);
    }
    for (int n = most; n; n /= 2) assert_int_equal(tried[n], 2);
}

static void the_fastest_count_does_the_work(void **state)
{
    (void)state;
    const struct {
        machine m;
        int wanted;
    } cases[] = { { scaling, most },
                  { crowded, 1 },
                  { best_of_four, 4 },
                  { slow_at_first, most },
                  { with_hiccups, most } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pace p = pace_begin(most);
        (void)share_of(&p, cases[i].m, cases[i].wanted, 0, 2 * p.n_counts);
        assert_true(share_of(&p, cases[i].m, cases[i].wanted, 8, 2000) > 0.95);
    }
}

static void a_change_is_noticed(void **state)
{
    (void)state;
    pace p = pace_begin(most);
    assert_true(share_of(&p, crowded_in_the_middle, most, 0, 200) > 0.9);
    (void)share_of(&p, crowded_in_the_middle, 1, 200, 220); /* time to notice */
    assert_true(share_of(&p, crowded_in_the_middle, 1, 220, 600) > 0.9);
    (void)share_of(&p, crowded_in_the_middle, most, 600, 660);
    assert_true(share_of(&p, crowded_in_the_middle, most, 660, 1400) > 0.95);
}

static void a_clock_that_stands_still_does_no_harm(void **state)
{
    (void)state;
    pace p = pace_begin(most);
    (void)share_of(&p, without_a_clock, most, 0, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_halves_down_to_one),
        cmocka_unit_test(one_thread_tries_nothing),
        cmocka_unit_test(every_count_is_tried_at_first),
        cmocka_unit_test(the_fastest_count_does_the_work),
        cmocka_unit_test(a_change_is_noticed),
        cmocka_unit_test(a_clock_that_stands_still_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
