/* Isotonic regression by pooling adjacent violators, and its knots on the logit.
 * Leaves points and applying to calibration.c.
 * Read calibration_parts.h first; Ayer et al. 1955. */
#include "calibration_parts.h"
#include "maths.h"

int64_t isotonic_add(isotonic_block *blocks, int64_t n_blocks, isotonic_block b)
{
    while (n_blocks > 0 && isotonic_rate(&blocks[n_blocks - 1]) >= isotonic_rate(&b)) {
        isotonic_block before = blocks[--n_blocks];
        b = (isotonic_block){ before.first, before.w + b.w, before.hits + b.hits };
    }
    blocks[n_blocks] = b;
    return n_blocks + 1;
}

/* Pairs of neighbours become one, until there are few enough. */
static int64_t join_blocks(isotonic_block *blocks, int64_t n, int64_t most)
{
    while (n > most) {
        int64_t half = (n + 1) / 2;
        for (int64_t i = 0; i < half; i++) {
            isotonic_block b = blocks[2 * i];
            if (2 * i + 1 < n) {
                b.w += blocks[2 * i + 1].w;
                b.hits += blocks[2 * i + 1].hits;
            }
            blocks[i] = b;
        }
        n = half;
    }
    return n;
}

/* Only the first block can be without a positive, only the last without a negative. */
static double inner_rate(const isotonic_block *blocks, int64_t i, int64_t n)
{
    double rate = isotonic_rate(&blocks[i]);
    if (rate <= 0) {
        double least = 0.5 / (blocks[i].w + 1), next = isotonic_rate(&blocks[i + 1]) / 2;
        return i + 1 < n && next < least ? next : least;
    }
    if (rate >= 1) {
        double least = 0.5 / (blocks[i].w + 1), next = (1 - isotonic_rate(&blocks[i - 1])) / 2;
        return 1 - (i > 0 && next < least ? next : least);
    }
    return rate;
}

/* The mean logit of a block's points, which rounding must not carry out of it. */
static double centre(const calibration_points *p, int64_t from, int64_t to)
{
    double sum = 0, w = 0;
    for (int64_t i = from; i < to; i++) {
        sum += p->w[i] * (p->z[i] - p->z[from]);
        w += p->w[i];
    }
    double mean = p->z[from] + sum / w;
    return mean < p->z[to - 1] ? mean : p->z[to - 1];
}

static void set_knots(calibration_map *out, const isotonic_block *blocks, int64_t n,
                      const calibration_points *p)
{
    for (int64_t i = 0; i < n; i++) {
        double x = centre(p, blocks[i].first, i + 1 < n ? blocks[i + 1].first : p->n);
        double y = m_logit(inner_rate(blocks, i, n));
        if (out->n_knots && !(y > out->y[out->n_knots - 1])) continue; /* equal to rounding */
        out->x[out->n_knots] = x;
        out->y[out->n_knots++] = y;
    }
}

status calibration_fit_isotonic(calibration_map *out, const calibration_points *p, arena *mem,
                                propense_error *err)
{
    isotonic_block *blocks = TAKE(mem, isotonic_block, p->n);
    if (!blocks) return fail_memory(err);
    int64_t n = 0;
    for (int64_t i = 0; i < p->n; i++)
        n = isotonic_add(blocks, n, (isotonic_block){ i, p->w[i], p->hits[i] });
    n = join_blocks(blocks, n, calibration_most_knots);
    out->kind = CALIBRATION_ISOTONIC;
    set_knots(out, blocks, n, p);
    return PROPENSE_OK;
}
