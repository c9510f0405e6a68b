/* test_ledger_receive: what people write is kept, once, put together, and ascribed.
 * Runs: any. Real books, real loop; crashes happen in a child process. */
#include "tests/unit/reply_kit.h"

#include <errno.h>
#include <sys/wait.h>

#define HOUR_MS INT64_C(3600000)

static void wait_ms(int64_t ms)
{
    clock_set(clock_wall_ms() + ms);
}

/* ---- whose it is ---- */

static void test_a_reply_belongs_to_the_last_message_before_it(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(reply_take(kit, reply_from(0, "一")), LEDGER_OK); /* never heard of us */
    kit_insert(kit, 0, 3, 1, false);
    assert_int_equal(reply_take(kit, reply_from(0, "二")), LEDGER_OK); /* only planned */
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    kit_claim(kit, 1);
    assert_int_equal(reply_take(kit, reply_from(0, "三")), LEDGER_OK); /* faster than the modem */
    assert_int_equal(kit_settle(kit, 1, &(struct outcome){.kind = OUTCOME_UNKNOWN}, 0),
                     DELIVERY_UNKNOWN);
    assert_int_equal(reply_take(kit, reply_from(0, "四")), LEDGER_OK);
    kit_claim(kit, 2);
    kit_settle(kit, 2, &(struct outcome){.kind = OUTCOME_REJECTED}, 0);
    assert_int_equal(reply_take(kit, reply_from(1, "五")), LEDGER_OK); /* it got nothing */
    reply_assert_list(kit, "", "/ 一|/ 二|2026-law-day/city 三|2026-law-day/city 四|/ 五|");
    reply_assert_list(kit, "2026-law-day", "2026-law-day/city 三|2026-law-day/city 四|");
    reply_assert_list(kit, "none", "");
}

/* A later report on an older message doesn't make it the last one. */
static void test_late_reports_ascribe_nothing(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    wait_ms(HOUR_MS);
    kit_send(kit, 2, 1, 8);
    wait_ms(HOUR_MS);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 8, REPORT_DELIVERED).report.id, 2);
    wait_ms(HOUR_MS);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 7, REPORT_DELIVERED).report.id, 1);
    assert_int_equal(reply_take(kit, reply_from(0, "收到")), LEDGER_OK);
    reply_assert_list(kit, "", "second/city 收到|");
}

/* An older campaign may write last. */
static void test_what_counts_is_when_it_was_sent(void **state)
{
    struct kit *kit = *state;
    int64_t first = kit->campaign;

    kit_insert(kit, 0, 1, 1, false);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 2, 1, 7);
    kit->campaign = first;
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    wait_ms(HOUR_MS);
    kit_send(kit, 1, 1, 8);
    assert_int_equal(reply_take(kit, reply_from(0, "收到")), LEDGER_OK);
    reply_assert_list(kit, "", "2026-law-day/city 收到|");
}

/* ---- once ---- */

static void test_what_came_before_is_known(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "收到"), other = in;

    assert_int_equal(reply_take(kit, in), LEDGER_OK);
    wait_ms(HOUR_MS);
    in.ticket = 77; /* another incarnation of the modem */
    assert_int_equal(reply_take(kit, in), LEDGER_KNOWN);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    kit->device = kit_device(kit, "bank-a/1"); /* the SIM went into another one */
    assert_int_equal(reply_take(kit, in), LEDGER_KNOWN);
    snprintf(other.text, sizeof other.text, "谢谢");
    assert_int_equal(reply_take(kit, other), LEDGER_OK);
    other = in;
    other.sent_ms += 1000;
    assert_int_equal(reply_take(kit, other), LEDGER_OK);
    snprintf(other.sender, sizeof other.sender, "+8613800009999");
    assert_int_equal(reply_take(kit, other), LEDGER_OK);
    reply_assert_list(kit, "", "/ 收到|/ 谢谢|/ 收到|/ 收到|");
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM inbound"), 4);
}

static void test_senders_need_no_number(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "退订");
    struct ledger_op op;

    in.address = 0;
    snprintf(in.sender, sizeof in.sender, "中国移动");
    op = reply_receive(kit, &in, "再见");
    assert_int_equal(op.result, LEDGER_OK);
    assert_false(op.receive.refusal);
    assert_false(op.receive.answered);
    reply_assert_list(kit, "", "/ 退订|");
}

/* Without the network's time the same words on the same day may be the same message, read again; on
 * another day they are news. */
static void test_without_a_time(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "收到");

    in.sent_ms = 0;
    clock_set(REPLY_START_MS);
    assert_int_equal(reply_take(kit, in), LEDGER_OK);
    assert_int_equal(reply_take(kit, in), LEDGER_KNOWN);
    clock_set(REPLY_START_MS + 25 * INT64_C(3600000));
    assert_int_equal(reply_take(kit, in), LEDGER_OK);
    assert_int_equal(reply_take(kit, in), LEDGER_KNOWN);
}

static void test_what_came_is_never_changed(void **state)
{
    static const char *const bends[] = {
        "UPDATE inbound SET text = 'x'", "DELETE FROM inbound", "UPDATE reply SET sender = 'x'",
        "UPDATE reply SET address = 1",  "DELETE FROM reply",   "UPDATE optout_event SET at_ms = 0",
        "DELETE FROM optout_event",      "DELETE FROM answer",
    };
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "TD");

    assert_true(reply_receive(kit, &in, "好的").receive.answered);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++)
        if (kit_sql(kit, bends[i]) != SQLITE_CONSTRAINT)
            fail_msg("allowed: %s", bends[i]);
}

/* ---- long ones ---- */

static void test_parts_come_in_any_order(void **state)
{
    static const int orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                     {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    static const char *const texts[] = {"天", "地", "人"};
    struct kit *kit = *state;

    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 3; k++) {
            int seq = orders[i][k];

            assert_int_equal(reply_take(kit, reply_part(i, 255 - i, seq, 3, texts[seq - 1])),
                             LEDGER_OK);
            wait_ms(1000);
        }
    reply_assert_list(kit, "", "/ 天地人|/ 天地人|/ 天地人|/ 天地人|/ 天地人|/ 天地人|");
}

/* Of the same person, at the same time, between one another. */
static void test_messages_don_t_mix(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(reply_take(kit, reply_part(0, 5, 2, 2, "b")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 6, 1, 2, "c")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(1, 5, 1, 2, "x")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 3, "y")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 2, "a")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 6, 2, 2, "d")), LEDGER_OK);
    reply_assert_list(kit, "", "/ ab|/ cd|/ ~x[...]|/ ~y[...][...]|");
}

static void test_a_reference_comes_round(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 2, "a")), LEDGER_OK);
    wait_ms(HOUR_MS);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 2, "c")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 2, 2, "d")), LEDGER_OK); /* at c's time */
    wait_ms(HOUR_MS);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 2, 2, "f")), LEDGER_OK); /* too late for a */
    reply_assert_list(kit, "", "/ ~a[...]|/ cd|/ ~[...]f|");
}

/* Two messages of which one part each was lost are never made into one that nobody wrote. */
static void test_parts_are_joined_only_within_ten_minutes(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 2, "不要")), LEDGER_OK);
    wait_ms(HOUR_MS / 6 + 1000);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 2, 2, "再见")), LEDGER_OK);
    wait_ms(HOUR_MS / 6);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 2, "天天")), LEDGER_OK);
    reply_assert_list(kit, "", "/ ~不要[...]|/ 天天再见|");
}

/* The network's times count, not when the modem was there to take the parts. */
static void test_a_part_may_come_days_later(void **state)
{
    struct kit *kit = *state;
    struct inbound first = reply_part(0, 5, 1, 2, "收"), second = reply_part(0, 5, 2, 2, "到");

    assert_int_equal(reply_take(kit, first), LEDGER_OK);
    wait_ms(40 * HOUR_MS);
    second.sent_ms = first.sent_ms + 3000;
    assert_int_equal(reply_take(kit, second), LEDGER_OK);
    reply_assert_list(kit, "", "/ 收到|");
}

/* Without a time of the network's, whichever of the two parts lacks it, they are gathered for a
 * day. */
static void test_parts_without_a_time_are_gathered_for_a_day(void **state)
{
    struct kit *kit = *state;

    for (int lacks = 1; lacks < 4; lacks++) {
        struct inbound first = reply_part(lacks, 5, 1, 2, "收"), second, third;

        first.sent_ms = lacks & 1 ? 0 : first.sent_ms;
        assert_int_equal(reply_take(kit, first), LEDGER_OK);
        wait_ms(23 * HOUR_MS);
        second = reply_part(lacks, 5, 2, 2, "到");
        second.sent_ms = lacks & 2 ? 0 : second.sent_ms;
        assert_int_equal(reply_take(kit, second), LEDGER_OK);
        third = reply_part(lacks, 6, 1, 2, "谢");
        third.sent_ms = 0;
        assert_int_equal(reply_take(kit, third), LEDGER_OK);
        wait_ms(25 * HOUR_MS);
        third = reply_part(lacks, 6, 2, 2, "谢");
        third.sent_ms = 0;
        assert_int_equal(reply_take(kit, third), LEDGER_OK);
    }
    reply_assert_list(kit, "",
                      "/ 收到|/ ~谢[...]|/ ~[...]谢|/ 收到|/ ~谢[...]|/ ~[...]谢|"
                      "/ 收到|/ ~谢[...]|/ ~[...]谢|");
}

static void test_missing_parts_are_shown(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(reply_take(kit, reply_part(0, 5, 2, 4, "b")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 4, 4, "d")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 4, 4, "d")), LEDGER_KNOWN);
    reply_assert_list(kit, "", "/ ~[...]b[...]d|");
    assert_int_equal(reply_take(kit, reply_part(0, 5, 1, 4, "a")), LEDGER_OK);
    assert_int_equal(reply_take(kit, reply_part(0, 5, 3, 4, "c")), LEDGER_OK);
    reply_assert_list(kit, "", "/ abcd|");
}

/* Whatever the sender's phone makes of the numbers. */
static void test_impossible_parts_stand_alone(void **state)
{
    static const struct {
        int reference, seq, total;
    } cases[] = {{5, 0, 2}, {5, 3, 2}, {5, 1, 0}, {5, -1, -1}, {5, 1, 300}, {-1, 1, 2}, {9, 1, 1}};
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wait_ms(1000);
        assert_int_equal(
            reply_take(kit, reply_part(0, cases[i].reference, cases[i].seq, cases[i].total, "x")),
            LEDGER_OK);
    }
    reply_assert_list(kit, "", "/ x|/ x|/ x|/ x|/ x|/ x|/ x|");
}

static int stop_at_second(void *ctx, const struct books_reply *reply)
{
    (void)reply;
    return ++*(int *)ctx == 2 ? 42 : 0;
}

static void test_reading_may_stop(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    int calls = 0;
    char why[256];

    for (int i = 0; i < 4; i++)
        assert_int_equal(reply_take(kit, reply_from(i, "x")), LEDGER_OK);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_replies(books, "", stop_at_second, &calls), 42);
    assert_int_equal(calls, 2);
    calls = 10;
    assert_int_equal(books_replies(books, "", stop_at_second, &calls), 0);
    assert_int_equal(calls, 14);
    books_close(books);
}

/* ---- crash ---- */

static const char *const crash_texts[] = {"退", "订"};

static struct inbound crash_part(int i)
{
    struct inbound in = reply_part(0, 9, i + 1, 2, crash_texts[i]);

    in.sent_ms = REPLY_START_MS;
    return in;
}

struct crash {
    struct ledger *ledger;
    struct ledger_op op;
    int part, said; /* said: pipe; one byte for each part that was answered */
};

static void crash_post(struct crash *crash);

static void crash_taken(struct ledger_op *op)
{
    struct crash *crash = op->owner;

    if (write(crash->said, "x", 1) != 1)
        _exit(3);
    if (++crash->part < 2)
        crash_post(crash);
}

static void crash_post(struct crash *crash)
{
    crash->op = (struct ledger_op){
        .kind = LEDGER_RECEIVE,
        .done = crash_taken,
        .owner = crash,
        .receive = {.device = 1, .inbound = crash_part(crash->part), .answer = "已退订"}};
    ledger_post(crash->ledger, &crash->op);
}

/* Dies at its turns-th turn of the loop, with commits under way. */
static _Noreturn void crash_child(const struct kit *place, int turns, int said)
{
    static struct crash crash;
    struct kit kit = *place;

    if (uv_loop_init(&kit.loop) || kit_open(&kit))
        _exit(2);
    crash = (struct crash){.ledger = kit.ledger, .said = said};
    crash_post(&crash);
    for (int i = 0; i < turns && crash.part < 2; i++) {
        struct timespec nap = {0, 25000 * (turns % 7)};

        uv_run(&kit.loop, UV_RUN_NOWAIT);
        nanosleep(&nap, NULL);
    }
    _exit(0);
}

static int crash_run(const struct kit *kit, int turns)
{
    char bytes[8];
    int ends[2], status;
    pid_t child;
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0)
        crash_child(kit, turns, ends[1]);
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    n = read(ends[0], bytes, sizeof bytes);
    close(ends[0]);
    return (int)n;
}

/* The modem has deleted only what was answered; the rest comes again. */
static void test_a_reply_survives_a_crash_before_it_is_deleted(void **state)
{
    struct kit *kit = *state;

    for (int turns = 0; turns < 40; turns++) {
        MEM_FREE_LATER char *path = mem_dup(kit->path);
        int told;

        snprintf(kit->path, sizeof kit->path, "%s/books%d.db", kit->directory, turns);
        told = crash_run(kit, turns);
        if (turns == 0)
            kit_close(kit);
        assert_int_equal(kit_open(kit), 0);
        kit->device = kit_device(kit, "bank-a/0");
        for (int i = 0; i < 2; i++) {
            struct inbound in = crash_part(i);
            int result = reply_receive(kit, &in, "已退订").result;

            assert_true(result == LEDGER_KNOWN || (i >= told && result == LEDGER_OK));
        }
        reply_assert_list(kit, "", "!/ 退订|");
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout"), 1);
        assert_int_equal(kit_ask(kit, "SELECT count(*) FROM answer WHERE state = 1"), 1);
        kit_close(kit);
        for (size_t i = 0; i < 5; i++)
            kit_remove(kit,
                       ((const char *const[]){"", "-wal", "-shm", ".key", ".key.checkpoint"})[i]);
        snprintf(kit->path, sizeof kit->path, "%s", path);
    }
}

/* A batch that can't be committed is carried out again from the first. */
static void test_a_commit_that_fails_leaves_nothing_behind(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *away = mem_printf("%s.away", kit->path);
    struct inbound in = reply_from(0, "TD");
    bool done = false;
    struct ledger_op op = {.kind = LEDGER_RECEIVE,
                           .done = kit_done,
                           .owner = &done,
                           .receive = {.device = kit->device, .inbound = in, .answer = "已退订"}};

    kit_insert(kit, 0, 2, 1, false);
    assert_int_equal(rename(kit->path, away), 0);
    ledger_post(kit->ledger, &op);
    while (!kit->troubles)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_false(done);
    assert_int_equal(rename(away, kit->path), 0);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(op.result, LEDGER_OK);
    assert_true(op.receive.refusal && op.receive.answered);
    assert_int_equal(op.receive.suppressed, 1);
    reply_assert_list(kit, "", "!/ TD|");
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM answer"), 1);
    assert_books_agree(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLY_TEST(test_a_reply_belongs_to_the_last_message_before_it),
        REPLY_TEST(test_late_reports_ascribe_nothing),
        REPLY_TEST(test_what_counts_is_when_it_was_sent),
        REPLY_TEST(test_what_came_before_is_known),
        REPLY_TEST(test_senders_need_no_number),
        REPLY_TEST(test_without_a_time),
        REPLY_TEST(test_what_came_is_never_changed),
        REPLY_TEST(test_parts_come_in_any_order),
        REPLY_TEST(test_messages_don_t_mix),
        REPLY_TEST(test_a_reference_comes_round),
        REPLY_TEST(test_parts_are_joined_only_within_ten_minutes),
        REPLY_TEST(test_a_part_may_come_days_later),
        REPLY_TEST(test_parts_without_a_time_are_gathered_for_a_day),
        REPLY_TEST(test_missing_parts_are_shown),
        REPLY_TEST(test_impossible_parts_stand_alone),
        REPLY_TEST(test_reading_may_stop),
        REPLY_TEST(test_a_reply_survives_a_crash_before_it_is_deleted),
        REPLY_TEST(test_a_commit_that_fails_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
