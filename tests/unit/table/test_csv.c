/* Reading CSV: the cases with names. That every file reads alike for any threads and blocks is in
 * test_csv_equal.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "failing_memory.h"

#include <cmocka.h>

static propense_error err;

static csv_reader *open_text(const char *csv, const csv_options *o)
{
    csv_reader *r;
    err = (propense_error)PROPENSE_ERROR_INIT;
    csv_open_bytes(&r, csv, (int64_t)strlen(csv), "file.csv", o, &err);
    return r;
}

static table read_text(const char *csv, const csv_options *o)
{
    table t = { 0 };
    csv_reader *r = open_text(csv, o);
    if (r) csv_read(r, &t, NULL, &err);
    csv_close(r);
    return t;
}

/* The sentence, line and column that reading ends with. */
static void expect_error(const char *csv, int64_t row, int32_t column, const char *message)
{
    table t = read_text(csv, NULL);
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, PROPENSE_E_PARSE);
    assert_int_equal(err.row, row);
    assert_int_equal(err.column, column);
    assert_null(t.owner);
}

static void assert_word(const column *c, int64_t row, const char *word)
{
    assert_int_equal(c->kind, COLUMN_WORDS);
    assert_true(c->code[row] >= 0);
    assert_true(str_eq(c->level[c->code[row]], str_of(word)));
}

static void numbers_words_and_missing(void **unused)
{
    (void)unused;
    table t = read_text("\xEF\xBB\xBF age ,region,\"n, of\nvisits\"\r\n"
                        "1,NA,\" 2 \"\r\n\r\nna,,\"3\"\n  \n-4.5,\"a \"\"b\"\"\",?\n7, x ,1e2",
                        NULL);
    assert_int_equal(t.n_rows, 4);
    assert_int_equal(t.n_columns, 3);
    assert_true(str_eq(t.columns[0].name, STR("age")));
    assert_true(str_eq(t.columns[2].name, STR("n, of\nvisits")));
    assert_int_equal(table_find(&t, STR("region")), 1);
    assert_int_equal(table_find(&t, STR("Region")), -1);
    assert_true(t.columns[0].number[0] == 1 && t.columns[0].number[2] == -4.5);
    assert_true(column_is_missing(&t.columns[0], 1) && t.columns[0].n_missing == 1);
    assert_word(&t.columns[1], 0, "NA"); /* a region of that name */
    assert_true(column_is_missing(&t.columns[1], 1));
    assert_word(&t.columns[1], 2, "a \"b\"");
    assert_word(&t.columns[1], 3, " x ");
    assert_true(t.columns[2].number[0] == 2 && t.columns[2].number[3] == 100);
    assert_true(column_is_missing(&t.columns[2], 2));
    table_free(&t);
}

static void lenient_quotes(void **unused)
{
    (void)unused;
    table t = read_text("w,n\n5\" pipe,1\n\"a\"b\"c,2\n a \"q\",3\n\"\"\"\",4\n", NULL);
    assert_int_equal(t.n_rows, 4);
    assert_word(&t.columns[0], 0, "5\" pipe");
    assert_word(&t.columns[0], 1, "ab\"c");
    assert_word(&t.columns[0], 2, " a \"q\"");
    assert_word(&t.columns[0], 3, "\"");
    table_free(&t);
}

static void separators_and_missing_words(void **unused)
{
    (void)unused;
    static const str none[1], dash[] = { { "-", 1 } };
    csv_options o = { .separator = '\t', .missing = dash, .n_missing = 1 };
    table t = read_text("a\tb\n-\t1\n2\t\n", &o);
    assert_int_equal(t.n_rows, 2);
    assert_int_equal(t.columns[0].n_missing + t.columns[1].n_missing, 2);
    table_free(&t);
    o = (csv_options){ .missing = none, .n_missing = 0 };
    t = read_text("a\n?\nNA\n", &o);
    assert_int_equal(t.columns[0].kind, COLUMN_WORDS);
    assert_int_equal(t.columns[0].n_levels, 2);
    table_free(&t);
    o = (csv_options){ .separator = '"' };
    assert_null(open_text("a\n1\n", &o));
    assert_int_equal(err.code, PROPENSE_E_ARG);
}

static void the_sample_guesses(void **unused)
{
    (void)unused;
    csv_reader *r = open_text("a,b,\n1,1\n", NULL);
    assert_non_null(r); /* rows that do not fit are an error of reading, in their place */
    assert_true(str_eq(csv_columns(r)[2].name, STR("column_3")));
    csv_close(r);
    csv_options ten = { .sample_rows = 10 };
    r = open_text("a,b,c,,e\n1,1,,x,\"1\n\"\n1,1,,x,1\n1,1,,x,1\n1,1,,x,1\n1,1,NA,x,1\n1,1,,x,1\n"
                  "1,1,,x,1\n1,1,,x,1\n1,y,,x,1\nz,z,,x,1\nw,1,,x,1\n",
                  &ten);
    assert_non_null(r);
    const csv_column *c = csv_columns(r);
    assert_int_equal(c[0].guess, COLUMN_NUMBER); /* nine in ten of the sample */
    assert_int_equal(c[0].n_values, 10);
    assert_int_equal(c[0].n_numbers, 9);
    assert_true(str_eq(c[0].first_word, STR("z")));
    assert_int_equal(c[0].first_word_row, 12); /* a value above goes over two lines */
    assert_int_equal(c[1].guess, COLUMN_WORDS);
    assert_int_equal(c[2].guess, COLUMN_NUMBER);
    assert_int_equal(c[2].n_values, 0);
    assert_true(str_eq(c[3].name, STR("column_4")));
    csv_close(r);
}

static void sentences(void **unused)
{
    (void)unused;
    expect_error("", 1, 0,
                 "file.csv is empty; expected a header with the names of the columns, then rows");
    expect_error("\n \r\n", 1, 0,
                 "file.csv is empty; expected a header with the names of the columns, then rows");
    expect_error("a,b\n\n", 0, 0, "file.csv has a header but no rows below it");
    expect_error("a,b, a\n1,2,3\n", 1, 3,
                 "file.csv: columns 1 and 3 are both called 'a'; rename one of them");
    expect_error("a,b\n1,2\n\"\n\",2\n1,2,3\n", 5, 3,
                 "file.csv, line 5: met 3 fields, expected 2 as in the header; a value with a "
                 "separator in it has to stand in quotes");
    expect_error("a,b,c\n1,2,3\n1,2\n", 3, 2,
                 "file.csv, line 3: met 2 fields, expected 3 as in the header");
    expect_error("a,b,c\n1,2,3\n1\n", 3, 1,
                 "file.csv, line 3: met one field, expected 3 as in the header");
    expect_error(
        "a,b\n1,2\n3,x\n\"\n4\",\"\"\"\n", 5, 0,
        "file.csv, line 5: a quote (\") opens here and is not closed before the end of the "
        "file");
    expect_error("visits\n1\n1\n1\n1\n1\n1\n1\n1\n1\n\"tw\nelve\"\n", 11, 1,
                 "file.csv, line 11, column 1 'visits': met 'tw elve', expected a number; --types "
                 "visits=categorical reads the column as words");
    expect_error("a b\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1,5\n", 11, 2,
                 "file.csv, line 11: met 2 fields, expected 1 as in the header; a value with a "
                 "separator in it has to stand in quotes");
    expect_error("a;b\nx\xC3\xB1;y\n\"\n1\";se\xF1or\n", 4, 2,
                 "file.csv, line 4, column 2: the byte 0xF1 here is not UTF-8 text; a file from "
                 "Windows is often read with --encoding windows-1252");
    expect_error("a\xC3\xB1,\xC3\nx,y\n", 1, 2,
                 "file.csv, line 1, column 2: the byte 0xC3 here is not UTF-8 text; a file from "
                 "Windows is often read with --encoding windows-1252");
    expect_error("\xFF\xFE"
                 "a",
                 1, 1, "file.csv, line 1, column 1: half a character, which is not UTF-16 text");
}

static void zero_bytes_and_long_rows(void **unused)
{
    (void)unused;
    csv_reader *r;
    table t;
    csv_options o = { .record_bytes = 10 };
    err = (propense_error)PROPENSE_ERROR_INIT;
    assert_int_equal(csv_open_bytes(&r, "a\n1\n\0\n", 6, "f", NULL, &err), PROPENSE_OK);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_E_PARSE);
    assert_string_equal(err.message, "f, line 3: met a byte that is zero, expected text in UTF-8");
    csv_close(r);
    t = read_text("a\n1234567890\n", &o);
    assert_int_equal(t.n_rows, 1);
    table_free(&t);
    t = read_text("a\n12345678901\n", &o);
    assert_string_equal(err.message, "file.csv, line 2: the row that begins here is longer than 10 "
                                     "bytes; is there a quote (\") that is never closed?");
}

static void more_levels_than_the_limit(void **unused)
{
    (void)unused;
    text csv = { 0 };
    text_z(&csv, "id,n\n");
    for (int i = 0; i < column_level_limit + 10; i++) text_f(&csv, "c%d,%d\n", i, i);
    text_z(&csv, "c0,1\n");
    table t = read_text(csv.p, &(csv_options){ .threads = 3, .block_bytes = 5000 });
    assert_int_equal(t.n_rows, column_level_limit + 11);
    assert_int_equal(t.columns[0].overflow, 1);
    assert_null(t.columns[0].code);
    assert_null(t.columns[0].level);
    assert_int_equal(t.columns[0].n_distinct, column_level_limit + 10);
    table_free(&t);
    text_free(&csv);
}

static void files_and_their_names(void **unused)
{
    (void)unused;
    csv_reader *r;
    err = (propense_error)PROPENSE_ERROR_INIT;
    const char *path = PROPENSE_SOURCE_DIR "/data/campaign_history.csv";
    assert_int_equal(csv_open(&r, path, NULL, &err), PROPENSE_OK);
    assert_string_equal(csv_name(r), path);
    assert_int_equal(csv_n_workers(r), 1); /* 21 KB */
    table t;
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    csv_close(r);
    assert_int_equal(t.n_rows, 500);
    double sum = 0;
    for (int64_t i = 0; i < t.n_rows; i++) sum += t.columns[3].number[i];
    assert_true(sum > 254910.61 && sum < 254910.63); /* awk */
    table_free(&t);
    assert_int_equal(csv_open(&r, "/nowhere/x.csv", NULL, &err), PROPENSE_E_IO);
    assert_null(r);
}

static void any_allocation_may_fail(void **unused)
{
    (void)unused;
    text csv = { 0 };
    text_z(&csv, "a,b,a \"long\" name\n");
    for (int i = 0; i < 300; i++)
        text_f(&csv, "%d,w%d,\"quoted \"\" %d\"\n%s", i % 7, i, i % 50,
               i % 9 ? "" : ",,\"a\nb\"\n");
    csv_options o = { .threads = 1, .block_bytes = 500 };
    int64_t n = 0;
    int fine = 0;
    while (!fine && n++ < 2000) {
        memory_fail_at(n);
        table t = read_text(csv.p, &o);
        fine = t.owner != NULL;
        if (!fine) assert_int_equal(err.code, PROPENSE_E_NOMEM);
        if (fine) assert_int_equal(t.n_rows, 334);
        table_free(&t);
    }
    memory_fail_at(0);
    assert_true(fine && n > 40);
    text_free(&csv);
}

static status refuse_third(void *user, int worker, int slot, const table *chunk, propense_error *e)
{
    (void)user, (void)worker, (void)slot;
    if (chunk->first_row <= 30 && chunk->first_row + chunk->n_rows > 30)
        return (snprintf(e->message, sizeof e->message, "thirty"), PROPENSE_E_NUMERIC);
    return PROPENSE_OK;
}

static status count_rows(void *user, int slot, const table *chunk, propense_error *e)
{
    (void)slot, (void)e;
    *(int64_t *)user += chunk->n_rows;
    return PROPENSE_OK;
}

static int stop_at_once(void *user, const propense_progress *p)
{
    (void)user;
    return p->done > 0;
}

static void callers_can_stop(void **unused)
{
    (void)unused;
    text csv = { 0 };
    text_z(&csv, "a\n");
    for (int i = 0; i < 1000; i++) text_f(&csv, "%d\n", i);
    for (int threads = 1; threads < 6; threads++) {
        int64_t rows = 0;
        csv_options o = { .block_bytes = 20, .threads = threads };
        csv_reader *r = open_text(csv.p, &o);
        status code = csv_each(r, refuse_third, count_rows, &rows, NULL, &err);
        assert_int_equal(code, PROPENSE_E_NUMERIC);
        assert_string_equal(err.message, "thirty");
        assert_true(rows > 10 && rows <= 30);
        csv_close(r);
        propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
        cb.progress = stop_at_once;
        r = open_text(csv.p, &o);
        assert_int_equal(csv_each(r, NULL, count_rows, &rows, &cb, &err), PROPENSE_E_CANCELLED);
        csv_close(r);
    }
    text_free(&csv);
}

static void writing_fields(void **unused)
{
    (void)unused;
    text t = { 0 };
    static const char *const fields[] = {
        "plain", "", "a,b", "a;b", "q\"", " x", "x\t", "l\n", "\r"
    };
    for (int i = 0; i < 9; i++) {
        csv_write_field(&t, str_of(fields[i]), ',');
        text_char(&t, '|');
    }
    assert_string_equal(t.p, "plain||\"a,b\"|a;b|\"q\"\"\"|\" x\"|\"x\t\"|\"l\n\"|\"\r\"|");
    text_free(&t);
}

/* A mark at every place of fields of every length, each in a block of its own size. */
static void marks_anywhere(void **unused)
{
    (void)unused;
    for (size_t n = 1; n < 40; n++)
        for (size_t at = 0; at < 5 * n; at++) {
            const char mark = ",\"\n\rx"[at / n];
            char *field = malloc(n), want[64];
            memset(field, 'o', n);
            field[at % n] = mark;
            size_t m = 0;
            if (mark != 'x') want[m++] = '"';
            for (size_t i = 0; i < n; i++) {
                if (field[i] == '"') want[m++] = '"';
                want[m++] = field[i];
            }
            if (mark != 'x') want[m++] = '"';
            text t = { 0 };
            csv_write_field(&t, (str){ field, (int64_t)n }, ',');
            assert_int_equal(t.n, m);
            assert_memory_equal(t.p, want, m);
            text_free(&t);
            free(field);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_words_and_missing),
        cmocka_unit_test(lenient_quotes),
        cmocka_unit_test(separators_and_missing_words),
        cmocka_unit_test(the_sample_guesses),
        cmocka_unit_test(sentences),
        cmocka_unit_test(zero_bytes_and_long_rows),
        cmocka_unit_test(more_levels_than_the_limit),
        cmocka_unit_test(files_and_their_names),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(callers_can_stop),
        cmocka_unit_test(writing_fields),
        cmocka_unit_test(marks_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
