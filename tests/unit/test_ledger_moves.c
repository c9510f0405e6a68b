/* test_ledger_moves: reports find their messages after SIMs went from modem to modem.
 * Runs: any. Real books, real loop, a clock that is set. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define HOUR_MS  INT64_C(3600000)
#define START_MS INT64_C(1793491200000)
#define TWIN     7 /* the reference of every message, unless a test says another */

static const char *const imsis[] = {"460000000000001", "460000000000002"};

static int32_t sim_number(struct kit *kit, const char *name)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = name}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(op.sim.uses);
    return op.sim.number;
}

/* The SIM with imsis[i]. */
static int32_t sim_of(struct kit *kit, int i)
{
    MEM_FREE_LATER char *name = mem_printf("imsi:%s", imsis[i]);

    return sim_number(kit, name);
}

static int32_t modem_of(struct kit *kit, int i)
{
    MEM_FREE_LATER char *name = mem_printf("bank-a/%d", i);

    return kit_device(kit, name);
}

/* One message more to the same number, in a campaign of its own, claimed by that SIM in that
 * modem. */
static int64_t claim_by(struct kit *kit, int modem, int32_t sim)
{
    int64_t n = kit_ask(kit, "SELECT count(*) FROM delivery");
    MEM_FREE_LATER char *id = mem_printf("law-%lld", (long long)n);

    assert_int_equal(kit_enter(kit, id, "source"), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 0, 1, 1, false), 1);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 1);
    kit->device = modem_of(kit, modem);
    kit->meters = (struct ledger_meters){.sim = sim, .slot = meter_slot(START_MS)};
    kit_claim(kit, kit->rows[0].id);
    return kit->rows[0].id;
}

static int64_t send_by(struct kit *kit, int modem, int32_t sim, int reference)
{
    struct outcome sent = {.kind = OUTCOME_SENT, .n_references = 1, .references = {reference}};
    int64_t id = claim_by(kit, modem, sim);

    assert_int_equal(kit_settle(kit, id, &sent, 0), DELIVERY_SENT);
    return id;
}

struct heard {
    int modem;
    int32_t sim;
    const char *imsi; /* NULL: not known */
    int reference;
    int64_t sent_ms;
};

/* Which message it is about; 0: none. */
static int64_t hear(struct kit *kit, struct heard heard)
{
    struct ledger_op op = {.kind = LEDGER_REPORT,
                           .report = {.device = modem_of(kit, heard.modem),
                                      .sim = heard.sim,
                                      .report = {.address = KIT_NUMBER,
                                                 .reference = heard.reference,
                                                 .sent_ms = heard.sent_ms}}};

    snprintf(op.report.imsi, sizeof op.report.imsi, "%s", heard.imsi ? heard.imsi : "");
    kit_do(kit, &op);
    assert_int_equal(op.result, op.report.id ? LEDGER_OK : LEDGER_UNMATCHED);
    return op.report.id;
}

static void restart(struct kit *kit)
{
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
}

/* Same number, same reference: only the SIM tells the two messages apart. */
static void test_sims_that_swap_ports(void **state)
{
    struct kit *kit = *state;
    int32_t sims[] = {sim_of(kit, 0), sim_of(kit, 1)};
    int64_t sent[2];

    for (int i = 0; i < 2; i++)
        sent[i] = send_by(kit, i, sims[i], TWIN);
    restart(kit);
    assert_int_equal(hear(kit, (struct heard){0, sims[1], imsis[1], TWIN, 0}), sent[1]);
    assert_int_equal(hear(kit, (struct heard){0, sims[1], imsis[1], TWIN, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){1, sims[0], imsis[0], TWIN, 0}), sent[0]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(state_of(kit, sent[i]), DELIVERY_DELIVERED);
    /* A message stays the modem's that sent it. */
    assert_int_equal(kit_ask(kit, "SELECT device FROM delivery WHERE id = 1"), modem_of(kit, 0));
    assert_books_agree(kit);
}

/* What the network kept meanwhile may come before the lane has heard its SIM's number. */
static void test_the_imsi_will_do(void **state)
{
    struct kit *kit = *state;
    int64_t sent = send_by(kit, 0, sim_of(kit, 0), TWIN);

    assert_int_equal(hear(kit, (struct heard){1, 0, "460000000000009", TWIN, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){0, 0, "460000000000009", TWIN, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){1, 0, imsis[0], TWIN, 0}), sent);
}

static void test_another_sim_is_not_guessed(void **state)
{
    struct kit *kit = *state;
    int32_t other = sim_of(kit, 1);
    int64_t sent = send_by(kit, 0, sim_of(kit, 0), TWIN);

    for (int given = 0; given < 2; given++)
        assert_int_equal(hear(kit, (struct heard){0, other, imsis[1], TWIN, given * START_MS}), 0);
    assert_int_equal(state_of(kit, sent), DELIVERY_SENT);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM unmatched"), 2);
}

/* ---- not known ---- */

static void test_a_sim_that_is_unknown_now(void **state)
{
    struct kit *kit = *state;
    int64_t sent = send_by(kit, 0, sim_of(kit, 0), TWIN);

    assert_int_equal(hear(kit, (struct heard){1, 0, NULL, TWIN, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){0, 0, NULL, TWIN, 0}), sent);
}

static void test_a_sim_that_was_unknown_then(void **state)
{
    struct kit *kit = *state;
    int32_t sim = sim_of(kit, 0);

    for (int i = 0; i < 2; i++) {
        int64_t sent = send_by(kit, 0, 0, TWIN);

        assert_int_equal(hear(kit, (struct heard){1, sim, imsis[0], TWIN, 0}), 0);
        assert_int_equal(hear(kit, (struct heard){0, i ? 0 : sim, imsis[i], TWIN, 0}), sent);
    }
}

/* A SIM that goes by its modem's name may be any. */
static void test_a_sim_without_an_imsi(void **state)
{
    struct kit *kit = *state;
    int32_t nameless = sim_number(kit, "modem:bank-a/0"), sim = sim_of(kit, 0);
    int64_t sent = send_by(kit, 0, nameless, TWIN);

    assert_int_equal(hear(kit, (struct heard){1, nameless, NULL, TWIN, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){0, sim, imsis[0], TWIN, 0}), sent);
    sent = send_by(kit, 0, sim, TWIN);
    assert_int_equal(hear(kit, (struct heard){0, nameless, NULL, TWIN, 0}), sent);
}

/* ---- crash ---- */

static void test_in_flight_at_a_crash(void **state)
{
    struct kit *kit = *state;
    int32_t sim = sim_of(kit, 0), other = sim_of(kit, 1);
    int64_t sent = claim_by(kit, 0, sim);

    restart(kit);
    assert_int_equal(kit->recovery.unknown, 1);
    assert_int_equal(hear(kit, (struct heard){0, other, imsis[1], 99, 0}), 0);
    assert_int_equal(hear(kit, (struct heard){1, sim, imsis[0], 99, 0}), sent);
    assert_int_equal(state_of(kit, sent), DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

/* The second attempt goes out by another SIM; each is reported on by its own. */
static void test_attempts_by_two_sims(void **state)
{
    struct kit *kit = *state;
    int32_t sims[] = {sim_of(kit, 0), sim_of(kit, 1)};
    struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    int64_t sent;

    kit->resend = true;
    sent = claim_by(kit, 0, sims[0]);
    assert_int_equal(kit_settle(kit, sent, &unknown, 0), DELIVERY_DEFERRED);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 1);
    kit->device = modem_of(kit, 1);
    kit->meters.sim = sims[1];
    kit_claim(kit, sent);
    assert_int_equal(kit_settle(kit, sent, &unknown, 0), DELIVERY_DEFERRED);
    assert_int_equal(kit_ask(kit, "SELECT count(DISTINCT sim) FROM awaiting"), 2);
    assert_int_equal(hear(kit, (struct heard){0, sims[1], imsis[1], 3, 0}), sent);
    assert_int_equal(state_of(kit, sent), DELIVERY_DELIVERED);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
    assert_books_agree(kit);
}

/* ---- habits ---- */

/* The clock is the network's, so it goes with the SIM and not with the modem. */
static void test_a_clock_belongs_to_the_sim(void **state)
{
    struct kit *kit = *state;
    int32_t sims[] = {sim_of(kit, 0), sim_of(kit, 1)};
    int64_t sent;

    clock_set(START_MS);
    sent = send_by(kit, 0, sims[0], TWIN);
    assert_int_equal(hear(kit, (struct heard){0, sims[0], imsis[0], TWIN, START_MS}), sent);
    send_by(kit, 0, sims[0], TWIN);
    assert_int_equal(hear(kit, (struct heard){1, sims[0], imsis[0], TWIN, START_MS - 8 * HOUR_MS}),
                     0);
    sent = send_by(kit, 0, sims[1], TWIN); /* this network's clock was never right */
    assert_int_equal(hear(kit, (struct heard){0, sims[1], imsis[1], TWIN, START_MS - 8 * HOUR_MS}),
                     sent);
    /* Without its IMSI the message's own SIM says whose clock it is. */
    assert_int_equal(hear(kit, (struct heard){0, 0, NULL, TWIN, START_MS - 8 * HOUR_MS}), 0);
}

/* Whether 0 is a reference at all is the habit of the modem that answered with it. */
static void test_a_reference_belongs_to_the_modem(void **state)
{
    struct kit *kit = *state;
    int32_t sim = sim_of(kit, 0);
    int64_t sent;

    clock_set(START_MS);
    sent = send_by(kit, 0, sim, TWIN);
    assert_int_equal(hear(kit, (struct heard){1, sim, imsis[0], TWIN, START_MS}), sent);
    sent = send_by(kit, 0, sim, 0); /* a true 0: this modem does better */
    assert_int_equal(hear(kit, (struct heard){1, sim, imsis[0], 9, START_MS}), 0);
    assert_int_equal(hear(kit, (struct heard){1, sim, imsis[0], 0, START_MS}), sent);
    sent = send_by(kit, 1, sim, 0); /* this one never did */
    assert_int_equal(hear(kit, (struct heard){0, sim, imsis[0], 9, START_MS}), sent);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_sims_that_swap_ports),
        LEDGER_TEST(test_the_imsi_will_do),
        LEDGER_TEST(test_another_sim_is_not_guessed),
        LEDGER_TEST(test_a_sim_that_is_unknown_now),
        LEDGER_TEST(test_a_sim_that_was_unknown_then),
        LEDGER_TEST(test_a_sim_without_an_imsi),
        LEDGER_TEST(test_in_flight_at_a_crash),
        LEDGER_TEST(test_attempts_by_two_sims),
        LEDGER_TEST(test_a_clock_belongs_to_the_sim),
        LEDGER_TEST(test_a_reference_belongs_to_the_modem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
