/* Models without propense.json: read, told whether anybody trained them, written without one again,
 * and which columns of a file become their inputs. Keras judges in tests/parity/test_foreign.py. */
#include "failing_memory.h"

#include "bundle.h"
#include "keras_file.h"
#include "score_foreign.h"
#include "zip.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

/* 3 - 4 without bias - tanh - 1. */
static model *hand_model(void)
{
    const layer_spec specs[] = { { .kind = LAYER_DENSE, .units = 4, .no_bias = 1 },
                                 { .kind = LAYER_ACTIVATION, .act = ACT_TANH },
                                 { .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID } };
    model *m = model_new();
    assert_non_null(m);
    m->is_foreign = 1;
    assert_int_equal(network_plan(&m->network, 3, specs, 3, &m->mem, NULL), PROPENSE_OK);
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    network_init(&m->network, m->params, 7);
    return m;
}

static model *again(const model *m)
{
    text t = { 0 };
    model *back;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(bundle_write(&t, m, NULL), PROPENSE_OK);
    status s = bundle_read(&back, text_view(&t), "x", &err);
    assert_string_equal(err.message, "");
    assert_int_equal(s, PROPENSE_OK);
    text_free(&t);
    return back;
}

static void comes_back(void **state)
{
    (void)state;
    model *m = hand_model();
    model *back = again(m);
    assert_true(back->is_foreign && back->schema.n_columns == 0 && back->encoder.n_inputs == 0);
    assert_int_equal(back->network.n_trainable, 3 * 4 + 4 + 1);
    assert_int_equal(back->network.n_layers, 3);
    for (int i = 0; i < 3; i++) {
        const layer_spec *a = &m->network.layers[i].spec, *b = &back->network.layers[i].spec;
        assert_true(a->kind == b->kind && a->act == b->act && a->no_bias == b->no_bias);
    }
    assert_int_equal(back->network.n_params, m->network.n_params);
    assert_memory_equal(back->params, m->params, (size_t)m->network.n_params * sizeof *m->params);
    model_free(back);
    model_free(m);
}

static void tells_training(void **state)
{
    (void)state;
    model *m = hand_model();
    int64_t bias = m->network.layers[2].bias;
    model *back = again(m); /* no optimiser in the file, zero biases */
    assert_true(back->no_steps && back->optimiser_name.n == 0);
    assert_int_equal(model_training_of(back), MODEL_PROBABLY_UNTRAINED);
    back->params[bias] = 0.25F;
    assert_int_equal(model_training_of(back), MODEL_TRAINED);
    back->no_steps = 0; /* an optimiser that did no step */
    assert_int_equal(model_training_of(back), MODEL_NO_STEP_HERE);
    back->params[bias] = 0;
    assert_int_equal(model_training_of(back), MODEL_UNTRAINED);
    back->optimiser.iteration = 1;
    assert_int_equal(model_training_of(back), MODEL_TRAINED);
    back->is_foreign = 0;
    back->optimiser.iteration = 0;
    assert_int_equal(model_training_of(back), MODEL_UNTRAINED);
    model_free(back);
    model_free(m);
}

static void keeps_adam(void **state)
{
    (void)state;
    model *m = hand_model();
    adam_state *a = &m->optimiser;
    int64_t n = m->network.n_params;
    m->optimiser_name = STR("Adam");
    *a = (adam_state){ TAKE_WIDE(&m->mem, float, n), TAKE_WIDE(&m->mem, float, n), 12, 0.01 };
    int64_t at[] = { m->network.layers[0].kernel, m->network.layers[2].bias };
    for (int i = 0; i < 2; i++) a->m[at[i]] = 0.5F, a->v[at[i]] = 0.75F;
    model *back = again(m);
    assert_string_equal(back->optimiser_name.p, "Adam");
    assert_int_equal(back->optimiser.iteration, 12);
    assert_true(back->optimiser.learning_rate == 0.01 && back->optimiser.m);
    for (int i = 0; i < 2; i++)
        assert_true(back->optimiser.m[at[i]] == 0.5F && back->optimiser.v[at[i]] == 0.75F);
    model_free(back);
    model_free(m);
}

/* ---- Columns of a file to score */

typedef struct choice {
    status status;
    encoder e;
    int32_t *at, id;
    propense_error err;
    arena mem;
} choice;

static choice choose(const char *csv)
{
    choice c = { .err = PROPENSE_ERROR_INIT };
    model *m = hand_model();
    csv_reader *r;
    csv_options o = { 0 };
    assert_int_equal(csv_open_bytes(&r, csv, (int64_t)strlen(csv), "x", &o, NULL), PROPENSE_OK);
    c.status = foreign_columns(&c.e, &c.at, &c.id, -1, m, r, NULL, &c.mem, &c.err);
    csv_close(r);
    model_free(m);
    return c;
}

static void takes_numbers_in_order(void **state)
{
    (void)state;
    choice c = choose("b,region,user_id,a,c\n1,N,7,2,3\n");
    assert_int_equal(c.status, PROPENSE_OK);
    assert_true(c.id == 2 && c.e.n_inputs == 3 && c.e.n_columns == 3);
    assert_true(c.at[0] == 0 && c.at[1] == 3 && c.at[2] == 4);
    for (int32_t i = 0; i < 3; i++) {
        const encoder_column *k = &c.e.columns[i];
        assert_true(k->is_number && k->mean == 0 && k->scale == 1 && k->first_input == i);
    }
    arena_free(&c.mem);
    c = choose("a,b,c\n1,2,3\n");
    assert_true(c.status == PROPENSE_OK && c.id == -1);
    arena_free(&c.mem);
}

static void refuses_other_counts(void **state)
{
    (void)state;
    choice c = choose("id,a,b\n1,2,3\n");
    assert_int_equal(c.status, PROPENSE_E_PARSE);
    assert_string_equal(c.err.message,
                        "x: 2 numeric columns ('a', 'b'), but the network has 3 inputs; without "
                        "propense.json a model takes all numeric columns in file order, an id left "
                        "out: give it exactly those");
    arena_free(&c.mem);
    c = choose("a,b\nx,y\n");
    assert_int_equal(c.status, PROPENSE_E_PARSE);
    assert_non_null(strstr(c.err.message, "no column holds numbers"));
    arena_free(&c.mem);
}

/* The first hole by row, not by column. */
static void refuses_holes(void **state)
{
    (void)state;
    double a[] = { 1, 2, 3, (double)NAN }, b[] = { 1, 2, (double)NAN, 4 };
    column columns[] = { { .name = STR("a"), .kind = COLUMN_NUMBER, .number = a },
                         { .name = STR("b"), .kind = COLUMN_NUMBER, .number = b } };
    encoder_column inputs[] = { { .name = STR("a") }, { .name = STR("b") } };
    encoder e = { 2, 2, inputs };
    const int32_t at[] = { 0, 1 };
    table t = { .n_columns = 2, .n_rows = 4, .first_row = 10, .columns = columns };
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(foreign_check_values(&e, at, &t, 0, 2, "x", &err), PROPENSE_OK);
    assert_int_equal(foreign_check_values(&e, at, &t, 0, 4, "x", &err), PROPENSE_E_PARSE);
    assert_true(err.row == 14 && err.column == 2);
    assert_non_null(strstr(err.message, "data row 13, column 'b'"));
    assert_int_equal(foreign_check_values(&e, at, &t, 3, 1, "x", &err), PROPENSE_E_PARSE);
    assert_true(err.row == 15 && err.column == 1);
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    model *m = hand_model();
    text t = { 0 };
    assert_int_equal(bundle_write(&t, m, NULL), PROPENSE_OK);
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        model *back;
        memory_fail_at(++n);
        s = bundle_read(&back, text_view(&t), "x", NULL);
        assert_true(s == PROPENSE_OK || (s == PROPENSE_E_NOMEM && !back));
        model_free(back);
    }
    memory_fail_at(0);
    assert_true(n >= 5);
    text_free(&t);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(tells_training),
        cmocka_unit_test(keeps_adam),
        cmocka_unit_test(takes_numbers_in_order),
        cmocka_unit_test(refuses_other_counts),
        cmocka_unit_test(refuses_holes),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
