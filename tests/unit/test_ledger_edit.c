/* test_ledger_edit: a campaign gets another content while it is under way.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"
#include "gateway/model/campaign.h"

#define HOUR INT64_C(3600000)

struct change {
    const char *id;
    int64_t quotas[3]; /* city, jinan, yuan */
    size_t n_units;
    int64_t from_ms, until_ms;
    int32_t counts, leftover;
};

static int edit(struct kit *kit, const struct change *change)
{
    static const char *const codes[] = {"city", "jinan", "yuan"}, *const names[] = {"市法宣办",
                                                                                    "金安区法宣办",
                                                                                    "裕安区法宣办"};
    MEM_FREE_LATER char *windows =
        mem_printf("[[%lld,%lld]]", (long long)change->from_ms, (long long)change->until_ms);
    struct ledger_op op = {.kind = LEDGER_EDIT,
                           .edit = {.id = change->id ? change->id : "2026-law-day",
                                    .title = "宪法宣传周",
                                    .source = "edited",
                                    .windows = windows,
                                    .targets = "[]",
                                    .content = "ab12",
                                    .by = "user lo",
                                    .n_units = change->n_units ? change->n_units : 2,
                                    .unit_ids = codes,
                                    .unit_names = names,
                                    .quotas = change->quotas,
                                    .counts = change->counts,
                                    .leftover = change->leftover}};

    return kit_do(kit, &op);
}

static int64_t facts(const struct kit *kit, int fact)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = %d", fact);

    return kit_ask(kit, sql);
}

static void test_an_edit_changes_the_content(void **state)
{
    const struct change change = {.quotas = {1200, 0, 300},
                                  .n_units = 3,
                                  .until_ms = 1,
                                  .counts = COUNT_SENT,
                                  .leftover = LEFTOVER_STOP};
    struct kit *kit = *state;
    struct ledger_op planned = {.kind = LEDGER_PLANNED, .campaign = kit->campaign};
    int64_t number = kit->campaign, before;

    assert_int_equal(kit_do(kit, &planned), LEDGER_OK);
    before = kit_ask(kit, "SELECT max(id) FROM journal");
    assert_int_equal(edit(kit, &change), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM campaign WHERE title = '宪法宣传周' AND"
                                  " source = 'edited' AND counts = 1 AND leftover = 1 AND"
                                  " planned = 0 AND edited_ms > 0 AND targets = '[]'"),
                     1);
    assert_int_equal(kit_ask(kit, "SELECT sum(quota) FROM campaign_unit"), 1500);
    /* edited, campaign, rules, unit (yuan), orders of city and yuan, in this order */
    assert_int_equal(kit_ask(kit, "SELECT max(id) FROM journal") - before, 6);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM (SELECT group_concat(to_state, ' ') AS told"
                                  " FROM (SELECT to_state FROM journal ORDER BY id DESC LIMIT 6))"
                                  " WHERE told = '5 5 3 26 4 25'"),
                     1);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_CHANGED);
    assert_int_equal(kit_enter(kit, "2026-law-day", "edited"), LEDGER_OK);
    assert_int_equal(kit->campaign, number);
    assert_false(kit->planned);
}

static void test_rules_are_told_when_the_campaign_is_new(void **state)
{
    struct kit *kit = *state;
    const char *codes[] = {"city"};
    const int64_t quotas[] = {10};
    int32_t numbers[1];
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN,
                           .campaign_is = {.id = "ruled",
                                           .title = "t",
                                           .source = "s",
                                           .windows = "[]",
                                           .n_units = 1,
                                           .unit_ids = codes,
                                           .unit_names = codes,
                                           .quotas = quotas,
                                           .unit_numbers = numbers,
                                           .counts = COUNT_SENT,
                                           .leftover = LEFTOVER_CANCEL}};

    assert_int_equal(facts(kit, 26), 0); /* the kit's has the rules that need no word */
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(facts(kit, 26), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM campaign WHERE code = 'ruled'"
                                  " AND counts = 1 AND leftover = 2"),
                     1);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(facts(kit, 26), 1);
}

static void test_an_edit_is_refused_as_a_whole(void **state)
{
    static const struct {
        struct change change;
        int result;
    } cases[] = {
        {{.id = "nowhere", .quotas = {5, 0}}, LEDGER_NONE},
        {{.quotas = {1, 0}}, LEDGER_FULL}, /* two were sent */
        {{.quotas = {0, 7}}, LEDGER_FULL}, /* an order can't go */
        {{.quotas = {2, 0}}, LEDGER_OK},
    };
    struct kit *kit = *state;

    kit_insert(kit, 0, 5, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, kit->rows[0].id, 1, 1);
    kit_send(kit, kit->rows[1].id, 1, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t before = kit_ask(kit, "SELECT max(id) FROM journal");

        assert_int_equal(edit(kit, &cases[i].change), cases[i].result);
        if (cases[i].result != LEDGER_OK)
            assert_int_equal(kit_ask(kit, "SELECT max(id) FROM journal"), before);
    }
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 4, false), INT64_MAX);
    assert_int_equal(kit->n_rows, 0); /* the quota is met */
    assert_books_agree(kit);
}

/* What failed its report counts as sent only where sending counts. */
static void test_what_is_spent_depends_on_what_counts(void **state)
{
    const struct change sent = {.quotas = {1, 0}, .counts = COUNT_SENT},
                        delivered = {.quotas = {1, 0}, .counts = COUNT_DELIVERED};
    struct kit *kit = *state;

    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, kit->rows[0].id, 1, 1);
    kit_send(kit, kit->rows[1].id, 1, 2);
    kit_report(kit, KIT_NUMBER, 1, REPORT_FAILED);
    assert_int_equal(edit(kit, &sent), LEDGER_FULL);
    assert_int_equal(edit(kit, &delivered), LEDGER_OK);
}

/* 1 sent, 1 in flight, 2 deferred, 3 due, 3 planned; the quota becomes 4. */
static void test_a_lower_quota_holds_the_rest_back(void **state)
{
    const struct outcome deferred = {.kind = OUTCOME_DEFERRED},
                         rejected = {.kind = OUTCOME_REJECTED};
    const struct change lower = {.quotas = {4, 0}};
    struct kit *kit = *state;
    int64_t flying;

    kit_insert(kit, 0, 10, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 7, false);
    kit_send(kit, kit->rows[0].id, 1, 1);
    flying = kit->rows[1].id;
    kit_claim(kit, flying);
    for (int i = 2; i < 4; i++) {
        kit_claim(kit, kit->rows[i].id);
        assert_int_equal(kit_settle(kit, kit->rows[i].id, &deferred, 0), DELIVERY_DEFERRED);
    }
    assert_int_equal(edit(kit, &lower), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 11"), 1);
    assert_int_equal(state_of(kit, 7), DELIVERY_CANCELLED); /* the youngest that was due */
    assert_true(kit_fetch(kit, CHANNEL_SMS, 8, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 0); /* 1 sent, 1 in flight, 2 due */
    assert_int_equal(kit_settle(kit, flying, &rejected, 0), DELIVERY_REJECTED);
    assert_true(kit_fetch(kit, CHANNEL_SMS, 8, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].id, 3); /* deferred before planned */
    assert_books_agree(kit);
}

static void test_a_higher_quota_lets_more_go(void **state)
{
    const struct change higher = {.quotas = {5, 0}};
    struct kit *kit = *state;

    kit->quota = 2;
    assert_int_equal(kit_enter(kit, "small", "source"), LEDGER_OK);
    kit_insert(kit, 0, 3, 1, false);
    kit_insert(kit, 50, 9, 1, true);
    kit_fetch(kit, CHANNEL_SMS, 8, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(
        edit(kit, &(const struct change){.id = "small", .quotas = {higher.quotas[0], 0}}),
        LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, 8, false);
    assert_int_equal(kit->n_rows, 3);
    assert_books_agree(kit);
}

/* Messages were entered for a window that begins in two hours. */
static void test_windows_that_move_take_their_messages_along(void **state)
{
    struct kit *kit = *state;
    int64_t now = clock_wall_ms();
    struct ledger_new row = {.unit = kit->units[0],
                             .channel = CHANNEL_SMS,
                             .text = (char[]){"宪法"},
                             .parts = 1,
                             .from_ms = now + 2 * HOUR,
                             .until_ms = now + 3 * HOUR};
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = kit->campaign, .insert = {.rows = &row, .n = 1}};
    struct change change = {.quotas = {1000, 0}, .until_ms = now + 8 * HOUR};

    for (int i = 0; i < 4; i++) {
        row.address = KIT_NUMBER + i;
        row.reserve = i == 3;
        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    }
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 2, false), now + 2 * HOUR);
    change.from_ms = now + HOUR; /* earlier, but not now */
    assert_int_equal(edit(kit, &change), LEDGER_OK);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 2, false), now + HOUR);
    assert_int_equal(kit->n_rows, 0);
    change.from_ms = now - HOUR;
    assert_int_equal(edit(kit, &change), LEDGER_OK);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 2, false), 0);
    assert_int_equal(kit->n_rows, 2);
    change.from_ms = now + 4 * HOUR; /* later than they were entered for */
    assert_int_equal(edit(kit, &change), LEDGER_OK);
    assert_int_equal(kit_fetch(kit, CHANNEL_SMS, 2, false), now + 4 * HOUR);
    assert_int_equal(kit->n_rows, 0);
    change.from_ms = now - 2 * HOUR;
    change.until_ms = now - HOUR; /* over: the books hand out, who sends looks at the windows */
    assert_int_equal(edit(kit, &change), LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(kit->rows[1].address, KIT_NUMBER + 3); /* drawn from the reserve */
    assert_books_agree(kit);
}

/* A copy was put back, and with it went an edit that let the campaign send: made again, it can't
 * make anything go out twice. */
static void test_an_edit_into_lost_time_leaves_messages_in_doubt(void **state)
{
    static const struct {
        bool extend;
        int64_t from_ms, until_ms, value;
        int64_t unknown;
    } cases[] = {
        {false, 1000, 1500, 0, 0}, /* before it */
        {false, 3000, 5000, 0, 2},
        {true, 0, 1, 1500, 0},
        {true, 0, 1, 3500, 2},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct change change = {
            .quotas = {1000, 0}, .from_ms = cases[i].from_ms, .until_ms = cases[i].until_ms};
        struct ledger_op op = {.kind = LEDGER_STEER,
                               .steer = {.steer = {.scope = STEER_CAMPAIGN,
                                                   .verb = STEER_EXTEND,
                                                   .campaign = "2026-law-day",
                                                   .value = cases[i].value},
                                         .by = "user lo"}};
        struct kit *kit;

        kit_setup((void **)&kit);
        kit_insert(kit, 0, 2, 1, false);
        kit_insert(kit, 9, 1, 1, true);
        kit_close(kit);
        assert_int_equal(kit_sql(kit, "INSERT INTO restored(from_ms, until_ms, lost, mark)"
                                      " VALUES(2000, 4000, '', '')"),
                         SQLITE_OK);
        assert_int_equal(kit_open(kit), 0);
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 0"), 2);
        assert_int_equal(cases[i].extend ? kit_do(kit, &op) : edit(kit, &change), LEDGER_OK);
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 8"),
                         cases[i].unknown);
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), !cases[i].unknown);
        assert_books_agree(kit);
        kit_teardown((void **)&kit);
    }
    (void)state;
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_an_edit_changes_the_content),
        LEDGER_TEST(test_rules_are_told_when_the_campaign_is_new),
        LEDGER_TEST(test_an_edit_is_refused_as_a_whole),
        LEDGER_TEST(test_what_is_spent_depends_on_what_counts),
        LEDGER_TEST(test_a_lower_quota_holds_the_rest_back),
        LEDGER_TEST(test_a_higher_quota_lets_more_go),
        LEDGER_TEST(test_windows_that_move_take_their_messages_along),
        cmocka_unit_test(test_an_edit_into_lost_time_leaves_messages_in_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
