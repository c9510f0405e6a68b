/* window: when sending is allowed. See window.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/window.h"

#include <stdlib.h>
#include <time.h>

/* The digits of text[at..at+count) as a number, or -1. */
static int window_number(const char *text, size_t at, size_t count)
{
    int value = 0;

    for (size_t i = at; i < at + count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Compares with a pattern in which 0 stands for any digit; stops at the first difference, so text
 * is never read past its end. */
static bool window_looks_like(const char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++) {
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    }
    return *text == '\0';
}

static bool window_same_time(const struct tm *a, const struct tm *b)
{
    return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
           a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

int window_parse_time(const char *text, int64_t *wall_ms)
{
    bool seconds = window_looks_like(text, "0000-00-00 00:00:00");
    struct tm asked = {0}, found;
    time_t when;

    if (!seconds && !window_looks_like(text, "0000-00-00 00:00"))
        return 1;
    asked.tm_year = window_number(text, 0, 4) - 1900;
    asked.tm_mon = window_number(text, 5, 2) - 1;
    asked.tm_mday = window_number(text, 8, 2);
    asked.tm_hour = window_number(text, 11, 2);
    asked.tm_min = window_number(text, 14, 2);
    asked.tm_sec = seconds ? window_number(text, 17, 2) : 0;
    asked.tm_isdst = -1;
    /* mktime moves what doesn't exist (31 February, a skipped hour) to what does: then it differs.
     * It says -1 also for one good second of 1969; tm_wday tells that apart from an error. */
    found = asked;
    found.tm_wday = -1;
    when = mktime(&found);
    if (found.tm_wday < 0 || !window_same_time(&asked, &found))
        return 1;
    *wall_ms = (int64_t)when * 1000;
    return 0;
}

static int window_compare(const void *a, const void *b)
{
    const struct window *x = a, *y = b;

    if (x->from_ms != y->from_ms)
        return x->from_ms < y->from_ms ? -1 : 1;
    return (x->to_ms > y->to_ms) - (x->to_ms < y->to_ms);
}

int window_sort(struct window *windows, size_t n, size_t *at)
{
    if (n)
        qsort(windows, n, sizeof *windows, window_compare);
    for (size_t i = 0; i < n; i++) {
        bool empty = windows[i].from_ms >= windows[i].to_ms;

        if (empty || (i > 0 && windows[i - 1].to_ms > windows[i].from_ms)) {
            *at = i;
            return 1;
        }
    }
    return 0;
}

/* How many windows have begun at the instant. */
static size_t window_begun(const struct window *windows, size_t n, int64_t wall_ms)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (windows[middle].from_ms <= wall_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct window *window_at(const struct window *windows, size_t n, int64_t wall_ms)
{
    size_t begun = window_begun(windows, n, wall_ms);

    return begun && wall_ms < windows[begun - 1].to_ms ? &windows[begun - 1] : NULL;
}

const struct window *window_after(const struct window *windows, size_t n, int64_t wall_ms)
{
    size_t begun = window_begun(windows, n, wall_ms);

    return begun < n ? &windows[begun] : NULL;
}
