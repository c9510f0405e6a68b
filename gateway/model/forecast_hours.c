/* forecast_hours: sending time: the windows of all orders together.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>
#include <time.h>

#include "gateway/base/mem.h"

/* The next local midnight. Where daylight saving skips it, the day's first instant. */
static int64_t forecast_midnight(int64_t wall_ms)
{
    time_t now = (time_t)(wall_ms / 1000), then;
    struct tm local;

    localtime_r(&now, &local);
    local.tm_mday++;
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    then = mktime(&local);
    return then > now ? (int64_t)then * 1000 : wall_ms + FORECAST_DAY_MS;
}

static int forecast_hours_compare(const void *a, const void *b)
{
    int64_t x = ((const struct window *)a)->from_ms, y = ((const struct window *)b)->from_ms;

    return (x > y) - (x < y);
}

static void forecast_hours_merge(struct forecast_hours *hours)
{
    size_t kept = 0;

    if (!hours->n_windows)
        return;
    qsort(hours->windows, hours->n_windows, sizeof *hours->windows, forecast_hours_compare);
    for (size_t i = 1; i < hours->n_windows; i++) {
        struct window *last = &hours->windows[kept], *next = &hours->windows[i];

        if (next->from_ms > last->to_ms)
            hours->windows[++kept] = *next;
        else if (next->to_ms > last->to_ms)
            last->to_ms = next->to_ms;
    }
    hours->n_windows = kept + 1;
}

static void forecast_hours_gather(struct forecast_hours *hours, const struct forecast_order *order,
                                  int64_t now_ms)
{
    hours->windows =
        mem_grow(hours->windows, hours->n_windows + order->n_windows + 1, sizeof *hours->windows);
    for (size_t i = 0; i < order->n_windows; i++)
        if (order->windows[i].to_ms > now_ms) {
            struct window *window = &hours->windows[hours->n_windows++];

            *window = order->windows[i];
            if (window->from_ms < now_ms)
                window->from_ms = now_ms;
        }
}

/* Sorted windows overlap most of what came before: merging each time keeps the list short. */
static void forecast_hours_collect(struct forecast_hours *hours,
                                   const struct forecast_order *orders, size_t n, int64_t now_ms)
{
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && orders[i].windows == orders[i - 1].windows &&
                    orders[i].n_windows == orders[i - 1].n_windows && !orders[i - 1].paused;

        if (!orders[i].paused && !same) {
            forecast_hours_gather(hours, &orders[i], now_ms);
            forecast_hours_merge(hours);
        }
    }
}

static void forecast_hours_span(struct forecast_hours *hours, int64_t from_ms, int64_t to_ms)
{
    if (hours->n % 16 == 0)
        hours->spans = mem_grow(hours->spans, hours->n + 16, sizeof *hours->spans);
    hours->spans[hours->n++] = (struct forecast_span){from_ms, to_ms, hours->total_ms, 0};
    hours->total_ms += to_ms - from_ms;
}

void forecast_hours_init(struct forecast_hours *hours, const struct forecast_order *orders,
                         size_t n, int64_t now_ms)
{
    int64_t midnight = INT64_MIN;
    size_t first = 0;

    *hours = (struct forecast_hours){0};
    forecast_hours_collect(hours, orders, n, now_ms);
    for (size_t i = 0; i < hours->n_windows; i++)
        for (int64_t at = hours->windows[i].from_ms; at < hours->windows[i].to_ms;) {
            int64_t to = hours->windows[i].to_ms;

            if (at >= midnight) {
                midnight = forecast_midnight(at);
                first = hours->n;
            }
            to = to < midnight ? to : midnight;
            forecast_hours_span(hours, at, to);
            for (size_t k = first; k < hours->n; k++)
                hours->spans[k].day_end_ms = hours->total_ms;
            at = to;
        }
}

void forecast_hours_fini(struct forecast_hours *hours)
{
    free(hours->windows);
    free(hours->spans);
    *hours = (struct forecast_hours){0};
}

/* The last span that has begun, or NULL. */
static const struct forecast_span *forecast_hours_find(const struct forecast_hours *hours,
                                                       int64_t wall_ms)
{
    size_t low = 0, high = hours->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (hours->spans[middle].from_ms <= wall_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &hours->spans[low - 1] : NULL;
}

int64_t forecast_hours_gone(const struct forecast_hours *hours, int64_t wall_ms)
{
    const struct forecast_span *span = forecast_hours_find(hours, wall_ms);

    if (!span)
        return 0;
    return span->before_ms + (wall_ms < span->to_ms ? wall_ms : span->to_ms) - span->from_ms;
}

int64_t forecast_hours_wall(const struct forecast_hours *hours, int64_t gone_ms)
{
    for (size_t i = 0; i < hours->n; i++) {
        const struct forecast_span *span = &hours->spans[i];

        if (gone_ms <= span->before_ms + span->to_ms - span->from_ms)
            return span->from_ms + gone_ms - span->before_ms;
    }
    return hours->n ? hours->spans[hours->n - 1].to_ms : 0;
}

int64_t forecast_hours_today(const struct forecast_hours *hours, int64_t wall_ms)
{
    const struct forecast_span *span = forecast_hours_find(hours, wall_ms);

    if (!span || wall_ms >= span->to_ms)
        return 0;
    return span->day_end_ms - span->before_ms - (wall_ms - span->from_ms);
}
