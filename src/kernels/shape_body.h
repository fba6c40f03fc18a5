/* Activations beyond the first three, of one CPU level; part of kernel_body.h, behind unit_body.h.
 *
 * y = f(z) and d *= f'(z). What is kept for the way back is z, not y: several of these functions
 * are not monotonic. Where a comparison decides, NaN takes the branch that keeps it.
 */

/* exp for any x: 2^n in two halves, as n + 127 need not fit an exponent. Beyond -104 and 89 it is 0
 * and infinity. */
ALWAYS vec exp_of_any(vec x)
{
    const vec round = SPLAT(12582912.0F);
    x = choose(x < SPLAT(-104.0F), SPLAT(-104.0F), x);
    x = choose(x > SPLAT(89.0F), SPLAT(89.0F), x);
    vec shifted = FMA(x, SPLAT(1.44269504F), round);
    vec n = shifted - round;
    vec r = FMA(n, SPLAT(2.12194440e-4F), FMA(n, SPLAT(-0.693359375F), x));
    vec q = exp_of_remainder(r);
    ivec power = (ivec)shifted - (ivec)round, half = power >> 1;
    vec first = (vec)((half + 127) << 23), second = (vec)((power - half + 127) << 23);
    return FMA(first, q, first) * second;
}

/* erfc(z) = exp(-z^2) t p(t), t = 1 / (1 + z / 2), z >= 0: p of degree 9 is exp(z^2) erfc(z) / t at
 * Chebyshev's points of t for z up to 9.5, off by 2e-8 of it. What rounding takes from z^2 is put
 * back, as exp would make much of it. */
ALWAYS vec erfc_of_positive(vec z)
{
    z = choose(z > SPLAT(9.5F), SPLAT(9.5F), z);
    vec one = SPLAT(1.0F), t = one / FMA(z, SPLAT(0.5F), one), square = z * z;
    vec lost = FMA(z, z, -square);
    vec p = SPLAT(0.01510975F);
    p = FMA(p, t, SPLAT(-0.13805654F));
    p = FMA(p, t, SPLAT(0.462348144F));
    p = FMA(p, t, SPLAT(-0.712596612F));
    p = FMA(p, t, SPLAT(0.45490376F));
    p = FMA(p, t, SPLAT(-0.115350272F));
    p = FMA(p, t, SPLAT(0.231057984F));
    p = FMA(p, t, SPLAT(0.237546053F));
    p = FMA(p, t, SPLAT(0.282978954F));
    p = FMA(p, t, SPLAT(0.282058765F));
    vec e = exp_of_negative(-square);
    return (e - e * lost) * t * p;
}
/* P(normal <= x). */
ALWAYS vec normal_below(vec x)
{
    vec half = SPLAT(0.5F) * erfc_of_positive(magnitude(x) * SPLAT(0.707106781F));
    return choose(x < SPLAT(0.0F), half, SPLAT(1.0F) - half);
}
ALWAYS vec normal_density(vec x)
{
    return SPLAT(0.398942280F) * exp_of_negative(SPLAT(-0.5F) * (x * x));
}

ALWAYS vec soft_plus(vec x)
{
    return relu(x) + log1p_of_unit(exp_of_negative(-magnitude(x)));
}
/* tanh(log(1 + exp(x))): with e = exp(-|x|) it is (1 + 2e) / (1 + 2e + 2e^2) from 0 on, and
 * (e^2 + 2e) / (e^2 + 2e + 2) below. */
ALWAYS vec tanh_of_soft_plus(vec x, vec e)
{
    vec two = SPLAT(2.0F), high = FMA(two, e, SPLAT(1.0F)), low = FMA(e, e, two * e);
    ivec below = x < SPLAT(0.0F);
    return choose(below, low, high) / choose(below, low + two, FMA(two * e, e, high));
}

ALWAYS vec elu(vec x, float alpha, float scale)
{
    ivec below = x < SPLAT(0.0F);
    vec low = SPLAT(alpha) * expm1_of_negative(choose(below, x, SPLAT(0.0F)));
    return SPLAT(scale) * choose(below, low, x);
}
ALWAYS vec elu_slope(vec x, float alpha, float scale)
{
    ivec below = x < SPLAT(0.0F);
    vec low = SPLAT(alpha) * exp_of_negative(choose(below, x, SPLAT(0.0F)));
    return SPLAT(scale) * choose(below, low, SPLAT(1.0F));
}

/* x > threshold ? min(x, most) : alpha (x - threshold). */
ALWAYS vec ramp(vec x, const struct unit_shape *u)
{
    vec high = choose(x > SPLAT(u->most), SPLAT(u->most), x);
    vec low = SPLAT(u->alpha) * (x - SPLAT(u->threshold));
    return choose(x <= SPLAT(u->threshold), low, high);
}
ALWAYS vec ramp_slope(vec x, const struct unit_shape *u)
{
    vec high = choose(x > SPLAT(u->most), SPLAT(0.0F), SPLAT(1.0F));
    return choose(x <= SPLAT(u->threshold), SPLAT(u->alpha), high);
}
/* (x + 3) / 6 within 0 and 1. */
ALWAYS vec hard_sigmoid(vec x)
{
    vec y = relu(x + SPLAT(3.0F));
    return choose(y > SPLAT(6.0F), SPLAT(6.0F), y) * SPLAT(1.0F / 6);
}
ALWAYS vec hard_sigmoid_slope(vec x)
{
    return choose(magnitude(x) < SPLAT(3.0F), SPLAT(1.0F / 6), SPLAT(0.0F));
}
ALWAYS vec mish_slope(vec x)
{
    vec e = exp_of_negative(-magnitude(x)), one = SPLAT(1.0F), t = tanh_of_soft_plus(x, e);
    return t + x * (one - t * t) * sigmoid_from(x, e);
}
ALWAYS vec silu_slope(vec x)
{
    vec one = SPLAT(1.0F), s = sigmoid(x);
    return s * (one + x * (one - s));
}
ALWAYS vec softsign_slope(vec x)
{
    vec y = SPLAT(1.0F) / (SPLAT(1.0F) + magnitude(x));
    return y * y;
}
ALWAYS vec tanh_slope(vec x)
{
    vec y = hyperbolic_tangent(x);
    return SPLAT(1.0F) - y * y;
}
ALWAYS vec sigmoid_slope(vec x)
{
    vec s = sigmoid(x);
    return s * (SPLAT(1.0F) - s);
}

/* Klambauer et al. 2017: both numbers to float's last digit. */
#define SELU_ALPHA 1.67326324F
#define SELU_SCALE 1.05070099F

#define EACH(expression)                                                                           \
    for (int64_t i = 0; i < n; i += LANES) {                                                       \
        vec x = load_some(z + i, n - i);                                                           \
        store_some(y + i, (expression), n - i);                                                    \
    }                                                                                              \
    break
static void shape(float *y, const float *z, int64_t n, const struct unit_shape *u)
{
    switch (u->unit) {
    case UNIT_RELU:
        EACH(relu(x));
    case UNIT_SIGMOID:
        EACH(sigmoid(x));
    case UNIT_TANH:
        EACH(hyperbolic_tangent(x));
    case UNIT_ELU:
        EACH(elu(x, u->alpha, 1));
    case UNIT_SELU:
        EACH(elu(x, SELU_ALPHA, SELU_SCALE));
    case UNIT_GELU:
        EACH(x * normal_below(x));
    case UNIT_SILU:
        EACH(x * sigmoid(x));
    case UNIT_SOFTPLUS:
        EACH(soft_plus(x));
    case UNIT_SOFTSIGN:
        EACH(x / (SPLAT(1.0F) + magnitude(x)));
    case UNIT_MISH:
        EACH(x * tanh_of_soft_plus(x, exp_of_negative(-magnitude(x))));
    case UNIT_EXPONENTIAL:
        EACH(exp_of_any(x));
    case UNIT_HARD_SIGMOID:
        EACH(hard_sigmoid(x));
    case UNIT_RAMP:
        EACH(ramp(x, u));
    default:
        EACH(x);
    }
}
#undef EACH

#define EACH(slope)                                                                                \
    for (int64_t i = 0; i < n; i += LANES) {                                                       \
        vec x = load_some(z + i, n - i), d = load_some(dy + i, n - i);                             \
        store_some(dy + i, d * (slope), n - i);                                                    \
    }                                                                                              \
    break
static void shape_back(float *dy, const float *z, int64_t n, const struct unit_shape *u)
{
    switch (u->unit) {
    case UNIT_RELU:
        EACH(choose(x > SPLAT(0.0F), SPLAT(1.0F), SPLAT(0.0F)));
    case UNIT_SIGMOID:
        EACH(sigmoid_slope(x));
    case UNIT_TANH:
        EACH(tanh_slope(x));
    case UNIT_ELU:
        EACH(elu_slope(x, u->alpha, 1));
    case UNIT_SELU:
        EACH(elu_slope(x, SELU_ALPHA, SELU_SCALE));
    case UNIT_GELU:
        EACH(FMA(x, normal_density(x), normal_below(x)));
    case UNIT_SILU:
        EACH(silu_slope(x));
    case UNIT_SOFTPLUS:
        EACH(sigmoid(x));
    case UNIT_SOFTSIGN:
        EACH(softsign_slope(x));
    case UNIT_MISH:
        EACH(mish_slope(x));
    case UNIT_EXPONENTIAL:
        EACH(exp_of_any(x));
    case UNIT_HARD_SIGMOID:
        EACH(hard_sigmoid_slope(x));
    case UNIT_RAMP:
        EACH(ramp_slope(x, u));
    default:
        break;
    }
}
#undef EACH
