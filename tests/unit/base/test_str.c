/* Strings and growing text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "str.h"

/* The address sanitizer ends a program that asks for too much, unless it is told to refuse. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void strings_are_ordered_by_bytes(void **state)
{
    (void)state;
    static const char *const rising[] = { "",    "A", "B",        "a",           "ab",
                                          "abc", "b", "\xC3\xA9", "\xE2\x82\xAC" };
    for (int i = 0; i < 9; i++) {
        for (int j = 0; j < 9; j++) {
            int order = str_order(str_of(rising[i]), str_of(rising[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(str_eq(str_of(rising[i]), str_of(rising[j])), i == j);
        }
    }
    assert_true(str_eq((str){ 0 }, STR("")));
    assert_int_equal(str_order((str){ 0 }, (str){ 0 }), 0);
}

static void trims_to(const char *from, const char *want)
{
    str s = str_trim(str_of(from));
    assert_true(str_eq(s, str_of(want)));
}

static void blanks_are_trimmed_at_both_ends(void **state)
{
    (void)state;
    trims_to("", "");
    trims_to(" \t\r\n", "");
    trims_to(" a b\n", "a b");
    trims_to("\xC2\xA0 a\xC2\xA0", "a");
    trims_to("\xC2\xA0", "");
    trims_to("\xA0 x", "\xA0 x"); /* not UTF-8: kept */
    assert_int_equal(str_trim((str){ 0 }).n, 0);
}

static void case_is_told_apart_only_when_asked(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("Label"), STR("LABEL")));
    assert_true(str_eq_nocase(STR("\xC3\x89xito"), STR("\xC3\xA9XITO"))); /* É, é */
    assert_true(str_eq_nocase(STR("SE\xC3\x91OR"), STR("se\xC3\xB1or")));
    assert_false(str_eq_nocase(STR("\xC3\x97"), STR("\xC3\xB7"))); /* times, divided by */
    assert_false(str_eq_nocase(STR("a"), STR("ab")));
    assert_false(str_eq_nocase(STR("["), STR("{")));
}

static void strings_are_cut_at_a_sign(void **state)
{
    (void)state;
    str rest = STR("a,,bc,"), head;
    static const char *const want[] = { "a", "", "bc", "" };
    for (int i = 0; i < 4; i++) {
        assert_true(str_cut(&rest, &head, ','));
        assert_true(str_eq(head, str_of(want[i])));
    }
    assert_false(str_cut(&rest, &head, ','));
    rest = STR("");
    assert_true(str_cut(&rest, &head, ','));
    assert_int_equal(head.n, 0);
    assert_false(str_cut(&rest, &head, ','));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 9), 3);
    assert_int_equal(str_distance(STR("epochs"), STR("EPOCHS"), 9), 0);
    assert_int_equal(str_distance(STR("epoch"), STR("epochs"), 9), 1);
    assert_int_equal(str_distance(STR(""), STR("abc"), 9), 3);
    assert_int_equal(str_distance(STR("abcdef"), STR("uvwxyz"), 2), 3); /* limit + 1 */
    char z[200];
    memset(z, 'x', sizeof z);
    assert_int_equal(str_distance((str){ z, 200 }, (str){ z, 200 }, 2), 0);
    assert_int_equal(str_distance((str){ z, 200 }, (str){ z, 199 }, 2), 3);
    assert_int_equal(str_distance((str){ z, 64 }, (str){ z, 63 }, 2), 1);
}

static void strings_are_kept_with_an_end(void **state)
{
    (void)state;
    arena a = { 0 };
    str kept = str_keep(&a, (str){ "abcdef", 3 });
    assert_int_equal(kept.n, 3);
    assert_string_equal(kept.p, "abc");
    assert_string_equal(str_keep(&a, (str){ 0 }).p, "");
    arena_free(&a);
}

static void text_grows(void **state)
{
    (void)state;
    text t = { 0 };
    assert_int_equal(text_view(&t).n, 0);
    text_add(&t, NULL, 0);
    text_z(&t, "");
    assert_null(t.p);
    text_z(&t, "ab");
    text_char(&t, 'c');
    text_str(&t, STR("de"));
    text_repeat(&t, '-', 3);
    text_repeat(&t, '-', -1);
    text_f(&t, "%d%s%%", 7, "x");
    assert_string_equal(t.p, "abcde---7x%");
    assert_int_equal(t.n, 11);
    text_free(&t);
    assert_null(t.p);
    char large[2000];
    memset(large, 'y', sizeof large);
    large[1999] = '\0';
    for (int n = 510; n < 515; n++) { /* about the size of text_f's own buffer */
        text_f(&t, "<%.*s>", n, large);
        assert_int_equal(t.n, n + 2);
        assert_int_equal(t.p[n + 1], '>');
        text_free(&t);
    }
    assert_false(t.bad);
}

static void a_bad_text_stays_bad(void **state)
{
    (void)state;
    text t = { 0 };
    text_add(&t, "x", INT64_MAX); /* nobody has so much memory: refused before it is read */
    assert_true(t.bad);
    text_z(&t, "more");
    assert_int_equal(t.n, 0);
    text_free(&t);
    assert_false(t.bad);
}

static void columns_are_counted_as_a_terminal_shows_them(void **state)
{
    (void)state;
    assert_int_equal(str_columns(STR("abc")), 3);
    assert_int_equal(str_columns(STR("\xC3\xA1rbol")), 5);
    assert_int_equal(str_columns(STR("\xE6\x97\xA5\xE6\x9C\xAC")), 4); /* two wide ones */
    assert_int_equal(str_columns(STR("e\xCC\x81")), 1); /* e and a combining accent */
    assert_int_equal(str_columns(STR("\xF0\x9F\x98\x80")), 2);
    assert_int_equal(str_columns(STR("\xFF\x80x")), 2); /* what is no UTF-8 still ends */
    assert_int_equal(str_columns(STR("\xE2\x82")), 1);
    text t = { 0 };
    text_pad(&t, STR("\xC3\xA1"), 3);
    text_char(&t, '|');
    text_pad(&t, STR("ab"), -4);
    text_pad(&t, STR("toolong"), 3);
    assert_string_equal(t.p, "\xC3\xA1  |  abtoolong");
    text_free(&t);
}

static void a_cut_text_is_mended(void **state)
{
    (void)state;
    static const struct {
        const char *cut, *want;
    } cases[] = { { "", "" },         { "a", "a" },
                  { "a\xC3", "a" },   { "a\xC3\xA1", "a\xC3\xA1" },
                  { "\xE2\x82", "" }, { "x\xF0\x9F\x98", "x" },
                  { "\x80", "\x80" }, { "\xE2\x82\xAC", "\xE2\x82\xAC" } };
    for (int i = 0; i < 8; i++) {
        char z[8];
        strcpy(z, cases[i].cut);
        str_mend(z);
        assert_string_equal(z, cases[i].want);
    }
}

static void text_is_tamed_for_a_terminal(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "plain, \xC3\xB1 and \xE2\x82\xAC", "plain, \xC3\xB1 and \xE2\x82\xAC" },
        { "first\nname\r\n\tend", "first name   end" },
        { "\033[31m\007\177", "?[31m??" },
        { "a\xC2\x9B\x62\xC2\xA0", "a??b\xC2\xA0" },
        { "\xE2\x80\xAEx\xE2\x81\xA9\xE2\x80\xA8", "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "\xE2\x80\xA6\xE2\x80\x93", "\xE2\x80\xA6\xE2\x80\x93" }, /* ... and a dash */
        { "cut \xE2\x80", "cut \xE2\x80" },
        { "cut \xC2", "cut \xC2" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        text t = { 0 };
        text_tame(&t, str_of(pairs[i][0]));
        assert_string_equal(t.p, pairs[i][1]);
        text_free(&t);
    }
    char lines[] = "one\ntwo\033";
    str_tame(lines, (int64_t)strlen(lines), 1);
    assert_string_equal(lines, "one\ntwo?");
    str_tame(NULL, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_ordered_by_bytes),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
        cmocka_unit_test(case_is_told_apart_only_when_asked),
        cmocka_unit_test(strings_are_cut_at_a_sign),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(strings_are_kept_with_an_end),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(a_bad_text_stays_bad),
        cmocka_unit_test(columns_are_counted_as_a_terminal_shows_them),
        cmocka_unit_test(a_cut_text_is_mended),
        cmocka_unit_test(text_is_tamed_for_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
