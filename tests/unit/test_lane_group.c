/* test_lane_group: a limit group that SIMs join counts what they have sent before. */
#include "tests/unit/lane_kit.h"

static void stop_when_all_are_sent(struct kit *kit)
{
    if (kit_count(kit, DELIVERY_SENT) < kit->ledger->n_rows)
        return;
    dispatch_stop(kit->dispatch);
    kit->acted = true;
}

/* 20 parts within the hour without a group: a group of 25 has room for 5 more in it. */
static void test_a_new_group_starts_where_its_sims_are(void **state)
{
    struct kit *kit = *state;
    struct modem *modem = kit_modems(kit, 2, -1);

    kit_messages(kit, 20, OPERATOR_UNKNOWN, 1);
    kit->at = stop_when_all_are_sent;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
    kit_messages(kit, 60, OPERATOR_UNKNOWN, 1);
    kit->groups[0].limits.per_hour = 25;
    modem[0].group = modem[1].group = 0;
    kit->at = NULL;
    kit_run(kit);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 30, 79);
    assert_in_range(kit_most_within(kit, 0, 2, HOUR_MS), 20, 25);
    assert_int_equal(fake_ledger_used(kit->ledger, "group:pool"), kit_count(kit, DELIVERY_SENT));
}

/* Joining is done once: what the group counts already isn't counted again by the next start. */
static void test_a_restart_joins_nobody_again(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, -1)->group = 0;
    kit->groups[0].limits.per_day = 12;
    kit_messages(kit, 6, OPERATOR_UNKNOWN, 1);
    kit->at = stop_when_all_are_sent;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 6);
    kit_messages(kit, 10, OPERATOR_UNKNOWN, 1);
    kit->at = NULL;
    kit_run(kit);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(test_a_new_group_starts_where_its_sims_are),
        KIT_TEST(test_a_restart_joins_nobody_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
