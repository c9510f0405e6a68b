/* test_simulator_clock: lawcast-sim on a frozen clock: what is in the air ends when the clock is
 * set, on the grid and right in the mean, and "quiet" is answered when nothing moves. Runs: any (a
 * child process; waits for bytes, never for time). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/phone.h"
#include "tests/support/sim_client.h"

#define EPOCH INT64_C(1793406600000) /* 2026-10-31 08:30:00 in Shanghai */

static const char *test_program;

static struct sim_client *start(const char *spec)
{
    MEM_FREE_LATER char *program = sim_client_program(test_program);
    struct sim_client *sim = sim_client_start_spec(program, spec, NULL);

    assert_non_null(sim);
    return sim;
}

static void stop(struct sim_client *sim)
{
    assert_int_equal(sim_client_stop(sim), 0);
    sim_client_free(sim);
}

/* What comes next when the world stands like this, in ms after EPOCH; -1: nothing. */
static int64_t next_when(struct sim_client *sim, int n, int air, int said, int gone)
{
    struct jv *answer = sim_client_ask(sim, "quiet %d %d %d %d", n, air, said, gone);
    int64_t next = jv_number(jv_at(answer, "/next"), EPOCH - 1) - EPOCH;

    assert_string_equal(jv_text(jv_at(answer, "/ok")), "quiet");
    assert_int_equal(jv_number(jv_at(answer, "/n"), -1), n);
    jv_free(answer);
    return next;
}

/* Sets the clock, and looks at what was in the air before. */
static void go(struct sim_client *sim, int64_t after_ms, int air)
{
    struct jv *answer = sim_client_ask(sim, "clock %lld", (long long)(EPOCH + after_ms));

    assert_string_equal(jv_text(jv_at(answer, "/ok")), "clock");
    assert_int_equal(jv_number(jv_at(answer, "/air"), -1), air);
    jv_free(answer);
}

#define SILENT     "\"faults\":{\"silent_reports_permille\":1000},"
#define SPEC(more) SPEC_WITH("", more)
#define SPEC_WITH(faults, more)                                                                    \
    "{" faults                                                                                     \
    "\"modems\":2,\"clock_ms\":1793406600000,\"frozen\":true,\"grid_ms\":1000,\"modem_specs\":["   \
    "{\"index\":0,\"air_ms\":1400" more "}]}"

/* The exact ends are 1400, 2800, 4200, 5600, 7000: each within half a second, and none adds up. */
static void test_air_is_right_in_the_mean(void **state)
{
    static const int64_t ends[] = {1000, 3000, 4000, 6000, 7000};
    struct sim_client *sim = start(SPEC_WITH(SILENT, ""));
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    for (int i = 0; i < 5; i++) {
        phone_send(&phone, i);
        assert_int_equal(next_when(sim, i, 1, 0, 0), ends[i]);
        go(sim, ends[i], 1);
        phone_expect(&phone, "+CMGS:");
        phone_expect(&phone, "OK");
    }
    phone_close(&phone);
    stop(sim);
}

/* The second part begins 800 ms after the exact end of the first: 1400 + 800 + 1400. */
static void test_pause_lies_between(void **state)
{
    struct sim_client *sim = start(SPEC_WITH(SILENT, ",\"gap_ms\":800"));
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_send(&phone, 0);
    assert_int_equal(next_when(sim, 1, 1, 0, 0), 1000);
    go(sim, 1000, 1);
    phone_expect(&phone, "OK");
    phone_send(&phone, 1);
    assert_int_equal(next_when(sim, 2, 1, 0, 0), 4000);
    phone_close(&phone);
    stop(sim);
}

/* Time passes only when it is set: the message in the air stays there through any number of other
 * commands, and one that is handed over long after the last has its whole time. */
static void test_time_stands(void **state)
{
    struct sim_client *sim = start(SPEC(""));
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_send(&phone, 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(next_when(sim, i, 1, 0, 0), 1000);
    go(sim, 500, 1);
    assert_int_equal(next_when(sim, 20, 1, 0, 0), 1000);
    go(sim, 60000, 1);
    phone_expect(&phone, "OK");
    phone_send(&phone, 1);
    assert_int_equal(next_when(sim, 21, 1, 0, 0), 61000);
    phone_close(&phone);
    stop(sim);
}

/* Reports come on the grid, and who has not heard them is not told that all is quiet. */
static void test_reports(void **state)
{
    struct sim_client *sim = start(SPEC(""));
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_ask(&phone, "AT+CNMI=2,1,0,1,0", "");
    phone_send(&phone, 0);
    assert_int_equal(next_when(sim, 1, 1, 0, 0), 1000);
    go(sim, 1000, 1);
    phone_expect(&phone, "OK");
    assert_int_equal(next_when(sim, 2, 0, 0, 0), 2000);
    go(sim, 2000, 0);
    phone_expect(&phone, "+CDS:");
    assert_int_equal(next_when(sim, 3, 0, 1, 0), -1);
    phone_close(&phone);
    stop(sim);
}

/* What it has in the air when it stops for good never arrives. */
static void test_lost_modem(void **state)
{
    struct sim_client *sim = start(SPEC(",\"lost_ms\":1793406600700"));
    struct sim_events events;
    struct phone phone;

    (void)state;
    phone_open(&phone, sim_client_modem(sim, 0));
    phone_send(&phone, 0);
    assert_int_equal(next_when(sim, 1, 1, 0, 0), 700);
    go(sim, 700, 1);
    assert_int_equal(next_when(sim, 2, 0, 0, 1), -1);
    go(sim, 5000, 0);
    events = sim_client_events(sim);
    assert_int_equal(sim_events_count(&events, "accepted"), 0);
    sim_events_free(&events);
    phone_close(&phone);
    stop(sim);
}

static void test_refused(void **state)
{
    static const char *const wrong[] = {"quiet", "quiet 1 2 3", "quiet 1 2 3 -4", "quiet 1 2 3 x",
                                        "quiet 1 2 3 4 5"};
    struct sim_client *sim = start(SPEC(""));

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(sim_client_tell(sim, "%s", wrong[i]));
    stop(sim);
    sim = start("{\"modems\":1}"); /* its clock runs */
    assert_false(sim_client_tell(sim, "quiet 1 0 0 0"));
    stop(sim);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_air_is_right_in_the_mean),
        cmocka_unit_test(test_pause_lies_between),
        cmocka_unit_test(test_time_stands),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_lost_modem),
        cmocka_unit_test(test_refused),
    };

    (void)argc;
    test_program = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
