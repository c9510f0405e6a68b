/* test_ledger_usage: parts that claims book on SIMs and groups: all of them, once, over crashes.
 * Runs: any. Crashes happen in a child process. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "gateway/base/clock.h"
#include "gateway/ledger/store.h"

#define SIM   1
#define GROUP 2
#define SLOT  INT64_C(59000000)
#define LANES 16

static void meter_kit(struct kit *kit)
{
    kit->meters = (struct ledger_meters){.sim = SIM, .group = GROUP, .slot = SLOT};
}

static int64_t used(const struct kit *kit, int32_t sim)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT coalesce(sum(parts), 0) FROM usage WHERE sim = %d", sim);

    return kit_ask(kit, sql);
}

static void test_claims_are_booked_and_given_back(void **state)
{
    static const struct {
        struct outcome outcome;
        int32_t attempts_max;
        int64_t stays;
    } cases[] = {
        {{.kind = OUTCOME_SENT, .n_references = 3}, 0, 3},
        {{.kind = OUTCOME_REJECTED}, 0, 3}, /* the network was asked */
        {{.kind = OUTCOME_UNKNOWN}, 0, 3},
        {{.kind = OUTCOME_UNKNOWN, .n_references = 1}, 0, 3},
        {{.kind = OUTCOME_DEFERRED, .wait_ms = 3600000}, 0, 0},
        {{.kind = OUTCOME_DEFERRED}, 1, 0},
        {{.kind = OUTCOME_DEFERRED, .n_references = 1, .wait_ms = 3600000}, 0, 3},
        {{.kind = OUTCOME_RETURNED}, 0, 0},
    };
    struct kit *kit = *state;
    int64_t stays = 0;

    meter_kit(kit);
    kit_insert(kit, 0, sizeof cases / sizeof *cases, 3, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_fetch(kit, CHANNEL_SMS, 1, false);
        assert_int_equal(kit->rows[0].id, (int64_t)i + 1);
        kit_claim(kit, kit->rows[0].id);
        assert_int_equal(used(kit, SIM), stays + 3);
        kit_settle(kit, kit->rows[0].id, &cases[i].outcome, cases[i].attempts_max);
        stays += cases[i].stays;
        assert_int_equal(used(kit, SIM), stays);
        assert_int_equal(used(kit, GROUP), stays);
    }
    assert_int_equal(kit_ask(kit, "SELECT count(DISTINCT slot) FROM usage"), 1);
    assert_books_agree(kit);
}

static void test_only_what_is_metered_is_booked(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_claim(kit, 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 0);
    kit->meters = (struct ledger_meters){.sim = SIM, .slot = SLOT};
    kit_claim(kit, 2);
    assert_int_equal(used(kit, SIM), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 1);
}

static int64_t used_in(const struct kit *kit, int32_t sim, int64_t slot)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT coalesce(sum(parts), 0) FROM usage WHERE sim = %d AND slot = %lld", sim,
                   (long long)slot);

    return kit_ask(kit, sql);
}

/* In flight they count where they were claimed, afterwards where the attempt ended. */
static void test_parts_move_to_the_end(void **state)
{
    static const struct {
        struct outcome outcome;
        int64_t end_slot, at_claim, at_end;
    } cases[] = {
        {{.kind = OUTCOME_SENT, .n_references = 3}, SLOT + 4, 0, 3},
        {{.kind = OUTCOME_UNKNOWN, .n_references = 1}, SLOT + 4, 0, 3},
        {{.kind = OUTCOME_REJECTED}, SLOT + 4, 0, 3},
        {{.kind = OUTCOME_RETURNED}, SLOT + 4, 0, 0},
        {{.kind = OUTCOME_SENT, .n_references = 3}, SLOT, 3, 3},
        {{.kind = OUTCOME_SENT, .n_references = 3}, SLOT - 4, 3, 0}, /* the clock was set back */
    };
    struct kit *kit = *state;

    kit_insert(kit, 0, sizeof cases / sizeof *cases, 3, false);
    kit_fetch(kit, CHANNEL_SMS, sizeof cases / sizeof *cases, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t sim = 10 + 2 * (int32_t)i, group = sim + 1;

        kit->meters = (struct ledger_meters){.sim = sim, .group = group, .slot = SLOT};
        kit_claim(kit, kit->rows[i].id);
        assert_int_equal(used_in(kit, sim, SLOT), 3);
        kit->meters.end_slot = cases[i].end_slot;
        kit_settle(kit, kit->rows[i].id, &cases[i].outcome, 0);
        assert_int_equal(used_in(kit, sim, SLOT), cases[i].at_claim);
        assert_int_equal(used_in(kit, sim, cases[i].end_slot), cases[i].at_end);
        assert_int_equal(used(kit, group), used(kit, sim));
    }
}

/* What was in flight may have been sent until the restart: it counts there as well, once. */
static void test_crash_counts_until_the_restart(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms(), slot = meter_slot(now), later = now + 600000;

    kit_insert(kit, 0, 2, 3, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    clock_set(now);
    kit->meters = (struct ledger_meters){.sim = SIM, .group = GROUP, .slot = slot};
    kit_send(kit, 1, 3, 1);
    kit_claim(kit, 2);
    kit_close(kit);
    for (int i = 0; i < 2; i++) {
        clock_set(later + i * 60000);
        assert_int_equal(kit_open(kit), 0);
        assert_int_equal(used_in(kit, SIM, slot), 6);
        assert_int_equal(used_in(kit, SIM, meter_slot(later)), 3);
        assert_int_equal(used(kit, SIM), 9);
        assert_int_equal(used(kit, GROUP), 9);
        kit_close(kit);
    }
    assert_int_equal(kit_open(kit), 0);
}

/* A row that is over, as the books know and the dispatcher doesn't yet. */
static void refuse_claim(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_CLAIM,
                           .claim = {.id = id, .device = kit->device, .meters = kit->meters}};

    assert_int_equal(kit_do(kit, &op), -EALREADY);
}

static void test_refused_claims_book_nothing(void **state)
{
    struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct kit *kit = *state;

    kit->resend = true;
    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    kit_claim(kit, 1);
    kit_settle(kit, 1, &unknown, 0);
    kit_fetch(kit, CHANNEL_SMS, 3, false); /* for the second time */
    assert_int_equal(kit_report(kit, KIT_NUMBER, 5, REPORT_DELIVERED).report.id, 1);
    meter_kit(kit);
    refuse_claim(kit, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
    assert_books_agree(kit);
    assert_int_equal(kit_sql(kit, "UPDATE delivery SET state = 9 WHERE id = 2;"
                                  "UPDATE delivery SET state = 8, doubted = 1 WHERE id = 3"),
                     SQLITE_OK);
    refuse_claim(kit, 2);
    refuse_claim(kit, 3);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM usage"), 0);
    assert_int_equal(state_of(kit, 2), DELIVERY_SUPPRESSED);
    assert_int_equal(state_of(kit, 3), DELIVERY_UNKNOWN);
}

static struct ledger_op sim_in_transaction(struct store *store)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .at_ms = clock_wall_ms(), .sim = {.name = "imsi:1"}};

    assert_int_equal(store_run(store, &op), 0);
    assert_int_equal(op.sim.number, SIM);
    return op;
}

/* Within one transaction a SIM is told of the claims before; what is rolled back was never booked.
 */
static void test_one_transaction(void **state)
{
    struct kit *kit = *state;
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.id = 1, .device = kit->device}}, sim;
    struct store *store;

    kit_insert(kit, 0, 1, 3, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_close(kit);
    claim.at_ms = clock_wall_ms();
    claim.claim.meters = (struct ledger_meters){.sim = SIM, .slot = meter_slot(claim.at_ms)};
    assert_int_equal(store_open(&store, kit->path, &kit->recovery, kit->why, sizeof kit->why), 0);
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_run(store, &claim), 0);
    store_rollback(store);
    assert_int_equal(store_begin(store), 0);
    sim = sim_in_transaction(store);
    assert_int_equal(sim.sim.n, 0);
    assert_int_equal(store_run(store, &claim), 0);
    sim = sim_in_transaction(store);
    assert_int_equal(sim.sim.n, 1);
    assert_int_equal(sim.sim.uses[0].slot, claim.claim.meters.slot);
    assert_int_equal(sim.sim.uses[0].parts, 3);
    assert_int_equal(store_run(store, &sim), 0); /* again, as after a batch that was undone */
    assert_int_equal(sim.sim.n, 1);
    free(sim.sim.uses);
    assert_int_equal(store_commit(store), 0);
    store_close(store);
    assert_int_equal(used(kit, SIM), 3);
    assert_int_equal(kit_open(kit), 0);
}

/* A claim that had to be tried again is booked once. */
static void test_trouble_books_once(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *away = mem_printf("%s/away.db", kit->directory);
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.id = 1, .device = kit->device}};
    bool done = false;

    meter_kit(kit);
    kit_insert(kit, 0, 1, 3, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(rename(kit->path, away), 0);
    claim.claim.meters = kit->meters;
    claim.done = kit_done;
    claim.owner = &done;
    ledger_post(kit->ledger, &claim);
    while (!kit->troubles)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(rename(away, kit->path), 0);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(claim.result, LEDGER_OK);
    assert_int_equal(used(kit, SIM), 3);
    assert_int_equal(used(kit, GROUP), 3);
}

/* ---- kill -9 between and inside commits ---- */

struct lane {
    struct ledger_op op;
    struct ledger *ledger;
    struct ledger_row row;
    struct ledger_meters meters;
    int32_t device;
    int told; /* pipe: claims that were answered */
};

static void lane_settled(struct ledger_op *op)
{
    (void)op;
}

/* Every second one comes back unsent. */
static void lane_claimed(struct ledger_op *op)
{
    struct lane *lane = op->owner;
    bool back = lane->row.id % 2 == 0;

    if (write(lane->told, &lane->row.id, sizeof lane->row.id) != (ssize_t)sizeof lane->row.id)
        _exit(3);
    lane->op =
        (struct ledger_op){.kind = LEDGER_SETTLE,
                           .done = lane_settled,
                           .owner = lane,
                           .settle = {.id = lane->row.id,
                                      .device = lane->device,
                                      .meters = lane->meters,
                                      .outcome = {.kind = back ? OUTCOME_RETURNED : OUTCOME_SENT,
                                                  .n_references = back ? 0 : lane->row.parts}}};
    ledger_post(lane->ledger, &lane->op);
}

static void lane_claim(struct kit *kit, struct lane *lane, size_t i, int told)
{
    *lane = (struct lane){.ledger = kit->ledger,
                          .row = kit->rows[i],
                          .meters = {.sim = (int32_t)i % 4 + 3, .group = GROUP, .slot = SLOT},
                          .device = kit->device,
                          .told = told};
    lane->op = (struct ledger_op){
        .kind = LEDGER_CLAIM,
        .done = lane_claimed,
        .owner = lane,
        .claim = {.id = lane->row.id, .device = lane->device, .meters = lane->meters}};
    ledger_post(kit->ledger, &lane->op);
}

/* Claims and settles until it is killed, some turns of the loop later. */
static _Noreturn void lanes_child(const struct kit *place, int turns, int told)
{
    static struct lane lanes[LANES];
    struct kit kit = *place;

    if (uv_loop_init(&kit.loop) || kit_open(&kit))
        _exit(2);
    kit.device = kit_device(&kit, "bank-a/0");
    kit_enter(&kit, "2026-law-day", "source");
    kit_fetch(&kit, CHANNEL_SMS, LANES, true);
    for (size_t i = 0; i < kit.n_rows; i++)
        lane_claim(&kit, &lanes[i], i, told);
    for (int i = 0; i < turns; i++)
        uv_run(&kit.loop, UV_RUN_ONCE);
    raise(SIGKILL);
    _exit(4);
}

/* The journal tells every claim and every return; the usage has to say the same to the part. */
static void lanes_check(struct kit *kit, int told)
{
    int64_t booked, id;

    assert_int_equal(kit_open(kit), 0);
    booked = kit_ask(kit, "SELECT sum(d.parts * ((j.cause = 3) - (j.cause = 4 AND j.to_state = 3)))"
                          " FROM journal j JOIN delivery d ON d.id = j.delivery");
    assert_int_equal(used_in(kit, GROUP, SLOT), booked);
    assert_int_equal(kit_ask(kit, "SELECT sum(parts) FROM usage WHERE sim > 2 AND slot = 59000000"),
                     booked);
    while (read(told, &id, sizeof id) == (ssize_t)sizeof id) {
        MEM_FREE_LATER char *claims = mem_printf(
            "SELECT count(*) FROM journal WHERE cause = 3 AND delivery = %lld", (long long)id);

        assert_true(kit_ask(kit, claims) > 0);
    }
    assert_books_agree(kit);
    kit_close(kit);
}

static void test_usage_survives_kills(void **state)
{
    struct kit *kit = *state;

    for (int i = 0; i < 30; i++)
        kit_insert(kit, i * 10, 10, i % 3 + 1, false);
    kit_close(kit);
    for (int turns = 0; turns < 10; turns++) {
        int ends[2], status;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0)
            lanes_child(kit, turns, ends[1]);
        close(ends[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        lanes_check(kit, ends[0]);
        close(ends[0]);
    }
    assert_int_equal(kit_open(kit), 0);
    assert_true(used(kit, GROUP) > 0);
    assert_true(kit_ask(kit, "SELECT count(*) FROM journal WHERE cause = 4 AND to_state = 3") > 0);
    assert_true(kit_ask(kit, "SELECT count(*) FROM journal WHERE cause = 6") > 0);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_claims_are_booked_and_given_back),
        LEDGER_TEST(test_only_what_is_metered_is_booked),
        LEDGER_TEST(test_parts_move_to_the_end),
        LEDGER_TEST(test_crash_counts_until_the_restart),
        LEDGER_TEST(test_refused_claims_book_nothing),
        LEDGER_TEST(test_one_transaction),
        LEDGER_TEST(test_trouble_books_once),
        LEDGER_TEST(test_usage_survives_kills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
