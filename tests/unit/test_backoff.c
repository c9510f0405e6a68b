/* test_backoff: waits double, are bounded, and differ by seed.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/model/backoff.h"

static const struct {
    int failures;
    int64_t first, most, whole; /* whole: before the seed takes its quarter */
} backoff_cases[] = {
    {1, 250, 30000, 250},   {2, 250, 30000, 500},   {7, 250, 30000, 16000},
    {8, 250, 30000, 30000}, {9, 250, 30000, 30000}, {INT32_MAX, 250, 30000, 30000},
    {5, 1, 1, 1},           {1, 100, 100, 100},     {64, 3, INT64_MAX, INT64_MAX},
};

static void test_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof backoff_cases / sizeof *backoff_cases; i++) {
        int64_t whole = backoff_cases[i].whole;

        for (uint64_t seed = 0; seed < 1000; seed++) {
            int64_t wait = backoff_ms(backoff_cases[i].failures, backoff_cases[i].first,
                                      backoff_cases[i].most, seed);

            assert_true(wait <= whole);
            assert_true(wait >= whole - whole / 4);
        }
    }
}

static void test_no_failure(void **state)
{
    (void)state;
    assert_int_equal(backoff_ms(0, 250, 30000, 7), 0);
    assert_int_equal(backoff_ms(-1, 250, 30000, 7), 0);
}

static void test_seed(void **state)
{
    int64_t least = INT64_MAX, longest = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        int64_t wait = backoff_ms(8, 250, 30000, seed);

        assert_int_equal(wait, backoff_ms(8, 250, 30000, seed));
        least = wait < least ? wait : least;
        longest = wait > longest ? wait : longest;
    }
    assert_true(least < 23000);
    assert_true(longest > 29500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_no_failure),
        cmocka_unit_test(test_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
