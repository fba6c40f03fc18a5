/* Ridge logistic regression: the conditions of its optimum, a case by hand, threads, both widths of
 * numbers, separated and single classes, bad input, refused memory. Parity:
 * tests/parity/test_evaluation.py. */
#include "cholesky.h"
#include "failing_memory.h"
#include "logistic.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t next(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}
static double uniform(uint64_t *s)
{
    return ((double)next(s) + 0.5) / 2147483648.0;
}

enum { n = 3001, k = 7 };
static double x64[n * k], weights[n];
static float x32[n * (k + 2)];
static uint8_t y[n];

static int setup(void **state)
{
    (void)state;
    uint64_t s = 21;
    for (int i = 0; i < n; i++) {
        double z = -1;
        for (int j = 0; j < k; j++) {
            x64[i * k + j] = j == 6 ? (double)(next(&s) % 8 == 0) : 4 * uniform(&s) - 2;
            x64[i * k + j] = (double)(float)x64[i * k + j];
            x32[i * (k + 2) + j] = (float)x64[i * k + j];
            z += (j - 3) * 0.4 * x64[i * k + j];
        }
        y[i] = uniform(&s) < 1 / (1 + exp(-z));
        weights[i] = uniform(&s) + 0.25;
    }
    return 0;
}

static logistic fit(const double *w, double ridge, pool *threads, arena *mem)
{
    logistic m;
    const logistic_matrix x = { .f64 = x64, .n = n, .k = k };
    const logistic_options o = { .ridge = ridge };
    assert_int_equal(logistic_fit(&m, &x, y, w, &o, threads, mem, NULL), PROPENSE_OK);
    assert_true(m.converged && m.steps < 12);
    return m;
}

static void gradient_is_zero_and_errors_invert_the_hessian(void **state)
{
    (void)state;
    arena mem = { 0 };
    for (int c = 0; c < 4; c++) {
        const double *w = c % 2 ? weights : NULL;
        double ridge = c < 2 ? 0 : 3.5, gradient[k + 1] = { 0 }, h[k + 1][k + 1] = { { 0 } };
        logistic m = fit(w, ridge, NULL, &mem);
        for (int i = 0; i < n; i++) {
            double row[k + 1] = { 1 }, eta = 0, v = w ? w[i] : 1;
            for (int j = 0; j < k; j++) row[j + 1] = x64[i * k + j];
            for (int j = 0; j <= k; j++) eta += row[j] * m.coefficients[j];
            double p = 1 / (1 + exp(-eta));
            for (int j = 0; j <= k; j++) {
                gradient[j] += v * (p - y[i]) * row[j];
                for (int l = 0; l <= k; l++) h[j][l] += v * p * (1 - p) * row[j] * row[l];
            }
        }
        for (int j = 0; j <= k; j++) {
            if (j) gradient[j] += ridge * m.coefficients[j];
            if (j) h[j][j] += ridge;
            assert_true(fabs(gradient[j]) < 1e-8);
            assert_true(fabs(m.high[j] - m.low[j] - 2 * 1.959963984540054 * m.errors[j]) < 1e-12);
        }
        for (int j = 0; j <= k; j++) {
            for (int l = 0; l <= k; l++) {
                double one = 0;
                for (int u = 0; u <= k; u++) one += h[j][u] * m.covariance[u * (k + 1) + l];
                assert_true(fabs(one - (j == l)) < 1e-9);
            }
        }
    }
    arena_free(&mem);
}

/* One column of 0 and 1 is a two-by-two table: the coefficient is the log odds ratio. */
static void a_table_by_hand(void **state)
{
    (void)state;
    arena mem = { 0 };
    const double x[] = { 0, 0, 1, 1 }, w[] = { 30, 10, 20, 40 };
    const uint8_t target[] = { 0, 1, 0, 1 };
    logistic m;
    const logistic_matrix matrix = { .f64 = x, .n = 4, .k = 1 };
    const logistic_options o = { .ridge = 0 };
    assert_int_equal(logistic_fit(&m, &matrix, target, w, &o, NULL, &mem, NULL), 0);
    assert_true(fabs(m.coefficients[0] - log(1.0 / 3)) < 1e-12);
    assert_true(fabs(m.coefficients[1] - log(6)) < 1e-12);
    assert_true(fabs(m.errors[1] - sqrt(1.0 / 30 + 1.0 / 10 + 1.0 / 20 + 1.0 / 40)) < 1e-12);
    double z[4];
    logistic_logits(z, &m, &matrix);
    assert_true(fabs(z[3] - log(2)) < 1e-12);
    assert_true(fabs(logistic_logit_error(&m, &x[3]) - sqrt(1.0 / 20 + 1.0 / 40)) < 1e-12);
    arena_free(&mem);
}

static void threads_and_width_change_no_bit(void **state)
{
    (void)state;
    arena mem = { 0 };
    logistic a = fit(weights, 1, NULL, &mem), m;
    const size_t bytes = (k + 1) * sizeof(double);
    for (int threads = 2; threads <= 3; threads++) {
        pool *p = pool_new(threads);
        logistic b = fit(weights, 1, p, &mem);
        const logistic_matrix x = { .f32 = x32, .n = n, .k = k, .stride = k + 2 };
        const logistic_options o = { .ridge = 1 };
        assert_int_equal(logistic_fit(&m, &x, y, weights, &o, p, &mem, NULL), 0);
        pool_free(p);
        assert_memory_equal(a.coefficients, b.coefficients, bytes);
        assert_memory_equal(a.errors, b.errors, bytes);
        assert_memory_equal(a.coefficients, m.coefficients, bytes);
        assert_true(a.loss == b.loss && a.loss == m.loss);
    }
    arena_free(&mem);
}

static void no_columns(void **state)
{
    (void)state;
    arena mem = { 0 };
    logistic m;
    const logistic_matrix x = { .f64 = x64, .n = n, .k = 0 };
    double positives = 0;
    for (int i = 0; i < n; i++) positives += y[i];
    assert_int_equal(logistic_fit(&m, &x, y, NULL, &(logistic_options){ 0 }, NULL, &mem, NULL), 0);
    assert_true(fabs(m.coefficients[0] - log(positives / (n - positives))) < 1e-12);
    arena_free(&mem);
}

static void separated_classes_need_a_ridge(void **state)
{
    (void)state;
    arena mem = { 0 };
    const double x[] = { -3, -2, -1, 1, 2, 3 }, twice[] = { 1, 2, 2, 4, 3, 6, 4, 8, 5, 10, 6, 12 };
    const uint8_t apart[] = { 0, 0, 0, 1, 1, 1 }, mixed[] = { 0, 1, 0, 1, 0, 1 };
    const logistic_matrix one = { .f64 = x, .n = 6, .k = 1 },
                          two = { .f64 = twice, .n = 6, .k = 2 };
    propense_error err = PROPENSE_ERROR_INIT;
    logistic m;
    logistic_options o = { .ridge = 0 };
    assert_int_equal(logistic_fit(&m, &one, apart, NULL, &o, NULL, &mem, &err), PROPENSE_E_NUMERIC);
    assert_int_equal(logistic_fit(&m, &two, mixed, NULL, &o, NULL, &mem, &err), PROPENSE_E_NUMERIC);
    o.ridge = 0.01;
    assert_int_equal(logistic_fit(&m, &one, apart, NULL, &o, NULL, &mem, &err), 0);
    assert_true(m.converged && m.coefficients[1] > 1 && m.coefficients[1] < 20);
    assert_int_equal(logistic_fit(&m, &two, mixed, NULL, &o, NULL, &mem, &err), 0);
    assert_true(m.converged && fabs(m.coefficients[2] - 2 * m.coefficients[1]) < 1e-9);
    o.ridge = 1e-12;
    assert_int_equal(logistic_fit(&m, &one, apart, NULL, &o, NULL, &mem, &err), 0);
    assert_true(isfinite(m.coefficients[1]) && isfinite(m.errors[1]));
    arena_free(&mem);
}

static void one_class_and_bad_input(void **state)
{
    (void)state;
    arena mem = { 0 };
    const double x[] = { 1, 2, 3 }, nan[] = { 1, NAN, 3 }, bad[] = { 1, -1, 1 };
    const uint8_t ones[] = { 1, 1, 1 }, zeros[] = { 0, 0, 0 }, both[] = { 0, 1, 1 };
    logistic_matrix a = { .f64 = x, .n = 3, .k = 1 }, b = { .f64 = nan, .n = 3, .k = 1 };
    logistic_options o = { .ridge = 1 };
    propense_error err = PROPENSE_ERROR_INIT;
    logistic m;
    assert_int_equal(logistic_fit(&m, &a, ones, NULL, &o, NULL, &mem, &err), 0);
    assert_true(fabs(m.coefficients[0] - log(7)) < 1e-12 && m.coefficients[1] == 0);
    assert_true(isnan(m.errors[0]));
    assert_int_equal(logistic_fit(&m, &a, zeros, NULL, &o, NULL, &mem, &err), 0);
    assert_true(fabs(m.coefficients[0] + log(7)) < 1e-12);
    assert_int_equal(logistic_fit(&m, &b, both, NULL, &o, NULL, &mem, &err), PROPENSE_E_NUMERIC);
    assert_non_null(strstr(err.message, "row 2"));
    assert_int_equal(logistic_fit(&m, &a, both, bad, &o, NULL, &mem, &err), PROPENSE_E_NUMERIC);
    o.ridge = -1;
    assert_int_equal(logistic_fit(&m, &a, both, NULL, &o, NULL, &mem, &err), PROPENSE_E_ARG);
    o.ridge = 1;
    a.k = 2001;
    assert_int_equal(logistic_fit(&m, &a, both, NULL, &o, NULL, &mem, &err), PROPENSE_E_ARG);
    a.n = 0;
    assert_int_equal(logistic_fit(&m, &a, both, NULL, &o, NULL, &mem, &err), PROPENSE_E_ARG);
    arena_free(&mem);
}

static void memory_ends(void **state)
{
    (void)state;
    const logistic_matrix x = { .f64 = x64, .n = n, .k = k };
    int refused = 0;
    for (int64_t i = 1; i < 50; i++) {
        arena mem = { 0 };
        logistic m;
        memory_fail_at(i);
        status s =
            logistic_fit(&m, &x, y, NULL, &(logistic_options){ .ridge = 1 }, NULL, &mem, NULL);
        memory_fail_at(0);
        arena_free(&mem);
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
        if (s == PROPENSE_OK) break;
        refused++;
    }
    assert_true(refused >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_zero_and_errors_invert_the_hessian),
        cmocka_unit_test(a_table_by_hand),
        cmocka_unit_test(threads_and_width_change_no_bit),
        cmocka_unit_test(no_columns),
        cmocka_unit_test(separated_classes_need_a_ridge),
        cmocka_unit_test(one_class_and_bad_input),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
