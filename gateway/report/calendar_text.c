/* calendar_text: a list of windows as people would write it. See calendar_text.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/report/calendar_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/calendar.h"

#define CALENDAR_DAY_MIN   1440
#define CALENDAR_EVERY_DAY 0x7Fu
#define CALENDAR_GAP_DAYS  7 /* days further apart are no row */

/* Windows of the same time of the day, on days of the same weeks. */
struct calendar_row {
    int64_t from_day, to_day;
    int64_t from_min, to_min; /* since the local midnight of the day on which it begins */
    unsigned days;            /* bit 0 is Monday */
    int64_t n, open_ms;
};

static int64_t calendar_minute(int64_t wall_ms)
{
    time_t when = (time_t)(wall_ms / 1000);
    struct tm local = {0};

    localtime_r(&when, &local);
    return local.tm_hour * INT64_C(60) + local.tm_min;
}

static unsigned calendar_weekday(int64_t day)
{
    return (unsigned)((day + 3) % 7); /* 1970 began on a Thursday */
}

static struct calendar_row calendar_row_of(const struct window *window)
{
    int64_t day = calendar_day(window->from_ms);
    int64_t over = calendar_day(window->to_ms) - day;

    return (struct calendar_row){.from_day = day,
                                 .to_day = day,
                                 .from_min = calendar_minute(window->from_ms),
                                 .to_min = over * CALENDAR_DAY_MIN + calendar_minute(window->to_ms),
                                 .days = 1u << calendar_weekday(day),
                                 .n = 1,
                                 .open_ms = window->to_ms - window->from_ms};
}

static int calendar_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int calendar_by_time(const void *left, const void *right)
{
    const struct calendar_row *a = left, *b = right;
    int order = calendar_order(a->from_min, b->from_min);

    order = order ? order : calendar_order(a->to_min, b->to_min);
    return order ? order : calendar_order(a->from_day, b->from_day);
}

static int calendar_by_day(const void *left, const void *right)
{
    const struct calendar_row *a = left, *b = right;
    int order = calendar_order(a->from_day, b->from_day);

    return order ? order : calendar_order(a->from_min, b->from_min);
}

static bool calendar_joins(const struct calendar_row *row, const struct calendar_row *next)
{
    return row->from_min == next->from_min && row->to_min == next->to_min &&
           next->to_min - next->from_min <= CALENDAR_DAY_MIN &&
           next->from_day - row->to_day <= CALENDAR_GAP_DAYS;
}

/* To be freed. */
static struct calendar_row *calendar_rows(const struct window *windows, size_t n, size_t *rows)
{
    struct calendar_row *row = mem_array(n, struct calendar_row);

    *rows = 0;
    for (size_t i = 0; i < n; i++)
        row[i] = calendar_row_of(&windows[i]);
    if (!n)
        return row;
    qsort(row, n, sizeof *row, calendar_by_time);
    for (size_t i = 1; i < n; i++) {
        struct calendar_row *last = &row[*rows];

        if (!calendar_joins(last, &row[i])) {
            row[++*rows] = row[i];
            continue;
        }
        last->to_day = row[i].to_day;
        last->days |= row[i].days;
        last->n++;
        last->open_ms += row[i].open_ms;
    }
    qsort(row, ++*rows, sizeof *row, calendar_by_day);
    return row;
}

static void calendar_put_day(struct buffer *out, int64_t day, bool year)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = (time_t)(day * 86400);
    struct tm date = {0};

    gmtime_r(&when, &date);
    if (lang_is_chinese()) {
        if (year)
            buffer_printf(out, "%d 年 ", date.tm_year + 1900);
        buffer_printf(out, "%d 月 %d 日", date.tm_mon + 1, date.tm_mday);
        return;
    }
    buffer_printf(out, "%d %s", date.tm_mday, months[date.tm_mon]);
    if (year)
        buffer_printf(out, " %d", date.tm_year + 1900);
}

static int calendar_year(int64_t day)
{
    time_t when = (time_t)(day * 86400);
    struct tm date = {0};

    gmtime_r(&when, &date);
    return date.tm_year;
}

/* The year stands once when it is one: in English behind, in Chinese before. */
static void calendar_put_days(struct buffer *out, int64_t from_day, int64_t to_day)
{
    bool same = calendar_year(from_day) == calendar_year(to_day);

    if (from_day != to_day) {
        calendar_put_day(out, from_day, !same || lang_is_chinese());
        buffer_add_text(out, lang(" - ", "至 "));
    }
    calendar_put_day(out, to_day, !same || !lang_is_chinese() || from_day == to_day);
}

static void calendar_put_weekdays(struct buffer *out, unsigned days)
{
    static const char *const english[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    static const char *const chinese[] = {"周一", "周二", "周三", "周四", "周五", "周六", "周日"};
    const char *const *names = lang_is_chinese() ? chinese : english;
    bool some = false;

    if (days == CALENDAR_EVERY_DAY) {
        buffer_add_text(out, lang("every day", "每天"));
        return;
    }
    for (unsigned day = 0, last; day < 7; day = last + 1) {
        last = day;
        if (!(days >> day & 1))
            continue;
        while (last < 6 && days >> (last + 1) & 1)
            last++;
        buffer_printf(out, "%s%s", some ? lang(",", "、") : "", names[day]);
        if (last > day)
            buffer_printf(out, "%s%s", lang("-", "至"), names[last]);
        some = true;
    }
}

static void calendar_put_time(struct buffer *out, int64_t minute)
{
    minute = minute > CALENDAR_DAY_MIN ? minute % CALENDAR_DAY_MIN : minute;
    buffer_printf(out, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

static void calendar_put_sum(struct buffer *out, int64_t n, int64_t open_ms)
{
    long long minutes = open_ms / 60000, count = n;

    buffer_printf(out,
                  n == 1 ? lang("%lld window, ", "%lld 个时间窗，")
                         : lang("%lld windows, ", "%lld 个时间窗，"),
                  count);
    if (minutes >= 60)
        buffer_printf(out, lang("%lld h", "%lld 小时"), minutes / 60);
    if (minutes % 60 || minutes < 60)
        buffer_printf(out, lang("%s%lld min", "%s%lld 分钟"), minutes >= 60 ? " " : "",
                      minutes % 60);
    buffer_add_text(out, "\n");
}

static int64_t calendar_days_missing(const struct calendar_row *row)
{
    int64_t days = 0;

    for (int64_t day = row->from_day; day <= row->to_day; day++)
        days += row->days >> calendar_weekday(day) & 1;
    return days > row->n ? days - row->n : 0;
}

static void calendar_put_row(struct buffer *out, const struct calendar_row *row, const char *indent)
{
    int64_t missing = calendar_days_missing(row);

    buffer_add_text(out, indent);
    calendar_put_days(out, row->from_day, row->to_day);
    if (row->from_day != row->to_day) {
        buffer_add_text(out, lang(", ", "，"));
        calendar_put_weekdays(out, row->days);
    }
    buffer_add_text(out, " ");
    calendar_put_time(out, row->from_min);
    if (row->to_min - row->from_min > CALENDAR_DAY_MIN) {
        buffer_add_text(out, lang(" - ", " 至 "));
        calendar_put_days(out, row->from_day + row->to_min / CALENDAR_DAY_MIN,
                          row->from_day + row->to_min / CALENDAR_DAY_MIN);
        buffer_add_text(out, " ");
        calendar_put_time(out, row->to_min % CALENDAR_DAY_MIN);
    } else {
        buffer_add_text(out, "-");
        calendar_put_time(out, row->to_min);
    }
    if (missing)
        buffer_printf(out,
                      missing == 1 ? lang(" (%lld day left out)", "（其中 %lld 天不开放）")
                                   : lang(" (%lld days left out)", "（其中 %lld 天不开放）"),
                      (long long)missing);
    buffer_add_text(out, lang(": ", "："));
    calendar_put_sum(out, row->n, row->open_ms);
}

void calendar_text(const struct window *windows, size_t n, const char *indent, struct buffer *out)
{
    size_t rows;
    struct calendar_row *row = calendar_rows(windows, n, &rows);

    for (size_t i = 0; i < rows && i < CALENDAR_TEXT_LINES; i++)
        calendar_put_row(out, &row[i], indent);
    if (rows > CALENDAR_TEXT_LINES)
        buffer_printf(out, lang("%sand %zu more lines\n", "%s另有 %zu 行\n"), indent,
                      rows - CALENDAR_TEXT_LINES);
    if (rows > 1) {
        buffer_printf(out, "%s%s", indent, lang("together: ", "合计："));
        calendar_put_sum(out, (int64_t)n, calendar_open_ms(windows, n));
    }
    free(row);
}
