/* test_choice: which message a free lane takes, and what it leaves to others. */
#include "gateway/dispatch/dispatch_inside.h"
#include "tests/unit/lane_kit.h"

/* More than a queue holds are larger than the only SIM's limit: the small ones behind them go out
 * all the same. */
static void test_large_ones_hold_up_no_small_one(void **state)
{
    struct kit *kit = *state;
    size_t sent = 0;

    kit_modems(kit, 1, -1)->limits.per_hour = 3;
    kit_messages(kit, 520, OPERATOR_UNKNOWN, 4);
    kit_messages(kit, 80, OPERATOR_UNKNOWN, 1);
    kit_run(kit);
    sent = kit_count(kit, DELIVERY_SENT);
    assert_in_range(sent, 7, 12); /* two hours and a half */
    assert_int_equal(kit_count(kit, DELIVERY_EXPIRED), 600 - sent);
    assert_in_range(clock_wall_ms() - kit->window.to_ms, 0, MINUTE_MS);
}

/* As many as the limit are not too many. */
static void test_as_large_as_the_limit(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, -1)->limits.per_day = 4;
    kit_messages(kit, 600, OPERATOR_UNKNOWN, 5);
    kit_messages(kit, 1, OPERATOR_UNKNOWN, 4);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 1);
}

/* The group's limit counts as well, and it is the largest lane that counts. */
static void test_the_group_limits_too(void **state)
{
    struct kit *kit = *state;
    struct modem *modem = kit_modems(kit, 2, -1);

    modem[0].group = modem[1].group = 0;
    modem[1].limits.per_day = 2;
    kit->groups[0].limits.per_day = 3;
    kit_messages(kit, 600, OPERATOR_UNKNOWN, 4);
    kit_messages(kit, 1, OPERATOR_UNKNOWN, 3);
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 1);
    assert_int_equal(kit_sent_by(kit, 0, OPERATOR_UNKNOWN), 1);
}

/* With "prefer" others carry what is too large for a network's own bank; with "own" nobody does,
 * and the small ones go out. */
static void test_too_large_for_its_own_bank(void **state)
{
    static const struct {
        int routing;
        size_t large, small;
    } cases[] = {
        {ROUTING_PREFER, 520, 1},
        {ROUTING_OWN, 0, 1},
        {ROUTING_ANY, 520, 1},
    };
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_MOBILE)->limits.per_hour = 3;
    kit_modems(kit, 1, OPERATOR_UNICOM);
    kit_messages(kit, 520, OPERATOR_MOBILE, 4);
    kit_messages(kit, 1, OPERATOR_MOBILE, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit->campaign.sms.routing = cases[i].routing;
        for (size_t k = 0; k < kit->ledger->n_rows; k++)
            kit->ledger->rows[k].state = DELIVERY_PLANNED;
        clock_set(kit->start_ms);
        kit_run(kit);
        assert_int_equal(kit_count(kit, DELIVERY_SENT), cases[i].large + cases[i].small);
        if (cases[i].routing != ROUTING_ANY)
            assert_int_equal(kit_sent_by(kit, 0, OPERATOR_MOBILE), cases[i].small);
    }
}

/* The first modem sends nothing back for good. */
static struct outcome decide_first_returns(struct puppet *puppet, const struct adapter_job *job,
                                           void *ctx)
{
    struct kit *kit = ctx;
    bool first = puppet == &kit->puppets.all[0];

    (void)job;
    kit->submits_then += first;
    first = first && kit->submits_then < 200;
    return (struct outcome){.kind = first ? OUTCOME_RETURNED : OUTCOME_SENT};
}

static void test_what_came_back_is_left_to_others(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, -1)[1].gap_ms = 5000;
    kit_messages(kit, 20, OPERATOR_UNKNOWN, 1);
    kit->puppets.decide = decide_first_returns;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    assert_in_range(kit->submits_then, 1, 20); /* none twice */
}

static struct outcome decide_third_time(struct puppet *puppet, const struct adapter_job *job,
                                        void *ctx)
{
    struct kit *kit = ctx;

    (void)puppet;
    (void)job;
    return (struct outcome){.kind = ++kit->submits_then % 3 ? OUTCOME_RETURNED : OUTCOME_SENT};
}

static void pause_second(struct kit *kit)
{
    kit_say(kit, STEER_MODEM, STEER_PAUSE, "bank/1", 0);
    kit->acted = true;
}

/* Nobody else is there: it isn't left for ever. */
static void test_the_only_one_tries_again(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, -1);
    kit_messages(kit, 20, OPERATOR_UNKNOWN, 1);
    kit->puppets.decide = decide_third_time;
    kit->at = pause_second;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    assert_int_equal(kit->submits_then, 60);
}

/* Four modems of a bank whose rate is 60 an hour, in two hours and a half. */
static void look_at_capacity(struct kit *kit)
{
    const struct route_load *load = &kit->dispatch->choice.loads[OPERATOR_MOBILE];

    if (!kit->view.modems_ready || kit->view.settled < 20)
        return;
    assert_in_range(load->capacity, 120, 151);
    kit->acted = true;
}

static void test_a_bank_has_its_rate_once(void **state)
{
    struct kit *kit = *state;

    kit->ledger->words[kit->ledger->n_words++] =
        (struct steer){.scope = STEER_MODEM, .verb = STEER_RATE, .name = "bank", .value = 60};
    kit_modems(kit, 4, OPERATOR_MOBILE);
    kit_messages(kit, 100, OPERATOR_MOBILE, 1);
    kit->at = look_at_capacity;
    kit_run(kit);
    assert_true(kit->acted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(test_large_ones_hold_up_no_small_one),
        KIT_TEST(test_as_large_as_the_limit),
        KIT_TEST(test_the_group_limits_too),
        KIT_TEST(test_too_large_for_its_own_bank),
        KIT_TEST(test_what_came_back_is_left_to_others),
        KIT_TEST(test_the_only_one_tries_again),
        KIT_TEST(test_a_bank_has_its_rate_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
