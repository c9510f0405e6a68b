/* test_ledger_oversize: messages that are larger than anybody can send stay where they are. */
#include "tests/unit/ledger_kit.h"

static struct ledger_op fetch_up_to(struct kit *kit, int32_t parts_most, bool again)
{
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = kit->campaign,
                           .fetch = {.unit = kit->units[0],
                                     .channel = CHANNEL_SMS,
                                     .parts_most = parts_most,
                                     .again = again,
                                     .max = 4,
                                     .rows = kit->rows}};

    kit_release(kit);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    kit->n_rows = op.fetch.n;
    return op;
}

/* More of them than a fetch has room for lie before the small ones, planned and deferred. */
static void test_they_stay_planned(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op;

    assert_int_equal(kit_insert(kit, 0, 10, 4, false), 10);
    assert_int_equal(kit_insert(kit, 20, 2, 3, false), 2);
    op = fetch_up_to(kit, 3, true);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(kit->rows[0].parts, 3);
    assert_true(op.fetch.oversize);
    assert_int_equal(op.fetch.next_ms, INT64_MAX);
    assert_int_equal(op.fetch.open_parts, 46);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 0"), 10);
    op = fetch_up_to(kit, 4, false);
    assert_int_equal(kit->n_rows, 4);
    assert_false(op.fetch.oversize);
    assert_int_equal(op.fetch.next_ms, 0);
    assert_books_agree(kit);
}

/* Due ones that nobody can send any more, after a start, take no room either. */
static void test_due_ones_stay_due(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(kit_insert(kit, 0, 4, 4, false), 4);
    assert_int_equal(kit_insert(kit, 20, 1, 1, false), 1);
    fetch_up_to(kit, 0, true);
    assert_int_equal(kit->n_rows, 4);
    assert_true(fetch_up_to(kit, 3, true).fetch.oversize);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].parts, 1);
    fetch_up_to(kit, 4, true);
    assert_int_equal(kit->n_rows, 4);
}

static void test_the_reserve_is_drawn_past_them(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(kit_insert(kit, 0, 2, 4, true), 2);
    assert_int_equal(kit_insert(kit, 20, 1, 2, true), 1);
    fetch_up_to(kit, 3, true);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 20);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 2);
}

/* A row says which modem had it last. */
static void test_rows_know_their_last_modem(void **state)
{
    const struct outcome returned = {.kind = OUTCOME_RETURNED};
    struct kit *kit = *state;

    assert_int_equal(kit_insert(kit, 0, 1, 1, false), 1);
    fetch_up_to(kit, 0, true);
    assert_int_equal(kit->rows[0].device, 0);
    kit_claim(kit, kit->rows[0].id);
    kit_settle(kit, kit->rows[0].id, &returned, 0);
    fetch_up_to(kit, 0, false);
    assert_int_equal(kit->rows[0].device, kit->device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_they_stay_planned, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_due_ones_stay_due, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_the_reserve_is_drawn_past_them, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(test_rows_know_their_last_modem, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
