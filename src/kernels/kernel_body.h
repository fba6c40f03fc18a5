/* The arithmetic of one CPU level in vector types of one width: included once by each
 * kernel_<level>.c, which defines LEVEL, LANES, TILE_ROWS, TILE_VECS, vec, ivec, FMA, ONE_FMA,
 * SPLAT, SQRT, LOAD_PART, STORE_PART and WIDE_PRODUCT. All is static but the table, so that no wide
 * instruction leaks into shared code.
 */
#ifndef PROPENSE_KERNEL_BODY_H
#define PROPENSE_KERNEL_BODY_H

#include "kernel_levels.h"
#include "maths.h"

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define ALWAYS static inline __attribute__((always_inline))

typedef uint64_t lvec __attribute__((vector_size(LANES * 4)));
/* Rows of the caller's matrices start anywhere. */
typedef float loose_vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

ALWAYS vec load(const float *p)
{
    return (vec) * (const loose_vec *)p;
}
ALWAYS void store(float *p, vec x)
{
    *(loose_vec *)p = (loose_vec)x;
}
/* All lanes, or the first n. */
ALWAYS vec load_some(const float *p, int64_t n)
{
    return n >= LANES ? load(p) : LOAD_PART(p, n);
}
ALWAYS void store_some(float *p, vec x, int64_t n)
{
    if (n >= LANES)
        store(p, x);
    else
        STORE_PART(p, x, n);
}
/* Lanes of a where the mask (0 or -1) is set, of b elsewhere. */
ALWAYS vec choose(ivec mask, vec a, vec b)
{
    return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
}
ALWAYS vec magnitude(vec x)
{
    return (vec)((ivec)x & 0x7FFFFFFF);
}
/* 0 where x < 0; NaN stays, so that the loss meets it. */
ALWAYS vec relu(vec x)
{
    return (vec)(~(ivec)(x < SPLAT(0.0F)) & (ivec)x);
}

/* 0 for what is nearly gone. */
ALWAYS vec settle(vec x)
{
    return (vec)((ivec)x & ~(ivec)(magnitude(x) < SPLAT(0x1p-100F)));
}
/* Adam's step on some weights; n >= LANES means all lanes. */
ALWAYS void adam_some(float *w, float *m, float *v, vec grad, int64_t n,
                      const struct adam_step *step)
{
    vec first = load_some(m, n), second = load_some(v, n);
    first = settle(first + (grad - first) * SPLAT(step->keep1));
    second = settle(second + (grad * grad - second) * SPLAT(step->keep2));
    store_some(m, first, n);
    store_some(v, second, n);
    vec change = first * SPLAT(step->alpha) / (SQRT(second) + SPLAT(step->epsilon));
    store_some(w, load_some(w, n) - change, n);
}

#include "product_body.h"
#include "transpose_body.h"
#include "unit_body.h"
#include "shape_body.h"
#include "descent_body.h"
#include "dropout_body.h"
#include "row_body.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define TEXT_(a)    #a
#define TEXT(a)     TEXT_(a)

const struct kernels JOIN(kernels_, LEVEL) = {
    .name = TEXT(LEVEL),
    .width = LANES,
    .product = product,
    .descend = descend,
    .dots = dots,
    .transpose = transpose,
    .column_sums = column_sums,
    .activate = activate,
    .activate_back = activate_back,
    .adam = adam,
    .dropout = dropout,
    .multiply = multiply,
    .cross_entropy = cross_entropy,
    .shape = shape,
    .shape_back = shape_back,
    .optimise = optimise,
    .penalise = penalise,
    .standardise = standardise,
    .sigmoids = sigmoids,
};

#endif
