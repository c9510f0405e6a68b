/* test_timetext: gateway/config/timetext. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/config/timetext.h"
#include "gateway/model/window.h"

static const struct {
    const char *text, *english, *chinese;
} cases[] = {
    {"2026-11-24 8:00", "Write \"2026-11-24 08:00\".", "请写成 \"2026-11-24 08:00\"。"},
    {"2026/11/24 08:00", "Write \"2026-11-24 08:00\".", "请写成 \"2026-11-24 08:00\"。"},
    {"2026-11-24T08:00:30", "Write \"2026-11-24 08:00:30\".", "\"2026-11-24 08:00:30\""},
    {"2026-11-24 08：00", "Write \"2026-11-24 08:00\".", "请写成 \"2026-11-24 08:00\"。"},
    {"2026年11月24日 8时5分", "Write \"2026-11-24 08:05\".", "请写成 \"2026-11-24 08:05\"。"},
    {"2026年11月24日8点", "Write \"2026-11-24 08:00\".", "请写成 \"2026-11-24 08:00\"。"},
    {"2026年11月24日", "The time of day is missing: write \"2026-11-24 08:30\"", "缺少钟点"},
    {"2026-11-24", "The time of day is missing", "缺少钟点"},
    {"8:00", "The date is missing: write \"2026-10-31 08:00\"", "缺少日期"},
    {"2026-11-31", "November 2026 has 30 days.", "2026 年 11 月只有 30 天。"},
    {"2026-11-31 08:00", "November 2026 has 30 days.", "2026 年 11 月只有 30 天。"},
    {"2026-02-29 08:00", "February 2026 has 28 days.", "2026 年 2 月只有 28 天。"},
    {"2028-02-30 08:00", "February 2028 has 29 days.", "2028 年 2 月只有 29 天。"},
    {"2026-13-01 08:00", "There is no month 13.", "没有 13 月。"},
    {"2026-11-24 24:00", "\"2026-11-25 00:00\"", "\"2026-11-25 00:00\""},
    {"2026-11-30 24:00:00", "\"2026-12-01 00:00\"", "\"2026-12-01 00:00\""},
    {"2026-12-31 24:00", "\"2027-01-01 00:00\"", "\"2027-01-01 00:00\""},
    {"2026-11-24 25:00", "Hours go from 00 to 23", "小时为 00 到 23"},
    {"2026-11-24 24:01", "Hours go from 00 to 23", "小时为 00 到 23"},
    {"2026-11-24 08:60", "Hours go from 00 to 23", "小时为 00 到 23"},
    {"2026-03-29 02:30", "this time doesn't exist", "没有这个时刻"}, /* in Berlin */
    {"下午3点", "Write \"2026-10-31 08:30\".", "请写成 \"2026-10-31 08:30\"。"},
    {"", "Write \"2026-10-31 08:30\".", "请写成 \"2026-10-31 08:30\"。"},
    {"20261124 0800", "Write \"2026-10-31 08:30\".", "请写成 \"2026-10-31 08:30\"。"},
    {"2026-11-24 08:00+08:00", "Write \"2026-10-31 08:30\".", "\"2026-10-31 08:30\""},
    {"1-2-3-4-5-6-7-8-9", "Write \"2026-10-31 08:30\".", "\"2026-10-31 08:30\""},
};

/* Each of them is one that is refused, and gets its sentence. */
static void check(const char *text, const char *expected)
{
    BUFFER_FREE_LATER struct buffer said = BUFFER_NULL;
    int64_t unused_ms;

    assert_int_equal(window_parse_time(text, &unused_ms), 1);
    timetext_explain(text, &said);
    if (!strstr(buffer_text(&said), expected))
        fail_msg("\"%s\": \"%s\" instead of \"%s\"", text, buffer_text(&said), expected);
}

static void test_english(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].english);
}

static void test_chinese(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].chinese);
    setenv("LC_ALL", "C", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_chinese),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
