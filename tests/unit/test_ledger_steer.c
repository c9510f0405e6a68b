/* test_ledger_steer: words about campaigns, units, modems and boards, what they cancel, and who has
 * approved what.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

static int steer(struct kit *kit, enum steer_scope scope, enum steer_verb verb,
                 const char *campaign, const char *name, int64_t value)
{
    struct ledger_op op = {
        .kind = LEDGER_STEER,
        .steer = {.steer = {.scope = scope, .verb = verb, .value = value}, .by = "user lo"}};

    snprintf(op.steer.steer.campaign, sizeof op.steer.steer.campaign, "%s", campaign);
    snprintf(op.steer.steer.name, sizeof op.steer.steer.name, "%s", name);
    return kit_do(kit, &op);
}

/* All words in force, as "scope verb campaign name value; ". */
static void assert_in_force(struct kit *kit, int64_t campaign, const char *expected)
{
    struct ledger_op op = {.kind = LEDGER_STEERED, .campaign = campaign};
    char text[1024] = "";

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    for (size_t i = 0; i < op.steered.n; i++) {
        const struct steer *word = &op.steered.steers[i];
        size_t used = strlen(text);

        assert_true(word->at_ms > 0);
        snprintf(text + used, sizeof text - used, "%s %s %s %s %lld; ",
                 steer_scope_name(word->scope), steer_verb_name(word->verb), word->campaign,
                 word->name, (long long)word->value);
    }
    free(op.steered.steers);
    assert_string_equal(text, expected);
}

static void test_words_last_and_take_each_others_place(void **state)
{
    static const char expected[] = "unit pause law jinan 0; unit set-rate  jinan 0; "
                                   "modem pause  bank-a/17 0; campaign resume law  0; "
                                   "campaign extend law  2000; board cancel law plaza 0; "
                                   "campaign pause other  0; ";
    struct kit *kit = *state;

    kit_enter(kit, "other", "source");
    assert_int_equal(kit_enter(kit, "law", "source"), LEDGER_OK);
    assert_in_force(kit, 0, "");
    steer(kit, STEER_CAMPAIGN, STEER_PAUSE, "law", "", 0);
    steer(kit, STEER_CAMPAIGN, STEER_EXTEND, "law", "", 1000);
    steer(kit, STEER_UNIT, STEER_PAUSE, "law", "jinan", 0);
    steer(kit, STEER_UNIT, STEER_RATE, "", "jinan", 4000);
    steer(kit, STEER_UNIT, STEER_RATE, "", "jinan", 0);
    steer(kit, STEER_MODEM, STEER_PAUSE, "", "bank-a/17", 0);
    steer(kit, STEER_CAMPAIGN, STEER_RESUME, "law", "", 0);
    steer(kit, STEER_CAMPAIGN, STEER_EXTEND, "law", "", 2000);
    steer(kit, STEER_BOARD, STEER_CANCEL, "law", "plaza", 0);
    steer(kit, STEER_CAMPAIGN, STEER_PAUSE, "other", "", 0);
    assert_in_force(kit, 0, expected);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_in_force(kit, 0, expected);
    assert_in_force(kit, kit->campaign,
                    "unit pause law jinan 0; unit set-rate  jinan 0; modem pause  bank-a/17 0; "
                    "campaign resume law  0; campaign extend law  2000; "
                    "board cancel law plaza 0; ");
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM steer"), 10);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM steer WHERE value IS NULL"), 6);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND"
                                  " to_state = 23 AND detail LIKE '%\"by\":\"user lo\"%'"),
                     10);
}

static void test_words_that_nobody_can_say_are_left_out(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(kit_sql(kit, "INSERT INTO steer(at_ms, scope, verb, campaign, name, by) VALUES"
                                  " (1, 'planet', 'pause', '', 'x', ''),"
                                  " (1, 'modem', 'cancel', '', 'x', ''),"
                                  " (1, 'modem', 'pause', '', 'y', '')"),
                     SQLITE_OK);
    assert_in_force(kit, 0, "modem pause  y 0; ");
}

static void test_a_campaign_that_is_not_there_is_not_steered(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(steer(kit, STEER_CAMPAIGN, STEER_PAUSE, "nowhere", "", 0), LEDGER_NONE);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM steer"), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0"
                                  " AND to_state = 23"),
                     0);
}

static void test_words_are_kept_for_ever(void **state)
{
    struct kit *kit = *state;

    steer(kit, STEER_CAMPAIGN, STEER_PAUSE, "2026-law-day", "", 0);
    assert_int_equal(kit_sql(kit, "UPDATE steer SET by = 'nobody'"), SQLITE_CONSTRAINT);
    assert_int_equal(kit_sql(kit, "DELETE FROM steer"), SQLITE_CONSTRAINT);
}

/* ---- cancelling ---- */

static size_t cancel(struct kit *kit, int32_t unit, enum delivery_channel channel, size_t max)
{
    struct ledger_op op = {.kind = LEDGER_CANCEL,
                           .campaign = kit->campaign,
                           .cancel = {.unit = unit, .channel = channel, .max = max}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op.cancel.n;
}

static int64_t cancelled(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 11 AND cause = 11");
}

static void test_cancel_goes_in_chunks_and_draws_no_reserve(void **state)
{
    struct kit *kit = *state;

    kit->quota = 1000;
    kit_insert(kit, 0, 7, 1, false);
    kit_insert(kit, 100, 3, 1, true);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, kit->rows[0].id, 1, 5);
    assert_int_equal(cancel(kit, 0, 0, 4), 4);
    assert_int_equal(cancel(kit, 0, 0, 4), 2);
    assert_int_equal(cancelled(kit), 6);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 0);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 4, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 0);
    assert_books_agree(kit);
}

/* What the dispatcher holds is refused when it is claimed. */
static void test_a_cancelled_message_is_not_claimed(void **state)
{
    struct kit *kit = *state;
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.device = kit->device}};

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    claim.claim.id = kit->rows[0].id;
    assert_int_equal(cancel(kit, kit->units[0], CHANNEL_SMS, 10), 1);
    assert_int_equal(kit_do(kit, &claim), -EALREADY);
    assert_int_equal(state_of(kit, claim.claim.id), DELIVERY_CANCELLED);
}

static void test_a_message_that_was_in_doubt_stays_in_doubt(void **state)
{
    const struct outcome unknown = {.kind = OUTCOME_UNKNOWN, .wait_ms = 3600000};
    struct kit *kit = *state;

    kit->resend = true;
    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, kit->rows[0].id);
    assert_int_equal(kit_settle(kit, kit->rows[0].id, &unknown, 0), DELIVERY_DEFERRED);
    assert_int_equal(cancel(kit, 0, 0, 10), 2);
    assert_int_equal(state_of(kit, kit->rows[0].id), DELIVERY_UNKNOWN);
    assert_int_equal(cancelled(kit), 1);
    assert_books_agree(kit);
}

static void test_cancel_is_of_one_unit_channel_or_board(void **state)
{
    static const struct {
        bool unit_0, unit_1, wrong_board;
        enum delivery_channel channel;
        int64_t messages, slogans;
    } cases[] = {
        {false, false, false, 0, 3, 2},
        {true, false, false, 0, 3, 0},
        {false, true, false, 0, 0, 2},
        {false, false, false, CHANNEL_SMS, 3, 0},
        {false, false, false, CHANNEL_DISPLAY, 0, 2},
        {false, true, false, CHANNEL_SMS, 0, 0},
        {false, false, true, CHANNEL_DISPLAY, 0, 0},
    };
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[16];
        struct ledger_op op = {.kind = LEDGER_CANCEL,
                               .cancel = {.channel = cases[i].channel, .max = 100}};

        snprintf(code, sizeof code, "c%zu", i);
        assert_int_equal(kit_enter(kit, code, "source"), LEDGER_OK);
        kit_insert(kit, 0, 3, 1, false);
        kit_insert_slot(kit, 1, 0, 1000, "宪法");
        kit_insert_slot(kit, 2, 1000, 2000, "宪法");
        op.campaign = kit->campaign;
        op.cancel.unit = cases[i].unit_0 ? kit->units[0] : cases[i].unit_1 ? kit->units[1] : 0;
        op.cancel.address = cases[i].wrong_board ? kit->boards[0] + 1 : 0;
        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
        assert_int_equal(op.cancel.n, cases[i].messages + cases[i].slogans);
        assert_books_agree(kit);
    }
}

/* ---- what counts ---- */

static void test_where_sending_counts_a_failed_report_draws_nothing(void **state)
{
    static const struct {
        bool count_sent;
        size_t drawn;
    } cases[] = {{false, 1}, {true, 0}};
    struct kit *kit = *state;

    kit->quota = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kit_enter(kit, i ? "sent" : "delivered", "source"), LEDGER_OK);
        kit->count_sent = cases[i].count_sent;
        kit_insert(kit, (int64_t)i * 10, 1, 1, false);
        kit_insert(kit, (int64_t)i * 10 + 5, 1, 1, true);
        kit_fetch(kit, CHANNEL_SMS, 4, false);
        assert_int_equal(kit->n_rows, 1);
        kit_send(kit, kit->rows[0].id, 1, 7);
        assert_int_equal(
            kit_report(kit, KIT_NUMBER + (int64_t)i * 10, 7, REPORT_FAILED).report.state,
            DELIVERY_UNDELIVERED);
        kit_fetch(kit, CHANNEL_SMS, 4, false);
        assert_int_equal(kit->n_rows, cases[i].drawn);
    }
}

static void test_a_rejected_message_draws_the_reserve_in_both(void **state)
{
    const struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;

    kit->quota = 1;
    kit->count_sent = true;
    assert_int_equal(kit_enter(kit, "sent", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_insert(kit, 5, 1, 1, true);
    kit_fetch(kit, CHANNEL_SMS, 4, false);
    kit_claim(kit, kit->rows[0].id);
    kit_settle(kit, kit->rows[0].id, &rejected, 0);
    kit_fetch(kit, CHANNEL_SMS, 4, false);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 5);
}

/* ---- approvals ---- */

static int approve(struct kit *kit, const char *content, const char *approver)
{
    struct ledger_op op = {.kind = LEDGER_APPROVE,
                           .approve = {.campaign = "not-yet-entered",
                                       .content = content,
                                       .prepared = "王芳",
                                       .approver = approver,
                                       .note = "lawcast approval\nsigned\n"}};

    return kit_do(kit, &op);
}

static void test_approvals_are_kept_once(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(approve(kit, "aa", "李强"), LEDGER_OK);
    assert_int_equal(approve(kit, "aa", "李强"), LEDGER_KNOWN);
    assert_int_equal(approve(kit, "aa", "赵敏"), LEDGER_OK);
    assert_int_equal(approve(kit, "bb", "李强"), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM approval"), 3);
    assert_int_equal(
        kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = 24"), 3);
    assert_int_equal(kit_sql(kit, "UPDATE approval SET content = 'cc'"), SQLITE_CONSTRAINT);
    assert_int_equal(kit_sql(kit, "DELETE FROM approval"), SQLITE_CONSTRAINT);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_words_last_and_take_each_others_place),
        LEDGER_TEST(test_words_that_nobody_can_say_are_left_out),
        LEDGER_TEST(test_a_campaign_that_is_not_there_is_not_steered),
        LEDGER_TEST(test_words_are_kept_for_ever),
        LEDGER_TEST(test_cancel_goes_in_chunks_and_draws_no_reserve),
        LEDGER_TEST(test_a_cancelled_message_is_not_claimed),
        LEDGER_TEST(test_a_message_that_was_in_doubt_stays_in_doubt),
        LEDGER_TEST(test_cancel_is_of_one_unit_channel_or_board),
        LEDGER_TEST(test_where_sending_counts_a_failed_report_draws_nothing),
        LEDGER_TEST(test_a_rejected_message_draws_the_reserve_in_both),
        LEDGER_TEST(test_approvals_are_kept_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
