/* Random numbers: NumPy's values for MT19937, the published vectors of Philox, and fairness. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

/* RandomState(42): randint over 2^32, random_sample, permutation. */
static void mt_matches_numpy(void **state)
{
    (void)state;
    static const uint32_t words[] = { 1608637542, 3421126067, 4083286876, 787846414, 3143890026 };
    static const int64_t ten[] = { 8, 1, 5, 0, 7, 2, 9, 4, 3, 6 };
    static const int64_t thousand[] = { 521, 737, 740, 660, 411 },
                         hundred[] = { 83, 53, 70, 45, 44 };
    int64_t order[1000];
    mt19937 g;
    mt_seed(&g, 42);
    for (int i = 0; i < 5; i++) assert_int_equal(mt_u32(&g), words[i]);
    mt_seed(&g, 42);
    assert_true(mt_double(&g) == 0.3745401188473625);
    mt_seed(&g, 42);
    mt_permutation(&g, order, 10);
    assert_memory_equal(order, ten, sizeof ten);
    mt_seed(&g, 42);
    mt_permutation(&g, order, 1000);
    assert_memory_equal(order, thousand, sizeof thousand);
    mt_seed(&g, 42);
    mt_permutation(&g, order, 100);
    assert_memory_equal(order, hundred, sizeof hundred);
}

/* numpy.random.RandomState(4294967295): the 1000th word from the start, after a refill, and a draw
 * of 40 bits: RandomState(7).randint(0, 10**12, 3, dtype=numpy.int64). */
static void mt_runs_past_its_first_words(void **state)
{
    (void)state;
    mt19937 g;
    mt_seed(&g, 4294967295u);
    for (int i = 0; i < 1999; i++) (void)mt_u32(&g);
    assert_int_equal(mt_u32(&g), 1762272365u);
    mt_seed(&g, 7);
    static const uint64_t wide[] = { 752595690692, 108744157686, 291964244179 };
    for (int i = 0; i < 3; i++) assert_true(mt_interval(&g, 999999999999) == wide[i]);
}

static void an_interval_of_nothing_draws_nothing(void **state)
{
    (void)state;
    mt19937 a, b;
    mt_seed(&a, 1);
    mt_seed(&b, 1);
    assert_int_equal(mt_interval(&a, 0), 0);
    assert_int_equal(mt_u32(&a), mt_u32(&b));
    for (uint64_t max = 1; max < 70; max++) assert_true(mt_interval(&a, max) <= max);
    int64_t one = 5;
    mt_shuffle(&a, &one, 1);
    mt_shuffle(&a, NULL, 0);
    assert_int_equal(one, 5);
}

/* The known-answer tests that the authors of Philox publish with their library, by way of the key
 * and counter layout that random.h promises. Vectors whose purpose field is used fully. */
static void philox_has_the_published_values(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } known[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (int i = 0; i < 3; i++) {
        const uint32_t *c = known[i].counter;
        draw_key key = { (uint64_t)known[i].key[1] << 32 | known[i].key[0], c[1] >> 16, c[3] };
        uint32_t out[4];
        draw_block(out, key, c[2], (uint64_t)(c[1] & 0xFFFF) << 32 | c[0]);
        assert_memory_equal(out, known[i].want, sizeof out);
    }
}

static void draws_are_parts_of_their_block(void **state)
{
    (void)state;
    draw_key key = { 0x123456789abcdef0, DRAW_NOISE, 3 };
    for (uint64_t i = 0; i < 20; i++) {
        uint32_t four[4];
        draw_block(four, key, 9, i / 2);
        uint64_t want =
            i % 2 ? (uint64_t)four[3] << 32 | four[2] : (uint64_t)four[1] << 32 | four[0];
        assert_true(draw_u64(key, 9, i) == want);
        assert_true(draw_double(key, 9, i) == ldexp((double)(want >> 11), -53));
    }
}

/* A mean of 100,000 draws within five standard errors, and the same for each of ten values. */
static void draws_are_even(void **state)
{
    (void)state;
    enum { n = 100000 };
    draw_key key = { 1, DRAW_BOOTSTRAP, 0 };
    double sum = 0;
    int counts[10] = { 0 };
    for (uint64_t i = 0; i < n; i++) {
        double x = draw_double(key, 0, i);
        assert_true(x >= 0 && x < 1);
        sum += x;
        counts[draw_below(key, 1, i, 10)]++;
    }
    assert_true(fabs(sum / n - 0.5) < 5 * sqrt(1.0 / 12 / n));
    for (int i = 0; i < 10; i++) assert_true(abs(counts[i] - n / 10) < 5 * sqrt(n * 0.09));
}

/* All 24 orders of four items, each about as often. */
static void permutations_are_fair(void **state)
{
    (void)state;
    enum { n = 24000 };
    int counts[256] = { 0 }, kinds = 0;
    for (uint32_t step = 0; step < n; step++) {
        int64_t order[4];
        draw_permutation((draw_key){ 5, DRAW_PERMUTE, 0 }, step, order, 4);
        counts[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
    }
    for (int i = 0; i < 256; i++) {
        kinds += counts[i] != 0;
        if (counts[i]) assert_true(abs(counts[i] - n / 24) < 5 * sqrt(n / 24.0));
    }
    assert_int_equal(kinds, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mt_matches_numpy),
        cmocka_unit_test(mt_runs_past_its_first_words),
        cmocka_unit_test(an_interval_of_nothing_draws_nothing),
        cmocka_unit_test(philox_has_the_published_values),
        cmocka_unit_test(draws_are_parts_of_their_block),
        cmocka_unit_test(draws_are_even),
        cmocka_unit_test(permutations_are_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
