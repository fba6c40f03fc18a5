/* The thresholded AUC against hand-counted cases and a direct evaluation of its definition. */
#include "roc.h"

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

/* The definition: at threshold i/199 a row is called positive when float32(p * 199) > i. */
static double by_definition(const uint8_t *y, const float *p, int64_t n)
{
    double area = 0, x_before = 0, y_before = 0;
    for (int t = 199; t >= 0; t--) {
        double tp = 0, fp = 0, pos = 0, neg = 0;
        for (int64_t i = 0; i < n; i++) {
            float place = (p[i] < 0 ? 0 : p[i] > 1 ? 1 : p[i]) * 199.0f;
            int called = t == 0 || place > (float)t;
            (y[i] ? &pos : &neg)[0] += 1;
            if (called) (y[i] ? &tp : &fp)[0] += 1;
        }
        double x = neg > 0 ? fp / neg : 0, v = pos > 0 ? tp / pos : 0;
        area += (x - x_before) * (v + y_before) / 2;
        x_before = x;
        y_before = v;
    }
    return area;
}

static void hand_counted(void **state)
{
    (void)state;
    const uint8_t y[] = { 0, 0, 1, 1 };
    const float apart[] = { 0.1f, 0.2f, 0.8f, 0.9f }, same[] = { 0.4f, 0.4f, 0.4f, 0.4f };
    keras_auc a = { { 0 }, { 0 } };
    keras_auc_add(&a, y, apart, 4);
    assert_true(keras_auc_value(&a) == 1.0);
    keras_auc b = { { 0 }, { 0 } };
    keras_auc_add(&b, y, same, 4);
    assert_true(keras_auc_value(&b) == 0.5);
    keras_auc none = { { 0 }, { 0 } };
    assert_true(keras_auc_value(&none) == 0.0);
    keras_auc_add(&none, y + 2, apart, 2); /* one class: Keras says 0 */
    assert_true(keras_auc_value(&none) == 0.0);
}

static void edges_and_batches(void **state)
{
    (void)state;
    enum { n = 400 };
    uint8_t y[n];
    float p[n];
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t s = seed;
        for (int i = 0; i < n; i++) {
            y[i] = next(&s) % 3 == 0;
            uint64_t kind = next(&s) % 4;
            p[i] = kind == 0   ? (float)(next(&s) % 200) / 199.0f
                   : kind == 1 ? nextafterf((float)(next(&s) % 200) / 199.0f, 2.0f)
                               : (float)next(&s) / 2147483648.0f;
        }
        p[0] = 0, p[1] = 1, p[2] = -1, p[3] = 2, p[4] = 1e-40f;
        keras_auc a = { { 0 }, { 0 } };
        for (int at = 0; at < n; at += 37)
            keras_auc_add(&a, y + at, p + at, n - at < 37 ? n - at : 37);
        assert_true(fabs(keras_auc_value(&a) - by_definition(y, p, n)) < 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_counted),
        cmocka_unit_test(edges_and_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
