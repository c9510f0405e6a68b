/* test_lane_mail: what comes in and is answered, and what the books hear of modems. */
#include "tests/unit/lane_kit.h"

static void kit_write_in(struct kit *kit, size_t modem, size_t row, const char *text)
{
    struct puppet *puppet = &kit->puppets.all[modem];
    struct inbound inbound = {.ticket = 7,
                              .address = kit->ledger->rows[row].address,
                              .sent_ms = kit->start_ms,
                              .reference = -1,
                              .total = 1,
                              .seq = 1};

    snprintf(inbound.text, sizeof inbound.text, "%s", text);
    puppet->env.events->received(puppet->env.ctx, &inbound);
}

static void kit_refuse_late(struct kit *kit)
{
    if (kit->view.settled < 10)
        return;
    kit_write_in(kit, 0, 40, "ＴＤ。");
    kit_write_in(kit, 0, 40, "TD");
    kit_write_in(kit, 0, 2, "收到");
    kit->acted = true;
}

/* The refused message lies in the dispatcher's hands: its claim fails and the next one goes. It is
 * answered once, before other messages, and counted; what came twice is forgotten twice. */
static void test_refusal(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->limits.per_hour = 10000;
    kit->office.refusal_answer = (char *)(uintptr_t) "已退订";
    kit_messages(kit, 100, 0, 1);
    kit->at = kit_refuse_late;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 99);
    assert_int_equal(kit_count(kit, DELIVERY_SUPPRESSED), 1);
    assert_int_equal(kit->ledger->refused_claims, 1);
    assert_int_equal(kit->puppets.all[0].forgotten, 3);
    assert_int_equal(kit->ledger->n_answers, 1);
    assert_int_equal(kit->ledger->answers[0].state, DELIVERY_SENT);
    assert_int_equal(kit->last.replies, 2);
    assert_int_equal(kit->last.refusals, 1);
    assert_int_equal(kit->last.answers, 1);
    assert_int_equal(fake_ledger_used(kit->ledger, "imsi:460000000000000"), 100);
}

static void kit_refuse_at_night(struct kit *kit)
{
    if (!kit->view.modems_ready)
        return;
    kit_write_in(kit, 0, 0, "退订");
    kit->acted = true;
}

/* At night the answer waits; the next run sends it in the morning. */
static void test_no_answer_at_night(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit->office.refusal_answer = (char *)(uintptr_t) "已退订";
    kit->window = (struct window){kit_time("2026-10-31 21:00"), kit_time("2026-10-31 22:00")};
    clock_set(kit->window.from_ms);
    kit_messages(kit, 20, 0, 1);
    kit->at = kit_refuse_at_night;
    kit_run(kit);
    assert_int_equal(kit->ledger->answers[0].state, DELIVERY_DUE);
    assert_int_equal(kit->last.answers, 0);
    kit->window = (struct window){kit_time("2026-11-01 08:00"), kit_time("2026-11-01 09:00")};
    clock_set(kit->window.from_ms);
    kit_messages(kit, 5, 0, 1);
    kit->at = NULL;
    kit_run(kit);
    assert_int_equal(kit->ledger->answers[0].state, DELIVERY_SENT);
}

static struct outcome decide_busy_answer(struct puppet *puppet, const struct adapter_job *job,
                                         void *ctx)
{
    const struct kit *kit = ctx;

    (void)puppet;
    if (strcmp(job->text, "已退订") == 0 && kit->ledger->answers[0].tries < 3)
        return (struct outcome){.kind = OUTCOME_DEFERRED, .code = 38, .wait_ms = 1000};
    return (struct outcome){.kind = OUTCOME_SENT};
}

/* The network was busy: that is no reason to owe somebody his answer. */
static void test_an_answer_is_tried_again(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->gap_ms = 2000;
    kit->office.refusal_answer = (char *)(uintptr_t) "已退订";
    kit_messages(kit, 60, 0, 1);
    kit->at = kit_refuse_at_night;
    kit->puppets.decide = decide_busy_answer;
    kit_run(kit);
    assert_int_equal(kit->ledger->answers[0].state, DELIVERY_SENT);
    assert_int_equal(kit->ledger->answers[0].tries, 3);
    assert_int_equal(kit->last.answers, 1);
    assert_int_equal(fake_ledger_used(kit->ledger, "imsi:460000000000000"),
                     1 + (int64_t)kit_count(kit, DELIVERY_SENT));
}

static void kit_refuse_pin(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];

    if (!puppet->started)
        return;
    puppet->env.events->pin_refused(puppet->env.ctx, 77);
    kit->acted = true;
}

static void kit_take_pin(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];

    if (!puppet->started)
        return;
    puppet->env.events->pin_refused(puppet->env.ctx, 0);
    kit->acted = true;
}

static void test_pin_is_remembered(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 5, 0, 1);
    kit->at = kit_refuse_pin;
    kit_run(kit);
    assert_int_equal(kit->puppets.all[0].pin_mark, 0);
    kit->at = NULL;
    kit_run(kit);
    assert_int_equal(kit->puppets.all[0].pin_mark, 77);
    assert_string_equal(kit->puppets.all[0].remembered, "460000000000000");
    kit->at = kit_take_pin; /* the SIM took it after all */
    kit_run(kit);
    assert_int_equal(kit->ledger->modems[0].pin_mark, 0);
}

static void kit_chatter(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];
    struct modem_health health = {.registration = REGISTRATION_HOME};

    if (!kit->view.modems_ready)
        return;
    memcpy(health.imsi, puppet->imsi, sizeof health.imsi);
    health.signal_dbm = -113 + (int)(kit->view.settled % 60);
    puppet->env.events->health(puppet->env.ctx, &health);
}

/* News about the signal goes to the books once a minute, however often it comes. */
static void test_chatter_is_not_written(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 500, 0, 1);
    kit->at = kit_chatter;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 500);
    assert_true(kit->ledger->modems[0].told <= 4);
}

static void test_old_reports_are_closed(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->limits.per_hour = 20;
    kit->campaign.sms.report_close_h = 24;
    kit->window.to_ms = kit->start_ms + 3 * HOUR_MS;
    kit_messages(kit, 50, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 50);
    assert_in_range(kit->ledger->closes, 3, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(test_refusal),
        KIT_TEST(test_no_answer_at_night),
        KIT_TEST(test_an_answer_is_tried_again),
        KIT_TEST(test_pin_is_remembered),
        KIT_TEST(test_chatter_is_not_written),
        KIT_TEST(test_old_reports_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
