/* Models in HDF5 files: against files of Keras 3, tf_keras and the layout of TensorFlow 2.0
 * (tests/golden/keras/make_h5.py), written and read again, and against damage. */
#include "file_bytes.h"

#include "bundle.h"
#include "bundle_h5.h"
#include "hdf5.h"
#include "judge.h"
#include "kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

#define GOLDEN "tests/golden/keras/"
enum { n_rows = 3 };
static const float rows[n_rows * 3] = { 0, 0, 0, 1, -1, 0.5F, -2, 0.25F, 3 };

static const struct {
    const char *path;
    double expected[n_rows];
} cases[] = {
#include "../../golden/keras/h5_expected.inc"
};
enum { n_cases = sizeof cases / sizeof *cases };

static model *read_bytes(str bytes)
{
    model *m;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(bundle_read(&m, bytes, "x.h5", &err), PROPENSE_OK);
    return m;
}

static void assert_predicts(const model *m, const double expected[n_rows])
{
    arena tmp = { 0 };
    float p[n_rows], *x = TAKE_WIDE(&tmp, float, n_rows * 3);
    memcpy(x, rows, sizeof rows);
    assert_int_equal(predict_rows(m, kernels_best(), x, n_rows, p, NULL, &tmp, NULL), PROPENSE_OK);
    for (int i = 0; i < n_rows; i++) assert_true(fabs((double)p[i] - expected[i]) < 1e-6);
    arena_free(&tmp);
}

static void reads_what_keras_writes(void **state)
{
    (void)state;
    for (int i = 0; i < n_cases; i++) {
        str bytes = file_bytes(cases[i].path);
        model *m = read_bytes(bytes);
        assert_true(m->is_foreign && !m->no_steps);
        assert_int_equal(m->optimiser.iteration, 3);
        assert_true(str_eq_nocase(m->optimiser_name, STR("adam")));
        assert_int_equal(m->network.head, HEAD_SOFTMAX);
        assert_predicts(m, cases[i].expected);
        model_free(m);
        file_bytes_free(bytes);
    }
}

/* mlp_legacy.h5 and mlp.keras hold the same weights; the names of the former have a fixed length.
 */
static void reads_the_layout_of_tensorflow_2_0(void **state)
{
    (void)state;
    str h5 = file_bytes(GOLDEN "mlp_legacy.h5"), zip = file_bytes(GOLDEN "mlp.keras");
    model *a = read_bytes(h5), *b;
    arena mem = { 0 };
    /* that archive has a propense.json of another kind: its network alone is compared */
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_not_equal(bundle_read(&b, zip, "mlp.keras", &err), PROPENSE_OK);
    static const float first[3] = { -0.057144537568092346F, 0.07172686606645584F,
                                    0.5090526938438416F };
    assert_int_equal(a->network.n_trainable, 3 * 4 + 4 + 4 * 2 + 2 + 2 + 1);
    assert_memory_equal(a->params + a->network.layers[0].kernel, first, sizeof first);
    assert_true(a->params[a->network.layers[4].bias] == -0.07136265933513641F);
    assert_true(a->no_steps);
    assert_true(a->optimiser.learning_rate == 0.001);
    arena_free(&mem);
    model_free(a);
    file_bytes_free(h5);
    file_bytes_free(zip);
}

static void writes_and_reads_again(void **state)
{
    (void)state;
    static const char *const names[] = { "m.h5", "m.weights.h5", "m.hdf5", "m.keras" };
    for (int i = 0; i < n_cases; i++) {
        str bytes = file_bytes(cases[i].path);
        model *m = read_bytes(bytes);
        for (int k = 0; k < 4; k++) {
            text out = { 0 }, again = { 0 };
            assert_int_equal(bundle_write_named(&out, m, names[k], NULL), PROPENSE_OK);
            assert_int_equal(bundle_is_h5(text_view(&out)), k != 3);
            model *copy = read_bytes(text_view(&out));
            assert_predicts(copy, cases[i].expected);
            assert_int_equal(bundle_write_named(&again, copy, names[k], NULL), PROPENSE_OK);
            assert_true(str_eq(text_view(&out), text_view(&again)));
            model_free(copy);
            text_free(&out);
            text_free(&again);
        }
        model_free(m);
        file_bytes_free(bytes);
    }
}

static void refuses_by_name(void **state)
{
    (void)state;
    model *m;
    propense_error err = PROPENSE_ERROR_INIT;
    str bytes = file_bytes(GOLDEN "layers_only.weights.h5");
    assert_int_equal(bundle_read(&m, bytes, "w.h5", &err), PROPENSE_E_FORMAT);
    assert_non_null(strstr(err.message, "weights without their network"));
    file_bytes_free(bytes);
    bytes = file_bytes(GOLDEN "tiny.h5");
    assert_int_equal(bundle_read(&m, bytes, "w.h5", &err), PROPENSE_E_FORMAT);
    file_bytes_free(bytes);
    assert_int_equal(bundle_check_name("model.pkl", &err), PROPENSE_E_ARG);
    assert_int_equal(bundle_check_name("a/b.HDF5", &err), PROPENSE_OK);
}

/* Cut anywhere and with a bit turned here and there: an error or a model, and no more. */
static void survives_damage(void **state)
{
    (void)state;
    static const char *const files[] = { GOLDEN "mlp_legacy.h5", GOLDEN "keras3.h5" };
    for (int i = 0; i < 2; i++) {
        str bytes = file_bytes(files[i]);
        for (int64_t at = 0; at < bytes.n; at += i ? 97 : 13) {
            model *m;
            char *cut = exact_copy(bytes, at), *flipped = exact_copy(bytes, bytes.n);
            assert_int_equal(bundle_read(&m, (str){ cut, at }, "x", NULL), PROPENSE_E_FORMAT);
            free(cut);
            flipped[at] ^= (char)(1 << (at / 13 & 7));
            if (bundle_read(&m, (str){ flipped, bytes.n }, "x", NULL) == PROPENSE_OK) model_free(m);
            free(flipped);
        }
        file_bytes_free(bytes);
    }
}

/* The texts of attributes in every spelling that the golden files have. */
static void reads_attributes(void **state)
{
    (void)state;
    static const struct {
        const char *path, *group, *attribute, *first;
        int64_t n;
    } texts[] = { { GOLDEN "mlp_legacy.h5", "model_weights", "layer_names", "dense", 3 },
                  { GOLDEN "keras3.h5", "model_weights", "layer_names", "dense", 5 },
                  { GOLDEN "keras3.h5", "model_weights/dropout", "weight_names", "", 0 },
                  { GOLDEN "keras3.h5", "", "backend", "tensorflow", 1 },
                  { GOLDEN "tf_keras.h5", "model_weights/dense", "weight_names", "dense/kernel:0",
                    2 } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        h5_file f;
        h5_object o;
        h5_texts t;
        int found;
        arena mem = { 0 };
        str bytes = file_bytes(texts[i].path);
        assert_int_equal(h5_open(&f, bytes, "x", NULL), PROPENSE_OK);
        assert_int_equal(h5_find(&f, texts[i].group, &o, &found, NULL), PROPENSE_OK);
        assert_true(found);
        assert_int_equal(h5_texts_of(&t, &found, &f, &o, texts[i].attribute, &mem, NULL),
                         PROPENSE_OK);
        assert_true(found);
        assert_int_equal(t.n, texts[i].n);
        if (t.n) assert_true(str_eq(t.items[0], str_of(texts[i].first)));
        assert_int_equal(h5_texts_of(&t, &found, &f, &o, "nothing", &mem, NULL), PROPENSE_OK);
        assert_false(found);
        arena_free(&mem);
        file_bytes_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_keras_writes),
        cmocka_unit_test(reads_the_layout_of_tensorflow_2_0),
        cmocka_unit_test(writes_and_reads_again),
        cmocka_unit_test(refuses_by_name),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(reads_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
