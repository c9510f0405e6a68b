/* test_clock: wall time can be set, monotonic time can't be disturbed, and the zone is the
 * process's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "gateway/base/clock.h"

#define ONE_HOUR INT64_C(3600000)

static void test_set_moves_only_the_wall(void **state)
{
    int64_t us = clock_mono_us(), mono = clock_mono_ms(), target = INT64_C(1793406600000);

    (void)state;
    clock_set(target);
    assert_in_range(clock_wall_ms() - target, 0, ONE_HOUR);
    clock_set(target - ONE_HOUR * 1000);
    assert_true(clock_wall_ms() < target - ONE_HOUR);
    assert_in_range(clock_mono_ms() - mono, 0, ONE_HOUR);
    assert_true(clock_mono_us() >= us);
}

static void test_format(void **state)
{
    static const struct {
        const char *zone;
        int64_t wall_ms;
        const char *text;
    } cases[] = {
        {"CST-8", INT64_C(1793406600000), "2026-10-31 08:30:00"},
        {"UTC", INT64_C(1793406600999), "2026-10-31 00:30:00"},
        {"UTC", 0, "1970-01-01 00:00:00"},
        {"UTC", INT64_MAX, "?"},
    };
    char text[20];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(setenv("TZ", cases[i].zone, 1), 0);
        tzset();
        clock_format(cases[i].wall_ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

/* Last: there is no way back. */
static void test_frozen_clock_moves_only_when_it_is_set(void **state)
{
    int64_t wall, steady, mono, wait_until = clock_mono_us() + 5000;

    (void)state;
    assert_false(clock_is_frozen());
    wall = clock_wall_ms();
    steady = clock_steady_ms();
    mono = clock_mono_us();
    clock_freeze();
    assert_true(clock_is_frozen());
    assert_in_range(clock_wall_ms() - wall, 0, 1000);
    assert_in_range(clock_steady_ms() - steady, 0, 1000);
    wall = clock_wall_ms();
    steady = clock_steady_ms();
    while (clock_mono_us() < wait_until)
        continue;
    assert_true(clock_mono_us() > mono);
    assert_int_equal(clock_wall_ms(), wall);
    assert_int_equal(clock_steady_ms(), steady);
    clock_freeze(); /* once more changes nothing */
    assert_int_equal(clock_wall_ms(), wall);
    clock_set(wall + ONE_HOUR);
    assert_int_equal(clock_wall_ms(), wall + ONE_HOUR);
    assert_int_equal(clock_steady_ms(), steady + ONE_HOUR);
    clock_set(wall);
    assert_int_equal(clock_steady_ms(), steady);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_moves_only_the_wall),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_frozen_clock_moves_only_when_it_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
