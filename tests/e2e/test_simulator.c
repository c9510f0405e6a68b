/* test_simulator: lawcast-sim as a whole: modems by AT over their terminals, boards by HTTP,
 * commands, the log. Runs: any (a child process; waits for bytes, never for time).
 *
 * The program is LAWCAST_SIM, or ../../lawcast-sim seen from this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/phone.h"
#include "tests/support/sim_client.h"

static const char *test_program;

static struct sim_client *sim_start(const char *const *options)
{
    MEM_FREE_LATER char *program = sim_client_program(test_program);
    struct sim_client *sim = sim_client_start(program, options);

    assert_non_null(sim);
    return sim;
}

static void sim_end(struct sim_client *sim)
{
    assert_int_equal(sim_client_stop(sim), 0);
    sim_client_free(sim);
}

static void test_conversation(void **state)
{
    const char *const options[] = {"--modems", "2", "--report-ms", "0", NULL};
    struct sim_client *sim = sim_start(options);
    struct sim_events events;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 1));
    phone_say(&phone, "AT\r");
    phone_expect(&phone, "AT\r\r\nOK\r\n");
    phone_say(&phone, "at+cnmi=2,1,0,1,0\r");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_say(&phone, "AT+CNMI?\r");
    phone_expect(&phone, "\r\n+CNMI: 2,1,0,1,0\r\n\r\nOK\r\n");
    phone_say(&phone, "AT+CNMI=9\r");
    phone_expect(&phone, "\r\nERROR\r\n");
    phone_say(&phone, "AT+NONSENSE\r");
    phone_expect(&phone, "\r\nERROR\r\n");
    phone_send(&phone, 1);
    phone_expect(&phone, "\r\n+CMGS: 1\r\n\r\nOK\r\n");
    phone_expect(&phone, "\r\n+CDS: 26\r\n0891683108100005F006010D91683108000000F1");
    phone_expect(&phone, "00\r\n");
    events = sim_client_events(sim);
    assert_int_equal(events.n, 2);
    assert_string_equal(events.items[0].event, "accepted");
    assert_int_equal(events.items[0].modem, 1);
    assert_int_equal(events.items[0].number, PHONE_NUMBER(1));
    assert_int_equal(events.items[0].reference, 1);
    assert_string_equal(events.items[0].text, "宪法");
    assert_string_equal(events.items[0].alphabet, "ucs2");
    assert_string_equal(events.items[1].event, "reported");
    assert_int_equal(events.items[1].status, 0);
    sim_events_free(&events);
    phone_close(&phone);
    sim_end(sim);
}

/* What a dead agent leaves behind must not confuse the next one. */
static void test_dead_agent(void **state)
{
    struct sim_client *sim = sim_start(NULL);
    struct sim_events events;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT+CMGS=19\r");
    phone_expect(&phone, "> ");
    phone_say(&phone, "0031000D");
    phone_close(&phone);
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT\r"); /* without ESC */
    phone_expect(&phone, "AT\r\r\nOK\r\n");
    phone_say(&phone, "AT+CMGS=19\r");
    phone_expect(&phone, "> ");
    phone_say(&phone, "0031\x1b");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_say(&phone, "AT+CG\x1b"
                      "ATI\r"); /* ESC drops half a line too */
    phone_expect(&phone, "SIM BANK\r\n\r\nOK\r\n");
    phone_say(&phone, "AT+CMGS=19\r");
    phone_expect(&phone, "> ");
    phone_say(&phone, "0031\x1a");
    phone_expect(&phone, "\r\n+CMS ERROR: 304\r\n");
    phone_say(&phone, "AT+CMGS=3\r");
    phone_expect(&phone, "> ");
    phone_say(&phone, "zz\x1a");
    phone_expect(&phone, "\r\n+CMS ERROR: 304\r\n");
    events = sim_client_events(sim);
    assert_int_equal(sim_events_count(&events, "bad"), 2);
    assert_int_equal(events.n, 2);
    sim_events_free(&events);
    phone_close(&phone);
    sim_end(sim);
}

static void test_faults(void **state)
{
    const char *const options[] = {"--report-ms", "0", NULL};
    struct sim_client *sim = sim_start(options);
    struct sim_events events;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT+CNMI=2,0,0,1,0\r");
    phone_expect(&phone, "OK\r\n");
    assert_true(sim_client_tell(sim, "hang 0 before"));
    phone_send(&phone, 1);
    phone_say(&phone, "AT\r");
    phone_expect(&phone, "AT\r\r\nOK\r\n");
    assert_true(sim_client_tell(sim, "hang 0 after"));
    phone_send(&phone, 2);
    phone_expect(&phone, "+CDS: "); /* taken: the report says so */
    assert_true(sim_client_tell(sim, "cms 0 500"));
    phone_send(&phone, 3);
    phone_expect(&phone, "\r\n+CMS ERROR: 500\r\n");
    assert_true(sim_client_tell(sim, "number 8613800000004 cms 1"));
    assert_true(sim_client_tell(sim, "number 8613800000005 status 70"));
    phone_send(&phone, 4);
    phone_expect(&phone, "\r\n+CMS ERROR: 1\r\n");
    phone_send(&phone, 5);
    phone_expect(&phone, "\r\n+CMGS: 2\r\n\r\nOK\r\n");
    phone_expect(&phone, "46\r\n");
    events = sim_client_events(sim);
    assert_int_equal(events.n, 6);
    assert_int_equal(sim_events_count(&events, "accepted"), 2);
    assert_int_equal(sim_events_count(&events, "rejected"), 2);
    assert_int_equal(events.items[2].code, 500);
    assert_int_equal(events.items[5].status, 70);
    sim_events_free(&events);
    phone_close(&phone);
    sim_end(sim);
}

/* Reports that nobody asked for yet wait; stored ones are read and deleted. */
static void test_stored_reports(void **state)
{
    const char *const options[] = {"--report-ms", "0", NULL};
    struct sim_client *sim = sim_start(options);
    struct jv *answer;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_send(&phone, 1);
    phone_expect(&phone, "+CMGS: 1\r\n\r\nOK\r\n");
    answer = sim_client_ask(sim, "sync");
    assert_int_equal(jv_number(jv_at(answer, "/accepted"), -1), 1);
    assert_int_equal(jv_number(jv_at(answer, "/reports_pending"), -1), 1);
    jv_free(answer);
    phone_say(&phone, "AT+CNMI=2,1,0,2,0\r");
    phone_expect(&phone, "OK\r\n");
    phone_expect(&phone, "\r\n+CDSI: \"SM\",1\r\n");
    phone_say(&phone, "AT+CMGR=1\r");
    phone_expect(&phone, "\r\n+CMGR: 0,,26\r\n0891683108100005F00601");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_say(&phone, "AT+CMGD=1\r");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_say(&phone, "AT+CMGR=1\r");
    phone_expect(&phone, "\r\n+CMS ERROR: 321\r\n");
    assert_true(sim_client_tell(sim, "deliver 0 8613800000002 退订 谢谢"));
    phone_expect(&phone, "\r\n+CMTI: \"SM\",1\r\n");
    phone_say(&phone, "AT+CMGL=4\r");
    phone_expect(&phone, "\r\n+CMGL: 1,0,,");
    phone_expect(&phone, "90008BA200208C228C22\r\n\r\nOK\r\n");
    phone_close(&phone);
    sim_end(sim);
}

static void test_unplug(void **state)
{
    struct sim_client *sim = sim_start(NULL);
    struct phone phone;
    char byte;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    assert_true(sim_client_tell(sim, "unplug 0"));
    assert_true(read(phone.fd, &byte, 1) <= 0);
    assert_int_equal(access(sim_client_modem(sim, 0), F_OK), -1);
    assert_false(sim_client_tell(sim, "unplug 0"));
    assert_false(sim_client_tell(sim, "unplug 1"));
    assert_true(sim_client_tell(sim, "replug 0"));
    phone_close(&phone);
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT\r");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_close(&phone);
    sim_end(sim);
}

/* What the message's way through the air decides: nothing is answered or taken before its end. */
static void test_air(void **state)
{
    const char *const options[] = {"--air-ms", "3600000", NULL};
    struct sim_client *sim = sim_start(options);
    struct sim_events events;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_send(&phone, 1);
    events = sim_client_events(sim);
    assert_int_equal(events.n, 0);
    sim_events_free(&events);
    assert_true(sim_client_tell(sim, "unplug 0")); /* in the air: never taken */
    assert_true(sim_client_tell(sim, "replug 0"));
    phone_close(&phone);
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT\r");
    phone_expect(&phone, "\r\nOK\r\n");
    phone_send(&phone, 2);
    phone_close(&phone);
    assert_int_equal(sim_client_stop(sim), 0); /* with a message in the air */
    events = sim_client_events(sim);
    assert_int_equal(events.n, 0);
    sim_events_free(&events);
    sim_client_free(sim);
}

/* Fates are the same in every run, and the odds are kept. */
static void test_odds(void **state)
{
    char path[] = "/tmp/lawcast-spec-XXXXXX";
    const char spec[] = "{\"report_ms\":0,\"seed\":7,\"faults\":{\"undelivered_permille\":1000,"
                        "\"report_twice_permille\":1000,\"busy_permille\":1000,"
                        "\"reference_zero\":true,\"echo_delay_us\":1}}";
    const char *const options[] = {"--spec", path, NULL};
    int fd = mkstemp(path);
    struct sim_client *sim;
    struct phone phone;

    (void)state;
    assert_int_equal(write(fd, spec, sizeof spec - 1), sizeof spec - 1);
    close(fd);
    sim = sim_start(options);
    unlink(path);
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_say(&phone, "AT+CNMI=2,0,0,1,0\r");
    phone_expect(&phone, "OK\r\n");
    phone_send(&phone, 1);
    phone_expect(&phone, "\r\n+CMS ERROR: 42\r\n"); /* only the first try */
    phone_send(&phone, 1);
    phone_expect(&phone, "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    phone_expect(&phone, "+CDS: ");
    phone_expect(&phone, "45\r\n");
    phone_expect(&phone, "+CDS: ");
    phone_expect(&phone, "45\r\n");
    phone_close(&phone);
    sim_end(sim);
}

static void test_bad_commands(void **state)
{
    static const char *const lines[] = {
        "",
        "jump",
        "clock",
        "clock x",
        "clock -1",
        "sync now",
        "unplug 7",
        "hang 0",
        "hang 0 soon",
        "cms 0 0",
        "cms 0 1000",
        "number 86x cms 1",
        "number 86 cms",
        "number 86 fine 1",
        "number 86 status 256",
        "reboot nowhere",
        "lie nowhere on",
        "deliver 0 86 \xff",
        "deliver 0 86x text",
        "deliver 0 86",
        "deliverparts 0 86 1,2 one part",
        "deliverparts 0 86 0 one part",
        "deliverparts 0 86 , one part",
        "deliverfrom 0 a-name-that-is-long text",
        "cms 0 38 0",
        "cme 0",
        "error 0 x",
        "hang 0 never",
        "truncate 0 before",
        "twice 9",
        "deaf 0",
        "barred 0 perhaps",
        "pin 0 123",
        "pin 0 on",
        "register 0 6",
        "register 0 1 \"",
        "signal 0 32",
        "imsi 0 46x",
        "slow 0 -1",
        "echo 0 x",
        "garbage 0 0",
        "flood 0",
        "flood 0 1000001",
        "reports 0 late",
        "reports 0 early 1",
        "reports 0 stray 10001",
        "replug 0",
        "number 86 silent 1",
        "number 86 late",
        "number 86 busy x",
    };
    struct sim_client *sim = sim_start(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct jv *answer = sim_client_ask(sim, "%s", lines[i]);

        if (!jv_at(answer, "/error") || jv_at(answer, "/ok"))
            fail_msg("\"%s\" was obeyed", lines[i]);
        jv_free(answer);
    }
    assert_true(sim_client_tell(sim, "quit"));
    sim_end(sim);
}

static void test_bad_specs(void **state)
{
    static const char *const options[][3] = {
        {"--modems", "-1", NULL},         {"--modems", "many", NULL},
        {"--board", "x", NULL},           {"--board", "x:led", NULL},
        {"--board", "a b:webhook", NULL}, {"--spec", "/nowhere", NULL},
        {"--surprise", NULL, NULL},       {"word", NULL, NULL},
    };
    MEM_FREE_LATER char *program = sim_client_program(test_program);

    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_null(sim_client_start(program, options[i]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversation), cmocka_unit_test(test_dead_agent),
        cmocka_unit_test(test_faults),       cmocka_unit_test(test_stored_reports),
        cmocka_unit_test(test_unplug),       cmocka_unit_test(test_air),
        cmocka_unit_test(test_odds),         cmocka_unit_test(test_bad_commands),
        cmocka_unit_test(test_bad_specs),
    };

    test_program = argc > 0 ? argv[0] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
