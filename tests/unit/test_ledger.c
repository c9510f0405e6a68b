/* test_ledger: every operation of the ledger and the promises that rest on it.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define FAR INT64_C(4000000000000) /* ms: the year 2096 */

static void test_planning_twice_inserts_nothing(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(kit_insert(kit, 0, 10, 2, false), 10);
    assert_int_equal(kit_insert(kit, 0, 10, 2, false), 0);
    assert_int_equal(kit_insert(kit, 5, 10, 2, false), 5);
    assert_int_equal(kit_insert(kit, 100, 3, 1, true), 3);
    assert_int_equal(kit_insert(kit, 100, 3, 1, true), 0);
    assert_int_equal(kit_insert(kit, 0, 1, 1, true), 0); /* is a delivery already */
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery"), 15);
    assert_int_equal(
        kit_ask(kit, "SELECT count(*) FROM journal WHERE from_state IS NULL AND delivery > 0"), 15);
    assert_int_equal(kit_ask(kit, "SELECT parts FROM count WHERE state = 0"), 30);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM text"), 1); /* shared, none orphaned */
    assert_books_agree(kit);
}

static void test_campaign_is_found_again(void **state)
{
    struct kit *kit = *state;
    int64_t number = kit->campaign;
    int32_t unit = kit->units[0];
    struct ledger_op planned = {.kind = LEDGER_PLANNED, .campaign = number};

    assert_false(kit->planned);
    assert_int_equal(kit_enter(kit, "2026-law-day", "another source"), LEDGER_CHANGED);
    assert_int_equal(kit_do(kit, &planned), LEDGER_OK);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    assert_true(kit->planned);
    assert_int_equal(kit->campaign, number);
    assert_int_equal(kit->units[0], unit);
    assert_int_equal(kit_enter(kit, "other", "source"), LEDGER_OK);
    assert_int_not_equal(kit->campaign, number);
    assert_int_equal(kit->units[0], unit);
    assert_int_equal(kit_device(kit, "bank-a/0"), kit->device);
    assert_int_not_equal(kit_device(kit, "bank-a/1"), kit->device);
}

static void test_fetch_hands_out_in_pieces(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 5, 1, false);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 0, false), 0); /* only asks */
    assert_int_equal(kit->n_rows, 0);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 3, false), 0);
    assert_int_equal(kit->n_rows, 3);
    assert_string_equal(kit->rows[0].text, "【市法宣办】弘扬宪法精神");
    assert_int_equal(kit->rows[0].address, KIT_NUMBER);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 3, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 2);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 3, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 1"), 5);
}

/* Rows that were due before the start come first, each once, even when there is less room. */
static void test_fetch_again_after_a_start(void **state)
{
    struct kit *kit = *state;
    int64_t last;

    kit_insert(kit, 0, 8, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 5, false);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 3, true), 0);
    assert_int_equal(kit->n_rows, 3);
    last = kit->rows[2].id;
    assert_int_equal(last, 3);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 4, false), 0);
    assert_int_equal(kit->n_rows, 4);
    assert_int_equal(kit->rows[0].id, 4);
    assert_int_equal(kit->rows[3].id, 7); /* 4, 5 were due, 6, 7 are new */
    kit_fetch(kit, CHANNEL_SMS, 4, false);
    assert_int_equal(kit->n_rows, 1);
    assert_books_agree(kit);
}

static void test_outcomes(void **state)
{
    static const struct {
        enum outcome_kind kind;
        int32_t attempts_max;
        enum delivery_state state;
        int64_t attempts, journal;
    } cases[] = {
        {OUTCOME_SENT, 0, DELIVERY_SENT, 1, 4},
        {OUTCOME_REJECTED, 0, DELIVERY_REJECTED, 1, 4},
        {OUTCOME_DEFERRED, 0, DELIVERY_DEFERRED, 1, 4},
        {OUTCOME_DEFERRED, 2, DELIVERY_DEFERRED, 1, 4},
        {OUTCOME_DEFERRED, 1, DELIVERY_EXPIRED, 1, 5},
        {OUTCOME_UNKNOWN, 0, DELIVERY_UNKNOWN, 1, 4},
        {OUTCOME_RETURNED, 1, DELIVERY_DEFERRED, 0, 4},
    };
    size_t n = sizeof cases / sizeof *cases;
    struct kit *kit = *state;

    kit_insert(kit, 0, n, 2, false);
    for (size_t i = 0; i < n; i++) {
        struct outcome outcome = {.kind = cases[i].kind, .code = 38, .detail = "CMS 38"};
        MEM_FREE_LATER char *attempts =
            mem_printf("SELECT attempts FROM delivery WHERE id = %zu AND code = 38", i + 1);
        MEM_FREE_LATER char *lines =
            mem_printf("SELECT count(*) FROM journal WHERE delivery = %zu", i + 1);

        outcome.wait_ms = cases[i].kind == OUTCOME_RETURNED ? 0 : 3600000;
        kit_fetch(kit, CHANNEL_SMS, 1, false);
        assert_int_equal(kit->rows[0].id, (int64_t)i + 1);
        kit_claim(kit, kit->rows[0].id);
        assert_int_equal(kit_settle(kit, kit->rows[0].id, &outcome, cases[i].attempts_max),
                         cases[i].state);
        assert_int_equal(kit_ask(kit, attempts), cases[i].attempts);
        assert_int_equal(kit_ask(kit, lines), cases[i].journal);
    }
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting WHERE reference = -1"), 2);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false); /* the returned one needs no waiting */
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].id, (int64_t)n);
    assert_int_equal(kit->rows[0].attempts, 0);
    assert_books_agree(kit);
}

static void test_deferred_waits_its_time(void **state)
{
    struct outcome deferred = {.kind = OUTCOME_DEFERRED, .wait_ms = FAR};
    struct kit *kit = *state;
    int64_t now = clock_wall_ms(), next;

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, 1);
    kit_settle(kit, 1, &deferred, 0);
    next = kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 0);
    assert_true(next >= now + FAR && next <= clock_wall_ms() + FAR);
    clock_set(next);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    clock_set(now);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].attempts, 1);
}

static void test_unknown_is_sent_again_only_on_demand(void **state)
{
    struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct kit *kit = *state;

    kit->resend = true;
    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_claim(kit, 1);
    kit_claim(kit, 2);
    assert_int_equal(kit_settle(kit, 1, &unknown, 2), DELIVERY_DEFERRED);
    assert_int_equal(kit_settle(kit, 2, &unknown, 1), DELIVERY_UNKNOWN); /* the last attempt */
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 2);  /* both may be reported */
    assert_books_agree(kit);
}

/* The heart of promise 4: whatever fails, delivered + may-be-delivered never exceed the quota. */
static void test_reserve_fills_the_quota_and_no_more(void **state)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;
    int64_t living;

    kit->quota = 10;
    assert_int_equal(kit_enter(kit, "quota", "source"), LEDGER_OK);
    kit_insert(kit, 0, 8, 1, false);
    kit_insert(kit, 100, 20, 1, true);
    for (int round = 0; round < 12; round++) {
        kit_fetch(kit, CHANNEL_SMS, 4, false);
        living = kit_ask(kit, "SELECT count(*) FROM delivery WHERE state NOT IN (6, 7, 9, 10, 11)");
        assert_true(living <= 10);
        for (size_t i = 0; i < kit->n_rows; i++) {
            kit_claim(kit, kit->rows[i].id);
            if (i == 0)
                kit_settle(kit, kit->rows[i].id, &rejected, 0);
        }
    }
    assert_int_equal(living, 10);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery") +
                         kit_ask(kit, "SELECT count(*) FROM reserve"),
                     28);
    assert_true(
        kit_ask(kit, "SELECT count(*) FROM journal WHERE from_state IS NULL AND cause = 1") > 0);
    assert_books_agree(kit);
}

static void test_reserve_number_that_is_planned_is_struck_off(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 50, 2, 1, true);
    kit_insert(kit, 50, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 10, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_not_equal(kit->rows[0].address, kit->rows[1].address);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 0);
    assert_int_equal(kit_insert(kit, 50, 2, 1, true), 0); /* planned again: nothing comes back */
}

static void test_reports_of_all_parts_make_delivered(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op;

    kit_insert(kit, 0, 1, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 2, 255); /* 255, 0: the reference comes round */
    op = kit_report(kit, KIT_NUMBER, 255, REPORT_PENDING);
    assert_int_equal(op.result, LEDGER_PENDING);
    assert_int_equal(op.report.id, 1);
    op = kit_report(kit, KIT_NUMBER, 255, REPORT_DELIVERED);
    assert_int_equal(op.result, LEDGER_OK);
    assert_int_equal(op.report.state, DELIVERY_SENT);
    op = kit_report(kit, KIT_NUMBER, 255, REPORT_DELIVERED); /* the same report twice */
    assert_int_equal(op.result, LEDGER_UNMATCHED);
    assert_int_equal(op.report.id, 0);
    op = kit_report(kit, KIT_NUMBER - INT64_C(8600000000000), 0, REPORT_DELIVERED);
    assert_int_equal(op.report.state, DELIVERY_DELIVERED);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM unmatched WHERE reference = 255"), 1);
    assert_books_agree(kit);
}

static void test_failed_part_ends_the_message(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op;

    kit_insert(kit, 0, 1, 3, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 3, 7);
    kit_report(kit, KIT_NUMBER, 7, REPORT_DELIVERED);
    op = kit_report(kit, KIT_NUMBER, 9, REPORT_FAILED);
    assert_int_equal(op.report.state, DELIVERY_UNDELIVERED);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 8, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    assert_int_equal(kit_ask(kit, "SELECT code FROM delivery"), 0x41);
    assert_books_agree(kit);
}

static void test_report_means_the_oldest_and_only_its_modem(void **state)
{
    struct kit *kit = *state;
    int32_t first = kit->device;

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 42);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 2, 1, 42);
    kit->device = first + 1000;
    assert_int_equal(kit_report(kit, KIT_NUMBER, 42, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    kit->device = first;
    assert_int_equal(kit_report(kit, KIT_NUMBER, 42, REPORT_DELIVERED).report.id, 1);
    assert_int_equal(state_of(kit, 2), DELIVERY_SENT);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 42, REPORT_DELIVERED).report.id, 2);
}

static void test_unknown_is_settled_by_any_reference(void **state)
{
    struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct kit *kit = *state;

    kit_insert(kit, 0, 1, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, 1);
    kit_settle(kit, 1, &unknown, 0);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 3, REPORT_DELIVERED).report.state,
                     DELIVERY_UNKNOWN);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 200, REPORT_DELIVERED).report.state,
                     DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

static int64_t do_show(struct kit *kit, enum ledger_op_kind kind, int64_t id)
{
    struct ledger_op op = {.kind = kind, .show = {.id = id, .level = LEVEL_STORED}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return state_of(kit, id);
}

static size_t do_showings(struct kit *kit)
{
    struct ledger_op op = {.kind = LEDGER_SHOWINGS,
                           .campaign = kit->campaign,
                           .showings = {.address = kit->boards[0], .max = KIT_ROOM}};

    kit_release(kit);
    op.showings.rows = kit->rows;
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return kit->n_rows = op.showings.n;
}

static void test_board_from_slot_to_withdrawn(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();

    kit_insert_slot(kit, 0, now - 9000, now - 1, "过去");
    kit_insert_slot(kit, 1, now, now + FAR, "现在");
    kit_insert_slot(kit, 2, now + FAR, now + FAR + 1, "将来");
    assert_true(kit_fetch(kit, CHANNEL_DISPLAY, 8, false) == now + FAR);
    assert_int_equal(kit->n_rows, 1);
    assert_string_equal(kit->rows[0].text, "现在");
    assert_int_equal(state_of(kit, 1), DELIVERY_EXPIRED);
    kit_send(kit, 2, 0, 0);
    assert_int_equal(do_showings(kit), 1);
    assert_int_equal(kit->rows[0].shown_since_ms, 0);
    assert_int_equal(do_show(kit, LEDGER_SHOW, 2), DELIVERY_SHOWN);
    assert_int_equal(do_show(kit, LEDGER_SHOW, 2), DELIVERY_SHOWN); /* proved once more */
    assert_int_equal(do_showings(kit), 1);
    assert_true(kit->rows[0].shown_since_ms >= now && kit->rows[0].level == LEVEL_STORED);
    assert_true(kit->rows[0].need == LEVEL_STORED);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 2), DELIVERY_WITHDRAWN);
    assert_int_equal(do_showings(kit), 0);
    assert_int_equal(kit_ask(kit, "SELECT shown_ms FROM delivery WHERE id = 2"), 0);
    assert_books_agree(kit);
}

static int64_t do_take_down(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_WITHDRAW, .show = {.id = id, .open = true}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return state_of(kit, id);
}

/* The gateway stopped in the middle of a slot: it is told at the next start, and that it isn't up.
 * From then on it may be. */
static void test_taken_down_with_its_slot_open(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();

    kit_insert_slot(kit, 0, now - 5000, now + 60000, "显示过");
    kit_insert_slot(kit, 1, now - 5000, now + 60000, "只送达");
    assert_true(kit_fetch(kit, CHANNEL_DISPLAY, 8, false) == INT64_MAX);
    kit_send(kit, 1, 0, 0);
    kit_send(kit, 2, 0, 0);
    assert_int_equal(do_show(kit, LEDGER_SHOW, 1), DELIVERY_SHOWN);
    assert_int_equal(do_take_down(kit, 1), DELIVERY_SHOWN);
    assert_int_equal(do_take_down(kit, 2), DELIVERY_SENT);
    assert_int_equal(kit_ask(kit, "SELECT sum(up) FROM delivery"), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE cause = 10"), 2);
    assert_books_agree(kit);
    assert_int_equal(do_showings(kit), 2);
    assert_false(kit->rows[0].up || kit->rows[1].up);
    assert_int_equal(kit_ask(kit, "SELECT sum(up) FROM delivery"), 2);
    assert_int_equal(do_showings(kit), 2);
    assert_true(kit->rows[0].up && kit->rows[1].up);
    assert_int_equal(do_take_down(kit, 1), DELIVERY_SHOWN);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 1), DELIVERY_WITHDRAWN);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 2), DELIVERY_WITHDRAWN);
    assert_int_equal(do_showings(kit), 0);
    assert_books_agree(kit);
}

/* Its slot is over by then: it is only told, and stays off. */
static void test_taken_down_and_over(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();

    kit_insert_slot(kit, 0, now - 5000, now + 60000, "标语");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
    assert_int_equal(do_take_down(kit, 1), DELIVERY_SENT);
    clock_set(now + 120000);
    assert_int_equal(do_showings(kit), 1);
    assert_false(kit->rows[0].up);
    assert_int_equal(kit_ask(kit, "SELECT sum(up) FROM delivery"), 0);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 1), DELIVERY_WITHDRAWN);
    assert_books_agree(kit);
    clock_set(now);
}

static void test_never_read_back_proves_no_time(void **state)
{
    struct kit *kit = *state;

    kit_insert_slot(kit, 0, 0, 0, "标语");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 1), DELIVERY_WITHDRAWN);
    assert_int_equal(kit_ask(kit, "SELECT shown_ms FROM delivery"), 0);
}

/* A slogan in doubt may be up: it is listed until it is withdrawn, whatever its state. */
static void test_doubtful_slogans_are_listed(void **state)
{
    struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct ledger_op expire = {.kind = LEDGER_EXPIRE, .expire = {.max = 10}};
    struct kit *kit = *state;

    kit_insert_slot(kit, 0, 0, 0, "一");
    kit_insert_slot(kit, 1, 0, 0, "二");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_claim(kit, 1);
    kit_settle(kit, 1, &unknown, 0);
    kit_claim(kit, 2);
    kit_close(kit); /* 2 is in flight */
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.repeated, 1);
    assert_int_equal(do_showings(kit), 1); /* 2 goes out again by itself */
    expire.campaign = kit->campaign;
    assert_int_equal(kit_do(kit, &expire), LEDGER_OK);
    assert_int_equal(expire.expire.n, 1);
    assert_int_equal(do_showings(kit), 2);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 2), DELIVERY_EXPIRED);
    assert_int_equal(do_show(kit, LEDGER_SHOW, 1), DELIVERY_SHOWN);
    assert_int_equal(do_show(kit, LEDGER_WITHDRAW, 1), DELIVERY_WITHDRAWN);
    assert_int_equal(do_showings(kit), 0);
    assert_books_agree(kit);
}

static void test_expire_in_chunks(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = {.kind = LEDGER_EXPIRE, .campaign = kit->campaign, .expire = {.max = 4}};
    size_t sum = 0;

    kit_insert(kit, 0, 8, 1, false);
    kit_insert_slot(kit, 0, FAR, FAR + 1, "标语");
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    kit_claim(kit, 1);
    do {
        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
        sum += op.expire.n;
    } while (op.expire.n == op.expire.max);
    assert_int_equal(sum, 8); /* all but the one in flight */
    assert_int_equal(state_of(kit, 1), DELIVERY_INFLIGHT);
    assert_books_agree(kit);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_planning_twice_inserts_nothing),
        LEDGER_TEST(test_campaign_is_found_again),
        LEDGER_TEST(test_fetch_hands_out_in_pieces),
        LEDGER_TEST(test_fetch_again_after_a_start),
        LEDGER_TEST(test_outcomes),
        LEDGER_TEST(test_deferred_waits_its_time),
        LEDGER_TEST(test_unknown_is_sent_again_only_on_demand),
        LEDGER_TEST(test_reserve_fills_the_quota_and_no_more),
        LEDGER_TEST(test_reserve_number_that_is_planned_is_struck_off),
        LEDGER_TEST(test_reports_of_all_parts_make_delivered),
        LEDGER_TEST(test_failed_part_ends_the_message),
        LEDGER_TEST(test_report_means_the_oldest_and_only_its_modem),
        LEDGER_TEST(test_unknown_is_settled_by_any_reference),
        LEDGER_TEST(test_board_from_slot_to_withdrawn),
        LEDGER_TEST(test_taken_down_with_its_slot_open),
        LEDGER_TEST(test_taken_down_and_over),
        LEDGER_TEST(test_never_read_back_proves_no_time),
        LEDGER_TEST(test_doubtful_slogans_are_listed),
        LEDGER_TEST(test_expire_in_chunks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
