/* forecast_draw: forecasts that are drawn by chance, some too big for their windows.
 * Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_FORECAST_DRAW_H
#define LAWCAST_TESTS_UNIT_FORECAST_DRAW_H

#include "tests/unit/forecast_kit.h"

static inline uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static inline int64_t pick(uint64_t *state, int64_t from, int64_t to)
{
    return from + (int64_t)(draw(state) % (uint64_t)(to - from + 1));
}

static inline void draw_order(struct kit *kit, size_t i, uint64_t *state)
{
    struct forecast_order *order = &kit->orders[i];

    order->quota = 0;
    order->open[OPERATOR_MOBILE][1] = 0;
    order->routing = (int)pick(state, ROUTING_PREFER, ROUTING_ANY);
    for (int64_t n = pick(state, 1, 3); n; n--) {
        int64_t open = pick(state, 0, 400), parts = pick(state, 1, 3);

        order->open[pick(state, 0, 3)][parts] += open;
        order->reserve[pick(state, 0, 3)][parts] += pick(state, 0, open / 4);
        order->quota += open;
    }
    order->quota += pick(state, -20, 20);
    order->taken = pick(state, 0, 50);
    order->rate = pick(state, 0, 5) ? 0 : pick(state, 50, 400);
    order->n_windows = (size_t)pick(state, 1, 3);
    for (size_t k = 0; k < order->n_windows; k++) {
        int64_t from = KIT_T + (int64_t)k * pick(state, 1, 12) * KIT_HOUR;

        from = k ? kit->windows[i][k - 1].to_ms + from - KIT_T : from;
        kit->windows[i][k] = (struct window){from, from + pick(state, 5, 90) * 60000};
    }
}

static inline void draw_kit(struct kit *kit, uint64_t seed)
{
    uint64_t state = seed * 77 + 5;

    draw(&state);
    kit_make(kit, (size_t)pick(&state, 1, KIT_LANES - 1), 1, KIT_HOUR);
    kit->setup.seed = seed;
    kit->setup.n_orders = (size_t)pick(&state, 1, 2);
    kit->setup.n_groups = (size_t)pick(&state, 0, 1);
    kit->group.limits.per_hour = pick(&state, 100, 600);
    for (size_t i = 0; i < KIT_LANES; i++) {
        struct forecast_lane *lane = &kit->lanes[i];

        lane->network = pick(&state, -1, 3);
        lane->part_ms = pick(&state, 500, 6000);
        lane->gap_ms = pick(&state, 0, 1) ? pick(&state, 0, 2000) : 0;
        lane->limits.per_hour = pick(&state, 0, 1) ? pick(&state, 20, 400) : 0;
        lane->limits.per_day = pick(&state, 0, 2) ? 0 : pick(&state, 50, 500);
        lane->group = kit->setup.n_groups && pick(&state, 0, 1) ? 0 : -1;
    }
    for (size_t i = 0; i < 2; i++)
        draw_order(kit, i, &state);
    if (pick(&state, 0, 1))
        kit->setup.chances = (struct forecast_chances){.rejected = 20000,
                                                       .undelivered = 80000,
                                                       .deferred = 30000,
                                                       .lanes_lost = 50000,
                                                       .report_ms = 20000,
                                                       .air_spread = 100000};
}

#endif
