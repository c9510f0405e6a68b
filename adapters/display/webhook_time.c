/* webhook_time: instants as platforms write them. See webhook_time.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"

enum { WEBHOOK_FORMAT_MOST = 60 };

/* A number from here on counts milliseconds: as seconds it would be the year 5138. */
#define WEBHOOK_MILLISECONDS INT64_C(100000000000)
#define WEBHOOK_LATEST       INT64_C(253402300799) /* the end of 9999, seconds */

static bool webhook_is(const char *format, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(format, word, length) == 0;
}

static bool webhook_is_pattern(const char *format, size_t length)
{
    if (length > WEBHOOK_FORMAT_MOST || !memchr(format, '%', length))
        return false;
    for (size_t i = 0; i < length; i++)
        if (format[i] == '%' && (++i == length || !memchr("YymdHMSj%", format[i], 9)))
            return false;
    return true;
}

bool webhook_time_is_format(const char *format, size_t length)
{
    return length == 0 || webhook_is(format, length, "s") || webhook_is(format, length, "ms") ||
           webhook_is(format, length, "local") || webhook_is_pattern(format, length);
}

static struct tm webhook_time_local(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;

    LOG_ASSERT(localtime_r(&seconds, &local));
    return local;
}

/* One conversion of a pattern. */
static void webhook_time_part(const struct tm *local, char conversion, struct buffer *out)
{
    switch (conversion) {
    case 'Y':
        buffer_printf(out, "%04d", local->tm_year + 1900);
        break;
    case 'y':
        buffer_printf(out, "%02d", local->tm_year % 100);
        break;
    case 'm':
        buffer_printf(out, "%02d", local->tm_mon + 1);
        break;
    case 'd':
        buffer_printf(out, "%02d", local->tm_mday);
        break;
    case 'H':
        buffer_printf(out, "%02d", local->tm_hour);
        break;
    case 'M':
        buffer_printf(out, "%02d", local->tm_min);
        break;
    case 'S':
        buffer_printf(out, "%02d", local->tm_sec);
        break;
    case 'j':
        buffer_printf(out, "%03d", local->tm_yday + 1);
        break;
    default:
        buffer_add_char(out, conversion);
    }
}

static void webhook_time_pattern(int64_t wall_ms, const char *pattern, size_t length,
                                 struct buffer *out)
{
    struct tm local = webhook_time_local(wall_ms);

    for (size_t i = 0; i < length; i++) {
        if (pattern[i] == '%')
            webhook_time_part(&local, pattern[++i], out);
        else
            buffer_add_char(out, pattern[i]);
    }
}

/* "2026-10-31T08:30:00+08:00" */
static void webhook_time_iso(int64_t wall_ms, struct buffer *out)
{
    static const char pattern[] = "%Y-%m-%dT%H:%M:%S";
    long offset = webhook_time_local(wall_ms).tm_gmtoff / 60;
    long minutes = offset < 0 ? -offset : offset;

    webhook_time_pattern(wall_ms, pattern, sizeof pattern - 1, out);
    buffer_printf(out, "%c%02ld:%02ld", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void webhook_time_write(int64_t wall_ms, const char *format, size_t length, struct buffer *out)
{
    static const char local[] = "%Y-%m-%d %H:%M:%S";

    LOG_ASSERT(webhook_time_is_format(format, length));
    if (length == 0)
        webhook_time_iso(wall_ms, out);
    else if (webhook_is(format, length, "s"))
        buffer_printf(out, "%lld", (long long)(wall_ms / 1000));
    else if (webhook_is(format, length, "ms"))
        buffer_printf(out, "%lld", (long long)wall_ms);
    else if (webhook_is(format, length, "local"))
        webhook_time_pattern(wall_ms, local, sizeof local - 1, out);
    else
        webhook_time_pattern(wall_ms, format, length, out);
}

static bool webhook_time_count(int64_t count, int64_t *wall_ms)
{
    if (count <= 0 || count > WEBHOOK_LATEST * 1000)
        return false;
    *wall_ms = count < WEBHOOK_MILLISECONDS ? count * 1000 : count;
    return true;
}

/* What follows the seconds: nothing, "Z", "+0800" or "+08:00". */
static bool webhook_time_offset(const char *text, bool *local, int64_t *offset_s)
{
    int hours = 0, minutes = 0, end = 0;

    *local = !*text;
    *offset_s = 0;
    if (*local || strcmp(text, "Z") == 0)
        return true;
    if (strspn(text + 1, "0123456789:") != strlen(text + 1) || !memchr("+-", *text, 2))
        return false;
    if (!(sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &end) == 2 && !text[1 + end]) &&
        !(sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &end) == 2 && !text[1 + end]))
        return false;
    *offset_s = (hours * 60 + minutes) * (*text == '-' ? -60 : 60);
    return hours <= 14 && minutes < 60;
}

static bool webhook_time_date(const char *text, int64_t *wall_ms)
{
    struct tm tm = {.tm_isdst = -1};
    int64_t offset_s;
    bool local;
    time_t seconds;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

    if (!rest)
        rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
    if (!rest)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    tm.tm_isdst = -1;
    if (!webhook_time_offset(rest, &local, &offset_s))
        return false;
    seconds = local ? mktime(&tm) : timegm(&tm);
    return webhook_time_count(((int64_t)seconds - offset_s) * 1000, wall_ms) &&
           seconds > WEBHOOK_MILLISECONDS / 1000;
}

bool webhook_time_read(const struct jv *value, int64_t *wall_ms)
{
    const char *text = jv_text(value);

    if (!text)
        return webhook_time_count(jv_number(value, 0), wall_ms);
    if (*text && strlen(text) <= 15 && strspn(text, "0123456789") == strlen(text))
        return webhook_time_count(strtoll(text, NULL, 10), wall_ms);
    return strlen(text) < 64 && webhook_time_date(text, wall_ms);
}
