/* leap: where the clock of a rehearsal jumps to. See leap.h.
 * Runs: any (pure). */
#include "gateway/model/leap.h"

static int64_t leap_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t leap_edge(const struct window *windows, size_t n, int64_t now_ms)
{
    int64_t edge = INT64_MAX;

    for (size_t i = 0; i < n; i++) {
        if (windows[i].from_ms > now_ms)
            edge = leap_sooner(edge, windows[i].from_ms);
        if (windows[i].to_ms > now_ms)
            edge = leap_sooner(edge, windows[i].to_ms);
    }
    return edge;
}

static int64_t leap_edge_of(const struct campaign *campaign, int64_t now_ms)
{
    int64_t edge = leap_edge(campaign->windows, campaign->n_windows, now_ms);

    for (size_t i = 0; i < campaign->n_orders; i++)
        edge = leap_sooner(
            edge, leap_edge(campaign->orders[i].windows, campaign->orders[i].n_windows, now_ms));
    for (size_t i = 0; i < campaign->n_displays; i++)
        edge = leap_sooner(edge, leap_edge(campaign->displays[i].windows,
                                           campaign->displays[i].n_windows, now_ms));
    return edge;
}

int64_t leap_target(const struct campaign *campaign, int64_t grid_ms, int64_t now_ms,
                    const struct leap_next *next)
{
    int64_t message = next->message_ms;
    int64_t target = leap_sooner(next->show_ms, next->world_ms);

    if (message > now_ms && message < INT64_MAX - grid_ms)
        message = (message + grid_ms - 1) / grid_ms * grid_ms;
    target = leap_sooner(target, message);
    return target == INT64_MAX ? target : leap_sooner(target, leap_edge_of(campaign, now_ms));
}
