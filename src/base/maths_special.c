/* The error function, the normal distribution and the logarithm of gamma. Same bits everywhere.
 * Leaves exp and log to maths.c.
 * Read maths.h and maths_parts.h first. */
#include <math.h>

#include "maths.h"
#include "maths_parts.h"
#include "maths_special.inc"

/* a[0] + a[1] x + ... + a[n-1] x^(n-1) */
static double polynomial(const double *a, int n, double x)
{
    double y = a[n - 1];
    for (int i = n - 2; i >= 0; i--) y = a[i] + x * y;
    return y;
}

/* ---- The error function */

/* erf(x) for 0 <= x <= 1/2, by its Taylor series about the nearest 1/16. */
static parts erf_near(double x)
{
    int i = (int)(x * 16 + 0.5);
    const double *a = erf_table[i];
    double h = x - i * 0.0625;
    return (parts){ a[0], h + (a[1] + h * polynomial(a + 2, 11, h)) };
}

/* exp(x^2) erfc(x) for 1/2 <= x < 32: eight polynomials an octave; x - c is exact. */
static double erfc_scaled(double x)
{
    int i = (int)((bits_of(x) >> 49) - (uint64_t)1022 * 8);
    const double *a = erfcx_table[i];
    return polynomial(a + 1, 13, x - a[0]);
}

/* erfc(x) for x >= 1/2; x^2 in two parts, as its rounding alone would cost x^2 units. */
static double erfc_far(double x)
{
    if (x > 28) return 0;
    parts square = product_of(x, x);
    return exp_of(-square.hi, -square.lo) * erfc_scaled(x);
}

double m_erf(double x)
{
    double size = fabs(x);
    if (x != x) return x;
    if (size > 0.5) return copysign(size > 6 ? 1 : 1 - erfc_far(size), x);
    parts e = erf_near(size);
    return copysign(e.hi + e.lo, x);
}

double m_erfc(double x)
{
    if (x != x) return x;
    if (x > 0.5) return erfc_far(x);
    if (x < -0.5) return x < -6 ? 2 : 2 - erfc_far(-x);
    parts e = erf_near(fabs(x));
    return x > 0 ? 1 - e.hi - e.lo : 1 + e.hi + e.lo;
}

/* ---- The normal distribution */

/* P(Z <= -x) for x >= 0.75: erfc(x / sqrt(2)) / 2, with the exponent taken of x itself. */
static double normal_tail(double x)
{
    if (x > 39) return 0;
    parts square = product_of(x, x);
    return exp_of(-square.hi / 2, -square.lo / 2) * erfc_scaled(x * sqrt_half) / 2;
}

double m_normal(double x)
{
    if (x != x) return x;
    if (fabs(x) < 0.75) return 0.5 + m_erf(x * sqrt_half) / 2;
    return x < 0 ? normal_tail(-x) : 1 - normal_tail(x);
}

/* P(Z <= -x) - p relative to the density at x. Near the middle both are taken from 1/2, where they
 * are exact to their last bits. */
static double miss(double x, double p)
{
    double far = fabs(x) < 0.75 ? (0.5 - p) - m_erf(x * sqrt_half) / 2 : normal_tail(x) - p;
    return far * sqrt_two_pi * m_exp(x * x / 2);
}

/* Quantile of the upper tail, 0 < p <= 1/2. Start: Abramowitz & Stegun 26.2.23, right to 4.5e-4;
 * each Halley step triples the digits. */
static double upper_quantile(double p)
{
    double t = sqrt(-2 * m_log(p));
    double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int step = 0; step < 2; step++) {
        double m = miss(x, p);
        x += m / (1 - x * m / 2);
    }
    return x;
}

double m_normal_quantile(double p)
{
    if (!(p > 0 && p < 1))
        return p == 0 ? -(double)INFINITY : p == 1 ? (double)INFINITY : (double)NAN;
    if (p == 0.5) return 0;
    return p < 0.5 ? -upper_quantile(p) : upper_quantile(1 - p);
}

/* ---- log(gamma(x)) */

/* lgamma(2 + z), |z| <= 1/2: Abramowitz & Stegun 6.1.33 with the first pole taken out. */
static double lgamma_two(double z)
{
    return z * one_minus_euler + z * z * polynomial(gamma_series[0], 31, z);
}

/* Stirling's series for x >= 10 (Abramowitz & Stegun 6.1.41); the first term left out is below
 * 2e-18. (x - 1/2) log x - x loses its leading bits, so that is done in two parts. */
static double lgamma_far(double x)
{
    static const double series[] = { 1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                     1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400 };
    if (x > 0x1p1000) return x * (m_log(x) - 1); /* may overflow, as it should */
    parts l = log_of(x, 0);
    parts product = product_of(x - 0.5, l.hi);
    parts lead = product.hi > x ? sum_of(product.hi, -x) : sum_of(-x, product.hi);
    double small = lead.lo + product.lo + (x - 0.5) * l.lo + half_log_2pi;
    return lead.hi + (small + polynomial(series, 8, 1 / (x * x)) / x);
}

double m_lgamma(double x)
{
    if (!(x > 0)) return x == 0 ? (double)INFINITY : (double)NAN;
    if (x >= 10) return lgamma_far(x);
    if (x < 0.5) return lgamma_two(x) - m_log1p(x) - m_log(x);
    if (x < 1.25) return lgamma_two(x - 1) - m_log1p(x - 1);
    if (x < 1.75) return polynomial(gamma_middle[0], 22, x - 1.5);
    double product = 1;
    while (x > 2.5) product *= x -= 1;
    return m_log(product) + lgamma_two(x - 2);
}
