/* test_simulator_modems: what lawcast-sim's modems can be told to be and to do wrong, by AT over
 * their terminals and by the log. Runs: any (a child process; waits for bytes, never for time). */
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

#define EPOCH INT64_C(1793406600000) /* 2026-10-31 08:30:00 in Shanghai */

static const char *test_program;

/* A simulator and a hand on its modem 0. */
struct world {
    struct sim_client *sim;
    struct phone phone;
};

static void world_open(struct world *world, const char *spec)
{
    MEM_FREE_LATER char *program = sim_client_program(test_program);

    world->sim = sim_client_start_spec(program, spec, NULL);
    assert_non_null(world->sim);
    phone_open(&world->phone, sim_client_modem(world->sim, 0));
}

static void world_close(struct world *world)
{
    phone_close(&world->phone);
    assert_int_equal(sim_client_stop(world->sim), 0);
    sim_client_free(world->sim);
}

static void world_reopen(struct world *world)
{
    phone_close(&world->phone);
    phone_open(&world->phone, sim_client_modem(world->sim, 0));
}

#define tell(world, ...) assert_true(sim_client_tell((world)->sim, __VA_ARGS__))

static void world_replug(struct world *world)
{
    tell(world, "unplug 0");
    tell(world, "replug 0");
    world_reopen(world);
}

static int64_t world_number(struct world *world, const char *command, const char *key)
{
    struct jv *answer = sim_client_ask(world->sim, "%s", command);
    int64_t n = jv_number(jv_at(answer, key), -1);

    jv_free(answer);
    return n;
}

static size_t world_count(struct world *world, const char *event)
{
    struct sim_events events = sim_client_events(world->sim);
    size_t n = sim_events_count(&events, event);

    sim_events_free(&events);
    return n;
}

/* The last event of this kind; its strings belong to events. */
static const struct sim_event *last_event(const struct sim_events *events, const char *event)
{
    for (size_t i = events->n; i-- > 0;)
        if (strcmp(events->items[i].event, event) == 0)
            return &events->items[i];
    fail_msg("no event %s", event);
    return NULL;
}

static void test_specified(void **state)
{
    const char spec[] =
        "{\"modems\":3,\"air_ms\":3600000,\"report_ms\":0,\"family\":\"quectel\",\"modem_specs\":["
        "{\"index\":0,\"imei\":\"862000000000000\",\"imsi\":\"460030000000017\",\"pin\":\"1234\","
        "\"registration\":5,\"signal\":7,\"family\":\"huawei\",\"smsc\":\"+8613800551500\","
        "\"air_ms\":0,\"reference_zero\":true,\"echo_delay_us\":1,\"link\":\"by-path-1.1\"},"
        "{\"index\":2,\"cdma\":true,\"puk\":true,\"network\":\"TEST NET\"}]}";
    struct sim_events events;
    struct world world;
    struct phone other;

    (void)state;
    world_open(&world, spec);
    assert_non_null(strstr(sim_client_modem(world.sim, 0), "/by-path-1.1"));
    phone_ask(&world.phone, "AT+CGSN", "862000000000000");
    phone_ask(&world.phone, "AT+CPIN?", "+CPIN: SIM PIN");
    phone_say(&world.phone, "AT+CPIN=\"1234\"\r");
    phone_expect(&world.phone, "\r\nOK\r\n\r\n^SIMST:1\r\n");
    phone_ask(&world.phone, "AT+CIMI", "460030000000017");
    phone_ask(&world.phone, "AT+CREG?", "+CREG: 0,5");
    phone_ask(&world.phone, "AT+CSQ", "+CSQ: 7,99");
    phone_ask(&world.phone, "AT+COPS?", "+COPS: 0,0,\"CHN-CT\"");
    phone_ask(&world.phone, "AT+CSCA?", "+CSCA: \"+8613800551500\",145");
    phone_ask(&world.phone, "AT^SYSINFO", "^SYSINFO:2,3,1,5,1,,4");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMGS: 0\r\n");
    events = sim_client_events(world.sim);
    assert_string_equal(last_event(&events, "accepted")->imsi, "460030000000017");
    assert_int_equal(last_event(&events, "accepted")->vp, 255);
    sim_events_free(&events);
    phone_open(&other, sim_client_modem(world.sim, 1));
    phone_ask(&other, "AT+CGMI", "Quectel");
    phone_ask(&other, "AT+CIMI", "460000000000001");
    phone_close(&other);
    phone_open(&other, sim_client_modem(world.sim, 2));
    phone_ask(&other, "AT+CPIN?", "+CPIN: SIM PUK");
    phone_ask(&other, "AT+GCAP", "+GCAP: +CIS707-A, CIS-856, +MS, +ES");
    phone_close(&other);
    world_close(&world);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *command, *said, *kind;
        int code, times;
    } cases[] = {
        {"cms 0 513 2", "\r\n+CMS ERROR: 513\r\n", "cms", 513, 2},
        {"cms 0 38", "\r\n+CMS ERROR: 38\r\n", "cms", 38, 1},
        {"cme 0 515", "\r\n+CME ERROR: 515\r\n", "cme", 515, 1},
        {"error 0 3", "\r\nERROR\r\n", "error", 0, 3},
        {"number 8613800000001 busy 2", "\r\n+CMS ERROR: 42\r\n", "cms", 42, 2},
    };
    struct world world;

    (void)state;
    world_open(&world, "{\"report_ms\":0}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_events events;

        tell(&world, "%s", cases[i].command);
        for (int n = 0; n < cases[i].times; n++) {
            phone_send(&world.phone, 1);
            phone_expect(&world.phone, cases[i].said);
        }
        phone_send(&world.phone, 1);
        phone_expect(&world.phone, "\r\n+CMGS: ");
        phone_expect(&world.phone, "\r\nOK\r\n");
        events = sim_client_events(world.sim);
        assert_string_equal(last_event(&events, "rejected")->kind, cases[i].kind);
        assert_int_equal(last_event(&events, "rejected")->code, cases[i].code);
        sim_events_free(&events);
    }
    assert_int_equal(world_count(&world, "rejected"), 9);
    assert_int_equal(world_count(&world, "accepted"), 5);
    world_close(&world);
}

static void test_barred(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    tell(&world, "nocredit 0 on");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMS ERROR: 21\r\n");
    tell(&world, "barred 0 on");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMS ERROR: 8\r\n");
    tell(&world, "barred 0 off");
    tell(&world, "nocredit 0 off");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMGS: 1\r\n");
    tell(&world, "register 0 3");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMS ERROR: 331\r\n");
    assert_int_equal(world_count(&world, "accepted"), 1);
    world_close(&world);
}

static void test_answers_lost(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    tell(&world, "hang 0 prompt");
    phone_say(&world.phone, "AT+CMGS=19\r");
    phone_expect(&world.phone, "AT+CMGS=19\r");
    phone_ask(&world.phone, "AT", "");
    tell(&world, "truncate 0");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "5BAA6CD5\r\n+CM");
    assert_int_equal(world_count(&world, "accepted"), 0);
    phone_ask(&world.phone, "AT", "");
    tell(&world, "truncate 0 after");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "5BAA6CD5\r\n+CM");
    assert_int_equal(world_count(&world, "accepted"), 1);
    tell(&world, "twice 0");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMGS: 2\r\n\r\n+CMGS: 2\r\n\r\nOK\r\n");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMGS: 3\r\n\r\nOK\r\n");
    world_close(&world);
}

/* A deaf modem forgets what it was told; what was in the air arrives. */
static void test_deaf(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "{\"air_ms\":20,\"report_ms\":0}");
    phone_ask(&world.phone, "AT+CNMI=2,1,0,1,0", "");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "5BAA6CD5");
    tell(&world, "deaf 0 on");
    while (world_count(&world, "accepted") < 1)
        usleep(1000);
    phone_say(&world.phone, "AT+CSQ\r");
    tell(&world, "deliver 0 8613800000002 TD");
    while (world_number(&world, "sync", "/reports_pending") < 1)
        usleep(1000);
    assert_int_equal(world_number(&world, "store 0", "/used"), 0);
    tell(&world, "deaf 0 off");
    phone_expect(&world.phone, "\r\n+CDS: ");
    phone_expect(&world.phone, "\r\n+CMTI: \"SM\",1\r\n");
    phone_ask(&world.phone, "AT", "");
    assert_null(strstr(buffer_text(&world.phone.seen), "CSQ"));
    world_close(&world);
}

static void test_mutter(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "{\"family\":\"huawei\"}");
    tell(&world, "mutter 0 on");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n^RSSI:19\r\n0031000D");
    phone_expect(&world.phone, "5BAA6CD5\r\n^BOOT:26417135,0,0,0,20\r\n\r\n+CMGS: 1\r\n"
                               "\r\n+CREG: 1\r\n\r\nOK\r\n");
    tell(&world, "mutter 0 off");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "5BAA6CD5\r\n+CMGS: 2\r\n");
    world_close(&world);
}

static void test_noise(void **state)
{
    struct world world;
    size_t lines = 0;

    (void)state;
    world_open(&world, NULL);
    tell(&world, "garbage 0 300");
    phone_say(&world.phone, "AT\r");
    phone_expect(&world.phone, "AT\r\r\nOK\r\n"); /* behind the noise */
    tell(&world, "garbage 0");
    tell(&world, "flood 0 100000");
    for (; lines < 2500; lines++)
        phone_expect(&world.phone, "\r\n");
    phone_ask(&world.phone, "AT", "");
    world_close(&world);
}

static void test_reports(void **state)
{
    struct sim_events events;
    struct world world;

    (void)state;
    world_open(&world, "{\"report_ms\":0,\"clock_ms\":1793406600000}");
    phone_ask(&world.phone, "AT+CNMI=2,1,0,1,0", "");
    tell(&world, "reports 0 drop 1");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "OK\r\n");
    tell(&world, "reports 0 twice 1");
    phone_send(&world.phone, 2);
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F00602");
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F00602");
    tell(&world, "number 8613800000003 silent");
    phone_send(&world.phone, 3);
    phone_expect(&world.phone, "OK\r\n");
    assert_int_equal(world_number(&world, "sync", "/reports_pending"), 0);
    tell(&world, "reports 0 late 172800000"); /* 48 h */
    tell(&world, "number 8613800000005 late 3600000");
    phone_send(&world.phone, 4);
    phone_expect(&world.phone, "OK\r\n");
    phone_send(&world.phone, 5);
    phone_expect(&world.phone, "OK\r\n");
    assert_int_equal(world_number(&world, "sync", "/reports_pending"), 2);
    tell(&world, "clock %lld", (long long)EPOCH + 7200000);
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F00605");
    assert_int_equal(world_number(&world, "sync", "/reports_pending"), 1);
    tell(&world, "clock %lld", (long long)EPOCH + 200000000);
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F00604");
    tell(&world, "reports 0 stray 2");
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F006C80D9168319899");
    phone_expect(&world.phone, "+CDS: 26\r\n0891683108100005F006C90D9168319899");
    events = sim_client_events(world.sim);
    assert_int_equal(sim_events_count(&events, "reported"), 4);
    assert_int_equal(sim_events_count(&events, "stray"), 2);
    assert_true(last_event(&events, "reported")->t >= EPOCH + 200000000);
    sim_events_free(&events);
    world_close(&world);
}

#define LONG_TEXT                                                                                                                             \
    "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起，从身边小事做起，" \
    "让法治成为一种信仰，让守法成为一种习惯，让我们的城市因为法治而更加文明、更加和谐。"

static void test_inbound(void **state)
{
    static const int order[] = {1, 2, 2, 1, 1, 1};
    struct sim_events events;
    struct world world;
    size_t n = 0;

    (void)state;
    world_open(&world, NULL);
    phone_ask(&world.phone, "AT+CNMI=2,1,0,1,0", "");
    tell(&world, "deliver 0 8613800000001 " LONG_TEXT);
    tell(&world, "deliverparts 0 8613800000001 2,1 " LONG_TEXT);
    tell(&world, "deliverparts 0 8613800000001 1,1 " LONG_TEXT);
    tell(&world, "deliverfrom 0 LAWCAST TD now");
    phone_expect(&world.phone, "\r\n+CMTI: \"SM\",7\r\n");
    assert_int_equal(world_number(&world, "store 0", "/used"), 7);
    phone_say(&world.phone, "AT+CMGR=4\r");
    phone_expect(&world.phone, "\r\n+CMGR: 0,,"); /* second message: reference 1, part 1 of 2 */
    phone_expect(&world.phone, "0500030102015F18");
    phone_expect(&world.phone, "OK\r\n");
    phone_ask(&world.phone, "AT+CMGD=7", "");
    events = sim_client_events(world.sim);
    for (size_t i = 0; i < events.n; i++) {
        const struct sim_event *event = &events.items[i];

        if (strcmp(event->event, "inbound") != 0 || event->parts == 1)
            continue;
        assert_int_equal(event->part, order[n++]);
        assert_int_equal(event->parts, 2);
        assert_int_equal(event->number, PHONE_NUMBER(1));
        assert_int_equal(event->place, n);
        assert_true(event->stored);
    }
    assert_int_equal(n, 6);
    assert_string_equal(last_event(&events, "inbound")->sender, "LAWCAST");
    assert_string_equal(last_event(&events, "inbound")->text, "TD now");
    assert_string_equal(last_event(&events, "deleted")->sender, "LAWCAST");
    assert_int_equal(last_event(&events, "deleted")->place, 7);
    sim_events_free(&events);
    world_close(&world);
}

/* What the SIM can't take waits in the network; what it has stays through an unplug, but not
 * through a change of the SIM. */
static void test_memory(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    for (int i = 0; i < 52; i++)
        tell(&world, "deliver 0 8613800000001 message %d", i);
    assert_int_equal(world_number(&world, "store 0", "/used"), 50);
    world_replug(&world);
    assert_int_equal(world_number(&world, "store 0", "/used"), 50);
    phone_ask(&world.phone, "AT+CNMI=2,1,0,1,0", "");
    phone_ask(&world.phone, "AT+CMGD=9", "");
    phone_expect(&world.phone, "\r\n+CMTI: \"SM\",9\r\n");
    phone_ask(&world.phone, "AT+CMGD=8", "");
    phone_expect(&world.phone, "\r\n+CMTI: \"SM\",8\r\n");
    tell(&world, "register 0 2");
    phone_ask(&world.phone, "AT+CMGD=1,4", "");
    tell(&world, "deliver 0 8613800000001 late");
    assert_int_equal(world_number(&world, "store 0", "/used"), 0); /* no network */
    tell(&world, "register 0 1");
    phone_expect(&world.phone, "\r\n+CMTI: \"SM\",1\r\n");
    tell(&world, "imsi 0 460010000000001");
    assert_int_equal(world_number(&world, "store 0", "/used"), 1);
    world_replug(&world);
    assert_int_equal(world_number(&world, "store 0", "/used"), 0);
    phone_ask(&world.phone, "AT+CIMI", "460010000000001");
    assert_int_equal(world_count(&world, "inbound"), 53);
    assert_int_equal(world_count(&world, "deleted"), 52);
    world_close(&world);
}

static void test_network(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, NULL);
    phone_ask(&world.phone, "AT+CREG=1", "");
    phone_ask(&world.phone, "AT+CEREG=1", "");
    tell(&world, "register 0 2");
    phone_expect(&world.phone, "\r\n+CREG: 2\r\n\r\n+CEREG: 2\r\n");
    tell(&world, "register 0 5 OTHER NET");
    phone_expect(&world.phone, "\r\n+CREG: 5\r\n\r\n+CEREG: 5\r\n");
    phone_ask(&world.phone, "AT+COPS?", "+COPS: 0,0,\"OTHER NET\"");
    tell(&world, "signal 0 99");
    phone_ask(&world.phone, "AT+CSQ", "+CSQ: 99,99");
    tell(&world, "cdma 0 on");
    phone_say(&world.phone, "AT+CMGS=19\r");
    phone_expect(&world.phone, "AT+CMGS=19\r\r\nERROR\r\n");
    tell(&world, "cdma 0 off");
    tell(&world, "echo 0 2000");
    tell(&world, "slow 0 30");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\n+CMGS: 1\r\n");
    world_close(&world);
}

static void test_other_name(void **state)
{
    MEM_FREE_LATER char *link = NULL;
    struct world world;

    (void)state;
    world_open(&world, "{\"modems\":2,\"report_ms\":0}");
    link = mem_dup(sim_client_modem(world.sim, 0));
    *strrchr(link, '/') = '\0';
    tell(&world, "pin 0 4321");
    tell(&world, "unplug 0");
    assert_false(sim_client_tell(world.sim, "replug 0 ../x"));
    assert_false(sim_client_tell(world.sim, "replug 0 modem-1"));
    tell(&world, "replug 0 spare-7");
    phone_close(&world.phone);
    assert_int_equal(access(sim_client_modem(world.sim, 0), F_OK), -1);
    {
        MEM_FREE_LATER char *path = mem_printf("%s/spare-7", link);

        phone_open(&world.phone, path);
    }
    phone_ask(&world.phone, "AT+CPIN?", "+CPIN: SIM PIN");
    world_close(&world);
}

/* Another SIM has no part in the reports for the first one's messages. */
static void test_other_card(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "{\"report_ms\":3600000,\"clock_ms\":1793406600000}");
    phone_send(&world.phone, 1);
    phone_expect(&world.phone, "\r\nOK\r\n");
    tell(&world, "imsi 0 460010000000001");
    world_replug(&world);
    phone_ask(&world.phone, "AT+CNMI=2,1,0,1,0", "");
    tell(&world, "clock %lld", (long long)EPOCH + 7200000);
    assert_int_equal(world_number(&world, "sync", "/reports_pending"), 0);
    assert_int_equal(world_count(&world, "reported"), 0);
    world_close(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specified),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_barred),     cmocka_unit_test(test_answers_lost),
        cmocka_unit_test(test_deaf),       cmocka_unit_test(test_mutter),
        cmocka_unit_test(test_noise),      cmocka_unit_test(test_reports),
        cmocka_unit_test(test_inbound),    cmocka_unit_test(test_memory),
        cmocka_unit_test(test_network),    cmocka_unit_test(test_other_name),
        cmocka_unit_test(test_other_card),
    };

    test_program = argc > 0 ? argv[0] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
