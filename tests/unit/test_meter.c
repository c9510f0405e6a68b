/* test_meter: no hour and no day ever holds more than the limit, whatever the clock does; and what
 * the limits allow is reached, evenly.
 *
 * Histories are made at random by asking a meter; exact times are kept beside it and counted by
 * brute force. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/model/meter.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

#define CLAIMS_MAX 8000

struct claim {
    int64_t at_ms, parts;
};

struct history {
    struct meter_limits limits;
    struct meter *meter;
    struct claim claims[CLAIMS_MAX];
    size_t n;
    int64_t now_ms, loaded_ms;
    uint64_t seed;
};

static uint64_t chance(struct history *history)
{
    history->seed ^= history->seed << 13;
    history->seed ^= history->seed >> 7;
    history->seed ^= history->seed << 17;
    return history->seed;
}

static int64_t below(struct history *history, int64_t limit)
{
    return (int64_t)(chance(history) % (uint64_t)limit);
}

static void set_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static int64_t wall(int year, int month, int day, int hour)
{
    struct tm local = {.tm_year = year - 1900,
                       .tm_mon = month - 1,
                       .tm_mday = day,
                       .tm_hour = hour,
                       .tm_isdst = -1};

    return (int64_t)mktime(&local) * 1000;
}

/* What a program that starts now would read from the books. */
static struct meter *load(const struct history *history)
{
    struct meter *meter = meter_new(&history->limits);
    struct meter_use *uses = calloc(history->n + 1, sizeof *uses);
    size_t n = 0;

    assert_non_null(uses);
    for (size_t i = history->n; i-- > 0;)
        if (meter_slot(history->claims[i].at_ms) >= meter_slot(history->now_ms - METER_LOAD_MS))
            uses[n++] =
                (struct meter_use){meter_slot(history->claims[i].at_ms), history->claims[i].parts};
    meter_load(meter, uses, n);
    free(uses);
    return meter;
}

static void reload(struct history *history)
{
    struct meter *meter = load(history);

    assert_int_equal(meter_hour_parts(meter, history->now_ms),
                     meter_hour_parts(history->meter, history->now_ms));
    if (history->limits.per_day > 0)
        assert_int_equal(meter_day_parts(meter, history->now_ms),
                         meter_day_parts(history->meter, history->now_ms));
    assert_int_equal(meter_capacity(meter, history->now_ms, HOUR),
                     meter_capacity(history->meter, history->now_ms, HOUR));
    meter_free(history->meter);
    history->meter = meter;
    history->loaded_ms = history->now_ms;
}

/* Where days count, not behind the last loading: it loads one day and no more. */
static void set_back(struct history *history, int64_t by_ms)
{
    int64_t to_ms = history->now_ms - by_ms;

    if (history->limits.per_day == 0 || to_ms >= history->loaded_ms)
        history->now_ms = to_ms;
}

static int compare_claims(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;

    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static int64_t date_of(int64_t wall_ms)
{
    time_t when = (time_t)(wall_ms / 1000);
    struct tm local;

    assert_non_null(localtime_r(&when, &local));
    return local.tm_year * 400 + local.tm_yday;
}

static void check_limits(struct history *history)
{
    struct claim *claims = history->claims;
    int64_t hour = 0, day = 0;
    size_t first = 0;

    qsort(claims, history->n, sizeof *claims, compare_claims);
    for (size_t i = 0; i < history->n; i++) {
        hour += claims[i].parts;
        while (claims[first].at_ms <= claims[i].at_ms - HOUR)
            hour -= claims[first++].parts;
        day = i > 0 && date_of(claims[i - 1].at_ms) == date_of(claims[i].at_ms) ? day : 0;
        day += claims[i].parts;
        if (history->limits.per_hour && hour > history->limits.per_hour)
            fail_msg("%lld parts in an hour, %lld allowed", (long long)hour,
                     (long long)history->limits.per_hour);
        if (history->limits.per_day && day > history->limits.per_day)
            fail_msg("%lld parts in a day, %lld allowed", (long long)day,
                     (long long)history->limits.per_day);
    }
}

/* One question, and a claim when the answer is yes. */
static void history_step(struct history *history)
{
    int64_t parts = 1 + below(history, 4), again = -1;
    int64_t open = below(history, 3) == 0 ? 0 : 1 + below(history, 6 * HOUR);
    enum meter_bound bound = meter_ask(history->meter, history->now_ms, open, parts, &again);

    if (bound == METER_FREE) {
        assert_int_equal(again, history->now_ms);
        assert_true(history->n < CLAIMS_MAX);
        history->claims[history->n++] = (struct claim){history->now_ms, parts};
        meter_add(history->meter, meter_slot(history->now_ms), parts);
        history->now_ms += below(history, 8 * SECOND);
    } else if (bound == METER_NEVER) {
        assert_int_equal(again, INT64_MAX);
        history->now_ms += SECOND;
    } else {
        assert_true(again > history->now_ms);
        history->now_ms = below(history, 4) == 0 ? history->now_ms + SECOND : again;
    }
}

static void history_mishap(struct history *history)
{
    switch (below(history, 60)) {
    case 0:
        reload(history);
        break;
    case 1:
        set_back(history, below(history, 3 * HOUR));
        break;
    case 2:
        history->now_ms += below(history, 5 * HOUR);
        break;
    case 3:
    case 4:
        /* The network took nothing for certain. */
        if (history->n > 0) {
            const struct claim *last = &history->claims[--history->n];

            meter_take_back(history->meter, meter_slot(last->at_ms), last->parts);
        }
        break;
    default:
        break;
    }
}

static void run_history(int64_t per_hour, int64_t per_day, int64_t from, uint64_t seed)
{
    struct history *history = calloc(1, sizeof *history);

    assert_non_null(history);
    history->limits = (struct meter_limits){per_hour, per_day};
    history->now_ms = from;
    history->seed = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    history->meter = meter_new(&history->limits);
    for (int i = 0; i < 6000 && history->n < CLAIMS_MAX; i++) {
        history_step(history);
        history_mishap(history);
    }
    if (per_hour >= 4 && per_day == 0)
        assert_true(history->n > 100);
    check_limits(history);
    meter_free(history->meter);
    free(history);
}

static void test_limits_hold_in_random_histories(void **state)
{
    static const struct {
        const char *zone;
        int year, month, day;
    } starts[] = {
        {"Asia/Shanghai", 2026, 10, 31},
        {"Europe/Berlin", 2026, 10, 24},    /* a day of 25 hours follows */
        {"Europe/Berlin", 2026, 3, 28},     /* one of 23 */
        {"America/Sao_Paulo", 2018, 11, 3}, /* midnight is skipped */
        {"America/Havana", 2026, 10, 31},   /* 0:30 comes twice */
        {"Asia/Kathmandu", 2026, 10, 31},   /* a zone of quarter hours */
    };
    static const struct meter_limits limits[] = {
        {200, 1000}, {200, 0}, {0, 1000}, {7, 30}, {4, 4}, {1000, 500}, {3, 0}, {0, 9},
    };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        set_zone(starts[i].zone);
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++)
            for (uint64_t seed = 1; seed <= 4; seed++)
                run_history(limits[k].per_hour, limits[k].per_day,
                            wall(starts[i].year, starts[i].month, starts[i].day, 19),
                            seed + i * 100 + k * 10);
    }
}

/* Endless demand over one window of a day. */
static const struct {
    struct meter_limits limits;
    int64_t open_ms, parts;
    bool spread;     /* tell the meter how long the window is */
    int64_t allowed; /* parts that the limits let through */
} demands[] = {
    {{200, 1000}, 5 * HOUR / 2, 1, true, 500},
    {{200, 1000}, 10 * HOUR, 1, true, 1000},
    {{200, 0}, HOUR, 1, true, 200},
    {{200, 0}, 6 * HOUR, 3, false, 1200},
    {{0, 1000}, 8 * HOUR, 2, true, 1000},
    {{100, 400}, 9 * HOUR, 4, true, 400},
    {{3600, 10000}, 2 * HOUR, 1, true, 7200},
    {{30, 0}, 12 * HOUR, 1, false, 360},
    {{100000, 0}, HOUR, 1, true, 100000},
    {{50, 300}, 12 * HOUR, 2, true, 300},
    {{1000, 8000}, 5 * HOUR / 2, 2, true, 2500},
    {{0, 120}, 10 * HOUR, 3, true, 120},
};

/* busy_ms: how long the modem needs for one message. */
static void run_demand(size_t at, int64_t busy_ms)
{
    int64_t from = wall(2026, 10, 31, 8), to = from + demands[at].open_ms, now = from;
    int64_t tenths[10] = {0}, sum = 0, share;
    struct meter *meter = meter_new(&demands[at].limits);

    while (now < to) {
        int64_t again, parts = demands[at].parts;

        if (meter_ask(meter, now, demands[at].spread ? to - now : 0, parts, &again) != METER_FREE) {
            assert_true(again > now);
            now = again;
            continue;
        }
        meter_add(meter, meter_slot(now), parts);
        tenths[(now - from) * 10 / demands[at].open_ms] += parts;
        sum += parts;
        now += busy_ms;
    }
    meter_free(meter);
    if (sum * 100 < demands[at].allowed * 97)
        fail_msg("demand %zu: %lld of %lld parts", at, (long long)sum,
                 (long long)demands[at].allowed);
    share = sum / 10;
    for (int i = 0; i < 10; i++)
        if (tenths[i] * 4 > share * 5 + 4 * demands[at].parts ||
            tenths[i] * 4 < share * 3 - 4 * demands[at].parts)
            fail_msg("demand %zu: tenth %d has %lld parts, its share is %lld", at, i,
                     (long long)tenths[i], (long long)share);
}

static void test_endless_demand_is_even_and_uses_the_limit(void **state)
{
    (void)state;
    set_zone("Asia/Shanghai");
    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
        run_demand(i, 0);
        if (demands[i].allowed < 10000)
            run_demand(i, 500);
    }
}

/* A modem that was away for a while catches up, but not with more than METER_KEEP_MS earn; a window
 * that opens after hours begins without a burst. */
static void test_earnings_are_kept_for_a_while(void **state)
{
    static const struct meter_limits limits = {200, 0};
    struct meter *meter = meter_new(&limits);
    int64_t now = wall(2026, 10, 31, 8), again;
    int burst = 0;

    (void)state;
    set_zone("Asia/Shanghai");
    assert_int_equal(meter_ask(meter, now, HOUR, 1, &again), METER_FREE);
    meter_add(meter, meter_slot(now), 1);
    assert_int_equal(meter_ask(meter, now, HOUR, 1, &again), METER_PACE);
    assert_in_range(again - now, 18 * SECOND, 19 * SECOND);
    now += 40 * MINUTE;
    while (meter_ask(meter, now, HOUR, 1, &again) == METER_FREE) {
        meter_add(meter, meter_slot(now), 1);
        burst++;
    }
    assert_in_range(burst, 33, 35);
    now += 5 * HOUR;
    for (burst = 0; meter_ask(meter, now, HOUR, 1, &again) == METER_FREE; burst++)
        meter_add(meter, meter_slot(now), 1);
    assert_int_equal(burst, 1);
    meter_free(meter);
}

/* A restart doesn't give a SIM another message ahead of its pace. */
static void test_restarts_keep_the_pace(void **state)
{
    struct history *history = calloc(1, sizeof *history);
    int64_t from = 0, again;

    (void)state;
    assert_non_null(history);
    set_zone("Asia/Shanghai");
    history->limits = (struct meter_limits){200, 1000};
    history->now_ms = from = wall(2026, 10, 31, 8);
    while (history->now_ms < from + 30 * MINUTE) {
        struct meter *meter = load(history);

        if (meter_ask(meter, history->now_ms, 0, 1, &again) == METER_FREE)
            history->claims[history->n++] = (struct claim){history->now_ms, 1};
        meter_free(meter);
        history->now_ms += SECOND;
    }
    /* A slot's parts all count from its beginning, so a few come early by a slot. */
    assert_in_range(history->n, 97, 103);
    free(history);
}

static void test_clock_that_is_set_back_blocks_no_longer_than_it_must(void **state)
{
    static const struct meter_limits limits = {100, 0};
    struct meter *meter = meter_new(&limits);
    int64_t now = wall(2026, 10, 31, 12), again;

    (void)state;
    set_zone("Asia/Shanghai");
    for (int i = 0; i < 100; i++)
        meter_add(meter, meter_slot(now), 1);
    assert_int_equal(meter_ask(meter, now - 2 * HOUR, 0, 1, &again), METER_HOUR);
    assert_int_equal(again, (meter_slot(now) + METER_SLOTS) * METER_SLOT_MS);
    assert_int_equal(meter_hour_parts(meter, now - 2 * HOUR), 100);
    meter_take_back(meter, meter_slot(now), 50);
    assert_int_equal(meter_ask(meter, now - 2 * HOUR, 0, 1, &again), METER_FREE);
    meter_add(meter, meter_slot(now - 2 * HOUR), 1);
    assert_int_equal(meter_ask(meter, now - 3 * HOUR, 0, 1, &again), METER_PACE);
    assert_in_range(again, now - 3 * HOUR, now - 3 * HOUR + MINUTE);
    meter_free(meter);
}

static void test_bounds_and_when_to_ask_again(void **state)
{
    static const struct meter_limits limits = {10, 20};
    struct meter *meter = meter_new(&limits);
    int64_t noon = wall(2026, 10, 31, 12), again;

    (void)state;
    set_zone("Asia/Shanghai");
    assert_int_equal(meter_limits(meter)->per_hour, 10);
    assert_int_equal(meter_ask(meter, noon, 0, 11, &again), METER_NEVER);
    assert_int_equal(again, INT64_MAX);
    /* Ten in one slot: the hour is full until the slot has left it. */
    meter_add(meter, meter_slot(noon), 10);
    assert_int_equal(meter_ask(meter, noon, 0, 1, &again), METER_HOUR);
    assert_int_equal(again, noon + METER_SLOTS * METER_SLOT_MS);
    assert_int_equal(meter_ask(meter, again - 1, 0, 1, &again), METER_HOUR);
    assert_int_equal(meter_ask(meter, again, 0, 1, &again), METER_FREE);
    meter_add(meter, meter_slot(noon + 3 * HOUR), 10);
    assert_int_equal(meter_ask(meter, noon + 5 * HOUR, 0, 1, &again), METER_DAY);
    assert_int_equal(again, wall(2026, 11, 1, 0));
    assert_int_equal(meter_day_parts(meter, noon + 5 * HOUR), 20);
    assert_int_equal(meter_ask(meter, again, 0, 1, &again), METER_FREE);
    assert_int_equal(meter_day_parts(meter, wall(2026, 11, 1, 0)), 0);
    meter_free(meter);
}

static void test_no_limits_are_always_free(void **state)
{
    static const struct meter_limits none = {0, 0};
    struct meter *meter = meter_new(&none);
    int64_t now = wall(2026, 10, 31, 12), again;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(meter_ask(meter, now, HOUR, 16, &again), METER_FREE);
        meter_add(meter, meter_slot(now), 16);
        now += 100;
    }
    assert_int_equal(meter_capacity(meter, now, HOUR), INT64_MAX);
    assert_in_range(meter_hour_parts(meter, now), 16 * 36000, 16 * 36300);
    meter_free(meter);
}

/* Before a window, while it lasts and after a burst: never less than what then gets through, and
 * not much more. */
static void test_capacity_foretells_what_gets_through(void **state)
{
    (void)state;
    set_zone("Asia/Shanghai");
    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++)
        for (int64_t used = 0; used <= 1; used++) {
            struct meter *meter = meter_new(&demands[i].limits);
            int64_t now = wall(2026, 10, 31, 8), to = now + demands[i].open_ms;
            int64_t foretold, sum = 0, again;

            if (used)
                meter_add(meter, meter_slot(now - 10 * MINUTE), demands[i].allowed / 12);
            foretold = meter_capacity(meter, now, to - now);
            while (now < to) {
                if (meter_ask(meter, now, to - now, 1, &again) == METER_FREE) {
                    meter_add(meter, meter_slot(now), 1);
                    sum++;
                } else {
                    now = again;
                }
            }
            assert_true(foretold >= sum);
            if (foretold > sum + sum / 4)
                fail_msg("demand %zu: %lld foretold, %lld got through", i, (long long)foretold,
                         (long long)sum);
            meter_free(meter);
        }
}

static void test_what_is_older_than_a_day_is_forgotten_but_taking_it_back_is_fine(void **state)
{
    static const struct meter_limits limits = {1000, 0};
    struct meter *meter = meter_new(&limits);
    int64_t from = wall(2026, 10, 1, 0);

    (void)state;
    set_zone("Asia/Shanghai");
    for (int64_t slot = 0; slot < 30000; slot++)
        meter_add(meter, meter_slot(from) + slot, 1);
    meter_take_back(meter, meter_slot(from), 1);
    assert_int_equal(meter_hour_parts(meter, from + 29999 * INT64_C(30000)), METER_SLOTS);
    assert_int_equal(meter_day_parts(meter, from + 29999 * INT64_C(30000)), 30000 % 2880);
    meter_free(meter);
    meter_free(NULL);
}

/* A copy says the same, and from then on each goes its own way. */
static void test_copies(void **state)
{
    static const struct meter_limits limits = {100, 1000};
    struct meter *meter = meter_new(&limits), *copy, *empty = meter_copy(meter);
    int64_t now = wall(2026, 10, 31, 9), again, again_of_copy;

    (void)state;
    set_zone("Asia/Shanghai");
    for (int64_t i = 0; i < 90; i++)
        meter_add(meter, meter_slot(now - i * MINUTE / 3), 1);
    meter_ask(meter, now, 0, 1, &again);
    copy = meter_copy(meter);
    assert_int_equal(meter_hour_parts(copy, now), 90);
    assert_int_equal(meter_ask(meter, now, 0, 2, &again),
                     meter_ask(copy, now, 0, 2, &again_of_copy));
    assert_int_equal(again, again_of_copy);
    meter_add(copy, meter_slot(now), 10);
    assert_int_equal(meter_hour_parts(copy, now), 100);
    assert_int_equal(meter_hour_parts(meter, now), 90);
    meter_add(meter, meter_slot(now) + 1, 5);
    assert_int_equal(meter_day_parts(meter, now), 95);
    meter_add(empty, meter_slot(now), 1);
    assert_int_equal(meter_day_parts(empty, now), 1);
    meter_free(meter);
    meter_free(copy);
    meter_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_hold_in_random_histories),
        cmocka_unit_test(test_endless_demand_is_even_and_uses_the_limit),
        cmocka_unit_test(test_earnings_are_kept_for_a_while),
        cmocka_unit_test(test_restarts_keep_the_pace),
        cmocka_unit_test(test_clock_that_is_set_back_blocks_no_longer_than_it_must),
        cmocka_unit_test(test_bounds_and_when_to_ask_again),
        cmocka_unit_test(test_no_limits_are_always_free),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_capacity_foretells_what_gets_through),
        cmocka_unit_test(test_what_is_older_than_a_day_is_forgotten_but_taking_it_back_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
