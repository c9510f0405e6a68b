/* test_plan_limits: what the limits of SIMs and groups let through in a campaign's windows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/report/plan_limits.h"

#define HOUR (INT64_C(3600) * 1000)
#define DAY  INT64_C(1793376000000) /* 2026-10-31 00:00 in Shanghai */

static int64_t limit(struct modem *modems, size_t n, struct limit_group *groups, size_t n_groups,
                     size_t n_windows)
{
    struct window windows[] = {{DAY + 8 * HOUR, DAY + 10 * HOUR},
                               {DAY + 14 * HOUR, DAY + 16 * HOUR}};
    const struct campaign campaign = {.windows = windows, .n_windows = n_windows};
    const struct office office = {
        .modems = modems, .n_modems = n, .groups = groups, .n_groups = n_groups};

    return plan_limit_parts(&campaign, &office);
}

static void test_no_limit(void **state)
{
    struct modem modems[] = {{.limits = {100, 0}, .group = -1}, {.group = -1}};

    (void)state;
    assert_true(limit(modems, 2, NULL, 0, 1) == INT64_MAX);
    assert_int_equal(limit(modems, 0, NULL, 0, 1), 0);
}

/* 100 an hour for two hours is a little less than 200: the pace holds in any 3,600 seconds. */
static void test_hour(void **state)
{
    struct modem modems[] = {{.limits = {100, 0}, .group = -1},
                             {.limits = {100, 0}, .group = -1},
                             {.limits = {10, 0}, .group = -1}};
    int64_t parts = limit(modems, 3, NULL, 0, 1);

    (void)state;
    assert_in_range(parts, 410, 440);
    assert_in_range(limit(modems, 3, NULL, 0, 2), parts * 2 - 10, parts * 2 + 10);
}

/* The second window of a day has what the first has left. */
static void test_day(void **state)
{
    struct modem modems[] = {{.limits = {0, 50}, .group = -1}, {.limits = {100, 150}, .group = -1}};

    (void)state;
    assert_int_equal(limit(modems, 2, NULL, 0, 1), 200);
    assert_int_equal(limit(modems, 2, NULL, 0, 2), 200);
}

static void test_group(void **state)
{
    struct modem modems[] = {{.limits = {0, 50}, .group = 0},
                             {.group = 0}, /* limited by its group alone */
                             {.limits = {0, 7}, .group = -1}};
    struct limit_group group = {.limits = {0, 60}};

    (void)state;
    assert_int_equal(limit(modems, 3, &group, 1, 2), 67);
    group.limits.per_day = 0;
    assert_true(limit(modems, 3, &group, 1, 2) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_hour),
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_group),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
