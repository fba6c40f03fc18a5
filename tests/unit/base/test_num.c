/* Numbers and text: libc's strtod and printf are the independent judges, and what Python and numpy
 * print stands here by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "num.h"
#include "num_fraction.h"
#include "propense/propense.h"

static uint64_t seed = 1;

static uint64_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 33 ^ seed << 31;
}

static double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The text in a block of its exact size, so that a sanitizer sees a read behind it. */
static int parse(const char *z, double *out)
{
    size_t n = strlen(z);
    char *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    memcpy(exact, z, n);
    int good = num_parse((str){ exact, (int64_t)n }, out);
    free(exact);
    return good;
}

static void check_parse(const char *z)
{
    double got = 77, want = strtod(z, NULL);
    int good = parse(z, &got);
    if (isinf(want)) {
        assert_false(good);
        assert_true(got == 77);
    } else if (!good || memcmp(&got, &want, sizeof got) != 0) {
        fail_msg("'%.60s' read as %a (%d) instead of %a", z, got, good, want);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    " ",   "1 ",    " 1",    "+",      "-",
        ".",   "e5",  "1e",    "1e+",   "1e-",    "0x10",
        "nan", "NaN", "inf",   "-inf",  "1,5",    "1.2.3",
        "--1", "+-1", "1e5.",  "1f",    "1_0",    ".e1",
        "-.",  "12a", "1e5e5", "1e999", "-1e309", "1.7976931348623159e308"
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double x = 77;
        if (parse(bad[i], &x)) fail_msg("'%s' was read as %a", bad[i], x);
        assert_true(x == 77);
    }
    double x = 77;
    assert_false(num_parse((str){ 0 }, &x));
    assert_false(num_parse((str){ "1\0002", 3 }, &x));
}

static void numbers_are_read_to_the_nearest_double(void **state)
{
    (void)state;
    static const char *const good[] = { "0",
                                        "-0",
                                        "+0",
                                        "0.0",
                                        "-0.0e5",
                                        "1",
                                        "+1",
                                        "007",
                                        "5.",
                                        ".5",
                                        "-.5",
                                        "+5.e1",
                                        "1e5",
                                        "1E+05",
                                        "1e-5",
                                        "575.9",
                                        "0.69",
                                        "103",
                                        "123456789012345678",
                                        "1234567890123456789",
                                        "12345678901234567890",
                                        "9007199254740993",
                                        "9007199254740992.99999999999999999999",
                                        "9007199254740993.00000000000000000001",
                                        "4.9406564584124654e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "2.2250738585072011e-308",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1e22",
                                        "1e23",
                                        "8.5e22",
                                        "1e-22",
                                        "1e-23",
                                        "0e99999999999999999999",
                                        "1e-99999999999999999999",
                                        "0.1",
                                        "0.30000000000000004",
                                        "6.631236846766476e-316",
                                        "3.2378839133029012895883524125015321748630094114e-319" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_parse(good[i]);
}

static void random_numbers_are_read_to_the_nearest_double(void **state)
{
    (void)state;
    char z[64];
    for (int i = 0; i < 40000; i++) {
        (void)snprintf(z, sizeof z, "%.*g", 1 + (int)(next() % 20), double_of(next()));
        if (z[0] != 'n' && z[0] != 'i' && z[1] != 'n' && z[1] != 'i') check_parse(z);
        (void)snprintf(z, sizeof z, "%llu.%0*llu", (unsigned long long)(next() >> next() % 64),
                       (int)(next() % 18), (unsigned long long)(next() % 1000));
        check_parse(z);
        (void)snprintf(z, sizeof z, "%llue%d", (unsigned long long)(next() >> next() % 64),
                       (int)(next() % 700) - 360);
        check_parse(z);
    }
}

/* The grammar of num.h, written another way. */
static int is_number(const char *z)
{
    int n = 0;
    z += *z == '-' || *z == '+';
    for (; *z >= '0' && *z <= '9'; z++) n++;
    if (*z == '.') z++;
    for (; *z >= '0' && *z <= '9'; z++) n++;
    if (!n || (*z != 'e' && *z != 'E')) return n && !*z;
    z += z[1] == '-' || z[1] == '+' ? 2 : 1;
    return *z && z[strspn(z, "0123456789")] == '\0';
}

static void check_any(const char *z)
{
    double x = 77;
    if (is_number(z))
        check_parse(z);
    else if (parse(z, &x) || x != 77)
        fail_msg("'%s' was read as %a", z, x);
}

/* Every text of up to four of these signs, and longer ones at random: all lengths of the short way,
 * and the one behind it. */
static void every_short_text_is_read_or_refused(void **state)
{
    (void)state;
    static const char signs[] = "0179.-+eE ,:/\xFF";
    enum { n_signs = sizeof signs - 1 };
    for (int code = 0; code < n_signs * n_signs * n_signs * n_signs; code++) {
        char z[5] = { 0 };
        for (int i = 0, rest = code; i < 4; i++, rest /= n_signs) z[i] = signs[rest % n_signs];
        for (int n = 4; n >= 1; n--) {
            z[n] = '\0';
            if (n == 4 || code % n_signs == 0) check_any(z);
        }
    }
    for (int i = 0; i < 40000; i++) {
        char z[10];
        int n = 5 + (int)(next() % 5);
        for (int j = 0; j < n; j++) z[j] = (char)('0' + next() % 10);
        z[n] = '\0';
        if (i % 4) z[next() % (uint64_t)n] = '.';
        if (i % 4 == 3) z[next() % (uint64_t)n] = signs[next() % n_signs];
        check_any(z);
    }
}

/* The middle between two doubles, exactly, a hair above and a hair below, with up to a thousand
 * digits. */
static void halves_between_two_doubles_go_to_the_even_one(void **state)
{
    (void)state;
    static char z[3000];
    for (int i = 0; i < 300; i++) { /* every other near the smallest: those have the most digits */
        uint64_t bits = (next() % (i % 2 ? 3 : 2046) + 1) << 52 | (next() & 0xFFFFFFFFFFFFF);
        long double half = (long double)double_of(bits) + ldexpl(1, (int)(bits >> 52) - 1076);
        int n = snprintf(z, sizeof z, "%.1100Lf", half);
        if (strchr(z, '.')) check_parse(z);
        (void)snprintf(z + n, sizeof z - (size_t)n, "0000000000000000000000001");
        check_parse(z);
        while (n && (z[n - 1] == '0' || z[n - 1] == '.')) n--;
        z[n - 1]--; /* a hair below */
        (void)snprintf(z + n, sizeof z - (size_t)n, "%s", strchr(z, '.') < z + n ? "99999" : "");
        check_parse(z);
    }
}

static void long_texts_are_read_too(void **state)
{
    (void)state;
    enum { n = 100000 };
    char *z = malloc(n + 20);
    assert_non_null(z);
    double x;
    memset(z, '9', n);
    z[n] = '\0';
    assert_false(parse(z, &x));
    (void)snprintf(z + n, 20, "e-%d", n - 3);
    assert_true(parse(z, &x) && x == 1000);
    memset(z, '0', n);
    z[1] = '.';
    (void)snprintf(z + n, 20, "1e%d", n - 1);
    assert_true(parse(z, &x) && x == 1);
    free(z);
}

static void integers_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *z;
        int64_t want;
    } good[] = { { "0", 0 },
                 { "-0", 0 },
                 { "+7", 7 },
                 { "0012", 12 },
                 { "-34", -34 },
                 { "9223372036854775807", INT64_MAX },
                 { "-9223372036854775808", INT64_MIN } };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t got = 77;
        assert_true(num_parse_int(str_of(good[i].z), &got));
        assert_true(got == good[i].want);
    }
    static const char *const bad[] = { "",
                                       "+",
                                       "-",
                                       "1.0",
                                       " 1",
                                       "1 ",
                                       "a",
                                       "1e3",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "99999999999999999999" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t got = 77;
        if (num_parse_int(str_of(bad[i]), &got)) fail_msg("'%s'", bad[i]);
        assert_int_equal(got, 77);
    }
}

/* Python's layout of the digits of a "%.*e" text. */
static void python_layout(char *out, const char *scientific)
{
    char digits[32];
    int n = 0, negative = *scientific == '-', exponent = atoi(strchr(scientific, 'e') + 1);
    for (const char *p = scientific + negative; *p != 'e'; p++)
        if (*p != '.') digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0') n--;
    if (negative) *out++ = '-';
    if (exponent < -4 || exponent >= 16) {
        out += sprintf(out, "%c", digits[0]);
        if (n > 1) out += sprintf(out, ".%.*s", n - 1, digits + 1);
        (void)sprintf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return;
    }
    for (int i = exponent < 0 ? exponent : 0; i <= exponent || i < n; i++) {
        *out++ = i >= 0 && i < n ? digits[i] : '0';
        if (i == (exponent < 0 ? exponent : exponent)) *out++ = '.';
    }
    if (out[-1] == '.') *out++ = '0';
    *out = '\0';
}

static void check_repr(double x)
{
    char want[400] = "", got[num_buffer], z[64];
    for (int n = 0; n < 17; n++) {
        (void)snprintf(z, sizeof z, "%.*e", n, x);
        if (strtod(z, NULL) == x) break;
    }
    python_layout(want, z);
    int64_t n_got = num_repr(got, x);
    assert_int_equal(n_got, strlen(got));
    assert_string_equal(got, want);
}

static void check_repr_float(float x)
{
    char want[400] = "", got[num_buffer], z[64];
    for (int n = 0; n < 9; n++) {
        (void)snprintf(z, sizeof z, "%.*e", n, (double)x);
        if (strtof(z, NULL) == x) break;
    }
    python_layout(want, z);
    int64_t n_got = num_repr_float(got, x);
    assert_int_equal(n_got, strlen(got));
    assert_string_equal(got, want);
}

static void doubles_are_written_as_python_does(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *want;
    } known[] = { { 0, "0.0" },
                  { -0.0, "-0.0" },
                  { 1, "1.0" },
                  { -2.5, "-2.5" },
                  { 0.1, "0.1" },
                  { 0.1 + 0.2, "0.30000000000000004" },
                  { 1e-4, "0.0001" },
                  { 1e-5, "1e-05" },
                  { 1.5e-7, "1.5e-07" },
                  { 9999999999999998, "9999999999999998.0" },
                  { 1e15, "1000000000000000.0" },
                  { 1e16, "1e+16" },
                  { 1e22, "1e+22" },
                  { 1e23, "1e+23" },
                  { 1.7976931348623157e308, "1.7976931348623157e+308" },
                  { 2.2250738585072014e-308, "2.2250738585072014e-308" },
                  { 5e-324, "5e-324" },
                  { 5.684341886080802e-14, "5.684341886080802e-14" },
                  { 0.8439306358381503, "0.8439306358381503" },
                  { 73, "73.0" } };
    char got[num_buffer];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t n_got = num_repr(got, known[i].x);
        assert_int_equal(n_got, strlen(known[i].want));
        assert_string_equal(got, known[i].want);
    }
    (void)num_repr(got, (double)NAN);
    assert_string_equal(got, "nan");
    (void)num_repr(got, -(double)INFINITY);
    assert_string_equal(got, "-inf");
    for (int i = 0; i < 20000; i++) {
        double x = double_of(next());
        if (isfinite(x)) check_repr(x);
        check_repr((double)(next() % 100000) / 1000);
        check_repr(ldexp((double)(next() >> 11), -53));
    }
}

static void floats_are_written_as_numpy_does(void **state)
{
    (void)state;
    static const struct {
        float x;
        const char *want;
    } known[] = { { 0, "0.0" },
                  { -0.0f, "-0.0" },
                  { 1, "1.0" },
                  { 0.5f, "0.5" },
                  { 0.1f, "0.1" },
                  { 0.3f, "0.3" },
                  { 0.99999994f, "0.99999994" },
                  { 1e-4f, "1e-04" },
                  { -1e-4f, "-1e-04" },
                  { 0.000100000005f, "0.000100000005" },
                  { 1e-5f, "1e-05" },
                  { 1.234567e-7f, "1.234567e-07" },
                  { 16777216.0f, "16777216.0" },
                  { 1e15f, "1000000000000000.0" },
                  { 1e16f, "1e+16" },
                  { 3.4028235e38f, "3.4028235e+38" },
                  { 1e-45f, "1e-45" },
                  { 1.1754944e-38f, "1.1754944e-38" },
                  { 123456.79f, "123456.79" } };
    char got[num_buffer];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t n_got = num_repr_float(got, known[i].x);
        assert_int_equal(n_got, strlen(known[i].want));
        assert_string_equal(got, known[i].want);
    }
    (void)num_repr_float(got, (float)NAN);
    assert_string_equal(got, "nan");
    (void)num_repr_float(got, (float)INFINITY);
    assert_string_equal(got, "inf");
    for (int i = 0; i < 40000; i++) {
        float x = float_of((uint32_t)next());
        if (isfinite(x) && fabsf(x) != 1e-4f) check_repr_float(x);
        check_repr_float((float)(next() >> 40 & 0xFFFFFF) * 0x1p-24f);
    }
    /* powers of two: the neighbour below is nearer than the one above */
    for (uint32_t exponent = 1; exponent < 255; exponent++) {
        float x = float_of(exponent << 23);
        (void)num_repr_float(got, x);
        assert_true(strtof(got, NULL) == x);
        assert_true(strlen(got) <= 18);
        check_repr_float(float_of((exponent << 23) - 1));
        check_repr_float(float_of((exponent << 23) + 1));
    }
}

/* As one by one, for any number of them at any place, mostly where probabilities lie. */
static void many_floats_are_written_as_one_is(void **state)
{
    (void)state;
    enum { most = 200 };
    static float x[most];
    static num_float got[most];
    for (int round = 0; round < 600; round++) {
        int n = (int)(next() % most);
        for (int i = 0; i < n; i++)
            x[i] = next() % 4 ? (float)(next() >> 40) * 0x1p-24f / (float)(1 + next() % 9000)
                              : float_of((uint32_t)next());
        if (n) x[next() % (uint64_t)n] = round % 2 ? 1e-4f : 0.5f;
        num_repr_floats(got, x, n);
        for (int i = 0; i < n; i++) {
            char want[num_buffer];
            assert_int_equal(got[i].n, num_repr_float(want, x[i]));
            assert_string_equal(got[i].text, want);
        }
    }
}

/* From 0.0001 to 1, all bytes of both, where the levels are this machine's. */
static void fractions_have_the_same_digits_at_every_level(void **state)
{
    (void)state;
#if defined(__x86_64__)
    static float x[64];
    static num_digits narrow[64], wide[64];
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")) return;
    for (int round = 0; round < 4000; round++) {
        for (int i = 0; i < 64; i++)
            x[i] = float_of(0x38D1B718 + (uint32_t)(next() % (0x3F800000 - 0x38D1B718)));
        num_fractions_avx2(narrow, x, round % 65);
        num_fractions_avx512(wide, x, round % 65);
        assert_memory_equal(narrow, wide, (size_t)(round % 65) * sizeof *wide);
    }
#endif
}

static void check_fixed(double x, int decimals)
{
    char want[400], got[num_buffer];
    (void)snprintf(want, sizeof want, "%.*f", decimals, x);
    int64_t n_got = num_fixed(got, x, decimals);
    assert_int_equal(n_got, strlen(got));
    assert_string_equal(got, want);
}

static void fixed_decimals_are_rounded_as_printf_does(void **state)
{
    (void)state;
    static const double known[] = {
        0,     -0.0,  0.5,    1.5,   2.5,   0.125,         0.375,
        1.005, 2.675, 99.5,   999.5, 1e-20, -1e-20,        0.05,
        0.25,  0.35,  5e-324, 1e15,  1e19,  123456789.125, 99999999999999990000.0
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int decimals = 0; decimals <= 17; decimals++) check_fixed(known[i], decimals);
    for (int i = 0; i < 40000; i++) {
        check_fixed(ldexp((double)(int64_t)next(), -(int)(next() % 80)), (int)(next() % 18));
        check_fixed((double)(next() % 100000) / 8, (int)(next() % 4));
    }
    char got[num_buffer];
    (void)num_fixed(got, (double)NAN, 2);
    assert_string_equal(got, "nan");
    (void)num_fixed(got, -(double)INFINITY, 2);
    assert_string_equal(got, "-inf");
    (void)num_fixed(got, 1e20, 2);
    assert_string_equal(got, "1e+20");
    (void)num_fixed(got, -1e300, 2);
    assert_string_equal(got, "-1e+300");
    (void)num_fixed(got, 1.25, -3);
    assert_string_equal(got, "1");
}

static void exponents_are_rounded_as_printf_does(void **state)
{
    (void)state;
    static const double known[] = { 0,
                                    -0.0,
                                    1,
                                    9.9999999,
                                    0.99995,
                                    9.5,
                                    2.5,
                                    1e22,
                                    1e23,
                                    5e-324,
                                    1.7976931348623157e308,
                                    2.2250738585072014e-308,
                                    -0.000123456,
                                    99999.5,
                                    1e-5 };
    char want[64], got[num_buffer];
    for (size_t i = 0; i < sizeof known / sizeof *known + 2000; i++) {
        double x = i < sizeof known / sizeof *known ? known[i] : double_of(next());
        if (!isfinite(x)) continue;
        for (int decimals = 0; decimals <= 17; decimals += 1 + (i > 20 ? (int)(next() % 12) : 0)) {
            (void)snprintf(want, sizeof want, "%.*e", decimals, x);
            int64_t n_want = num_exponent(got, x, decimals);
            assert_int_equal(n_want, strlen(want));
            assert_string_equal(got, want);
        }
    }
    (void)num_exponent(got, (double)INFINITY, 4);
    assert_string_equal(got, "inf");
}

static void check_local(double x, int decimals, const char *english, const char *spanish)
{
    char got[num_buffer];
    int64_t n_english = num_local(got, x, decimals, PROPENSE_ENGLISH);
    assert_int_equal(n_english, strlen(english));
    assert_string_equal(got, english);
    int64_t n_spanish = num_local(got, x, decimals, PROPENSE_SPANISH);
    assert_int_equal(n_spanish, strlen(spanish));
    assert_string_equal(got, spanish);
}

static void people_read_numbers_in_their_language(void **state)
{
    (void)state;
    check_local(0, 0, "0", "0");
    check_local(12345.678, 2, "12,345.68", "12.345,68");
    check_local(1234.5, 1, "1,234.5", "1.234,5");
    check_local(9999.96, 1, "10,000.0", "10.000,0");
    check_local(999, 0, "999", "999");
    check_local(-1000, 0, "-1,000", "-1.000");
    check_local(-1234567.891, 3, "-1,234,567.891", "-1.234.567,891");
    check_local(0.5, 3, "0.500", "0,500");
    check_local(-0.001, 2, "0.00", "0,00");
    check_local(999999999999999, 17, "999,999,999,999,999.00000000000000000",
                "999.999.999.999.999,00000000000000000");
    check_local(-999999999999999, 17, "-999,999,999,999,999.00000000000000000",
                "-999.999.999.999.999,00000000000000000");
    check_local(1e15, 2, "1000000000000000.0", "1000000000000000,0");
    check_local(1.5e300, 2, "1.5e+300", "1,5e+300");
    check_local((double)NAN, 2, "nan", "nan");
}

static void numbers_are_appended_to_a_text(void **state)
{
    (void)state;
    text t = { 0 };
    text_repr(&t, 0.25);
    text_char(&t, ' ');
    text_fixed(&t, 2, 3);
    text_char(&t, ' ');
    text_local(&t, 12345, 1, PROPENSE_SPANISH);
    assert_string_equal(t.p, "0.25 2.000 12.345,0");
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(numbers_are_read_to_the_nearest_double),
        cmocka_unit_test(random_numbers_are_read_to_the_nearest_double),
        cmocka_unit_test(every_short_text_is_read_or_refused),
        cmocka_unit_test(halves_between_two_doubles_go_to_the_even_one),
        cmocka_unit_test(long_texts_are_read_too),
        cmocka_unit_test(integers_are_read_or_refused),
        cmocka_unit_test(doubles_are_written_as_python_does),
        cmocka_unit_test(floats_are_written_as_numpy_does),
        cmocka_unit_test(many_floats_are_written_as_one_is),
        cmocka_unit_test(fractions_have_the_same_digits_at_every_level),
        cmocka_unit_test(fixed_decimals_are_rounded_as_printf_does),
        cmocka_unit_test(exponents_are_rounded_as_printf_does),
        cmocka_unit_test(people_read_numbers_in_their_language),
        cmocka_unit_test(numbers_are_appended_to_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
