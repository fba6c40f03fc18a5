/* Property: for any file, number of threads, block size and CPU level the reader gives what a naive
 * reader gives that goes character by character, its first error included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "csv_split.h"
#include "naive_csv.h"
#include "random_csv.h"

#include <cmocka.h>

/* ---- What is expected: a text of all values, and the error's place */

struct outcome {
    text values;
    int64_t n_rows, row;
    int32_t column;
    status code;
};

static void put_number(text *t, double x)
{
    char buffer[64];
    snprintf(buffer, sizeof buffer, "<%a>", x);
    text_z(t, buffer);
}

static void put_word(text *t, const char *p, int64_t n)
{
    text_f(t, "<%d:", (int)n);
    text_add(t, p, n);
    text_z(t, ">");
}

/* The number as the C library wants it: a point, no marks. 0 when marks stand where none may. */
static int naive_rewrite(char *p, char decimal)
{
    static const char *const marks[] = { " ", "'", "\xC2\xA0", ",", "." };
    size_t whole = strspn(p, "+-0123456789. ,'\xC2\xA0"), sign = *p == '-' || *p == '+';
    char *point = memchr(p, decimal, whole), *end = point ? point : p + whole;
    for (int i = 0; i < 5; i++) {
        size_t n = strlen(marks[i]), first = strspn(p + sign, "0123456789");
        char *to = p + sign + first, *from = to;
        if (*marks[i] == decimal || strncmp(to, marks[i], n) != 0) continue;
        if (first < 1 || first > 3 || p[sign] == '0') return 0;
        for (; from < end; from += n + 3, to += 3) {
            if (strncmp(from, marks[i], n) != 0 || strspn(from + n, "0123456789") < 3) return 0;
            memmove(to, from + n, 3);
        }
        if (from != end) return 0;
        memmove(to, end, strlen(end) + 1);
        break;
    }
    for (char *c = p; *c; c++) {
        if (*c != '.' && *c != ',') continue;
        if (*c != decimal) return 0;
        *c = '.';
        if (strpbrk(c + 1, ".,")) return 0;
    }
    return *p != '\0';
}

/* 1 number, 0 missing, -1 neither; by the C library. */
static int naive_number(const struct naive_field *f, char decimal, double *x)
{
    char *copy = calloc(1, (size_t)f->n + 1), *p = copy, *end;
    if (f->n) memcpy(copy, f->p, (size_t)f->n);
    int64_t n = f->n;
    while (n && strchr(" \t\r\n", p[n - 1]) && p[n - 1]) p[--n] = '\0';
    while (*p && strchr(" \t\r\n", *p)) p++;
    static const char *const missing[] = { "", "NA", "N/A", "NaN", "null", "?", "nan" };
    int result = -1;
    for (unsigned i = 0; i < sizeof missing / sizeof *missing; i++)
        if (strcmp(p, missing[i]) == 0 && strlen(copy) == (size_t)n) result = 0;
    if (result < 0 && strlen(copy) == (size_t)n && (p - copy) + (int64_t)strlen(p) == n &&
        naive_rewrite(p, decimal))
        n = (p - copy) + (int64_t)strlen(p);
    else if (result < 0)
        *p = '\0';
    if (result < 0 && *p && strlen(p) == strspn(p, "+-.0123456789e") &&
        (p - copy) + (int64_t)strlen(p) == n) {
        *x = strtod(p, &end);
        if (*end == '\0') result = 1;
    }
    free(copy);
    return result;
}

/* Rows up to the first fault; kinds as in the plan. */
static struct outcome expect(const struct naive_file *f, const column_kind *kinds, char decimal,
                             int has_header)
{
    struct outcome o = { { 0 }, 0, 0, 0, 0 };
    for (int64_t r = has_header; r < f->n_records; r++) {
        text row = { 0 };
        const struct naive_record *record = &f->records[r];
        for (int64_t c = 0; c < record->n_fields && !o.code; c++) {
            const struct naive_field *field = &record->fields[c];
            double x = 0;
            int is = kinds[c] == COLUMN_NUMBER ? naive_number(field, decimal, &x) : field->n > 0;
            if (kinds[c] == COLUMN_SKIPPED) continue;
            if (is < 0) {
                o.code = PROPENSE_E_PARSE;
                o.row = record->line;
                o.column = (int32_t)c + 1;
            } else if (is == 0) {
                text_z(&row, "<missing>");
            } else if (kinds[c] == COLUMN_NUMBER) {
                put_number(&row, x);
            } else {
                put_word(&row, field->p, field->n);
            }
        }
        if (!o.code) {
            text_str(&o.values, text_view(&row));
            o.n_rows++;
        }
        text_free(&row);
        if (o.code) return o;
    }
    o.code = f->fault                    ? PROPENSE_E_PARSE
             : f->n_records > has_header ? PROPENSE_OK
                                         : PROPENSE_E_PARSE;
    o.row = f->fault_line;
    return o;
}

/* ---- What the reader gives */

static void put_rows(text *t, const table *k)
{
    for (int64_t r = 0; r < k->n_rows; r++)
        for (int32_t i = 0; i < k->n_columns; i++) {
            const column *c = &k->columns[i];
            if (c->kind == COLUMN_SKIPPED) continue;
            if (column_is_missing(c, r)) {
                if (c->kind == COLUMN_NUMBER) assert_true(c->number[r] != c->number[r]);
                if (c->kind == COLUMN_WORDS) assert_int_equal(c->code[r], -1);
                if (c->kind == COLUMN_TEXT) assert_int_equal(c->offset[r], c->offset[r + 1]);
                text_z(t, "<missing>");
            } else if (c->kind == COLUMN_NUMBER) {
                put_number(t, c->number[r]);
            } else if (c->kind == COLUMN_WORDS) {
                put_word(t, c->level[c->code[r]].p, c->level[c->code[r]].n);
            } else {
                put_word(t, c->bytes + c->offset[r], c->offset[r + 1] - c->offset[r]);
            }
        }
}

struct gathered {
    struct outcome got;
    int64_t mapped[64]; /* by slot: rows, as a check that map and deliver see the same chunk */
};

static status map_chunk(void *user, int worker, int slot, const table *chunk, propense_error *err)
{
    struct gathered *g = user;
    (void)worker, (void)err;
    g->mapped[slot] = chunk->n_rows;
    return PROPENSE_OK;
}

static status take_chunk(void *user, int slot, const table *chunk, propense_error *err)
{
    struct gathered *g = user;
    (void)err;
    assert_int_equal(g->mapped[slot], chunk->n_rows);
    assert_int_equal(chunk->first_row, g->got.n_rows);
    put_rows(&g->got.values, chunk);
    g->got.n_rows += chunk->n_rows;
    return PROPENSE_OK;
}

static void check_levels(const table *t)
{
    for (int32_t i = 0; i < t->n_columns; i++) {
        const column *c = &t->columns[i];
        if (c->kind != COLUMN_WORDS) continue;
        assert_int_equal(c->n_distinct, c->n_levels);
        int32_t next = 0;
        int64_t *rows = calloc((size_t)c->n_levels + 1, sizeof *rows), missing = 0;
        for (int64_t r = 0; r < t->n_rows; r++) {
            missing += c->code[r] < 0;
            if (c->code[r] < 0) continue;
            assert_true(c->code[r] <= next); /* in order of first appearance */
            next += c->code[r] == next;
            rows[c->code[r]]++;
        }
        assert_int_equal(next, c->n_levels);
        assert_int_equal(missing, c->n_missing);
        for (int32_t k = 0; k < c->n_levels; k++) assert_int_equal(rows[k], c->level_rows[k]);
        free(rows);
    }
}

static void check_case(str file, const csv_options *o, const column_kind *kinds,
                       const struct outcome *want, char first_message[1024], char first_hash[33])
{
    propense_error err = PROPENSE_ERROR_INIT;
    csv_reader *r = NULL;
    struct gathered g = { 0 };
    status code = csv_open_bytes(&r, file.p, file.n, "file.csv", o, &err);
    if (code == PROPENSE_OK) {
        assert_true(csv_n_slots(r) <= 64);
        csv_plan(r, kinds);
        code = csv_each(r, map_chunk, take_chunk, &g, NULL, &err);
    }
    csv_close(r);
    assert_int_equal(code, want->code);
    assert_int_equal(g.got.n_rows, want->n_rows);
    assert_int_equal(g.got.values.n, want->values.n);
    if (want->values.n) assert_memory_equal(g.got.values.p, want->values.p, want->values.n);
    text_free(&g.got.values);
    if (code) {
        assert_int_equal(err.row, want->row);
        if (want->column) assert_int_equal(err.column, want->column);
        if (!*first_message) strcpy(first_message, err.message);
        assert_string_equal(err.message, first_message);
        return;
    }
    table t;
    text values = { 0 };
    char hash[33];
    assert_int_equal(csv_open_bytes(&r, file.p, file.n, "file.csv", o, &err), PROPENSE_OK);
    csv_plan(r, kinds);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    csv_close(r);
    put_rows(&values, &t);
    assert_int_equal(values.n, want->values.n);
    if (want->values.n) assert_memory_equal(values.p, want->values.p, want->values.n);
    check_levels(&t);
    rows_hash_hex(&t.hash, hash);
    if (!*first_hash) strcpy(first_hash, hash);
    assert_string_equal(hash, first_hash);
    text_free(&values);
    table_free(&t);
}

static void any_file_any_threads_any_blocks(void **unused)
{
    static const char *const levels[] = { "scalar", "sse2", "avx2", "avx512", "neon" };
    int n_fine = 0, n_bad = 0;
    (void)unused;
    for (unsigned seed = 1; seed <= 400; seed++) {
        state = seed;
        char separator = ",;\t|"[pick(4)], message[1024] = "", hash[33] = "";
        char decimal = separator != ',' && pick(2) ? ',' : '.';
        unsigned n_columns;
        column_kind kinds[8];
        text file = random_file(&n_columns, separator, decimal);
        if (!memchr(file.p, '\n', (size_t)file.n)) text_z(&file, "\n"); /* CRs end no lines here */
        for (unsigned c = 0; c < 8; c++)
            kinds[c] = c % 2 ? (pick(2) ? COLUMN_WORDS : COLUMN_TEXT)
                             : (pick(3) ? COLUMN_NUMBER : COLUMN_WORDS);
        if (pick(5) == 0) kinds[pick(8)] = COLUMN_SKIPPED;
        csv_options o = { .separator = separator, .decimal = decimal, .encoding = CSV_UTF_8 };
        int has_header = pick(4) != 0;
        o.header = has_header ? CSV_HEADER_YES : CSV_HEADER_NO;
        o.record_bytes = pick(3) ? 0 : 20 + pick(100);
        struct naive_file naive =
            naive_read(file.p, file.n, separator, o.record_bytes ? o.record_bytes : 1 << 24);
        struct outcome want = expect(&naive, kinds, decimal, has_header);
        if (naive.n_records == 0 && !naive.fault) want.row = 1;
        for (unsigned run = 0; run < 6; run++) {
            o.threads = run ? 1 + (int)pick(8) : 1;
            o.block_bytes = run == 0 ? 0 : run < 4 ? 16 + pick(60) : file.n / (1 + pick(9)) + 1;
            o.level = levels[pick(5)];
            o.sample_rows = 1 + pick(20);
            if (!csv_level_find(o.level)) o.level = NULL;
            /* exact size, so that a sanitizer sees a read behind the end */
            char *exact = malloc((size_t)file.n + 1);
            char *bytes = file.n ? realloc(exact, (size_t)file.n) : exact;
            if (file.n) memcpy(bytes, file.p, (size_t)file.n);
            check_case((str){ bytes, file.n }, &o, kinds, &want, message, hash);
            free(bytes);
        }
        n_fine += want.code == PROPENSE_OK;
        n_bad += want.code != PROPENSE_OK;
        naive_free(&naive);
        text_free(&want.values);
        text_free(&file);
    }
    assert_true(n_fine > 100 && n_bad > 100); /* both kinds were met */
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(any_file_any_threads_any_blocks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
