/* The pool: every worker once, meetings in step, sizes, and many short runs. Also run under the
 * thread sanitizer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>
#include <unistd.h>

#include "threads.h"

enum { most = 8, n_meetings = 300 };

struct sheet {
    pool *p;
    int n;
    int64_t calls[most];
    int64_t column[2][most]; /* a meeting's figures, written by all, read by all */
    int bad[most];
};

static void wait_us(int us)
{
    struct timespec t = { 0, us * 1000 };
    (void)nanosleep(&t, NULL);
}

static void count(void *user, int worker)
{
    ((struct sheet *)user)->calls[worker]++;
}

static void the_cores_are_at_least_one_and_no_more_than_there_are(void **state)
{
    (void)state;
    assert_true(threads_available() >= 1);
    assert_true(threads_available() <= sysconf(_SC_NPROCESSORS_CONF));
}

static void each_worker_is_called_once_a_run(void **state)
{
    (void)state;
    for (int size = 1; size <= most; size++) {
        pool *p = pool_new(size);
        assert_non_null(p);
        assert_int_equal(pool_size(p), size);
        struct sheet s = { .p = p };
        for (int run = 0; run < 200; run++) pool_run(p, 1 + run % size, count, &s);
        int64_t total = 0, want = 0;
        for (int run = 0; run < 200; run++) want += 1 + run % size;
        for (int i = 0; i < size; i++) total += s.calls[i];
        assert_int_equal(total, want);
        assert_int_equal(s.calls[0], 200);
        pool_free(p);
    }
}

/* In each round every worker writes its figure, all meet, and each must see all figures of this
 * round. Two columns in turn, so that a fast worker's next figure cannot be mistaken. */
static void meet_in_step(void *user, int worker)
{
    struct sheet *s = user;
    for (int64_t round = 1; round <= n_meetings; round++) {
        int64_t *column = s->column[round % 2];
        column[worker] = round * (worker + 1);
        if (worker == round % s->n && round % 50 == 0) wait_us(200); /* let the others sleep */
        pool_meet(s->p, s->n, worker);
        for (int i = 0; i < s->n; i++) s->bad[worker] |= column[i] != round * (i + 1);
    }
}

static void meetings_keep_all_in_step(void **state)
{
    (void)state;
    for (int n = 1; n <= 4; n++) {
        struct sheet s = { .p = pool_new(4), .n = n };
        assert_non_null(s.p);
        for (int again = 0; again < 3; again++) pool_run(s.p, n, meet_in_step, &s);
        for (int i = 0; i < n; i++) assert_false(s.bad[i]);
        pool_free(s.p);
    }
}

static void without_a_pool_the_caller_works_alone(void **state)
{
    (void)state;
    struct sheet s = { .n = 1 };
    assert_int_equal(pool_size(NULL), 1);
    pool_run(NULL, 1, count, &s);
    pool_run(NULL, 1, meet_in_step, &s);
    assert_int_equal(s.calls[0], 1);
    assert_false(s.bad[0]);
    pool_free(NULL);
}

static void a_pool_that_never_runs_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) pool_free(pool_new(i % 5));
}

static void sleeping_workers_wake_up(void **state)
{
    (void)state;
    struct sheet s = { .p = pool_new(3) };
    for (int run = 0; run < 20; run++) {
        wait_us(1000);
        pool_run(s.p, 3, count, &s);
    }
    for (int i = 0; i < 3; i++) assert_int_equal(s.calls[i], 20);
    pool_free(s.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cores_are_at_least_one_and_no_more_than_there_are),
        cmocka_unit_test(each_worker_is_called_once_a_run),
        cmocka_unit_test(meetings_keep_all_in_step),
        cmocka_unit_test(without_a_pool_the_caller_works_alone),
        cmocka_unit_test(a_pool_that_never_runs_ends),
        cmocka_unit_test(sleeping_workers_wake_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
