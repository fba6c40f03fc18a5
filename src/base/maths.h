/* Elementary functions with the same bits on every machine.
 *
 * libm's exp, log, pow, tanh, erf ... give other bits when the CPU has no FMA, so whatever reaches
 * a file takes them from here. Only +, -, *, /, sqrt, fma() (correctly rounded by IEEE 754 in
 * hardware and in libm's software) and bit operations are used, compiled with -ffp-contract=off.
 * Errors are below 1 ulp for exp and log, 2 ulp for the others unless said. Special values as in C.
 */
#ifndef PROPENSE_MATHS_H
#define PROPENSE_MATHS_H

double m_exp(double x);
double m_expm1(double x);
double m_log(double x);
double m_log1p(double x);
double m_pow(double x, double y); /* 4 ulp */
double m_tanh(double x);
double m_erf(double x);
double m_erfc(double x);
double m_sin(double x); /* |x| <= 1e5 */
double m_cos(double x);
double m_lgamma(double x); /* x > 0 */
/* 1 / (1 + exp(-x)), without overflow; never 0 or 1 for finite |x| < 700. */
double m_sigmoid(double x);
/* log(p / (1 - p)), 0 < p < 1. */
double m_logit(double p);
/* The standard normal distribution: P(Z <= x), and its inverse (Acklam's start, one Halley step), 0
 * < p < 1. */
double m_normal(double x);
double m_normal_quantile(double p);

#endif
