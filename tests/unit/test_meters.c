/* test_meters: what claims book on SIMs and groups while they are in flight, and where they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/dispatch/meters.h"
#include "tests/unit/fake_ledger.h"

#define MIDNIGHT_MS INT64_C(1793462400000) /* 2026-11-01 00:00 in China */
#define HOUR_MS     INT64_C(3600000)

struct kit {
    uv_loop_t loop;
    struct ledger *ledger;
    struct meters *meters;
    struct gauge *sims[2], *group;
};

static void kit_loaded(void *ctx, struct gauge *gauge)
{
    (void)ctx;
    (void)gauge;
}

/* Two SIMs without limits of their own, in a group of these. */
static void kit_open(struct kit *kit, struct meter_limits limits)
{
    static const char *const names[] = {"imsi:460000000000001", "imsi:460000000000002"};
    void *other;

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    clock_set(MIDNIGHT_MS - HOUR_MS);
    assert_int_equal(uv_loop_init(&kit->loop), 0);
    kit->ledger = fake_ledger_new(&kit->loop);
    kit->meters = meters_new(kit->ledger, kit_loaded, kit);
    kit->group = meters_group(kit->meters, "pool", &limits);
    for (size_t i = 0; i < 2; i++) {
        struct meters_card card = {names[i], &(struct meter_limits){0}, kit->group};

        kit->sims[i] = meters_take_sim(kit->meters, &card, &kit->sims[i], &other);
    }
    uv_run(&kit->loop, UV_RUN_DEFAULT);
}

static void kit_close(struct kit *kit)
{
    meters_free(kit->meters);
    uv_close((uv_handle_t *)&kit->ledger->idle, NULL);
    uv_run(&kit->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    free(kit->ledger);
}

static enum meter_bound kit_ask(struct kit *kit, size_t sim, int32_t parts, int64_t now_ms)
{
    struct tab tab = {.sim = kit->sims[sim], .group = kit->group, .parts = parts};
    const struct gauge *which;
    int64_t again_ms;

    return tab_ask(&tab, now_ms, 0, &again_ms, &which);
}

static struct tab kit_claim(struct kit *kit, size_t sim, int32_t parts, int64_t now_ms)
{
    struct tab tab = {.sim = kit->sims[sim], .group = kit->group, .parts = parts};

    tab_open(&tab, now_ms);
    return tab;
}

static void kit_end(struct tab *tab, enum outcome_kind kind, int64_t now_ms)
{
    struct ledger_meters meters;

    tab_end(tab, &(struct outcome){.kind = kind}, now_ms, &meters);
    assert_int_equal(meters.end_slot, meter_slot(now_ms));
    assert_int_equal(meters.slot, tab->slot);
    tab_close(tab);
}

/* Claimed before midnight, sent after it: that is today's, and counts as soon as it is today. */
static void test_a_day_holds_what_goes_over_midnight(void **state)
{
    struct kit kit;
    struct tab late, next;

    (void)state;
    kit_open(&kit, (struct meter_limits){.per_day = 8});
    assert_int_equal(kit_ask(&kit, 0, 4, MIDNIGHT_MS - 5000), METER_FREE);
    late = kit_claim(&kit, 0, 4, MIDNIGHT_MS - 5000);
    assert_int_equal(kit_ask(&kit, 1, 4, MIDNIGHT_MS + 1000), METER_FREE);
    next = kit_claim(&kit, 1, 4, MIDNIGHT_MS + 1000);
    assert_int_equal(kit_ask(&kit, 1, 1, MIDNIGHT_MS + 2000), METER_DAY);
    kit_end(&next, OUTCOME_SENT, MIDNIGHT_MS + 2000);
    assert_int_equal(kit_ask(&kit, 1, 1, MIDNIGHT_MS + 3000), METER_DAY);
    kit_end(&late, OUTCOME_SENT, MIDNIGHT_MS + 7000);
    assert_int_equal(meter_day_parts(kit.group->meter, MIDNIGHT_MS + 7000), 8);
    assert_int_equal(meter_day_parts(kit.sims[0]->meter, MIDNIGHT_MS + 7000), 4);
    assert_int_equal(kit_ask(&kit, 1, 1, MIDNIGHT_MS + 8000), METER_DAY);
    kit_close(&kit);
}

/* What wasn't sent leaves room. */
static void test_what_came_back_over_midnight_is_nobodys(void **state)
{
    struct kit kit;
    struct tab late;

    (void)state;
    kit_open(&kit, (struct meter_limits){.per_day = 8});
    late = kit_claim(&kit, 0, 8, MIDNIGHT_MS - 5000);
    assert_int_equal(kit_ask(&kit, 1, 1, MIDNIGHT_MS + 1000), METER_DAY);
    kit_end(&late, OUTCOME_RETURNED, MIDNIGHT_MS + 7000);
    assert_int_equal(meter_day_parts(kit.group->meter, MIDNIGHT_MS + 7000), 0);
    assert_int_equal(kit_ask(&kit, 1, 8, MIDNIGHT_MS + 8000), METER_FREE);
    kit_close(&kit);
}

/* An attempt of ten minutes is in the hour that begins with its end. */
static void test_an_hour_begins_with_the_end(void **state)
{
    const int64_t claim_ms = MIDNIGHT_MS - 50 * 60000, end_ms = claim_ms + 10 * 60000;
    struct kit kit;
    struct tab slow;

    (void)state;
    kit_open(&kit, (struct meter_limits){.per_hour = 4});
    slow = kit_claim(&kit, 0, 4, claim_ms);
    assert_int_equal(kit_ask(&kit, 1, 1, end_ms - 1), METER_HOUR);
    kit_end(&slow, OUTCOME_UNKNOWN, end_ms);
    assert_int_equal(kit_ask(&kit, 1, 1, claim_ms + HOUR_MS + 60000), METER_HOUR);
    assert_int_equal(kit_ask(&kit, 1, 1, end_ms + HOUR_MS + 60000), METER_FREE);
    assert_int_equal(meter_hour_parts(kit.group->meter, end_ms), 4);
    kit_close(&kit);
}

/* A clock that was set back moves nothing into the past, and loses no count. */
static void test_a_clock_that_was_set_back(void **state)
{
    struct kit kit;
    struct tab tab, other;

    (void)state;
    kit_open(&kit, (struct meter_limits){.per_day = 8});
    tab = kit_claim(&kit, 0, 4, MIDNIGHT_MS + 60000);
    other = kit_claim(&kit, 1, 2, MIDNIGHT_MS - 60000);
    kit_end(&tab, OUTCOME_SENT, MIDNIGHT_MS - 60000);
    kit_end(&other, OUTCOME_SENT, MIDNIGHT_MS + 60000);
    assert_int_equal(meter_day_parts(kit.group->meter, MIDNIGHT_MS + 60000), 6);
    assert_int_equal(kit.group->flying + kit.group->late, 0);
    assert_int_equal(kit_ask(&kit, 0, 2, MIDNIGHT_MS + 60000), METER_FREE);
    assert_int_equal(kit_ask(&kit, 0, 3, MIDNIGHT_MS + 60000), METER_DAY);
    kit_close(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_holds_what_goes_over_midnight),
        cmocka_unit_test(test_what_came_back_over_midnight_is_nobodys),
        cmocka_unit_test(test_an_hour_begins_with_the_end),
        cmocka_unit_test(test_a_clock_that_was_set_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
