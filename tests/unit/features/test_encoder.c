/* The encoder: levels, (other), missing and unknown cells, chunks with dictionaries of their own,
 * hand-computed scaling. Bit equality with scikit-learn is in tests/parity/test_features.py. */
#include "encoder.h"
#include "kernels.h"
#include "hand_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* n in a constant expression each; rows 0..5 are training, 6..8 come later. */
static const char *const region[] = { "North", "South", "", "North", "East",
                                      "South", "West",  "", "East" };
static const char *const gender[] = { "f", "m", "f", "f", "m", "m", "", "x", "f" };
static const double age[] = { 1, 2, 3, 4, (double)NAN, 5, 7, (double)NAN, 1e300 };

typedef struct fixture {
    hand_table h;
    schema s;
    encoder e;
    int32_t at[8];
} fixture;

static void all_features(fixture *f)
{
    f->s = (schema){ .n_columns = f->h.t.n_columns, .target = -1, .id = -1 };
    f->s.columns = TAKE(&f->h.mem, schema_column, f->s.n_columns);
    for (int32_t k = 0; k < f->s.n_columns; k++) f->s.columns[k].name = f->h.t.columns[k].name;
}

static status fit(fixture *f, int64_t n, propense_error *err)
{
    static int64_t rows[1024];
    for (int64_t i = 0; i < n; i++) rows[i] = i;
    TRY(encoder_fit(&f->e, &f->s, &f->h.t, rows, n, &f->h.mem, NULL, err));
    for (int32_t k = 0; k < f->e.n_columns; k++) f->at[k] = f->e.columns[k].schema_column;
    return PROPENSE_OK;
}

static fixture small(void)
{
    fixture f = { .h = hand_table_new(3, 9) };
    hand_words(&f.h, "region", region);
    hand_numbers(&f.h, "age", age);
    hand_words(&f.h, "gender", gender);
    all_features(&f);
    assert_int_equal(fit(&f, 6, NULL), PROPENSE_OK);
    return f;
}

static void expect_name(const encoder *e, int32_t input, const char *expected)
{
    text name = { 0 };
    encoder_input_name(&name, e, input);
    assert_string_equal(name.p, expected);
    text_free(&name);
}

static void inputs_and_names(void **state)
{
    static const char *const names[] = { "age",          "region_East", "region_North",
                                         "region_South", "region_nan",  "gender_f",
                                         "gender_m" };
    fixture f = small();
    (void)state;
    assert_int_equal(f.e.n_inputs, 7);
    for (int i = 0; i < 7; i++) expect_name(&f.e, i, names[i]);
    assert_true(f.e.columns[0].mean == 3);
    assert_true(f.e.columns[0].scale == sqrt(2)); /* (4 + 1 + 0 + 1 + 4) / 5 */
    assert_int_equal(f.e.columns[1].missing_input, 3);
    assert_int_equal(f.e.columns[2].missing_input, -1);
    hand_table_free(&f.h);
}

static const float expected[9][7] = {
    { -1.41421356237f, 0, 1, 0, 0, 1, 0 },
    { -0.70710678118f, 0, 0, 1, 0, 0, 1 },
    { 0, 0, 0, 0, 1, 1, 0 },
    { 0.70710678118f, 0, 1, 0, 0, 1, 0 },
    { 0, 1, 0, 0, 0, 0, 1 },
    { 1.41421356237f, 0, 0, 1, 0, 0, 1 },
    { 2.82842712475f, 0, 0, 0, 0, 0, 0 },
    { 0, 0, 0, 0, 1, 0, 0 },
    { 1e18f, 1, 0, 0, 0, 1, 0 },
};

static void expect_row(const float *x, int row)
{
    for (int k = 0; k < 7; k++) assert_float_equal(x[k], expected[row][k], 1e-6f);
}

static void values_and_counts(void **state)
{
    static const int64_t picked[] = { 8, 7, 0, 6 };
    float x[9 * 7];
    arena tmp = { 0 };
    encode_counts counts = { 0 };
    fixture f = small();
    (void)state;
    memset(x, 255, sizeof x);
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, NULL, 9, x, 0, "t.csv", &counts, &tmp, NULL),
        PROPENSE_OK);
    for (int i = 0; i < 9; i++) expect_row(x + i * 7, i);
    assert_int_equal(counts.n_missing, 5);
    assert_int_equal(counts.n_unknown, 3); /* West, gender missing, gender x */
    assert_int_equal(counts.first_row, 6);
    assert_int_equal(counts.first_column, 1);
    counts = (encode_counts){ 0 };
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, picked, 4, x, 0, "t.csv", &counts, &tmp, NULL),
        PROPENSE_OK);
    for (int i = 0; i < 4; i++) expect_row(x + i * 7, (int)picked[i]);
    assert_int_equal(counts.first_row, 6); /* the first of the file, not of the picked rows */
    assert_int_equal(counts.n_unknown, 3);
    arena_free(&tmp);
    hand_table_free(&f.h);
}

static void unknown_is_an_error(void **state)
{
    float x[9 * 7];
    arena tmp = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    encode_counts counts = { 0 };
    fixture f = small();
    (void)state;
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, NULL, 6, x, 1, "t.csv", &counts, &tmp, &err),
        PROPENSE_OK);
    assert_int_equal(counts.n_unknown, 0);
    f.h.t.first_row = 100; /* as in a chunk */
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, NULL, 9, x, 1, "t.csv", &counts, &tmp, &err),
        PROPENSE_E_PARSE);
    assert_string_equal(err.message,
                        "t.csv: data row 107, column 'region': 'West' was not in training "
                        "(--unknown ignore lets it pass)");
    assert_int_equal(err.row, 108);
    assert_int_equal(err.column, 1);
    arena_free(&tmp);
    hand_table_free(&f.h);
}

/* Blocks of any size in any order hold the rows that encoder_transform gives, turned. */
static void blocks_are_the_rows_turned(void **state)
{
    enum { stride = 19 };
    float x[9 * 7], block[7 * stride];
    arena tmp = { 0 };
    fixture f = small();
    (void)state;
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, NULL, 9, x, 0, "t.csv", NULL, &tmp, NULL),
        PROPENSE_OK);
    for (int l = 0; kernels_at(l); l++)
        for (int size = 1; size <= 9; size++) {
            encoder_pass *pass;
            encode_counts counts = { 0 };
            assert_int_equal(encoder_begin(&pass, &f.e, f.at, &f.h.t, "t.csv", &tmp, NULL), 0);
            for (int first = (9 - 1) / size * size; first >= 0; first -= size) {
                int n = 9 - first < size ? 9 - first : size;
                memset(block, 255, sizeof block);
                encoder_block(pass, kernels_at(l), first, n, block, stride);
                for (int i = 0; i < n; i++)
                    for (int k = 0; k < 7; k++)
                        assert_true(block[k * stride + i] == x[(first + i) * 7 + k]);
            }
            assert_int_equal(encoder_end(pass, 0, &counts, NULL), PROPENSE_OK);
            assert_int_equal(counts.n_missing, 5);
            assert_int_equal(counts.n_unknown, 3);
            assert_int_equal(counts.first_row, 6);
            assert_int_equal(counts.first_column, 1);
            assert_int_equal(encoder_end(pass, 1, &counts, NULL), PROPENSE_E_PARSE);
        }
    arena_free(&tmp);
    hand_table_free(&f.h);
}

/* A chunk whose dictionary is in another order gives the same rows. */
static void chunk_dictionaries(void **state)
{
    static const char *const later[] = { "South", "West", "North", "" };
    static const char *const sex[] = { "m", "m", "f", "f" };
    static const double years[] = { 3, 3, 3, 3 };
    static const int hot[] = { 3, -1, 2, 4 };
    float x[4 * 7];
    int32_t at[3];
    arena tmp = { 0 };
    fixture f = small();
    hand_table chunk = hand_table_new(4, 4);
    const str names[] = { STR("gender"), STR("spare"), STR("region"), STR("age") };
    (void)state;
    hand_words(&chunk, "gender", sex);
    hand_words(&chunk, "spare", sex);
    hand_words(&chunk, "region", later);
    hand_numbers(&chunk, "age", years);
    assert_int_equal(encoder_find(at, &f.e, names, 4, "t.csv", NULL), PROPENSE_OK);
    assert_int_equal(at[0], 3);
    assert_int_equal(at[1], 2);
    assert_int_equal(at[2], 0);
    assert_int_equal(
        encoder_transform(&f.e, at, &chunk.t, NULL, 4, x, 0, "t.csv", NULL, &tmp, NULL),
        PROPENSE_OK);
    for (int i = 0; i < 4; i++)
        for (int k = 1; k < 5; k++) assert_true(x[i * 7 + k] == (k == hot[i] ? 1.0f : 0.0f));
    arena_free(&tmp);
    hand_table_free(&f.h);
    hand_table_free(&chunk);
}

static void missing_columns(void **state)
{
    int32_t at[3];
    propense_error err = PROPENSE_ERROR_INIT;
    const str names[] = { STR("Age"), STR("regions"), STR("x") };
    fixture f = small();
    (void)state;
    assert_int_equal(encoder_find(at, &f.e, names, 3, "t.csv", &err), PROPENSE_E_PARSE);
    assert_string_equal(err.message,
                        "t.csv: 3 columns that the model needs are not there: 'age' (nearest: "
                        "'Age'), 'region' (nearest: 'regions'), 'gender'");
    hand_table_free(&f.h);
}

/* 300 levels, level k in 1 + (k >= 20) rows: the 256 most frequent stay, ties by code point. */
static void rare_levels(void **state)
{
    enum { n_levels = 300, n_rows = 2 * n_levels - 20 };
    static char words[n_levels][8];
    static const char *cells[n_rows];
    float *x = malloc(n_rows * 257 * sizeof *x);
    arena tmp = { 0 };
    fixture f = { .h = hand_table_new(1, n_rows) };
    int n = 0;
    (void)state;
    for (int k = 0; k < n_levels; k++) {
        (void)snprintf(words[k], sizeof words[k], "L%03d", k);
        cells[n++] = words[k];
        if (k >= 20) cells[n++] = words[k];
    }
    hand_words(&f.h, "city", cells);
    all_features(&f);
    assert_int_equal(fit(&f, n_rows, NULL), PROPENSE_OK);
    assert_int_equal(f.e.n_inputs, 257);
    assert_int_equal(f.e.columns[0].n_levels, 256);
    assert_int_equal(f.e.columns[0].other_input, 256);
    expect_name(&f.e, 0, "city_L020");
    expect_name(&f.e, 255, "city_L275");
    expect_name(&f.e, 256, "city_(other)");
    assert_int_equal(
        encoder_transform(&f.e, f.at, &f.h.t, NULL, n_rows, x, 1, "", NULL, &tmp, NULL),
        PROPENSE_OK);
    assert_true(x[256] == 1); /* row 0: L000 */
    assert_true(x[20 * 257] == 1);
    free(x);
    arena_free(&tmp);
    hand_table_free(&f.h);
}

static void numbers_that_cannot_be_scaled(void **state)
{
    static const double huge[] = { 1e308, -1e308, 1e308 }, none[] = { NAN, NAN, 3 };
    propense_error err = PROPENSE_ERROR_INIT;
    fixture f = { .h = hand_table_new(2, 3) };
    (void)state;
    hand_numbers(&f.h, "none", none);
    hand_numbers(&f.h, "huge", huge);
    all_features(&f);
    assert_int_equal(fit(&f, 3, &err), PROPENSE_E_PARSE);
    assert_non_null(strstr(err.message, "'huge' holds numbers too large"));
    f.s.columns[1].role = ROLE_LEFT_OUT;
    assert_int_equal(fit(&f, 3, &err), PROPENSE_OK);
    assert_int_equal(f.e.n_inputs, 1);
    assert_int_equal(fit(&f, 2, &err), PROPENSE_E_PARSE); /* nothing in the training rows */
    assert_non_null(strstr(err.message, "no column is left"));
    hand_table_free(&f.h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_and_names),    cmocka_unit_test(values_and_counts),
        cmocka_unit_test(unknown_is_an_error), cmocka_unit_test(blocks_are_the_rows_turned),
        cmocka_unit_test(chunk_dictionaries),  cmocka_unit_test(missing_columns),
        cmocka_unit_test(rare_levels),         cmocka_unit_test(numbers_that_cannot_be_scaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
