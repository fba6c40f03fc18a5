/* What the reader finds out by itself: separator and decimal sign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "csv_number.h"

#include <cmocka.h>

static propense_error err;

static csv_reader *open_text(const char *csv, const csv_options *o)
{
    csv_reader *r;
    err = (propense_error)PROPENSE_ERROR_INIT;
    csv_open_bytes(&r, csv, (int64_t)strlen(csv), "file.csv", o, &err);
    return r;
}

static void separators_are_found(void **unused)
{
    static const struct {
        const char *csv;
        char separator;
        int n_columns;
    } cases[] = {
        { "a,b\n1,2\n", ',', 2 },
        { "a;b\n1;2\n", ';', 2 },
        { "a\tb\n1\t2\n", '\t', 2 },
        { "a|b\n1|2\n", '|', 2 },
        { "a\n1\n2\n", ',', 1 },
        { "a\n1\n2", ',', 1 },
        { "a;b;c\n1,5;2,5;3\n1,7;2,1;4\n", ';', 3 },
        { "1,5;2,5;3\n1,7;2,1;4\n", ';', 3 },  /* as many commas as semicolons */
        { "1,5;2\n1,7;3\n9,1;4;7\n", ';', 2 }, /* one row is wrong */
        { "a,b\n1,x;y\n2,z;w\n", ',', 2 },
        { "a,b;c\n1,x;y\n2,z;w\n", ',', 2 },  /* a tie */
        { "\"a;b\",c\n\"1;2\",3\n", ',', 2 }, /* within quotes nothing counts */
        { "\"a\";\"b, c\"\n\"x\n,\";\"2, 3\"\n", ';', 2 },
        { "name, first;age;city, state\nPerez, Juan;30;Madrid, M\n", ';', 3 },
        { "a b,c d\n1 2,3 4\n", ',', 2 },
        { "\n\n a;b\n\n1;2\n", ';', 2 },
        { "a|b|c\n1|2,5|3\n1||x, y; z\n", '|', 3 },
        { "\xEF\xBB\xBF\"a\";b\n1;2\n", ';', 2 },
        { "a;b;c", ';', 3 }, /* nothing below */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csv_reader *r = open_text(cases[i].csv, NULL);
        if (!r && i + 1 == sizeof cases / sizeof *cases) {
            assert_string_equal(err.message, "file.csv has a header but no rows below it");
            continue;
        }
        if (!r) print_message("%s%s\n", cases[i].csv, err.message);
        assert_non_null(r);
        if (csv_separator(r) != cases[i].separator) print_message("%s\n", cases[i].csv);
        assert_int_equal(csv_separator(r), cases[i].separator);
        assert_int_equal(csv_n_columns(r), cases[i].n_columns);
        csv_close(r);
    }
    csv_options o = { .separator = ';' };
    csv_reader *r = open_text("a,b\n1,2\n", &o);
    assert_int_equal(csv_n_columns(r), 1); /* as asked */
    csv_close(r);
}

/* A header of more than the bytes that are looked at, and a field too. */
static void long_first_records(void **unused)
{
    (void)unused;
    text csv = { 0 };
    for (int i = 0; i < 20000; i++) text_f(&csv, "%scolumn_name_%d", i ? ";" : "", i);
    for (int i = 0; i < 20000; i++) text_f(&csv, "%s%d,5", i ? ";" : "\n", i);
    csv_reader *r = open_text(csv.p, NULL);
    assert_non_null(r);
    assert_int_equal(csv_separator(r), ';');
    assert_int_equal(csv_decimal(r), ',');
    assert_int_equal(csv_n_columns(r), 20000);
    csv_close(r);
    csv.n = 0;
    text_z(&csv, "\"");
    text_repeat(&csv, 'x', 100000);
    text_z(&csv, "\"|b\n1|2\n");
    r = open_text(csv.p, NULL);
    assert_int_equal(csv_separator(r), '|');
    csv_close(r);
    text_free(&csv);
}

static void numbers_with_either_sign(void **unused)
{
    static const struct {
        const char *s;
        double point, comma; /* -999: no number */
    } cases[] = {
        { "42", 42, 42 },
        { "-7", -7, -7 },
        { "1e3", 1000, 1000 },
        { "0.69", 0.69, -999 },
        { "0,69", -999, 0.69 },
        { "1.234,56", -999, 1234.56 },
        { "1,234.56", 1234.56, -999 },
        { "1 234,56", -999, 1234.56 },
        { "1 234.56", 1234.56, -999 },
        { "1'234.5", 1234.5, -999 },
        { "1\xE2\x80\x99"
          "234,5",
          -999, 1234.5 },
        { "1\xC2\xA0"
          "234",
          1234, 1234 },
        { "-1\xE2\x80\xAF"
          "234\xE2\x80\xAF"
          "567,25",
          -999, -1234567.25 },
        { "1.234", 1.234, 1234 },
        { "1,234", 1234, 1.234 },
        { "0.123", 0.123, -999 },
        { "12.3456", 12.3456, -999 },
        { "1234.567", 1234.567, -999 },
        { "1234,567", -999, 1234.567 },
        { "1.234.567", -999, 1234567 },
        { "1,234,567", 1234567, -999 },
        { "1.234.56", -999, -999 },
        { "1.234 567", -999, -999 }, /* one mark throughout */
        { "1 234 56", -999, -999 },
        { "1 234.5,6", -999, -999 },
        { "12.34.567", -999, -999 },
        { "1..234", -999, -999 },
        { ",5", -999, 0.5 },
        { "5,", -999, 5 },
        { ",", -999, -999 },
        { ".", -999, -999 },
        { "-", -999, -999 },
        { "", -999, -999 },
        { "1 ", -999, -999 },
        { "1,5e2", -999, 150 },
        { "1,5.", -999, -999 },
        { "2020-01-02", -999, -999 },
        { "01.02.2020", -999, -999 },
        { "12:30", -999, -999 },
        { "0x1", -999, -999 },
        { "nan", -999, -999 },
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str s = str_of(cases[i].s);
        double x = -999, y = -999;
        int signs = (csv_number(s, '.', &x) ? CSV_WITH_POINT : 0) |
                    (csv_number(s, ',', &y) ? CSV_WITH_COMMA : 0);
        if (x != cases[i].point || y != cases[i].comma) print_message("%s\n", cases[i].s);
        assert_true(x == cases[i].point && y == cases[i].comma);
        assert_int_equal(signs, csv_number_signs(s));
    }
    /* any short text of what numbers are made of */
    uint64_t chance = 1;
    for (int round = 0; round < 100000; round++) {
        char text[10];
        double x;
        for (size_t i = 0; i < sizeof text; i++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            text[i] = "00123456789012345..,, -"[(chance >> 33) % 23];
        }
        str s = { text, (int64_t)((chance >> 50) % 11) };
        int signs = (csv_number(s, '.', &x) ? CSV_WITH_POINT : 0) |
                    (csv_number(s, ',', &x) ? CSV_WITH_COMMA : 0);
        assert_int_equal(signs, csv_number_signs(s));
    }
    /* as long as a number gets here, and longer */
    char digits[1300];
    double x;
    memset(digits, '9', sizeof digits);
    assert_int_equal(csv_number_signs((str){ digits, 400 }), 0); /* above every double */
    memset(digits, '0', sizeof digits);
    assert_int_equal(csv_number((str){ digits, 1000 }, ',', &x), 1);
    assert_int_equal(csv_number((str){ digits, 1001 }, ',', &x), 0);
    assert_int_equal(csv_number((str){ digits, 1300 }, '.', &x), 1);
}

static void decimal_signs_are_found(void **unused)
{
    static const struct {
        const char *csv;
        char decimal;
        double first; /* of column 1 */
    } cases[] = {
        { "a;b\n0,69;1.234\n", ',', 0.69 },
        { "b;a\n1.234;0,69\n", ',', 1234 }, /* another column proves the comma */
        { "a;b\n1.234;x\n", '.', 1.234 },   /* ambiguous */
        { "a;b\n1,234;x\n", ',', 1.234 },   /* ambiguous, but ; is no accident */
        { "a,b\n\"1,234\",x\n", '.', 1234 },
        { "a,b\n\"1,234\",\"0,5\"\n", ',', 1.234 },
        { "a;b\n1,234.56;x\n", '.', 1234.56 },
        { "a;b\n1.234,56;x\n", ',', 1234.56 },
        { "a\tb\n1 234,56\tx\n", ',', 1234.56 },
        { "a;b\n5;x\n", '.', 5 },
        { "a;b\n0.5;10.0.0.1\n0.5;192.168.100.200\n0.5;1.2.3\n", '.',
          0.5 },                              /* addresses are none */
        { "a;b\n7;1,5\n7;x\n7;y\n", '.', 7 }, /* nor is a word among words */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csv_reader *r = open_text(cases[i].csv, NULL);
        table t;
        assert_non_null(r);
        if (csv_decimal(r) != cases[i].decimal) print_message("%s\n", cases[i].csv);
        assert_int_equal(csv_decimal(r), cases[i].decimal);
        assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
        assert_true(t.columns[0].number[0] == cases[i].first);
        table_free(&t);
        csv_close(r);
    }
}

/* The other sign than asked for is an error, not words. */
static void asked_signs_are_kept(void **unused)
{
    (void)unused;
    table t;
    csv_options point = { .decimal = '.' }, comma = { .decimal = ',' };
    csv_reader *r = open_text("a;b\n3;5\n3;0,69\n", &point);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_E_PARSE);
    assert_string_equal(err.message,
                        "file.csv, line 3, column 2 'b': met '0,69', a number with a decimal "
                        "comma, but the file is read with a decimal point; try --decimal comma");
    assert_int_equal(err.row, 3);
    assert_int_equal(err.column, 2);
    csv_close(r);
    r = open_text("a;b\n3;0.69\n", &comma);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_E_PARSE);
    assert_string_equal(err.message,
                        "file.csv, line 2, column 2 'b': met '0.69', a number with a decimal "
                        "point, but the file is read with a decimal comma; try --decimal point");
    csv_close(r);
    r = open_text("a;b\n1.234;0,5\n", &comma);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    assert_true(t.columns[0].number[0] == 1234 && t.columns[1].number[0] == 0.5);
    table_free(&t);
    csv_close(r);
    csv_options both = { .decimal = ',', .separator = ',' };
    assert_null(open_text("a\n1\n", &both));
    assert_string_equal(err.message, "separator and decimal sign are both ','");
}

static text said;

static void hear(void *user, int32_t level, const char *message)
{
    (void)user, (void)level;
    text_f(&said, "%s\n", message);
}

static void what_was_found_is_said(void **unused)
{
    (void)unused;
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.message = hear;
    csv_reader *r = open_text("a,b\n1,2.5\n", NULL);
    csv_tell(r, &cb);
    csv_close(r);
    csv_options asked = { .separator = ';', .decimal = ',' };
    r = open_text("a;b\n1;2,5\n", &asked);
    csv_tell(r, &cb);
    csv_close(r);
    assert_int_equal(said.n, 0);
    r = open_text("a;b\n1;2,5\n", NULL);
    csv_tell(r, &cb);
    csv_close(r);
    assert_string_equal(
        said.p, "file.csv: fields are separated by semicolons (--separator sets another)\n"
                "file.csv: numbers have a decimal comma (--decimal point reads them otherwise)\n");
    text_free(&said);
}

/* Columns named by the first row, or numbered. */
static void headers_are_found(void **unused)
{
    static const struct {
        const char *csv;
        int has_header, n_rows;
    } cases[] = {
        { "a,b\n1,2\n", 1, 1 },
        { "1,2\n3,4\n", 0, 2 },
        { "1,2", 0, 1 },
        { "\n \n1,,2\n3,4,5\n", 0, 2 },
        { "a,b\nx,y\n", 1, 1 },
        { "x,y\nx,y\n", 1, 1 }, /* without numbers nobody knows */
        { "C1,7,North\nC2,8,South\nC3,9,North\n", 0, 3 },
        { "C1,7,North\nC2,8,South\nC3,9,East\n", 1, 2 }, /* no word is met again */
        { "region,2019,2020\nNorth,1,2\nSouth,3,4\n", 1, 2 },
        { "C1,7,visits\nC2,8,9\n", 1, 1 }, /* a word above numbers */
        { "0,5;1,5\n1;2,5\n", 0, 2 },
        { ",a,b\n1,2,3\n", 1, 1 },
        { "\xEF\xBB\xBF"
          "5,NA\n6,7\n",
          0, 2 },
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csv_reader *r = open_text(cases[i].csv, NULL);
        table t;
        if (!r) print_message("%s%s\n", cases[i].csv, err.message);
        assert_non_null(r);
        int has_header = !str_eq(csv_columns(r)[1].name, STR("column_2"));
        if (has_header != cases[i].has_header) print_message("%s\n", cases[i].csv);
        assert_int_equal(has_header, cases[i].has_header);
        assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
        assert_int_equal(t.n_rows, cases[i].n_rows);
        table_free(&t);
        csv_close(r);
    }
}

static void headers_and_names_on_demand(void **unused)
{
    (void)unused;
    table t;
    static const str names[] = { { "x", 1 }, { "y", 1 } };
    csv_options o = { .header = CSV_HEADER_NO };
    csv_reader *r = open_text("a,b\n1,2\n3,\"4\n\"\n5\n", &o);
    assert_true(str_eq(csv_columns(r)[0].name, STR("column_1")));
    assert_int_equal(csv_columns(r)[0].n_values, 3);
    assert_int_equal(csv_columns(r)[0].first_word_row, 1);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_E_PARSE);
    assert_string_equal(err.message, "file.csv, line 5: the number of fields is 1, expected 2 as "
                                     "in the first row");
    csv_close(r);
    o = (csv_options){ .header = CSV_HEADER_YES, .names = names, .n_names = 2 };
    r = open_text("1,2\n3,4\n", &o);
    assert_true(str_eq(csv_columns(r)[1].name, STR("y")));
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    assert_int_equal(t.n_rows, 1);
    table_free(&t);
    csv_close(r);
    o.header = CSV_HEADER_AUTO;
    r = open_text("1,2\n3,4\n", &o);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    assert_int_equal(t.n_rows, 2);
    table_free(&t);
    csv_close(r);
    o.n_names = 1;
    assert_null(open_text("1,2\n3,4\n", &o));
    assert_string_equal(err.message, "--names: met 1 names, expected 2 as file.csv has columns");
    o = (csv_options){ .header = CSV_HEADER_YES };
    assert_null(open_text("1,2\n", &o));
    assert_string_equal(err.message, "file.csv has a header but no rows below it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators_are_found),     cmocka_unit_test(long_first_records),
        cmocka_unit_test(numbers_with_either_sign), cmocka_unit_test(decimal_signs_are_found),
        cmocka_unit_test(headers_are_found),        cmocka_unit_test(headers_and_names_on_demand),
        cmocka_unit_test(asked_signs_are_kept),     cmocka_unit_test(what_was_found_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
