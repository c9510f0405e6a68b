/* test_modem: the loop's side of a modem, with agents that are shell scripts: whatever an agent
 * says, leaves unsaid or does, each job ends once and the modem comes back when it should.
 * Runs: loop. */
#include "tests/unit/desk.h"

static void begin(struct desk *desk, const char *script)
{
    MEM_FREE_LATER char *whole = mem_printf("%s%s", DESK_READY, script);

    desk_open(desk, whole);
    desk_begin(desk, NULL);
}

/* With less patience where agents are silent. */
static void begin_hasty(struct desk *desk, const char *script, int64_t silence_ms)
{
    MEM_FREE_LATER char *whole = mem_printf("%s%s", DESK_READY, script);
    struct modem_patience hasty = modem_patience_usual;

    hasty.silence_ms = silence_ms;
    hasty.margin_ms = hasty.leave_ms = 300;
    desk_open(desk, whole);
    desk_begin(desk, &hasty);
}

static void test_references_of_a_half(void **state)
{
    struct desk desk;
    const struct outcome *outcome;

    (void)state;
    begin(&desk, "while read w id rest; do\n"
                 "echo \"unknown $id 38 7,-1 2 of 3 parts were taken, then: x\"\n"
                 "echo 'report 8613800000001 7 0 0'; done\n");
    outcome = desk_do(&desk, 1);
    assert_int_equal(outcome->kind, OUTCOME_UNKNOWN);
    assert_int_equal(outcome->code, 38);
    assert_int_equal(outcome->n_references, 2);
    assert_int_equal(outcome->references[0], 7);
    assert_int_equal(outcome->references[1], -1);
    desk_until(&desk, &desk.reports, 1);
    assert_int_equal(desk.downs, 0); /* the modem answered: it goes on */
    desk_close(&desk);
}

/* One number that it can't bear: it goes on. Two: it rests, and says so before it gives back the
 * message. */
static void test_ill_modem(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "while read w id rest; do echo \"deferred $id 300 10000 x\"; done\n");
    for (int i = 0; i < 3; i++)
        assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 0);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 1);
    assert_false(desk.up);
    assert_int_equal(desk.last.outcome.wait_ms, 10000);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 2);
    desk_close(&desk);
}

/* After a message without an answer the modem isn't used for as long again, whoever found out: the
 * agent that says so, one that dies, one that is killed. */
static void test_quiet_after_doubt(void **state)
{
    static const char *const scripts[] = {
        "read w id rest || exit; echo 'down silent'; echo \"unknown $id 0 - silent\"; read w\n",
        "read w id rest || exit; kill -9 $$\n",
        "read w id rest || exit; echo nonsense; read w\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct desk desk;

        begin(&desk, scripts[i]);
        assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_UNKNOWN);
        assert_int_equal(desk.last.outcome.n_references, 0);
        desk_until(&desk, &desk.ups, 2);
        assert_true(desk.up_ms - desk.done_ms >= DESK_TIMEOUT_MS - 50);
        desk_close(&desk);
    }
}

/* Where nothing is in doubt, it comes back sooner. */
static void test_no_quiet_without_doubt(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk,
          "read w id rest || exit; echo 'down no prompt'; echo \"returned $id 0 x\"; read w\n");
    desk.modem.timeout_ms = 20000;
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_RETURNED);
    desk_until(&desk, &desk.ups, 2);
    assert_true(desk.up_ms - desk.done_ms < 20000 - 50);
    desk_close(&desk);
}

/* Killed for its silence, and told at once, not when it is reaped; what it leaves behind holds its
 * output open: neither the job nor the modem nor a stop waits for that. */
static void test_killed_and_still_there(void **state)
{
    struct adapter_job other = {.id = 2, .address = 8613800000002, .text = "a"};
    int64_t since;
    struct desk desk;

    (void)state;
    begin_hasty(&desk, "sleep 14 2>/dev/null &\nwhile :; do sleep 1; done\n", 60000);
    desk.modem.timeout_ms = 0; /* the margin alone */
    while (!desk.up)
        uv_run(&desk.loop, UV_RUN_ONCE);
    assert_int_equal(desk_lend(&desk, 1), 0);
    desk_until(&desk, &desk.downs, 1);
    assert_int_equal(desk.done, 0);
    assert_true(adapter_modem.submit(desk.state, &other) > 0);
    since = clock_mono_ms();
    desk_stop(&desk);
    assert_true(clock_mono_ms() - since < 7000);
    assert_int_equal(desk.done, 1);
    assert_int_equal(desk.last.outcome.kind, OUTCOME_UNKNOWN);
    desk_close(&desk);
}

/* Doubts are logged and change nothing; reports come at any time. */
static void test_doubts_and_reports(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "while read w id rest; do echo 'doubt an answer twice'\n"
                 "echo 'report 8613800000001 9 0 0'; echo \"sent $id 9\"; done\n"
                 "echo 'report 8613800000001 9 0 0'\n");
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_SENT);
    desk_until(&desk, &desk.reports, 1);
    desk_stop(&desk);
    assert_int_equal(desk.reports, 2); /* the last one after its input had ended */
    assert_int_equal(desk.downs, 0);
    desk_close(&desk);
}

/* More than can be kept while a message is with the agent: told to be counted. Of those about
 * nobody the agent tells itself. */
static void test_lost_reports(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "echo 'report 0 0 255 0'; read w id rest\n"
                 "yes 'report 8613800000001 9 0 0' | head -n 4100; echo \"sent $id 9\"; read w\n");
    desk_until(&desk, &desk.lost, 1);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_SENT);
    desk_until(&desk, &desk.lost, 1 + 4);
    assert_int_equal(desk.reports, 4096);
    desk_close(&desk);
}

/* ---- silence ---- */

/* A word now and then is enough; nothing at all is the end, also of one that is stopped. */
static void test_silence(void **state)
{
    static const char *const scripts[] = {"read w\n", "kill -STOP $$\n"};
    int64_t since;
    struct desk desk;

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        begin_hasty(&desk, scripts[i], 400);
        desk_until(&desk, &desk.ups, 1);
        desk_until(&desk, &desk.downs, 1);
        assert_true(desk.down_ms - desk.up_ms >= 390);
        assert_string_equal(desk.why, "the agent said nothing for 0 s and was killed");
        desk_until(&desk, &desk.ups, 2);
        desk_close(&desk);
    }
    begin_hasty(&desk, "while echo beat; do sleep 0.05; done\n", 2000);
    desk_until(&desk, &desk.ups, 1);
    for (since = clock_mono_ms(); clock_mono_ms() - since < 3000;)
        uv_run(&desk.loop, UV_RUN_ONCE);
    assert_int_equal(desk.downs, 0);
    desk_close(&desk);
}

/* While it has a message, the message's own limit counts; after it, silence again. */
static void test_silence_and_jobs(void **state)
{
    struct desk desk;

    (void)state;
    begin_hasty(&desk, "read w id rest; sleep 0.6; echo \"sent $id 1\"; read w id rest\n", 300);
    desk.modem.timeout_ms = 20000;
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_SENT);
    assert_int_equal(desk.downs, 0);
    desk_until(&desk, &desk.downs, 1);
    assert_in_range(desk.down_ms - desk.done_ms, 290, 10000);
    desk_close(&desk);
}

/* The pauses between parts are not the agent's fault. */
static void test_gap_counts(void **state)
{
    struct desk desk;

    (void)state;
    begin_hasty(&desk,
                "echo $* >$dir/args\nread w id rest; sleep 1; echo \"sent $id 1,2\"\nread w\n",
                60000);
    desk.modem.gap_ms = 2000;
    desk.modem.timeout_ms = 100;
    desk_until(&desk, &desk.ups, 1);
    desk.job =
        (struct adapter_job){.id = 1,
                             .address = 8613800000001,
                             .text = "学法守法学法守法学法守法学法守法学法守法学法守法学法守法"
                                     "学法守法学法守法学法守法学法守法学法守法学法守法学法守法"
                                     "学法守法学法守法学法守法学法守法学法守法学法守法"};
    assert_int_equal(adapter_modem.submit(desk.state, &desk.job), 0);
    desk_until(&desk, &desk.done, 1);
    assert_int_equal(desk.last.outcome.kind, OUTCOME_SENT);
    desk_close(&desk);
}

/* ---- order ---- */

/* Ready before anybody knows who is there makes no sense. */
static void test_ready_without_health(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, "echo ready; read w\n");
    desk_begin(&desk, NULL);
    desk_until(&desk, &desk.downs, 1);
    assert_string_equal(desk.why, "the agent spoke nonsense and was killed");
    assert_int_equal(desk.ups, 0);
    desk_close(&desk);
}

static void test_health(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "echo 'health 5 -97 0 860000000000001 460000000000017 +8613800100500 "
                 "4348494E41204D4F42494C45 -'\nread w\n");
    desk_until(&desk, &desk.healths, 2);
    assert_int_equal(desk.health.registration, REGISTRATION_ROAMING);
    assert_int_equal(desk.health.signal_dbm, -97);
    assert_string_equal(desk.health.imei, "860000000000001");
    assert_string_equal(desk.health.imsi, "460000000000017");
    assert_string_equal(desk.health.smsc, "+8613800100500");
    assert_string_equal(desk.health.network, "CHINA MOBILE");
    assert_int_equal(desk.ups, 1);
    desk_close(&desk);
}

/* ---- what comes in ---- */

#define TD "2B38363133383030303030303031 1700000000000 -1 1 1 5444"

static void test_inbound(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    uint64_t first;
    struct desk desk;

    (void)state;
    begin(&desk, "echo 'inbound 7 " TD "'\n"
                 "while read w id rest; do echo $w $id >>$dir/heard\n"
                 "case $w in send) echo 'inbound 3 " TD "'; sleep 0.2; echo \"sent $id 1\";;\n"
                 "forget) echo beat; [ $id = 9 ] && exit; esac; done\n");
    desk_until(&desk, &desk.received, 1);
    first = desk.inbound.ticket;
    assert_true(desk.inbound.address == 8613800000001);
    assert_string_equal(desk.inbound.sender, "+8613800000001");
    assert_string_equal(desk.inbound.text, "TD");
    assert_true(desk.inbound.sent_ms == 1700000000000);
    adapter_modem.forget(desk.state, first);
    adapter_modem.forget(desk.state, 7);
    adapter_modem.forget(desk.state, first + (UINT64_C(1) << 32));
    adapter_modem.forget(desk.state, UINT64_MAX);
    desk_until(&desk, &desk.ups, 1);
    assert_int_equal(desk_lend(&desk, 1), 0);
    desk_until(&desk, &desk.received, 2);
    adapter_modem.forget(desk.state, desk.inbound.ticket); /* waits for the outcome */
    desk_until(&desk, &desk.done, 1);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_SENT);
    assert_string_equal(desk_read(&desk, "heard", &text), "forget 7\nsend 1\nforget 3\nsend 2\n");
    /* Another agent lists the same message: another ticket, and the old one is worth nothing. */
    adapter_modem.forget(desk.state, (first & ~UINT64_C(0xFFFFFFFF)) | 9);
    desk_until(&desk, &desk.received, 4);
    assert_true(desk.inbound.ticket != first);
    assert_int_equal((uint32_t)desk.inbound.ticket, 7);
    adapter_modem.forget(desk.state, first);
    desk_until(&desk, &desk.ups, 2);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_SENT);
    assert_non_null(strstr(desk_read(&desk, "heard", &text), "forget 9\nsend 3\n"));
    desk_close(&desk);
}

/* What the agent reads while it ends isn't lost. */
static void test_inbound_while_stopping(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "while read w; do :; done; echo 'inbound 7 " TD "'\n");
    desk_until(&desk, &desk.ups, 1);
    desk_stop(&desk);
    assert_int_equal(desk.received, 1);
    desk_close(&desk);
}

/* An agent with a message doesn't listen: what may be forgotten waits, however much it is. */
static void test_forgets_wait(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "echo 'inbound 7 " TD "'\n"
                 "read w id rest; sleep 0.3; echo \"sent $id 1\"; sleep 20\n");
    desk_until(&desk, &desk.received, 1);
    desk_until(&desk, &desk.ups, 1);
    assert_int_equal(desk_lend(&desk, 1), 0);
    for (int i = 0; i < 20000; i++)
        adapter_modem.forget(desk.state, desk.inbound.ticket);
    desk_until(&desk, &desk.done, 1);
    assert_int_equal(desk.last.outcome.kind, OUTCOME_SENT);
    desk_close(&desk);
}

/* A flood of forgets that nobody reads: the agent is ended, not the gateway. */
static void test_forgets_unread(void **state)
{
    struct desk desk;

    (void)state;
    begin(&desk, "echo 'inbound 7 " TD "'\nexec sleep 20\n");
    desk_until(&desk, &desk.received, 1);
    desk_until(&desk, &desk.ups, 1);
    for (int i = 0; i < 20000; i++)
        adapter_modem.forget(desk.state, desk.inbound.ticket);
    assert_int_equal(desk.downs, 0);
    desk_until(&desk, &desk.downs, 1);
    assert_string_equal(desk.why, "the agent doesn't listen and was killed");
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references_of_a_half),
        cmocka_unit_test(test_ill_modem),
        cmocka_unit_test(test_quiet_after_doubt),
        cmocka_unit_test(test_no_quiet_without_doubt),
        cmocka_unit_test(test_killed_and_still_there),
        cmocka_unit_test(test_doubts_and_reports),
        cmocka_unit_test(test_lost_reports),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_silence_and_jobs),
        cmocka_unit_test(test_gap_counts),
        cmocka_unit_test(test_ready_without_health),
        cmocka_unit_test(test_health),
        cmocka_unit_test(test_inbound),
        cmocka_unit_test(test_inbound_while_stopping),
        cmocka_unit_test(test_forgets_wait),
        cmocka_unit_test(test_forgets_unread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
