/* test_validity: the edges of every range of TP-VP.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/modem/validity.h"

#define HOUR 3600
#define DAY  (24 * HOUR)
#define WEEK (7 * DAY)

static const struct {
    int64_t seconds;
    int value;
} validity_cases[] = {
    {0, 255},
    {-5, 255},
    {1, 0},
    {299, 0},
    {300, 0},
    {599, 0},
    {600, 1},
    {9000, 29}, /* 08:30-11:00 */
    {12 * HOUR - 1, 142},
    {12 * HOUR, 143},
    {12 * HOUR + 1799, 143},
    {12 * HOUR + 1800, 144},
    {DAY - 1, 166},
    {DAY, 167},
    {2 * DAY - 1, 167},
    {2 * DAY, 168},
    {30 * DAY, 196},
    {5 * WEEK - 1, 196},
    {5 * WEEK, 197},
    {63 * WEEK - 1, 254},
    {63 * WEEK, 255},
    {INT32_MAX, 255},
    {INT64_MAX, 255},
};

static void test_edges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof validity_cases / sizeof *validity_cases; i++)
        assert_int_equal(validity_relative(validity_cases[i].seconds), validity_cases[i].value);
}

/* What the value means, by the standard's own words. */
static int64_t validity_seconds(int value)
{
    if (value <= 143)
        return (value + 1) * 300;
    if (value <= 167)
        return 12 * HOUR + (value - 143) * 1800;
    if (value <= 196)
        return (int64_t)(value - 166) * DAY;
    return (int64_t)(value - 192) * WEEK;
}

static void test_never_longer(void **state)
{
    (void)state;
    for (int64_t seconds = 300; seconds < 70 * WEEK; seconds += 977) {
        int value = validity_relative(seconds);

        assert_true(validity_seconds(value) <= seconds);
        assert_true(value == 255 || validity_seconds(value + 1) > seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_never_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
