/* test_drain: a stopped gateway waits for what is in flight, as long as office.drain says and no
 * longer; the books explain every message. */
#include "tests/e2e/live_kit.h"

#define MESSAGES 400

enum { DRAIN_S = 4, SLOW_MS = 2000, KILL_MS = 4000 };

static void write_campaign(struct live *live)
{
    char from[20], to[20];

    stage_time(-2, from);
    stage_time(3600, to);
    stage_write(&live->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法守法\"; report_wait = 2; on_unknown = \"hold\"; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } );\n"
                "  displays = ( { boards = [ \"market\" ]; slogans = [ \"弘扬宪法\" ];\n"
                "                 every = 600; } ); };\n",
                from, to, MESSAGES);
    stage_write_numbers(&live->stage, "city.csv", STAGE_FIRST, MESSAGES);
}

/* All modems at work, the slogan up. */
static void start(struct live *live)
{
    live_write_office(
        live, &(struct live_office){.general = "drain = 4;", .bank = "timeout_ms = 60000;"});
    write_campaign(live);
    live_spawn(live);
    for (int modem = 0; modem < 3; modem++)
        live_await(live, "accepted", 0, modem, 5);
    live_await(live, "shown", 0, -1, 1);
}

/* From the signal to the end. */
static int64_t stop(struct live *live, const char *says)
{
    int64_t asked = clock_mono_ms();

    stage_signal(&live->child, SIGTERM);
    live_end(live, 3, 60, says);
    print_message("the gateway ended after %lld ms\n", (long long)(clock_mono_ms() - asked));
    return clock_mono_ms() - asked;
}

/* Who has got something, from the simulator, is sent or in doubt in the books, and nobody else. */
static void books_match(struct live *live, int64_t doubted)
{
    struct books_unit unit = live_books(live, "city");
    int64_t sent = unit.n[DELIVERY_SENT] + unit.n[DELIVERY_DELIVERED];
    int64_t open = unit.n[DELIVERY_PLANNED] + unit.n[DELIVERY_DUE] + unit.n[DELIVERY_DEFERRED];

    if (unit.n[DELIVERY_UNKNOWN] != doubted)
        fail_msg("in doubt %d, deferred %d, sent or delivered %d", (int)unit.n[DELIVERY_UNKNOWN],
                 (int)unit.n[DELIVERY_DEFERRED], (int)sent);
    assert_int_equal(unit.n[DELIVERY_INFLIGHT], 0);
    assert_int_equal(sent + open + doubted, MESSAGES);
    assert_int_equal(live_reached(live, LIVE_FIRST, MESSAGES), sent + doubted);
}

/* One modem has taken its message and never answers; another needs two seconds for it. The slow
 * one is awaited, the hung one isn't, past the limit. Afterwards everybody else gets theirs. */
static void test_hung_and_slow(void **state)
{
    struct live live;
    int64_t took;

    (void)state;
    live_open(&live, "50");
    start(&live);
    assert_true(sim_client_tell(live.sim, "slow 1 %d", SLOW_MS));
    assert_true(sim_client_tell(live.sim, "reports 0 drop 1000")); /* one would tell the outcome */
    assert_true(sim_client_tell(live.sim, "hang 0 after"));
    live_await(&live, "accepted", clock_wall_ms(), 2, 10);
    took = stop(&live, "1 messages were still with modems");
    assert_in_range(took, DRAIN_S * 1000, DRAIN_S * 1000 + KILL_MS);
    assert_int_equal(live_count(&live, "hidden", 0, -1), 1);
    books_match(&live, 1);
    assert_true(sim_client_tell(live.sim, "slow 1 10"));
    assert_true(sim_client_tell(live.sim, "unplug 0"));
    live_spawn(&live);
    live_await(&live, "accepted", 0, -1, MESSAGES);
    stop(&live, NULL);
    books_match(&live, 1);
    live_close(&live);
}

/* Modems that answer are awaited, and nobody waits longer than that. */
static void test_slow_alone(void **state)
{
    struct live live;

    (void)state;
    live_open(&live, "50");
    start(&live);
    assert_true(sim_client_tell(live.sim, "slow 1 %d", SLOW_MS));
    live_await(&live, "accepted", clock_wall_ms() + SLOW_MS / 2, 2, 10);
    assert_in_range(stop(&live, "Stopped."), 0, SLOW_MS + 1500);
    books_match(&live, 0);
    live_close(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hung_and_slow),
        cmocka_unit_test(test_slow_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
