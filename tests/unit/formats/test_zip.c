/* zip: against archives of Python's zipfile (tests/golden/formats/make.py), and against damage. */
#include "failing_memory.h"

#include "file_bytes.h"
#include "zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

#define GOLDEN "tests/golden/formats/"
static const char text40[] = "conversion ";

typedef struct opened {
    str bytes;
    arena mem;
    zip_archive z;
    propense_error err;
    status s;
} opened;

static opened open_golden(const char *path)
{
    opened o = { .bytes = file_bytes(path), .err = PROPENSE_ERROR_INIT };
    o.s = zip_open(&o.z, o.bytes, "x.keras", &o.mem, &o.err);
    return o;
}
static void close_golden(opened *o)
{
    arena_free(&o->mem);
    file_bytes_free(o->bytes);
}

static status read_member(opened *o, const char *name, int64_t limit, str *out)
{
    const zip_member *m = zip_find(&o->z, str_of(name));
    assert_non_null(m);
    return zip_read(out, &o->z, m, limit, "x.keras", &o->mem, &o->err);
}

static void assert_long_text(str s)
{
    int64_t n = (int64_t)strlen(text40);
    assert_int_equal(s.n, 40 * n);
    for (int i = 0; i < 40; i++) assert_memory_equal(s.p + i * n, text40, (size_t)n);
}

static void writes_the_bytes_of_zipfile(void **state)
{
    (void)state;
    opened o = open_golden(GOLDEN "stored.zip");
    assert_int_equal(o.s, PROPENSE_OK);
    assert_int_equal(o.z.n_members, 3);
    zip_writer w = { 0 };
    for (int i = 0; i < 3; i++) {
        str content;
        const zip_member *m = &o.z.members[i];
        assert_int_equal(zip_read(&content, &o.z, m, 1000, "x", &o.mem, &o.err), PROPENSE_OK);
        zip_add(&w, m->name, content);
    }
    zip_finish(&w);
    assert_false(w.bytes.bad);
    assert_int_equal(w.bytes.n, o.bytes.n);
    assert_memory_equal(w.bytes.p, o.bytes.p, (size_t)o.bytes.n);
    zip_writer_free(&w);
    close_golden(&o);

    o = open_golden(GOLDEN "utf8.zip");
    zip_add(&w, STR("a\xC3\xB1o.txt"), STR("x"));
    zip_finish(&w);
    assert_int_equal(w.bytes.n, o.bytes.n);
    assert_memory_equal(w.bytes.p, o.bytes.p, (size_t)o.bytes.n);
    zip_writer_free(&w);
    close_golden(&o);
}

static void reads_what_zipfile_writes(void **state)
{
    (void)state;
    static const char *const packed[] = { "deflate.zip", "streamed.zip", "zip64.zip" };
    str s;
    for (int i = 0; i < 3; i++) {
        char path[100];
        snprintf(path, sizeof path, GOLDEN "%s", packed[i]);
        opened o = open_golden(path);
        assert_int_equal(o.s, PROPENSE_OK);
        assert_int_equal(read_member(&o, "a.txt", 440, &s), PROPENSE_OK);
        assert_long_text(s);
        if (i == 0) {
            assert_int_equal(read_member(&o, "e", 0, &s), PROPENSE_OK);
            assert_int_equal(s.n, 0);
        }
        close_golden(&o);
    }
    opened o = open_golden(GOLDEN "comment.zip");
    assert_int_equal(read_member(&o, "a.txt", 5, &s), PROPENSE_OK);
    assert_true(str_eq(s, STR("alpha")));
    assert_null(zip_find(&o.z, STR("a.tx")));
    close_golden(&o);
}

static void refused(const char *file, const char *sentence)
{
    char path[100];
    str s;
    snprintf(path, sizeof path, GOLDEN "%s", file);
    opened o = open_golden(path);
    if (o.s == PROPENSE_OK) o.s = read_member(&o, "a.txt", 440, &s);
    assert_int_equal(o.s, PROPENSE_E_FORMAT);
    assert_string_equal(o.err.message, sentence);
    close_golden(&o);
}

static void refuses_by_name(void **state)
{
    (void)state;
    refused("bzip2.zip", "x.keras: member 'a.txt' is packed by method 12; stored (0) and deflate "
                         "(8) are read");
    refused("encrypted.zip", "x.keras: member 'a.txt' is encrypted");
    refused("twice.zip", "x.keras: the archive has two members named 'a.txt'");
    refused("wrong_crc.zip", "x.keras: member 'a.txt' does not match its checksum; copy the file "
                             "again");
    refused("wrong_size.zip", "x.keras: member 'a.txt' does not unpack to the size it names; copy "
                              "the file again");
    refused("plain.h5", "x.keras: the zip archive breaks off after 14288 bytes: the directory that "
                        "stands at its end is missing; copy the file again");
    opened o = open_golden(GOLDEN "deflate.zip");
    str s;
    assert_int_equal(read_member(&o, "a.txt", 439, &s), PROPENSE_E_FORMAT);
    assert_string_equal(o.err.message, "x.keras: member 'a.txt' has 440 bytes; at most 439 are "
                                       "read");
    close_golden(&o);
}

/* Nothing is taken for it: the weights of a network over 500 columns are larger than what is
 * unpacked. */
static void stored_members_are_of_any_length(void **state)
{
    (void)state;
    opened o = open_golden(GOLDEN "stored.zip");
    str s;
    assert_int_equal(read_member(&o, "a.txt", 1, &s), PROPENSE_OK);
    assert_int_equal(s.n, 5);
    close_golden(&o);
}

static void refuses_too_many_members(void **state)
{
    (void)state;
    zip_writer w = { 0 };
    for (int i = 0; i < zip_member_limit; i++) {
        char name[20];
        snprintf(name, sizeof name, "%d", i);
        zip_add(&w, str_of(name), STR(""));
    }
    zip_finish(&w);
    arena mem = { 0 };
    zip_archive z;
    assert_int_equal(zip_open(&z, text_view(&w.bytes), "x", &mem, NULL), PROPENSE_OK);
    assert_int_equal(z.n_members, zip_member_limit);
    assert_non_null(zip_find(&z, STR("999")));
    /* the count in the end record, one more */
    w.bytes.p[w.bytes.n - 12]++;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(zip_open(&z, text_view(&w.bytes), "x", &mem, &err), PROPENSE_E_FORMAT);
    assert_string_equal(err.message, "x: the archive has more than 1000 members");
    arena_free(&mem);
    zip_writer_free(&w);
}

/* A ratio that deflate cannot have is refused before memory is taken. */
static void refuses_bombs_early(void **state)
{
    (void)state;
    opened o = open_golden(GOLDEN "deflate.zip");
    zip_member m = o.z.members[0];
    str s;
    m.size = INT64_C(1) << 40;
    int64_t before = o.mem.taken;
    assert_int_equal(zip_read(&s, &o.z, &m, INT64_MAX, "x", &o.mem, &o.err), PROPENSE_E_FORMAT);
    assert_int_equal(o.mem.taken, before);
    close_golden(&o);
}

/* Whatever is read from a damaged archive without an error is what was written. */
static void read_all(str bytes)
{
    arena mem = { 0 };
    zip_archive z;
    str s;
    if (zip_open(&z, bytes, "x", &mem, NULL) == PROPENSE_OK)
        for (int32_t i = 0; i < z.n_members; i++)
            if (zip_read(&s, &z, &z.members[i], 1000, "x", &mem, NULL) == PROPENSE_OK && s.n)
                assert_true(s.n == 5 || s.n == 440);
    arena_free(&mem);
}

static void survives_damage(void **state)
{
    (void)state;
    static const char *const files[] = { GOLDEN "stored.zip", GOLDEN "deflate.zip",
                                         GOLDEN "zip64.zip" };
    for (int i = 0; i < 3; i++) {
        str bytes = file_bytes(files[i]);
        for (int64_t n = 0; n < bytes.n; n++) {
            char *cut = exact_copy(bytes, n);
            read_all((str){ cut, n });
            free(cut);
            for (int bit = 0; bit < 8; bit++) {
                char *flipped = exact_copy(bytes, bytes.n);
                flipped[n] ^= (char)(1 << bit);
                read_all((str){ flipped, bytes.n });
                free(flipped);
            }
        }
        file_bytes_free(bytes);
    }
}

static status round_trip(void)
{
    zip_writer w = { 0 };
    arena mem = { 0 };
    zip_archive z;
    str s;
    opened o = { .bytes = file_bytes(GOLDEN "deflate.zip"), .err = PROPENSE_ERROR_INIT };
    zip_add(&w, STR("one"), STR("content"));
    zip_finish(&w);
    status result = w.bytes.bad ? PROPENSE_E_NOMEM : PROPENSE_OK;
    if (result == PROPENSE_OK) result = zip_open(&z, o.bytes, "x", &mem, &o.err);
    if (result == PROPENSE_OK) result = zip_read(&s, &z, &z.members[0], 1000, "x", &mem, &o.err);
    zip_writer_free(&w);
    arena_free(&mem);
    file_bytes_free(o.bytes);
    return result;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        memory_fail_at(++n);
        s = round_trip();
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n >= 4); /* archive, directory, arena, zlib */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_bytes_of_zipfile),
        cmocka_unit_test(reads_what_zipfile_writes),
        cmocka_unit_test(refuses_by_name),
        cmocka_unit_test(stored_members_are_of_any_length),
        cmocka_unit_test(refuses_too_many_members),
        cmocka_unit_test(refuses_bombs_early),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
