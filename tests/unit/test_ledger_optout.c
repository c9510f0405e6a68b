/* test_ledger_optout: who refuses gets nothing any more, from the commit on.
 * Runs: any. Real books, real loop. */
#include "tests/unit/reply_kit.h"

#include <errno.h>

static const struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
static const struct outcome deferred = {.kind = OUTCOME_DEFERRED};
static const struct outcome returned = {.kind = OUTCOME_RETURNED};

static int claim(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_CLAIM, .claim = {.id = id, .device = kit->device}};

    return kit_do(kit, &op);
}

static int64_t notes_refusals(const struct kit *kit)
{
    struct books_notes notes;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_notes(books, kit->campaign, &notes), 0);
    books_close(books);
    return notes.refusals;
}

/* ---- what is a refusal ---- */

static void test_only_a_whole_reply_refuses(void **state)
{
    static char word[] = "不要";
    static char *words[] = {word};
    const struct option_strings own = {words, 1};
    struct kit *kit = *state;
    struct inbound in = reply_part(0, 5, 2, 2, "订");
    struct ledger_op op = reply_receive(kit, &in, NULL);

    assert_false(op.receive.refusal);
    in = reply_part(0, 5, 1, 2, "退");
    assert_true(reply_receive(kit, &in, NULL).receive.refusal);
    in = reply_part(1, 5, 1, 2, "TD");
    assert_false(reply_receive(kit, &in, NULL).receive.refusal);
    in = reply_part(1, 5, 2, 2, "是什么意思");
    assert_false(reply_receive(kit, &in, NULL).receive.refusal);
    in = reply_from(2, "不要");
    assert_false(reply_receive(kit, &in, NULL).receive.refusal);
    in = reply_from(3, "不要");
    op.receive.inbound = in;
    op.receive.refusal_words = &own;
    kit_do(kit, &op);
    assert_true(op.receive.refusal);
    assert_int_equal(notes_refusals(kit), 2);
    reply_assert_list(kit, "", "!/ 退订|/ TD是什么意思|/ 不要|!/ 不要|");
}

static void test_a_second_refusal_changes_nothing(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "退订");
    struct ledger_op op;

    kit_insert(kit, 0, 1, 1, false);
    op = reply_receive(kit, &in, NULL);
    assert_int_equal(op.receive.suppressed, 1);
    clock_set(clock_wall_ms() + 60000);
    in = reply_from(0, "再说一次：退订");
    assert_false(reply_receive(kit, &in, NULL).receive.refusal);
    in = reply_from(0, "退订！");
    op = reply_receive(kit, &in, NULL);
    assert_int_equal(op.result, LEDGER_OK);
    assert_true(op.receive.refusal);
    assert_int_equal(op.receive.suppressed, 0);
    assert_int_equal(notes_refusals(kit), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout"), 1);
    assert_int_equal(kit_ask(kit, "SELECT reply FROM optout_event"), 1); /* the evidence */
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reply WHERE refusal = 1"), 2);
}

/* ---- what becomes of messages ---- */

/* Planned, due, deferred and in reserve, in two campaigns and both units, and beside them what is
 * over already and what has the same number as somebody's board. */
static void test_everything_open_is_suppressed(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "TD");
    struct ledger_op op;

    kit_insert(kit, 0, 3, 1, false); /* 1 to 3: due; 1 then sent, 2 of somebody else */
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false); /* 4: deferred */
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, 4);
    assert_int_equal(kit_settle(kit, 4, &deferred, 0), DELIVERY_DEFERRED);
    assert_int_equal(kit_enter(kit, "third", "source"), LEDGER_OK);
    assert_int_equal(reply_insert(kit, kit->units[1], 0, false), 1); /* 5: planned */
    assert_int_equal(kit_enter(kit, "fourth", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false); /* 6: due */
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit_enter(kit, "fifth", "source"), LEDGER_OK);
    assert_int_equal(reply_insert(kit, kit->units[1], 0, true), 1);
    kit_insert_slot(kit, 0, 0, 0, "宪法在我心中"); /* 7 */
    assert_int_equal(kit_sql(kit, "UPDATE delivery SET address = 8613800000000 WHERE id = 7"), 0);
    op = reply_receive(kit, &in, NULL);
    assert_int_equal(op.receive.suppressed, 3);
    assert_int_equal(kit_ask(kit, "SELECT sum(id) FROM delivery WHERE state = 9"), 4 + 5 + 6);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE cause = 12"), 3);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
    assert_int_equal(state_of(kit, 2), DELIVERY_DUE);
    assert_int_equal(state_of(kit, 7), DELIVERY_PLANNED);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 0);
    assert_int_equal(claim(kit, 6), -EALREADY); /* the dispatcher held it */
    assert_int_equal(claim(kit, 2), LEDGER_OK);
    kit_settle(kit, 2, &returned, 0);
    assert_int_equal(kit_sql(kit, "UPDATE delivery SET address = 1 WHERE id = 7"), 0);
    for (kit->campaign = 1; kit->campaign <= 5; kit->campaign++)
        assert_books_agree(kit);
}

/* An attempt can't be called back, but there is no other after it. */
static void test_a_message_in_flight_is_the_last(void **state)
{
    static const struct {
        const struct outcome *outcome;
        enum delivery_state to;
        bool resend;
    } cases[] = {
        {&returned, DELIVERY_SUPPRESSED, false}, {&deferred, DELIVERY_SUPPRESSED, false},
        {&unknown, DELIVERY_UNKNOWN, false},     {&unknown, DELIVERY_UNKNOWN, true},
        {&deferred, DELIVERY_SUPPRESSED, true},
    };
    const size_t n = sizeof cases / sizeof *cases;
    struct kit *kit = *state;

    kit_insert(kit, 0, n, 1, false);
    kit_fetch(kit, CHANNEL_SMS, n, false);
    for (size_t i = 0; i < n; i++) {
        int64_t id = (int64_t)i + 1;

        kit_claim(kit, id);
        reply_refuse(kit, (int64_t)i);
        assert_int_equal(state_of(kit, id), DELIVERY_INFLIGHT);
        kit->resend = cases[i].resend;
        assert_int_equal(kit_settle(kit, id, cases[i].outcome, 5), cases[i].to);
        assert_int_equal(state_of(kit, id), cases[i].to);
    }
    clock_set(clock_wall_ms() + 3600000);
    assert_true(kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false) == INT64_MAX);
    assert_int_equal(kit->n_rows, 0);
    assert_books_agree(kit);
}

/* It may have been sent before: that isn't "not sent", and a report may still tell. */
static void test_what_is_in_doubt_stays_so(void **state)
{
    struct kit *kit = *state;

    kit->resend = true;
    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    for (int i = 1; i <= 2; i++) {
        kit_claim(kit, i);
        assert_int_equal(kit_settle(kit, i, &unknown, 3), DELIVERY_DEFERRED);
    }
    kit_fetch(kit, CHANNEL_SMS, 2, false); /* due again */
    assert_int_equal(kit->n_rows, 2);
    reply_refuse(kit, 0);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_int_equal(claim(kit, 1), -EALREADY);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 9, REPORT_DELIVERED).report.id, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
    assert_books_agree(kit);
}

/* What a crash left in doubt goes out again where the campaign says so, but not to who refuses. */
static void test_nothing_is_sent_again(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    for (int i = 1; i <= 3; i++)
        kit_claim(kit, i);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 3);
    reply_refuse(kit, 1);
    kit->resend = true;
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_DEFERRED);
    assert_int_equal(state_of(kit, 2), DELIVERY_UNKNOWN);
    assert_int_equal(state_of(kit, 3), DELIVERY_DEFERRED);
    assert_books_agree(kit);
}

/* ---- later campaigns ---- */

static void test_who_refuses_is_entered_as_suppressed(void **state)
{
    struct kit *kit = *state;

    reply_refuse(kit, 1);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    kit->quota = 3;
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 0, 3, 1, false), 3);
    assert_int_equal(kit_insert(kit, 0, 3, 1, false), 0);
    assert_int_equal(state_of(kit, 2), DELIVERY_SUPPRESSED);
    reply_refuse(kit, 10);
    assert_int_equal(kit_insert(kit, 10, 2, 1, true), 1); /* 11; 10 isn't even kept */
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false);
    assert_int_equal(kit->n_rows, 3);
    assert_int_equal(kit->rows[2].address, KIT_NUMBER + 11); /* instead of 1 */
    assert_int_equal(kit_ask(kit, "SELECT sum(n) FROM count WHERE campaign = 2"), 4);
    assert_int_equal(kit_ask(kit, "SELECT n FROM count WHERE campaign = 2 AND state = 9"), 1);
    assert_books_agree(kit);
}

/* A row of the reserve that was there before the refusal is never drawn. */
static void test_the_reserve_forgets_who_refuses(void **state)
{
    const struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;

    kit->quota = 1;
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_insert(kit, 10, 2, 1, true);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false);
    reply_refuse(kit, 10);
    kit_claim(kit, 1);
    kit_settle(kit, 1, &rejected, 0);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 11);
    assert_books_agree(kit);
}

/* ---- any history ---- */

#define PEOPLE    60
#define CAMPAIGNS 3
#define STEPS     1200

struct history {
    struct kit *kit;
    uint64_t random;
    int64_t held[CAMPAIGNS * PEOPLE + 1]; /* ids that the dispatcher believes to be due */
    size_t n_held;
    int64_t flying[CAMPAIGNS * PEOPLE + 1];
    size_t n_flying;
    int claims, refused_claims;
};

static int64_t history_random(struct history *h, int64_t below)
{
    h->random = h->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((h->random >> 33) % (uint64_t)below);
}

static void history_campaign(struct history *h)
{
    static const char *const ids[CAMPAIGNS] = {"a", "b", "c"};

    h->kit->resend = history_random(h, 2);
    assert_int_equal(kit_enter(h->kit, ids[history_random(h, CAMPAIGNS)], "source"), LEDGER_OK);
}

static void history_insert(struct history *h)
{
    reply_insert(h->kit, h->kit->units[0], history_random(h, PEOPLE), history_random(h, 3) == 0);
}

static void history_fetch(struct history *h)
{
    kit_fetch(h->kit, CHANNEL_SMS, (size_t)history_random(h, 6), false);
    for (size_t i = 0; i < h->kit->n_rows; i++)
        h->held[h->n_held++] = h->kit->rows[i].id;
}

static int64_t history_take(struct history *h, int64_t *ids, size_t *n)
{
    size_t at = (size_t)history_random(h, (int64_t)*n);
    int64_t id = ids[at];

    ids[at] = ids[--*n];
    return id;
}

static int64_t history_refuses(const struct history *h, int64_t id)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT count(*) FROM optout o JOIN delivery d ON d.address = o.address"
                   " WHERE d.id = %lld",
                   (long long)id);

    return kit_ask(h->kit, sql);
}

static void history_claim(struct history *h)
{
    int64_t id;
    int result;

    if (!h->n_held)
        return;
    id = history_take(h, h->held, &h->n_held);
    result = claim(h->kit, id);
    h->claims++;
    if (history_refuses(h, id)) {
        assert_int_equal(result, -EALREADY);
        h->refused_claims++;
    }
    if (result == LEDGER_OK)
        h->flying[h->n_flying++] = id;
}

static void history_settle(struct history *h)
{
    struct outcome outcome = {.kind = (enum outcome_kind)history_random(h, OUTCOME_KINDS)};

    if (!h->n_flying)
        return;
    if (outcome.kind == OUTCOME_SENT)
        outcome.references[outcome.n_references++] = 7;
    h->kit->resend = history_random(h, 2);
    kit_settle(h->kit, history_take(h, h->flying, &h->n_flying), &outcome, 4);
}

static void history_report(struct history *h)
{
    kit_report(h->kit, KIT_NUMBER + history_random(h, PEOPLE), 7,
               history_random(h, 2) ? REPORT_DELIVERED : REPORT_FAILED);
}

static void history_reply(struct history *h)
{
    const char *text = history_random(h, 8) ? "收到" : "TD"; /* few refuse */
    struct inbound in = reply_from(history_random(h, PEOPLE), text);

    reply_receive(h->kit, &in, NULL);
}

static void history_reopen(struct history *h)
{
    static const char *const codes[] = {"a", "b", "c"};

    if (history_random(h, 16))
        return;
    kit_close(h->kit);
    assert_int_equal(kit_open(h->kit), 0);
    h->n_flying = h->n_held = 0;
    for (int i = 0; i < CAMPAIGNS; i++) { /* as the dispatcher does it: first what was due */
        assert_int_equal(kit_enter(h->kit, codes[i], "source"), LEDGER_OK);
        kit_fetch(h->kit, CHANNEL_SMS, KIT_ROOM, true);
        for (size_t k = 0; k < h->kit->n_rows; k++)
            h->held[h->n_held++] = h->kit->rows[k].id;
    }
}

static void history_check(const struct history *h)
{
    assert_int_equal(kit_ask(h->kit, "SELECT count(*) FROM delivery WHERE state IN (0, 1, 3)"
                                     " AND address IN (SELECT address FROM optout)"),
                     0);
    assert_int_equal(kit_ask(h->kit, "SELECT count(*) FROM reserve"
                                     " WHERE address IN (SELECT address FROM optout)"),
                     0);
}

static void history_play(struct kit *kit, uint64_t seed, struct history *h)
{
    static void (*const acts[])(struct history *) = {
        history_campaign, history_insert, history_insert, history_insert,
        history_fetch,    history_fetch,  history_fetch,  history_claim,
        history_settle,   history_report, history_reply,  history_reopen,
    };

    h->kit = kit;
    h->random = seed;
    h->n_held = h->n_flying = 0;
    history_campaign(h);
    for (int i = 0; i < STEPS; i++) {
        clock_set(clock_wall_ms() + 1000);
        acts[history_random(h, sizeof acts / sizeof *acts)](h);
        if (i % 16 == 0)
            history_check(h);
    }
    for (kit->campaign = 1; kit->campaign <= 4; kit->campaign++)
        assert_books_agree(kit);
}

static void test_after_any_history_no_claim_of_who_refused_succeeds(void **state)
{
    struct history h = {0};

    for (uint64_t seed = 1; seed <= 3; seed++) {
        if (seed > 1) {
            kit_teardown(state);
            reply_setup(state);
        }
        history_play(*state, seed, &h);
    }
    assert_true(h.claims > 100 && h.refused_claims > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLY_TEST(test_only_a_whole_reply_refuses),
        REPLY_TEST(test_a_second_refusal_changes_nothing),
        REPLY_TEST(test_everything_open_is_suppressed),
        REPLY_TEST(test_a_message_in_flight_is_the_last),
        REPLY_TEST(test_what_is_in_doubt_stays_so),
        REPLY_TEST(test_nothing_is_sent_again),
        REPLY_TEST(test_who_refuses_is_entered_as_suppressed),
        REPLY_TEST(test_the_reserve_forgets_who_refuses),
        REPLY_TEST(test_after_any_history_no_claim_of_who_refused_succeeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
