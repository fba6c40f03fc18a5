/* The several inputs of a number, against the formulas done the slow way: every rank counted, every
 * bin clipped. Agreement with NumPy on whole tables is in tests/parity/test_rich.py. */
#include "rich_number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "maths.h"
#include "random.h"

enum { most = 3000 };

typedef struct fixture {
    arena mem, scratch;
    rich_number *r;
    double x[most], mean, scale;
    int64_t n;
} fixture;

static void fit(fixture *f)
{
    double sum = 0, squares = 0, there = 0;
    for (int64_t i = 0; i < f->n; i++)
        if (!isnan(f->x[i])) sum += f->x[i], there++;
    f->mean = sum / there;
    for (int64_t i = 0; i < f->n; i++)
        if (!isnan(f->x[i])) squares += (f->x[i] - f->mean) * (f->x[i] - f->mean);
    f->scale = squares > 0 ? sqrt(squares / there) : 1;
    assert_int_equal(rich_number_fit(&f->r, f->x, f->n, &f->mem, &f->scratch, NULL), PROPENSE_OK);
}

static void done(fixture *f)
{
    arena_free(&f->mem);
    arena_free(&f->scratch);
}

static void put(const fixture *f, double v, float *into)
{
    (void)rich_number_put(into, 0, &v, 1, f->r, f->mean, f->scale);
}

/* clip((x - low) / (high - low), 0, 1) less its mean over the training rows, each row looked at. */
static double naive_bin(const fixture *f, double v, int32_t b)
{
    double low = f->r->edge[b], high = f->r->edge[b + 1], sum = 0, there = 0, own = 0;
    for (int64_t i = -1; i < f->n; i++) {
        double x = i < 0 ? v : f->x[i];
        if (isnan(x)) continue;
        double share = x <= low ? 0 : x >= high ? 1 : (x - low) / (high - low);
        if (i < 0)
            own = share;
        else
            sum += share, there++;
    }
    return own - sum / there;
}

static double draw(int which, int64_t i)
{
    draw_key key = { 7, DRAW_NOISE, (uint32_t)which };
    double u = draw_double(key, 0, (uint64_t)i);
    switch (which) {
    case 0:
        return m_normal_quantile(u * 0.999 + 0.0005);
    case 1:
        return floor(u * 4); /* few values */
    case 2:
        return u < 0.6 ? 0 : m_exp(5 * u); /* one heavy value */
    case 3:
        return u < 0.1 ? (double)NAN : floor(u * 500);
    case 4:
        return u < 0.4 ? 3 : u < 0.8 ? 7 : floor(u * 1000) / 100;
    default:
        return 5;
    }
}

static void check_parts(const fixture *f)
{
    float x[rich_first_bin + rich_most_bins + 1];
    double sum[rich_first_bin + rich_most_bins + 1] = { 0 }, squares = 0, there = 0;
    int32_t width = rich_number_inputs(f->r);
    for (int64_t i = 0; i < f->n; i++) {
        put(f, f->x[i], x);
        if (isnan(f->x[i])) {
            for (int32_t k = 0; k + 1 < width; k++) assert_true(x[k] == 0);
            assert_true(x[width - 1] == 1);
            continue;
        }
        there++;
        double z = (f->x[i] - f->mean) / f->scale;
        assert_true(fabs((double)x[0] - (z > 5 ? 5 : z < -5 ? -5 : z)) < 1e-6);
        for (int32_t b = 0; b < f->r->n_bins && i < 60; b++)
            assert_true(fabs((double)x[rich_first_bin + b] - naive_bin(f, f->x[i], b)) < 1e-6);
        for (int32_t k = 1; k < width; k++) sum[k] += (double)x[k];
        squares += (double)x[1] * (double)x[1];
    }
    for (int32_t k = 1; k < rich_first_bin + f->r->n_bins; k++)
        assert_true(fabs(sum[k] / there) < 1e-5);
    assert_true(f->r->n_knots < 2 || fabs(squares / there - 1) < 1e-4);
}

static void parts_have_their_formulas(void **state)
{
    (void)state;
    for (int which = 0; which < 6; which++) {
        fixture f = { .n = which == 1 ? 400 : most };
        for (int64_t i = 0; i < f.n; i++) f.x[i] = draw(which, i);
        fit(&f);
        assert_true(f.r->n_bins <= rich_most_bins && f.r->n_knots <= rich_most_knots);
        check_parts(&f);
        done(&f);
    }
}

/* Between known values the score is the normal quantile of the mid-rank, up to one straight line.
 */
static void ranks_are_normal(void **state)
{
    fixture f = { .n = most };
    (void)state;
    for (int64_t i = 0; i < f.n; i++) f.x[i] = (double)(i * i);
    fit(&f);
    float low[128], high[128], x[128];
    put(&f, f.x[750], low);
    put(&f, f.x[2249], high);
    double slope = ((double)high[1] - (double)low[1]) /
                   (m_normal_quantile(2249.5 / most) - m_normal_quantile(750.5 / most));
    for (int64_t i = 10; i < most - 10; i++) {
        put(&f, f.x[i], x);
        double expected = (double)low[1] + slope * (m_normal_quantile(((double)i + 0.5) / most) -
                                                    m_normal_quantile(750.5 / most));
        assert_true(fabs((double)x[1] - expected) < 0.02);
    }
    done(&f);
}

/* Neither the lowest nor the highest rows can be read from a model, and beyond them nothing moves.
 */
static void extremes_are_not_kept(void **state)
{
    fixture f = { .n = 1000 };
    float at[128], beyond[128];
    (void)state;
    for (int64_t i = 0; i < f.n; i++) f.x[i] = (double)i;
    f.x[999] = 123456;
    fit(&f);
    assert_true(f.r->edge[0] == 4 && f.r->edge[f.r->n_bins] == 995);
    assert_true(f.r->knot[0] == 4 && f.r->knot[f.r->n_knots - 1] == 995);
    put(&f, 995, at);
    put(&f, 1e308, beyond);
    assert_memory_equal(at + 1, beyond + 1, (size_t)(rich_number_inputs(f.r) - 1) * sizeof *at);
    assert_true(beyond[0] == 5);
    done(&f);
}

static void heavy_values_stand_out(void **state)
{
    fixture f = { .n = 2000 };
    int found = 0;
    (void)state;
    for (int64_t i = 0; i < f.n; i++) f.x[i] = i % 2 ? 500.5 : (double)i;
    fit(&f);
    for (int32_t b = 0; b + 2 <= f.r->n_bins; b++)
        found |= f.r->edge[b] == 500 && f.r->edge[b + 1] == 500.5 && f.r->edge[b + 2] == 502;
    assert_true(found);
    done(&f);
}

static void a_handful_of_rows(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 12; n++) {
        fixture f = { .n = n };
        float x[128];
        for (int64_t i = 0; i < n; i++) f.x[i] = (double)(i % 3);
        fit(&f);
        put(&f, 1, x);
        for (int32_t k = 0; k < rich_number_inputs(f.r); k++) assert_true(isfinite(x[k]));
        done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_have_their_formulas), cmocka_unit_test(ranks_are_normal),
        cmocka_unit_test(extremes_are_not_kept),     cmocka_unit_test(heavy_values_stand_out),
        cmocka_unit_test(a_handful_of_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
