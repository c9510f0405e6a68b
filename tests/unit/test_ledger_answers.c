/* test_ledger_answers: who refuses gets one answer in his life, from the modem that heard him.
 * Runs: any. Real books, real loop; what ends a process happens in a child. */
#include "tests/unit/reply_kit.h"

#include <signal.h>
#include <sys/wait.h>

static const char answer_text[] = "【市法宣办】已退订，不再发送";

static bool refuse(struct kit *kit, int64_t from)
{
    struct inbound in = reply_from(from, "TD");
    struct ledger_op op = reply_receive(kit, &in, answer_text);

    assert_int_equal(op.result, LEDGER_OK);
    assert_true(op.receive.refusal);
    return op.receive.answered;
}

static int32_t sim_number(struct kit *kit, const char *name)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = name}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(op.sim.uses);
    return op.sim.number;
}

static int64_t used(const struct kit *kit, int32_t sim)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT coalesce(sum(parts), 0) FROM usage WHERE sim = %d", (int)sim);

    return kit_ask(kit, sql);
}

/* Takes the next one, with its text in order; its id, or 0. */
static int64_t take(struct kit *kit, const struct ledger_meters *meters, int64_t to)
{
    struct ledger_op op = {.kind = LEDGER_ANSWER,
                           .answer = {.device = kit->device, .meters = *meters}};

    if (kit_do(kit, &op) == LEDGER_NONE) {
        assert_null(op.answer.text);
        return 0;
    }
    assert_int_equal(op.result, LEDGER_OK);
    assert_string_equal(op.answer.text, answer_text);
    assert_int_equal(op.answer.address, KIT_NUMBER + to);
    free(op.answer.text);
    return op.answer.id;
}

static void end(struct kit *kit, int64_t id, const struct ledger_meters *meters,
                const struct outcome *outcome)
{
    struct ledger_op op = {
        .kind = LEDGER_ANSWERED,
        .answered = {.id = id, .device = kit->device, .meters = *meters, .outcome = *outcome}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static int last_answer(void *ctx, const struct books_reply *reply)
{
    *(int *)ctx = reply->answer;
    return 0;
}

/* How the answer to the last reply stands. */
static int standing(const struct kit *kit)
{
    struct books *books;
    int answer = -1;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_replies(books, "", last_answer, &answer), 0);
    books_close(books);
    return answer;
}

static bool recalled(struct kit *kit)
{
    return kit_recall(kit).answers;
}

static const struct ledger_meters none = {0};
static const struct outcome sent = {.kind = OUTCOME_SENT};

static void test_one_answer_in_a_lifetime(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(take(kit, &none, 0), 0);
    assert_false(recalled(kit));
    assert_true(refuse(kit, 0));
    assert_true(recalled(kit));
    assert_int_equal(standing(kit), ANSWER_WAITS);
    assert_int_equal(take(kit, &none, 0), 1);
    assert_int_equal(take(kit, &none, 0), 0);
    end(kit, 1, &none, &sent);
    assert_int_equal(standing(kit), ANSWER_SENT);
    assert_false(recalled(kit));
    for (int i = 0; i < 3; i++) {
        clock_set(clock_wall_ms() + 60000);
        assert_false(refuse(kit, 0));
        assert_int_equal(standing(kit), ANSWER_NONE);
    }
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    clock_set(clock_wall_ms() + 60000);
    assert_false(refuse(kit, 0));
    assert_int_equal(take(kit, &none, 0), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM answer"), 1);
}

/* Who refused before an answer was configured gets it when he refuses again. */
static void test_no_answer_unless_configured(void **state)
{
    struct kit *kit = *state;
    struct inbound in = reply_from(0, "TD");

    assert_false(reply_receive(kit, &in, NULL).receive.answered);
    assert_int_equal(take(kit, &none, 0), 0);
    in = reply_from(1, "收到");
    assert_false(reply_receive(kit, &in, answer_text).receive.answered);
    clock_set(clock_wall_ms() + 60000);
    assert_true(refuse(kit, 0));
    assert_int_equal(take(kit, &none, 0), 1);
}

static void test_the_modem_that_heard_it_answers_in_order(void **state)
{
    struct kit *kit = *state;
    int32_t first = kit->device, second = kit_device(kit, "bank-a/1");

    assert_true(refuse(kit, 5));
    assert_true(refuse(kit, 3));
    kit->device = second;
    assert_true(refuse(kit, 4));
    assert_int_equal(take(kit, &none, 4), 3);
    assert_int_equal(take(kit, &none, 0), 0);
    kit->device = first;
    assert_int_equal(take(kit, &none, 5), 1);
    assert_int_equal(take(kit, &none, 3), 2);
    assert_int_equal(take(kit, &none, 0), 0);
}

static void test_how_an_answer_ends(void **state)
{
    static const struct {
        enum outcome_kind kind;
        int stands, parts;
    } cases[] = {
        {OUTCOME_SENT, ANSWER_SENT, 1},
        {OUTCOME_REJECTED, ANSWER_FAILED, 1},
        {OUTCOME_UNKNOWN, ANSWER_UNKNOWN, 1},
        {OUTCOME_RETURNED, ANSWER_WAITS, 0},
    };
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MEM_FREE_LATER char *name = mem_printf("imsi:46000000000000%zu", i);
        struct outcome outcome = {.kind = cases[i].kind, .code = 38, .detail = "why"};
        struct ledger_meters meters = {.sim = sim_number(kit, name),
                                       .group = sim_number(kit, "group:pool"),
                                       .slot = (int64_t)i};
        int64_t before = used(kit, meters.group), id;

        assert_true(refuse(kit, (int64_t)i));
        id = take(kit, &meters, (int64_t)i);
        assert_int_equal(used(kit, meters.sim), 1); /* before it is sent */
        assert_int_equal(standing(kit), ANSWER_UNKNOWN);
        end(kit, id, &meters, &outcome);
        assert_int_equal(standing(kit), cases[i].stands);
        assert_int_equal(used(kit, meters.sim), cases[i].parts);
        assert_int_equal(used(kit, meters.group) - before, cases[i].parts);
        assert_int_equal(recalled(kit), cases[i].stands == ANSWER_WAITS);
    }
    assert_int_equal(take(kit, &none, 3), 4); /* the one that was given back */
    end(kit, 4, &none, &sent);
    assert_int_equal(standing(kit), ANSWER_SENT);
    assert_int_equal(kit_ask(kit, "SELECT code FROM answer WHERE id = 2"), 38);
}

/* What was certainly not sent is tried five times; what the modem gave back is no attempt. Fresh
 * ones go first. */
static void test_an_answer_is_tried_again(void **state)
{
    static const struct outcome later = {.kind = OUTCOME_DEFERRED, .code = 38, .detail = "busy"};
    static const struct outcome back = {.kind = OUTCOME_RETURNED};
    struct kit *kit = *state;
    struct ledger_meters meters = {.sim = sim_number(kit, "imsi:460000000000001"), .slot = 7};

    assert_true(refuse(kit, 0));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take(kit, &meters, 0), 1);
        end(kit, 1, &meters, &back);
        assert_true(recalled(kit));
        assert_int_equal(take(kit, &meters, 0), 1);
        end(kit, 1, &meters, &later);
        assert_int_equal(standing(kit), i < 4 ? ANSWER_WAITS : ANSWER_FAILED);
        assert_int_equal(used(kit, meters.sim), 0);
    }
    assert_int_equal(take(kit, &none, 0), 0);
    assert_false(recalled(kit));
    assert_true(refuse(kit, 1));
    assert_int_equal(take(kit, &none, 1), 2);
    end(kit, 2, &none, &later);
    assert_true(refuse(kit, 2));
    assert_int_equal(take(kit, &none, 2), 3);
    end(kit, 3, &none, &sent);
    assert_int_equal(take(kit, &none, 1), 2);
    end(kit, 2, &none, &sent);
    assert_int_equal(standing(kit), ANSWER_SENT);
}

/* Nobody is answered days later. */
static void test_an_old_answer_is_given_up(void **state)
{
    const int64_t day_ms = 24 * INT64_C(3600000);
    struct kit *kit = *state;

    clock_set(REPLY_START_MS);
    assert_true(refuse(kit, 0));
    clock_set(REPLY_START_MS + day_ms - 60000);
    assert_true(refuse(kit, 1));
    assert_int_equal(take(kit, &none, 0), 1);
    end(kit, 1, &none, &(struct outcome){.kind = OUTCOME_RETURNED});
    clock_set(REPLY_START_MS + day_ms + 60000);
    assert_int_equal(take(kit, &none, 1), 2);
    assert_int_equal(take(kit, &none, 0), 0);
    assert_int_equal(kit_ask(kit, "SELECT state FROM answer WHERE id = 1"), ANSWER_FAILED);
    assert_false(recalled(kit));
}

/* It counts where it was taken and at the restart: nobody knows when it went. */
static void test_a_crash_counts_until_the_restart(void **state)
{
    struct kit *kit = *state;
    struct ledger_meters meters = {.sim = sim_number(kit, "imsi:460000000000001")};

    clock_set(REPLY_START_MS);
    meters.slot = meter_slot(REPLY_START_MS);
    assert_true(refuse(kit, 0));
    assert_int_equal(take(kit, &meters, 0), 1);
    kit_close(kit);
    clock_set(REPLY_START_MS + 600000);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(used(kit, meters.sim), 2);
}

/* It may have been sent: it never is again, and stays counted. */
static void test_in_flight_at_a_crash_stays_in_doubt(void **state)
{
    struct kit *kit = *state;
    struct ledger_meters meters = {.sim = sim_number(kit, "imsi:460000000000001"), .slot = 7};

    assert_true(refuse(kit, 0));
    assert_true(refuse(kit, 1));
    clock_set(REPLY_START_MS + 5000); /* not at the beginning of a slot */
    assert_int_equal(take(kit, &meters, 0), 1);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_ask(kit, "SELECT state FROM answer WHERE id = 1"), ANSWER_UNKNOWN);
    assert_true(recalled(kit));
    assert_int_equal(take(kit, &meters, 1), 2);
    assert_int_equal(take(kit, &meters, 0), 0);
    assert_int_equal(used(kit, meters.sim), 2);
}

/* The batch is carried out again: one answer, counted once. */
static void test_a_commit_that_fails_takes_nothing(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *away = mem_printf("%s.away", kit->path);
    struct ledger_meters meters = {.sim = sim_number(kit, "imsi:460000000000001"), .slot = 7};
    bool done = false;
    struct ledger_op op = {.kind = LEDGER_ANSWER,
                           .done = kit_done,
                           .owner = &done,
                           .answer = {.device = kit->device, .meters = meters}};

    assert_true(refuse(kit, 0));
    assert_int_equal(rename(kit->path, away), 0);
    ledger_post(kit->ledger, &op);
    while (!kit->troubles)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(rename(away, kit->path), 0);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(op.result, LEDGER_OK);
    assert_string_equal(op.answer.text, answer_text);
    free(op.answer.text);
    assert_int_equal(used(kit, meters.sim), 1);
}

/* op ends the process that carries it out; taken: after it took the answer. */
static void dies(struct kit *kit, struct ledger_op *op, bool taken)
{
    pid_t child;
    int status;

    kit_close(kit);
    child = fork();
    if (child == 0) {
        struct kit place = *kit;

        signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        fclose(stderr);
        if (uv_loop_init(&place.loop) || kit_open(&place))
            _exit(2);
        if (taken && take(&place, &none, 0) != op->answered.id)
            _exit(3);
        kit_do(&place, op);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(kit_open(kit), 0);
}

/* An end of what isn't in flight: not taken, ended before, of another modem, none at all. */
static void test_impossible_ends_end_the_process(void **state)
{
    struct ledger_op op = {.kind = LEDGER_ANSWERED, .answered = {.outcome = sent}};
    struct kit *kit = *state;

    assert_true(refuse(kit, 0));
    for (int i = 0; i < 2; i++) {
        op.answered.device = kit->device;
        op.answered.id = 1 + i;
        dies(kit, &op, false);
    }
    assert_int_equal(take(kit, &none, 0), 1);
    end(kit, 1, &none, &sent);
    op.answered.id = 1;
    dies(kit, &op, false);
    assert_int_equal(standing(kit), ANSWER_SENT);
}

static void test_another_modem_can_t_end_it(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = {.kind = LEDGER_ANSWERED,
                           .answered = {.id = 1, .device = kit->device + 1, .outcome = sent}};

    assert_true(refuse(kit, 0));
    dies(kit, &op, true);
    assert_int_equal(standing(kit), ANSWER_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLY_TEST(test_one_answer_in_a_lifetime),
        REPLY_TEST(test_no_answer_unless_configured),
        REPLY_TEST(test_the_modem_that_heard_it_answers_in_order),
        REPLY_TEST(test_how_an_answer_ends),
        REPLY_TEST(test_an_answer_is_tried_again),
        REPLY_TEST(test_an_old_answer_is_given_up),
        REPLY_TEST(test_a_crash_counts_until_the_restart),
        REPLY_TEST(test_in_flight_at_a_crash_stays_in_doubt),
        REPLY_TEST(test_a_commit_that_fails_takes_nothing),
        REPLY_TEST(test_impossible_ends_end_the_process),
        REPLY_TEST(test_another_modem_can_t_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
