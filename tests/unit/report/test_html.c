/* The page's escaping, and plans read back. */
#include "html.h"
#include "plan_summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void shows(const char *words, const char *expected)
{
    page p = { 0 };
    html_words(&p, str_of(words));
    assert_false(p.out.bad);
    assert_string_equal(p.out.p, expected);
    text_free(&p.out);
}

static void escaping(void **state)
{
    (void)state;
    shows("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    shows("a \"b\" & c", "a &quot;b&quot; &amp; c");
    shows("ni\xC3\xB1o \xF0\x9F\x98\x80", "ni\xC3\xB1o \xF0\x9F\x98\x80");
    shows("x\x1B[31m\x7F", "x\xEF\xBF\xBD[31m\xEF\xBF\xBD");
    shows("a\xE2\x80\xAE"
          "b\xE2\x81\xA9"
          "c",
          "a\xEF\xBF\xBD"
          "b\xEF\xBF\xBD"
          "c");
    shows("\xE2\x82\xAC 5", "\xE2\x82\xAC 5"); /* shares its first byte with the marks above */
    shows("cut \xE2\x80", "cut \xE2\x80");
}

static void elements_end_with_their_tag(void **state)
{
    (void)state;
    page p = { 0 };
    html_element(&p, "p class=\"of\"", STR("<"));
    assert_string_equal(p.out.p, "<p class=\"of\">&lt;</p>\n");
    text_free(&p.out);
}

static void whole_page(void **state)
{
    (void)state;
    page p;
    html_begin(&p, STR("</title><script>"), PROPENSE_SPANISH);
    html_end(&p);
    assert_non_null(strstr(p.out.p, "<html lang=\"es\">"));
    assert_non_null(strstr(p.out.p, "<title>&lt;/title&gt;&lt;script&gt;</title>"));
    assert_null(strstr(p.out.p, "http://"));
    assert_null(strstr(p.out.p, "https://"));
    text_free(&p.out);
}

static const char plan[] =
    "{\"kind\": \"propense plan\", \"format\": 1,"
    " \"economy\": {\"currency\": \"EUR\", \"margin\": {\"low\": 35, \"middle\": 40, \"high\": 45},"
    " \"cost\": {\"low\": 1, \"middle\": 1, \"high\": 1}, \"incentive\": 0, \"threshold\": 0.025},"
    " \"customers\": {\"may_be_contacted\": 90},"
    " \"ranking\": {\"list_refused\": false},"
    " \"plan\": {\"contacts\": 10, \"profit\": {\"value\": 5.5, \"low\": 1, \"high\": 9}},"
    " \"instead\": {\"everybody\": {\"contacts\": 90, \"profit\": {\"value\": -3}}},"
    " \"profit_curve\": {\"best_contacts\": 10, \"best_profit\": 5.5, \"flat_from\": 8,"
    " \"flat_to\": 13, \"points\": [{\"contacts\": 0, \"profit\": 0},"
    " {\"contacts\": 10, \"profit\": 5.5}]},"
    " \"segments\": [{\"name\": \"high\", \"customers\": 9, \"contacts\": 9,"
    " \"highest_probability\": 0.5, \"lowest_probability\": 0.3,"
    " \"rate\": {\"value\": 0.4, \"low\": 0.2, \"high\": 0.6}}]}";

static void plans_are_read(void **state)
{
    (void)state;
    arena mem = { 0 };
    plan_summary s;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(plan_summary_read(&s, str_of(plan), "plan.json", &mem, &err), PROPENSE_OK);
    assert_true(str_eq(s.currency, STR("EUR")));
    assert_true(s.margin == 40 && s.cost == 1 && s.threshold == 0.025);
    assert_int_equal(s.may_be_contacted, 90);
    assert_true(s.list.is_there && s.list.contacts == 10 && s.list.profit.low == 1);
    assert_true(s.everybody.is_there && isnan(s.everybody.profit.low));
    assert_false(s.by_lot.is_there || s.rule.is_there);
    assert_true(s.n_curve == 2 && s.curve_profit[1] == 5.5 && s.flat_to == 13);
    assert_int_equal(s.n_segments, 1);
    assert_true(str_eq(s.segments[0].name, STR("high")) && s.segments[0].rate.high == 0.6);
    arena_free(&mem);
}

static void what_is_no_plan_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "[]", "{}", "{\"kind\": 3}", "{\"kind\": \"x\"}", "{" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        arena mem = { 0 };
        plan_summary s;
        propense_error err = PROPENSE_ERROR_INIT;
        assert_int_not_equal(plan_summary_read(&s, str_of(bad[i]), "p.json", &mem, &err),
                             PROPENSE_OK);
        assert_non_null(strstr(err.message, "p.json"));
        arena_free(&mem);
    }
    /* What is wrong inside is as if it were not there. */
    arena mem = { 0 };
    plan_summary s;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(plan_summary_read(&s,
                                       STR("{\"kind\": \"propense plan\", \"economy\": 3,"
                                           "\"plan\": [], \"segments\": {\"a\": 1},"
                                           "\"profit_curve\": {\"points\": [1, null]}}"),
                                       "p.json", &mem, &err),
                     PROPENSE_OK);
    assert_false(s.list.is_there);
    assert_true(isnan(s.threshold) && s.n_segments == 0 && isnan(s.curve_profit[0]));
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaping),
        cmocka_unit_test(elements_end_with_their_tag),
        cmocka_unit_test(whole_page),
        cmocka_unit_test(plans_are_read),
        cmocka_unit_test(what_is_no_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
