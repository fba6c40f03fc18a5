/* Errors: the message, its place, its language, and structs that are missing, old or too short. */
#include "error.h" /* before cmocka, which has a macro named fail */

static status fail_long(propense_error *err, const char *words)
{
    return fail(err, PROPENSE_E_PARSE, "%s", words);
}
static status fail_row(propense_error *err)
{
    return fail_at(err, PROPENSE_E_PARSE, 812, 3, "'%s' is not a number", "twelve");
}
static status fail_far(propense_error *err)
{
    return fail_at(err, PROPENSE_E_PARSE, INT64_MAX, INT64_MAX, "far");
}
static status twice(propense_error *err, int64_t *calls)
{
    TRY(((*calls)++, PROPENSE_OK));
    TRY(((*calls)++, fail_memory(err)));
    TRY(((*calls)++, PROPENSE_OK));
    return PROPENSE_OK;
}

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void a_failure_fills_the_callers_struct(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(fail_row(&err), PROPENSE_E_PARSE);
    assert_int_equal(err.code, PROPENSE_E_PARSE);
    assert_int_equal(err.row, 812);
    assert_int_equal(err.column, 3);
    assert_string_equal(err.message, "'twelve' is not a number");
    assert_int_equal(fail_long(&err, "next"), PROPENSE_E_PARSE);
    assert_int_equal(err.row, 0);
    assert_int_equal(err.column, 0);
    (void)fail_far(&err);
    assert_true(err.row == INT64_MAX && err.column == INT32_MAX);
}

static void a_struct_that_is_not_there_or_too_short_is_left_alone(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(fail_row(NULL), PROPENSE_E_PARSE);
    assert_int_equal(error_language(NULL), PROPENSE_ENGLISH);
    err.struct_size = 8;
    err.language = PROPENSE_SPANISH;
    assert_int_equal(fail_row(&err), PROPENSE_E_PARSE);
    assert_int_equal(err.code, 0);
    assert_int_equal(error_language(&err), PROPENSE_ENGLISH);
}

static void the_message_comes_in_the_callers_language(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(fail_memory(&err), PROPENSE_E_NOMEM);
    assert_string_equal(err.message, "out of memory");
    err.language = PROPENSE_SPANISH;
    (void)fail_memory(&err);
    assert_string_equal(err.message, "memoria agotada");
}

/* A struct of an older library: n bytes of message at its end, and a guard behind it. */
static void older_struct(int64_t n_message, const char *words, const char *expected)
{
    propense_error err = PROPENSE_ERROR_INIT;
    memset(err.message, 'G', sizeof err.message);
    err.struct_size = offsetof(propense_error, message) + (size_t)n_message;
    err.language = PROPENSE_SPANISH;
    assert_int_equal(fail_long(&err, words), PROPENSE_E_PARSE);
    assert_int_equal(err.struct_size, offsetof(propense_error, message) + (size_t)n_message);
    assert_int_equal(err.code, PROPENSE_E_PARSE);
    assert_int_equal(err.language, PROPENSE_SPANISH);
    if (n_message) assert_string_equal(err.message, expected);
    for (size_t i = (size_t)n_message; i < sizeof err.message; i++)
        assert_int_equal(err.message[i], 'G');
}

static void an_older_and_shorter_struct_takes_what_fits(void **state)
{
    (void)state;
    older_struct(256, "row 3: a short one", "row 3: a short one");
    older_struct(6, "abcde", "abcde");
    older_struct(5, "abcde", "abcd");
    older_struct(6, "abc\xC3\xA9\xC3\xA9", "abc\xC3\xA9");
    older_struct(5, "abc\xC3\xA9\xC3\xA9", "abc");
    older_struct(1, "abc", "");
    older_struct(0, "abc", NULL);
}

static void nothing_is_written_behind_any_size(void **state)
{
    (void)state;
    for (size_t size = 0; size <= sizeof(propense_error) + 8; size++) {
        union {
            propense_error err;
            unsigned char bytes[sizeof(propense_error) + 64];
        } u;
        memset(&u, 0xA5, sizeof u);
        u.err.struct_size = size;
        u.err.language = PROPENSE_ENGLISH;
        (void)fail_row(&u.err);
        assert_true(u.err.struct_size == size);
        size_t from = size < offsetof(propense_error, row) ? offsetof(propense_error, row) : size;
        for (size_t i = from; i < sizeof u; i++) assert_int_equal(u.bytes[i], 0xA5);
    }
}

static void an_error_is_copied_into_the_callers(void **state)
{
    (void)state;
    propense_error from = PROPENSE_ERROR_INIT, to = PROPENSE_ERROR_INIT;
    (void)fail_row(&from);
    to.language = PROPENSE_SPANISH;
    error_copy(NULL, &from);
    error_copy(&to, &from);
    assert_int_equal(to.language, PROPENSE_SPANISH);
    assert_int_equal(to.row, 812);
    assert_int_equal(to.column, 3);
    assert_string_equal(to.message, from.message);
}

static void a_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    static char words[3000];
    propense_error err = PROPENSE_ERROR_INIT;
    for (int shift = 0; shift < 4; shift++) {
        memset(words, 'x', sizeof words);
        for (int i = shift; i + 4 < (int)sizeof words; i += 4)
            memcpy(words + i, "\xF0\x9F\x98\x80", 4);
        words[sizeof words - 1] = '\0';
        (void)fail_long(&err, words);
        size_t n = strlen(err.message);
        assert_true(n < sizeof err.message && n > sizeof err.message - 5);
        assert_int_equal((n - (size_t)shift) % 4, 0);
    }
}

static void try_passes_the_first_failure_on(void **state)
{
    (void)state;
    int64_t calls = 0;
    assert_int_equal(twice(NULL, &calls), PROPENSE_E_NOMEM);
    assert_int_equal(calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_fills_the_callers_struct),
        cmocka_unit_test(a_struct_that_is_not_there_or_too_short_is_left_alone),
        cmocka_unit_test(the_message_comes_in_the_callers_language),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(an_older_and_shorter_struct_takes_what_fits),
        cmocka_unit_test(nothing_is_written_behind_any_size),
        cmocka_unit_test(an_error_is_copied_into_the_callers),
        cmocka_unit_test(try_passes_the_first_failure_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
