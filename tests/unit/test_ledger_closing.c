/* test_ledger_closing: when a report is awaited no longer, the books say so and nothing else
 * changes. Runs: any. Real books, real loop, a clock that is set. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define HOUR_MS  INT64_C(3600000)
#define START_MS INT64_C(1793491200000)

static size_t close_reports(struct kit *kit, int64_t before_ms, size_t max)
{
    struct ledger_op op = {.kind = LEDGER_CLOSE,
                           .campaign = kit->campaign,
                           .close = {.before_ms = before_ms, .max = max}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op.close.n;
}

static int64_t closed_notes(const struct kit *kit)
{
    struct books_notes notes;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_notes(books, kit->campaign, &notes), 0);
    books_close(books);
    assert_int_equal(notes.unmatched, kit_ask(kit, "SELECT count(*) FROM unmatched"));
    return notes.closed;
}

/* Ten messages: 1 to 6 sent at the start (1 of two parts, one of them reported; 2 delivered), 7 in
 * doubt, 8 to 10 sent an hour later. */
static void send_ten(struct kit *kit)
{
    const struct outcome unknown = {.kind = OUTCOME_UNKNOWN};

    clock_set(START_MS);
    kit_insert(kit, 0, 1, 2, false);
    kit_insert(kit, 1, 9, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 10, false);
    for (int i = 1; i <= 6; i++)
        kit_send(kit, i, i == 1 ? 2 : 1, 10 * i);
    kit_claim(kit, 7);
    assert_int_equal(kit_settle(kit, 7, &unknown, 0), DELIVERY_UNKNOWN);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 10, REPORT_DELIVERED).result, LEDGER_OK);
    assert_int_equal(kit_report(kit, KIT_NUMBER + 1, 20, REPORT_DELIVERED).result, LEDGER_OK);
    clock_set(START_MS + HOUR_MS);
    for (int i = 8; i <= 10; i++)
        kit_send(kit, i, 1, 10 * i);
}

static void test_closing_ends_the_waiting_and_no_state(void **state)
{
    struct kit *kit = *state;

    send_ten(kit);
    clock_set(START_MS + 2 * HOUR_MS);
    assert_int_equal(close_reports(kit, START_MS, 100), 0);
    assert_int_equal(close_reports(kit, START_MS + HOUR_MS / 2, 3), 3);
    assert_int_equal(close_reports(kit, START_MS + HOUR_MS / 2, 3), 2);
    assert_int_equal(close_reports(kit, START_MS + HOUR_MS / 2, 3), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 4"), 8);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 4); /* 7 to 10 */
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE cause = 13"
                                  " AND from_state = 4 AND to_state = 4"),
                     5);
    assert_int_equal(closed_notes(kit), 5);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 11, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    assert_int_equal(kit_report(kit, KIT_NUMBER + 3, 40, REPORT_FAILED).result, LEDGER_UNMATCHED);
    assert_int_equal(kit_report(kit, KIT_NUMBER + 6, 3, REPORT_DELIVERED).result, LEDGER_OK);
    assert_int_equal(kit_report(kit, KIT_NUMBER + 7, 80, REPORT_DELIVERED).result, LEDGER_OK);
    assert_books_agree(kit);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(close_reports(kit, START_MS + 2 * HOUR_MS, 100), 2);
    assert_int_equal(closed_notes(kit), 7);
    assert_books_agree(kit);
}

/* One message each of two campaigns to the same number, with the same reference. */
static void send_twins(struct kit *kit)
{
    clock_set(START_MS);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    clock_set(START_MS + HOUR_MS);
    kit_send(kit, 2, 1, 7);
}

/* Only the campaign that is meant, and those of others don't stop the search. */
static void test_closing_leaves_other_campaigns_alone(void **state)
{
    struct kit *kit = *state;

    send_twins(kit);
    assert_int_equal(close_reports(kit, START_MS + 2 * HOUR_MS, 1), 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
    assert_int_equal(kit_ask(kit, "SELECT delivery FROM awaiting"), 1);
    assert_books_agree(kit);
}

/* What counts is when the last copy was sent. */
static void test_closing_waits_for_what_was_sent_again(void **state)
{
    const struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct kit *kit = *state;

    kit->resend = true;
    clock_set(START_MS);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, 1);
    assert_int_equal(kit_settle(kit, 1, &unknown, 3), DELIVERY_DEFERRED);
    clock_set(START_MS + 2 * HOUR_MS);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(close_reports(kit, START_MS + HOUR_MS, 10), 0);
    assert_int_equal(close_reports(kit, START_MS + 3 * HOUR_MS, 10), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
    assert_books_agree(kit);
}

static void test_recount_sees_an_untrue_closing(void **state)
{
    static const char *const bends[] = {
        "INSERT INTO closed VALUES(9, 1)",
        "DROP TRIGGER closed_holds; DELETE FROM closed WHERE delivery IN (3, 9)",
        "INSERT INTO journal VALUES(NULL, 8, 0, 4, 4, 4, NULL, NULL, NULL, NULL, NULL, 0, NULL)",
    };
    struct kit *kit = *state;
    struct books_recount recount;
    struct books *books;
    char why[256];

    send_ten(kit);
    assert_int_equal(close_reports(kit, START_MS + HOUR_MS / 2, 100), 5);
    assert_books_agree(kit);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
        assert_int_equal(kit_sql(kit, bends[i]), SQLITE_OK);
        assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
        assert_int_equal(books_recount(books, kit->campaign, &recount), 0);
        books_close(books);
        if (recount.agrees)
            fail_msg("not found: %s", bends[i]);
        if (i == 1)
            assert_int_equal(kit_sql(kit, "INSERT INTO closed VALUES(3, 1)"), SQLITE_OK);
    }
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_closing_ends_the_waiting_and_no_state),
        LEDGER_TEST(test_closing_leaves_other_campaigns_alone),
        LEDGER_TEST(test_closing_waits_for_what_was_sent_again),
        LEDGER_TEST(test_recount_sees_an_untrue_closing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
