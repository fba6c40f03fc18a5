/* The best preset's folds and gate, and its file: written, read back, cut off, with bits flipped,
 * and with memory that runs out at every point. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "failing_memory.h"

#include "bundle.h"
#include "judge.h"
#include "kernels.h"
#include "pipeline.h"
#include "random.h"

#include <cmocka.h>

static const char data_path[] = "test_ensemble.csv";

enum { n_rows = 90 };

/* visits decide when `signal`; else nothing does. */
static void write_data(int signal)
{
    FILE *f = fopen(data_path, "w");
    assert_non_null(f);
    fprintf(f, "visits,spent,region,label\n");
    for (int i = 0; i < n_rows; i++) {
        int visits = i * 37 % 20;
        int luck = (int)draw_below((draw_key){ 6, DRAW_NOISE, 0 }, 0, (uint64_t)i, 2);
        fprintf(f, "%d,", visits);
        if (i % 10 != 3) fprintf(f, "%d.%d", i * 13 % 50, i % 10);
        fprintf(f, ",%s,%d\n",
                i % 10 == 5 ? ""
                : i % 3     ? "north"
                            : "south",
                signal ? visits > 9 : luck);
    }
    assert_int_equal(fclose(f), 0);
}

static status fit_on(model **out, const dataset *d, const options *o, int32_t hidden, arena *tmp,
                     propense_error *err)
{
    pipeline_plan plan;
    *out = NULL;
    TRY(pipeline_plan_of(&plan, o, tmp, err));
    plan.best.hidden = hidden;
    plan.best.fit.epochs = hidden < 16 ? 2 : 24;
    TRY(pipeline_fit(out, &plan, d, NULL, (row_set){ d->known, d->n_known }, (row_set){ 0 }, NULL,
                     err));
    (*out)->card.version = (*out)->card.fingerprint = STR("none"); /* what train.c fills in */
    (*out)->card.batch_size = 1;
    return PROPENSE_OK;
}

static status fit(model **out, int32_t hidden, propense_error *err)
{
    arena tmp = { 0 };
    dataset d = { 0 };
    options *o = options_new();
    *out = NULL;
    if (!o) return PROPENSE_E_NOMEM;
    status s = options_set(o, STR("preset"), STR("best"), err);
    if (s == PROPENSE_OK) s = options_set(o, STR("threads"), STR("1"), err);
    if (s == PROPENSE_OK) s = dataset_read(&d, data_path, o, NULL, err);
    if (s == PROPENSE_OK) s = fit_on(out, &d, o, hidden, &tmp, err);
    dataset_free(&d);
    options_free(o);
    arena_free(&tmp);
    return s;
}

static status fit_and_write(text *out, propense_error *err)
{
    model *m;
    status s = fit(&m, 4, err);
    if (s == PROPENSE_OK) s = bundle_write(out, m, err);
    model_free(m);
    return s;
}

/* ---- Folds */

static void folds_are_equal_in_size_and_share(void **unused)
{
    enum { most = 500 };
    (void)unused;
    for (int n = 4; n < most; n += 1 + n / 3) {
        arena tmp = { 0 };
        int64_t at[most], fold_at[9], seen[most] = { 0 };
        uint8_t y[3 * most];
        int32_t k = ensemble_members(n);
        assert_true(k >= 2 && k <= 8 && 2 * k <= n);
        for (int i = 0; i < n; i++) at[i] = 3 * i; /* rows of a table, not 0, 1, 2 ... */
        for (int i = 0; i < 3 * n; i++) y[i] = i % 7 < 2;
        assert_int_equal(ensemble_folds(at, fold_at, k, n, y, NULL, 0, 1, &tmp, NULL), PROPENSE_OK);
        int positive = 0;
        for (int i = 0; i < n; i++) positive += y[3 * i];
        for (int f = 0; f < k; f++) {
            int64_t rows = fold_at[f + 1] - fold_at[f], here = 0;
            for (int64_t i = fold_at[f]; i < fold_at[f + 1]; i++) {
                seen[at[i] / 3]++;
                here += y[at[i]];
            }
            assert_true(rows == n / k || rows == n / k + 1);
            assert_true(here == positive / k || here == positive / k + 1);
        }
        assert_int_equal(fold_at[k], n);
        for (int i = 0; i < n; i++) assert_int_equal(seen[i], 1);
        arena_free(&tmp);
    }
}

static void folds_keep_groups_whole(void **unused)
{
    enum { n = 90, k = 8 };
    arena tmp = { 0 };
    int64_t at[n], fold_at[k + 1];
    int32_t group[2 * n], fold_of[n] = { 0 };
    uint8_t y[2 * n] = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    (void)unused;
    for (int i = 0; i < n; i++) at[i] = 2 * i;
    for (int i = 0; i < 2 * n; i++) group[i] = i / 2 % 30; /* three rows each, far apart */
    assert_int_equal(ensemble_folds(at, fold_at, k, n, y, group, 30, 1, &tmp, NULL), PROPENSE_OK);
    for (int f = 0; f < k; f++)
        for (int64_t i = fold_at[f]; i < fold_at[f + 1]; i++) {
            int32_t *first = &fold_of[group[at[i]]];
            if (!*first) *first = f + 1;
            assert_int_equal(*first, f + 1);
        }
    assert_int_equal(fold_at[k], n);
    for (int i = 0; i < 2 * n; i++) group[i] %= 7;
    assert_int_equal(ensemble_folds(at, fold_at, k, n, y, group, 7, 1, &tmp, &err),
                     PROPENSE_E_PARSE);
    assert_non_null(strstr(err.message, "7 groups, and 8 folds"));
    arena_free(&tmp);
}

/* ---- The gate */

static void gain_is_that_of_the_formula(void **unused)
{
    static const float z[] = { 2, -1, 0.5F, -3, 0.25F, 40 };
    static const uint8_t y[] = { 1, 0, 0, 0, 1, 1 };
    double gain[6], base = log(3.5 / 3.5), mean = 0, squares = 0;
    (void)unused;
    for (int i = 0; i < 6; i++) {
        double p = 1 / (1 + exp(-(double)z[i])), b = 1 / (1 + exp(-base));
        gain[i] = y[i] ? log(p) - log(b) : log(1 - p) - log(1 - b);
        mean += gain[i] / 6;
    }
    for (int i = 0; i < 6; i++) squares += (gain[i] - mean) * (gain[i] - mean);
    ensemble_gain g = ensemble_gain_of(z, y, 6);
    assert_true(fabs(g.mean - mean) < 1e-12);
    assert_true(fabs(g.error - sqrt(squares / 5 / 6)) < 1e-12);
    assert_true(g.base == base);
}

static void scores_of(const model *m, float *z)
{
    arena tmp = { 0 };
    float p[n_rows], *x = TAKE_WIDE(&tmp, float, (int64_t)n_rows * m->encoder.n_inputs);
    for (int64_t i = 0; i < (int64_t)n_rows * m->encoder.n_inputs; i++)
        x[i] = (float)(2 * draw_double((draw_key){ 6, DRAW_NOISE, 1 }, 0, (uint64_t)i) - 1);
    assert_int_equal(predict_rows(m, kernels_best(), x, n_rows, p, z, &tmp, NULL), PROPENSE_OK);
    arena_free(&tmp);
}

static void noise_is_levelled_and_signal_is_not(void **unused)
{
    float z[n_rows], low = 100, high = -100;
    model *m;
    (void)unused;
    write_data(0);
    assert_int_equal(fit(&m, 128, NULL), PROPENSE_OK);
    assert_true(m->levelled && m->gain <= m->gain_error / 2);
    scores_of(m, z);
    for (int i = 0; i < n_rows; i++)
        low = z[i] < low ? z[i] : low, high = z[i] > high ? z[i] : high;
    assert_true(high - low < 0.02F && high > low); /* nearly one probability, and an order still */
    model_free(m);
    write_data(1);
    assert_int_equal(fit(&m, 128, NULL), PROPENSE_OK);
    assert_true(!m->levelled && m->gain > 3 * m->gain_error);
    scores_of(m, z);
    low = 100, high = -100;
    for (int i = 0; i < n_rows; i++)
        low = z[i] < low ? z[i] : low, high = z[i] > high ? z[i] : high;
    assert_true(high - low > 1);
    model_free(m);
}

/* ---- The file */

static void a_model_read_back_is_the_same(void **unused)
{
    propense_error err = PROPENSE_ERROR_INIT;
    text first = { 0 }, second = { 0 };
    float a[n_rows], b[n_rows];
    model *one, *other;
    (void)unused;
    write_data(1);
    assert_int_equal(fit(&one, 4, &err), PROPENSE_OK);
    assert_int_equal(bundle_write(&first, one, &err), PROPENSE_OK);
    assert_int_equal(bundle_read(&other, text_view(&first), "m.keras", &err), PROPENSE_OK);
    assert_int_equal(bundle_write(&second, other, &err), PROPENSE_OK);
    assert_true(str_eq(text_view(&first), text_view(&second)));
    scores_of(one, a);
    scores_of(other, b);
    assert_memory_equal(a, b, sizeof a);
    model_free(one);
    model_free(other);
    text_free(&first);
    text_free(&second);
}

static void a_damaged_file_is_told_or_harmless(void **unused)
{
    propense_error err = PROPENSE_ERROR_INIT;
    text bytes = { 0 };
    model *m;
    (void)unused;
    write_data(1);
    assert_int_equal(fit_and_write(&bytes, &err), PROPENSE_OK);
    for (int64_t n = 0; n < bytes.n; n += 1 + n / 31) {
        assert_int_not_equal(bundle_read(&m, (str){ bytes.p, n }, "m.keras", &err), PROPENSE_OK);
        assert_true(!m && err.message[0] != '\0');
    }
    for (int64_t at = 0; at < bytes.n; at += 1 + at / 31) {
        bytes.p[at] = (char)(bytes.p[at] ^ 1 << at % 8);
        if (bundle_read(&m, text_view(&bytes), "m.keras", &err) == PROPENSE_OK) model_free(m);
        bytes.p[at] = (char)(bytes.p[at] ^ 1 << at % 8);
    }
    text_free(&bytes);
}

static void memory_may_run_out_anywhere(void **unused)
{
    propense_error err = PROPENSE_ERROR_INIT;
    text bytes = { 0 };
    model *m = NULL;
    status s = PROPENSE_E_NOMEM;
    (void)unused;
    write_data(1);
    for (int64_t n = 1; s != PROPENSE_OK; n++) {
        text_free(&bytes);
        memory_fail_at(n);
        s = fit_and_write(&bytes, &err);
        memory_fail_at(0);
        if (s != PROPENSE_OK) assert_int_equal(s, PROPENSE_E_NOMEM);
        assert_true(n < 5000);
    }
    s = PROPENSE_E_NOMEM;
    for (int64_t n = 1; s != PROPENSE_OK; n++) {
        memory_fail_at(n);
        s = bundle_read(&m, text_view(&bytes), "m.keras", &err);
        memory_fail_at(0);
        if (s != PROPENSE_OK) assert_int_equal(s, PROPENSE_E_NOMEM);
        assert_true(n < 5000);
    }
    model_free(m);
    text_free(&bytes);
    (void)remove(data_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_equal_in_size_and_share),
        cmocka_unit_test(folds_keep_groups_whole),
        cmocka_unit_test(gain_is_that_of_the_formula),
        cmocka_unit_test(noise_is_levelled_and_signal_is_not),
        cmocka_unit_test(a_model_read_back_is_the_same),
        cmocka_unit_test(a_damaged_file_is_told_or_harmless),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
