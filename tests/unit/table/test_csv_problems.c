/* The problems of a file behind its first one: all of them in file order, for any number of threads
 * and any size of blocks, up to 20; the rest counted. What is expected comes from how each file was
 * made. */
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

static void keep(void *user, int32_t level, const char *said)
{
    text *t = user;
    assert_int_equal(level, PROPENSE_PROBLEM);
    text_z(t, said);
    text_z(t, "\n");
}

/* Error and problems as one text, a line each. */
static status read_all(text *said, str csv, const csv_options *o)
{
    static const column_kind kinds[] = { COLUMN_NUMBER, COLUMN_WORDS, COLUMN_NUMBER };
    csv_reader *r;
    table t;
    text problems = { 0 };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &problems;
    cb.message = keep;
    err = (propense_error)PROPENSE_ERROR_INIT;
    said->n = 0;
    status code = csv_open_bytes(&r, csv.p, csv.n, "f", o, &err);
    if (code != PROPENSE_OK) return code;
    csv_plan(r, kinds);
    code = csv_read(r, &t, &cb, &err);
    csv_close(r);
    text_z(said, err.message);
    text_z(said, "\n");
    text_str(said, text_view(&problems));
    text_free(&problems);
    table_free(&t);
    return code;
}

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void expect_problem(text *expected, int *n, const char *format, int line)
{
    if (++*n <= 20) {
        text_z(expected, "f, line ");
        text_f(expected, format, line);
        text_z(expected, "\n");
    }
}

/* A record of the file, and what is to be said of it; the lines it takes. */
static int put_record(text *csv, text *expected, int *n, int line, unsigned *seed)
{
    switch (next(seed) % 12) {
    case 0:
        text_z(csv, "1,2\n");
        expect_problem(expected, n, "%d: met 2 fields, expected 3 as in the header", line);
        return 1;
    case 1:
        text_z(csv, "x,2,y\n");
        expect_problem(expected, n,
                       "%d, column 1 'a': met 'x', expected a number; --types "
                       "a=categorical reads the column as words",
                       line);
        expect_problem(expected, n,
                       "%d, column 3 'c': met 'y', expected a number; --types "
                       "c=categorical reads the column as words",
                       line);
        return 1;
    case 2:
        text_z(csv, "1,\xE1,2\r\n");
        expect_problem(expected, n,
                       "%d, column 2: the byte 0xE1 here is not UTF-8 text; a file "
                       "from Windows is often read with --encoding windows-1252",
                       line);
        return 1;
    case 3:
        text_add(csv, "1,2\0,3\n", 7);
        expect_problem(expected, n, "%d: met a byte that is zero, expected text in UTF-8", line);
        return 1;
    case 4:
        text_z(csv, "1,\"a\n\n,,\",\"2,5\"\n");
        expect_problem(expected, n,
                       "%d, column 3 'c': met '2,5', a number with a decimal comma, but "
                       "the file is read with a decimal point; try --decimal comma",
                       line);
        return 3;
    case 5:
        text_z(csv, "\n \n");
        return 2;
    case 6:
        text_z(csv, "NA,\"a \"\"\nb\",\"7\"\r\n");
        return 2;
    default:
        text_f(csv, "%u,word %u,-%u.5\n", next(seed), next(seed) % 5, next(seed) % 100);
        return 1;
    }
}

/* Ten good rows first, so that the sample tells which columns hold numbers. */
static int make(text *csv, text *expected, unsigned seed)
{
    int n = 0, line = 12;
    csv->n = expected->n = 0;
    text_z(csv, "a,b,c\n");
    for (int i = 0; i < 10; i++) text_z(csv, "1,word,-2.5\n");
    unsigned rows = next(&seed) % 60 + 1;
    for (unsigned i = 0; i < rows; i++) line += put_record(csv, expected, &n, line, &seed);
    if (next(&seed) % 4 == 0) {
        text_z(csv, "1,\"open,\n2,3\n");
        expect_problem(expected, &n,
                       "%d: a quote (\") opens here and is not closed before the end of "
                       "the file",
                       line);
    } else {
        text_z(csv, "1,last,2"); /* without LF */
    }
    if (n == 21) text_z(expected, "and one problem more\n");
    if (n > 21) text_f(expected, "and %d problems more\n", n - 20);
    return n;
}

static void any_threads_any_blocks(void **unused)
{
    (void)unused;
    text csv = { 0 }, expected = { 0 }, said = { 0 };
    for (unsigned seed = 0; seed < 120; seed++) {
        int n = make(&csv, &expected, seed);
        for (int threads = 1; threads <= 4; threads++) {
            csv_options o = { .separator = ',',
                              .decimal = '.',
                              .encoding = CSV_UTF_8,
                              .header = CSV_HEADER_YES,
                              .threads = threads,
                              .block_bytes = 16 + (int64_t)(seed * 7 % 300) };
            status code = read_all(&said, text_view(&csv), &o);
            assert_int_equal(code, n ? PROPENSE_E_PARSE : PROPENSE_OK);
            if (n) assert_string_equal(said.p, expected.p);
        }
    }
    text_free(&csv);
    text_free(&expected);
    text_free(&said);
}

/* A sample that ends after a few rows does not know which columns hold numbers. */
static void a_short_sample_judges_no_values(void **unused)
{
    (void)unused;
    text said = { 0 };
    csv_options o = { .separator = ',', .threads = 1 };
    str csv = STR("a,b,c\n1,2\n3,x,y\n4\n5,z,6\n");
    assert_int_equal(read_all(&said, csv, &o), PROPENSE_E_PARSE);
    assert_string_equal(said.p, "f, line 2: met 2 fields, expected 3 as in the header\n"
                                "f, line 4: met one field, expected 3 as in the header\n");
    o.types_are_fixed = 1; /* a model knows */
    assert_int_equal(read_all(&said, csv, &o), PROPENSE_E_PARSE);
    assert_string_equal(said.p, "f, line 2: met 2 fields, expected 3 as in the header\n"
                                "f, line 3, column 3 'c': met 'y', expected a number as in "
                                "training\n"
                                "f, line 4: met one field, expected 3 as in the header\n");
    text_free(&said);
}

static void any_allocation_may_fail(void **unused)
{
    (void)unused;
    text csv = { 0 }, expected = { 0 }, said = { 0 };
    csv_options o = { .separator = ',',
                      .decimal = '.',
                      .encoding = CSV_UTF_8,
                      .header = CSV_HEADER_YES,
                      .threads = 1,
                      .block_bytes = 40 };
    unsigned seed = 0;
    while (make(&csv, &expected, seed) < 15) seed++;
    int64_t last = 0;
    (void)read_all(&said, text_view(&csv), &o);
    for (int64_t n = 1; n < 400; n++) { /* no crash, no leak; the error is one of the two */
        memory_fail_at(n);
        status code = read_all(&said, text_view(&csv), &o);
        if (memory_calls < n) break;
        assert_true(code == PROPENSE_E_NOMEM || code == PROPENSE_E_PARSE);
        last = n;
    }
    memory_fail_at(0);
    assert_true(last > 30);
    text_free(&csv);
    text_free(&expected);
    text_free(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_threads_any_blocks),
        cmocka_unit_test(a_short_sample_judges_no_values),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
