/* test_lane: modems that are limited, paused, slow, hung, doubled, and the routes between them. */
#include "tests/unit/lane_kit.h"

static void test_all_sent(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 4, OPERATOR_UNKNOWN);
    kit_messages(kit, 900, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 900);
    assert_int_equal(kit->ledger->sims_asked, 4);
    assert_int_equal(fake_ledger_used(kit->ledger, "imsi:460000000000000") +
                         fake_ledger_used(kit->ledger, "imsi:460000000000001") +
                         fake_ledger_used(kit->ledger, "imsi:460000000000002") +
                         fake_ledger_used(kit->ledger, "imsi:460000000000003"),
                     900);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(kit->ledger->modems[i].state, LANE_READY);
        assert_string_equal(kit->ledger->modems[i].health.imsi, kit->imsis[i]);
        assert_true(kit->ledger->modems[i].sim > 0);
    }
}

/* Nothing is polled where there is nothing: a few looks for each of the ten queues. */
static void test_empty_routes_cost_nothing(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 300, OPERATOR_UNICOM, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 300);
    assert_true(kit->ledger->fetches < 40);
}

static void kit_stop_at_15(struct kit *kit)
{
    if (kit->view.settled < 15)
        return;
    dispatch_stop(kit->dispatch);
    kit->acted = true;
}

/* Ten parts an hour; the gateway is started anew in the middle, twice. */
static void test_limit_lasts_across_restarts(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->limits.per_hour = 10;
    kit->window.to_ms = kit->start_ms + 6 * HOUR_MS;
    kit_messages(kit, 40, 0, 1);
    kit->at = kit_stop_at_15;
    kit_run(kit);
    assert_true(kit_count(kit, DELIVERY_SENT) >= 15 && kit_count(kit, DELIVERY_SENT) < 20);
    kit_run(kit);
    kit->at = NULL;
    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        if (kit->ledger->rows[i].state == DELIVERY_DUE)
            kit->ledger->rows[i].state = DELIVERY_PLANNED;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 40);
    assert_true(kit_most_within(kit, 0, 1, HOUR_MS) <= 10);
    assert_true(kit->jumps < 200);
}

/* Two modems share twelve parts an hour; each alone might send all of them. */
static void test_group_limit(void **state)
{
    struct kit *kit = *state;
    struct modem *modems = kit_modems(kit, 2, OPERATOR_UNKNOWN);

    kit->groups[0].limits.per_hour = 12;
    modems[0].group = modems[1].group = 0;
    modems[0].limits.per_hour = modems[1].limits.per_hour = 100;
    kit_messages(kit, 200, 0, 2);
    kit_run(kit);
    assert_true(kit_most_within(kit, 0, 2, HOUR_MS) <= 12);
    assert_true(kit_most_within(kit, 0, 2, HOUR_MS) >= 10);
    assert_true(kit_count(kit, DELIVERY_SENT) >= 13);
    assert_int_equal(fake_ledger_used(kit->ledger, "group:pool"),
                     2 * (int64_t)kit_count(kit, DELIVERY_SENT));
    assert_int_equal(kit_count(kit, DELIVERY_SENT) + kit_count(kit, DELIVERY_EXPIRED), 200);
}

/* What no modem may ever send expires, and holds up nothing, though it stands first. */
static void test_message_above_the_limit(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit->modems[0].limits.per_hour = kit->modems[1].limits.per_hour = 4;
    kit_messages(kit, 3, 0, 5);
    kit_messages(kit, 8, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 8);
    assert_int_equal(kit_count(kit, DELIVERY_EXPIRED), 3);
}

static struct outcome decide_returned(struct puppet *puppet, const struct adapter_job *job,
                                      void *ctx)
{
    const struct kit *kit = ctx;

    (void)puppet;
    (void)job;
    return (struct outcome){.kind = kit->puppets.submits % 2 ? OUTCOME_RETURNED : OUTCOME_SENT};
}

/* What came back unsent is not counted: else the hours would not do for so many. */
static void test_returned_is_given_back(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->limits.per_hour = 20;
    kit->puppets.decide = decide_returned;
    kit_messages(kit, 40, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 40);
    assert_int_equal(kit->puppets.submits, 80);
    assert_int_equal(fake_ledger_used(kit->ledger, "imsi:460000000000000"), 40);
}

static void kit_down_1(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[1];

    if (!kit->view.modems_ready || !puppet->started)
        return;
    puppet->env.events->ready(puppet->env.ctx, false, "unplugged");
    kit->acted = true;
}

/* Modem 0 is China Mobile's, modem 1 China Unicom's; all messages go to Unicom. */
static void test_routing(void **state)
{
    static const struct {
        int routing;
        bool unicom_down;
        size_t least_by_mobile, most_by_mobile, sent;
    } cases[] = {
        {ROUTING_OWN, false, 0, 0, 300},     {ROUTING_OWN, true, 0, 0, 0},
        {ROUTING_PREFER, false, 0, 0, 300},  {ROUTING_PREFER, true, 300, 300, 300},
        {ROUTING_ANY, false, 100, 200, 300}, {ROUTING_ANY, true, 300, 300, 300},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit *kit;
        void *fresh;

        kit_open(&fresh);
        kit = fresh;
        kit_modems(kit, 1, OPERATOR_MOBILE);
        kit_modems(kit, 1, OPERATOR_UNICOM);
        kit->campaign.sms.routing = cases[i].routing;
        kit->at = cases[i].unicom_down ? kit_down_1 : NULL;
        kit_messages(kit, 300, OPERATOR_UNICOM, 1);
        kit_run(kit);
        assert_in_range(kit_sent_by(kit, 0, OPERATOR_UNICOM), cases[i].least_by_mobile,
                        cases[i].most_by_mobile);
        assert_int_equal(kit_count(kit, DELIVERY_SENT), cases[i].sent);
        kit_close(&fresh);
    }
    (void)state;
}

/* The Unicom bank is well, but has more to carry than its limit allows: the other one helps from
 * the beginning, not when the limit is reached. */
static void test_prefer_helps_in_time(void **state)
{
    struct kit *kit = *state;
    size_t soon = 0;

    kit_modems(kit, 1, OPERATOR_MOBILE);
    kit_modems(kit, 1, OPERATOR_UNICOM)->limits.per_hour = 20;
    kit_messages(kit, 200, OPERATOR_UNICOM, 1);
    kit_messages(kit, 100, OPERATOR_MOBILE, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 300);
    assert_int_equal(kit_sent_by(kit, 0, OPERATOR_MOBILE), 100);
    assert_true(kit_sent_by(kit, 0, OPERATOR_UNICOM) >= 130);
    assert_true(kit_sent_by(kit, 1, OPERATOR_UNICOM) >= 20);
    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        soon += kit->ledger->rows[i].device == 1 &&
                kit->ledger->rows[i].claimed_ms < kit->start_ms + MINUTE_MS;
    assert_true(soon >= 230);
}

/* Its own network's messages, then those of no known network, then others', whatever stands first.
 */
static void test_own_first(void **state)
{
    struct kit *kit = *state;
    const struct fake_row *rows = kit->ledger->rows;

    kit_modems(kit, 1, OPERATOR_MOBILE)->gap_ms = 1000;
    kit->campaign.sms.routing = ROUTING_ANY;
    kit_messages(kit, 5, OPERATOR_UNICOM, 1);
    kit_messages(kit, 5, OPERATOR_UNKNOWN, 1);
    kit_messages(kit, 5, OPERATOR_MOBILE, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 15);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 1; k < 5; k++) {
            assert_true(rows[10 + i].claimed_ms < rows[5 + k].claimed_ms);
            assert_true(rows[5 + i].claimed_ms < rows[k].claimed_ms);
        }
}

/* Numbers of no known network go to anybody, also where others' may not. */
static void test_unknown_route(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_MOBILE);
    kit->campaign.sms.routing = ROUTING_OWN;
    kit_messages(kit, 20, OPERATOR_UNKNOWN, 1);
    kit_messages(kit, 20, OPERATOR_MOBILE, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 40);
    for (size_t i = 20; i < 40; i++)
        assert_true(kit->ledger->rows[i].device == 1);
}

static void kit_stop_when_alone(struct kit *kit)
{
    kit->puppets.all[0].hangs = true;
    if (kit->view.settled < 299)
        return;
    dispatch_stop(kit->dispatch);
    kit->acted = true;
}

/* A modem that hangs keeps the one message that it has; all others go by the other one. */
static void test_hung_modem_holds_nothing(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 300, 0, 1);
    kit->at = kit_stop_when_alone;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 299);
    assert_int_equal(kit->puppets.all[0].sent, 0);
}

static struct outcome decide_bad_number(struct puppet *puppet, const struct adapter_job *job,
                                        void *ctx)
{
    (void)puppet;
    (void)ctx;
    if (job->address == 8613800000000)
        return (struct outcome){.kind = OUTCOME_DEFERRED, .code = 42, .wait_ms = 2000};
    return (struct outcome){.kind = OUTCOME_SENT};
}

/* A number that always fails waits longer each time and is given up; nobody waits for it. */
static void test_failing_number(void **state)
{
    struct kit *kit = *state;
    int64_t since_ms;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 100, 0, 1);
    kit->puppets.decide = decide_bad_number;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 99);
    assert_int_equal(kit->ledger->rows[0].state, DELIVERY_EXPIRED);
    assert_int_equal(kit->ledger->rows[0].attempts, 5);
    since_ms = kit->ledger->rows[0].claimed_ms - kit->start_ms;
    assert_in_range(since_ms, 3 * (2000 + 4000 + 8000 + 16000) / 4, 34000);
    for (size_t i = 1; i < 100; i++)
        assert_true(kit->ledger->rows[i].claimed_ms < kit->start_ms + 2000);
    assert_int_equal(kit->ledger->modems[0].told > 0, true);
}

static void kit_steered(void *ctx, const struct dispatch_answer *answer)
{
    (void)ctx;
    assert_int_equal(answer->result, STEERED_DONE);
}

/* How many modems have that name; 0: none. */
static size_t kit_pause_modem(struct kit *kit, const char *id, bool paused)
{
    struct steer steer = {.scope = STEER_MODEM, .verb = paused ? STEER_PAUSE : STEER_RESUME};
    struct dispatch_answer answer = {0};

    snprintf(steer.name, sizeof steer.name, "%s", id);
    if (dispatch_steer(kit->dispatch, &steer, "user lo", kit_steered, kit, &answer))
        return strchr(id, '/') ? 1 : kit->office.n_modems;
    assert_int_equal(answer.result, STEERED_NONE);
    return answer.modems;
}

static void kit_pause_bank(struct kit *kit)
{
    if (kit->view.settled < 10 || kit->puppets.all[0].job)
        return; /* modem 0 waits for the books to answer its claim */
    assert_int_equal(kit_pause_modem(kit, "bank", true), 2);
    assert_int_equal(kit_pause_modem(kit, "bank/7", true), 0);
    kit->submits_then = kit->puppets.submits;
    kit->acted = true;
}

/* Paused in the middle: what is claimed comes back or ends, nothing more goes, and the clock runs
 * to the window's end. The next run remembers. */
static void test_pause_lasts(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 100, 0, 1);
    kit->at = kit_pause_bank;
    kit_run(kit);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 10, 13);
    assert_int_equal(kit_count(kit, DELIVERY_SENT) + kit_count(kit, DELIVERY_EXPIRED), 100);
    assert_int_equal(kit->puppets.submits, kit->submits_then);
    assert_int_equal(kit->last.modems_paused, 2);
    assert_true(kit->ledger->modems[0].paused && kit->ledger->modems[1].paused);
    assert_true(kit->jumps < 5);
    clock_set(kit->start_ms);
    kit_messages(kit, 10, 0, 1);
    kit->at = NULL;
    kit_run(kit);
    assert_int_equal(kit->puppets.submits, kit_count(kit, DELIVERY_SENT));
    assert_int_equal(kit->ledger->modems[0].state, LANE_PAUSED);
}

static void kit_pause_and_resume(struct kit *kit)
{
    if (kit->view.settled < 10)
        return;
    if (!kit->view.modems_paused) {
        assert_int_equal(kit_pause_modem(kit, "bank/0", true), 1);
        return;
    }
    assert_int_equal(kit_pause_modem(kit, "bank/0", false), 1);
    kit->acted = true;
}

static void test_resume(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 50, 0, 1);
    kit->at = kit_pause_and_resume;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 50);
    assert_false(kit->ledger->modems[0].paused);
}

static void kit_stop_and_lose(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];

    if (kit->view.settled < 10)
        return;
    dispatch_stop(kit->dispatch);
    puppet->env.events->ready(puppet->env.ctx, false, "its agent has ended");
    dispatch_tick(kit->dispatch);
    kit->acted = true;
}

/* A modem that is lost while it stops, reports and answers that still come: all is taken in. */
static void test_lost_while_stopping(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_MOBILE);
    kit->modems[0].limits.per_hour = 1000;
    kit_messages(kit, 100, OPERATOR_UNICOM, 1);
    kit->at = kit_stop_and_lose;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(kit_count(kit, DELIVERY_INFLIGHT), 0);
}

static void kit_begin_late(struct kit *kit)
{
    if (kit->view.settled < 100)
        return;
    kit->puppets.all[1].late = false;
    kit->acted = true;
    uv_idle_start(&kit->puppets.all[1].turn, puppet_on_turn);
}

/* A bank that only begins is not exhausted: its messages wait for it, the others' don't. */
static void test_bank_that_begins(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_MOBILE);
    kit_modems(kit, 1, OPERATOR_UNICOM);
    kit->puppets.late = 1;
    kit_messages(kit, 50, OPERATOR_UNICOM, 1);
    kit_messages(kit, 100, OPERATOR_MOBILE, 1);
    kit->at = kit_begin_late;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 150);
    assert_int_equal(kit_sent_by(kit, 1, OPERATOR_UNICOM), 50);
}

static void test_gap(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->gap_ms = 3000;
    kit_messages(kit, 20, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    assert_in_range(kit->puppets.all[0].least_gap_ms, 3000, 3300);
    assert_true(kit->ledger->modems[0].told < 30);
}

static struct outcome decide_busy_once(struct puppet *puppet, const struct adapter_job *job,
                                       void *ctx)
{
    const struct kit *kit = ctx;

    (void)puppet;
    (void)job;
    if (kit->puppets.submits == 5)
        return (struct outcome){.kind = OUTCOME_DEFERRED,
                                .advice = ADVICE_REST,
                                .rest_ms = 60000,
                                .wait_ms = 1000,
                                .code = 332};
    return (struct outcome){.kind = OUTCOME_SENT};
}

/* The network asks for patience: this modem rests, its message goes by the other one. */
static void test_rest(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit->puppets.decide = decide_busy_once;
    kit_messages(kit, 20, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    for (size_t i = 4; i < 20; i++)
        assert_true(kit->ledger->rows[i].claimed_ms >= kit->start_ms + 60000);
}

/* One SIM answers in two modems: only the first works, and people are told which. */
static void test_same_sim_twice(void **state)
{
    struct kit *kit = *state;
    size_t late;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit->modems[1].imsi = kit->modems[0].imsi;
    kit_messages(kit, 60, 0, 1);
    kit_run(kit);
    late = kit->puppets.all[0].sent ? 1 : 0;
    assert_int_equal(kit->puppets.all[1 - late].sent, 60);
    assert_int_equal(kit->puppets.all[late].sent, 0);
    assert_int_equal(kit->ledger->modems[late].state, LANE_DOWN);
    assert_non_null(strstr(kit->ledger->modems[late].why, kit->ids[1 - late]));
    assert_null(strstr(kit->ledger->modems[late].why, kit->modems[0].imsi));
}

static void kit_move_sim(struct kit *kit)
{
    struct puppet *all = kit->puppets.all;

    if (kit->view.settled < 10 || all[0].job)
        return;
    all[0].env.events->ready(all[0].env.ctx, false, "unplugged");
    memcpy(all[1].imsi, all[0].imsi, sizeof all[1].imsi);
    all[1].env.events->ready(all[1].env.ctx, false, "another SIM");
    puppet_be_ready(&all[1]);
    kit->acted = true;
}

/* A SIM takes its meter along to another port. */
static void test_sim_moves_with_its_meter(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit->modems[0].limits.per_hour = kit->modems[1].limits.per_hour = 20;
    kit->window.to_ms = kit->start_ms + 58 * MINUTE_MS;
    kit_messages(kit, 100, 0, 1);
    kit->at = kit_move_sim;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(fake_ledger_used(kit->ledger, "imsi:460000000000000") +
                         fake_ledger_used(kit->ledger, "imsi:460000000000001"),
                     (int64_t)kit_count(kit, DELIVERY_SENT));
    assert_in_range(fake_ledger_used(kit->ledger, "imsi:460000000000000"), 15, 20);
    assert_string_equal(kit->ledger->sims[kit->ledger->modems[1].sim - 1], "imsi:460000000000000");
}

/* 512 modems, each with limits of its own: every one works, and no jump is wasted. */
static void test_many_modems(void **state)
{
    struct kit *kit = *state;
    struct modem *modems = kit_modems(kit, 512, OPERATOR_UNKNOWN);

    for (size_t i = 0; i < 512; i++)
        modems[i].limits = (struct meter_limits){.per_hour = 4, .per_day = 6};
    kit_messages(kit, 3500, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 512 * 6);
    assert_int_equal(kit_count(kit, DELIVERY_EXPIRED), 3500 - 512 * 6);
    assert_true(kit->jumps < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(test_all_sent),
        KIT_TEST(test_empty_routes_cost_nothing),
        KIT_TEST(test_limit_lasts_across_restarts),
        KIT_TEST(test_group_limit),
        KIT_TEST(test_message_above_the_limit),
        KIT_TEST(test_returned_is_given_back),
        cmocka_unit_test(test_routing),
        KIT_TEST(test_prefer_helps_in_time),
        KIT_TEST(test_own_first),
        KIT_TEST(test_unknown_route),
        KIT_TEST(test_hung_modem_holds_nothing),
        KIT_TEST(test_failing_number),
        KIT_TEST(test_pause_lasts),
        KIT_TEST(test_resume),
        KIT_TEST(test_lost_while_stopping),
        KIT_TEST(test_bank_that_begins),
        KIT_TEST(test_gap),
        KIT_TEST(test_rest),
        KIT_TEST(test_same_sim_twice),
        KIT_TEST(test_sim_moves_with_its_meter),
        KIT_TEST(test_many_modems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
