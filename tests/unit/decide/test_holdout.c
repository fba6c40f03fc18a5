/* The control group and its sizes: HMAC against RFC 4231, sizes against a textbook and themselves.
 */
#include "holdout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* The first eight bytes of the digests of RFC 4231, test cases 1, 2 and 6. */
static void hmac_of_the_standard(void **state)
{
    char key1[20], key6[131];
    (void)state;
    memset(key1, 0x0B, sizeof key1);
    memset(key6, 0xAA, sizeof key6);
    const struct {
        str key, data;
        uint64_t first;
    } cases[] = {
        { { key1, 20 }, STR("Hi There"), UINT64_C(0xb0344c61d8db3853) },
        { STR("Jefe"), STR("what do ya want for nothing?"), UINT64_C(0x5bdcc146bf60754e) },
        { { key6, 131 },
          STR("Test Using Larger Than Block-Size Key - Hash Key First"),
          UINT64_C(0x60e431591ee0b67f) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        holdout_key k = holdout_key_of(cases[i].key);
        double expected = (double)(cases[i].first >> 11) / 9007199254740992.0;
        assert_true(holdout_place(&k, cases[i].data) == expected);
    }
}

/* Fleiss: 10 % against 15 % with equal groups, 80 % power: 686 each without continuity correction
 * (R: power.prop.test(p1 = .1, p2 = .15, power = .8) gives 685.6). */
static void sizes(void **state)
{
    (void)state;
    assert_true(fabs(holdout_needed(0.15, 0.10, 1) - 685.6) < 0.1);
    assert_true(isinf(holdout_needed(0.1, 0.1, 1)));
    double lift = holdout_least_lift(0.15, 686, 686);
    assert_true(fabs(lift - 0.05) < 1e-4);
    double share = holdout_least_share(0.15, 0.10, 4000);
    assert_true(share > 0.05 && share < 0.5);
    assert_true(fabs(holdout_needed(0.15, 0.10, (1 - share) / share) - 4000 * share) < 0.01);
    assert_true(isnan(holdout_least_share(0.15, 0.10, 1300)));
    assert_false(isnan(holdout_least_share(0.15, 0.10, 1400)));
    assert_true(isnan(holdout_least_lift(0.01, 10, 10)));
    assert_true(isnan(holdout_least_lift(0.1, 100, 0)));
}

/* A larger share keeps the smaller one's customers, and about that many are in it. */
static void shares_are_nested(void **state)
{
    holdout_key k = holdout_key_of(STR("salt"));
    int small = 0, large = 0;
    (void)state;
    for (int i = 0; i < 10000; i++) {
        char id[8] = { (char)('0' + i / 1000), (char)('0' + i / 100 % 10),
                       (char)('0' + i / 10 % 10), (char)('0' + i % 10) };
        double place = holdout_place(&k, (str){ id, 4 });
        assert_true(place >= 0 && place < 1);
        small += place < 0.1;
        large += place < 0.3;
    }
    assert_in_range(small, 880, 1120);
    assert_in_range(large, 2820, 3180);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hmac_of_the_standard),
                                        cmocka_unit_test(sizes),
                                        cmocka_unit_test(shares_are_nested) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
