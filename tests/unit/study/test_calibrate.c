/* Choosing a calibrator: scores that are off are mended, good ones left alone, noise gets the base
 * rate; what is kept is what was judged. The maps themselves are the metrics' tests' business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdint.h>

#include "calibrate.h"
#include "maths.h"
#include "model.h"
#include "random.h"

#include <cmocka.h>

enum { n = 4000, k = 5 };
typedef struct drawn {
    float z[n];
    uint8_t y[n], fold[n];
} drawn;

/* Scores z = slope * t + start of customers who convert with logit t. */
static fold_scores draw(drawn *d, double slope, double start, int blind, uint64_t seed)
{
    draw_key key = { seed, DRAW_NOISE, 0 };
    for (int i = 0; i < n; i++) {
        double t = -1.5 + 1.2 * m_normal_quantile(draw_double(key, 1, (uint64_t)i) * 0.999 + 5e-4);
        d->y[i] = draw_double(key, 2, (uint64_t)i) < (blind ? 0.2 : m_sigmoid(t));
        d->z[i] = (float)(slope * t + start);
        d->fold[i] = (uint8_t)(i % k);
    }
    return (fold_scores){ d->z, d->y, d->fold, n, k };
}

static void fitted(calibrator *c, double *cross, const fold_scores *s, const char *how, arena *mem)
{
    assert_int_equal(calibrate_fit(c, cross, s, how, mem, NULL), PROPENSE_OK);
}

static double loss_of(const double *z, const uint8_t *y)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum -= log(y[i] ? m_sigmoid(z[i]) : m_sigmoid(-z[i]));
    return sum / n;
}

static void scores_that_are_off_are_mended(void **state)
{
    (void)state;
    static drawn d;
    static double cross[n], raw[n];
    arena mem = { 0 };
    calibrator c;
    fold_scores s = draw(&d, 2.5, 1, 0, 1);
    fitted(&c, cross, &s, "auto", &mem);
    for (int i = 0; i < n; i++) raw[i] = (double)d.z[i];
    assert_true(c.map.kind != CALIBRATION_NONE && !c.is_base_rate);
    assert_true(fabs(loss_of(raw, d.y) - c.loss_before) < 1e-12);
    assert_true(fabs(loss_of(cross, d.y) - c.loss_after) < 1e-12);
    assert_true(c.loss_after < c.loss_before - 0.05);
    assert_true(c.ece_after < 0.02 && c.ece_before > 0.05);
    /* The map undoes what was done: z -> (z - 1) / 2.5. */
    for (double z = -6; z < 3; z += 0.5)
        assert_true(fabs(calibrator_logit(&c, z) - (z - 1) / 2.5) < 0.4);
    arena_free(&mem);
}

static void good_scores_lose_nothing(void **state)
{
    (void)state;
    static drawn d;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        arena mem = { 0 };
        calibrator c;
        fold_scores s = draw(&d, 1, 0, 0, seed);
        fitted(&c, NULL, &s, "auto", &mem);
        assert_true(c.loss_after <= c.loss_before);
        assert_false(c.is_base_rate);
        assert_true(c.venn.n > 0 && c.has_deciles);
        arena_free(&mem);
    }
}

static void noise_gets_the_base_rate(void **state)
{
    (void)state;
    static drawn d;
    arena mem = { 0 };
    calibrator c;
    fold_scores s = draw(&d, 3, 0, 1, 2);
    int64_t positive = 0;
    for (int i = 0; i < n; i++) positive += d.y[i];
    fitted(&c, NULL, &s, "auto", &mem);
    assert_int_equal(c.is_base_rate, 1);
    assert_true(fabs(m_sigmoid(calibrator_logit(&c, 5)) - (double)positive / n) < 1e-3);
    assert_true(calibrator_logit(&c, -5) == calibrator_logit(&c, 5));
    assert_int_equal(c.has_deciles, 0);
    /* Asked for by name, a map is fitted all the same, and keeps the order. */
    fitted(&c, NULL, &s, "platt", &mem);
    assert_int_equal(c.map.kind, CALIBRATION_PLATT);
    assert_true(calibrator_logit(&c, -5) < calibrator_logit(&c, 5));
    arena_free(&mem);
}

static void deciles_are_tenths(void **state)
{
    (void)state;
    static drawn d;
    arena mem = { 0 };
    model *m = model_new();
    assert_non_null(m);
    fold_scores s = draw(&d, 1, 0, 0, 3);
    int count[11] = { 0 };
    fitted(&m->calibrator, NULL, &s, "isotonic", &mem);
    for (int i = 0; i < n; i++) count[model_believe(m, (double)d.z[i]).decile]++;
    for (int i = 1; i <= 10; i++) assert_in_range(count[i], n / 10 - 2, n / 10 + 2);
    model_free(m);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(scores_that_are_off_are_mended),
                                        cmocka_unit_test(good_scores_lose_nothing),
                                        cmocka_unit_test(noise_gets_the_base_rate),
                                        cmocka_unit_test(deciles_are_tenths) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
