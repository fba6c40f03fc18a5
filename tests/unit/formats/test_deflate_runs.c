/* zlib unpacks what deflate_runs.c packed: no run, long runs, noise, codes of the greatest length.
 */
#include "deflate_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

enum { most = 1 << 22 };
static unsigned char plain[most], back[most];
static int64_t n_plain;
static deflate_runs packer;
static text packed;

static void begin(void)
{
    text_free(&packed);
    n_plain = 0;
    deflate_runs_begin(&packer, &packed);
}

static void add(unsigned char value, int64_t n)
{
    memset(plain + n_plain, value, (size_t)n);
    n_plain += n;
    deflate_runs_add(&packer, value, n);
}

/* uncompress checks the Adler-32 too. */
static void comes_back(void)
{
    deflate_runs_end(&packer);
    assert_false(packed.bad);
    uLongf n = most;
    assert_int_equal(uncompress(back, &n, (const unsigned char *)packed.p, (uLong)packed.n), Z_OK);
    assert_int_equal(n, n_plain);
    assert_memory_equal(back, plain, (size_t)n);
}

static uint32_t draw(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*s >> 33);
}

static void every_length(void **state)
{
    (void)state;
    begin();
    comes_back();
    for (int n = 0; n < 1100; n++) {
        begin();
        add(7, n);
        add(200, 1);
        comes_back();
    }
    begin();
    add(255, most / 2);
    add(254, most / 2);
    comes_back();
    assert_true(packed.n < 5000);
}

static void any_mixture(void **state)
{
    (void)state;
    uint64_t s = 4;
    for (int round = 0; round < 200; round++) {
        begin();
        uint32_t values = 1 + draw(&s) % 256, longest = 1 + draw(&s) % 700;
        int n = (int)(draw(&s) % 3000);
        for (int i = 0; i < n; i++)
            add((unsigned char)(draw(&s) % values), draw(&s) % 3 ? 1 : draw(&s) % longest);
        comes_back();
    }
}

/* Counts like Fibonacci's numbers make the deepest tree there is: more than 15 bits without a
 * limit. And noise fills many blocks. */
static void deep_codes_and_noise(void **state)
{
    (void)state;
    uint64_t s = 9;
    begin();
    for (int64_t value = 0, a = 1, b = 1; value < 18; value++) {
        for (int64_t i = 0; i < a; i++) add((unsigned char)value, 1), add(250, i % 2);
        int64_t next = a + b;
        a = b;
        b = next;
    }
    comes_back();
    begin();
    for (int i = 0; i < 500000; i++) add((unsigned char)draw(&s), 1);
    comes_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(any_mixture),
        cmocka_unit_test(deep_codes_and_noise),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    text_free(&packed);
    return failed;
}
