/* test_ledger_doubt: what may have been sent is never called "not sent", and never replaced.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>

#include "gateway/base/clock.h"

#define HOUR_MS INT64_C(3600000)

static const struct outcome unknown = {.kind = OUTCOME_UNKNOWN};

/* The first message fetched and in flight, as it is after a claim. */
static void fly(struct kit *kit)
{
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 1);
    kit_claim(kit, kit->rows[0].id);
}

/* One message of two parts whose first attempt went out into the unknown; the second waits. */
static void doubt(struct kit *kit)
{
    kit->resend = true;
    kit_insert(kit, 0, 1, 2, false);
    fly(kit);
    assert_int_equal(kit_settle(kit, 1, &unknown, 3), DELIVERY_DEFERRED);
}

static struct ledger_op report_copy(struct kit *kit, int parts, int reference,
                                    enum report_kind kind)
{
    struct ledger_op op = {0};

    for (int i = 0; i < parts; i++)
        op = kit_report(kit, KIT_NUMBER, (reference + i) & 255, kind);
    return op;
}

static size_t expire(struct kit *kit)
{
    struct ledger_op op = {
        .kind = LEDGER_EXPIRE, .campaign = kit->campaign, .expire = {.max = 100}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op.expire.n;
}

static int64_t living(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM delivery WHERE state NOT IN (0, 6, 7, 9, 10, 11)");
}

/* An entry that a crash cut short and that was done again with other numbers. */
static void test_planned_above_the_quota_stay_planned(void **state)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;

    kit->quota = 10;
    assert_int_equal(kit_enter(kit, "quota", "source"), LEDGER_OK);
    kit_insert(kit, 0, 8, 1, false);
    kit_insert(kit, 100, 8, 1, false);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 9, false), 0);
    assert_int_equal(kit->n_rows, 9);
    kit_claim(kit, 1);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 9, false) == INT64_MAX); /* or it would ask for ever */
    assert_int_equal(kit->n_rows, 1);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 9, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 0);
    kit_settle(kit, 1, &rejected, 0);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 9, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(living(kit), 10);
    assert_int_equal(expire(kit), 15); /* 10 due and 5 planned */
    assert_books_agree(kit);
}

static void test_resent_after_a_crash_is_not_called_expired(void **state)
{
    struct kit *kit = *state;

    kit->resend = true;
    kit_insert(kit, 0, 1, 1, false);
    fly(kit);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 1);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_DEFERRED);
    assert_int_equal(expire(kit), 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK); /* a further start */
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 77, REPORT_DELIVERED).report.state,
                     DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

/* However the second attempt fails, the first may have arrived: no reserve is drawn for it. */
static void test_failure_after_a_doubt_draws_no_reserve(void **state)
{
    static const struct {
        enum outcome_kind kind;
        int32_t attempts_max;
    } cases[] = {{OUTCOME_REJECTED, 0}, {OUTCOME_DEFERRED, 2}, {OUTCOME_UNKNOWN, 2}};
    struct kit *kit = *state;

    kit->resend = true;
    kit->quota = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct outcome failed = {.kind = cases[i].kind, .code = 42};
        MEM_FREE_LATER char *id = mem_printf("campaign-%zu", i);
        int64_t row;

        assert_int_equal(kit_enter(kit, id, "source"), LEDGER_OK);
        kit_insert(kit, 0, 1, 1, false);
        kit_insert(kit, 100, 3, 1, true);
        fly(kit);
        row = kit->rows[0].id;
        assert_int_equal(kit_settle(kit, row, &unknown, 2), DELIVERY_DEFERRED);
        fly(kit);
        assert_int_equal(kit_settle(kit, row, &failed, cases[i].attempts_max), DELIVERY_UNKNOWN);
        assert_true(kit_fetch(kit, CHANNEL_SMS, 8, false) == INT64_MAX);
        assert_int_equal(kit->n_rows, 0);
        assert_int_equal(kit_report(kit, KIT_NUMBER, 9, REPORT_DELIVERED).report.id, row);
        assert_int_equal(state_of(kit, row), DELIVERY_DELIVERED);
        assert_books_agree(kit);
    }
}

static void test_report_takes_a_waiting_message_out(void **state)
{
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.id = 1}};
    struct kit *kit = *state;

    doubt(kit);
    assert_int_equal(report_copy(kit, 1, 3, REPORT_DELIVERED).report.state, DELIVERY_DEFERRED);
    kit_fetch(kit, CHANNEL_SMS, 1, false); /* the dispatcher holds it */
    assert_int_equal(report_copy(kit, 1, 4, REPORT_DELIVERED).report.state, DELIVERY_DELIVERED);
    assert_int_equal(kit_do(kit, &claim), -EALREADY);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
    assert_books_agree(kit);
}

static void test_report_during_the_next_attempt_counts_when_that_ends(void **state)
{
    static const enum outcome_kind kinds[] = {OUTCOME_SENT, OUTCOME_REJECTED, OUTCOME_DEFERRED,
                                              OUTCOME_UNKNOWN, OUTCOME_RETURNED};
    struct kit *kit = *state;
    int64_t row = 0;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct outcome outcome = {.kind = kinds[i],
                                        .n_references = kinds[i] == OUTCOME_SENT ? 2 : 0};
        MEM_FREE_LATER char *id = mem_printf("campaign-%zu", i);

        assert_int_equal(kit_enter(kit, id, "source"), LEDGER_OK);
        kit->resend = true;
        kit_insert(kit, 0, 1, 2, false);
        fly(kit);
        row = kit->rows[0].id;
        kit_settle(kit, row, &unknown, 3);
        fly(kit);
        assert_int_equal(report_copy(kit, 2, 8, REPORT_DELIVERED).report.state, DELIVERY_INFLIGHT);
        assert_int_equal(kit_settle(kit, row, &outcome, 2), DELIVERY_DELIVERED);
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
        assert_books_agree(kit);
    }
}

static void test_report_before_a_crash_is_kept(void **state)
{
    struct kit *kit = *state;

    doubt(kit);
    fly(kit);
    report_copy(kit, 2, 8, REPORT_DELIVERED);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 0);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

/* Parts of two copies don't make one whole message. */
static void test_parts_of_two_copies_are_not_added_up(void **state)
{
    struct kit *kit = *state;

    doubt(kit);
    fly(kit);
    kit_settle(kit, 1,
               &(struct outcome){.kind = OUTCOME_SENT, .n_references = 2, .references = {50, 51}},
               3);
    assert_int_equal(report_copy(kit, 1, 50, REPORT_DELIVERED).report.state, DELIVERY_SENT);
    assert_int_equal(report_copy(kit, 1, 7, REPORT_DELIVERED).report.state, DELIVERY_SENT);
    assert_int_equal(report_copy(kit, 1, 51, REPORT_DELIVERED).report.state, DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

/* The first of two parts was taken: its report, even told twice, says nothing about the second. */
static void test_half_a_message_is_never_delivered(void **state)
{
    const struct outcome half = {.kind = OUTCOME_UNKNOWN, .n_references = 1, .references = {40}};
    struct kit *kit = *state;

    kit_insert(kit, 0, 1, 2, false);
    fly(kit);
    assert_int_equal(kit_settle(kit, 1, &half, 3), DELIVERY_UNKNOWN);
    assert_int_equal(report_copy(kit, 1, 40, REPORT_DELIVERED).report.state, DELIVERY_UNKNOWN);
    assert_int_equal(report_copy(kit, 1, 40, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    assert_int_equal(report_copy(kit, 1, 41, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_books_agree(kit);
}

static void test_undelivered_only_when_every_copy_failed(void **state)
{
    const struct outcome sent = {.kind = OUTCOME_SENT, .n_references = 2, .references = {50, 51}};
    struct kit *kit = *state;

    doubt(kit);
    fly(kit);
    kit_settle(kit, 1, &sent, 3);
    assert_int_equal(report_copy(kit, 1, 51, REPORT_FAILED).report.state, DELIVERY_SENT);
    assert_int_equal(report_copy(kit, 1, 7, REPORT_FAILED).report.state, DELIVERY_UNDELIVERED);
    assert_books_agree(kit);
}

static void test_failed_copy_ends_the_doubt(void **state)
{
    const struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;

    doubt(kit);
    fly(kit);
    assert_int_equal(report_copy(kit, 1, 7, REPORT_FAILED).report.state, DELIVERY_INFLIGHT);
    assert_int_equal(kit_settle(kit, 1, &rejected, 3), DELIVERY_REJECTED);
    assert_books_agree(kit);
}

static void test_resend_after_a_start_respects_attempts(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = {
        .kind = LEDGER_CAMPAIGN,
        .campaign_is = {
            .id = "2026-law-day", .source = "source", .resend = true, .attempts_max = 1}};

    kit_insert(kit, 0, 1, 1, false);
    fly(kit);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    op.campaign_is.attempts_max = 2;
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_DEFERRED);
}

static size_t awaiting(struct kit *kit)
{
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = kit->campaign,
                           .fetch = {.unit = kit->units[0], .channel = CHANNEL_SMS}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op.fetch.awaiting;
}

/* The reference comes round, and a later campaign writes to the same number through the same modem.
 */
static void test_report_means_no_message_of_last_week(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();

    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, 1, 1, 42);
    kit_send(kit, 2, 1, 43);
    clock_set(now + 47 * HOUR_MS);
    assert_int_equal(awaiting(kit), 2);
    assert_int_equal(kit_report(kit, KIT_NUMBER + 1, 43, REPORT_DELIVERED).report.id, 2);
    clock_set(now + 73 * HOUR_MS);
    assert_int_equal(awaiting(kit), 0);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 42, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    assert_int_equal(kit_enter(kit, "later", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    fly(kit);
    kit_settle(kit, 3,
               &(struct outcome){.kind = OUTCOME_SENT, .n_references = 1, .references = {42}}, 0);
    assert_int_equal(awaiting(kit), 1);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 42, REPORT_DELIVERED).report.id, 3);
    clock_set(now);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_planned_above_the_quota_stay_planned),
        LEDGER_TEST(test_resent_after_a_crash_is_not_called_expired),
        LEDGER_TEST(test_failure_after_a_doubt_draws_no_reserve),
        LEDGER_TEST(test_report_takes_a_waiting_message_out),
        LEDGER_TEST(test_report_during_the_next_attempt_counts_when_that_ends),
        LEDGER_TEST(test_report_before_a_crash_is_kept),
        LEDGER_TEST(test_parts_of_two_copies_are_not_added_up),
        LEDGER_TEST(test_half_a_message_is_never_delivered),
        LEDGER_TEST(test_undelivered_only_when_every_copy_failed),
        LEDGER_TEST(test_failed_copy_ends_the_doubt),
        LEDGER_TEST(test_resend_after_a_start_respects_attempts),
        LEDGER_TEST(test_report_means_no_message_of_last_week),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
