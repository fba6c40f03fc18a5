/* json: written text against Python's json.dumps, reading against hand-made texts, damage, memory.
 */
#include "failing_memory.h"

#include <math.h>
#include "file_bytes.h"
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: it has a macro called fail */

static void write_sample(text *t, int indent)
{
    json_writer w = { .out = t, .indent = indent };
    json_open(&w, NULL, '{');
    json_str(&w, "s", STR("a\"b\\c\n\t\x01 \xC3\xB1\xE2\x82\xAC\xF0\x9F\x98\x80"));
    json_number(&w, "x", 0.1);
    json_number(&w, "big", 1e22);
    json_number(&w, "small", -2.5e-7);
    json_float(&w, "lr", 0.001f);
    json_int(&w, "i", INT64_MIN);
    json_bool(&w, "t", 1);
    json_null(&w, "n");
    json_number(&w, "nan", (double)NAN);
    json_open(&w, "a", '[');
    json_int(&w, NULL, 1);
    json_open(&w, NULL, '[');
    json_close(&w, ']');
    json_open(&w, NULL, '{');
    json_close(&w, '}');
    json_bool(&w, NULL, 0);
    json_close(&w, ']');
    json_close(&w, '}');
}

/* Python: json.dumps(d, ensure_ascii=False, separators=(",", ":")) and indent=2, nan as None. */
static void writes_what_python_writes(void **state)
{
    (void)state;
    text t = { 0 };
    write_sample(&t, 0);
    assert_string_equal(t.p,
                        "{\"s\":\"a\\\"b\\\\c\\n\\t\\u0001 \xC3\xB1\xE2\x82\xAC\xF0\x9F\x98\x80\","
                        "\"x\":0.1,\"big\":1e+22,\"small\":-2.5e-07,\"lr\":0.001,"
                        "\"i\":-9223372036854775808,\"t\":true,\"n\":null,\"nan\":null,"
                        "\"a\":[1,[],{},false]}");
    text_free(&t);
    write_sample(&t, 2);
    assert_string_equal(t.p, "{\n  \"s\": \"a\\\"b\\\\c\\n\\t\\u0001 "
                             "\xC3\xB1\xE2\x82\xAC\xF0\x9F\x98\x80\",\n"
                             "  \"x\": 0.1,\n  \"big\": 1e+22,\n  \"small\": -2.5e-07,\n"
                             "  \"lr\": 0.001,\n  \"i\": -9223372036854775808,\n  \"t\": true,\n"
                             "  \"n\": null,\n  \"nan\": null,\n"
                             "  \"a\": [\n    1,\n    [],\n    {},\n    false\n  ]\n}");
    text_free(&t);
}

/* Python: bytes.decode("utf-8", "replace") gives the same number of U+FFFD for lone bytes. */
static void mends_bad_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "\xFF", "\"\xEF\xBF\xBD\"" },
        { "a\x80z", "\"a\xEF\xBF\xBDz\"" },
        { "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "caf\xE9", "\"caf\xEF\xBF\xBD\"" },
        { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { "\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text t = { 0 };
        json_writer w = { .out = &t };
        json_str(&w, NULL, str_of(cases[i].in));
        assert_string_equal(t.p, cases[i].out);
        text_free(&t);
    }
}

static void reads_values(void **state)
{
    (void)state;
    const char *json = "{\"a\":[1,2.5,\"x\\u00f1\",true,null,{\"k\":3.0},[]],\"a\":9,\"e\":{},"
                       "\"big\":18446744073709551615,\"neg\":-3,\"half\":0.5,\"huge\":1e300}";
    json_doc *d;
    int64_t i;
    double x;
    str s;
    int b;
    assert_int_equal(json_read(&d, str_of(json), "t", NULL), PROPENSE_OK);
    const json_value *r = json_root(d), *a = json_get(r, "a");
    assert_true(json_is_object(r) && json_is_array(a)); /* the first of two */
    assert_int_equal(json_length(r), 7);
    assert_int_equal(json_length(a), 7);
    assert_true(json_as_int(json_at(a, 0), &i) && i == 1);
    assert_false(json_as_int(json_at(a, 1), &i));
    assert_true(json_as_number(json_at(a, 1), &x) && x == 2.5);
    assert_true(json_as_number(json_at(a, 0), &x) && x == 1);
    assert_true(json_as_str(json_at(a, 2), &s) && str_eq(s, STR("x\xC3\xB1")));
    assert_true(json_as_bool(json_at(a, 3), &b) && b == 1);
    assert_true(json_is_null(json_at(a, 4)) && json_is_null(json_at(a, 99)));
    assert_true(json_as_int(json_get(json_at(a, 5), "k"), &i) && i == 3);
    assert_null(json_at(a, -1));
    assert_null(json_at(a, 7));
    assert_null(json_at(r, 0)); /* objects have no positions */
    assert_null(json_get(a, "k"));
    assert_null(json_get(r, "absent"));
    assert_null(json_get(NULL, "k"));
    assert_false(json_as_int(json_get(r, "big"), &i));
    assert_false(json_as_int(json_get(r, "huge"), &i));
    assert_true(json_as_number(json_get(r, "big"), &x) && x == 0x1p64);
    assert_true(json_as_int(json_get(r, "neg"), &i) && i == -3);
    assert_false(json_as_int(json_get(r, "half"), &i));
    assert_false(json_as_str(NULL, &s) || json_as_bool(NULL, &b) || json_as_number(NULL, &x));
    json_free(d);
    json_free(NULL);
    assert_null(json_root(NULL));
}

static void iterates(void **state)
{
    (void)state;
    json_doc *d;
    const char *json = "{\"a\":[1,[2,[3]],{\"x\":[4]},5],\"b\":{},\"c\":[],\"d\":7}";
    assert_int_equal(json_read(&d, str_of(json), "t", NULL), PROPENSE_OK);
    static const char *const keys[] = { "a", "b", "c", "d" };
    int64_t at = 0, n = 0, i;
    str key;
    const json_value *v, *root = json_root(d);
    while ((v = json_next(root, &at, &key))) {
        assert_true(str_eq(key, str_of(keys[n])));
        assert_ptr_equal(v, json_get(root, keys[n]));
        int64_t inner_at = 0, inner = 0;
        const json_value *item;
        while ((item = json_next(v, &inner_at, NULL))) assert_ptr_equal(item, json_at(v, inner++));
        assert_int_equal(inner, json_length(v));
        n++;
    }
    assert_int_equal(n, 4);
    assert_null(json_next(root, &at, &key)); /* the end stays the end */
    at = 0;
    assert_null(json_next(json_get(root, "d"), &at, &key));
    assert_null(json_next(NULL, &at, &key));
    assert_true(json_as_int(json_get(root, "d"), &i));
    json_free(d);
}

static void refused(str json, const char *sentence)
{
    propense_error err = PROPENSE_ERROR_INIT;
    json_doc *d = NULL;
    char *exact = exact_copy(json, json.n);
    assert_int_equal(json_read(&d, (str){ exact, json.n }, "m: c", &err), PROPENSE_E_FORMAT);
    assert_null(d);
    assert_string_equal(err.message, sentence);
    free(exact);
}

static void names_the_place(void **state)
{
    (void)state;
    refused(STR(""), "m: c: line 1, column 1: not valid JSON: it is empty");
    refused(STR("{\n \"a\": tru }"),
            "m: c: line 2, column 7: not valid JSON: a word is neither true, false nor null");
    refused(STR("[1,2"), "m: c: line 1, column 5: not valid JSON: it ends too early");
    refused(STR("[1] 2"), "m: c: line 1, column 5: not valid JSON: text stands behind the end of "
                          "the value");
    refused(STR("\"\xFF\""), "m: c: line 1, column 2: not valid JSON: a string has an invalid "
                             "escape, character or UTF-8 sequence");
    refused(STR("[01]"), "m: c: line 1, column 2: not valid JSON: a number is malformed or too "
                         "large");
    refused(STR("[1e999]"), "m: c: line 1, column 2: not valid JSON: a number is malformed or too "
                            "large");
}

static void limits_depth(void **state)
{
    (void)state;
    text t = { 0 };
    json_doc *d;
    text_repeat(&t, '[', json_depth_limit);
    text_z(&t, "\"[[\\\"[\"");
    text_repeat(&t, ']', json_depth_limit);
    assert_int_equal(json_read(&d, text_view(&t), "t", NULL), PROPENSE_OK);
    json_free(d);
    text_free(&t);
    text_repeat(&t, '[', json_depth_limit + 1);
    refused(text_view(&t), "m: c: line 1, column 61: more than 60 levels of brackets");
    text_free(&t);
}

static status read_sample(void)
{
    text t = { 0 };
    json_doc *d = NULL;
    write_sample(&t, 2);
    status s = t.bad ? PROPENSE_E_NOMEM : json_read(&d, text_view(&t), "t", NULL);
    json_free(d);
    text_free(&t);
    return s;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        memory_fail_at(++n);
        s = read_sample();
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n >= 4);
}

static void survives_damage(void **state)
{
    (void)state;
    text t = { 0 };
    write_sample(&t, 1);
    for (int64_t i = 0; i < t.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            json_doc *d;
            char *copy = exact_copy(text_view(&t), t.n);
            copy[i] ^= (char)(1 << bit);
            if (json_read(&d, (str){ copy, t.n }, "t", NULL) == PROPENSE_OK) json_free(d);
            if (json_read(&d, (str){ copy, i }, "t", NULL) == PROPENSE_OK) json_free(d);
            free(copy);
        }
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_python_writes),
        cmocka_unit_test(mends_bad_utf8),
        cmocka_unit_test(reads_values),
        cmocka_unit_test(iterates),
        cmocka_unit_test(names_the_place),
        cmocka_unit_test(limits_depth),
        cmocka_unit_test(says_when_memory_ends),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
