/* npy: against files of NumPy (tests/golden/numpy/make.py), and against damage. */
#include "failing_memory.h"

#include "file_bytes.h"
#include "npy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

#define GOLDEN "tests/golden/numpy/"

typedef struct opened {
    str bytes;
    arena mem;
    zip_archive z;
    propense_error err;
} opened;

static opened open_golden(const char *path)
{
    opened o = { .bytes = file_bytes(path), .err = PROPENSE_ERROR_INIT };
    assert_int_equal(zip_open(&o.z, o.bytes, "x.npz", &o.mem, &o.err), PROPENSE_OK);
    return o;
}
static void close_golden(opened *o)
{
    arena_free(&o->mem);
    file_bytes_free(o->bytes);
}

static npy_array array_of(opened *o, const char *key)
{
    npy_array a;
    int found;
    assert_int_equal(npz_read(&a, &found, &o->z, key, "x.npz", &o->mem, &o->err), PROPENSE_OK);
    assert_true(found);
    return a;
}

static double value_of(const npy_array *a, int64_t row, int64_t column)
{
    double x = -99;
    npy_column(a, column, row, 1, &x);
    return x;
}

/* make.py: INPUTS[r, c] = (2 r + c) / 8 - 0.5. */
static void assert_inputs(const npy_array *a)
{
    assert_int_equal(a->type, NPY_FLOAT64);
    assert_int_equal(a->rank, 2);
    assert_int_equal(a->dims[0], 6);
    assert_int_equal(a->dims[1], 2);
    assert_int_equal(a->count, 12);
    for (int r = 0; r < 6; r++)
        for (int c = 0; c < 2; c++) assert_true(value_of(a, r, c) == (2 * r + c) / 8.0 - 0.5);
}

static void reads_stored_and_deflated(void **state)
{
    (void)state;
    static const char *const files[] = { GOLDEN "savez.npz", GOLDEN "compressed.npz" };
    static const double targets[] = { 0, 1, 1, 0, 1, 0 };
    for (int i = 0; i < 2; i++) {
        opened o = open_golden(files[i]);
        double y[6];
        npy_array a = array_of(&o, "inputs");
        assert_inputs(&a);
        a = array_of(&o, "targets");
        assert_int_equal(a.rank, 1);
        npy_column(&a, 0, 0, 6, y);
        assert_memory_equal(y, targets, sizeof y);
        int found = 1;
        assert_int_equal(npz_read(&a, &found, &o.z, "weights", "x", &o.mem, &o.err), PROPENSE_OK);
        assert_false(found);
        close_golden(&o);
    }
}

static void reads_every_type(void **state)
{
    (void)state;
    static const char *const names[] = { "float32", "float64", "bool",   "int8",   "int16", "int32",
                                         "int64",   "uint8",   "uint16", "uint32", "uint64" };
    opened o = open_golden(GOLDEN "kinds.npz");
    for (int i = 0; i < 11; i++) {
        npy_array a = array_of(&o, names[i]);
        assert_int_equal(a.type, i);
        assert_string_equal(npy_type_name(a.type), names[i]);
        for (int k = 0; k < 6; k++)
            assert_true(value_of(&a, k / 3, k % 3) == (k == 0 || k == 2 || k == 4 || k == 5));
    }
    close_golden(&o);
}

static void reads_every_shape(void **state)
{
    (void)state;
    opened o = open_golden(GOLDEN "shapes.npz");
    npy_array a = array_of(&o, "fortran");
    assert_true(a.is_fortran);
    for (int r = 0; r < 2; r++)
        for (int c = 0; c < 3; c++) assert_true(value_of(&a, r, c) == 3 * r + c);
    a = array_of(&o, "scalar");
    assert_int_equal(a.rank, 0);
    assert_true(value_of(&a, 0, 0) == 2.5);
    a = array_of(&o, "empty");
    assert_int_equal(a.count, 0);
    a = array_of(&o, "four");
    assert_int_equal(a.rank, 4);
    assert_int_equal(a.count, 16);
    a = array_of(&o, "extremes");
    assert_true(value_of(&a, 0, 0) == -9223372036854775808.0);
    assert_true(value_of(&a, 1, 0) == 9223372036854775808.0);
    close_golden(&o);
}

static void reads_versions_2_and_3(void **state)
{
    (void)state;
    static const char *const files[] = { GOLDEN "version2.npy", GOLDEN "version3.npy" };
    for (int i = 0; i < 2; i++) {
        str bytes = file_bytes(files[i]);
        npy_array a;
        assert_int_equal(npy_read(&a, bytes, "x", NULL), PROPENSE_OK);
        assert_inputs(&a);
        file_bytes_free(bytes);
    }
}

static void refuses_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *key, *says;
    } cases[] = { { "text", "'<U1'" },          { "half", "'<f2'" },
                  { "complex", "'<c16'" },      { "big", "big-endian" },
                  { "fields", "named fields" }, { "five", "more than 4 dimensions" },
                  { "objects", "'|O'" } };
    opened o = open_golden(GOLDEN "refused.npz");
    for (int i = 0; i < 7; i++) {
        npy_array a;
        int found;
        assert_int_equal(npz_read(&a, &found, &o.z, cases[i].key, "x.npz", &o.mem, &o.err),
                         PROPENSE_E_FORMAT);
        assert_non_null(strstr(o.err.message, cases[i].says));
        assert_non_null(strstr(o.err.message, "x.npz: "));
    }
    close_golden(&o);
}

static void refuses_bad_headers(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "",
        "{",
        "{}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740999999,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f8, 'fortran_order': False, 'shape': ()}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        text t = { 0 };
        npy_array a;
        propense_error err = PROPENSE_ERROR_INIT;
        int64_t n = (int64_t)strlen(headers[i]);
        text_add(&t, "\x93NUMPY\1\0", 8);
        text_char(&t, (char)n);
        text_char(&t, 0);
        text_z(&t, headers[i]);
        text_repeat(&t, '\0', 64);
        assert_int_equal(npy_read(&a, text_view(&t), "x", &err), PROPENSE_E_FORMAT);
        assert_int_equal(a.count, 0);
        text_free(&t);
    }
}

/* A zero among large dimensions is an empty array, whatever the others say. */
static void takes_empty_arrays(void **state)
{
    (void)state;
    static const char h[] = "{'shape': (0, 9007199254740992), 'fortran_order': False, "
                            "\"descr\": '<f8'}\n";
    text t = { 0 };
    npy_array a;
    text_add(&t, "\x93NUMPY\1\0", 8);
    text_char(&t, (char)(sizeof h - 1));
    text_char(&t, 0);
    text_z(&t, h);
    assert_int_equal(npy_read(&a, text_view(&t), "x", NULL), PROPENSE_OK);
    assert_int_equal(a.count, 0);
    text_free(&t);
}

static void writes_the_bytes_of_savez(void **state)
{
    (void)state;
    str expected = file_bytes(GOLDEN "savez.npz");
    double x[12];
    static const double y[] = { 0, 1, 1, 0, 1, 0 };
    for (int i = 0; i < 12; i++) x[i] = i / 8.0 - 0.5;
    zip_writer z = { 0 };
    npz_add(&z, "inputs", NPY_FLOAT64, 2, (const int64_t[]){ 6, 2 }, x);
    npz_add(&z, "targets", NPY_FLOAT64, 1, (const int64_t[]){ 6 }, y);
    zip_finish(&z);
    assert_int_equal(z.bytes.n, expected.n);
    assert_memory_equal(z.bytes.p, expected.p, (size_t)expected.n);
    zip_writer_free(&z);
    file_bytes_free(expected);
}

/* Every array of an archive is read, and all its values; nothing may be read outside the bytes. */
static double read_all(str bytes)
{
    static const char *const keys[] = { "inputs", "targets", "fortran", "four" };
    arena mem = { 0 };
    zip_archive z;
    npy_array a;
    int found;
    double sum = 0, x[64];
    if (zip_open(&z, bytes, "x", &mem, NULL) == PROPENSE_OK)
        for (int i = 0; i < 4; i++) {
            if (npz_read(&a, &found, &z, keys[i], "x", &mem, NULL) != PROPENSE_OK || !found ||
                a.rank > 2 || a.count > 64)
                continue;
            int64_t n = a.rank ? a.dims[0] : 1, m = a.rank == 2 ? a.dims[1] : 1;
            for (int64_t c = 0; c < m && a.count; c++) {
                npy_column(&a, c, 0, n, x);
                sum += x[0];
            }
        }
    arena_free(&mem);
    return sum;
}

static void survives_damage(void **state)
{
    (void)state;
    static const char *const files[] = { GOLDEN "savez.npz", GOLDEN "compressed.npz",
                                         GOLDEN "shapes.npz" };
    for (int i = 0; i < 3; i++) {
        str bytes = file_bytes(files[i]);
        for (int64_t n = 0; n < bytes.n; n++) {
            char *cut = exact_copy(bytes, n);
            (void)read_all((str){ cut, n });
            free(cut);
            char *flipped = exact_copy(bytes, bytes.n);
            flipped[n] ^= (char)(1 << (n & 7));
            (void)read_all((str){ flipped, bytes.n });
            free(flipped);
        }
        file_bytes_free(bytes);
    }
}

/* The same without the archive's checksum in front. */
static void survives_damaged_headers(void **state)
{
    (void)state;
    str bytes = file_bytes(GOLDEN "version2.npy");
    for (int64_t at = 0; at < bytes.n; at++)
        for (int bit = 0; bit < 8; bit++) {
            char *flipped = exact_copy(bytes, bytes.n);
            npy_array a;
            double x[12];
            flipped[at] ^= (char)(1 << bit);
            if (npy_read(&a, (str){ flipped, bytes.n }, "x", NULL) == PROPENSE_OK && a.rank == 2 &&
                a.dims[0] <= 12)
                for (int64_t c = 0; c < a.dims[1]; c++) npy_column(&a, c, 0, a.dims[0], x);
            free(flipped);
        }
    for (int64_t n = 0; n < bytes.n; n++) {
        char *cut = exact_copy(bytes, n);
        npy_array a;
        assert_int_equal(npy_read(&a, (str){ cut, n }, "x", NULL), PROPENSE_E_FORMAT);
        free(cut);
    }
    file_bytes_free(bytes);
}

static status round_trip(opened *o)
{
    zip_writer w = { 0 };
    npy_array a;
    int found;
    arena mem = { 0 };
    npz_add(&w, "x", NPY_INT32, 0, NULL, &(int32_t){ 3 });
    zip_finish(&w);
    status s = w.bytes.bad ? PROPENSE_E_NOMEM : PROPENSE_OK;
    if (s == PROPENSE_OK) s = npz_read(&a, &found, &o->z, "inputs", "x", &mem, &o->err);
    zip_writer_free(&w);
    arena_free(&mem);
    return s;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    opened o = open_golden(GOLDEN "compressed.npz");
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        memory_fail_at(++n);
        s = round_trip(&o);
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n >= 6);
    close_golden(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_stored_and_deflated), cmocka_unit_test(reads_every_type),
        cmocka_unit_test(reads_every_shape),         cmocka_unit_test(reads_versions_2_and_3),
        cmocka_unit_test(refuses_by_name),           cmocka_unit_test(refuses_bad_headers),
        cmocka_unit_test(takes_empty_arrays),        cmocka_unit_test(writes_the_bytes_of_savez),
        cmocka_unit_test(survives_damage),           cmocka_unit_test(survives_damaged_headers),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
