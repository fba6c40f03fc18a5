/* exp, log and what is made of them. Same bits everywhere: only +, -, *, / and table look-ups.
 * Leaves erf, gamma and the normal distribution to maths_special.c, sin and cos to maths_trig.c.
 * Read maths.h and maths_parts.h first. */
#include "maths.h"

#include <math.h>

#include "maths_parts.h"
#include "maths_tables.inc"

/* ---- exp: x = k * log(2)/128 + r, |r| <= 0.0028; exp(x) = 2^(k/128) * exp(r) */

/* Adding this to a number below 2^51 rounds it to an integer, which is then in the lowest bits. */
static const double to_integer = 0x1.8p52;

/* exp(r) - 1 for |r| <= 0.0028; the first term left out is below 2^-60. */
static inline double exp_rest(double r)
{
    return r + r * r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120))));
}

struct reduced {
    int64_t twos;
    const double *power; /* of 2^(i/128): hi, lo */
    double r;
};

static inline struct reduced reduce(double x, double rest)
{
    double shifted = x * steps_per_one + to_integer, k = shifted - to_integer;
    int32_t n = (int32_t)(uint32_t)bits_of(shifted);
    double r =
        (x - k * step_1) - k * step_2 + rest; /* the first product and difference are exact */
    return (struct reduced){ n >> 7, exp_table[n & 127], r };
}

static inline double power_of_two(int64_t n)
{
    return of_bits((uint64_t)(n + 1023) << 52);
}

double exp_of(double x, double rest)
{
    if (!(fabs(x) < 745.2)) {
        if (x != x) return x;
        return x > 0 ? (double)INFINITY : 0.0;
    }
    struct reduced e = reduce(x, rest);
    double y = e.power[0] + (e.power[1] + e.power[0] * exp_rest(e.r));
    if (e.twos >= -1021 && e.twos <= 1022) return y * power_of_two(e.twos);
    int64_t half = e.twos / 2; /* too small or large for one factor */
    return y * power_of_two(half) * power_of_two(e.twos - half);
}

double m_exp(double x)
{
    return exp_of(x, 0);
}

/* 2^twos * (power + ...) - 1 loses nothing: the leading difference is exact or its rest is kept.
 * Near 0 the series itself; the first term left out is below 2^-61. */
double m_expm1(double x)
{
    if (fabs(x) < 0x1p-54) return x; /* keeps -0 */
    if (fabs(x) < 0.125) {
        double q = 1.0 / 362880 + x * (1.0 / 3628800 + x * (1.0 / 39916800));
        q = 1.0 / 720 + x * (1.0 / 5040 + x * (1.0 / 40320 + x * q));
        q = 1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * q));
        return x + x * x * (1.0 / 2 + x * q);
    }
    if (!(x < 700) || x < -50) return x > 0 || x != x ? exp_of(x, 0) : -1.0;
    struct reduced e = reduce(x, 0);
    double scale = power_of_two(e.twos), lead = e.power[0] * scale;
    double small = (e.power[1] + e.power[0] * exp_rest(e.r)) * scale;
    parts s = lead > 1 ? sum_of(lead, -1) : sum_of(-1, lead);
    return s.hi + (s.lo + small);
}

/* 1 and what rounds to it stay below 1, and 0 stays above: a probability is never exactly either.
 */
double m_sigmoid(double x)
{
    static const double below_one = 0x1.fffffffffffffp-1, above_zero = 0x1p-1022;
    double e = exp_of(-fabs(x), 0);
    double p = (x < 0 ? e : 1.0) / (1.0 + e);
    if (p > below_one && x < (double)INFINITY) return below_one;
    if (p < above_zero && x > -(double)INFINITY) return above_zero;
    return p;
}

/* (e - 1) / (e + 1) with e = exp(2|x|); beyond 20 nothing is left of the difference to 1. */
double m_tanh(double x)
{
    double size = fabs(x), t;
    if (size < 0x1p-28 || x != x) return x;
    if (size > 20) {
        t = 1;
    } else if (size > 0.5) {
        t = 1 - 2 / (exp_of(2 * size, 0) + 1);
    } else {
        double e = m_expm1(2 * size);
        parts below = sum_of(2, e);
        t = e / below.hi;
        t -= t * below.lo / below.hi;
    }
    return copysign(t, x);
}

/* ---- log: x = 2^m * z, z in [0.71, 1.42]; 1/c is a short number near 1/z, r = z/c - 1 small;
 * log(x) = m * log(2) + log(c) + log(1 + r) */

/* (log(1 + r) - r) / r^2 for |r| <= 0.0048; the first term left out is below 2^-66. */
static inline double log_rest(double r)
{
    double q = 1.0 / 5 + r * (-1.0 / 6 + r * (1.0 / 7 + r * (-1.0 / 8)));
    return -1.0 / 2 + r * (1.0 / 3 + r * (-1.0 / 4 + r * q));
}

parts log_of(double x, double rest)
{
    uint64_t bits = bits_of(x), mantissa = bits & (((uint64_t)1 << 52) - 1);
    uint64_t i = (mantissa + ((uint64_t)1 << 44)) >> 45;
    int halve = i > 53;
    double m = (double)((int64_t)(bits >> 52) - 1023 + halve);
    double z = of_bits(mantissa | (uint64_t)(1023 - halve) << 52);
    const double *c = log_table[i];
    /* both products are exact: 27 and 26 bits times 11; so is the difference */
    double z1 = of_bits(bits_of(z) & ~(((uint64_t)1 << 26) - 1));
    parts r = sum_of(z1 * c[0] - 1, (z - z1) * c[0]);
    double w = m * ln2_1 + c[1]; /* exact: multiples of 2^-42 */
    parts y = sum_of(w, r.hi);
    double lo = r.lo + (m * ln2_2 + c[2]) + r.hi * r.hi * log_rest(r.hi) - r.lo * r.hi;
    return (parts){ y.hi, y.lo + (lo + rest / x) };
}

/* Zero, negative, infinite, NaN. */
static double log_special(double x)
{
    if (x == 0) return -(double)INFINITY;
    return x < 0 ? (double)NAN : x;
}

double m_log(double x)
{
    if (!(x >= 0x1p-1022 && x < (double)INFINITY)) {
        if (!(x > 0 && x < 1)) return log_special(x);
        parts y = log_of(x * 0x1p52, 0); /* below the normal numbers */
        return y.hi - 52 * ln2_1 + (y.lo - 52 * ln2_2);
    }
    parts y = log_of(x, 0);
    return y.hi + y.lo;
}

double m_log1p(double x)
{
    if (fabs(x) < 0x1p-8) return x + x * x * log_rest(x);
    if (!(x > -1 && x < 0x1p60)) return x == -1 ? -(double)INFINITY : m_log(x);
    parts u = x > 1 ? sum_of(x, 1) : sum_of(1, x);
    parts y = log_of(u.hi, u.lo);
    return y.hi + y.lo;
}

/* Away from a half, log of the ratio. Near it, log(1 + t) with t = (2p - 1) / (1 - p), whose
 * numerator is exact; the rests of 1 - p and of the division go in at the end. */
double m_logit(double p)
{
    if (!(p > 0 && p < 1))
        return p == 0 ? -(double)INFINITY : p == 1 ? (double)INFINITY : (double)NAN;
    if (p < 0.25 || p > 0.75) return m_log(p / (1 - p));
    parts q = sum_of(1, -p);
    double d = 2 * p - 1, t = d / q.hi;
    parts back = product_of(t, q.hi);
    double rest = (d - back.hi - back.lo - t * q.lo) / q.hi;
    return m_log1p(t) + rest / (1 + t);
}

/* ---- pow */

static int is_integer(double y)
{
    return fabs(y) >= 0x1p53 || y == floor(y);
}

static int is_odd(double y)
{
    return fabs(y) < 0x1p54 && is_integer(y) && floor(y / 2) * 2 != y;
}

/* x is 0 or infinite, or y is infinite; neither is NaN. Annex F of the C standard. */
static double pow_special(double x, double y)
{
    double size = fabs(x);
    if (fabs(y) == (double)INFINITY) {
        if (size == 1) return 1;
        return (size > 1) == (y > 0) ? (double)INFINITY : 0.0;
    }
    double value = (size > 0) == (y > 0) ? (double)INFINITY : 0.0;
    return is_odd(y) ? copysign(value, x) : value;
}

/* exp(y * log|x|) with both in two parts, so that the product's error stays below 2^-61 of itself.
 */
double m_pow(double x, double y)
{
    if (y == 0 || x == 1) return 1;
    if (x != x || y != y) return x + y;
    if (x == 0 || fabs(x) == (double)INFINITY || fabs(y) == (double)INFINITY)
        return pow_special(x, y);
    if (x < 0 && !is_integer(y)) return (double)NAN;
    double size = fabs(x), sign = x < 0 && is_odd(y) ? -1 : 1;
    if (size == 1) return sign;
    int small = size < 0x1p-1022;
    parts l = log_of(small ? size * 0x1p52 : size, 0);
    if (small) l = (parts){ l.hi - 52 * ln2_1, l.lo - 52 * ln2_2 };
    l = sum_of(l.hi, l.lo);
    if (fabs(y) > 0x1p64) return sign * ((l.hi > 0) == (y > 0) ? (double)INFINITY : 0.0);
    parts e = product_of(y, l.hi);
    return sign * exp_of(e.hi, fabs(e.hi) < 800 ? e.lo + y * l.lo : 0);
}
