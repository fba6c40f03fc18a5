/* Likeness of names: nearest, without accents, parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "names.h"

static void nearest(void **state)
{
    const str names[] = { STR("age"), STR("monetary"), STR("Región"), STR("open_rate") };
    (void)state;
    assert_int_equal(name_nearest(STR("aeg"), names, 4), -1); /* two edits of three letters */
    assert_int_equal(name_nearest(STR("Age "), names, 4), 0);
    assert_int_equal(name_nearest(STR("monetery"), names, 4), 1);
    assert_int_equal(name_nearest(STR("region"), names, 4), 2);
    assert_int_equal(name_nearest(STR("openrate"), names, 4), 3);
    assert_int_equal(name_nearest(STR("gender"), names, 4), -1);
    assert_int_equal(name_nearest(STR("age"), names, 0), -1);
}

static void quoted(void **state)
{
    const str names[] = { STR("monetary") };
    text out = { 0 };
    (void)state;
    name_quote_nearest(&out, STR("monetery"), names, 1, PROPENSE_ENGLISH);
    assert_string_equal(out.p, "'monetery' (nearest: 'monetary')");
    out.n = 0;
    name_quote_nearest(&out, STR("zzz"), names, 1, PROPENSE_ENGLISH);
    assert_string_equal(out.p, "'zzz'");
    text_free(&out);
}

static void expect(plain_name plain, const char *expected)
{
    assert_int_equal(plain.n, strlen(expected));
    assert_memory_equal(plain.p, expected, strlen(expected));
}

static void plain(void **state)
{
    plain_name name;
    int which = -1;
    (void)state;
    expect(name_plain(STR("Convirtió ")), "convirtio");
    expect(name_plain(STR("COMPRÓ")), "compro");
    expect(name_plain(STR("ñandú Ünal ç")), "nanduunalc");
    expect(name_plain(STR("a×b")), "ab"); /* the multiplication sign is no letter */
    expect(name_plain(STR("\xC3")), "");
    expect(name_last_part(STR("CustomerID")), "id");
    expect(name_last_part(STR("customer_id")), "id");
    expect(name_last_part(STR("paid")), "paid");
    expect(name_last_part(STR("id_cliente ")), "cliente");
    expect(name_first_part(STR("id_cliente")), "id");
    expect(name_first_part(STR(" --Fecha alta")), "fecha");
    expect(name_last_part(STR("")), "");
    name = name_plain(STR("B"));
    assert_true(name_among(&name, "a b c", &which));
    assert_int_equal(which, 1);
    name = name_plain(STR("ab"));
    assert_false(name_among(&name, "a b abc", NULL));
    name = name_plain(STR(""));
    assert_false(name_among(&name, "a b", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nearest), cmocka_unit_test(quoted),
                                        cmocka_unit_test(plain) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
