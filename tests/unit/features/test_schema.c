/* The schema: targets and their positive word, ids, types, options, and what is said about them. */
#include "hand_table.h"
#include "schema.h"
#include "schema_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "csv.h"

typedef struct run {
    hand_table h;
    schema s;
    uint8_t *y;
    schema_options options;
    propense_error err;
    char told[4096];
} run;

static void hear(void *user, int32_t level, const char *said)
{
    run *r = user;
    (void)level;
    strncat(r->told, said, sizeof r->told - strlen(r->told) - 2);
    strcat(r->told, "\n");
}

static run begin(int32_t n_columns, int64_t n_rows)
{
    return (run){ .h = hand_table_new(n_columns, n_rows), .err = PROPENSE_ERROR_INIT };
}

static status infer(run *r)
{
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = r;
    cb.message = hear;
    return schema_infer(&r->s, &r->y, &r->h.t, &r->options, "t.csv", &r->h.mem, &cb, &r->err);
}

static void end(run *r)
{
    hand_table_free(&r->h);
}

static void expect_column(const run *r, int32_t at, column_role role, column_type type,
                          schema_reason why)
{
    assert_int_equal(r->s.columns[at].role, role);
    assert_int_equal(r->s.columns[at].type, type);
    assert_int_equal(r->s.columns[at].why, why);
}

static void expect_str(str s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, strlen(expected));
}

/* A column of ages and, behind it, four words as the target. */
static run with_target(const char *name, const char *const *four)
{
    static const double ages[] = { 31, 47, 31, 50 };
    run r = begin(2, 4);
    hand_numbers(&r.h, "age", ages);
    hand_words(&r.h, name, four);
    return r;
}

/* ---- The target */

static void expect_positive(const char *name, const char *no, const char *yes)
{
    const char *four[] = { yes, no, no, yes };
    run r = with_target(name, four);
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_str(r.s.positive, yes);
    expect_str(r.s.negative, no);
    assert_int_equal(r.s.n_positive, 2);
    assert_memory_equal(r.y, "\1\0\0\1", 4);
    end(&r);
}

static void positive_words(void **state)
{
    static const char *const pairs[][2] = {
        { "no", "yes" }, { "NO", "YES" },          { "0", "1" },
        { "n", "y" },    { "false", "t" },         { "FALSE", "TRUE" },
        { "no", "sí" },  { "No", "SÍ" },           { "no", "si" },
        { "N", "S" },    { "falso", "Verdadero" }, { "0.0", "1.0" },
        { "-1", "1" },   { "maybe", "yes" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        expect_positive("label", pairs[i][0], pairs[i][1]);
}

static void expect_unknown(const char *one, const char *two, const char *expected)
{
    const char *four[] = { two, one, one, two };
    run r = with_target("label", four);
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_string_equal(r.err.message, expected);
    end(&r);
}

static void words_of_unknown_meaning(void **state)
{
    (void)state;
    expect_unknown("alpha", "beta",
                   "t.csv: target 'label' is 'alpha' or 'beta', and which of them to predict is "
                   "not known; add --positive alpha or --positive beta");
    expect_unknown("1", "2",
                   "t.csv: target 'label' is '1' or '2', and which of them to predict is not "
                   "known; add --positive 1 or --positive 2");
    expect_unknown("x", "y",
                   "t.csv: target 'label' is 'x' or 'y', and which of them to predict is not "
                   "known; add --positive x or --positive y");
    expect_unknown("didn't buy", "so so",
                   "t.csv: target 'label' is 'didn't buy' or 'so so', and which of them to predict "
                   "is not known; add --positive 'didn'\\''t buy' or --positive 'so so'");
}

static void numbers_as_target(void **state)
{
    static const double ages[] = { 31, 47, 31, 50, 50 }, label[] = { 1, 0, 0, (double)NAN, 1 },
                        other[] = { 2, 1, 1, 2, 1 };
    run r = begin(3, 5);
    (void)state;
    hand_numbers(&r.h, "label", label);
    hand_numbers(&r.h, "age", ages);
    hand_numbers(&r.h, "kind", other);
    assert_int_equal(infer(&r), PROPENSE_OK);
    assert_int_equal(r.s.target, 0);
    assert_int_equal(r.s.target_is_number, 1);
    expect_column(&r, 0, ROLE_TARGET, TYPE_BOOLEAN, WHY_TARGET_NAME);
    expect_str(r.s.positive, "1");
    expect_str(r.s.negative, "0");
    assert_memory_equal(r.y, "\1\0\0\377\1", 5);
    assert_int_equal(r.s.n_no_target, 1);
    assert_non_null(strstr(r.told, "1 of 5 rows have no value in the target 'label'"));

    r.options.target = STR("kind");
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_non_null(strstr(r.err.message, "--positive 1 or --positive 2"));
    r.options.positive = STR("2.0");
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_column(&r, 2, ROLE_TARGET, TYPE_NUMERIC, WHY_ASKED);
    expect_str(r.s.positive, "2");
    expect_str(r.s.negative, "1");
    assert_memory_equal(r.y, "\1\0\0\1\0", 5);
    end(&r);
}

static void one_against_the_rest(void **state)
{
    const char *four[] = { "gold", "silver", "none", "gold" };
    run r = with_target("label", four);
    (void)state;
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_string_equal(r.err.message,
                        "t.csv: target 'label' has 3 different values ('gold', 'silver', 'none'), "
                        "and two are expected; --positive WORD sets one against the rest, --target "
                        "NAME picks another column");
    r.options.positive = STR("Gold");
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_str(r.s.positive, "gold");
    expect_str(r.s.negative, "");
    assert_memory_equal(r.y, "\1\0\0\1", 4);
    assert_string_equal(r.told,
                        "target 'label': 'gold' (2 rows) is set against the other 2 values\n");
    r.options.positive = STR("bronze");
    assert_int_equal(infer(&r), PROPENSE_E_ARG);
    assert_string_equal(r.err.message, "t.csv: --positive 'bronze' is not among the values of "
                                       "target 'label' ('gold', 'silver', 'none')");
    end(&r);
}

static void one_class_or_none(void **state)
{
    const char *same[] = { "no", "no", "", "no" }, *empty[] = { "", "", "", "" };
    run r = with_target("label", same);
    (void)state;
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_non_null(strstr(r.err.message, "is 'no' in every row"));
    end(&r);
    r = with_target("label", empty);
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_non_null(strstr(r.err.message, "has no value in any row"));
    end(&r);
}

static int32_t target_of(const char *first, const char *second, const char *third,
                         const char *const *words)
{
    static const double ages[] = { 31, 47, 31, 50 };
    run r = begin(3, 4);
    hand_words(&r.h, first, words);
    hand_words(&r.h, second, words);
    hand_numbers(&r.h, third, ages);
    r.options.positive = STR("31");
    int32_t target = infer(&r) == PROPENSE_OK || r.s.target >= 0 ? r.s.target : -1;
    end(&r);
    return target;
}

static void names_of_targets(void **state)
{
    const char *yes_no[] = { "TRUE", "FALSE", "TRUE", "TRUE" }, *tiers[] = { "a", "b", "c", "a" };
    (void)state;
    assert_int_equal(target_of("Label", "a", "b", yes_no), 0);
    assert_int_equal(target_of("y", "LABEL", "b", yes_no), 1); /* label goes before y */
    assert_int_equal(target_of("a", "Convirtió", "b", yes_no), 1);
    assert_int_equal(target_of("COMPRÓ", "a", "b", yes_no), 0);
    assert_int_equal(target_of("a", "respuesta", "b", yes_no), 1);
    assert_int_equal(target_of("Revenue", "a", "b", yes_no), 0);
    assert_int_equal(target_of("Revenue", "a", "b", tiers), 2); /* not two words for yes and no */
    assert_int_equal(target_of("a", "b", "c", yes_no), 2);      /* else the last */
}

/* ---- Types and ids */

enum { n_many = 60 };

/* n_many rows in which column "kind" is `cell(i)` words and the target alternates. */
static run many(const char *name, const char *format, int different)
{
    static char cells[n_many][64];
    static const char *words[n_many], *target[n_many];
    static double spend[n_many];
    run r = begin(3, n_many);
    for (int i = 0; i < n_many; i++) {
        (void)snprintf(cells[i], sizeof cells[i], format, i % different + 1);
        words[i] = cells[i];
        target[i] = i % 2 ? "yes" : "no";
        spend[i] = (double)(i * 37 % 41) + 0.5 * (i % 3);
    }
    hand_numbers(&r.h, "spend", spend);
    hand_words(&r.h, name, words);
    hand_words(&r.h, "label", target);
    return r;
}

static void expect_type(const char *name, const char *format, int different, column_role role,
                        column_type type)
{
    run r = many(name, format, different);
    assert_int_equal(infer(&r), PROPENSE_OK);
    assert_int_equal(r.s.columns[1].role, role);
    assert_int_equal(r.s.columns[1].type, type);
    assert_int_equal(r.s.id, role == ROLE_ID ? 1 : -1);
    end(&r);
}

static void types_of_words(void **state)
{
    (void)state;
    expect_type("kind", "k%d", 5, ROLE_FEATURE, TYPE_CATEGORICAL);
    expect_type("kind", "same", 1, ROLE_LEFT_OUT, TYPE_CONSTANT);
    expect_type("kind", "2024-03-%02d", 31, ROLE_LEFT_OUT, TYPE_DATE);
    expect_type("kind", "1.%d.2024", 12, ROLE_LEFT_OUT, TYPE_DATE);
    expect_type("kind", "C%03d", n_many, ROLE_ID, TYPE_TEXT);
    expect_type("kind", "2024-03-01 10:%02d", n_many, ROLE_LEFT_OUT, TYPE_DATE); /* no id */
    expect_type("kind", "rang us at %d and wanted to know of the next offer", n_many, ROLE_LEFT_OUT,
                TYPE_TEXT);
    expect_type("kind", "", 1, ROLE_LEFT_OUT, TYPE_EMPTY);
}

static void more_types(void **state)
{
    static double runs[n_many], whole[n_many], decimal[n_many], constant[n_many], flag[n_many];
    run r = begin(7, n_many);
    (void)state;
    for (int i = 0; i < n_many; i++) {
        runs[i] = 1000 + (i * 7) % n_many; /* unique, no gap */
        whole[i] = 3.0 * i;                /* unique with gaps */
        decimal[i] = i + 0.25;
        constant[i] = 8;
        flag[i] = i % 3 == 0;
    }
    hand_numbers(&r.h, "flag", flag);
    hand_numbers(&r.h, "amount", whole);
    hand_numbers(&r.h, "ratio_id", decimal);
    hand_numbers(&r.h, "eight", constant);
    hand_numbers(&r.h, "place", runs);
    hand_numbers(&r.h, "clienteID", whole);
    hand_numbers(&r.h, "churn", flag);
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_column(&r, 0, ROLE_FEATURE, TYPE_BOOLEAN, WHY_YES_NO);
    expect_column(&r, 1, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS);
    expect_column(&r, 2, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS); /* never a decimal one */
    expect_column(&r, 3, ROLE_LEFT_OUT, TYPE_CONSTANT, WHY_CONSTANT);
    expect_column(&r, 4, ROLE_LEFT_OUT, TYPE_NUMERIC, WHY_UNIQUE_ID);
    expect_column(&r, 5, ROLE_ID, TYPE_NUMERIC, WHY_UNIQUE_ID);
    assert_int_equal(r.s.id, 5);
    assert_true(isnan(r.s.columns[5].low)); /* a model holds no id's range */
    assert_non_null(strstr(r.told, "left out, different in every row like an id: 'place'\n"));
    assert_non_null(strstr(r.told, "left out, the same value in every row: 'eight'\n"));

    r.options.id = STR("none");
    assert_int_equal(infer(&r), PROPENSE_OK);
    assert_int_equal(r.s.id, -1);
    expect_column(&r, 4, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS);
    expect_column(&r, 5, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS);

    r.options.id = STR("amount");
    r.options.types = STR(" clienteID = numeric , eight=numeric");
    r.options.drop = STR("place, ratio_id");
    assert_int_equal(infer(&r), PROPENSE_OK);
    assert_int_equal(r.s.id, 1);
    expect_column(&r, 1, ROLE_ID, TYPE_NUMERIC, WHY_ASKED);
    expect_column(&r, 3, ROLE_FEATURE, TYPE_NUMERIC, WHY_ASKED);
    expect_column(&r, 4, ROLE_LEFT_OUT, TYPE_UNREAD, WHY_ASKED);
    expect_column(&r, 5, ROLE_FEATURE, TYPE_NUMERIC, WHY_ASKED);
    end(&r);
}

/* "monetary" in whole numbers of a small file is unique by chance, and stays a feature. */
static void unique_by_chance(void **state)
{
    static const double region[] = { 1, 1, 2, 3, 1 }, money[] = { 575, 287, 771, 195, 300 },
                        label[] = { 0, 1, 0, 1, 1 };
    run r = begin(3, 5);
    (void)state;
    hand_numbers(&r.h, "region", region);
    hand_numbers(&r.h, "monetary", money);
    hand_numbers(&r.h, "label", label);
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_column(&r, 1, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS);
    assert_int_equal(r.s.id, -1);
    end(&r);
}

static void too_many_words(void **state)
{
    run r = many("note", "n%d", 6);
    column *c = &r.h.t.columns[1];
    (void)state;
    c->code = NULL; /* as the reader leaves it beyond column_level_limit */
    c->level = NULL;
    c->n_levels = 0;
    c->overflow = 1;
    c->n_distinct = n_many - 1;
    assert_int_equal(infer(&r), PROPENSE_OK);
    expect_column(&r, 1, ROLE_LEFT_OUT, TYPE_TEXT, WHY_FREE_TEXT);
    assert_int_equal(r.s.columns[1].n_distinct, n_many - 1);
    r.options.types = STR("note=categorical");
    assert_int_equal(infer(&r), PROPENSE_E_ARG);
    assert_non_null(strstr(r.err.message, "too many to be categorical"));
    end(&r);
}

static void nothing_to_learn_from(void **state)
{
    const char *four[] = { "yes", "no", "yes", "no" };
    run r = with_target("label", four);
    (void)state;
    r.options.drop = STR("age");
    assert_int_equal(infer(&r), PROPENSE_E_PARSE);
    assert_non_null(strstr(r.err.message, "no column is left to learn from"));
    end(&r);
}

static void dates(void **state)
{
    static const char *const yes[] = { "2024-05-01",       "2024-5-1",
                                       "2024/05/01",       "01/05/2024",
                                       "1.5.2024",         "31-12-99",
                                       "12/31/2024",       "2024-05-01T10:15:30Z",
                                       "2024-05-01 10:15", "2024-05-01T10:15:30.123+02:00",
                                       "1.5.2024 8:05",    "2024-05-01T10:15:30-0500" };
    static const char *const no[] = {
        "",           "2024",       "2024-13-01",   "2024-05-32",  "1.5",
        "1.5.2024.6", "2024-05/01", "13/13/2024",   "2024-05-01x", "2024-05-01 25:00",
        "1-2-345",    "a-b-c",      "192.168.1.10", "10:15"
    };
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) assert_true(is_date(str_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) assert_false(is_date(str_of(no[i])));
}

/* ---- Options */

static void expect_option_error(schema_options options, const char *expected)
{
    const char *four[] = { "yes", "no", "yes", "no" };
    run r = with_target("label", four);
    r.options = options;
    assert_int_equal(infer(&r), PROPENSE_E_ARG);
    assert_string_equal(r.err.message, expected);
    end(&r);
}

static void bad_options(void **state)
{
    (void)state;
    expect_option_error((schema_options){ .target = STR("lable") },
                        "--target: there is no column 'lable' (nearest: 'label')");
    expect_option_error((schema_options){ .id = STR("customer") },
                        "--id: there is no column 'customer'");
    expect_option_error((schema_options){ .drop = STR("age,Aged") },
                        "--drop: there is no column 'Aged' (nearest: 'age')");
    expect_option_error((schema_options){ .types = STR("ages=date") },
                        "--types: there is no column 'ages' (nearest: 'age')");
    expect_option_error((schema_options){ .types = STR("age=float") },
                        "--types: 'float' is no type of column; there are numeric, categorical, "
                        "boolean, date, text and id");
    expect_option_error((schema_options){ .types = STR("age") },
                        "--types: 'age' is not of the form COLUMN=TYPE, as in age=numeric");
    expect_option_error((schema_options){ .target = STR("label"), .drop = STR("label") },
                        "column 'label' is the target (--target) and is named in --drop too");
}

static void plans(void **state)
{
    const csv_column columns[] = {
        { STR("zip"), COLUMN_NUMBER, 100, 100, { 0 }, 0 },
        { STR("mixed"), COLUMN_NUMBER, 100, 95, STR("twelve"), 6 },
        { STR("spare"), COLUMN_NUMBER, 100, 95, STR("x"), 6 },
        { STR("city"), COLUMN_WORDS, 100, 0, STR("Rome"), 2 },
        { STR("Revenue"), COLUMN_WORDS, 100, 0, STR("TRUE"), 2 },
        { STR("last"), COLUMN_NUMBER, 100, 100, { 0 }, 0 },
    };
    column_kind kinds[6];
    schema_options options = { .types = STR("zip=categorical"), .drop = STR("spare") };
    (void)state;
    assert_int_equal(schema_plan(kinds, columns, 6, &options, NULL), PROPENSE_OK);
    assert_int_equal(kinds[0], COLUMN_WORDS);
    assert_int_equal(kinds[1], COLUMN_NUMBER);
    assert_int_equal(kinds[2], COLUMN_SKIPPED);
    assert_int_equal(kinds[3], COLUMN_WORDS);
    assert_int_equal(kinds[4], COLUMN_WORDS);
    assert_int_equal(kinds[5], COLUMN_NUMBER);
    options = (schema_options){ .target = STR("mixed"), .id = STR("last") };
    assert_int_equal(schema_plan(kinds, columns, 6, &options, NULL), PROPENSE_OK);
    assert_int_equal(kinds[1], COLUMN_WORDS); /* a target with a word among its numbers */
    assert_int_equal(kinds[5], COLUMN_WORDS);
    options = (schema_options){ .target = STR("zip") };
    assert_int_equal(schema_plan(kinds, columns, 6, &options, NULL), PROPENSE_OK);
    assert_int_equal(kinds[0], COLUMN_NUMBER);
}

/* ---- Words */

static void printed(void **state)
{
    static const double age[] = { 20, 30, 40, 50, 60, (double)NAN },
                        x[] = { 0.5, 0.25, 0.5, 0.125, 0.5, 0.5 };
    static const char *const id[] = { "C1", "C2", "C3", "C4", "C5", "C6" };
    static const char *const region[] = { "North", "Süd", "North", "East", "North", "West" };
    static const char *const label[] = { "yes", "no", "no", "no", "yes", "no" };
    text out = { 0 };
    run r = begin(5, 6);
    (void)state;
    hand_words(&r.h, "customer_id", id);
    hand_numbers(&r.h, "age", age);
    hand_numbers(&r.h, "open_rate", x);
    hand_words(&r.h, "region", region);
    hand_words(&r.h, "label", label);
    assert_int_equal(infer(&r), PROPENSE_OK);
    schema_print(&out, &r.s, PROPENSE_ENGLISH);
    assert_string_equal(out.p,
                        "column       role     type         distinct  missing  values\n"
                        "customer_id  id       text                6       0%  not used\n"
                        "age          feature  numeric             5    16.7%  20.0 to 60.0\n"
                        "open_rate    feature  numeric             3       0%  0.126 to 0.500\n"
                        "region       feature  categorical         4       0%  North, Süd, "
                        "East, ...\n"
                        "label        target   boolean             2       0%  'yes': 2 (33.3%)\n");
    out.n = 0;
    for (int32_t i = 0; i < 5; i++) {
        int64_t before = out.n;
        schema_why(&out, &r.s, i, PROPENSE_ENGLISH);
        assert_true(out.n > before + 10);
    }
    text_free(&out);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positive_words),
        cmocka_unit_test(words_of_unknown_meaning),
        cmocka_unit_test(numbers_as_target),
        cmocka_unit_test(one_against_the_rest),
        cmocka_unit_test(one_class_or_none),
        cmocka_unit_test(names_of_targets),
        cmocka_unit_test(types_of_words),
        cmocka_unit_test(more_types),
        cmocka_unit_test(unique_by_chance),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(nothing_to_learn_from),
        cmocka_unit_test(dates),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(plans),
        cmocka_unit_test(printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
