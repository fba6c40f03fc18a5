/* Elementary functions: mpmath's values within the bounds that maths.h promises, special values,
 * and the shapes (order, symmetry) that users rely on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "golden_maths.inc"
#include "maths.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static double unit_of(double value)
{
    int exponent;
    (void)frexp(value, &exponent);
    return ldexp(1, exponent < -1021 ? -1074 : exponent - 53);
}

static void within(const char *name, double (*f)(double), const struct golden *g, int n,
                   double bound)
{
    for (int i = 0; i < n; i++) {
        double got = f(g[i].x), error = fabs((got - g[i].value) - g[i].rest) / unit_of(g[i].value);
        if (!(error <= bound)) fail_msg("m_%s(%a) = %a, off by %.3f ulp", name, g[i].x, got, error);
    }
}
#define WITHIN(name, bound) within(#name, m_##name, golden_##name, COUNT(golden_##name), bound)

static void values_are_within_the_promised_units(void **state)
{
    (void)state;
    WITHIN(exp, 0.77); /* 0.52 but for results below the normal numbers, which are rounded twice */
    WITHIN(expm1, 0.7);
    WITHIN(log, 0.52);
    WITHIN(log1p, 0.52);
    WITHIN(tanh, 2);
    WITHIN(erf, 2);
    WITHIN(erfc, 3);
    WITHIN(sin, 1.2);
    WITHIN(cos, 1.2);
    WITHIN(lgamma, 3);
    WITHIN(sigmoid, 2.5);
    WITHIN(logit, 1.5);
    WITHIN(normal, 4);
    WITHIN(normal_quantile, 4);
    for (int i = 0; i < COUNT(golden_pow); i++) {
        const struct golden_pow *g = &golden_pow[i];
        double got = m_pow(g->x, g->y);
        double error = fabs((got - g->value) - g->rest) / unit_of(g->value);
        if (!(error <= 2)) fail_msg("m_pow(%a, %a) = %a, off by %.3f", g->x, g->y, got, error);
    }
}

static void same(double got, double want)
{
    if (isnan(want) ? !isnan(got) : got != want || signbit(got) != signbit(want))
        fail_msg("%a instead of %a", got, want);
}

static void special_values_are_those_of_the_c_standard(void **state)
{
    (void)state;
    double inf = (double)INFINITY, nan = (double)NAN;
    double (*const all[])(
        double) = { m_exp, m_expm1, m_log,    m_log1p, m_tanh,   m_erf,     m_erfc,
                    m_sin, m_cos,   m_lgamma, m_logit, m_normal, m_sigmoid, m_normal_quantile };
    for (int i = 0; i < COUNT(all); i++) same(all[i](nan), nan);
    double (*const odd[])(double) = { m_expm1, m_log1p, m_tanh, m_erf, m_sin };
    for (int i = 0; i < COUNT(odd); i++) {
        same(odd[i](0.0), 0.0);
        same(odd[i](-0.0), -0.0);
        same(odd[i](5e-324), 5e-324 * (odd[i] == m_erf ? 1.128379 : 1));
    }
    same(m_exp(inf), inf), same(m_exp(-inf), 0), same(m_exp(710), inf), same(m_exp(-746), 0);
    same(m_exp(0), 1), same(m_exp(-745.1), 5e-324);
    same(m_expm1(inf), inf), same(m_expm1(-inf), -1), same(m_expm1(710), inf);
    same(m_log(0.0), -inf), same(m_log(-0.0), -inf), same(m_log(-1), nan), same(m_log(inf), inf);
    same(m_log(1), 0), same(m_log(-inf), nan);
    same(m_log1p(-1), -inf), same(m_log1p(-2), nan), same(m_log1p(inf), inf);
    same(m_tanh(inf), 1), same(m_tanh(-inf), -1);
    same(m_erf(inf), 1), same(m_erf(-inf), -1), same(m_erfc(inf), 0), same(m_erfc(-inf), 2);
    same(m_sin(inf), nan), same(m_cos(-inf), nan), same(m_cos(0), 1);
    same(m_lgamma(1), 0), same(m_lgamma(2), 0), same(m_lgamma(0), inf), same(m_lgamma(-1), nan);
    same(m_lgamma(inf), inf), same(m_lgamma(3e305), inf);
    same(m_logit(0), -inf), same(m_logit(1), inf), same(m_logit(0.5), 0), same(m_logit(2), nan);
    same(m_normal(inf), 1), same(m_normal(-inf), 0), same(m_normal(0), 0.5);
    same(m_normal_quantile(0), -inf), same(m_normal_quantile(1), inf);
    same(m_normal_quantile(-0.1), nan);
    same(m_normal_quantile(0.5), 0);
}

static void pow_has_the_special_values_of_the_c_standard(void **state)
{
    (void)state;
    double inf = (double)INFINITY, nan = (double)NAN;
    same(m_pow(nan, 0), 1), same(m_pow(1, nan), 1), same(m_pow(nan, 1), nan),
        same(m_pow(2, nan), nan);
    same(m_pow(0.0, -1), inf), same(m_pow(-0.0, -1), -inf), same(m_pow(-0.0, -2), inf);
    same(m_pow(0.0, 3), 0), same(m_pow(-0.0, 3), -0.0), same(m_pow(-0.0, 2), 0);
    same(m_pow(-1, inf), 1), same(m_pow(-1, -inf), 1), same(m_pow(0.5, inf), 0);
    same(m_pow(0.5, -inf), inf), same(m_pow(2, inf), inf), same(m_pow(-2, -inf), 0);
    same(m_pow(inf, 2), inf), same(m_pow(inf, -1), 0), same(m_pow(-inf, 3), -inf);
    same(m_pow(-inf, 2), inf), same(m_pow(-inf, -3), -0.0), same(m_pow(-inf, 0.5), inf);
    same(m_pow(-8, 1.0 / 3), nan), same(m_pow(-2, 3), -8), same(m_pow(-2, -2), 0.25);
    same(m_pow(10, 3), 1000), same(m_pow(2, 0.5), sqrt(2)), same(m_pow(2, -1074), 5e-324);
    same(m_pow(2, 1024), inf), same(m_pow(-2, 1025), -inf), same(m_pow(0.5, 2000), 0);
    same(m_pow(1.5, 1e300), inf), same(m_pow(0.5, 1e300), 0), same(m_pow(5e-324, 0.5), 0x1p-537);
    same(m_pow(-1, 1e300), 1), same(m_pow(-1, 9007199254740993.0), 1);
}

static void a_probability_is_never_0_or_1(void **state)
{
    (void)state;
    for (double x = 0; x < 1e300; x = x * 2 + 1) {
        assert_true(m_sigmoid(x) < 1 && m_sigmoid(x) > 0);
        assert_true(m_sigmoid(-x) < 1 && m_sigmoid(-x) > 0);
    }
    same(m_sigmoid((double)INFINITY), 1);
    same(m_sigmoid(-(double)INFINITY), 0);
    same(m_sigmoid(0), 0.5);
}

/* Neighbouring arguments around 0, and steps over the whole range. */
static void the_sigmoid_never_falls(void **state)
{
    (void)state;
    double before = 0;
    for (double x = -0x1p-44; x < 0x1p-44; x += 0x1p-60) {
        double p = m_sigmoid(x);
        assert_true(p >= before);
        before = p;
    }
    before = 0;
    for (int i = -400000; i <= 400000; i++) {
        double p = m_sigmoid(i * 1e-4);
        assert_true(p >= before);
        before = p;
    }
}

static void functions_invert_each_other(void **state)
{
    (void)state;
    for (int i = 1; i < 1000; i++) {
        double p = i / 1000.0, x = m_normal_quantile(p);
        assert_true(fabs(m_normal(x) - p) < 4e-16);
        assert_true(fabs(m_sigmoid(m_logit(p)) - p) < 4e-16);
        assert_true(m_normal_quantile(1 - p) == -m_normal_quantile(1 - (1 - p)));
        same(m_erf(-x), -m_erf(x)), same(m_tanh(-x), -m_tanh(x)), same(m_sin(-x), -m_sin(x));
        assert_true(fabs(m_sin(x) * m_sin(x) + m_cos(x) * m_cos(x) - 1) < 4e-16);
        assert_true(fabs(m_log(m_exp(x)) - x) < 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_within_the_promised_units),
        cmocka_unit_test(special_values_are_those_of_the_c_standard),
        cmocka_unit_test(pow_has_the_special_values_of_the_c_standard),
        cmocka_unit_test(a_probability_is_never_0_or_1),
        cmocka_unit_test(the_sigmoid_never_falls),
        cmocka_unit_test(functions_invert_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
