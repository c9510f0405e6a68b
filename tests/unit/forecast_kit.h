/* forecast_kit: a forecast to be tested: one day, one window, as many lanes and orders as wanted.
 * Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_FORECAST_KIT_H
#define LAWCAST_TESTS_UNIT_FORECAST_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/model/forecast.h"

#define KIT_LANES 8
#define KIT_T     kit_at("2026-10-31 08:30")
#define KIT_HOUR  (3600 * INT64_C(1000))
#define KIT_DAY   (24 * KIT_HOUR)

struct kit {
    struct forecast_setup setup;
    struct forecast_lane lanes[KIT_LANES];
    struct forecast_group group;
    struct forecast_order orders[2];
    struct window windows[2][4];
    struct forecast *forecast;
    const struct forecast_result *result;
};

static inline int64_t kit_at(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

static inline void kit_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

/* n lanes of the mobile network, 3 s a part, no limits; one order of so many messages of one part
 * to that network, from KIT_T for span_ms. It is an hour before. */
static inline void kit_make(struct kit *kit, size_t n, int64_t messages, int64_t span_ms)
{
    *kit = (struct kit){0};
    kit->windows[0][0] = (struct window){KIT_T, KIT_T + span_ms};
    kit->windows[1][0] = kit->windows[0][0];
    for (size_t i = 0; i < KIT_LANES; i++)
        kit->lanes[i] = (struct forecast_lane){
            .group = -1, .network = OPERATOR_MOBILE, .part_ms = FORECAST_PART_MS};
    for (size_t i = 0; i < 2; i++) {
        kit->orders[i] = (struct forecast_order){
            .windows = kit->windows[i], .n_windows = 1, .quota = messages, .routing = ROUTING_OWN};
        kit->orders[i].open[OPERATOR_MOBILE][1] = messages;
    }
    kit->setup = (struct forecast_setup){
        .now_ms = KIT_T - KIT_HOUR,
        .seed = 1,
        .lanes = kit->lanes,
        .n_lanes = n,
        .groups = &kit->group,
        .orders = kit->orders,
        .n_orders = 1,
    };
}

static inline void kit_play(struct kit *kit)
{
    kit->forecast = forecast_new(&kit->setup);
    while (!forecast_step(kit->forecast, 1000))
        ;
    kit->result = forecast_result(kit->forecast);
}

static inline void kit_end(struct kit *kit)
{
    forecast_free(kit->forecast);
    kit->forecast = NULL;
}

/* The total's finish, ms after KIT_T. */
static inline int64_t kit_finish(const struct kit *kit)
{
    return kit->result->total.finish_p50_ms - KIT_T;
}

#endif
