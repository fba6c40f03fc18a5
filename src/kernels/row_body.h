/* What a customer's row meets in front of the network and behind it, in double; part of
 * kernel_body.h. */
#include "maths_tables.inc" /* of exp */

enum { REALS = LANES / 2 };
typedef double real_vec __attribute__((vector_size(REALS * 8)));
typedef int64_t long_vec __attribute__((vector_size(REALS * 8)));
typedef float half_vec __attribute__((vector_size(REALS * 4)));
#define REAL(x) ((real_vec){ 0 } + (x))

ALWAYS real_vec choose_real(long_vec mask, real_vec a, real_vec b)
{
    return (real_vec)((mask & (long_vec)a) | (~mask & (long_vec)b));
}
ALWAYS void store_floats(float *p, real_vec x)
{
    half_vec y = __builtin_convertvector(x, half_vec);
    memcpy(p, &y, sizeof y);
}
ALWAYS real_vec load_reals(const double *p)
{
    real_vec x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* One vector of it; returns -1 where a number is missing. */
ALWAYS long_vec standardise_some(float *x, const double *v, double mean, double scale)
{
    const real_vec most = REAL(1e18);
    real_vec z = (load_reals(v) - mean) / scale;
    long_vec there = (long_vec)(z == z), beyond = (long_vec)(z >= most) | (long_vec)(z <= -most);
    z = choose_real(beyond, choose_real((long_vec)(z < REAL(0)), -most, most), z);
    store_floats(x, (real_vec)((long_vec)z & there));
    return ~there;
}

static int64_t standardise(float *x, const double *v, int64_t n, double mean, double scale)
{
    long_vec missing = { 0 };
    int64_t i = 0;
    for (; i + REALS <= n; i += REALS) missing += standardise_some(x + i, v + i, mean, scale);
    if (i < n) {
        double rest[REALS];
        float to[REALS];
        for (int l = 0; l < REALS; l++) rest[l] = i + l < n ? v[i + l] : mean;
        missing += standardise_some(to, rest, mean, scale);
        memcpy(x + i, to, (size_t)(n - i) * sizeof *to);
    }
    int64_t n_missing = 0;
    for (int l = 0; l < REALS; l++) n_missing -= missing[l];
    return n_missing;
}

/* exp_of in base/maths.c, whose every operation this is; -700 < x <= 0. */
ALWAYS real_vec exp_of_reals(real_vec x)
{
    const real_vec to_integer = REAL(0x1.8p52);
    real_vec shifted = x * steps_per_one + to_integer, k = shifted - to_integer;
    long_vec n = (long_vec)shifted << 32 >> 32, step = n & 127;
    real_vec r = (x - k * step_1) - k * step_2 + 0.0, high = { 0 }, low = { 0 };
    for (int l = 0; l < REALS; l++) {
        high[l] = exp_table[step[l]][0];
        low[l] = exp_table[step[l]][1];
    }
    real_vec rest = r + r * r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120))));
    return (high + (low + high * rest)) * (real_vec)(((n >> 7) + 1023) << 52);
}

/* One vector of it. */
ALWAYS void sigmoids_some(float *p, const double *z)
{
    real_vec x = load_reals(z), size = (real_vec)((long_vec)x & INT64_MAX);
    long_vec far = ~(long_vec)(size < REAL(700));
    real_vec e = exp_of_reals(choose_real(far, REAL(0), -size));
    store_floats(p, choose_real((long_vec)(x < REAL(0)), e, REAL(1)) / (1.0 + e));
    int64_t some = 0;
    for (int l = 0; l < REALS; l++) some |= far[l];
    for (int l = 0; some && l < REALS; l++)
        if (far[l]) p[l] = (float)m_sigmoid(z[l]);
}

static void sigmoids(float *p, const double *z, int64_t n)
{
    int64_t i = 0;
    for (; i + REALS <= n; i += REALS) sigmoids_some(p + i, z + i);
    if (i == n) return;
    double rest[REALS] = { 0 };
    float to[REALS];
    memcpy(rest, z + i, (size_t)(n - i) * sizeof *rest);
    sigmoids_some(to, rest);
    memcpy(p + i, to, (size_t)(n - i) * sizeof *to);
}
#undef REAL
