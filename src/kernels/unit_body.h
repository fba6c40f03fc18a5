/* What is done element by element, of one CPU level; part of kernel_body.h.
 *
 * exp is asked for x <= 0 only: x = n ln 2 + r with |r| <= ln 2 / 2, and exp(x) = 2^n (1 + r q(r)).
 * The Taylor series of exp(r) to r^7 is off by less than 6e-9 there, a tenth of a float's last bit.
 */

/* What exp(x) - 1 and exp(x) are made of: scale 2^n and q = exp(r) - 1. x below -87 counts as -87,
 * where exp is 1.6e-38, still a normal number. */
struct exp_parts {
    vec scale, q;
};
/* exp(r) - 1, |r| <= ln 2 / 2. */
ALWAYS vec exp_of_remainder(vec r)
{
    vec q = SPLAT(1.0F / 5040);
    q = FMA(q, r, SPLAT(1.0F / 720));
    q = FMA(q, r, SPLAT(1.0F / 120));
    q = FMA(q, r, SPLAT(1.0F / 24));
    q = FMA(q, r, SPLAT(1.0F / 6));
    q = FMA(q, r, SPLAT(0.5F));
    return FMA(q, r * r, r);
}
ALWAYS struct exp_parts exp_split(vec x)
{
    const vec round = SPLAT(12582912.0F); /* 1.5 * 2^23: adding it leaves the nearest integer */
    x = choose(x < SPLAT(-87.0F), SPLAT(-87.0F), x);
    vec shifted = FMA(x, SPLAT(1.44269504F), round);
    vec n = shifted - round;
    /* ln 2 = 0.693359375 - 2.12194440e-4, the first exact in 9 bits. */
    vec r = FMA(n, SPLAT(2.12194440e-4F), FMA(n, SPLAT(-0.693359375F), x));
    vec q = exp_of_remainder(r);
    ivec power = ((ivec)shifted - (ivec)round + 127) << 23;
    return (struct exp_parts){ (vec)power, q };
}
ALWAYS vec exp_of_negative(vec x)
{
    struct exp_parts e = exp_split(x);
    return FMA(e.scale, e.q, e.scale);
}
ALWAYS vec expm1_of_negative(vec x)
{
    struct exp_parts e = exp_split(x);
    return FMA(e.scale, e.q, e.scale - SPLAT(1.0F));
}
ALWAYS vec with_sign_of(vec x, vec sign)
{
    return (vec)((ivec)x | ((ivec)sign & (-0x7FFFFFFF - 1)));
}

/* 1 / (1 + exp(-z)), given e = exp(-|z|). */
ALWAYS vec sigmoid_from(vec z, vec e)
{
    vec one = SPLAT(1.0F);
    return choose(z < SPLAT(0.0F), e, one) / (one + e);
}
ALWAYS vec sigmoid(vec z)
{
    return sigmoid_from(z, exp_of_negative(-magnitude(z)));
}
/* -(exp(-2|z|) - 1) / (exp(-2|z|) + 1) with the sign of z. */
ALWAYS vec hyperbolic_tangent(vec z)
{
    vec e = expm1_of_negative(SPLAT(-2.0F) * magnitude(z));
    return with_sign_of(magnitude(e) / (e + SPLAT(2.0F)), z);
}
/* log(1 + e), 0 <= e <= 1: 2 atanh(s) = 2 (s + s^3/3 + ...), s = e / (2 + e) <= 1/3; the first term
 * left out is below 1.4e-9 of the sum. */
ALWAYS vec log1p_of_unit(vec e)
{
    vec s = e / (e + SPLAT(2.0F)), u = s * s;
    vec sum = SPLAT(2.0F / 15);
    sum = FMA(sum, u, SPLAT(2.0F / 13));
    sum = FMA(sum, u, SPLAT(2.0F / 11));
    sum = FMA(sum, u, SPLAT(2.0F / 9));
    sum = FMA(sum, u, SPLAT(2.0F / 7));
    sum = FMA(sum, u, SPLAT(2.0F / 5));
    sum = FMA(sum, u, SPLAT(2.0F / 3));
    sum = FMA(sum, u, SPLAT(2.0F));
    return s * sum;
}

#define EACH(expression)                                                                           \
    for (int64_t i = 0; i < n; i += LANES) {                                                       \
        vec x = load_some(y + i, n - i);                                                           \
        store_some(y + i, (expression), n - i);                                                    \
    }
static void activate(float *y, int64_t n, int unit)
{
    switch (unit) {
    case UNIT_RELU:
        EACH(relu(x)) break;
    case UNIT_SIGMOID:
        EACH(sigmoid(x)) break;
    case UNIT_TANH:
        EACH(hyperbolic_tangent(x)) break;
    default:
        break;
    }
}
#undef EACH

#define EACH(expression)                                                                           \
    for (int64_t i = 0; i < n; i += LANES) {                                                       \
        vec x = load_some(y + i, n - i), d = load_some(dy + i, n - i);                             \
        store_some(dy + i, (expression), n - i);                                                   \
    }
static void activate_back(float *dy, const float *y, int64_t n, int unit)
{
    switch (unit) {
    case UNIT_RELU:
        EACH((vec)((ivec)d & (ivec)(x > SPLAT(0.0F)))) break;
    case UNIT_SIGMOID:
        EACH(d * (x * (SPLAT(1.0F) - x))) break;
    case UNIT_TANH:
        EACH(d * (SPLAT(1.0F) - x * x)) break;
    default:
        break;
    }
}
#undef EACH

static void multiply(float *out, const float *a, const float *b, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES)
        store_some(out + i, load_some(a + i, n - i) * load_some(b + i, n - i), n - i);
}

static void adam(float *w, float *m, float *v, const float *g, int64_t n,
                 const struct adam_step *step)
{
    for (int64_t i = 0; i < n; i += LANES)
        adam_some(w + i, m + i, v + i, load_some(g + i, n - i), n - i, step);
}

static void cross_entropy(float *p, float *loss, float *dz, const float *z, const uint8_t *y,
                          int64_t n, float weight)
{
    for (int64_t i = 0; i < n; i += LANES) {
        int64_t some = n - i < LANES ? n - i : LANES;
        float target[LANES] = { 0 };
        for (int64_t l = 0; l < some; l++) target[l] = y[i + l];
        vec logit = load_some(z + i, some), t = load(target);
        vec e = exp_of_negative(-magnitude(logit));
        vec chance = sigmoid_from(logit, e);
        store_some(p + i, chance, some);
        store_some(loss + i, (relu(logit) - logit * t) + log1p_of_unit(e), some);
        if (dz) store_some(dz + i, (chance - t) * SPLAT(weight), some);
    }
}
