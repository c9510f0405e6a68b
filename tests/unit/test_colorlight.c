/* test_colorlight: the dialect of Colorlight players: programs, schedules, clocks, what replies
 * mean. Runs: any. */
#include "tests/unit/talk_kit.h"

#include "adapters/display/colorlight_wire.h"

static char user[] = "admin", password[] = "console", font[] = "宋体";

#define VSNS(playing, files)                                                                       \
    "{\"playing\":{\"type\":\"lan\",\"name\":\"" playing "\"},\"contents\":[{\"type\":\"usb\","    \
    "\"content\":[{\"name\":\"lc-z-1a2b3c.vsn\"}]},{\"type\":\"lan\",\"content\":[" files "]}]}"
#define OWNERS "{\"name\":\"new.vsn\",\"size\":9030}"
#define OURS   "{\"name\":\"lc-z-1a2b3c.vsn\",\"size\":900}"
#define POWER  "{\"powerstatus\":1}"
#define CLOCK  "{\"time\":\"2026-10-31 08:29:00\",\"timezone\":\"Asia/Shanghai\"}"
#define OWNERS_ENTRY                                                                               \
    "{\"name\":\"Play_Program\",\"type\":\"rotation\",\"type_priority\":200,\"priority\":7,"       \
    "\"if_limit_time\":true,\"limit_time\":{\"start_time\":\"18:00:00\",\"end_time\":\"06:00:"     \
    "00\"},"                                                                                       \
    "\"weight\":0.5,\"note\":null,\"operation\":{\"name\":\"new\",\"source\":\"lan\",\"vsn\":"     \
    "\"new.vsn\",\"id\":9007199254740993}}"
#define OUR_ENTRY "{\"priority\":3,\"operation\":{\"source\":\"lan\",\"vsn\":\"lc-z-1a2b3c.vsn\"}}"
#define COMMANDS  "[{\"operation\":{\"content\":\"sleep\",\"karma\":1},\"op_time\":[\"22:00:00\"]}]"
#define SCHEDULE(entries)                                                                          \
    "{\"version\":2,\"contentsSchedule\":[" entries "],\"commandSchedule\":" COMMANDS "}"

struct desk {
    struct colorlight_options options;
    struct talk_kit kit;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct colorlight_options){user, password, font};
    talk_kit_init(&desk->kit, "colorlight", &desk->options);
    *state = desk;
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;

    talk_kit_free(&desk->kit);
    free(desk);
    return 0;
}

static void test_password(void **state)
{
    struct desk *desk = *state;
    struct ask ask = {0};

    desk->kit.talk.step = 1;
    desk->kit.dialect->ask(&desk->kit.talk, &ask);
    assert_string_equal(talk_header(&ask, "Authorization"), "Basic YWRtaW46Y29uc29sZQ==");
    ask_free(&ask);
    desk->options.password = NULL;
    desk->kit.dialect->ask(&desk->kit.talk, &ask);
    assert_null(talk_header(&ask, "Authorization"));
    ask_free(&ask);
}

static void assert_entry(const struct jv *said)
{
    assert_int_equal(jv_size(jv_at(said, "/contentsSchedule")), 2);
    assert_says(said, "/contentsSchedule/1/operation/vsn", "lc-z-1a2b3c.vsn");
    assert_says(said, "/contentsSchedule/1/operation/source", "lan");
    assert_says(said, "/contentsSchedule/1/type", "rotation");
    assert_says(said, "/contentsSchedule/1/type_priority", "200");
    assert_says(said, "/contentsSchedule/1/priority", "8");
    assert_says(said, "/contentsSchedule/1/if_limit_time", "true");
    assert_says(said, "/contentsSchedule/1/limit_time/start_time", "08:28:00");
    assert_says(said, "/contentsSchedule/1/limit_time/end_time", "08:31:00");
    assert_says(said, "/contentsSchedule/1/if_limit_date", "true");
    assert_says(said, "/contentsSchedule/1/limit_date/start", "2026-10-31");
    assert_says(said, "/contentsSchedule/1/limit_date/start_time", "08:28:00");
    assert_says(said, "/contentsSchedule/1/limit_date/end", "2026-10-31");
    assert_says(said, "/contentsSchedule/1/limit_date/end_time", "08:31:00");
}

/* The rest of the document comes back as it was, to the letter. */
static void assert_foreign(const struct talk_kit *kit, size_t turn)
{
    assert_true(turn < kit->n_turns);
    assert_non_null(strstr(kit->turns[turn].body, "{\"version\":2,\"contentsSchedule\":["));
    assert_non_null(strstr(kit->turns[turn].body, OWNERS_ENTRY));
    assert_non_null(strstr(kit->turns[turn].body, "],\"commandSchedule\":" COMMANDS "}"));
}

static void test_publishes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    assert_int_equal(
        talk_kit_play(kit, ADAPTER_SUBMIT, "", SCHEDULE(OUR_ENTRY "," OWNERS_ENTRY), ""),
        OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_turn(kit, 0, "POST", "/api/program/lc-z-1a2b3c.vsn?autoplay=0");
    assert_turn(kit, 1, "GET", "/api/lanschedule.json");
    assert_turn(kit, 2, "PUT", "/api/lanschedule");
    assert_true(kit->turns[0].changes && !kit->turns[1].changes && kit->turns[2].changes);
    said = talk_kit_said(kit, 0);
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Rect/Width", "192");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/Text", "学法守法");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/Type", "5");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/IsScroll", "0");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/TextColor", "0xFFff0000");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/LogFont/lfHeight", "16");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/LogFont/lfFaceName", "宋体");
    jv_free(said);
    said = talk_kit_said(kit, 2);
    assert_entry(said);
    assert_foreign(kit, 2);
    jv_free(said);
}

static void test_runs_through(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->job.text = "尊法学法守法用法，做新时代好公民，共建法治城市，共享平安生活，人人有责";
    kit->board.height = 16;
    talk_kit_play(kit, ADAPTER_SUBMIT, "", SCHEDULE(""), "");
    said = talk_kit_said(kit, 0);
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/Type", "4");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/IsScroll", "1");
    assert_says(said, "/Programs/Program/Pages/0/Regions/0/Items/0/Speed", "40");
    jv_free(said);
}

static void test_picture(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n with a \0 in it";
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    const struct talk_turn *turn = &kit->turns[0];
    struct ask ask = {0};

    kit->job.picture = png;
    kit->job.picture_length = sizeof png;
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "", SCHEDULE(""), ""), OUTCOME_SENT);
    assert_non_null(memmem(turn->body, turn->length, png, sizeof png));
    assert_non_null(strstr(turn->body, "name=\"f1\"; filename=\"lc-z-1a2b3c.vsn\""));
    assert_non_null(
        strstr(turn->body, "\"FilePath\":\".\\\\lc-z-1a2b3c.files\\\\lc-z-1a2b3c.png\""));
    assert_non_null(strstr(turn->body, "filename=\"lc-z-1a2b3c.png\""));
    assert_null(strstr(turn->body, "学法守法"));
    kit->job.verb = ADAPTER_SUBMIT;
    kit->talk.step = 7;
    kit->dialect->ask(&kit->talk, &ask);
    assert_string_equal(talk_header(&ask, "Content-Type"),
                        "multipart/form-data; boundary=00112233445566778899aabbccddeeff");
    ask_free(&ask);
}

/* Over midnight the time of day ends before it begins, as the vendor says. */
static void test_midnight(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->talk.now_ms = kit->job.from_ms = talk_morning + 54059000; /* 23:30:59 */
    kit->job.until_ms = kit->job.from_ms + 3600000;
    talk_kit_play(kit, ADAPTER_SUBMIT, "", SCHEDULE(OWNERS_ENTRY), "");
    said = talk_kit_said(kit, 2);
    assert_says(said, "/contentsSchedule/1/limit_time/start_time", "23:28:59");
    assert_says(said, "/contentsSchedule/1/limit_time/end_time", "00:30:59");
    assert_says(said, "/contentsSchedule/1/limit_date/end", "2026-11-01");
    jv_free(said);
}

static void test_withdraws(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, VSNS("new.vsn", OWNERS "," OURS),
                                   SCHEDULE(OWNERS_ENTRY "," OUR_ENTRY), "", "",
                                   VSNS("new.vsn", OWNERS)),
                     OUTCOME_SENT);
    assert_turn(kit, 2, "PUT", "/api/lanschedule");
    assert_string_equal(kit->turns[2].body, SCHEDULE(OWNERS_ENTRY));
    assert_turn(kit, 3, "DELETE", "/api/vsns/sources/lan/vsns/lc-z-1a2b3c.vsn");
    /* Gone before; only the schedule; only the file. */
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, VSNS("new.vsn", OWNERS), SCHEDULE(OWNERS_ENTRY)),
        OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, VSNS("", ""), SCHEDULE(OUR_ENTRY), ""),
                     OUTCOME_SENT);
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, VSNS("", OURS), SCHEDULE(""), "", VSNS("", OWNERS)),
        OUTCOME_SENT);
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, VSNS("", OURS), SCHEDULE(""), "", VSNS("", OURS)),
        OUTCOME_DEFERRED);
}

static void test_verifies(void **state)
{
    static const struct {
        enum outcome_level want;
        const char *list;
        enum outcome_kind kind;
        enum outcome_level level;
    } cases[] = {
        {LEVEL_STORED, VSNS("lc-z-1a2b3c.vsn", OURS), OUTCOME_SENT, LEVEL_STORED},
        {LEVEL_PLAYING, VSNS("lc-z-1a2b3c.vsn", OURS), OUTCOME_SENT, LEVEL_PLAYING},
        {LEVEL_PLAYING, VSNS("new.vsn", OWNERS "," OURS), OUTCOME_SENT, LEVEL_STORED},
        {LEVEL_SCREENSHOT, VSNS("new.vsn", OURS), OUTCOME_SENT, LEVEL_STORED},
        {LEVEL_PLAYING, VSNS("lc-z-1a2b3c.vsn", OWNERS), OUTCOME_REJECTED, LEVEL_UNKNOWN},
        {LEVEL_PLAYING, "{\"code\":0,\"data\":" VSNS("lc-z-1a2b3c.vsn", OURS) "}", OUTCOME_SENT,
         LEVEL_PLAYING},
        {LEVEL_PLAYING,
         "{\"contents\":[{\"content\":[" OURS "]}],\"playing\":{\"type\":\"usb\","
         "\"name\":\"lc-z-1a2b3c.vsn\"}}",
         OUTCOME_SENT, LEVEL_STORED},
        {LEVEL_STORED, "{}", OUTCOME_DEFERRED, LEVEL_UNKNOWN},
        {LEVEL_STORED, "", OUTCOME_DEFERRED, LEVEL_UNKNOWN},
        {LEVEL_STORED, "{\"code\":401,\"message\":\"x\"}", OUTCOME_DEFERRED, LEVEL_UNKNOWN},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit->job.want = cases[i].want;
        assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, POWER, CLOCK, cases[i].list),
                         cases[i].kind);
        assert_int_equal(kit->result.level, cases[i].level);
        assert_int_equal(kit->healthy, cases[i].kind != OUTCOME_DEFERRED);
        assert_int_equal(kit->sight.power, POWER_ON);
        assert_int_equal(kit->sight.skew_ms, -60000);
    }
}

static void test_screenshot(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    const struct evidence *evidence = &kit->result.evidence;

    kit->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, "{\"powerstatus\":0}", CLOCK,
                                   VSNS("lc-z-1a2b3c.vsn", OURS), "\x89PNG\r\n\x1a\n..."),
                     OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_SCREENSHOT);
    assert_int_equal(kit->sight.power, POWER_ASLEEP);
    assert_string_equal(kit->sight.playing, "lc-z-1a2b3c");
    assert_string_equal(evidence->picture_type, "png");
    assert_memory_equal(evidence->picture, "\x89PNG\r\n\x1a\n...", 11);
    assert_int_equal(evidence->picture_length, 11);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, POWER, CLOCK, VSNS("lc-z-1a2b3c.vsn", OURS),
                                   "{\"code\":5}"),
                     OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_PLAYING);
    assert_null(evidence->picture);
    assert_int_equal(strlen(evidence->digest), 64);
}

static void test_probes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_PROBE, POWER, CLOCK,
                                   "{\"width\":128,\"height\":64}",
                                   "{\"info\":{\"vername\":\"1.64.6\",\"playing\":{\"name\":"
                                   "\"new.vsn\"}}}"),
                     OUTCOME_SENT);
    assert_string_equal(kit->sight.firmware, "1.64.6");
    assert_string_equal(kit->sight.playing, "new");
    assert_int_equal(kit->sight.width, 128);
    assert_int_equal(kit->sight.height, 64);
    /* Models that can't tell. */
    assert_int_equal(talk_kit_play(kit, ADAPTER_PROBE, "", "{}", "[]", "<html>"), OUTCOME_SENT);
    assert_int_equal(kit->sight.power, POWER_UNKNOWN);
    assert_false(kit->sight.clock_known);
}

static void test_clocks(void **state)
{
    static const struct {
        const char *reply;
        int64_t clock_ms; /* 0: none */
    } cases[] = {
        {"{\"time\":\"2026-10-31 08:30:00\"}", talk_morning},
        {"{\"rtc\":{\"time\":\"2026-10-31T08:30:00\",\"zone\":8}}", talk_morning},
        {"{\"timezone\":8,\"rtc\":1793406600}", talk_morning},
        {"{\"rtc\":1793406600123}", talk_morning + 123},
        {"{\"rtc\":\"1793406600123\"}", talk_morning + 123},
        {"{\"date\":\"2026-10-31\",\"time\":\"08:30:00\"}", talk_morning},
        {"{\"code\":0,\"data\":{\"datetime\":\"2026-10-31 08:30\"}}", talk_morning},
        {"1793406600", talk_morning},
        {"{\"time\":\"08:30:00\"}", 0},
        {"{\"time\":\"2026-02-31 08:30:00\"}", 0},
        {"{\"rtc\":-1}", 0},
        {"{\"rtc\":99999999999999999999}", 0},
        {"{\"rtc\":17934066001230}", 0},
        {"[1793406600]", 0},
        {"{\"a\":{\"b\":{\"c\":{\"d\":1793406600}}}}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *document = jv_parse(cases[i].reply, strlen(cases[i].reply), NULL);
        int64_t clock_ms = 0;

        assert_int_equal(colorlight_clock(colorlight_root(document), &clock_ms),
                         cases[i].clock_ms == 0);
        if (cases[i].clock_ms)
            assert_int_equal(clock_ms, cases[i].clock_ms);
        jv_free(document);
    }
}

/* A schedule with these priorities, and the one that ours gets. */
static void test_priorities(void **state)
{
    static const struct {
        int from, to, without;
        const char *ours; /* NULL: there is none */
    } cases[] = {
        {0, -1, -1, "0"},   {0, 0, -1, "1"},    {5, 9, -1, "10"},
        {0, 99, -1, "100"}, {0, 100, 42, "42"}, {0, 100, -1, NULL},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer schedule BUFFER_FREE_LATER = BUFFER_NULL;
        const char *replies[] = {"", NULL, ""};
        struct jv *said;

        buffer_add_text(&schedule, "{\"contentsSchedule\":[");
        for (int p = cases[i].from; p <= cases[i].to; p++)
            if (p != cases[i].without)
                buffer_printf(&schedule, "%s{\"priority\":%s%d%s}",
                              schedule.data[schedule.length - 1] == '[' ? "" : ",",
                              p % 2 ? "\"" : "", p, p % 2 ? "\"" : "");
        buffer_add_text(&schedule, "]}");
        replies[1] = buffer_text(&schedule);
        talk_kit_play_all(kit, ADAPTER_SUBMIT, replies, cases[i].ours ? 3 : 2);
        assert_int_equal(kit->result.outcome.kind, cases[i].ours ? OUTCOME_SENT : OUTCOME_DEFERRED);
        if (!cases[i].ours)
            continue;
        said = talk_kit_said(kit, 2);
        buffer_clear(&schedule);
        buffer_printf(&schedule, "/contentsSchedule/%zu/priority",
                      jv_size(jv_at(said, "/contentsSchedule")) - 1);
        assert_says(said, buffer_text(&schedule), cases[i].ours);
        jv_free(said);
    }
}

/* No schedule is ever written over something that isn't understood. */
static void test_bad_schedules(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "null",
                                      "\"x\"",
                                      "{\"contentsSchedule\":{}}",
                                      "{\"contentsSchedule\":[],\"contentsSchedule\":[]}",
                                      "{\"code\":0,\"data\":[]}"};
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "", bad[i]), OUTCOME_DEFERRED);
        assert_false(kit->healthy);
    }
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "{\"code\":400}"), OUTCOME_DEFERRED);
    assert_int_equal(kit->result.outcome.code, 400);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "{\"code\":200}", "{}", ""), OUTCOME_SENT);
}

static void test_check(void **state)
{
    struct desk *desk = *state;
    const struct option_kind *kind = desk->kit.board.kind;
    static char colon[] = "a:b";
    char why[256];

    assert_int_equal(kind->check(&desk->options, why, sizeof why), 0);
    assert_int_equal(kind->traits->level_most(&desk->options, false), LEVEL_SCREENSHOT);
    assert_true(kind->traits->pictures);
    desk->options.user = colon;
    assert_int_equal(kind->check(&desk->options, why, sizeof why), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_password), TEST(test_publishes),  TEST(test_runs_through),
        TEST(test_picture),  TEST(test_midnight),   TEST(test_withdraws),
        TEST(test_verifies), TEST(test_screenshot), TEST(test_probes),
        TEST(test_clocks),   TEST(test_priorities), TEST(test_bad_schedules),
        TEST(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
