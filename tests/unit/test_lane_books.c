/* test_lane_books: what a lane takes from the books at its start, whose meter it uses, and what it
 * leaves because the window closes. */
#include "tests/unit/lane_kit.h"

static void test_all_are_recalled_at_once(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 40, OPERATOR_UNKNOWN);
    kit_messages(kit, 80, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 80);
    assert_int_equal(kit->ledger->recalls, 1);
}

static void kit_stop_at_once(struct kit *kit)
{
    dispatch_stop(kit->dispatch);
    kit->acted = true;
}

/* Before the books have answered who the modems are. */
static void test_stopped_before_it_began(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 3, OPERATOR_UNKNOWN);
    kit_messages(kit, 10, 0, 1);
    kit->at = kit_stop_at_once;
    kit->ledger->hold = 5;
    kit_run(kit);
    assert_int_equal(kit->ledger->recalls, 1);
    assert_false(kit->puppets.all[0].started);
    assert_int_equal(kit->ledger->modems[0].told, 0);
}

static struct outcome decide_one_error(struct puppet *puppet, const struct adapter_job *job,
                                       void *ctx)
{
    const struct kit *kit = ctx;

    (void)puppet;
    (void)job;
    if (kit->puppets.submits == 1)
        return (struct outcome){.kind = OUTCOME_REJECTED, .code = 28};
    return (struct outcome){.kind = OUTCOME_SENT};
}

/* The last error is shown until there is another one, over restarts. */
static void test_last_error_lasts(void **state)
{
    struct kit *kit = *state;
    int64_t at_ms;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 3, 0, 1);
    kit->puppets.decide = decide_one_error;
    kit_run(kit);
    assert_int_equal(kit->ledger->memories[0].error, 28);
    at_ms = kit->ledger->memories[0].error_ms;
    assert_in_range(at_ms - kit->start_ms, 0, MINUTE_MS);
    kit->puppets.decide = NULL;
    kit_messages(kit, 3, 0, 1);
    kit_run(kit);
    assert_int_equal(kit->ledger->memories[0].error, 28);
    assert_int_equal(kit->ledger->memories[0].error_ms, at_ms);
}

static void kit_tell_imsi(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];

    if (!kit->view.modem_trouble)
        return;
    assert_non_null(strstr(kit->view.modem_trouble, "IMSI"));
    assert_int_equal(kit->puppets.submits, kit->submits_then);
    snprintf(puppet->imsi, sizeof puppet->imsi, "460000000000000");
    puppet_be_ready(puppet);
    kit->acted = true;
}

/* A SIM that the books know keeps its meter: a modem that doesn't tell its IMSI this time sends
 * nothing until it does, instead of all that its limits allow once more. */
static void test_a_known_sim_has_one_meter(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, -1)->limits.per_hour = 10;
    kit->modems[0].imsi = kit->imsis[0];
    kit_messages(kit, 10, 0, 1);
    kit_run(kit);
    kit->submits_then = kit->puppets.submits;
    clock_set(kit->start_ms + 40 * MINUTE_MS);
    kit->window.to_ms = kit->start_ms + 100 * MINUTE_MS;
    kit->modems[0].imsi = NULL; /* not told */
    kit_messages(kit, 30, 0, 1);
    kit->at = kit_tell_imsi;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(kit->ledger->n_sims, 1);
    assert_true(kit_most_within(kit, 0, 1, HOUR_MS) <= 10);
    assert_true(kit_count(kit, DELIVERY_SENT) > 10);
}

/* One that never told an IMSI has the meter of its place. */
static void test_an_unknown_sim_goes_by_its_modem(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, -1);
    kit->modems[0].imsi = NULL;
    kit_messages(kit, 5, 0, 1);
    kit_run(kit);
    kit_messages(kit, 5, 0, 1);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 10);
    assert_int_equal(fake_ledger_used(kit->ledger, "modem:bank/0"), 10);
}

static void kit_go_silent(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[0];
    struct modem_health health = {.registration = REGISTRATION_HOME, .signal_dbm = -90};

    if (kit->view.settled < 3)
        return;
    puppet->env.events->health(puppet->env.ctx, &health);
    kit->acted = true;
}

/* A round of questions in which the IMSI was not answered changes nothing. */
static void test_silence_about_the_imsi(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, -1);
    kit_messages(kit, 20, 0, 1);
    kit->at = kit_go_silent;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    assert_int_equal(kit->ledger->n_sims, 1);
    assert_string_equal(kit->ledger->modems[0].health.imsi, kit->imsis[0]);
}

/* A part takes three seconds until it is measured: ten of them are not begun twelve seconds before
 * the end, and hold up no shorter one. */
static void test_nothing_is_begun_too_late(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit->window.to_ms = kit->start_ms + 12000;
    kit_messages(kit, 3, 0, 10);
    kit_messages(kit, 4, 0, 3);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 4);
    assert_int_equal(kit_count(kit, DELIVERY_EXPIRED), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(kit->ledger->rows[i].state, DELIVERY_EXPIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(test_all_are_recalled_at_once),
        KIT_TEST(test_stopped_before_it_began),
        KIT_TEST(test_last_error_lasts),
        KIT_TEST(test_a_known_sim_has_one_meter),
        KIT_TEST(test_an_unknown_sim_goes_by_its_modem),
        KIT_TEST(test_silence_about_the_imsi),
        KIT_TEST(test_nothing_is_begun_too_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
