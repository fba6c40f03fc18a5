/* Several files as one table: the same rows as the concatenated file, whatever the order of their
 * columns, the number of threads and the size of blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "csv.h"
#include "failing_memory.h"

#include <cmocka.h>

enum { n_files = 4 };
static char folder[] = "/tmp/propense-files-XXXXXX";
static char paths[n_files + 1][64]; /* the last one: all rows */
static str also[n_files - 1];
static propense_error err;

static int make_folder(void **unused)
{
    (void)unused;
    if (!mkdtemp(folder)) return -1;
    for (int i = 0; i <= n_files; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/%d.csv", folder, i);
    for (int i = 1; i < n_files; i++) also[i - 1] = str_of(paths[i]);
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    for (int i = 0; i <= n_files; i++) (void)remove(paths[i]);
    return rmdir(folder);
}

static void put_file(int i, const char *content)
{
    FILE *f = fopen(paths[i], "wb");
    assert_non_null(f);
    assert_true(fputs(content, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A record of four fields, in the order that `order` has. */
static void put_record(FILE *f, const char *const *fields, const int *order, unsigned *seed)
{
    static const char *const ends[] = { "\n", "\r\n", "\n\n" };
    for (int c = 0; c < 4; c++) fprintf(f, "%s%s", c ? "," : "", fields[order[c]]);
    fputs(ends[next(seed) % 3], f);
}

/* The same rows in n_files files, columns shuffled, and in one. */
static int64_t write_files(unsigned seed)
{
    static const char *const names[] = { "id", "x", "word", "y" };
    int straight[] = { 0, 1, 2, 3 }, order[] = { 0, 1, 2, 3 };
    int64_t n = 0;
    FILE *all = fopen(paths[n_files], "wb");
    assert_non_null(all);
    put_record(all, names, straight, &seed);
    for (int i = 0; i < n_files; i++) {
        FILE *f = fopen(paths[i], "wb");
        assert_non_null(f);
        for (int c = 3; i && c > 0; c--) {
            int other = (int)(next(&seed) % (unsigned)(c + 1)), was = order[c];
            order[c] = order[other];
            order[other] = was;
        }
        if (next(&seed) % 3 == 0) fputs("\xEF\xBB\xBF", f);
        put_record(f, names, order, &seed);
        for (unsigned rows = next(&seed) % 30; rows; rows--, n++) {
            char id[32], x[32], word[64], y[32];
            (void)snprintf(id, sizeof id, "C%u", next(&seed));
            (void)snprintf(x, sizeof x, "%u.%u", next(&seed) % 100, next(&seed) % 10);
            (void)snprintf(word, sizeof word, next(&seed) % 4 ? "w%u" : "\"a \"\"b\"\",\n%u\"",
                           next(&seed) % 9);
            int is_there = next(&seed) % 5 != 0;
            (void)snprintf(y, sizeof y, "-%u", next(&seed));
            if (!is_there) y[0] = '\0';
            const char *fields[] = { id, x, word, y };
            put_record(all, fields, straight, &seed);
            put_record(f, fields, order, &seed);
        }
        if (next(&seed) % 4)
            assert_int_equal(fclose(f), 0);
        else {
            long end = ftell(f); /* without its last LF */
            assert_int_equal(fclose(f), 0);
            if (end > 40) assert_int_equal(truncate(paths[i], end - 1), 0);
        }
    }
    assert_int_equal(fclose(all), 0);
    return n;
}

static const column_kind kinds[] = { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_WORDS, COLUMN_NUMBER };

/* By name: the table has the first file's order. */
static status read_by_name(table *t, const char *path, const csv_options *o)
{
    csv_reader *r;
    column_kind mine[4];
    err = (propense_error)PROPENSE_ERROR_INIT;
    *t = (table){ 0 };
    TRY(csv_open(&r, path, o, &err));
    for (int32_t c = 0; c < csv_n_columns(r); c++)
        for (int k = 0; k < 4; k++)
            if (str_eq(csv_columns(r)[c].name,
                       str_of((const char *[]){ "id", "x", "word", "y" }[k])))
                mine[c] = kinds[k];
    csv_plan(r, mine);
    status code = csv_read(r, t, NULL, &err);
    csv_close(r);
    return code;
}

static void any_files_equal_the_whole(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < 150; seed++) {
        table whole, several;
        int64_t n = write_files(seed);
        csv_options one = { .separator = ',', .threads = 1 };
        csv_options o = { .separator = ',',
                          .threads = 1 + (int)(seed % 4),
                          .block_bytes = 16 + (int64_t)seed,
                          .also = also,
                          .n_also = n_files - 1 };
        status code = read_by_name(&several, paths[0], &o);
        if (n == 0) continue;
        assert_int_equal(code, PROPENSE_OK);
        assert_int_equal(several.n_rows, n);
        assert_int_equal(read_by_name(&whole, paths[n_files], &one), PROPENSE_OK);
        assert_memory_equal(&whole.hash, &several.hash, sizeof whole.hash);
        for (int c = 0; c < 4; c++) {
            assert_true(str_eq(whole.columns[c].name, several.columns[c].name));
            assert_int_equal(whole.columns[c].n_missing, several.columns[c].n_missing);
        }
        assert_memory_equal(whole.columns[0].bytes, several.columns[0].bytes,
                            (size_t)whole.columns[0].offset[n]);
        assert_memory_equal(whole.columns[1].number, several.columns[1].number,
                            (size_t)n * sizeof(double));
        assert_memory_equal(whole.columns[2].code, several.columns[2].code,
                            (size_t)n * sizeof(int32_t));
        table_free(&whole);
        table_free(&several);
    }
}

/* What reading the first two files says. */
static void refused(const char *first, const char *second, const char *said)
{
    table t;
    csv_options o = { .also = also, .n_also = 1 };
    put_file(0, first);
    put_file(1, second);
    csv_reader *r;
    err = (propense_error)PROPENSE_ERROR_INIT;
    status code = csv_open(&r, paths[0], &o, &err);
    if (code == PROPENSE_OK) code = csv_read(r, &t, NULL, &err);
    csv_close(r);
    assert_int_equal(code, PROPENSE_E_PARSE);
    if (!strstr(err.message, said)) fail_msg("'%s' is not in '%s'", said, err.message);
}

static void sentences(void **unused)
{
    (void)unused;
    refused("a,b\n1,2\n", "a,c\n1,2\n", "1.csv has no column 'b', which ");
    refused("a,b\n1,2\n", "a,b,c\n1,2,3\n", "0.csv has no column 'c', which ");
    refused("a,b\n1,2\n", "1,2\n3,4\n", "1.csv has none of the columns of ");
    refused("a,b\n1,2\n", "a;b\n1;2\n", "1.csv: fields are separated by semicolons, but in ");
    refused("a;b\n1;2,5\n3;4,5\n", "a;b\n1;2.5\n", "1.csv: numbers have a decimal point, but in ");
    refused("a;b\n1;2,5\n", "a;b\n1;2.5\n1;3.5\n", "0.csv: numbers have a decimal comma, but in ");
    refused("a,b\n1,2\n", "b,a\n1,2\n\n3\n", "1.csv, line 4: met one field");
    refused("a,b\n1,2\n3,\"4\n", "a,b\n1,2\n", "0.csv, line 3: a quote");
    refused("a,b\n1,2\n", "", "1.csv is empty");
    refused("a,b\n", "a,b\n", "0.csv and 1 more has a header but no rows");
}

static void one_sample(void **unused)
{
    (void)unused;
    csv_reader *r;
    csv_options o = { .also = also, .n_also = 1 };
    put_file(0, "a;b\n1;2\n3;4\n");
    put_file(1, "b;a\n1,5;x\n2,5;y\n"); /* a decimal comma; a holds words all in all */
    err = (propense_error)PROPENSE_ERROR_INIT;
    assert_int_equal(csv_open(&r, paths[0], &o, &err), PROPENSE_OK);
    assert_int_equal(csv_decimal(r), ',');
    assert_int_equal(csv_columns(r)[0].guess, COLUMN_WORDS);
    assert_int_equal(csv_columns(r)[1].guess, COLUMN_NUMBER);
    assert_int_equal(csv_columns(r)[0].n_values, 4);
    assert_true(str_eq(csv_columns(r)[0].first_word, STR("x")));
    csv_close(r);
    str stdin_too = STR("-");
    o.also = &stdin_too;
    assert_int_equal(csv_open(&r, paths[0], &o, &err), PROPENSE_E_ARG);
}

static void any_allocation_may_fail(void **unused)
{
    (void)unused;
    int64_t n = 0, n_rows = write_files(7);
    csv_options o = {
        .separator = ',', .threads = 1, .block_bytes = 200, .also = also, .n_also = 3
    };
    int fine = 0;
    while (!fine && n++ < 2000) {
        table t;
        memory_fail_at(n);
        fine = read_by_name(&t, paths[0], &o) == PROPENSE_OK;
        if (!fine) assert_int_equal(err.code, PROPENSE_E_NOMEM);
        if (fine) assert_int_equal(t.n_rows, n_rows);
        table_free(&t);
    }
    memory_fail_at(0);
    assert_true(fine && n > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_files_equal_the_whole),
        cmocka_unit_test(sentences),
        cmocka_unit_test(one_sample),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
