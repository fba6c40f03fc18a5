/* hdf5: files of h5py (tests/golden/formats/make.py) read, our own read back, damage survived. That
 * h5py and Keras read ours is checked in tests/parity. */
#include "failing_memory.h"

#include "file_bytes.h"
#include "hdf5.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

#define GOLDEN "tests/golden/formats/"

static h5_object found(const h5_file *f, const char *path)
{
    h5_object o;
    int there = 0;
    propense_error err = PROPENSE_ERROR_INIT;
    status s = h5_find(f, path, &o, &there, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(s, PROPENSE_OK);
    assert_true(there);
    return o;
}

static void reads_what_h5py_writes(void **state)
{
    (void)state;
    str bytes = file_bytes(GOLDEN "plain.h5");
    h5_file f;
    float x[6];
    int64_t whole;
    int there;
    h5_object o;
    assert_int_equal(h5_open(&f, bytes, "x.h5", NULL), PROPENSE_OK);
    o = found(&f, "f4");
    assert_true(o.rank == 2 && o.dims[0] == 2 && o.dims[1] == 3 && o.type == H5_FLOAT32);
    h5_floats(&o, x);
    for (int i = 0; i < 6; i++) assert_true(x[i] == (float)i / 8);
    o = found(&f, "/f8");
    h5_floats(&o, x);
    assert_true(o.rank == 1 && o.type == H5_FLOAT64 && x[0] == 0.1f && x[1] == -2.5f);
    o = found(&f, "i8");
    assert_true(h5_as_int(&o, &whole) && whole == -7 && o.rank == 0);
    o = found(&f, "i4");
    assert_true(h5_as_int(&o, &whole) && whole == 41);
    h5_floats(&o, x);
    assert_true(x[0] == 41);
    o = found(&f, "deep/er/x"); /* its header has continuation blocks */
    h5_floats(&o, x);
    assert_true(x[0] == 1.5f && !h5_as_int(&o, &whole));
    assert_true(found(&f, "deep").is_group && found(&f, "").is_group && found(&f, "/").is_group);
    o = found(&f, "none");
    assert_true(o.count == 0 && o.rank == 2 && o.dims[1] == 4);
    assert_int_equal(h5_find(&f, "deep/no", &o, &there, NULL), PROPENSE_OK);
    assert_false(there);
    assert_int_equal(h5_find(&f, "f4/x", &o, &there, NULL), PROPENSE_OK);
    assert_false(there);
    file_bytes_free(bytes);
}

static int count(void *user, str name, const h5_object *o)
{
    assert_true(name.n >= 8 && memcmp(name.p, "member ", 7) == 0);
    assert_true(!o->is_group && o->count == 1);
    return ++*(int *)user == 650;
}

static void reads_a_tree_of_two_levels(void **state)
{
    (void)state;
    str bytes = file_bytes(GOLDEN "many.h5");
    h5_file f;
    float x;
    int n = 0;
    assert_int_equal(h5_open(&f, bytes, "x.h5", NULL), PROPENSE_OK);
    h5_object all = found(&f, "all"), o = found(&f, "all/member 699");
    h5_floats(&o, &x);
    assert_true(x == 3);
    assert_int_equal(h5_each(&f, &all, count, &n, NULL), PROPENSE_OK);
    assert_int_equal(n, 650); /* stopped when asked */
    file_bytes_free(bytes);
}

static void refuses_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *path, *met;
    } cases[] = {
        { "chunked", "a chunked or compressed dataset" },
        { "packed", "a chunked or compressed dataset" },
        { "float16", "a float16" },
        { "int16", "an integer of another size or order" },
        { "big", "a float of another layout" },
        { "text", "text" },
        { "pair", "a composed type" },
        { "five", "an array of more than 4 dimensions" },
        { "unwritten", "no value" },
        { "compact", "a compact dataset" },
        { "shared", "a shared datatype" },
        { "new", "a newer version of the format" },
    };
    str bytes = file_bytes(GOLDEN "refused.h5");
    h5_file f;
    h5_object o;
    int there;
    assert_int_equal(h5_open(&f, bytes, "x.h5", NULL), PROPENSE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        propense_error err = PROPENSE_ERROR_INIT;
        char sentence[300];
        snprintf(sentence, sizeof sentence,
                 "x.h5: '%s' holds %s, which is not read; contiguous float32, float64, int64 and "
                 "int32 in the format of HDF5 1.8 and before are",
                 cases[i].path, cases[i].met);
        assert_int_equal(h5_find(&f, cases[i].path, &o, &there, &err), PROPENSE_E_FORMAT);
        assert_string_equal(err.message, sentence);
    }
    assert_int_equal(h5_find(&f, "soft/link", &o, &there, NULL), PROPENSE_E_FORMAT);
    assert_int_equal(h5_find(&f, "null", &o, &there, NULL), PROPENSE_E_FORMAT);
    assert_int_equal(h5_find(&f, "named", &o, &there, NULL), PROPENSE_E_FORMAT);
    file_bytes_free(bytes);

    propense_error err = PROPENSE_ERROR_INIT;
    bytes = file_bytes(GOLDEN "latest.h5");
    assert_int_equal(h5_open(&f, bytes, "x.h5", &err), PROPENSE_E_FORMAT);
    assert_non_null(strstr(err.message, "a newer version of the format"));
    assert_int_equal(h5_open(&f, (str){ bytes.p, 7 }, "x.h5", &err), PROPENSE_E_FORMAT);
    assert_string_equal(err.message, "x.h5: HDF5 data was expected for the weights");
    file_bytes_free(bytes);
    bytes = file_bytes(GOLDEN "plain.h5");
    assert_int_equal(h5_open(&f, (str){ bytes.p, 5000 }, "x.h5", &err), PROPENSE_E_FORMAT);
    assert_string_equal(err.message, "x.h5: the HDF5 data is cut off: 5000 bytes of 14288 are "
                                     "there");
    file_bytes_free(bytes);
}

/* The smallest file, made by the independent writer in tests/golden/keras/minih5.py. */
static void writes_the_reference_bytes(void **state)
{
    (void)state;
    str expected = file_bytes("tests/golden/keras/tiny.h5");
    arena mem = { 0 };
    text t = { 0 };
    float x[] = { 1, 2 };
    int64_t two = 2;
    h5_writer *w = h5_new(&mem);
    assert_true(h5_dataset(w, "/vars/0", H5_FLOAT32, 1, &two, x));
    h5_write(&t, w);
    assert_int_equal(t.n, expected.n);
    assert_memory_equal(t.p, expected.p, (size_t)t.n);
    text_free(&t);
    arena_free(&mem);
    file_bytes_free(expected);
}

enum { n_many = 600 };
static const float sample[] = { 1, -2, 3, 4, 5, 6 };
static void write_sample(text *t, arena *mem)
{
    static const double y = 0.25;
    static const int64_t z = 123456789012345, dims[] = { 2, 3 }, no[] = { 0 };
    h5_writer *w = h5_new(mem);
    int ok = w && h5_dataset(w, "b/x", H5_FLOAT32, 2, dims, sample) &&
             h5_dataset(w, "b/y", H5_FLOAT64, 0, NULL, &y) && h5_group(w, "empty/group") &&
             h5_dataset(w, "a", H5_INT64, 0, NULL, &z) &&
             h5_dataset(w, "no", H5_FLOAT32, 1, no, sample);
    for (int i = 0; i < n_many && ok; i++) {
        char path[30];
        snprintf(path, sizeof path, "many/%d", (i * 7) % n_many);
        ok = h5_dataset(w, path, H5_FLOAT32, 0, NULL, &sample[i % 6]);
    }
    if (ok)
        h5_write(t, w);
    else
        t->bad = 1;
}

static int check_order(void *user, str name, const h5_object *o)
{
    str *before = user;
    assert_true(str_order(*before, name) < 0);
    *before = name;
    return o->is_group;
}

static void reads_its_own(void **state)
{
    (void)state;
    arena mem = { 0 };
    text t = { 0 };
    h5_file f;
    float x[6];
    int64_t whole;
    write_sample(&t, &mem);
    assert_false(t.bad);
    assert_int_equal(h5_open(&f, text_view(&t), "x", NULL), PROPENSE_OK);
    h5_object o = found(&f, "b/x");
    h5_floats(&o, x);
    assert_true(o.count == 6 && x[1] == -2 && x[5] == 6);
    o = found(&f, "b/y");
    h5_floats(&o, x);
    assert_true(x[0] == 0.25f);
    o = found(&f, "a");
    assert_true(h5_as_int(&o, &whole) && whole == 123456789012345);
    assert_true(found(&f, "empty/group").is_group && found(&f, "no").count == 0);
    for (int i = 0; i < n_many; i++) {
        char path[30];
        snprintf(path, sizeof path, "many/%d", (i * 7) % n_many);
        o = found(&f, path);
        h5_floats(&o, x);
        assert_true(x[0] == sample[i % 6]);
    }
    str before = { "", 0 };
    o = found(&f, "many");
    assert_int_equal(h5_each(&f, &o, check_order, &before, NULL), PROPENSE_OK);
    text_free(&t);
    arena_free(&mem);
}

static int look(void *user, str name, const h5_object *o)
{
    (void)name;
    for (int64_t i = 0; !o->is_group && i < o->count; i++) *(unsigned *)user += o->data[i];
    return 0;
}

static void read_all(str bytes)
{
    static const char *const paths[] = { "f4", "i8", "deep/er/x", "deep", "none", "" };
    h5_file f;
    h5_object o;
    unsigned sum = 0;
    int there;
    if (h5_open(&f, bytes, "x", NULL) != PROPENSE_OK) return;
    for (int i = 0; i < 6; i++)
        if (h5_find(&f, paths[i], &o, &there, NULL) == PROPENSE_OK && there) {
            look(&sum, STR(""), &o);
            (void)h5_each(&f, &o, look, &sum, NULL);
        }
}

static void survives_damage(void **state)
{
    (void)state;
    str bytes = file_bytes(GOLDEN "plain.h5");
    char *copy = exact_copy(bytes, bytes.n);
    for (int64_t i = 0; i < bytes.n; i++) {
        static const char values[] = { 0, (char)0xFF };
        for (int k = 0; k < 2; k++) {
            copy[i] = values[k];
            read_all((str){ copy, bytes.n });
        }
        copy[i] = bytes.p[i];
    }
    for (int64_t n = 0; n < bytes.n; n += 7) { /* with the end of file set to match */
        char *cut = exact_copy(bytes, n);
        if (n >= 48) memcpy(cut + 40, &n, sizeof n);
        read_all((str){ cut, n });
        free(cut);
    }
    free(copy);
    file_bytes_free(bytes);
}

/* A B-tree node that has itself as its child must end in an error, at any level it claims. */
static void refuses_cycles(void **state)
{
    (void)state;
    str bytes = file_bytes("tests/golden/keras/tiny.h5");
    char *copy = exact_copy(bytes, bytes.n);
    h5_file f;
    h5_object o;
    int there;
    uint64_t root = 0;
    memcpy(&root, bytes.p + 80, 8); /* the tree in the root's entry */
    memcpy(copy + root + 32, &root, 8);
    for (int level = 0; level < 256; level++) {
        copy[root + 5] = (char)level;
        assert_int_equal(h5_open(&f, (str){ copy, bytes.n }, "x", NULL), PROPENSE_OK);
        assert_int_equal(h5_find(&f, "vars/0", &o, &there, NULL), PROPENSE_E_FORMAT);
    }
    free(copy);
    file_bytes_free(bytes);
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    int bad = 1;
    int64_t n = 0;
    while (bad) {
        arena mem = { 0 };
        text t = { 0 };
        memory_fail_at(++n);
        write_sample(&t, &mem);
        bad = t.bad;
        memory_fail_at(0);
        text_free(&t);
        arena_free(&mem);
    }
    assert_true(n >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_h5py_writes), cmocka_unit_test(reads_a_tree_of_two_levels),
        cmocka_unit_test(refuses_by_name),        cmocka_unit_test(writes_the_reference_bytes),
        cmocka_unit_test(reads_its_own),          cmocka_unit_test(survives_damage),
        cmocka_unit_test(refuses_cycles),         cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
