/* Dense arithmetic: one table of functions a CPU level, each with the same bits as every other.
 *
 * An element of a product is one chain of fused multiply-adds over the inner index, in order, from
 * 0; tiles and levels differ in which elements they do together, never in a chain. Everything else
 * is single IEEE operations, so it cannot differ. No alignment or padding is asked for.
 */
#ifndef PROPENSE_KERNELS_H
#define PROPENSE_KERNELS_H

#include <stdint.h>

/* What a unit does with its sum. docs/networks.md has the formulas. */
enum {
    UNIT_LINEAR = 0,
    UNIT_RELU = 1,
    UNIT_SIGMOID = 2,
    UNIT_TANH = 3,
    UNIT_ELU = 4, /* with alpha */
    UNIT_SELU = 5,
    UNIT_GELU = 6,
    UNIT_SILU = 7,
    UNIT_SOFTPLUS = 8,
    UNIT_SOFTSIGN = 9,
    UNIT_MISH = 10,
    UNIT_EXPONENTIAL = 11,
    UNIT_HARD_SIGMOID = 12,
    UNIT_RAMP = 13,   /* ReLU, ReLU6, LeakyReLU by alpha, most, threshold */
    UNIT_SOFTMAX = 14 /* over the units of a row: not a function of one number, so no kernel's */
};
/* x > threshold ? min(x, most) : alpha (x - threshold), for a ramp; alpha (exp(x) - 1) below 0 for
 * an ELU. */
struct unit_shape {
    int unit;
    float alpha, most, threshold;
};

/* C[i,j] = chain over p of A[i,p] * B[p,j], i < rows, j < cols, p < inner; then, in this order, of
 * what is asked for: + row_bias[i], + col_bias[j], ReLU. */
struct product {
    int64_t rows, cols, inner;
    const float *a; /* A[i,p] is a[i * a_stride + p], and a[p * a_stride + i] if a_across */
    const float *b; /* B[p,j] is b[p * b_stride + j] */
    float *c;       /* C[i,j] is c[i * c_stride + j]; apart from a and b */
    int64_t a_stride, b_stride, c_stride;
    int a_across;
    int relu;
    const float *row_bias; /* [rows] or NULL */
    const float *col_bias; /* [cols] or NULL */
};

/* Adam as Keras computes it: alpha = lr sqrt(1 - b2^t) / (1 - b1^t) from double. */
struct adam_step {
    float alpha, keep1, keep2, epsilon; /* keep1 = 1 - b1, keep2 = 1 - b2 */
};

/* The other optimisers' steps, and what comes before one: first the gradient times `factor` is cut
 * to -clip .. clip (0: not), then w -= w decay (0: not). docs/networks.md has the formulas. */
enum {
    DESCEND_ADAM = 0,
    DESCEND_NADAM = 1,    /* w -= rate (m share_m + g share_g) / (sqrt(v share_v) + epsilon) */
    DESCEND_PLAIN = 2,    /* w -= rate g */
    DESCEND_MOMENTUM = 3, /* m = momentum m - rate g; w += m, or ahead of it with nesterov */
    DESCEND_RMSPROP = 4   /* v = rho v + keep2 g g; w -= rate g / sqrt(v + epsilon) */
};
struct optimiser_step {
    int kind, nesterov;
    struct adam_step adam;
    float rate, momentum, rho;
    float share_m, share_g, share_v;
    float factor, clip, decay;
};

/* Units are kept where their 16 random bits are at least `drop_below` (rate * 65536, rounded).
 * Element e of a step's block takes half (e % 64 / 16) % 2 (0 is the low one) of word
 * 2 * (e % 64 / 32) + e % 2 of Philox block e / 64 * 8 + e % 16 / 2: lanes in order at any width.
 */
struct dropout_draw {
    uint32_t key[2];
    uint32_t counter[3]; /* words 1 to 3; the block's number is or-ed to words 0 and 1 */
    uint32_t drop_below;
    float scale; /* of what is kept: 1 / (1 - rate) */
};

struct kernels {
    const char *name;
    int width; /* floats in a vector */
    void (*product)(const struct product *p);
    /* The same, but the sums are a gradient: Adam takes a step with them on C, the weights, whose
     * moments m and v are laid out like c. Bit for bit product and adam in one pass, without the
     * way through memory; nothing is added to the sums. */
    void (*descend)(const struct product *p, float *m, float *v, const struct adam_step *step);
    /* y[r] = chain over k of x[r * x_stride + k] * w[k], + bias: one output, where the product
     * would leave most lanes idle. */
    void (*dots)(float *y, const float *x, int64_t x_stride, const float *w, float bias,
                 int64_t rows, int64_t inner);
    /* out[j * out_stride + i] = in[i * in_stride + j], i < rows, j < cols. */
    void (*transpose)(float *out, int64_t out_stride, const float *in, int64_t in_stride,
                      int64_t rows, int64_t cols);
    /* out[j] = sum over i of in[i * stride + j], added in order of i. */
    void (*column_sums)(float *out, const float *in, int64_t stride, int64_t rows, int64_t cols);
    /* y[i] = unit(y[i]); dy[i] *= unit'(y[i]), the derivative by the sum, told from the output. */
    void (*activate)(float *y, int64_t n, int unit);
    void (*activate_back)(float *dy, const float *y, int64_t n, int unit);
    /* m += (g - m) keep1, v += (g g - v) keep2, w -= m alpha / (sqrt(v) + epsilon). |m| and v below
     * 2^-100 are written as 0: no unit that died leaves denormals behind. */
    void (*adam)(float *w, float *m, float *v, const float *g, int64_t n,
                 const struct adam_step *step);
    /* Elements first .. first + n - 1 of a block: factor is 0 or scale, y = x * factor. Pointers
     * are to the start of the block. */
    void (*dropout)(float *y, float *factor, const float *x, int64_t first, int64_t n,
                    const struct dropout_draw *draw);
    void (*multiply)(float *out, const float *a, const float *b, int64_t n); /* out = a * b */
    /* Binary cross-entropy from the logit z: p = 1 / (1 + exp(-z)), loss = max(z, 0) - z y +
     * log1p(exp(-|z|)), dz = (p - y) * weight. p, loss, dz: [n]. dz may be NULL. */
    void (*cross_entropy)(float *p, float *loss, float *dz, const float *z, const uint8_t *y,
                          int64_t n, float weight);
    /* y = f(z), dy *= f'(z) for every unit but softmax; y may be z. */
    void (*shape)(float *y, const float *z, int64_t n, const struct unit_shape *u);
    void (*shape_back)(float *dy, const float *z, int64_t n, const struct unit_shape *u);
    /* One step along the gradient g; m and v are both there, whatever the kind. */
    void (*optimise)(float *w, float *m, float *v, const float *g, int64_t n,
                     const struct optimiser_step *step);
    /* g += the gradient of l1 sum |w| + l2 sum w^2. */
    void (*penalise)(float *g, const float *w, int64_t n, float l1, float l2);
    /* x[i] = (v[i] - mean) / scale, formed in double, within +-1e18; 0 where that is NaN. Returns
     * how many were. */
    int64_t (*standardise)(float *x, const double *v, int64_t n, double mean, double scale);
    /* p[i] = m_sigmoid(z[i]), formed in double. */
    void (*sigmoids)(float *p, const double *z, int64_t n);
};

/* The fastest level this machine has. */
const struct kernels *kernels_best(void);
/* "scalar", "avx2", "avx512", "neon"; NULL when it is unknown or this machine cannot run it. */
const struct kernels *kernels_by_name(const char *name);
/* The levels this machine can run, from the slowest; NULL behind the last. */
const struct kernels *kernels_at(int index);

#endif
