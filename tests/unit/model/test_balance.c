/* balance: which rows stay, whether they stand for all, and the way back to the natural prior. */
#include "balance.h"
#include "kernels.h"
#include "maths.h"
#include "natural.h"
#include "random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

enum { n_rows = 1000, n_inputs = 2 };

/* One in five converts: rows 4, 9, 14, ... */
static void make_targets(uint8_t *y)
{
    for (int i = 0; i < n_rows; i++) y[i] = i % 5 == 4;
}

static void keeps_the_first_or_draws(void **state)
{
    (void)state;
    uint8_t y[n_rows], first[n_rows], drawn[n_rows], again[n_rows], other[n_rows];
    arena tmp = { 0 };
    int late = 0;
    make_targets(y);
    assert_int_equal(balance_rows(first, y, n_rows, BALANCE_FIRST, 1, &tmp), 400);
    assert_int_equal(balance_rows(drawn, y, n_rows, BALANCE_RANDOM, 1, &tmp), 400);
    assert_int_equal(balance_rows(again, y, n_rows, BALANCE_RANDOM, 1, &tmp), 400);
    assert_int_equal(balance_rows(other, y, n_rows, BALANCE_RANDOM, 2, &tmp), 400);
    for (int i = 0; i < n_rows; i++) {
        if (y[i]) assert_true(first[i] && drawn[i]);
        /* 200 zeros stand in the first 250 rows */
        if (!y[i]) assert_int_equal(first[i], i < 250);
        late += !y[i] && i >= 500 && drawn[i];
    }
    assert_true(late > 70 && late < 130); /* 100 are expected */
    assert_memory_equal(drawn, again, sizeof drawn);
    assert_memory_not_equal(drawn, other, sizeof drawn);
    assert_int_equal(balance_rows(first, y, n_rows, BALANCE_NONE, 1, &tmp), n_rows);
    for (int i = 0; i < n_rows; i++) y[i] = !y[i]; /* more positives than negatives: all stay */
    assert_int_equal(balance_rows(first, y, n_rows, BALANCE_RANDOM, 1, &tmp), n_rows);
    arena_free(&tmp);
}

/* Rows that drift along the file are told apart when the first are kept, drawn ones are not. */
static void tells_a_skew(void **state)
{
    (void)state;
    arena tmp = { 0 };
    float *x = TAKE_WIDE(&tmp, float, n_rows *n_inputs);
    uint8_t kept[n_rows];
    auc_interval apart;
    const draw_key key = { 9, DRAW_NOISE, 0 };
    for (int i = 0; i < n_rows; i++) {
        x[2 * i] = (float)(2.0 * i / n_rows + draw_double(key, 0, (uint64_t)i));
        x[2 * i + 1] = (float)draw_double(key, 1, (uint64_t)i);
        kept[i] = i < 300;
    }
    assert_int_equal(
        balance_told_apart(&apart, x, kept, n_rows, n_inputs, 1, kernels_best(), &tmp, NULL),
        PROPENSE_OK);
    assert_true(apart.auc > 0.8 && balance_is_skewed(&apart));
    for (int i = 0; i < n_rows; i++) kept[i] = draw_double(key, 2, (uint64_t)i) < 0.3;
    assert_int_equal(
        balance_told_apart(&apart, x, kept, n_rows, n_inputs, 1, kernels_best(), &tmp, NULL),
        PROPENSE_OK);
    assert_true(apart.low < 0.5 && !balance_is_skewed(&apart));
    for (int i = 0; i < n_rows; i++) kept[i] = i < 10; /* too few to ask */
    assert_int_equal(
        balance_told_apart(&apart, x, kept, n_rows, n_inputs, 1, kernels_best(), &tmp, NULL),
        PROPENSE_OK);
    assert_true(isnan(apart.auc) && !balance_is_skewed(&apart));
    arena_free(&tmp);
}

/* p = beta p_s / ((beta - 1) p_s + 1), beta the share of negatives kept (Dal Pozzolo 2015). */
static void goes_back_to_the_natural_prior(void **state)
{
    (void)state;
    model *m = model_new();
    uint8_t y[n_rows];
    int64_t rows[n_rows];
    float weight[n_rows];
    for (int i = 0; i < n_rows; i++) y[i] = i < 200, rows[i] = i, weight[i] = i % 2 ? 1 : 3;
    dataset d = { .n_rows = n_rows, .y = y };
    pipeline_plan plan = { 0 };
    const row_set all = { rows, n_rows }, some = { rows, 400 };
    const double beta = 200.0 / (n_rows - 200);
    natural_correct(m, natural_shift(&plan, &d, some, all), NULL);
    for (double z = -3; z <= 3; z += 0.5) {
        double p = m_sigmoid(z), expected = beta * p / ((beta - 1) * p + 1);
        assert_true(fabs(m_sigmoid(calibrator_logit(&m->calibrator, z)) - expected) < 1e-12);
    }
    model_free(m);

    /* Weights of 1 and 4 are odds times 4; what both classes weigh alike changes nothing. */
    plan.fit.class_weight[0] = 1;
    plan.fit.class_weight[1] = 4;
    assert_true(fabs(natural_shift(&plan, &d, all, all) + log(4.0)) < 1e-12);
    d.weight = weight;
    assert_true(fabs(natural_shift(&plan, &d, all, all) + log(4.0)) < 1e-12);
    plan.fit = (fit_options){ 0 };
    for (int i = 0; i < 200; i++) weight[i] = 6; /* against a mean of 2 */
    assert_true(fabs(natural_shift(&plan, &d, all, all) + log(3.0)) < 1e-12);
    for (int i = 0; i < 200; i++) weight[i] = 0;
    assert_true(natural_shift(&plan, &d, all, all) == 0);
    plan.fit.balanced = 1;
    d.weight = NULL;
    assert_true(fabs(natural_shift(&plan, &d, all, all) + log((n_rows - 200) / 200.0)) < 1e-12);

    /* A map that was fitted on natural rows needs no way back. */
    m = model_new();
    m->calibrator.is_base_rate = 1;
    natural_correct(m, -1, NULL);
    assert_true(m->calibrator.logit_shift == 0);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_first_or_draws),
        cmocka_unit_test(tells_a_skew),
        cmocka_unit_test(goes_back_to_the_natural_prior),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
