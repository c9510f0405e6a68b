/* test_reload: SIGHUP and the verb reload while a gateway sends: modems come, go and change, limits
 * hold for the next message, mistakes change nothing; nobody is left out or gets it twice. */
#include "gateway/control/control.h"
#include "tests/e2e/live_kit.h"

#define MESSAGES 1200

static const char few[] = "per_hour = 100000; per_day = 200000; timeout_ms = 3000;";

static void write_campaign(struct live *live)
{
    char from[20], to[20];

    stage_time(-2, from);
    stage_time(3600, to);
    stage_write(&live->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法守法\"; report_wait = 5; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } ); };\n",
                from, to, MESSAGES);
    stage_write_numbers(&live->stage, "city.csv", STAGE_FIRST, MESSAGES);
}

static void start(struct live *live, const char *air_ms, const char *devices, const char *bank)
{
    live_open(live, air_ms);
    live_write_office(live, &(struct live_office){.devices = devices, .bank = bank});
    write_campaign(live);
    live_spawn(live);
    live_await(live, "accepted", 0, 0, 1);
}

/* By the control socket; what it says must have this. */
static void reload(struct live *live, const char *says)
{
    MEM_FREE_LATER char *path = control_path(live->stage.books);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *answer = NULL;

    assert_int_equal(control_ask(path, "reload", &answer), 0);
    jv_write(answer, false, &text);
    if (!strstr(buffer_text(&text), says))
        fail_msg("%s", buffer_text(&text));
    jv_free(answer);
}

/* Two modems go while they send, two others come: everybody gets one message. */
static void test_modems_go_and_come(void **state)
{
    struct live live;
    int64_t now;

    (void)state;
    start(&live, "15", "[0-1]", few);
    live_write_office(&live, &(struct live_office){.devices = "[1-3]", .bank = few});
    now = clock_wall_ms();
    stage_signal(&live.child, SIGHUP);
    live_await(&live, "accepted", now, 2, 5); /* the bank's modem 0 is the second device now */
    live_await(&live, "accepted", now, 3, 5);
    assert_int_equal(live_count(&live, "accepted", now + 2000, 0), 0);
    live_write_office(&live, &(struct live_office){.devices = "[1-2]", .bank = few});
    reload(&live, "Modem m/2: finishes what it has and is used no longer.");
    live_end(&live, 0, 60, "The configuration was read anew.");
    assert_int_equal(live_reached(&live, LIVE_FIRST, MESSAGES), MESSAGES);
    assert_int_equal(live_books(&live, "city").n[DELIVERY_DELIVERED], MESSAGES);
    live_close(&live);
}

/* A limit that has held nearly everything up is lifted; the modem goes on without a break. */
static void test_limits(void **state)
{
    struct live live;
    int64_t now;

    (void)state;
    start(&live, "5", "[0-1]", "per_hour = 20; per_day = 100000; timeout_ms = 3000;");
    live_write_office(&live, &(struct live_office){.devices = "[0-1]", .bank = few});
    now = clock_wall_ms();
    reload(&live, "Modem m/1: 100000 an hour");
    live_await(&live, "accepted", now, -1, 200);
    live_end(&live, 0, 60, NULL);
    assert_int_equal(live_reached(&live, LIVE_FIRST, MESSAGES), MESSAGES);
    live_close(&live);
}

/* A file with an error, names, what only a restart can change, and nothing new. */
static void test_other_changes(void **state)
{
    struct live live;

    (void)state;
    start(&live, "30", "[0-1]", few);
    reload(&live, "\"changes\":[],\"later\":[]");
    live_write_office(&live, &(struct live_office){.devices = "[0-1]", .bank = "per_hour = no;"});
    reload(&live, "nothing has changed");
    live_write_office(&live,
                      &(struct live_office){.general = "drain = 5; quiet = [ \"02:00-02:01\" ];",
                                            .city = "市司法局",
                                            .devices = "[0-1]",
                                            .bank = few,
                                            .more = "listen = { address = \"127.0.0.1\"; port = 0;"
                                                    " key = \"obviously-not-a-real-key\"; };"});
    reload(&live, "Unit city: its name");
    reload(&live, "\"changes\":[]");
    reload(&live, "listen: until then");
    live_end(&live, 0, 60, "drain: 5 s.");
    assert_int_equal(live_reached(&live, LIVE_FIRST, MESSAGES), MESSAGES);
    live_close(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modems_go_and_come),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_other_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
