/* hours: for how long sending is still allowed. See hours.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/dispatch/hours.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"

static int hours_compare(const void *a, const void *b)
{
    int64_t x = ((const struct window *)a)->from_ms, y = ((const struct window *)b)->from_ms;

    return (x > y) - (x < y);
}

/* Neighbours that touch or overlap become one. */
static void hours_merge(struct hours *hours)
{
    size_t kept = 0;

    qsort(hours->windows, hours->n, sizeof *hours->windows, hours_compare);
    for (size_t i = 1; i < hours->n; i++) {
        struct window *last = &hours->windows[kept], *next = &hours->windows[i];

        if (next->from_ms > last->to_ms)
            hours->windows[++kept] = *next;
        else if (next->to_ms > last->to_ms)
            last->to_ms = next->to_ms;
    }
    hours->n = kept + 1;
}

void hours_add(struct hours *hours, const struct window *windows, size_t n)
{
    if (!n)
        return;
    hours->windows = mem_grow(hours->windows, hours->n + n, sizeof *windows);
    memcpy(hours->windows + hours->n, windows, n * sizeof *windows);
    hours->n += n;
    hours_merge(hours);
}

void hours_clear(struct hours *hours)
{
    free(hours->windows);
    *hours = (struct hours){0};
}

int64_t hours_left_ms(const struct hours *hours, int64_t now_ms, int64_t until_ms)
{
    int64_t left = 0;

    for (size_t i = 0; i < hours->n; i++) {
        const struct window *window = &hours->windows[i];
        int64_t from = window->from_ms > now_ms ? window->from_ms : now_ms;
        int64_t to = window->to_ms < until_ms ? window->to_ms : until_ms;

        left += to > from ? to - from : 0;
    }
    return left;
}

int64_t hours_next(int64_t now_ms, int hour)
{
    time_t now = (time_t)(now_ms / 1000), then;
    struct tm local;

    localtime_r(&now, &local);
    local.tm_mday += local.tm_hour >= hour;
    local.tm_hour = hour;
    local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    then = mktime(&local);
    return (int64_t)then * 1000;
}
