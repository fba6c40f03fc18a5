/* Losses beyond plain cross-entropy, row by row in double, and penalties on weights.
 * Leaves plain cross-entropy to the kernels.
 * Read loss.h first. */
#include "loss.h"

#include <math.h>

#include "maths.h"

int loss_is_special(const loss_settings *s)
{
    return s->kind != LOSS_CROSS_ENTROPY || s->label_smoothing > 0;
}

typedef struct row_loss {
    double value, slope; /* by the logit */
} row_loss;

/* max(z, 0) - z t + log(1 + exp(-|z|)), by Keras' formula from logits. */
static row_loss cross_entropy(double z, double p, double t)
{
    double most = z > 0 ? z : 0;
    return (row_loss){ most - z * t + m_log1p(m_exp(-fabs(z))), p - t };
}

/* (1 - q)^gamma times the cross-entropy, q = t p + (1 - t)(1 - p): Lin et al. 2017, (4) and (5). */
static row_loss focal(const loss_settings *s, double z, double p, double t)
{
    row_loss plain = cross_entropy(z, p, t);
    double not_p = m_sigmoid(-z), wrong = t * not_p + (1 - t) * p;
    double factor = m_pow(wrong, s->gamma);
    double by_z = s->gamma * m_pow(wrong, s->gamma - 1) * (1 - 2 * t) * p * not_p;
    double balance = s->balance > 0 ? t * s->balance + (1 - t) * (1 - s->balance) : 1;
    return (row_loss){ balance * factor * plain.value,
                       balance * (factor * plain.slope + by_z * plain.value) };
}

void loss_rows(const loss_settings *s, float *p, float *loss, float *dz, const float *z,
               const uint8_t *y, const float *weight, int64_t n, double share)
{
    for (int64_t i = 0; i < n; i++) {
        double logit = (double)z[i], chance = m_sigmoid(logit), w = weight ? (double)weight[i] : 1;
        double t = y[i] * (1 - s->label_smoothing) + s->label_smoothing / 2;
        row_loss one =
            s->kind == LOSS_FOCAL ? focal(s, logit, chance, t) : cross_entropy(logit, chance, t);
        p[i] = (float)chance;
        loss[i] = (float)(one.value * w);
        if (dz) dz[i] = (float)(one.slope * w * share);
    }
}

double sum_of_squares(const float *x, int64_t n)
{
    double part[8] = { 0 }, sum = 0;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; j++) part[j] += (double)x[i + j] * (double)x[i + j];
    for (; i < n; i++) part[0] += (double)x[i] * (double)x[i];
    for (int j = 0; j < 8; j++) sum += part[j];
    return sum;
}

static double sum_of_magnitudes(const float *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += fabs((double)x[i]);
    return sum;
}

double loss_of_weights(const tensor *tensors, int64_t n, const float *params)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const tensor *t = &tensors[i];
        int64_t count = t->rows * t->cols;
        if (t->l2 > 0) sum += (double)t->l2 * sum_of_squares(params + t->at, count);
        if (t->l1 > 0) sum += (double)t->l1 * sum_of_magnitudes(params + t->at, count);
    }
    return sum;
}
