/* test_window: times as people write them, half-open windows, the gap between two. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "gateway/model/window.h"

#define UNTOUCHED INT64_C(-77)

static void use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void test_good_times(void **state)
{
    static const struct {
        const char *zone, *text;
        int64_t wall_ms;
    } cases[] = {
        {"CST-8", "2026-10-31 08:30", INT64_C(1793406600000)},
        {"CST-8", "2026-10-31 08:30:15", INT64_C(1793406615000)},
        {"CST-8", "2028-02-29 00:00", INT64_C(1835366400000)},
        {"UTC", "1970-01-01 00:00", 0},
        {"UTC", "2026-12-31 23:59:59", INT64_C(1798761599000)},
        {"UTC", "1969-12-31 23:59:59", -1000}, /* mktime's -1, and no error */
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29 03:00", INT64_C(1774746000000)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t wall_ms = UNTOUCHED;

        use_zone(cases[i].zone);
        assert_int_equal(window_parse_time(cases[i].text, &wall_ms), 0);
        assert_int_equal(wall_ms, cases[i].wall_ms);
    }
}

static void test_bad_times(void **state)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-10-31",
        "2026-10-31 ",
        "2026-10-31 8:30",
        "2026-10-31 08:3",
        "2026-10-31 08:30:",
        "2026-10-31 08:30:1",
        "2026-10-31 08:30:151",
        "2026-10-31 08:30 ",
        " 2026-10-31 08:30",
        "2026-10-31T08:30",
        "2026/10/31 08:30",
        "2026-10-31 08:30:15x",
        "2026-1a-31 08:30",
        "-026-10-31 08:30",
        "2026-02-31 08:30",
        "2026-02-29 08:30",
        "2026-13-01 08:30",
        "2026-00-01 08:30",
        "2026-01-00 08:30",
        "2026-10-31 24:00",
        "2026-10-31 23:60",
        "2026-10-31 23:59:60",
        "2026-03-29 02:30", /* skipped: summer time begins */
        "２026-10-31 08:30",
    };

    (void)state;
    use_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t wall_ms = UNTOUCHED;

        if (window_parse_time(cases[i], &wall_ms) != 1)
            fail_msg("\"%s\" was taken for a time", cases[i]);
        assert_int_equal(wall_ms, UNTOUCHED);
    }
}

static void test_sort(void **state)
{
    struct window windows[] = {{50, 60}, {10, 20}, {30, 50}, {20, 30}};
    size_t at = 99;

    (void)state;
    assert_int_equal(window_sort(windows, 4, &at), 0);
    assert_int_equal(at, 99);
    for (size_t i = 1; i < 4; i++)
        assert_true(windows[i - 1].to_ms <= windows[i].from_ms);
    assert_int_equal(windows[0].from_ms, 10);
    assert_int_equal(window_sort(windows, 0, &at), 0);
    assert_int_equal(window_sort(NULL, 0, &at), 0);
}

static void test_sort_refuses(void **state)
{
    static const struct {
        struct window windows[3];
        size_t at;
    } cases[] = {
        {{{50, 60}, {10, 21}, {20, 30}}, 1}, /* overlap by one */
        {{{10, 60}, {20, 30}, {70, 80}}, 1}, /* inside another */
        {{{10, 20}, {10, 20}, {30, 40}}, 1}, /* twice the same */
        {{{10, 20}, {40, 30}, {50, 60}}, 1}, /* turned round */
        {{{10, 20}, {30, 40}, {40, 40}}, 2}, /* empty */
        {{{10, 20}, {90, 95}, {5, 5}}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct window windows[3] = {cases[i].windows[0], cases[i].windows[1], cases[i].windows[2]};
        size_t at = 99;

        assert_int_equal(window_sort(windows, 3, &at), 1);
        assert_int_equal(at, cases[i].at);
    }
}

static void test_at_and_after(void **state)
{
    static const struct window windows[] = {{10, 20}, {20, 30}, {40, 50}};
    static const struct {
        int64_t instant;
        int at, after; /* indexes, -1: none */
    } cases[] = {
        {9, -1, 0},  {10, 0, 1},   {19, 0, 1},         {20, 1, 2},
        {29, 1, 2},  {30, -1, 2},  {39, -1, 2},        {40, 2, -1},
        {49, 2, -1}, {50, -1, -1}, {INT64_MIN, -1, 0}, {INT64_MAX, -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ptr_equal(window_at(windows, 3, cases[i].instant),
                         cases[i].at < 0 ? NULL : &windows[cases[i].at]);
        assert_ptr_equal(window_after(windows, 3, cases[i].instant),
                         cases[i].after < 0 ? NULL : &windows[cases[i].after]);
    }
    assert_null(window_at(windows, 0, 10));
    assert_null(window_after(windows, 0, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_times),   cmocka_unit_test(test_bad_times),
        cmocka_unit_test(test_sort),         cmocka_unit_test(test_sort_refuses),
        cmocka_unit_test(test_at_and_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
