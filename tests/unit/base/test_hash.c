/* Hashes: published SHA-256 values, the law of joining, and how well the fast hash spreads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "hash.h"

static void sha_of(const char *bytes, int64_t n, int64_t repeats, char hex[65])
{
    sha256 s;
    sha256_begin(&s);
    for (int64_t i = 0; i < repeats; i++) sha256_add(&s, bytes, n);
    sha256_hex(&s, hex);
}

/* Values of FIPS 180-4's example file and of `sha256sum`. */
static void sha256_has_the_published_values(void **state)
{
    (void)state;
    char hex[65];
    sha_of("", 0, 1, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha_of("abc", 3, 1, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 1, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sha_of("a", 1, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void sha256_does_not_depend_on_the_pieces(void **state)
{
    (void)state;
    char bytes[300], whole[65], pieces[65];
    for (int i = 0; i < 300; i++) bytes[i] = (char)(i * 7);
    for (int n = 0; n <= 300; n += 3) {
        sha_of(bytes, n, 1, whole);
        sha256 s;
        sha256_begin(&s);
        for (int at = 0, part = 1; at < n; at += part, part = 1 + (part * 5) % 70) {
            if (part > n - at) part = n - at;
            sha256_add(&s, bytes + at, part);
        }
        sha256_hex(&s, pieces);
        assert_string_equal(whole, pieces);
    }
}

static rows_hash hash_of_rows(const uint64_t *rows, int64_t from, int64_t to)
{
    rows_hash h = { 0 };
    for (int64_t i = from; i < to; i++) rows_hash_add(&h, rows[i]);
    return h;
}

static void joining_equals_hashing_in_one_go(void **state)
{
    (void)state;
    uint64_t rows[257];
    for (int i = 0; i < 257; i++) rows[i] = hash_cell_number(0, i);
    rows_hash all = hash_of_rows(rows, 0, 257);
    for (int64_t a = 0; a <= 257; a += 19) {
        for (int64_t b = a; b <= 257; b += 31) {
            rows_hash first = hash_of_rows(rows, 0, a), second = hash_of_rows(rows, a, b),
                      third = hash_of_rows(rows, b, 257);
            rows_hash left = rows_hash_join(rows_hash_join(first, second), third);
            rows_hash right = rows_hash_join(first, rows_hash_join(second, third));
            assert_memory_equal(&left, &all, sizeof all);
            assert_memory_equal(&right, &all, sizeof all);
        }
    }
}

static void a_fingerprint_sees_order_number_and_content_of_rows(void **state)
{
    (void)state;
    uint64_t zero[4] = { 0 }, rows[4] = { 1, 2, 3, 4 }, turned[4] = { 1, 3, 2, 4 };
    char a[33], b[33];
    rows_hash x = hash_of_rows(rows, 0, 4), y = hash_of_rows(turned, 0, 4);
    rows_hash_hex(&x, a);
    rows_hash_hex(&y, b);
    assert_int_equal(strlen(a), 32);
    assert_string_not_equal(a, b);
    x = hash_of_rows(zero, 0, 3);
    y = hash_of_rows(zero, 0, 4);
    rows_hash_hex(&x, a);
    rows_hash_hex(&y, b);
    assert_string_not_equal(a, b);
    rows_hash none = { 0 };
    rows_hash_hex(&none, a);
    assert_string_not_equal(a, b);
}

static void cells_are_told_apart_by_column_kind_and_value(void **state)
{
    (void)state;
    double nan = strtod("nan", NULL);
    assert_int_equal(hash_cell_number(1, -0.0), hash_cell_number(1, 0.0));
    assert_int_equal(hash_cell_number(1, nan), hash_cell_missing(1));
    assert_int_not_equal(hash_cell_number(1, 0.0), hash_cell_missing(1));
    assert_int_not_equal(hash_cell_number(1, 5.0), hash_cell_number(2, 5.0));
    assert_int_not_equal(hash_cell_text(1, STR("a")), hash_cell_text(2, STR("a")));
    assert_int_not_equal(hash_cell_text(1, STR("a")), hash_cell_text(1, STR("b")));
    assert_int_not_equal(hash_cell_text(1, STR("")), hash_cell_missing(1));
    /* two cells exchanged between columns give another row */
    assert_int_not_equal(hash_cell_number(1, 2) + hash_cell_number(2, 3),
                         hash_cell_number(1, 3) + hash_cell_number(2, 2));
}

/* Each input in a block of its exact size: a sanitizer sees a read behind it. One flipped bit has
 * to change about half of the bits, and lengths that look alike must differ. */
static void one_bit_changes_half_of_the_hash(void **state)
{
    (void)state;
    int64_t changed = 0, trials = 0, least = 64;
    for (int64_t n = 1; n <= 70; n++) {
        unsigned char *p = malloc((size_t)n);
        assert_non_null(p);
        for (int64_t i = 0; i < n; i++) p[i] = (unsigned char)(i * 31 + n);
        uint64_t before = hash_bytes(p, n, 1);
        assert_int_not_equal(before, hash_bytes(p, n, 2));
        for (int64_t bit = 0; bit < 8 * n; bit++) {
            p[bit / 8] ^= (unsigned char)(1u << bit % 8);
            int64_t bits = __builtin_popcountll(before ^ hash_bytes(p, n, 1));
            p[bit / 8] ^= (unsigned char)(1u << bit % 8);
            changed += bits;
            least = bits < least ? bits : least;
            trials++;
        }
        free(p);
    }
    assert_true(changed > trials * 31 && changed < trials * 33);
    assert_true(least >= 10);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void short_strings_do_not_collide(void **state)
{
    (void)state;
    enum { n = 200000 };
    uint64_t *h = malloc(n * sizeof *h);
    assert_non_null(h);
    char zeros[40] = { 0 }, word[32];
    for (int i = 0; i < 40; i++) h[i] = hash_bytes(zeros, i, 0);
    for (int i = 40; i < n; i++) {
        int length = 0;
        for (int rest = i; rest; rest /= 10) word[length++] = (char)('0' + rest % 10);
        h[i] = hash_bytes(word, length, 0);
    }
    int crowded = 0; /* low 12 bits as an index: no bucket far above the mean of 48.8 */
    static int buckets[4096];
    for (int i = 0; i < n; i++) {
        int *bucket = &buckets[h[i] & 4095];
        crowded = ++*bucket > crowded ? *bucket : crowded;
    }
    assert_true(crowded < 100);
    qsort(h, n, sizeof *h, by_value);
    for (int i = 1; i < n; i++) assert_int_not_equal(h[i - 1], h[i]);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_has_the_published_values),
        cmocka_unit_test(sha256_does_not_depend_on_the_pieces),
        cmocka_unit_test(joining_equals_hashing_in_one_go),
        cmocka_unit_test(a_fingerprint_sees_order_number_and_content_of_rows),
        cmocka_unit_test(cells_are_told_apart_by_column_kind_and_value),
        cmocka_unit_test(one_bit_changes_half_of_the_hash),
        cmocka_unit_test(short_strings_do_not_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
