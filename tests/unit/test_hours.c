/* test_hours: sending time that is left, of windows that overlap, touch and lie apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/dispatch/hours.h"

static void test_left(void **state)
{
    static const struct window first[] = {{100, 200}, {300, 400}};
    static const struct window second[] = {{150, 250}, {400, 500}, {320, 330}, {900, 1000}};
    static const struct {
        int64_t now, until, left;
    } cases[] = {
        {0, 10000, 450}, {100, 10000, 450}, {180, 10000, 370}, {260, 10000, 300},
        {350, 460, 110}, {250, 300, 0},     {1000, 10000, 0},  {500, 10000, 100},
    };
    struct hours hours = {0};

    (void)state;
    assert_int_equal(hours_left_ms(&hours, 0, 10000), 0);
    hours_add(&hours, first, 2);
    assert_int_equal(hours_left_ms(&hours, 0, 10000), 200);
    hours_add(&hours, second, 4);
    hours_add(&hours, NULL, 0);
    assert_int_equal(hours.n, 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hours_left_ms(&hours, cases[i].now, cases[i].until), cases[i].left);
    hours_clear(&hours);
    assert_int_equal(hours.n, 0);
}

/* The day of summer time in Berlin has 23 hours, and one of its hours twice a year not or twice. */
static void test_next(void **state)
{
    static const struct {
        const char *zone, *now, *next;
        int hour;
    } cases[] = {
        {"Asia/Shanghai", "2026-10-31 08:30", "2026-11-01 00:00", 0},
        {"Asia/Shanghai", "2026-10-31 20:59:59", "2026-10-31 21:00", 21},
        {"Asia/Shanghai", "2026-10-31 21:00", "2026-11-01 21:00", 21},
        {"Asia/Shanghai", "2026-12-31 23:00", "2027-01-01 08:00", 8},
        {"Europe/Berlin", "2026-03-29 00:30", "2026-03-30 00:00", 0},
        {"Europe/Berlin", "2026-10-24 23:30", "2026-10-25 00:00", 0},
        {"Europe/Berlin", "2026-10-25 00:00", "2026-10-26 00:00", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now, next;

        setenv("TZ", cases[i].zone, 1);
        tzset();
        assert_int_equal(window_parse_time(cases[i].now, &now), 0);
        assert_int_equal(window_parse_time(cases[i].next, &next), 0);
        assert_int_equal(hours_next(now, cases[i].hour), next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_left),
        cmocka_unit_test(test_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
