/* timetext: what is wrong with a time. See timetext.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/config/timetext.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/model/calendar.h"
#include "gateway/model/window.h"

enum {
    TIMETEXT_YEAR,
    TIMETEXT_MONTH,
    TIMETEXT_DAY,
    TIMETEXT_HOUR,
    TIMETEXT_MINUTE,
    TIMETEXT_FIELDS
};

/* The numbers in a text, as people write times. */
struct timetext {
    int n[TIMETEXT_FIELDS + 1]; /* a sixth one: seconds */
    int count;
};

/* What may stand between the numbers without changing what they mean. */
static const char *const timetext_between[] = {
    "-", "/", ".", ":", " ", "T", "：", "－", "　", "年", "月", "日", "号", "时", "点", "分", "秒",
};

static size_t timetext_skip(const char *text)
{
    for (size_t i = 0; i < sizeof timetext_between / sizeof *timetext_between; i++)
        if (strncmp(text, timetext_between[i], strlen(timetext_between[i])) == 0)
            return strlen(timetext_between[i]);
    return 0;
}

/* The digits at *at, at most 4, as a number; *at moves behind them. */
static int timetext_number(const char **at)
{
    int value = 0;

    for (int i = 0; i < 4 && **at >= '0' && **at <= '9'; i++)
        value = value * 10 + (*(*at)++ - '0');
    return value;
}

/* false: there is something in the text that no time has. */
static bool timetext_read(const char *text, struct timetext *out)
{
    *out = (struct timetext){0};
    while (*text) {
        size_t skip = timetext_skip(text);

        if (skip) {
            text += skip;
            continue;
        }
        if (*text < '0' || *text > '9' || out->count > TIMETEXT_FIELDS)
            return false;
        out->n[out->count++] = timetext_number(&text);
        if (*text >= '0' && *text <= '9')
            return false;
    }
    return true;
}

static int timetext_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static const char *timetext_month_name(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

    return names[month - 1];
}

static bool timetext_bad_date(const struct timetext *time, struct buffer *out)
{
    int year = time->n[TIMETEXT_YEAR], month = time->n[TIMETEXT_MONTH];
    int day = time->n[TIMETEXT_DAY], days;

    if (month < 1 || month > 12) {
        buffer_printf(out, lang("There is no month %d.", "没有 %d 月。"), month);
        return true;
    }
    days = timetext_days(year, month);
    if (day >= 1 && day <= days)
        return false;
    if (lang_is_chinese())
        buffer_printf(out, "%d 年 %d 月只有 %d 天。", year, month, days);
    else
        buffer_printf(out, "%s %d has %d days.", timetext_month_name(month), year, days);
    return true;
}

/* 24:00 is the next day's 00:00. */
static void timetext_midnight(struct timetext time, struct buffer *out)
{
    if (++time.n[TIMETEXT_DAY] > timetext_days(time.n[TIMETEXT_YEAR], time.n[TIMETEXT_MONTH])) {
        time.n[TIMETEXT_DAY] = 1;
        time.n[TIMETEXT_MONTH]++;
    }
    if (time.n[TIMETEXT_MONTH] > 12) {
        time.n[TIMETEXT_MONTH] = 1;
        time.n[TIMETEXT_YEAR]++;
    }
    buffer_printf(out,
                  lang("For the end of the day write 00:00 of the next one: \"%04d-%02d-%02d "
                       "00:00\".",
                       "一天结束请写第二天的 00:00：\"%04d-%02d-%02d 00:00\"。"),
                  time.n[TIMETEXT_YEAR], time.n[TIMETEXT_MONTH], time.n[TIMETEXT_DAY]);
}

static void timetext_whole(const struct timetext *time, struct buffer *out)
{
    int hour = time->n[TIMETEXT_HOUR], minute = time->n[TIMETEXT_MINUTE];
    int second = time->n[TIMETEXT_FIELDS];
    BUFFER_FREE_LATER struct buffer form = BUFFER_NULL;
    int64_t unused_ms;

    if (hour == 24 && minute == 0 && second == 0) {
        timetext_midnight(*time, out);
        return;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        buffer_add_text(out, lang("Hours go from 00 to 23, minutes and seconds from 00 to 59.",
                                  "小时为 00 到 23，分和秒为 00 到 59。"));
        return;
    }
    buffer_printf(&form, "%04d-%02d-%02d %02d:%02d", time->n[TIMETEXT_YEAR],
                  time->n[TIMETEXT_MONTH], time->n[TIMETEXT_DAY], hour, minute);
    if (second)
        buffer_printf(&form, ":%02d", second);
    if (window_parse_time(buffer_text(&form), &unused_ms))
        buffer_add_text(out, lang("The clocks are moved then: this time doesn't exist.",
                                  "当时正在调整夏令时，没有这个时刻。"));
    else
        buffer_printf(out, lang("Write \"%s\".", "请写成 \"%s\"。"), buffer_text(&form));
}

void timetext_explain(const char *text, struct buffer *out)
{
    struct timetext time;
    bool read = timetext_read(text, &time);

    if (read && (time.count == 2 || time.count == 1) && time.n[0] <= 24 && time.n[1] <= 59)
        buffer_printf(out,
                      lang("The date is missing: write \"2026-10-31 %02d:%02d\" with the day you "
                           "mean.",
                           "缺少日期：请连日期一起写，例如 \"2026-10-31 %02d:%02d\"。"),
                      time.n[0] % 24, time.n[1]);
    else if (!read || time.count < 3 || time.n[TIMETEXT_YEAR] < 1000)
        buffer_add_text(out, lang("Write \"2026-10-31 08:30\".", "请写成 \"2026-10-31 08:30\"。"));
    else if (timetext_bad_date(&time, out))
        return;
    else if (time.count == 3)
        buffer_printf(out,
                      lang("The time of day is missing: write \"%04d-%02d-%02d 08:30\" with the "
                           "one you mean.",
                           "缺少钟点：请连钟点一起写，例如 \"%04d-%02d-%02d 08:30\"。"),
                      time.n[TIMETEXT_YEAR], time.n[TIMETEXT_MONTH], time.n[TIMETEXT_DAY]);
    else
        timetext_whole(&time, out);
}

void timetext_explain_date(const char *text, struct buffer *out)
{
    struct timetext time;
    int64_t unused;

    if (!timetext_read(text, &time) || time.count < 3 || time.n[TIMETEXT_YEAR] < 1000) {
        buffer_add_text(out, lang("Write \"2026-10-31\".", "请写成 \"2026-10-31\"。"));
    } else if (!timetext_bad_date(&time, out)) {
        BUFFER_FREE_LATER struct buffer form = BUFFER_NULL;

        buffer_printf(&form, "%04d-%02d-%02d", time.n[TIMETEXT_YEAR], time.n[TIMETEXT_MONTH],
                      time.n[TIMETEXT_DAY]);
        if (calendar_parse_date(buffer_text(&form), &unused))
            buffer_add_text(out, lang("Dates begin with 1970.", "日期从 1970 年开始。"));
        else
            buffer_printf(out, lang("Write \"%s\".", "请写成 \"%s\"。"), buffer_text(&form));
    }
}
