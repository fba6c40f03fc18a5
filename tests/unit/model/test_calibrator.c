/* What is believed of a customer, and the calibrator's way through propense.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "calibrator_json.h"
#include "model.h"

#include <cmocka.h>

static double knots[] = { -2.5, 0.125, 3 }, values[] = { -4, -0.75, 1.0 / 3 };
static double low[] = { -3, 0.1 }, high[] = { 0, 4 }, p0[] = { 0.05, 0.5 }, p1[] = { 0.1, 0.75 };

static calibrator full(void)
{
    calibrator c = { .map = { .kind = CALIBRATION_ISOTONIC, .n_knots = 3, .x = knots, .y = values },
                     .logit_shift = -1.1,
                     .venn = { 2, low, high, p0, p1 },
                     .has_deciles = 1,
                     .n = 1000,
                     .n_folds = 5,
                     .loss_before = 0.3,
                     .loss_after = 0.29,
                     .ece_before = 0.02,
                     .ece_after = 0.01,
                     .ece_floor = 0.008,
                     .auc = 0.7,
                     .auc_low = 0.65,
                     .auc_high = 0.74 };
    for (int i = 0; i < calibrator_deciles - 1; i++) c.decile_at[i] = 2 - i * 0.4;
    return c;
}

/* The member as propense.json has it: {"calibration": ...}; nothing for NULL. */
static text written(const calibrator *c)
{
    text t = { 0 };
    json_writer w = { .out = &t };
    json_open(&w, NULL, '{');
    calibrator_json_write(&w, c);
    json_close(&w, '}');
    assert_false(t.bad);
    return t;
}

static status read_back(calibrator *out, str json, arena *mem, propense_error *err)
{
    json_doc *d;
    TRY(json_read(&d, json, "test", err));
    status s =
        calibrator_json_read(out, json_get(json_root(d), "calibration"), "m.keras", mem, err);
    json_free(d);
    return s;
}

static void nothing_is_not_written(void **state)
{
    (void)state;
    calibrator none = { 0 }, back;
    arena mem = { 0 };
    text t = written(&none);
    assert_string_equal(t.p, "{}");
    assert_int_equal(read_back(&back, text_view(&t), &mem, NULL), PROPENSE_OK);
    assert_memory_equal(&back, &none, sizeof none);
    text_free(&t);
    arena_free(&mem);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    calibrator base = { .is_base_rate = 1, .base_logit = -0.7, .n = 400, .n_folds = 5 };
    calibrator platt = { .map = { .kind = CALIBRATION_PLATT, .a = 1.0 / 3, .c = -0.1 } };
    calibrator beta = { .map = { .kind = CALIBRATION_BETA, .a = 0.9, .b = 1.1, .c = 1e-17 } };
    calibrator all = full(), shift = { .logit_shift = 0.3 };
    const calibrator *cases[] = { &base, &platt, &beta, &all, &shift };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena mem = { 0 };
        calibrator back;
        text first = written(cases[i]);
        assert_int_equal(read_back(&back, text_view(&first), &mem, NULL), PROPENSE_OK);
        text again = written(&back);
        assert_string_equal(first.p, again.p);
        for (double z = -6; z < 6; z += 0.37)
            assert_true(calibrator_logit(cases[i], z) == calibrator_logit(&back, z));
        text_free(&first);
        text_free(&again);
        arena_free(&mem);
    }
}

/* Each of these takes something true out of the text of a full one. */
static void what_is_wrong_is_an_error(void **state)
{
    (void)state;
    static const char *const wrong[][2] = { { "\"isotonic\"", "\"tonic\"" },
                                            { "[-2.5,0.125,3.0]", "[-2.5,7,3.0]" },
                                            { "[-2.5,0.125,3.0]", "[0.125, 3.0]" },
                                            { "[0.05,0.5]", "[0.5, 0.05]" },
                                            { "[0.05,0.5]", "[0.05, null]" },
                                            { "\"logit_shift\":-1.1", "\"logit_shift\":null" },
                                            { "[2.0,", "[-9.0," },
                                            { "\"folds\":5", "\"folds\":1" },
                                            { "\"rows\":1000", "\"rows\":0" } };
    calibrator c = full();
    text t = written(&c);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        arena mem = { 0 };
        calibrator back;
        propense_error err = PROPENSE_ERROR_INIT;
        text changed = { 0 };
        const char *at = strstr(t.p, wrong[i][0]);
        if (!at) print_message("%s in %s\n", wrong[i][0], t.p);
        assert_non_null(at);
        text_add(&changed, t.p, at - t.p);
        text_z(&changed, wrong[i][1]);
        text_z(&changed, at + strlen(wrong[i][0]));
        assert_int_equal(read_back(&back, text_view(&changed), &mem, &err), PROPENSE_E_FORMAT);
        assert_non_null(strstr(err.message, "m.keras: propense.json"));
        text_free(&changed);
        arena_free(&mem);
    }
    text_free(&t);
}

static void beliefs_hang_together(void **state)
{
    (void)state;
    model *m = model_new();
    assert_non_null(m);
    m->calibrator = full();
    double last = 0;
    int32_t decile = 10;
    for (double z = -8; z < 8; z += 0.01) {
        believed b = model_believe(m, z);
        assert_true(b.probability > last && b.probability < 1);
        assert_true(b.lower <= b.probability && b.probability <= b.upper);
        assert_true(b.decile <= decile && b.decile >= 1);
        decile = b.decile;
        last = b.probability;
    }
    assert_int_equal(decile, 1);
    assert_int_equal(model_believe(m, 2).decile, 1); /* at the cut: the better one */
    model_free(m);
}

static void a_prior_moves_the_odds(void **state)
{
    (void)state;
    model *m = model_new();
    assert_non_null(m);
    m->calibrator.is_base_rate = 1;
    m->calibrator.base_logit = log(0.2 / 0.8);
    m->calibrator.logit_shift = log(0.05 / 0.95) - log(0.2 / 0.8);
    believed b = model_believe(m, 17);
    assert_true(fabs(b.probability - 0.05) < 1e-15);
    assert_int_equal(b.decile, 0);
    assert_true(isnan(b.lower) && isnan(b.upper));
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_not_written),
                                        cmocka_unit_test(what_is_written_is_read),
                                        cmocka_unit_test(what_is_wrong_is_an_error),
                                        cmocka_unit_test(beliefs_hang_together),
                                        cmocka_unit_test(a_prior_moves_the_odds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
