/* test_ledger_reports: every status report finds its message or is counted, and none is guessed.
 * Runs: any. Real books, real loop, a clock that is set. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define START_MS  INT64_C(1793491200000)

/* ---- one modem, thousands of messages ---- */

#define CAMPAIGNS 4
#define STRAYS    200
#define STEP_MS   (10 * SECOND_MS)
#define CHUNK     512

/* What a modem answers to a message, and what its reports bear. */
enum habit { HABIT_HONEST, HABIT_ZERO, HABIT_NONE, HABIT_ZERO_BUT, HABITS };

struct message {
    int64_t id, address, sent_ms;
    int parts, reference; /* of the first part, as the network knows it */
    int reported;         /* parts */
    bool seen[2];
    enum delivery_state state;
};

enum event_kind { EVENT_SEND, EVENT_REPORT, EVENT_STRAY };

struct event {
    int64_t at_ms;
    enum event_kind kind;
    struct message *message;
    int part, order;
    bool fails;
};

struct play {
    struct kit *kit;
    enum habit habit;
    size_t numbers, n_messages, n_events;
    struct message *messages;
    struct event *events;
    struct ledger_op *ops;
    bool *expected; /* of the ops: is it unmatched? */
    size_t n_ops, pending;
    int64_t unmatched, lost, late, doubled;
    int64_t wrong; /* ops that did not end as expected */
    uint64_t random;
};

static int64_t play_random(struct play *play, int64_t below)
{
    play->random = play->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((play->random >> 33) % (uint64_t)below);
}

static void play_add(struct play *play, struct event event)
{
    event.order = (int)play->n_events;
    play->events[play->n_events++] = event;
}

/* Of a hundred reports: 3 are lost, 2 come after 80 hours, 5 come twice, 7 say "failed"; most come
 * soon and some up to 48 hours late. */
static void play_plan_report(struct play *play, struct message *message, int part)
{
    struct event event = {.kind = EVENT_REPORT, .message = message, .part = part};
    int64_t fate = play_random(play, 100);
    int64_t delay =
        play_random(play, 2) ? play_random(play, MINUTE_MS) : play_random(play, 48 * HOUR_MS);

    event.at_ms = message->sent_ms + 3 * SECOND_MS + delay;
    event.fails = play_random(play, 100) < 7;
    if (fate < 3) {
        play->lost++;
        return;
    }
    if (fate < 5) {
        play->late++;
        event.at_ms = message->sent_ms + 80 * HOUR_MS;
    }
    play_add(play, event);
    if (fate < 95)
        return;
    play->doubled++;
    event.at_ms += play_random(play, 12 * HOUR_MS);
    play_add(play, event);
}

/* The same number gets the same reference in every campaign. */
static void play_plan(struct play *play)
{
    int reference = 0;

    for (size_t i = 0; i < play->n_messages; i++) {
        struct message *message = &play->messages[i];
        size_t number = i % play->numbers;

        *message = (struct message){
            .id = (int64_t)i + 1,
            .address = KIT_NUMBER + (int64_t)number,
            .sent_ms = START_MS + (int64_t)i * STEP_MS,
            .parts = play->habit == HABIT_HONEST && number % 10 == 0 ? 2 : 1,
            .reference = reference & 255,
            .state = DELIVERY_SENT,
        };
        reference += message->parts;
        play_add(play, (struct event){message->sent_ms, EVENT_SEND, message, 0, 0, false});
        for (int part = 0; part < message->parts; part++)
            play_plan_report(play, message, part);
    }
    for (int i = 0; i < STRAYS; i++)
        play_add(play, (struct event){
                           .at_ms = START_MS + play_random(play, 90 * HOUR_MS),
                           .kind = EVENT_STRAY,
                           .message = &play->messages[play_random(play, (int64_t)play->n_messages)],
                           .part = i & 1});
}

static int event_order(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return x->order - y->order;
}

static void play_done(struct ledger_op *op)
{
    struct play *play = op->owner;
    bool unmatched = play->expected[op - play->ops];

    play->wrong += op->result != (unmatched ? LEDGER_UNMATCHED : LEDGER_OK);
    play->pending--;
}

static void play_post(struct play *play, int64_t at_ms, const struct ledger_op *op, bool unmatched)
{
    struct ledger_op *posted = &play->ops[play->n_ops];

    *posted = *op;
    posted->owner = play;
    posted->done = play_done;
    play->expected[play->n_ops++] = unmatched;
    play->pending++;
    clock_set(at_ms);
    ledger_post(play->kit->ledger, posted);
}

static void play_wait(struct play *play)
{
    while (play->pending)
        uv_run(&play->kit->loop, UV_RUN_ONCE);
    play->n_ops = 0;
}

static int play_answered(const struct play *play, const struct message *message, int part)
{
    if (play->habit == HABIT_HONEST)
        return (message->reference + part) & 255;
    return play->habit == HABIT_NONE ? -1 : 0;
}

static void play_send(struct play *play, const struct event *event)
{
    const struct message *message = event->message;
    struct ledger_op claim = {.kind = LEDGER_CLAIM,
                              .claim = {.id = message->id, .device = play->kit->device}};
    struct ledger_op settle = {
        .kind = LEDGER_SETTLE,
        .settle = {.id = message->id,
                   .device = play->kit->device,
                   .outcome = {.kind = OUTCOME_SENT, .n_references = message->parts}}};

    for (int part = 0; part < message->parts; part++)
        settle.settle.outcome.references[part] = play_answered(play, message, part);
    play_post(play, event->at_ms, &claim, false);
    play_post(play, event->at_ms + 2 * SECOND_MS, &settle, false);
}

/* What the truth is, told apart by whom it is about and not by what the report looks like. */
static bool play_is_unmatched(const struct event *event)
{
    struct message *message = event->message;

    if (message->state == DELIVERY_UNDELIVERED || message->seen[event->part] ||
        event->at_ms - message->sent_ms >= 72 * HOUR_MS)
        return true;
    message->seen[event->part] = true;
    if (event->fails)
        message->state = DELIVERY_UNDELIVERED;
    else if (++message->reported == message->parts)
        message->state = DELIVERY_DELIVERED;
    return false;
}

static void play_report(struct play *play, const struct event *event)
{
    const struct message *message = event->message;
    bool unmatched = play_is_unmatched(event);
    struct status_report report = {
        .kind = event->fails ? REPORT_FAILED : REPORT_DELIVERED,
        .address = message->address % INT64_C(8600000000000), /* networks drop the country code */
        .reference = play->habit == HABIT_ZERO ? 0 : (message->reference + event->part) & 255,
        .sent_ms = (message->sent_ms / SECOND_MS + 1) * SECOND_MS};
    struct ledger_op op = {.kind = LEDGER_REPORT,
                           .report = {.device = play->kit->device, .report = report}};

    play->unmatched += unmatched;
    play_post(play, event->at_ms, &op, unmatched);
}

/* About a number that got nothing, or a known one at a time when nothing was sent. */
static void play_stray(struct play *play, const struct event *event)
{
    const struct message *message = event->message;
    struct status_report report = {.address = message->address + (event->part ? 50000 : 0),
                                   .reference = event->part ? 7 : (message->reference + 128) & 255,
                                   .sent_ms = START_MS - 3 * HOUR_MS};
    struct ledger_op op = {.kind = LEDGER_REPORT,
                           .report = {.device = play->kit->device, .report = report}};

    play->unmatched++;
    play_post(play, event->at_ms, &op, true);
}

static void play_events(struct play *play, size_t from, size_t to)
{
    static void (*const acts[])(struct play *, const struct event *) = {
        [EVENT_SEND] = play_send, [EVENT_REPORT] = play_report, [EVENT_STRAY] = play_stray};

    for (size_t i = from; i < to; i++) {
        acts[play->events[i].kind](play, &play->events[i]);
        if (play->n_ops >= CHUNK)
            play_wait(play);
    }
    play_wait(play);
}

static void play_fetch(struct play *play)
{
    struct ledger_row *rows = mem_array(play->numbers, struct ledger_row);
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = play->kit->campaign,
                           .fetch = {.unit = play->kit->units[0],
                                     .channel = CHANNEL_SMS,
                                     .max = play->numbers,
                                     .rows = rows}};

    assert_int_equal(kit_do(play->kit, &op), LEDGER_OK);
    assert_int_equal(op.fetch.n, play->numbers);
    for (size_t i = 0; i < op.fetch.n; i++)
        ledger_row_release(&rows[i]);
    free(rows);
}

/* Enters every campaign; every tenth number of an honest modem's gets two parts. */
static void play_enter(struct play *play)
{
    struct kit *kit = play->kit;

    kit->quota = (int64_t)play->numbers;
    for (int i = 0; i < CAMPAIGNS; i++) {
        char id[] = {'l', 'a', 'w', '-', (char)('0' + i), '\0'};

        assert_int_equal(kit_enter(kit, id, "source"), LEDGER_OK);
        for (size_t number = 0; number < play->numbers; number += 10) {
            int32_t parts = play->habit == HABIT_HONEST ? 2 : 1;
            size_t rest = play->numbers - number < 10 ? play->numbers - number : 10;

            kit_insert(kit, (int64_t)number, 1, parts, false);
            kit_insert(kit, (int64_t)number + 1, rest - 1, 1, false);
        }
        play_fetch(play);
    }
}

static void play_check(struct play *play)
{
    int64_t awaited = 0;

    assert_int_equal(play->wrong, 0);
    for (size_t i = 0; i < play->n_messages; i++) {
        const struct message *message = &play->messages[i];

        if (state_of(play->kit, message->id) != (int64_t)message->state)
            fail_msg("message %lld is not %s", (long long)message->id,
                     delivery_state_name(message->state));
        if (message->state == DELIVERY_SENT)
            awaited += message->parts - message->reported;
    }
    assert_int_equal(kit_ask(play->kit, "SELECT count(*) FROM unmatched"), play->unmatched);
    assert_int_equal(kit_ask(play->kit, "SELECT count(*) FROM awaiting"), awaited);
    for (play->kit->campaign = 2; play->kit->campaign < 2 + CAMPAIGNS; play->kit->campaign++)
        assert_books_agree(play->kit);
}

static void play_all(struct kit *kit, enum habit habit, size_t numbers)
{
    struct play play = {.kit = kit, .habit = habit, .numbers = numbers, .random = 20261204};

    play.n_messages = numbers * CAMPAIGNS;
    play.messages = mem_array(play.n_messages, struct message);
    play.events = mem_array(play.n_messages * 5 + STRAYS, struct event);
    play.ops = mem_array(CHUNK + 2, struct ledger_op);
    play.expected = mem_array(CHUNK + 2, bool);
    clock_set(START_MS - HOUR_MS);
    play_enter(&play);
    play_plan(&play);
    qsort(play.events, play.n_events, sizeof *play.events, event_order);
    play_events(&play, 0, play.n_events / 2);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 0);
    play_events(&play, play.n_events / 2, play.n_events);
    assert_true(play.lost > 0 && play.late > 0 && play.doubled > 0);
    play_check(&play);
    free(play.messages);
    free(play.events);
    free(play.ops);
    free(play.expected);
}

/* 2,560 numbers four times: 11 times round the references in each campaign, and every message has
 * three others of the same number, modem and reference. */
static void test_ten_thousand_messages_on_one_modem(void **state)
{
    play_all(*state, HABIT_HONEST, 2560);
}

static void test_modems_that_give_no_reference(void **state)
{
    play_all(*state, HABIT_NONE, 256);
}

static void test_modems_whose_references_are_all_zero(void **state)
{
    play_all(*state, HABIT_ZERO, 256);
}

static void test_modems_that_answer_zero_and_report_others(void **state)
{
    play_all(*state, HABIT_ZERO_BUT, 256);
}

/* ---- single rules ---- */

/* One message each of two campaigns to the same number, with the same reference. */
static void send_twins(struct kit *kit, int64_t apart_ms)
{
    clock_set(START_MS);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    clock_set(START_MS + apart_ms);
    kit_send(kit, 2, 1, 7);
}

static struct ledger_op report_of(struct kit *kit, int reference, int64_t sent_ms)
{
    struct ledger_op op = {
        .kind = LEDGER_REPORT,
        .report = {.device = kit->device,
                   .report = {.address = KIT_NUMBER, .reference = reference, .sent_ms = sent_ms}}};

    kit_do(kit, &op);
    return op;
}

static void test_without_a_time_the_oldest_is_meant(void **state)
{
    struct kit *kit = *state;

    send_twins(kit, HOUR_MS);
    assert_int_equal(report_of(kit, 7, 0).report.id, 1);
    assert_int_equal(report_of(kit, 7, 0).report.id, 2);
    assert_int_equal(report_of(kit, 7, 0).result, LEDGER_UNMATCHED);
}

static void test_a_message_is_reported_on_for_72_hours(void **state)
{
    struct kit *kit = *state;

    send_twins(kit, HOUR_MS);
    clock_set(START_MS + 72 * HOUR_MS + MINUTE_MS);
    assert_int_equal(report_of(kit, 7, 0).report.id, 2);
    assert_int_equal(report_of(kit, 7, 0).result, LEDGER_UNMATCHED);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
}

static void test_of_two_that_fit_the_nearer_is_meant(void **state)
{
    struct kit *kit = *state;

    send_twins(kit, 4 * MINUTE_MS);
    assert_int_equal(report_of(kit, 7, START_MS + 4 * MINUTE_MS).report.id, 2);
    assert_int_equal(report_of(kit, 7, START_MS).report.id, 1);
}

/* A network whose clock is an hour off from the beginning is believed by reference and age. */
static void test_a_wrong_clock_is_borne(void **state)
{
    struct kit *kit = *state;

    send_twins(kit, 3 * HOUR_MS);
    assert_int_equal(report_of(kit, 7, START_MS + HOUR_MS).report.id, 1);
    assert_int_equal(report_of(kit, 7, START_MS + 4 * HOUR_MS).report.id, 2);
}

/* One that went wrong later costs a few reports, and then it is borne, too. */
static void test_a_clock_that_goes_wrong_is_found_out(void **state)
{
    struct kit *kit = *state;
    int disbelieved = 0;

    send_twins(kit, HOUR_MS);
    assert_int_equal(report_of(kit, 7, START_MS).report.id, 1);
    while (report_of(kit, 7, START_MS - 8 * HOUR_MS).result == LEDGER_UNMATCHED)
        assert_true(++disbelieved < 10);
    assert_int_equal(disbelieved, 5);
    assert_int_equal(state_of(kit, 2), DELIVERY_DELIVERED);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM unmatched"), 5);
}

/* A crash makes the doubt at the next start; the attempt was made before it. */
static void test_a_report_from_before_the_restart(void **state)
{
    struct kit *kit = *state;

    clock_set(START_MS);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, 1);
    kit_close(kit);
    clock_set(START_MS + 14 * HOUR_MS);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_sql(kit, "UPDATE device SET trust = 5"), SQLITE_OK);
    assert_int_equal(report_of(kit, 99, START_MS - HOUR_MS).result, LEDGER_UNMATCHED);
    assert_int_equal(report_of(kit, 99, START_MS + SECOND_MS).report.id, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
}

/* Reference 0 of a modem that does better at other times is a reference as any other: the second
 * copy of a report on the first part says nothing about the second part. */
static void test_a_true_zero_is_no_joker(void **state)
{
    struct kit *kit = *state;

    clock_set(START_MS);
    kit_insert(kit, 0, 1, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 2, 255);
    assert_int_equal(report_of(kit, 255, START_MS).result, LEDGER_OK);
    assert_int_equal(report_of(kit, 255, START_MS).result, LEDGER_UNMATCHED);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
    assert_int_equal(report_of(kit, 0, START_MS).result, LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_DELIVERED);
}

static void test_another_modem_is_not_guessed(void **state)
{
    struct kit *kit = *state;
    int32_t first = kit->device;

    kit->device = kit_device(kit, "bank-a/1");
    send_twins(kit, HOUR_MS);
    kit->device = first;
    for (int given = 0; given < 2; given++)
        assert_int_equal(report_of(kit, 7, given * START_MS).result, LEDGER_UNMATCHED);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_ten_thousand_messages_on_one_modem),
        LEDGER_TEST(test_modems_that_give_no_reference),
        LEDGER_TEST(test_modems_whose_references_are_all_zero),
        LEDGER_TEST(test_modems_that_answer_zero_and_report_others),
        LEDGER_TEST(test_without_a_time_the_oldest_is_meant),
        LEDGER_TEST(test_a_message_is_reported_on_for_72_hours),
        LEDGER_TEST(test_of_two_that_fit_the_nearer_is_meant),
        LEDGER_TEST(test_a_wrong_clock_is_borne),
        LEDGER_TEST(test_a_clock_that_goes_wrong_is_found_out),
        LEDGER_TEST(test_a_report_from_before_the_restart),
        LEDGER_TEST(test_a_true_zero_is_no_joker),
        LEDGER_TEST(test_another_modem_is_not_guessed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
