/* test_forecast: cases that can be worked out by hand. */
#include "tests/unit/forecast_kit.h"

static void assert_done_at(struct kit *kit, int64_t ms)
{
    kit_play(kit);
    assert_int_equal(kit_finish(kit), ms);
    assert_int_equal(kit->result->total.finish_p95_ms, kit->result->total.finish_p50_ms);
    assert_int_equal(kit->result->total.short_p95, 0);
    assert_int_equal(kit->result->total.bound, FORECAST_FITS);
    kit_end(kit);
}

static void assert_short_of(struct kit *kit, int64_t messages, enum forecast_bound bound)
{
    kit_play(kit);
    assert_int_equal(kit->result->total.short_p50, messages);
    assert_int_equal(kit->result->orders[0].short_p50, messages);
    assert_string_equal(forecast_bound_name(kit->result->total.bound), forecast_bound_name(bound));
    assert_string_equal(forecast_bound_name(kit->result->orders[0].bound),
                        forecast_bound_name(bound));
    kit_end(kit);
}

static void test_air(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 10, KIT_HOUR);
    assert_done_at(&kit, 30000);
    kit_make(&kit, 2, 10, KIT_HOUR);
    assert_done_at(&kit, 15000);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.lanes[0].gap_ms = 1000;
    assert_done_at(&kit, 39000);
    kit_make(&kit, 1, 5, KIT_HOUR);
    kit.orders[0].open[OPERATOR_MOBILE][1] = 0;
    kit.orders[0].open[OPERATOR_MOBILE][2] = 5;
    kit.lanes[0].gap_ms = 1000;
    assert_done_at(&kit, 39000);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.lanes[0].free_ms = KIT_T + 60000;
    assert_done_at(&kit, 90000);
    kit_make(&kit, 2, 10, KIT_HOUR);
    kit.lanes[1].free_ms = INT64_MAX;
    assert_done_at(&kit, 30000);
}

static void test_counts(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 4, KIT_HOUR);
    kit.orders[0].open[OPERATOR_MOBILE][3] = 2; /* the list is longer than the quota */
    kit_play(&kit);
    assert_int_equal(kit.result->total.messages, 4);
    assert_int_equal(kit.result->total.short_p50, 0);
    kit_end(&kit);
    kit_make(&kit, 1, 4, KIT_HOUR);
    kit.orders[0].taken = 3;
    kit_play(&kit);
    assert_int_equal(kit.result->total.messages, 1);
    assert_int_equal(kit.result->total.parts, 1);
    assert_int_equal(kit_finish(&kit), 3000);
    assert_int_equal(kit.result->sent[FORECAST_STEPS - 1], 1);
    kit_end(&kit);
}

static void test_hour(void **state)
{
    struct meter_limits limits = {.per_hour = 200};
    struct meter *meter = meter_new(&limits);
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 200, 3 * KIT_HOUR);
    kit.lanes[0].limits = limits;
    kit_play(&kit);
    /* 121 slots of 30 s for 200 parts: one in 18.15 s, the first at once. */
    assert_in_range(kit_finish(&kit), 199 * 18150 + 3000, 199 * 18150 + 3200);
    kit_end(&kit);

    /* What it has sent shortly before counts: nothing goes for an hour. */
    kit_make(&kit, 1, 1, 3 * KIT_HOUR);
    kit.lanes[0].limits = limits;
    kit.lanes[0].meter = meter;
    meter_load(meter, &(struct meter_use){meter_slot(KIT_T - 60000), 200}, 1);
    kit_play(&kit);
    assert_in_range(kit_finish(&kit), KIT_HOUR - 60000, KIT_HOUR);
    kit_end(&kit);
    meter_free(meter);

    kit_make(&kit, 1, 300, KIT_HOUR);
    kit.lanes[0].limits = limits;
    kit_play(&kit);
    assert_in_range(kit.result->total.short_p50, 101, 103);
    assert_int_equal(kit.result->total.bound, FORECAST_HOUR);
    assert_true(kit.result->total.finish_p50_ms == INT64_MAX);
    kit_end(&kit);
}

static void test_group(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 3, 10, KIT_HOUR);
    kit.group.limits.per_hour = 120;
    kit.setup.n_groups = 1;
    for (size_t i = 0; i < 3; i++)
        kit.lanes[i].group = 0;
    assert_done_at(&kit, 9 * 30250 + 3000);
}

static void test_never(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 4, KIT_HOUR);
    kit.orders[0].open[OPERATOR_MOBILE][1] = 0;
    kit.orders[0].open[OPERATOR_MOBILE][3] = 4;
    kit.lanes[0].limits.per_hour = 2;
    assert_short_of(&kit, 4, FORECAST_HOUR);
    kit.lanes[0].limits = (struct meter_limits){.per_day = 2};
    assert_short_of(&kit, 4, FORECAST_DAY);
    /* Another one may carry them. What is smaller goes past them: the first lane takes one, and its
     * day's second one would be due in half an hour. */
    kit.setup.n_lanes = 2;
    kit.orders[0].open[OPERATOR_MOBILE][1] = 2;
    kit.orders[0].quota = 6;
    assert_done_at(&kit, 4 * 9000 + 3000);
}

static void test_windows(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 30, 60000);
    kit.windows[0][1] = (struct window){KIT_T + KIT_HOUR, KIT_T + 2 * KIT_HOUR};
    kit.orders[0].n_windows = 2;
    assert_done_at(&kit, KIT_HOUR + 30000);
    /* What doesn't fit any more isn't begun. */
    kit_make(&kit, 1, 30, 59000);
    assert_short_of(&kit, 11, FORECAST_AIR);
    /* It is the middle of the window. */
    kit_make(&kit, 1, 30, 60000);
    kit.setup.now_ms = KIT_T + 30000;
    assert_short_of(&kit, 20, FORECAST_AIR);
}

static void test_days(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 15, KIT_HOUR);
    kit.lanes[0].limits.per_day = 10;
    assert_short_of(&kit, 5, FORECAST_DAY);
    kit.windows[0][1] = (struct window){KIT_T + KIT_DAY, KIT_T + KIT_DAY + KIT_HOUR};
    kit.orders[0].n_windows = 2;
    kit_play(&kit);
    assert_in_range(kit_finish(&kit), KIT_DAY, KIT_DAY + KIT_HOUR);
    assert_int_equal(kit.result->sent[FORECAST_STEPS / 2 - 1], 10);
    assert_int_equal(kit.result->sent[FORECAST_STEPS - 1], 15);
    assert_int_equal(kit.result->possible[FORECAST_STEPS - 1], 20);
    kit_end(&kit);
}

/* Clocks go back at 03:00: what looks like 3 hours is 4. */
static void test_dst(void **state)
{
    struct kit kit;

    (void)state;
    kit_zone("Europe/Berlin");
    kit_make(&kit, 1, 4800, KIT_HOUR);
    kit.windows[0][0] = (struct window){kit_at("2026-10-25 01:30"), kit_at("2026-10-25 04:30")};
    kit.setup.now_ms = kit.windows[0][0].from_ms - KIT_DAY;
    kit_play(&kit);
    assert_true(kit.result->total.finish_p50_ms == kit.windows[0][0].to_ms);
    assert_int_equal(kit.result->possible[FORECAST_STEPS - 1], 4800);
    kit_end(&kit);
    kit_zone("Asia/Shanghai");
}

static void test_deadlines(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 50, 600000);
    kit.setup.n_orders = 2;
    kit.windows[1][0].to_ms = KIT_T + 300000;
    kit_play(&kit);
    assert_int_equal(kit.result->orders[0].finish_p50_ms - KIT_T, 300000);
    assert_int_equal(kit.result->orders[1].finish_p50_ms - KIT_T, 150000);
    kit_end(&kit);
    kit.windows[1][0].to_ms = KIT_T + 600000;
    kit_play(&kit);
    assert_int_equal(kit.result->orders[0].finish_p50_ms - KIT_T, 297000);
    assert_int_equal(kit.result->orders[1].finish_p50_ms - KIT_T, 300000);
    kit_end(&kit);
}

static void test_routes(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 2, 30, KIT_HOUR);
    kit.lanes[1].network = OPERATOR_UNICOM;
    assert_done_at(&kit, 90000);
    kit.orders[0].routing = ROUTING_ANY;
    assert_done_at(&kit, 45000);
    kit.orders[0].routing = ROUTING_PREFER; /* its own can carry all */
    assert_done_at(&kit, 90000);
    kit.lanes[1].network = -1; /* may carry any */
    assert_done_at(&kit, 45000);
    kit.lanes[1].network = OPERATOR_UNICOM;
    kit.windows[0][0].to_ms = KIT_T + 60000; /* its own can't */
    kit_play(&kit);
    assert_int_equal(kit.result->total.short_p95, 0);
    kit_end(&kit);
    kit.orders[0].routing = ROUTING_OWN;
    kit.lanes[0].network = OPERATOR_TELECOM;
    assert_short_of(&kit, 30, FORECAST_ROUTE);
    kit.orders[0].routing = ROUTING_PREFER; /* there is none of its own */
    assert_done_at(&kit, 45000);
}

static void test_rate(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 4, 10, KIT_HOUR);
    kit.orders[0].rate = 60;
    assert_done_at(&kit, 9 * 60500 + 3000);
    kit.windows[0][0].to_ms = KIT_T + 300000;
    assert_short_of(&kit, 5, FORECAST_RATE);
}

static void test_reserve(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 100, KIT_HOUR);
    kit.orders[0].reserve[OPERATOR_MOBILE][1] = 100;
    kit.setup.chances.rejected = 200000;
    kit_play(&kit);
    /* 100 / 0.8 attempts; the first run takes chance at its mean. */
    assert_in_range(kit.result->total.messages, 124, 126);
    assert_int_equal(kit.result->total.short_p95, 0);
    assert_in_range(kit_finish(&kit), 115 * 3000, 135 * 3000);
    assert_true(kit.result->total.finish_p95_ms > kit.result->total.finish_p50_ms);
    kit_end(&kit);

    /* One fails by its report, ten minutes later: then the reserve is drawn, of another network. */
    kit_make(&kit, 2, 10, KIT_HOUR);
    kit.lanes[1].network = OPERATOR_UNICOM;
    kit.orders[0].reserve[OPERATOR_UNICOM][1] = 100;
    kit.setup.chances = (struct forecast_chances){.undelivered = 100000, .report_ms = 10 * 60000};
    kit_play(&kit);
    assert_int_equal(kit.result->total.messages, 11);
    assert_int_equal(kit.result->routes[0][OPERATOR_UNICOM].messages, 1);
    assert_int_equal(kit.result->sent[FORECAST_STEPS - 1], 11);
    kit_end(&kit);
}

static void test_faults(void **state)
{
    struct kit kit;

    (void)state;
    /* Every fifth try has to be repeated: the lane rests for a second. */
    kit_make(&kit, 1, 100, 2 * KIT_HOUR);
    kit.setup.chances.deferred = 200000;
    kit_play(&kit);
    assert_int_equal(kit.result->total.messages, 100);
    assert_in_range(kit_finish(&kit), 370000, 430000); /* 125 tries and 25 rests are 400 s */
    kit_end(&kit);
    /* One lane of two is lost in the middle of the time. */
    kit_make(&kit, 2, 2000, KIT_HOUR);
    kit.setup.chances.lanes_lost = 500000;
    kit_play(&kit);
    assert_int_equal(kit.result->possible[FORECAST_STEPS - 1], 1800);
    assert_true(kit.result->total.short_p95 > kit.result->total.short_p50);
    kit_end(&kit);
    kit_make(&kit, 1, 100, KIT_HOUR);
    kit.setup.chances.air_spread = 100000;
    kit_play(&kit);
    assert_in_range(kit_finish(&kit), 280000, 320000);
    assert_in_range(kit.result->total.finish_p95_ms - KIT_T, 305000, 400000);
    kit_end(&kit);
}

static void test_corners(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit, 0, 10, KIT_HOUR);
    assert_short_of(&kit, 10, FORECAST_ROUTE);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.orders[0].paused = true;
    assert_short_of(&kit, 10, FORECAST_PAUSED);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.orders[0].n_windows = 0;
    assert_short_of(&kit, 10, FORECAST_WINDOW);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.setup.now_ms = KIT_T + KIT_HOUR;
    assert_short_of(&kit, 10, FORECAST_WINDOW);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.orders[0].quota = 20;
    kit.orders[0].reserve[OPERATOR_MOBILE][1] = 5;
    kit_play(&kit);
    assert_int_equal(kit_finish(&kit), 45000);
    assert_int_equal(kit.result->routes[0][OPERATOR_MOBILE].short_p50, 0);
    kit_end(&kit);
    assert_short_of(&kit, 5, FORECAST_LISTS);
    kit_make(&kit, 1, 0, KIT_HOUR);
    kit_play(&kit);
    assert_int_equal(kit.result->total.finish_p50_ms, 0);
    assert_int_equal(kit.result->total.bound, FORECAST_FITS);
    kit_end(&kit);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.setup.n_orders = 0;
    kit_play(&kit);
    assert_int_equal(kit.result->n_steps, 0);
    kit_end(&kit);
}

static int zone(void **state)
{
    (void)state;
    kit_zone("Asia/Shanghai");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_air),       cmocka_unit_test(test_counts),
        cmocka_unit_test(test_hour),      cmocka_unit_test(test_group),
        cmocka_unit_test(test_never),     cmocka_unit_test(test_windows),
        cmocka_unit_test(test_days),      cmocka_unit_test(test_dst),
        cmocka_unit_test(test_deadlines), cmocka_unit_test(test_routes),
        cmocka_unit_test(test_rate),      cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_faults),    cmocka_unit_test(test_corners),
    };

    return cmocka_run_group_tests(tests, zone, NULL);
}
