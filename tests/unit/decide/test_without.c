/* Two trainings compared in money: against sums made row by row, and the interval against many
 * repetitions of the whole campaign. */
#include "without.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "maths.h"
#include "random.h"

#include <cmocka.h>

enum { n_rows = 4000 };

static double draw(uint32_t stream, uint32_t step, uint64_t i)
{
    return draw_double((draw_key){ 77, DRAW_NOISE, stream }, step, i);
}

/* Both sides see the truth through noise of their own, the second through more. */
static void make_rows(without_rows *r, uint32_t step)
{
    *r = (without_rows){ .n = n_rows };
    r->y = TAKE(&r->mem, uint8_t, n_rows);
    for (int k = 0; k < 2; k++) {
        r->p[k] = TAKE(&r->mem, double, n_rows);
        r->rank[k] = TAKE(&r->mem, double, n_rows);
    }
    for (uint32_t i = 0; i < n_rows; i++) {
        double z = -2 + 2 * (draw(0, step, i) + draw(1, step, i) - 1);
        for (uint32_t k = 0; k < 2; k++) {
            r->rank[k][i] = z + (0.5 + k) * (draw(2 + k, step, i) - 0.5);
            r->p[k][i] = m_sigmoid(r->rank[k][i]);
        }
        r->y[i] = draw(5, step, i) < m_sigmoid(z);
    }
}

static const plan_options economy = { .margin = { 10, 10, 10, 1 },
                                      .cost = { 1, 1, 1, 1 },
                                      .incentive = 2,
                                      .budget = -1,
                                      .max_contacts = -1,
                                      .seed = 1 };

static void compare(without *w, uint32_t step, const plan_options *o, int64_t n_customers)
{
    without_rows r;
    propense_error err = PROPENSE_ERROR_INIT;
    make_rows(&r, step);
    *w = (without){ 0 };
    assert_int_equal(without_compare(w, &r, n_customers, o, NULL, &err), PROPENSE_OK);
    without_rows_free(&r);
}

static double list_by_hand(const without_rows *r, int side, int64_t *contacts, double *promised)
{
    double brought = 0;
    *contacts = 0, *promised = 0;
    for (int i = 0; i < n_rows; i++) {
        if (r->p[side][i] * 8 - 1 <= 0) continue;
        ++*contacts;
        *promised += r->p[side][i] * 8 - 1;
        brought += r->y[i] ? 7 : -1;
    }
    return brought;
}

static void sums_are_those_of_the_rows(void **state)
{
    (void)state;
    for (uint32_t step = 0; step < 20; step++) {
        without w;
        without_rows r;
        int64_t contacts[2];
        double promised[2], brought[2];
        compare(&w, step, &economy, n_rows);
        make_rows(&r, step);
        for (int k = 0; k < 2; k++) brought[k] = list_by_hand(&r, k, &contacts[k], &promised[k]);
        without_rows_free(&r);
        assert_int_equal(w.with.contacts, contacts[0]);
        assert_int_equal(w.less.contacts, contacts[1]);
        assert_true(fabs(w.with.promised - promised[0]) < 1e-8);
        assert_true(fabs(w.less.promised - promised[1]) < 1e-8);
        assert_true(w.with.brought == brought[0] && w.less.brought == brought[1]);
        assert_true(w.profit.value == brought[1] - brought[0]);
        assert_true(w.profit.low < w.profit.value && w.profit.value < w.profit.high);
    }
}

/* The mean difference of 60 campaigns is (nearly) the truth; each interval should hold it. */
static void the_interval_holds_the_truth(void **state)
{
    (void)state;
    enum { times = 60 };
    estimate e[times];
    double mean = 0;
    int held = 0;
    for (uint32_t step = 0; step < times; step++) {
        without w;
        compare(&w, 100 + step, &economy, n_rows);
        e[step] = w.profit;
        mean += w.profit.value / times;
    }
    for (int i = 0; i < times; i++) held += e[i].low <= mean && mean <= e[i].high;
    assert_true(mean < 0); /* more noise earns less */
    assert_in_range(held, 52, 60);
}

/* A plan of half as many customers with 300 contacts is one of 600 here. */
static void limits_are_in_proportion(void **state)
{
    (void)state;
    without w;
    plan_options o = economy;
    o.max_contacts = 300;
    compare(&w, 1, &o, n_rows / 2);
    assert_int_equal(w.with.contacts, 600);
    assert_int_equal(w.less.contacts, 600);
    o.max_contacts = -1;
    o.budget = money_of(100);
    compare(&w, 1, &o, n_rows / 4);
    assert_int_equal(w.less.contacts, 400);
}

/* Values and costs by customer, a negative value among them. */
static void values_and_costs_count(void **state)
{
    (void)state;
    without w = { 0 };
    without_rows r = { .n = 3 };
    uint8_t y[] = { 1, 1, 0 };
    double p0[] = { 0.9, 0.9, 0.9 }, p1[] = { 0.9, 0.9, 0.01 };
    double value[] = { 50, -5, 20 };
    int64_t cost[] = { 2000000, 1000000, 3000000 };
    propense_error err = PROPENSE_ERROR_INIT;
    r.y = y, r.value = value, r.cost = cost;
    r.p[0] = r.rank[0] = p0, r.p[1] = r.rank[1] = p1;
    assert_int_equal(without_compare(&w, &r, 3, &economy, NULL, &err), PROPENSE_OK);
    assert_int_equal(w.with.contacts, 2);
    assert_true(w.with.brought == (50 - 2 - 2) - 3);
    assert_int_equal(w.less.contacts, 1);
    assert_true(w.less.brought == 50 - 2 - 2);
    assert_true(w.profit.value == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sums_are_those_of_the_rows),
                                        cmocka_unit_test(the_interval_holds_the_truth),
                                        cmocka_unit_test(limits_are_in_proportion),
                                        cmocka_unit_test(values_and_costs_count) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
