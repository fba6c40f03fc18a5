/* Maps against conditions of their optimum and the min-max formula of isotonic regression;
 * Venn-Abers against its definition; and what must not matter: row order, weights in place of
 * repeated rows, memory. */
#include "calibration.h"
#include "failing_memory.h"
#include "maths.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t next(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}
static double uniform(uint64_t *s)
{
    return ((double)next(s) + 0.5) / 2147483648.0;
}

enum { most = 400 };
typedef struct rows {
    int64_t n;
    double z[most];
    uint8_t y[most];
} rows;

/* Miscalibrated logits: the truth is 0.6 z - 0.5. */
static rows rows_of(uint64_t seed, int64_t n, double grid)
{
    rows r = { .n = n };
    for (int64_t i = 0; i < n; i++) {
        double z = 6 * uniform(&seed) - 3;
        r.z[i] = grid > 0 ? rint(z / grid) * grid : z;
        r.y[i] = uniform(&seed) < 1 / (1 + exp(0.5 - 0.6 * r.z[i]));
    }
    r.y[0] = 1;
    r.y[1] = 0;
    return r;
}

static calibration_map fit(int32_t kind, const rows *r, const double *w, arena *mem)
{
    calibration_map m;
    assert_int_equal(calibration_fit(&m, kind, r->z, r->y, w, r->n, mem, NULL), PROPENSE_OK);
    assert_true(calibration_valid(&m));
    return m;
}

/* Maximum likelihood: residuals are orthogonal to every feature. */
static void parameters_are_at_the_optimum(void **state)
{
    (void)state;
    arena mem = { 0 };
    for (uint64_t seed = 1; seed <= 50; seed++) {
        rows r = rows_of(seed, 200, seed % 2 ? 0 : 0.25);
        calibration_map p = fit(CALIBRATION_PLATT, &r, NULL, &mem);
        calibration_map b = fit(CALIBRATION_BETA, &r, NULL, &mem);
        calibration_map s = fit(CALIBRATION_PLATT_SMOOTHED, &r, NULL, &mem);
        double off[7] = { 0 }, m = 0;
        for (int i = 0; i < r.n; i++) m += r.y[i];
        for (int i = 0; i < r.n; i++) {
            double z = r.z[i], q = 1 / (1 + exp(-z));
            double e = 1 / (1 + exp(-(p.a * z + p.c))) - r.y[i];
            off[0] += e;
            off[1] += e * z;
            e = 1 / (1 + exp(-(b.a * log(q) - b.b * log(1 - q) + b.c))) - r.y[i];
            off[2] += e;
            if (b.a > 0) off[3] += e * log(q);
            if (b.b > 0) off[4] += e * log(1 - q);
            double target = r.y[i] ? (m + 1) / (m + 2) : 1 / ((double)r.n - m + 2);
            e = 1 / (1 + exp(-(s.a * z + s.c))) - target;
            off[5] += e;
            off[6] += e * z;
            double applied = calibration_apply(&b, z);
            assert_true(fabs(applied - (b.a * log(q) - b.b * log(1 - q) + b.c)) < 1e-12);
        }
        for (int k = 0; k < 7; k++) assert_true(fabs(off[k]) < 2e-6);
        assert_int_equal(s.kind, CALIBRATION_PLATT);
        assert_true(s.a < p.a || p.a <= 1e-6);
    }
    arena_free(&mem);
}

/* The isotonic value at x[i]: max over l <= i of min over r >= i of the mean of l .. r. */
static double min_max(const double *hits, const double *w, int n, int i)
{
    double best = -1;
    for (int l = 0; l <= i; l++) {
        double least = 2;
        for (int r = i; r < n; r++) {
            double h = 0, v = 0;
            for (int k = l; k <= r; k++) {
                h += hits[k];
                v += w[k];
            }
            if (h / v < least) least = h / v;
        }
        if (least > best) best = least;
    }
    return best;
}

/* Distinct scores in order, with their rows. Returns their number. */
static int grouped(double *z, double *hits, double *w, const rows *r)
{
    int n = 0;
    for (int i = 0; i < r->n; i++) {
        int at = 0;
        while (at < n && z[at] < r->z[i]) at++;
        if (at == n || z[at] != r->z[i]) {
            for (int k = n++; k > at; k--) {
                z[k] = z[k - 1];
                hits[k] = hits[k - 1];
                w[k] = w[k - 1];
            }
            z[at] = r->z[i];
            hits[at] = w[at] = 0;
        }
        hits[at] += r->y[i];
        w[at] += 1;
    }
    return n;
}

static void isotonic_knots(void **state)
{
    (void)state;
    arena mem = { 0 };
    for (uint64_t seed = 1; seed <= 40; seed++) {
        rows r = rows_of(seed, 60, seed % 2 ? 0 : 0.5);
        double z[most], hits[most], w[most], value[most];
        int n = grouped(z, hits, w, &r), knot = 0;
        for (int i = 0; i < n; i++) value[i] = min_max(hits, w, n, i);
        calibration_map m = fit(CALIBRATION_ISOTONIC, &r, NULL, &mem);
        for (int i = 0, end; i < n; i = end, knot++) {
            double sum = 0, rows = 0;
            for (end = i; end < n && fabs(value[end] - value[i]) < 1e-12; end++) {
                sum += z[end] * w[end];
                rows += w[end];
            }
            double rate = value[i];
            assert_true(knot < m.n_knots);
            assert_true(fabs(m.x[knot] - sum / rows) < 1e-12);
            double got = 1 / (1 + exp(-m.y[knot]));
            if (rate > 0 && rate < 1)
                assert_true(fabs(got - rate) < 1e-12);
            else if (rate == 0)
                assert_true(got > 0 && got <= 0.5 / (rows + 1) + 1e-15 && got < value[end]);
            else
                assert_true(got < 1 && 1 - got <= 0.5 / (rows + 1) + 1e-15 && got > value[i - 1]);
        }
        assert_int_equal(knot, m.n_knots);
    }
    arena_free(&mem);
}

static void maps_rise_and_stay_inside(void **state)
{
    (void)state;
    arena mem = { 0 };
    const int32_t kinds[] = { CALIBRATION_NONE, CALIBRATION_PLATT, CALIBRATION_BETA,
                              CALIBRATION_ISOTONIC, CALIBRATION_PLATT_SMOOTHED };
    for (uint64_t seed = 1; seed <= 200; seed++) {
        rows r = rows_of(seed, 5 + (int64_t)(seed % 100), seed % 3 ? 0 : 0.5);
        for (int i = 0; seed % 4 == 1 && i < r.n; i++) r.z[i] = -r.z[i];         /* reversed */
        for (int i = 0; seed % 4 == 2 && i < r.n; i++) r.y[i] = r.z[i] > r.z[0]; /* separated */
        for (int i = 0; seed % 16 == 3 && i < r.n; i++) r.z[i] = 0.7;            /* constant */
        for (int i = 0; seed % 16 == 4 && i < r.n; i++) r.z[i] *= 300;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            calibration_map m = fit(kinds[k], &r, NULL, &mem);
            double before = -INFINITY;
            for (double z = -60; z <= 60; z += 0.37) {
                double at = calibration_apply(&m, z), p = m_sigmoid(at);
                assert_true(isfinite(at) && p > 0 && p <= 1 && at >= before);
                assert_true(at > before || fabs(z) > 25); /* beta with a = 0: flat to rounding */
                if (fabs(at) < 36) assert_true(p < 1);
                before = at;
            }
            assert_true(isfinite(calibration_apply(&m, INFINITY)));
            assert_true(isfinite(calibration_apply(&m, -INFINITY)));
            assert_true(isnan(calibration_apply(&m, NAN)));
        }
    }
    arena_free(&mem);
}

static void reversed_scores_become_the_base_rate(void **state)
{
    (void)state;
    arena mem = { 0 };
    rows r = rows_of(3, 300, 0);
    double base = 0;
    for (int i = 0; i < r.n; i++) {
        r.z[i] = -r.z[i];
        base += r.y[i] / (double)r.n;
    }
    for (int32_t kind = CALIBRATION_PLATT; kind <= CALIBRATION_BETA; kind++) {
        calibration_map m = fit(kind, &r, NULL, &mem);
        assert_true(fabs(m_sigmoid(calibration_apply(&m, 1.0)) - base) < 1e-4);
    }
    arena_free(&mem);
}

static int same_map(const calibration_map *a, const calibration_map *b)
{
    if (a->kind != b->kind || a->a != b->a || a->b != b->b || a->c != b->c) return 0;
    if (a->n_knots != b->n_knots) return 0;
    for (int64_t i = 0; i < a->n_knots; i++)
        if (a->x[i] != b->x[i] || a->y[i] != b->y[i]) return 0;
    return 1;
}

static void row_order_does_not_matter(void **state)
{
    (void)state;
    arena mem = { 0 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        rows r = rows_of(seed, 300, seed % 2 ? 0.1 : 0), turned = r;
        double w[most], w_turned[most];
        for (int i = 0; i < r.n; i++) w[i] = uniform(&seed) + (i % 5 == 0);
        for (int i = 0; i < r.n; i++) {
            int to = (i * 7 + 3) % 300;
            turned.z[to] = r.z[i];
            turned.y[to] = r.y[i];
            w_turned[to] = w[i];
        }
        const int32_t kinds[] = { 1, 2, 3, 100 };
        for (int k = 0; k < 4; k++) {
            calibration_map a = fit(kinds[k], &r, w, &mem),
                            b = fit(kinds[k], &turned, w_turned, &mem);
            assert_true(same_map(&a, &b));
        }
        venn_abers v, u;
        assert_int_equal(venn_abers_fit(&v, r.z, r.y, w, r.n, &mem, NULL), 0);
        assert_int_equal(venn_abers_fit(&u, turned.z, turned.y, w_turned, r.n, &mem, NULL), 0);
        assert_int_equal(v.n, u.n);
        assert_memory_equal(v.p0, u.p0, (size_t)v.n * sizeof *v.p0);
        assert_memory_equal(v.p1, u.p1, (size_t)v.n * sizeof *v.p1);
    }
    arena_free(&mem);
}

/* A row of weight 3 is three rows; a row of weight 0 is none. */
static void weights_are_repetitions(void **state)
{
    (void)state;
    arena mem = { 0 };
    rows r = rows_of(5, 100, 0), repeated = { 0 };
    double w[most];
    for (int i = 0; i < 100; i++) {
        w[i] = i % 4;
        for (int k = 0; k < i % 4; k++) {
            repeated.z[repeated.n] = r.z[i];
            repeated.y[repeated.n++] = r.y[i];
        }
    }
    for (int32_t kind = 1; kind <= 3; kind++) {
        calibration_map a = fit(kind, &r, w, &mem), b = fit(kind, &repeated, NULL, &mem);
        for (double z = -5; z < 5; z += 0.1)
            assert_true(fabs(calibration_apply(&a, z) - calibration_apply(&b, z)) < 1e-9);
    }
    arena_free(&mem);
}

/* The definition: the isotonic regression of all rows and one more, at that row. */
static double by_definition(const rows *r, double s, int y)
{
    rows more = *r;
    double z[most], hits[most], w[most];
    more.z[more.n] = s;
    more.y[more.n++] = (uint8_t)y;
    int n = grouped(z, hits, w, &more), at = 0;
    while (z[at] != s) at++;
    return min_max(hits, w, n, at);
}

static void venn_abers_is_its_definition(void **state)
{
    (void)state;
    arena mem = { 0 };
    for (uint64_t seed = 1; seed <= 12; seed++) {
        rows r = rows_of(seed, 40, seed % 2 ? 0 : 0.5);
        venn_abers v;
        assert_int_equal(venn_abers_fit(&v, r.z, r.y, NULL, r.n, &mem, NULL), 0);
        assert_true(venn_abers_valid(&v) && v.n > 0 && v.n <= 40);
        double before = 0;
        for (double s = -3.5; s <= 3.5; s += 0.125) { /* on scores, between and outside */
            double at = seed % 2 && (int)(s * 8) % 3 == 0 ? r.z[((int)(s * 8) + 99) % 40] : s;
            venn_abers_bounds b = venn_abers_apply(&v, at);
            assert_true(fabs(b.p0 - by_definition(&r, at, 0)) < 1e-12);
            assert_true(fabs(b.p1 - by_definition(&r, at, 1)) < 1e-12);
            assert_true(b.p0 < b.p1 && b.p > 0 && b.p < 1);
            assert_true(b.p == b.p1 / (1 - b.p0 + b.p1));
            if (at == s) {
                assert_true(b.p >= before - 1e-15);
                before = b.p;
            }
        }
    }
    arena_free(&mem);
}

static void venn_abers_of_many_rows_is_small(void **state)
{
    (void)state;
    enum { n = 30000 };
    static double z[n];
    static uint8_t y[n];
    uint64_t s = 4;
    arena mem = { 0 };
    for (int i = 0; i < n; i++) {
        z[i] = 8 * uniform(&s) - 4;
        y[i] = uniform(&s) < 1 / (1 + exp(-z[i]));
    }
    venn_abers v;
    assert_int_equal(venn_abers_fit(&v, z, y, NULL, n, &mem, NULL), 0);
    assert_true(venn_abers_valid(&v) && v.n > 20 && v.n < 1000);
    for (double at = -3.5; at < 3.5; at += 0.25) {
        venn_abers_bounds b = venn_abers_apply(&v, at);
        assert_true(b.p1 - b.p0 < 0.05);
        assert_true(fabs(b.p - 1 / (1 + exp(-at))) < 0.05);
    }
    calibration_map m;
    assert_int_equal(calibration_fit(&m, CALIBRATION_ISOTONIC, z, y, NULL, n, &mem, NULL), 0);
    assert_true(m.n_knots > 20 && m.n_knots < 500);
    arena_free(&mem);
}

static void nothing_to_learn_and_bad_input(void **state)
{
    (void)state;
    arena mem = { 0 };
    const double z[] = { 1, 2, 3 }, nan[] = { 1, NAN, 2 }, w[] = { 1, -1, 1 }, none[] = { 0, 0, 0 };
    const uint8_t one[] = { 1, 1, 1 }, both[] = { 0, 1, 1 };
    propense_error err = PROPENSE_ERROR_INIT;
    calibration_map m;
    venn_abers v;
    for (int32_t kind = 0; kind <= 3; kind++) {
        assert_int_equal(calibration_fit(&m, kind, z, one, NULL, 3, &mem, &err), 0);
        assert_int_equal(m.kind, CALIBRATION_NONE);
        assert_int_equal(calibration_fit(&m, kind, z, both, none, 3, &mem, &err), 0);
        assert_int_equal(m.kind, CALIBRATION_NONE);
        assert_int_equal(calibration_fit(&m, kind, NULL, NULL, NULL, 0, &mem, &err), 0);
        assert_true(calibration_apply(&m, 1.25) == 1.25);
    }
    assert_int_equal(calibration_fit(&m, 1, nan, both, NULL, 3, &mem, &err), PROPENSE_E_NUMERIC);
    assert_int_equal(calibration_fit(&m, 1, z, both, w, 3, &mem, &err), PROPENSE_E_NUMERIC);
    assert_int_equal(calibration_fit(&m, 7, z, both, NULL, 3, &mem, &err), PROPENSE_E_ARG);
    assert_int_equal(venn_abers_fit(&v, nan, both, NULL, 3, &mem, &err), PROPENSE_E_NUMERIC);
    assert_int_equal(venn_abers_fit(&v, NULL, NULL, NULL, 0, &mem, &err), 0);
    venn_abers_bounds b = venn_abers_apply(&v, 0.3);
    assert_true(b.p0 == 0 && b.p1 == 1 && b.p == 0.5 && venn_abers_valid(&v));
    assert_int_equal(venn_abers_fit(&v, z, one, NULL, 3, &mem, &err), 0);
    b = venn_abers_apply(&v, 2); /* with a 0 at 2: 1, 2 pool to 2 of 3 */
    assert_true(fabs(b.p0 - 2.0 / 3) < 1e-15 && b.p1 == 1);
    assert_true(fabs(m_sigmoid(calibration_prior(m_logit(0.5), 0.5, 0.1)) - 0.1) < 1e-15);
    arena_free(&mem);
}

static void numbers_from_a_file_are_checked(void **state)
{
    (void)state;
    double x[] = { 0, 1 }, y[] = { -1, 1 }, bad[] = { 1, 1 }, nan[] = { 0, NAN };
    calibration_map m = { CALIBRATION_ISOTONIC, 0, 0, 0, 2, x, y };
    assert_true(calibration_valid(&m));
    assert_true(fabs(calibration_apply(&m, 0.25) + 0.5) < 1e-15);
    assert_true(fabs(calibration_apply(&m, 2) - 1.01) < 1e-15);
    m.y = bad;
    assert_false(calibration_valid(&m));
    m.y = nan;
    assert_false(calibration_valid(&m));
    m.n_knots = 0;
    assert_false(calibration_valid(&m));
    assert_false(calibration_valid(&(calibration_map){ .kind = 1, .a = 0 }));
    assert_false(calibration_valid(&(calibration_map){ .kind = 1, .a = (double)NAN }));
    assert_false(calibration_valid(&(calibration_map){ .kind = 2, .a = 1, .b = -1 }));
    assert_false(calibration_valid(&(calibration_map){ .kind = 9 }));
    double p0[] = { 0, 0.5 }, p1[] = { 0.4, 0.3 }, high[] = { 0.5, 1 };
    venn_abers v = { 2, x, high, p0, p1 };
    assert_false(venn_abers_valid(&v));
    p1[1] = 0.6;
    assert_true(venn_abers_valid(&v));
    high[0] = 1;
    assert_false(venn_abers_valid(&v));
}

static void memory_ends(void **state)
{
    (void)state;
    rows r = rows_of(9, 400, 0);
    for (int k = 0; k < 4; k++) {
        int refused = 0;
        for (int64_t n = 1; n < 100; n++) {
            arena mem = { 0 };
            calibration_map m;
            venn_abers v;
            memory_fail_at(n);
            status s =
                k ? calibration_fit(&m, k, r.z, r.y, r.z[0] > 9 ? r.z : NULL, r.n, &mem, NULL)
                  : venn_abers_fit(&v, r.z, r.y, NULL, r.n, &mem, NULL);
            memory_fail_at(0);
            arena_free(&mem);
            assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
            if (s == PROPENSE_OK) break;
            refused++;
        }
        assert_true(refused > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_at_the_optimum),
        cmocka_unit_test(isotonic_knots),
        cmocka_unit_test(maps_rise_and_stay_inside),
        cmocka_unit_test(reversed_scores_become_the_base_rate),
        cmocka_unit_test(row_order_does_not_matter),
        cmocka_unit_test(weights_are_repetitions),
        cmocka_unit_test(venn_abers_is_its_definition),
        cmocka_unit_test(venn_abers_of_many_rows_is_small),
        cmocka_unit_test(nothing_to_learn_and_bad_input),
        cmocka_unit_test(numbers_from_a_file_are_checked),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
