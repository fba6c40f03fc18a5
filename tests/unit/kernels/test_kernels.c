/* Every level against plain loops with fmaf, bit for bit: sizes 0-130, odd strides, any start.
 * Leaves the training step to tests/unit/network.
 * Read kernels.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels.h"
#include "maths.h"

enum { space = 150 * 150, guard = 16 };

/* Steele, Lea & Flood 2014: a number from the place of the draw. */
static uint64_t split_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

/* A block of random floats within -4 .. 4, a tenth of them 0. */
struct block {
    float values[space + 2 * guard];
};
static void fill(struct block *b, uint32_t step)
{
    for (uint64_t i = 0; i < space + 2 * guard; i++) {
        int32_t u = (int32_t)split_mix((uint64_t)step << 32 | i);
        b->values[i] = u % 10 == 0 ? 0.0F : (float)u * 0x1p-29F;
    }
}
static int64_t pick(uint32_t step, uint64_t index, uint64_t n)
{
    return (int64_t)(split_mix((uint64_t)step << 40 | index) % n);
}

static float plain_element(const struct product *p, int64_t i, int64_t j)
{
    float sum = 0;
    for (int64_t k = 0; k < p->inner; k++) {
        float a = p->a_across ? p->a[k * p->a_stride + i] : p->a[i * p->a_stride + k];
        sum = fmaf(a, p->b[k * p->b_stride + j], sum);
    }
    if (p->row_bias) sum += p->row_bias[i];
    if (p->col_bias) sum += p->col_bias[j];
    if (p->relu && sum < 0) sum = 0;
    return sum;
}
static void plain_product(const struct product *p)
{
    for (int64_t i = 0; i < p->rows; i++)
        for (int64_t j = 0; j < p->cols; j++) p->c[i * p->c_stride + j] = plain_element(p, i, j);
}

static struct block a_block, b_block, c_block, wanted, bias;

static struct product random_product(uint32_t step)
{
    uint64_t span = step % 3 == 0 ? 131 : step % 3 == 1 ? 40 : 9;
    int64_t rows = pick(step, 0, span), cols = pick(step, 1, span), inner = pick(step, 2, span);
    int across = (int)pick(step, 3, 2);
    struct product p = { .rows = rows, .cols = cols, .inner = inner, .a_across = across };
    p.a_stride = (across ? rows : inner) + pick(step, 4, 5);
    p.b_stride = cols + pick(step, 5, 5);
    p.c_stride = cols + pick(step, 6, 5);
    p.a = a_block.values + pick(step, 7, guard);
    p.b = b_block.values + pick(step, 8, guard);
    p.relu = (int)pick(step, 9, 2);
    if (pick(step, 10, 2)) p.row_bias = bias.values + pick(step, 11, guard);
    if (pick(step, 12, 2)) p.col_bias = bias.values + 200 + pick(step, 13, guard);
    return p;
}

static void products_are_chains(void **state)
{
    (void)state;
    fill(&a_block, 1), fill(&b_block, 2), fill(&bias, 3);
    for (uint32_t step = 0; step < 200; step++) {
        struct product p = random_product(step);
        int64_t start = pick(step, 16, guard);
        fill(&wanted, 5);
        p.c = wanted.values + start;
        plain_product(&p);
        for (int l = 0; kernels_at(l); l++) {
            fill(&c_block, 5);
            p.c = c_block.values + start;
            kernels_at(l)->product(&p);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
        }
    }
}

/* Any floats, infinities, NaN and denormals among them, or some whose product nearly cancels the
 * third or lies halfway between two floats. */
static float odd_float(uint64_t i, uint32_t which)
{
    uint64_t u = split_mix(i * 4 + which);
    uint32_t bits = (uint32_t)u;
    if (u >> 32 & 1) bits = (bits & 0x807FF801) | 0x3F800000U | (bits >> 3 & 0x03800000);
    if ((u >> 33 & 7) == 0) bits &= 0x807FFFFF;
    if ((u >> 36 & 31) == 0) bits |= 0x7F800000;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static void fused_operation_is_exact(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        float c = odd_float(i, 2), x[2] = { c, odd_float(i, 0) }, w[2] = { 1, odd_float(i, 1) };
        float want = fmaf(x[1], w[1], fmaf(c, 1, 0)), got;
        struct product p = { 1, 1, 2, x, w, &got, 2, 1, 1, 0, 0, NULL, NULL };
        for (int l = 0; kernels_at(l); l++) {
            kernels_at(l)->product(&p);
            if (isnan(want))
                assert_true(isnan(got));
            else
                assert_memory_equal(&got, &want, sizeof got);
        }
    }
}

/* A gradient and a step along it in one pass are the two after each other. */
static void descend_is_product_and_adam(void **state)
{
    (void)state;
    static struct block grad, m[2], v[2];
    const struct adam_step adam = { 1e-2F, 0.1F, 1e-3F, 1e-7F };
    fill(&a_block, 1), fill(&b_block, 2);
    for (uint32_t step = 0; step < 100; step++) {
        struct product p = random_product(step);
        p.a_across = 1, p.a_stride = p.rows + 1, p.c_stride = p.cols + 3;
        p.row_bias = p.col_bias = NULL, p.relu = 0;
        fill(&wanted, 5), fill(&m[0], 6), fill(&v[0], 7);
        for (int64_t i = 0; i < space; i++) v[0].values[i] = fabsf(v[0].values[i]);
        m[1] = m[0], v[1] = v[0];
        p.c = grad.values;
        plain_product(&p);
        for (int64_t i = 0; i < p.rows; i++) {
            int64_t at = i * p.c_stride;
            kernels_at(0)->adam(wanted.values + 1 + at, m[0].values + 3 + at, v[0].values + at,
                                grad.values + at, p.cols, &adam);
        }
        for (int l = 0; kernels_at(l); l++) {
            static struct block m_here, v_here;
            fill(&c_block, 5), m_here = m[1], v_here = v[1];
            p.c = c_block.values + 1;
            kernels_at(l)->descend(&p, m_here.values + 3, v_here.values, &adam);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
            assert_memory_equal(&m_here, &m[0], sizeof m_here);
            assert_memory_equal(&v_here, &v[0], sizeof v_here);
        }
    }
}

static void dots_are_chains(void **state)
{
    (void)state;
    fill(&a_block, 6), fill(&b_block, 7);
    for (uint32_t step = 0; step < 131; step++) {
        int64_t rows = step, inner = pick(step, 20, 131), stride = inner + pick(step, 21, 5);
        const float *x = a_block.values + step % 16, *w = b_block.values + step % 7;
        fill(&wanted, 8);
        for (int64_t r = 0; r < rows; r++) {
            float sum = 0;
            for (int64_t k = 0; k < inner; k++) sum = fmaf(x[r * stride + k], w[k], sum);
            wanted.values[r + 3] = sum + 0.25F;
        }
        for (int l = 0; kernels_at(l); l++) {
            fill(&c_block, 8);
            kernels_at(l)->dots(c_block.values + 3, x, stride, w, 0.25F, rows, inner);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
        }
    }
}

static void transpose_and_sums_are_exact(void **state)
{
    (void)state;
    fill(&a_block, 9);
    for (uint32_t step = 0; step < 100; step++) {
        int64_t rows = pick(step, 30, 131), cols = pick(step, 31, 131);
        int64_t in_stride = cols + pick(step, 32, 4), out_stride = rows + pick(step, 33, 4);
        const float *in = a_block.values + step % 16;
        for (int l = 0; kernels_at(l); l++) {
            fill(&wanted, 10), fill(&c_block, 10);
            for (int64_t i = 0; i < rows; i++)
                for (int64_t j = 0; j < cols; j++)
                    wanted.values[5 + j * out_stride + i] = in[i * in_stride + j];
            kernels_at(l)->transpose(c_block.values + 5, out_stride, in, in_stride, rows, cols);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
            for (int64_t j = 0; j < cols; j++) {
                float sum = 0;
                for (int64_t i = 0; i < rows; i++) sum += in[i * in_stride + j];
                wanted.values[1 + j] = sum;
            }
            kernels_at(l)->column_sums(c_block.values + 1, in, in_stride, rows, cols);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
        }
    }
}

/* The functions of a logit are right to a few units in the last place, and tell NaN on. */
static void near_enough(float got, double want)
{
    assert_true(fabs((double)got - want) <= 4e-7 * fabs(want) + 1e-37);
}
static void units_are_right(void **state)
{
    (void)state;
    const struct kernels *k = kernels_best();
    for (double z = -86; z <= 86; z += 0.0137) {
        float x = (float)z, y = x, d = 1;
        double s = 1 / (1 + exp(-(double)x)), t = tanh((double)x);
        k->activate(&y, 1, UNIT_SIGMOID);
        near_enough(y, s);
        k->activate_back(&d, &y, 1, UNIT_SIGMOID);
        assert_true(fabs((double)d - s * (1 - s)) < 1e-6);
        y = x, d = 2;
        k->activate(&y, 1, UNIT_TANH);
        near_enough(y, t);
        k->activate_back(&d, &y, 1, UNIT_TANH);
        assert_true(fabs((double)d - 2 * (1 - t * t)) < 1e-6);
        y = x, d = 3;
        k->activate(&y, 1, UNIT_RELU);
        assert_true(y == (x > 0 ? x : 0));
        k->activate_back(&d, &y, 1, UNIT_RELU);
        assert_true(d == (x > 0 ? 3.0F : 0.0F));
    }
    for (int unit = UNIT_RELU; unit <= UNIT_TANH; unit++) {
        float y = NAN;
        k->activate(&y, 1, unit);
        assert_true(isnan(y));
    }
}

static void cross_entropy_is_right(void **state)
{
    (void)state;
    const struct kernels *k = kernels_best();
    for (double z = -120; z <= 120; z += 0.0173) {
        float x = (float)z, p, loss, dz;
        for (uint8_t y = 0; y < 2; y++) {
            k->cross_entropy(&p, &loss, &dz, &x, &y, 1, 0.25F);
            double s = 1 / (1 + exp(-(double)x)), e = log1p(exp(-fabs((double)x)));
            double want = (x > 0 ? (double)x : 0) - (double)x * y + e;
            assert_true(fabs((double)p - s) <= 4e-7 * s + 1e-37);
            assert_true(fabs((double)loss - want) <= 4e-7 * want + 1e-37);
            assert_true(fabs((double)dz - (s - y) / 4) < 1e-7);
        }
    }
    float nan = NAN, p, loss;
    uint8_t y = 1;
    k->cross_entropy(&p, &loss, NULL, &nan, &y, 1, 1);
    assert_true(isnan(p) && isnan(loss));
}

/* Levels against scalar where there is no plainer truth. */
static void run_elementwise(const struct kernels *k, int64_t n, int64_t at, struct block *out)
{
    float *o = out->values + at;
    const float *a = a_block.values + 2 * at, *b = b_block.values + at;
    uint8_t y[space / 16];
    for (int64_t i = 0; i < n; i++) y[i] = (uint8_t)(a[i] > 0);
    memcpy(o, a, (size_t)n * sizeof *o);
    for (int unit = UNIT_LINEAR; unit <= UNIT_TANH; unit++) {
        k->activate(o, n, unit);
        k->activate_back(o + 500, b, n, unit);
        k->multiply(o + 1000, o + 500, b, n);
    }
    k->cross_entropy(o + 1500, o + 2000, o + 2500, a, y, n, 0.3F);
    struct adam_step step = { 1e-3F, 0.1F, 1e-3F, 1e-7F };
    for (int64_t i = 0; i < n; i++) o[4000 + i] = fabsf(o[4000 + i]);
    k->adam(o + 3000, o + 3500, o + 4000, b, n, &step);
    struct dropout_draw draw = { { 1, 2 }, { 3, 4, 5 }, 20000, 1.5F };
    k->dropout(o + 4500, o + 5500, a, at * 3, n, &draw);
}
static void levels_agree_element_by_element(void **state)
{
    (void)state;
    fill(&a_block, 11), fill(&b_block, 12);
    for (int64_t n = 0; n <= 130; n++) {
        fill(&wanted, 13);
        run_elementwise(kernels_at(0), n, n % 16, &wanted);
        for (int l = 1; kernels_at(l); l++) {
            fill(&c_block, 13);
            run_elementwise(kernels_at(l), n, n % 16, &c_block);
            assert_memory_equal(&c_block, &wanted, sizeof c_block);
        }
    }
}

static void adam_is_kerass(void **state)
{
    (void)state;
    /* Two steps by hand in double: beta1 0.9, beta2 0.999, epsilon 1e-7, learning rate 0.01. */
    float w = 1, m = 0, v = 0, g[2] = { 0.5F, -0.25F };
    double dw = 1, dm = 0, dv = 0;
    for (int t = 1; t <= 2; t++) {
        double grad = (double)g[t - 1];
        double alpha = 0.01 * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t));
        dm += (grad - dm) * 0.1;
        dv += (grad * grad - dv) * 0.001;
        dw -= dm * alpha / (sqrt(dv) + 1e-7);
        struct adam_step step = { (float)alpha, 0.1F, 0.001F, 1e-7F };
        kernels_best()->adam(&w, &m, &v, &g[t - 1], 1, &step);
    }
    assert_true(fabs((double)w - dw) < 2e-7 && fabs((double)m - dm) < 1e-8);
    assert_true(fabs((double)v - dv) < 1e-10);
    float tiny[3] = { 0x1p-101F, -0x1p-101F, 0x1p-99F }, squares[3] = { 0 }, weights[3] = { 0 };
    float none[3] = { 0 };
    struct adam_step step = { 1e-3F, 0, 0, 1e-7F };
    kernels_best()->adam(weights, tiny, squares, none, 3, &step);
    assert_true(tiny[0] == 0 && tiny[1] == 0 && tiny[2] == 0x1p-99F);
}

/* Philox4x32-10 written from the paper, and the plan of kernels.h. */
static void philox(uint32_t c[4], uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53 * c[0], p1 = (uint64_t)0xCD9E8D57 * c[2];
        uint32_t next[4] = { (uint32_t)(p1 >> 32) ^ c[1] ^ k0, (uint32_t)p1,
                             (uint32_t)(p0 >> 32) ^ c[3] ^ k1, (uint32_t)p0 };
        memcpy(c, next, sizeof next);
        k0 += 0x9E3779B9U, k1 += 0xBB67AE85U;
    }
}
static void dropout_follows_its_plan(void **state)
{
    (void)state;
    struct dropout_draw d = { { 0x12345678, 0x9ABCDEF0 }, { 66 << 16, 77, 88 }, 19661, 1.25F };
    float x[600], y[600], factor[600];
    for (int i = 0; i < 600; i++) x[i] = (float)i + 1;
    for (int l = 0; kernels_at(l); l++) {
        kernels_at(l)->dropout(y, factor, x, 0, 600, &d);
        int kept = 0;
        for (uint32_t e = 0; e < 600; e++) {
            uint32_t c[4] = { e / 64 * 8 + e % 16 / 2, 66 << 16, 77, 88 };
            philox(c, d.key[0], d.key[1]);
            uint32_t word = c[2 * (e % 64 / 32) + e % 2], half = e % 64 / 16 % 2;
            float want = (half ? word >> 16 : word & 0xFFFF) >= d.drop_below ? 1.25F : 0.0F;
            assert_true(factor[e] == want && y[e] == x[e] * want);
            kept += want > 0;
        }
        assert_in_range(kept, 380, 460); /* 420 expected, sd 11 */
        memset(factor, 0xFF, sizeof factor);
        float part[600];
        kernels_at(l)->dropout(part, factor, x, 70, 333, &d);
        assert_memory_equal(part + 70, y + 70, 333 * sizeof *y);
        assert_true(isnan(factor[69]) && isnan(factor[403]));
    }
}

/* Doubles from ordinary ones to infinities and NaN. */
static double any_double(uint32_t step, uint64_t i)
{
    static const double odd[] = { 0, -0.0, 1e300, -1e300, 1e18, 745, -745, -1000, 1000, 36.8 };
    int64_t kind = pick(step, 2 * i, 40);
    if (kind < 10) return odd[kind];
    if (kind == 10) return (double)NAN;
    if (kind == 11) return pick(step, 3 * i, 2) ? (double)INFINITY : -(double)INFINITY;
    double x = (double)(int64_t)split_mix((uint64_t)step << 32 | i) * 0x1p-63;
    return x * (kind < 30 ? 20 : 720);
}

static float plain_standard(double v, double mean, double scale)
{
    double z = (v - mean) / scale;
    if (isnan(z)) return 0;
    return (float)(z > 1e18 ? 1e18 : z < -1e18 ? -1e18 : z);
}

static void rows_are_encoded_and_judged_in_double(void **state)
{
    (void)state;
    enum { most = 130 };
    double v[most + 3];
    float want[most], got[most + 2];
    for (uint32_t step = 0; step < 400; step++) {
        int64_t n = pick(step, 1000, most), at = pick(step, 1001, 3), n_missing = 0;
        double mean = step % 3 ? 17.25 : -3e-5, scale = step % 2 ? 0.37 : 1234.5;
        for (int64_t i = 0; i < n; i++) v[at + i] = any_double(step, (uint64_t)i);
        for (int64_t i = 0; i < n; i++) {
            want[i] = plain_standard(v[at + i], mean, scale);
            n_missing += isnan((v[at + i] - mean) / scale);
        }
        for (int l = 0; kernels_at(l); l++) {
            got[n + 1] = 7;
            assert_int_equal(kernels_at(l)->standardise(got + 1, v + at, n, mean, scale),
                             n_missing);
            assert_memory_equal(got + 1, want, (size_t)n * sizeof *got);
            assert_true(got[n + 1] == 7);
            kernels_at(l)->sigmoids(got + 1, v + at, n);
            for (int64_t i = 0; i < n; i++) {
                float p = (float)m_sigmoid(v[at + i]);
                assert_true(isnan(p) ? isnan(got[i + 1]) : memcmp(&p, &got[i + 1], sizeof p) == 0);
            }
            assert_true(got[n + 1] == 7);
        }
    }
}

static void levels_are_found_by_name(void **state)
{
    (void)state;
    assert_string_equal(kernels_at(0)->name, "scalar");
    assert_ptr_equal(kernels_by_name("scalar"), kernels_at(0));
    assert_null(kernels_by_name("mmx"));
    assert_ptr_equal(kernels_by_name(kernels_best()->name), kernels_best());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_chains),
        cmocka_unit_test(fused_operation_is_exact),
        cmocka_unit_test(descend_is_product_and_adam),
        cmocka_unit_test(dots_are_chains),
        cmocka_unit_test(transpose_and_sums_are_exact),
        cmocka_unit_test(units_are_right),
        cmocka_unit_test(cross_entropy_is_right),
        cmocka_unit_test(levels_agree_element_by_element),
        cmocka_unit_test(adam_is_kerass),
        cmocka_unit_test(dropout_follows_its_plan),
        cmocka_unit_test(rows_are_encoded_and_judged_in_double),
        cmocka_unit_test(levels_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
