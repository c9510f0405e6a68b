/* test_conformance: the rules of adapters/adapter.h, stamped on every adapter of messages; boards
 * are stamped by test_board_rules. */
#include "tests/adapters/bench.h"
#include "tests/adapters/bench_modem.h"

/* ---- rules for all ---- */

static void rule_ready_comes_and_jobs_end_once(const char *kind)
{
    struct bench bench;

    bench_begin(&bench, kind);
    for (unsigned i = 0; i < BENCH_JOBS; i++)
        assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
    assert_int_equal(bench.last.level, LEVEL_UNKNOWN);
    bench_end(&bench);
    assert_int_equal(bench.done, BENCH_JOBS);
    assert_int_equal(bench.stopped, 1);
}

static void rule_refuses_what_it_cannot_take(const char *kind)
{
    struct bench bench;

    bench_open(&bench, kind);
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    assert_true(bench_lend(&bench, ADAPTER_SUBMIT, 0) > 0);
    bench_until_ready(&bench, 1);
    assert_int_equal(bench_lend(&bench, ADAPTER_SUBMIT, 0), 0);
    assert_true(bench_lend(&bench, ADAPTER_SUBMIT, 1) > 0);
    bench_until_done(&bench);
    assert_int_equal(bench.done, 1);
    bench_end(&bench);
}

static void rule_stops_before_it_is_ready(const char *kind)
{
    struct bench bench;

    bench_open(&bench, kind);
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    bench_end(&bench);
    assert_int_equal(bench.done, 0);
    assert_int_equal(bench.stopped, 1);
}

static void rule_settles_what_is_lent_when_stopped(const char *kind)
{
    struct bench bench;

    bench_begin(&bench, kind);
    bench_silence(&bench);
    assert_int_equal(bench_lend(&bench, ADAPTER_SUBMIT, 0), 0);
    bench_end(&bench);
    assert_int_equal(bench.done, 1);
    assert_int_equal(bench.stopped, 1);
    assert_true(bench.last.outcome.kind == OUTCOME_RETURNED ||
                bench.last.outcome.kind == OUTCOME_UNKNOWN);
}

static void rule_never_says_sent_for_a_silent_device(const char *kind)
{
    struct bench bench;

    bench_begin(&bench, kind);
    bench_silence(&bench);
    bench_do(&bench, ADAPTER_SUBMIT, 0);
    assert_true(bench.last.outcome.kind == OUTCOME_DEFERRED ||
                bench.last.outcome.kind == OUTCOME_UNKNOWN ||
                bench.last.outcome.kind == OUTCOME_RETURNED);
    bench_end(&bench);
}

static void rule_can_be_ended_at_every_stage(const char *kind)
{
    struct bench bench;

    bench_open(&bench, kind); /* never initialised */
    bench_close(&bench);
    bench_open(&bench, kind); /* never started */
    assert_int_equal(bench_init(&bench), 0);
    bench_close(&bench);
    bench_open(&bench, kind); /* init fails */
    bench.modem.device[0] = '?';
    bench.env.agent_path = NULL;
    assert_true(bench_init(&bench) < 0);
    bench_close(&bench);
}

/* What the world has seen is what was handed over, byte for byte. */
static void rule_the_text_arrives(const char *kind)
{
    struct sim_events events;
    struct bench bench;
    size_t seen = 0;

    bench_begin(&bench, kind);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench_stop(&bench);
    events = tell_events(bench.sim);
    for (size_t i = 0; i < events.n; i++) {
        if (strcmp(events.items[i].event, "accepted") != 0)
            continue;
        assert_string_equal(events.items[i].text, BENCH_TEXT);
        seen++;
    }
    assert_int_equal(seen, 1);
    sim_events_free(&events);
    bench_close(&bench);
}

/* ---- rules for what people may answer to ---- */

/* Until it is forgotten it comes again, as often as the device starts; then never. What comes next
 * shows that nothing else was left. */
static void rule_keeps_what_came_until_forgotten(const char *kind)
{
    struct bench bench;
    struct inbound first;

    bench_open(&bench, kind);
    bench_script(&bench, "fake:IXXQ");
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    bench_until_ready(&bench, 1);
    bench_answer(&bench, "TD", 0);
    bench_until_received(&bench, 1);
    first = bench.inbound;
    assert_string_equal(first.text, "TD");
    assert_true(first.address == bench.jobs[0].address);
    bench_lose(&bench);
    bench_until_received(&bench, 2);
    assert_true(bench.inbound.ticket != first.ticket);
    assert_true(bench.inbound.sent_ms == first.sent_ms);
    assert_string_equal(bench.inbound.text, "TD");
    bench_forget(&bench, first.ticket); /* of an agent that is no more */
    bench_forget(&bench, bench.inbound.ticket);
    bench_until_forgotten(&bench);
    bench_lose(&bench);
    bench_answer(&bench, "收到", 1);
    bench_until_received(&bench, 3);
    assert_string_equal(bench.inbound.text, "收到");
    bench_end(&bench);
    assert_int_equal(bench.received, 3);
}

static void rule_ignores_unknown_tickets(const char *kind)
{
    struct bench bench;

    bench_begin(&bench, kind);
    bench_forget(&bench, 0);
    bench_forget(&bench, UINT64_C(1) << 32 | 200);
    bench_forget(&bench, UINT64_MAX);
    for (unsigned i = 0; i < BENCH_JOBS; i++)
        assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
    bench_end(&bench);
}

/* What came in while the adapter stops is told before the end, or after the next start. */
static void rule_receives_while_stopping(const char *kind)
{
    struct bench bench;

    bench_open(&bench, kind);
    bench_script(&bench, "fake:I");
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    bench_until_ready(&bench, 1);
    bench_answer(&bench, "TD", 0);
    bench_stop(&bench);
    if (bench.sim)
        bench_renew(&bench);
    bench_until_received(&bench, 1);
    assert_string_equal(bench.inbound.text, "TD");
    if (!bench.stopped)
        bench_stop(&bench);
    bench_close(&bench);
}

/* Answers in the middle of the work hold up nothing, and nothing is told twice when it is forgotten
 * at once. */
static void rule_receives_between_jobs(const char *kind)
{
    struct bench bench;

    bench_open(&bench, kind);
    bench_script(&bench, "fake:I");
    bench.forgets = true;
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    bench_until_ready(&bench, 1);
    for (int round = 1; round <= 5; round++) {
        bench_answer(&bench, "TD", 0);
        if (bench.sim)
            assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 1), OUTCOME_SENT);
    }
    bench_until_received(&bench, 5);
    bench_end(&bench);
    assert_int_equal(bench.received, 5);
}

/* ---- stamps ---- */

#define RULE(kind, name, rule)                                                                     \
    static void test_##name##_##rule(void **state)                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        rule_##rule(kind);                                                                         \
    }

#define RULES(kind, name)                                                                          \
    RULE(kind, name, ready_comes_and_jobs_end_once)                                                \
    RULE(kind, name, refuses_what_it_cannot_take)                                                  \
    RULE(kind, name, stops_before_it_is_ready)                                                     \
    RULE(kind, name, settles_what_is_lent_when_stopped)                                            \
    RULE(kind, name, can_be_ended_at_every_stage)

#define MESSAGE_RULES(kind, name)                                                                  \
    RULE(kind, name, keeps_what_came_until_forgotten)                                              \
    RULE(kind, name, ignores_unknown_tickets)                                                      \
    RULE(kind, name, receives_while_stopping)                                                      \
    RULE(kind, name, receives_between_jobs)

/* The fake has no device that could fall silent or show what arrived. */
#define DEVICE_RULES(kind, name)                                                                   \
    RULES(kind, name)                                                                              \
    RULE(kind, name, never_says_sent_for_a_silent_device)                                          \
    RULE(kind, name, the_text_arrives)

#define TESTS(name)                                                                                \
    cmocka_unit_test(test_##name##_ready_comes_and_jobs_end_once),                                 \
        cmocka_unit_test(test_##name##_refuses_what_it_cannot_take),                               \
        cmocka_unit_test(test_##name##_stops_before_it_is_ready),                                  \
        cmocka_unit_test(test_##name##_settles_what_is_lent_when_stopped),                         \
        cmocka_unit_test(test_##name##_can_be_ended_at_every_stage)

#define MESSAGE_TESTS(name)                                                                        \
    cmocka_unit_test(test_##name##_keeps_what_came_until_forgotten),                               \
        cmocka_unit_test(test_##name##_ignores_unknown_tickets),                                   \
        cmocka_unit_test(test_##name##_receives_while_stopping),                                   \
        cmocka_unit_test(test_##name##_receives_between_jobs)

#define DEVICE_TESTS(name)                                                                         \
    TESTS(name), cmocka_unit_test(test_##name##_never_says_sent_for_a_silent_device),              \
        cmocka_unit_test(test_##name##_the_text_arrives)

RULES("fake", fake)
MESSAGE_RULES("fake", fake)
DEVICE_RULES("modem", modem)
MESSAGE_RULES("modem", modem)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TESTS(fake),
        MESSAGE_TESTS(fake),
        DEVICE_TESTS(modem),
        MESSAGE_TESTS(modem),
    };

    (void)argc;
    bench_test_program = argv[0];
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
