/* Keras' initialisers of a Dense kernel: the same distributions from draws of our own, each a
 * function of seed, layer and index. Variance scaling is Glorot & Bengio 2010, He et al. 2015 and
 * LeCun et al. 1998; orthogonal is Saxe et al. 2014. Biases are zeros. Read layer.h first. */
#include <math.h>

#include "layer.h"
#include "maths.h"
#include "random.h"

typedef struct filling {
    draw_key key;
    int64_t n;
    float *w;
} filling;

/* U(-limit, limit). */
static void uniform(const filling *f, double limit)
{
    for (int64_t i = 0; i < f->n; i++)
        f->w[i] = (float)(limit * (2 * draw_double(f->key, 0, (uint64_t)i) - 1));
}

/* The draw's place among the normal distribution's `share` of probability around 0. */
static double normal_at(const filling *f, int64_t i, double share)
{
    double u = draw_double(f->key, 0, (uint64_t)i) + 0x1p-54; /* never 0 */
    return m_normal_quantile(0.5 + share * (u - 0.5));
}
static void normal(const filling *f, double sd)
{
    for (int64_t i = 0; i < f->n; i++) f->w[i] = (float)(sd * normal_at(f, i, 1));
}
/* Cut at two standard deviations: P(|Z| < 2) of the whole distribution. */
static void truncated(const filling *f, double sd)
{
    const double within = 0.95449973610364158;
    for (int64_t i = 0; i < f->n; i++) f->w[i] = (float)(sd * normal_at(f, i, within));
}
static void constant(const filling *f, float value)
{
    for (int64_t i = 0; i < f->n; i++) f->w[i] = value;
}

/* The standard deviation that is left of a normal distribution cut at two of them. */
static const double cut_sd = 0.87962566103423978;

/* Rows (or columns, where they are fewer) of normal draws made orthonormal by Gram and Schmidt,
 * twice, as once is not enough where two are nearly parallel. */
static void orthogonal(const filling *f, int64_t n_in, int64_t n_out)
{
    int by_columns = n_out <= n_in;
    int64_t count = by_columns ? n_out : n_in, length = by_columns ? n_in : n_out;
    int64_t to_next = by_columns ? 1 : n_out, along = by_columns ? n_out : 1;
    normal(f, 1);
    for (int64_t c = 0; c < count; c++) {
        float *v = f->w + c * to_next;
        for (int64_t again = 0; again < 2 * c; again++) {
            const float *other = f->w + again % c * to_next;
            double dot = 0;
            for (int64_t i = 0; i < length; i++)
                dot += (double)v[i * along] * (double)other[i * along];
            for (int64_t i = 0; i < length; i++)
                v[i * along] = (float)((double)v[i * along] - dot * (double)other[i * along]);
        }
        double square = 0;
        for (int64_t i = 0; i < length; i++) square += (double)v[i * along] * (double)v[i * along];
        for (int64_t i = 0; i < length; i++)
            v[i * along] = (float)((double)v[i * along] / sqrt(square > 0 ? square : 1));
    }
}

void kernel_init(const layer *l, float *kernel, uint64_t seed)
{
    filling f = { { seed, DRAW_INIT, (uint32_t)l->number }, (int64_t)l->n_in * l->n_out, kernel };
    double in = (double)l->n_in, both = in + (double)l->n_out;
    switch (l->spec.init) {
    case INIT_GLOROT_UNIFORM:
        uniform(&f, sqrt(6.0 / both));
        break;
    case INIT_GLOROT_NORMAL:
        truncated(&f, sqrt(2.0 / both) / cut_sd);
        break;
    case INIT_HE_UNIFORM:
        uniform(&f, sqrt(6.0 / in));
        break;
    case INIT_HE_NORMAL:
        truncated(&f, sqrt(2.0 / in) / cut_sd);
        break;
    case INIT_LECUN_UNIFORM:
        uniform(&f, sqrt(3.0 / in));
        break;
    case INIT_LECUN_NORMAL:
        truncated(&f, sqrt(1.0 / in) / cut_sd);
        break;
    case INIT_RANDOM_UNIFORM:
        uniform(&f, 0.05);
        break;
    case INIT_RANDOM_NORMAL:
        normal(&f, 0.05);
        break;
    case INIT_TRUNCATED_NORMAL:
        truncated(&f, 0.05);
        break;
    case INIT_ORTHOGONAL:
        orthogonal(&f, l->n_in, l->n_out);
        break;
    case INIT_ONES:
        constant(&f, 1);
        break;
    case INIT_ZEROS:
        constant(&f, 0);
        break;
    }
}
