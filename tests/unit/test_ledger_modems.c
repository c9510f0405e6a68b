/* test_ledger_modems: SIMs and their numbers, how modems stand, and what is remembered of them.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>

#include "gateway/base/clock.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)
#define IMSI    "460009900000001"

static struct ledger_op ask_sim(struct kit *kit, const char *name, int64_t since_ms)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = name, .since_ms = since_ms}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op;
}

static int32_t sim_number(struct kit *kit, const char *name)
{
    struct ledger_op op = ask_sim(kit, name, 0);

    free(op.sim.uses);
    return op.sim.number;
}

static void put_usage(const struct kit *kit, int32_t sim, int64_t at_ms, int64_t parts)
{
    MEM_FREE_LATER char *sql = mem_printf("INSERT INTO usage VALUES(%d, %lld, %lld)", sim,
                                          (long long)meter_slot(at_ms), (long long)parts);

    assert_int_equal(kit_sql(kit, sql), SQLITE_OK);
}

static void test_sims_are_found_again(void **state)
{
    struct kit *kit = *state;
    int32_t sim = sim_number(kit, "imsi:" IMSI), group = sim_number(kit, "group:pool");

    assert_true(sim > 0 && group > 0 && sim != group);
    assert_int_equal(sim_number(kit, "imsi:" IMSI), sim);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(sim_number(kit, "group:pool"), group);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM sim"), 2);
}

/* Slots from since_ms on, in their order, also those that the clock left in the future. */
static void test_sim_tells_what_it_sent(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();
    int32_t sim = sim_number(kit, "imsi:" IMSI), other = sim_number(kit, "group:pool");
    struct ledger_op op;

    put_usage(kit, sim, now + HOUR_MS, 7);
    put_usage(kit, sim, now - HOUR_MS, 3);
    put_usage(kit, sim, now - HOUR_MS - METER_SLOT_MS, 9);
    put_usage(kit, sim, now, 0); /* given back */
    put_usage(kit, other, now, 50);
    op = ask_sim(kit, "imsi:" IMSI, now - HOUR_MS);
    assert_int_equal(op.sim.n, 2);
    assert_int_equal(op.sim.uses[0].slot, meter_slot(now - HOUR_MS));
    assert_int_equal(op.sim.uses[0].parts, 3);
    assert_int_equal(op.sim.uses[1].slot, meter_slot(now + HOUR_MS));
    assert_int_equal(op.sim.uses[1].parts, 7);
    free(op.sim.uses);
}

/* At the first question after a start, and then every hour: of all SIMs, asked about or not. */
static void test_old_usage_is_thrown_away(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();
    int32_t sim = sim_number(kit, "imsi:" IMSI), other = sim_number(kit, "group:pool");

    put_usage(kit, sim, now - 3 * DAY_MS + HOUR_MS, 1);
    put_usage(kit, sim, now - 3 * DAY_MS - HOUR_MS, 1);
    put_usage(kit, other, now - 4 * DAY_MS, 1);
    sim_number(kit, "imsi:" IMSI);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 3);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    sim_number(kit, "imsi:" IMSI);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 1);
    clock_set(now + 2 * HOUR_MS);
    sim_number(kit, "imsi:" IMSI);
    clock_set(now);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 0);
}

static struct ledger_op modem_op(int32_t device, int32_t sim, enum lane_state lane)
{
    return (struct ledger_op){
        .kind = LEDGER_MODEM,
        .modem = {.device = device,
                  .sim = sim,
                  .state = lane,
                  .why = "limit per hour reached until 09:41",
                  .health = {.imei = "860000000000001",
                             .imsi = IMSI,
                             .smsc = "+8613800000500",
                             .network = "中国移动",
                             .model = "HUAWEI ME906",
                             .registration = REGISTRATION_ROAMING,
                             .signal_dbm = -71,
                             .cdma = true},
                  .pin_mark = -77,
                  .paused = true,
                  .error = 38,
                  .error_ms = 1234567890123},
    };
}

static void test_recall(void **state)
{
    struct kit *kit = *state;
    struct ledger_memory memory = kit_recall(kit); /* never seen */
    struct ledger_op op = modem_op(kit->device, 1, LANE_PAUSED);

    assert_false(memory.paused);
    assert_int_equal(memory.pin_mark, 0);
    assert_string_equal(memory.imsi, "");
    assert_int_equal(memory.error, 0);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    memory = kit_recall(kit);
    assert_true(memory.paused);
    assert_false(memory.answers);
    assert_int_equal(memory.pin_mark, -77);
    assert_string_equal(memory.imsi, IMSI);
    assert_int_equal(memory.error, 38);
    assert_int_equal(memory.error_ms, 1234567890123);
    op.modem.paused = false;
    op.modem.pin_mark = 0;
    op.modem.health.imsi[0] = '\0'; /* asleep: who it was last time is still known */
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    memory = kit_recall(kit);
    assert_false(memory.paused);
    assert_int_equal(memory.pin_mark, 0);
    assert_string_equal(memory.imsi, IMSI);
    assert_int_equal(kit_device(kit, "bank-a/0"), kit->device);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM modem"), 1);
}

/* Hundreds of modems are one question, and one commit. */
static void test_recall_of_many(void **state)
{
    enum { MODEMS = 320 };
    static char ids[MODEMS][16];
    static struct ledger_memory memories[MODEMS];
    const char *names[MODEMS];
    struct kit *kit = *state;
    struct ledger_op op = {.kind = LEDGER_RECALL,
                           .recall = {.names = names, .memories = memories, .n = MODEMS}};

    for (size_t i = 0; i < MODEMS; i++) {
        snprintf(ids[i], sizeof ids[i], "bank-b/%zu", i);
        names[i] = ids[i];
    }
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    for (size_t i = 1; i < MODEMS; i++)
        assert_true(memories[i].device > memories[i - 1].device);
    assert_int_equal(kit_device(kit, "bank-b/319"), memories[319].device);
}

/* What isn't known now is as it was; but what belongs to the SIM goes with it. */
static void test_what_is_known_stays(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = modem_op(kit->device, 1, LANE_READY);

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    op.modem.health = (struct modem_health){0};
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM modem WHERE imei = '860000000000001'"
                                  " AND imsi = '" IMSI "' AND smsc = '+8613800000500'"
                                  " AND network = '中国移动' AND model = 'HUAWEI ME906'"),
                     1);
    snprintf(op.modem.health.imsi, sizeof op.modem.health.imsi, "460019900000002");
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM modem WHERE imei = '860000000000001'"
                                  " AND imsi = '460019900000002' AND smsc = ''"
                                  " AND network = '' AND model = 'HUAWEI ME906'"),
                     1);
}

/* Reports that will not come any more are forgotten, now and then. */
static void test_old_awaited_reports_are_thrown_away(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = modem_op(kit->device, 1, LANE_READY);
    int64_t now = clock_wall_ms();

    kit_insert(kit, 0, 1, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 2, 7);
    clock_set(now + 30 * DAY_MS);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 2);
    clock_set(now + 32 * DAY_MS);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    clock_set(now);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
}

/* ---- books_modems ---- */

#define SEEN_MAX 8

struct seen {
    struct books_modem modems[SEEN_MAX];
    size_t n, stop; /* stop after so many; 0: never */
};

static int see(void *ctx, const struct books_modem *modem)
{
    struct seen *seen = ctx;

    assert_true(seen->n < SEEN_MAX);
    seen->modems[seen->n++] = *modem;
    return seen->n == seen->stop ? 77 : 0;
}

static int read_modems(const struct kit *kit, int64_t now_ms, struct seen *seen)
{
    struct books *books;
    char why[256];
    int rc;

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    rc = books_modems(books, now_ms, see, seen);
    books_close(books);
    return rc;
}

static void test_modems_as_they_stand(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = modem_op(kit->device, 0, LANE_THROTTLED);
    struct seen seen = {0};
    const struct books_modem *modem = &seen.modems[0];
    int64_t before = clock_wall_ms();

    assert_int_equal(read_modems(kit, before, &seen), 0);
    assert_int_equal(seen.n, 0); /* a device that never said anything is no modem */
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(read_modems(kit, before, &seen), 0);
    assert_int_equal(seen.n, 1);
    assert_string_equal(modem->id, "bank-a/0");
    assert_int_equal(modem->state, LANE_THROTTLED);
    assert_string_equal(modem->why, "limit per hour reached until 09:41");
    assert_string_equal(modem->health.imei, "860000000000001");
    assert_string_equal(modem->health.imsi, IMSI);
    assert_string_equal(modem->health.smsc, "+8613800000500");
    assert_string_equal(modem->health.network, "中国移动");
    assert_string_equal(modem->health.model, "HUAWEI ME906");
    assert_int_equal(modem->health.registration, REGISTRATION_ROAMING);
    assert_int_equal(modem->health.signal_dbm, -71);
    assert_true(modem->health.cdma && modem->paused);
    assert_int_equal(modem->error, 38);
    assert_int_equal(modem->error_ms, 1234567890123);
    assert_true(modem->seen_ms >= before && modem->seen_ms <= clock_wall_ms());
    assert_int_equal(modem->hour_parts, 0);
}

static void test_modems_in_order(void **state)
{
    static const char *const names[] = {"bank-b/2", "bank-a/10", "bank-a/2", "bank-b/1"};
    static const char *const order[] = {"bank-a/2", "bank-a/10", "bank-b/1", "bank-b/2"};
    struct kit *kit = *state;
    struct seen seen = {0}, few = {.stop = 2};

    for (size_t i = 0; i < 4; i++) {
        struct ledger_op op = modem_op(kit_device(kit, names[i]), (int32_t)i, LANE_READY);

        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    }
    assert_int_equal(read_modems(kit, clock_wall_ms(), &seen), 0);
    assert_int_equal(seen.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(seen.modems[i].id, order[i]);
    assert_int_equal(read_modems(kit, clock_wall_ms(), &few), 77);
    assert_int_equal(few.n, 2);
}

/* Counted by the rules of the meter: 121 slots, and from midnight on. */
static void test_modems_hour_and_day(void **state)
{
    struct kit *kit = *state;
    int32_t sim = sim_number(kit, "imsi:" IMSI);
    struct ledger_op op = modem_op(kit->device, sim, LANE_READY);
    struct seen seen = {0};
    int64_t now = INT64_C(1793415600000); /* 2026-10-31 11:00 there */
    put_usage(kit, sim, now, 1);
    put_usage(kit, sim, now - 120 * METER_SLOT_MS, 10);
    put_usage(kit, sim, now - 121 * METER_SLOT_MS, 100);
    put_usage(kit, sim, now - 11 * HOUR_MS, 1000);                  /* midnight */
    put_usage(kit, sim, now - 11 * HOUR_MS - METER_SLOT_MS, 10000); /* yesterday */
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    op.modem.sim = 0; /* not known just now: what its last one has sent still counts */
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(read_modems(kit, now, &seen), 0);
    assert_int_equal(seen.modems[0].hour_parts, 11);
    assert_int_equal(seen.modems[0].day_parts, 1111);
}

static void test_bent_modems_are_an_error(void **state)
{
    static const char *const bends[] = {"UPDATE modem SET state = 9",
                                        "UPDATE modem SET state = 1, registration = -1"};
    struct kit *kit = *state;
    struct ledger_op op = modem_op(kit->device, 0, LANE_READY);

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
        struct seen seen = {0};

        assert_int_equal(kit_sql(kit, bends[i]), SQLITE_OK);
        assert_int_equal(read_modems(kit, clock_wall_ms(), &seen), -EUCLEAN);
        assert_int_equal(seen.n, 0);
    }
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_sims_are_found_again),
        LEDGER_TEST(test_sim_tells_what_it_sent),
        LEDGER_TEST(test_old_usage_is_thrown_away),
        LEDGER_TEST(test_recall),
        LEDGER_TEST(test_recall_of_many),
        LEDGER_TEST(test_what_is_known_stays),
        LEDGER_TEST(test_old_awaited_reports_are_thrown_away),
        LEDGER_TEST(test_modems_as_they_stand),
        LEDGER_TEST(test_modems_in_order),
        LEDGER_TEST(test_modems_hour_and_day),
        LEDGER_TEST(test_bent_modems_are_an_error),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
