/* test_calendar_text: windows as people would write them, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/model/calendar.h"
#include "gateway/report/calendar_text.h"

static int64_t at(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

static void add_phase(struct calendar *calendar, const char *from, const char *to,
                      const char *daily)
{
    struct quiet quiet = {0};
    int64_t from_day, to_day;

    assert_int_equal(quiet_add(&quiet, daily), 0);
    assert_int_equal(calendar_parse_date(from, &from_day), 0);
    assert_int_equal(calendar_parse_date(to, &to_day), 0);
    calendar_add_phase(calendar, from_day, to_day, &quiet);
    quiet_free(&quiet);
}

static void expect(struct calendar *calendar, const char *english, const char *chinese)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL, chinese_text = BUFFER_NULL;
    size_t unused;

    assert_int_equal(window_sort(calendar->items, calendar->n, &unused), 0);
    calendar_text(calendar->items, calendar->n, "> ", &text);
    assert_string_equal(buffer_text(&text), english);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    calendar_text(calendar->items, calendar->n, "", &chinese_text);
    unsetenv("LC_ALL");
    assert_string_equal(buffer_text(&chinese_text), chinese);
    calendar_free(calendar);
}

static void test_rows(void **state)
{
    struct calendar calendar = {0};

    (void)state;
    expect(&calendar, "", "");
    calendar_add(&calendar, at("2026-10-31 08:30"), at("2026-10-31 11:00"));
    expect(&calendar, "> 31 Oct 2026 08:30-11:00: 1 window, 2 h 30 min\n",
           "2026 年 10 月 31 日 08:30-11:00：1 个时间窗，2 小时 30 分钟\n");
    add_phase(&calendar, "2026-04-13", "2026-06-20", "mon-fri 08:30-11:00");
    expect(&calendar, "> 13 Apr - 19 Jun 2026, mon-fri 08:30-11:00: 50 windows, 125 h\n",
           "2026 年 4 月 13 日至 6 月 19 日，周一至周五 08:30-11:00：50 个时间窗，125 小时\n");
    add_phase(&calendar, "2026-12-28", "2027-01-05", "22:15-02:00");
    expect(
        &calendar, "> 28 Dec 2026 - 5 Jan 2027, every day 22:15-02:00: 9 windows, 33 h 45 min\n",
        "2026 年 12 月 28 日至 2027 年 1 月 5 日，每天 22:15-02:00：9 个时间窗，33 小时 45 分钟\n");
    add_phase(&calendar, "2026-04-13", "2026-04-19", "mon,wed,sat,sun 23:30-24:00");
    expect(&calendar, "> 13 Apr - 19 Apr 2026, mon,wed,sat-sun 23:30-24:00: 4 windows, 2 h\n",
           "2026 年 4 月 13 日至 4 月 19 日，周一、周三、周六至周日 23:30-24:00：4 个时间窗，2 "
           "小时\n");
}

/* What a holiday takes out is told, and what is weeks apart is no row. */
static void test_gaps(void **state)
{
    struct calendar calendar = {0};
    struct window holiday = {0};

    (void)state;
    holiday = (struct window){at("2026-05-01 00:00"), at("2026-05-06 00:00")};
    add_phase(&calendar, "2026-04-27", "2026-05-08", "mon-fri 08:30-09:00");
    calendar_less(&calendar, &holiday, 1);
    expect(&calendar,
           "> 27 Apr - 8 May 2026, mon-fri 08:30-09:00 (3 days left out): 7 windows, 3 h 30 min\n",
           "2026 年 4 月 27 日至 5 月 8 日，周一至周五 08:30-09:00（其中 3 天不开放）：7 "
           "个时间窗，3 小时 "
           "30 分钟\n");
    calendar_add(&calendar, at("2026-10-31 08:30"), at("2026-10-31 09:00"));
    calendar_add(&calendar, at("2026-11-08 08:30"), at("2026-11-08 09:00"));
    expect(&calendar,
           "> 31 Oct 2026 08:30-09:00: 1 window, 30 min\n"
           "> 8 Nov 2026 08:30-09:00: 1 window, 30 min\n> together: 2 windows, 1 h\n",
           "2026 年 10 月 31 日 08:30-09:00：1 个时间窗，30 分钟\n"
           "2026 年 11 月 8 日 08:30-09:00：1 个时间窗，30 分钟\n合计：2 个时间窗，1 小时\n");
    /* longer than a day */
    calendar_add(&calendar, at("2026-10-30 20:00"), at("2026-11-01 10:15"));
    expect(&calendar, "> 30 Oct 2026 20:00 - 1 Nov 2026 10:15: 1 window, 38 h 15 min\n",
           "2026 年 10 月 30 日 20:00 至 2026 年 11 月 1 日 10:15：1 个时间窗，38 小时 15 分钟\n");
}

static void test_many(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct calendar calendar = {0};
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < 40; i++) {
        int64_t from = at("2026-04-01 08:00") + i * (86400 + 60) * INT64_C(1000);

        calendar_add(&calendar, from, from + 60000);
    }
    calendar_text(calendar.items, calendar.n, "", &text);
    for (const char *c = buffer_text(&text); *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, CALENDAR_TEXT_LINES + 2);
    assert_non_null(
        strstr(buffer_text(&text), "and 28 more lines\ntogether: 40 windows, 40 min\n"));
    calendar_free(&calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_gaps),
                                       cmocka_unit_test(test_many)};

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
