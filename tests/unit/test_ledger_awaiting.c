/* test_ledger_awaiting: how many reports a campaign awaits, whatever others in the books do. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define HOUR_MS  INT64_C(3600000)
#define START_MS INT64_C(1793491200000)

static int64_t taken; /* of the unit, as of the last question */

static size_t awaiting(struct kit *kit, int64_t campaign)
{
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = campaign,
                           .fetch = {.unit = kit->units[0], .channel = CHANNEL_SMS}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    taken = op.fetch.taken;
    return op.fetch.awaiting;
}

static void close_reports(struct kit *kit, int64_t campaign)
{
    struct ledger_op op = {.kind = LEDGER_CLOSE,
                           .campaign = campaign,
                           .close = {.before_ms = clock_wall_ms() + 1, .max = 100}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

/* The first campaign sends three, one of two parts; an hour later the second sends two. */
static int64_t send_two_campaigns(struct kit *kit)
{
    int64_t first = kit->campaign;

    clock_set(START_MS);
    kit_insert(kit, 0, 1, 2, false);
    kit_insert(kit, 1, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 10, false);
    for (int i = 1; i <= 3; i++)
        kit_send(kit, i, i == 1 ? 2 : 1, 10 * i);
    clock_set(START_MS + HOUR_MS);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 10, false);
    kit_send(kit, 4, 1, 70);
    kit_send(kit, 5, 1, 80);
    return first;
}

static void test_messages_are_counted_not_parts(void **state)
{
    struct kit *kit = *state;
    int64_t first = send_two_campaigns(kit);

    assert_int_equal(awaiting(kit, first), 3);
    assert_int_equal(awaiting(kit, kit->campaign), 2);
    kit_report(kit, KIT_NUMBER, 10, REPORT_DELIVERED); /* half of it */
    assert_int_equal(awaiting(kit, first), 3);
    kit_report(kit, KIT_NUMBER, 11, REPORT_DELIVERED);
    kit_report(kit, KIT_NUMBER + 1, 20, REPORT_FAILED);
    assert_int_equal(awaiting(kit, first), 1);
    assert_int_equal(taken, 3); /* whatever became of them */
    assert_int_equal(awaiting(kit, kit->campaign), 2);
    assert_int_equal(taken, 2);
}

static void test_what_is_closed_is_not_awaited(void **state)
{
    struct kit *kit = *state;
    int64_t first = send_two_campaigns(kit);

    close_reports(kit, first);
    assert_int_equal(awaiting(kit, first), 0);
    assert_int_equal(awaiting(kit, kit->campaign), 2);
}

static void test_what_is_too_old_is_not_awaited(void **state)
{
    struct kit *kit = *state;
    int64_t first = send_two_campaigns(kit);

    clock_set(START_MS + 71 * HOUR_MS);
    assert_int_equal(awaiting(kit, first), 3);
    clock_set(START_MS + 72 * HOUR_MS + HOUR_MS / 2);
    assert_int_equal(awaiting(kit, first), 0);
    assert_int_equal(awaiting(kit, kit->campaign), 2);
}

/* Without references no report will ever come. */
static void test_what_has_no_reference_is_not_awaited(void **state)
{
    const struct outcome sent = {.kind = OUTCOME_SENT};
    struct kit *kit = *state;
    int64_t first = send_two_campaigns(kit);

    close_reports(kit, kit->campaign);
    kit_insert(kit, 7, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 10, false);
    kit_claim(kit, 6);
    assert_int_equal(kit_settle(kit, 6, &sent, 0), DELIVERY_SENT);
    assert_int_equal(awaiting(kit, kit->campaign), 0);
    assert_int_equal(awaiting(kit, first), 3);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_messages_are_counted_not_parts),
        LEDGER_TEST(test_what_is_closed_is_not_awaited),
        LEDGER_TEST(test_what_is_too_old_is_not_awaited),
        LEDGER_TEST(test_what_has_no_reference_is_not_awaited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
