/* Elementary functions with the same bits on every machine.
 *
 * libm's exp, log, pow, tanh, erf ... give other bits when the CPU has no FMA, so whatever reaches
 * a file takes them from here. Only +, -, *, /, sqrt, rint and bit operations are used, compiled
 * with -ffp-contract=off; products that need more than a double are Dekker's. Special values as in
 * C. Bounds of the error in units of the last place (ulp) stand beside each; they were measured
 * against mpmath and long double on some ten million points, and the tests keep them.
 *
 * maths.c has exp, log and what is made of them; maths_special.c erf, normal, gamma; maths_trig.c
 * sin and cos. The tables come from tools/make_maths_tables.py.
 */
#ifndef PROPENSE_MATHS_H
#define PROPENSE_MATHS_H

double m_exp(double x);           /* 0.52 ulp; some 6 ns */
double m_expm1(double x);         /* 0.7 ulp */
double m_log(double x);           /* 0.52 ulp; some 8 ns */
double m_log1p(double x);         /* 0.52 ulp */
double m_pow(double x, double y); /* 2 ulp */
double m_tanh(double x);          /* 2 ulp */
double m_erf(double x);           /* 2 ulp */
double m_erfc(double x);          /* 3 ulp */
double m_sin(double x);           /* 1.2 ulp; |x| <= 1e5, NaN beyond */
double m_cos(double x);
double m_lgamma(double x); /* 3 ulp; x > 0, NaN below */
/* 1 / (1 + exp(-x)), without overflow, 2.5 ulp; never 0 or 1 for finite x. */
double m_sigmoid(double x);
/* log(p / (1 - p)), 0 < p < 1; 1.5 ulp. */
double m_logit(double p);
/* The standard normal distribution: P(Z <= x), 4 ulp also in the far tails, and its inverse, 4 ulp,
 * 0 < p < 1. */
double m_normal(double x);
double m_normal_quantile(double p);

#endif
