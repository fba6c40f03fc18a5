/* The same text in other forms reads as it does in UTF-8: UTF-16, Windows-1252, gzip and both, with
 * any threads and blocks. And the cases with names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "csv.h"
#include "csv_text.h"
#include "failing_memory.h"
#include "random_csv.h"

#include <cmocka.h>

/* ---- Forms of a text. Heap text; sources are UTF-8. */

/* The code point at s.p, which moves on; by hand and not by csv_text.c. */
static unsigned next_point(str *s)
{
    const unsigned char *p = (const unsigned char *)s->p;
    int n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    unsigned c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (int i = 1; i < n; i++) c = c * 64 + p[i] % 64;
    s->p += n;
    s->n -= n;
    return c;
}

static void add_unit(text *t, unsigned unit, int big)
{
    text_char(t, (char)(big ? unit >> 8 : unit & 0xFF));
    text_char(t, (char)(big ? unit & 0xFF : unit >> 8));
}

static text to_utf_16(str s, int big)
{
    text t = { 0 };
    add_unit(&t, 0xFEFF, big);
    while (s.n) {
        unsigned c = next_point(&s);
        if (c > 0xFFFF) {
            add_unit(&t, 0xD800 + (c - 0x10000) / 1024, big);
            add_unit(&t, 0xDC00 + (c - 0x10000) % 1024, big);
        } else {
            add_unit(&t, c, big);
        }
    }
    return t;
}

/* Latin letters only. */
static text to_latin(str s)
{
    text t = { 0 };
    while (s.n) text_char(&t, (char)next_point(&s));
    return t;
}

static void add_member(text *t, str s)
{
    z_stream z = { 0 };
    unsigned char out[70000];
    assert_int_equal(deflateInit2(&z, 1 + (int)pick(9), Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)s.p;
    z.avail_in = (uInt)s.n;
    z.next_out = out;
    z.avail_out = sizeof out;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    text_add(t, out, (int64_t)(sizeof out - z.avail_out));
    deflateEnd(&z);
}

static text to_gzip(str s)
{
    text t = { 0 };
    do {
        int64_t n = pick(2) ? s.n : (int64_t)pick((unsigned)s.n + 1);
        add_member(&t, (str){ s.p, n });
        s = (str){ s.p + n, s.n - n };
    } while (s.n);
    if (pick(3) == 0) text_repeat(&t, '\0', pick(600));
    return t;
}

/* ---- Reading */

struct outcome {
    status code;
    int64_t n_rows;
    char hash[33], message[1024], separator, decimal;
};

static struct outcome read_form(str file, const csv_options *o)
{
    struct outcome got = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    csv_reader *r;
    table t = { 0 };
    char *exact = malloc((size_t)file.n + 1),
         *bytes = file.n ? realloc(exact, (size_t)file.n) : exact;
    if (file.n) memcpy(bytes, file.p, (size_t)file.n);
    got.code = csv_open_bytes(&r, bytes, file.n, "f", o, &err);
    if (got.code == PROPENSE_OK) {
        got.separator = csv_separator(r);
        got.decimal = csv_decimal(r);
        got.code = csv_read(r, &t, NULL, &err);
    }
    csv_close(r);
    free(bytes);
    got.n_rows = t.n_rows;
    if (t.owner) rows_hash_hex(&t.hash, got.hash);
    strcpy(got.message, err.message);
    table_free(&t);
    return got;
}

static void assert_same(const struct outcome *a, const struct outcome *b)
{
    assert_string_equal(a->message, b->message);
    assert_int_equal(a->code, b->code);
    assert_int_equal(a->n_rows, b->n_rows);
    assert_string_equal(a->hash, b->hash);
    assert_int_equal(a->separator, b->separator);
    assert_int_equal(a->decimal, b->decimal);
}

static str strip_bom(str s)
{
    return s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0 ? (str){ s.p + 3, s.n - 3 } : s;
}

static void any_form_any_blocks(void **unused)
{
    int n_fine = 0, n_bad = 0;
    (void)unused;
    for (unsigned seed = 1; seed <= 300; seed++) {
        state = seed;
        char separator = ",;\t|"[pick(4)];
        unsigned n_columns;
        text file = random_file(&n_columns, separator, separator != ',' && pick(2) ? ',' : '.');
        str plain = strip_bom(text_view(&file));
        csv_options o = { .threads = 1 };
        if (pick(2)) o.separator = separator;
        if (csv_text_check((const unsigned char *)plain.p, plain.n) == plain.n && plain.n) {
            struct outcome want = read_form(plain, &o);
            n_fine += want.code == PROPENSE_OK;
            n_bad += want.code != PROPENSE_OK;
            for (unsigned run = 0; run < 8; run++) {
                text form = run == 7  ? to_latin(plain)
                            : run & 2 ? to_utf_16(plain, run & 1)
                                      : (text){ 0 },
                     packed = { 0 };
                str bytes = form.n ? text_view(&form) : plain;
                if (run & 4) packed = to_gzip(bytes);
                o.threads = 1 + (int)pick(6);
                o.block_bytes = pick(4) ? 16 + pick(100) : 0;
                o.encoding =
                    run == 7 ? (pick(2) ? CSV_WINDOWS_1252 : CSV_LATIN_1) : CSV_ENCODING_AUTO;
                struct outcome got = read_form(packed.n ? text_view(&packed) : bytes, &o);
                assert_same(&got, &want);
                text_free(&form);
                text_free(&packed);
            }
        }
        text_free(&file);
    }
    assert_true(n_fine > 80 && n_bad > 40);
}

/* ---- Cases with names */

static void what_is_utf_8(void **unused)
{
    static const struct {
        const char *s;
        int n, bad_at; /* -1 = none */
    } cases[] = {
        { "plain", 5, -1 },
        { "\xC3\xB1", 2, -1 },
        { "\xE2\x82\xAC", 3, -1 },
        { "\xF0\x9F\x98\x80", 4, -1 },
        { "\xF4\x8F\xBF\xBF", 4, -1 },
        { "12345678\xC3\xB1"
          "12345678\xFF",
          19, 18 },
        { "a\x80", 2, 1 },
        { "\xC3", 1, 0 },
        { "\xC0\xAF", 2, 0 }, /* overlong */
        { "\xE0\x9F\xBF", 3, 0 },
        { "\xF0\x8F\xBF\xBF", 4, 0 },
        { "\xED\xA0\x80", 3, 0 },     /* a surrogate */
        { "\xF4\x90\x80\x80", 4, 0 }, /* above U+10FFFF */
        { "\xF5\x80\x80\x80", 4, 0 },
        { "\xE2\x82", 2, 0 },
        { "\xE2\x82x", 3, 0 },
        { "a\xC3\xC3\xB1", 4, 1 },
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int n = cases[i].n;
        int64_t at = csv_text_check((const unsigned char *)cases[i].s, n);
        assert_int_equal(at, cases[i].bad_at < 0 ? n : cases[i].bad_at);
    }
}

static void single_letters(void **unused)
{
    (void)unused;
    unsigned char out[16];
    csv_recoder windows = { .from = CSV_WINDOWS_1252 }, latin = { .from = CSV_LATIN_1 };
    assert_int_equal(csv_recode(&windows, (const unsigned char *)"\x80\xF1", 2, 1, out), 5);
    assert_memory_equal(out, "\xE2\x82\xAC\xC3\xB1", 5);
    assert_int_equal(csv_recode(&windows, (const unsigned char *)"\x9F\x81", 2, 1, out), 4);
    assert_memory_equal(out, "\xC5\xB8\xC2\x81", 4);
    assert_int_equal(csv_recode(&latin, (const unsigned char *)"\x80\xF1", 2, 1, out), 4);
    assert_memory_equal(out, "\xC2\x80\xC3\xB1", 4);
    /* a pair of surrogates over four calls, and one alone */
    csv_recoder big = { .from = CSV_UTF_16, .big_endian = 1 };
    const unsigned char *pair = (const unsigned char *)"\xD8\x3D\xDE\x00";
    for (int i = 0; i < 3; i++) assert_int_equal(csv_recode(&big, pair + i, 1, 0, out), 0);
    assert_int_equal(csv_recode(&big, pair + 3, 1, 1, out), 4);
    assert_memory_equal(out, "\xF0\x9F\x98\x80", 4);
    int64_t n = csv_recode(&big, (const unsigned char *)"\xD8\x3D\0a", 4, 1, out);
    assert_int_equal(csv_text_check(out, n), 0);
    n = csv_recode(&big, (const unsigned char *)"\xDE\0", 2, 1, out);
    assert_int_equal(csv_text_check(out, n), 0);
    n = csv_recode(&big, (const unsigned char *)"\0a\xD8\x3D", 4, 1, out);
    assert_int_equal(csv_text_check(out, n), 1);
}

static void damaged_gzip(void **unused)
{
    (void)unused;
    state = 7;
    text csv = { 0 };
    text_z(&csv, "a,b\n");
    for (int i = 0; i < 4000; i++) text_f(&csv, "%d,%d\n", (int)pick(100000), (int)pick(100000));
    text packed = { 0 };
    add_member(&packed, text_view(&csv));
    csv_options o = { .block_bytes = 4000, .threads = 3 };
    struct outcome got = read_form(text_view(&packed), &o);
    assert_int_equal(got.n_rows, 4000);
    for (int64_t n = 2; n < packed.n; n += 997) {
        got = read_form((str){ packed.p, n }, &o);
        assert_int_equal(got.code, PROPENSE_E_PARSE);
        assert_string_equal(
            got.message, "f: its gzip data ends too early: the file was cut off; fetch it again");
    }
    got = read_form((str){ packed.p, packed.n - 1 }, &o);
    assert_int_equal(got.code, PROPENSE_E_PARSE);
    const char *damage = "f: its gzip data is damaged; make the file again or fetch it again";
    packed.p[packed.n - 6] ^= 1; /* checksum */
    got = read_form(text_view(&packed), &o);
    assert_string_equal(got.message, damage);
    packed.p[packed.n - 6] ^= 1;
    text_z(&packed, "garbage");
    got = read_form(text_view(&packed), &o);
    assert_string_equal(got.message, damage);
    text_free(&packed);
    text_free(&csv);
}

static void any_allocation_may_fail(void **unused)
{
    (void)unused;
    state = 3;
    str plain = STR("a;b;c\n1,5;x;\xC3\xB1\n2,5;\"y\";z\n3,25;x;\n");
    text wide = to_utf_16(plain, 0), packed = { 0 };
    add_member(&packed, text_view(&wide));
    csv_options o = { .threads = 1 };
    int64_t n = 0;
    struct outcome got = { .code = PROPENSE_E_NOMEM };
    while (got.code && n++ < 1000) {
        memory_fail_at(n);
        got = read_form(text_view(&packed), &o);
        if (got.code) assert_int_equal(got.code, PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n > 30 && got.n_rows == 3 && got.decimal == ',');
    text_free(&packed);
    text_free(&wide);
}

/* From a file, whose first bytes are looked at before they are read. */
static void files_too(void **unused)
{
    (void)unused;
    char path[] = "/tmp/propense-forms-XXXXXX";
    int fd = mkstemp(path);
    state = 5;
    text wide = to_utf_16(STR("a\tb\n1\tx\n2\t\xC3\xB1\n"), 1), packed = { 0 };
    add_member(&packed, text_view(&wide));
    assert_int_equal(write(fd, packed.p, (size_t)packed.n), packed.n);
    close(fd);
    propense_error err = PROPENSE_ERROR_INIT;
    csv_reader *r;
    table t;
    assert_int_equal(csv_open(&r, path, NULL, &err), PROPENSE_OK);
    assert_int_equal(csv_read(r, &t, NULL, &err), PROPENSE_OK);
    assert_int_equal(t.n_rows, 2);
    assert_true(str_eq(t.columns[1].level[1], STR("\xC3\xB1")));
    table_free(&t);
    csv_close(r);
    unlink(path);
    text_free(&packed);
    text_free(&wide);
}

/* The file's words, rows and what was found; with large and with small blocks. */
static void understood(str file, char separator, const char *name, const char *word, int64_t n_rows,
                       int64_t line)
{
    for (int64_t block = 16; block <= 1 << 20; block *= 16) {
        csv_options o = { .block_bytes = block, .threads = 1 };
        propense_error e = PROPENSE_ERROR_INIT;
        csv_reader *r;
        table t;
        assert_int_equal(csv_open_bytes(&r, file.p, file.n, "f", &o, &e), PROPENSE_OK);
        assert_int_equal(csv_separator(r), separator);
        assert_true(str_eq(csv_columns(r)[1].name, str_of(name)));
        if (csv_columns(r)[1].first_word_row != line) fail_msg("%s %d", name, (int)block);
        assert_int_equal(csv_read(r, &t, NULL, &e), PROPENSE_OK);
        csv_close(r);
        assert_int_equal(t.n_rows, n_rows);
        assert_true(str_eq(t.columns[1].level[0], str_of(word)));
        table_free(&t);
    }
}

static void odd_beginnings(void **unused)
{
    (void)unused;
    understood(STR("a;ciudad\n1;Le\xF3n\n2;Alcal\xE1\n"), ';', "ciudad", "Le\xC3\xB3n", 2, 2);
    understood(STR("sep=|\na|b\n1|x\n"), '|', "b", "x", 1, 3);
    understood(STR("\xEF\xBB\xBFSEP=;\r\na;b,c\r\n1;x\r\n"), ';', "b,c", "x", 1, 3);
    understood(STR("\"sep=;\"\na;b\n1;x,y\n"), ';', "b", "x,y", 1, 3);
    understood(STR("a,b\r1,x\r\"2\",y\r"), ',', "b", "x", 2, 2);
    understood(STR("a,b\r1,x\r2,y"), ',', "b", "x", 2, 2);
    understood(STR("a,b\n1,x\ry\n"), ',', "b", "x\ry", 1, 2);
    understood(STR("a,sep=;\n1,x\n"), ',', "sep=;", "x", 1, 2);
}

/* The longer text is turned piece by piece behind the beginning that was looked at. */
static void long_windows_text(void **unused)
{
    (void)unused;
    text csv = { 0 };
    propense_error e = PROPENSE_ERROR_INIT;
    csv_reader *r;
    table t;
    text_z(&csv, "a,b\n");
    for (int i = 0; i < 40000; i++) text_f(&csv, "%d,se\xF1or %d\n", i, i % 3);
    assert_int_equal(csv_open_bytes(&r, csv.p, csv.n, "f", NULL, &e), PROPENSE_OK);
    assert_int_equal(csv_read(r, &t, NULL, &e), PROPENSE_OK);
    csv_close(r);
    assert_int_equal(t.n_rows, 40000);
    assert_int_equal(t.columns[1].n_levels, 3);
    assert_true(str_eq(t.columns[1].level[2], STR("se\xC3\xB1or 2")));
    table_free(&t);
    text_free(&csv);
    /* UTF-8 with a byte that is not: no guess, an error */
    str mixed = STR("a,b\n1,se\xC3\xB1or\n2,se\xF1or\n");
    assert_int_equal(csv_open_bytes(&r, mixed.p, mixed.n, "f", NULL, &e), PROPENSE_OK);
    assert_int_equal(csv_read(r, &t, NULL, &e), PROPENSE_E_PARSE);
    csv_close(r);
    assert_int_equal(e.row, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_form_any_blocks),     cmocka_unit_test(what_is_utf_8),
        cmocka_unit_test(single_letters),          cmocka_unit_test(damaged_gzip),
        cmocka_unit_test(any_allocation_may_fail), cmocka_unit_test(files_too),
        cmocka_unit_test(odd_beginnings),          cmocka_unit_test(long_windows_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
