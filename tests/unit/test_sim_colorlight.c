/* test_sim_colorlight: the simulated Colorlight player, alone and talking to its dialect.
 * Runs: any. */
#include "tests/unit/sim_talk_kit.h"

#include "adapters/display/colorlight_wire.h"

static char user[] = "admin", password[] = "console", font[] = "宋体";
static const int64_t minute = 60000;
static const char *const knows[] = {"Authorization: Basic YWRtaW46Y29uc29sZQ==", NULL};

struct desk {
    struct colorlight_options options;
    struct sim_talk talk;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct colorlight_options){user, password, font};
    sim_talk_init(&desk->talk, &board_colorlight, &desk->options, "{\"password\":\"console\"}");
    board_colorlight.own(desk->talk.sim, "new", "天气预报", talk_morning);
    *state = desk;
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;

    sim_talk_free(&desk->talk);
    free(desk);
    return 0;
}

static const char *sim_get(struct sim_talk *talk, const char *path)
{
    assert_int_equal(sim_talk_raw(talk, "GET", path, "", knows), 200);
    return buffer_text(&talk->kit.answer.body);
}

static void test_a_showing(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;
    char *before MEM_FREE_LATER = mem_dup(sim_get(talk, "/api/lanschedule.json"));

    assert_int_equal(sim_talk_run(talk, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(talk->kit.sight.power, POWER_ON);
    assert_true(talk->kit.sight.clock_known);
    assert_int_equal(talk->kit.sight.skew_ms, 0);
    assert_int_equal(talk->kit.sight.height, 64);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), -1);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_stored(talk, "new,lc-z-1a2b3c");
    assert_view(talk, 0, talk_morning, true);
    assert_string_equal(talk->views[0].name, "lc-z-1a2b3c");
    assert_string_equal(talk->views[0].text, "学法守法");
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT); /* shows once */
    assert_int_equal(talk->n_views, 1);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    assert_int_equal(sim_talk_level(talk, LEVEL_PLAYING), LEVEL_PLAYING);
    assert_int_equal(sim_talk_level(talk, LEVEL_SCREENSHOT), LEVEL_SCREENSHOT);
    assert_non_null(memmem(talk->kit.result.evidence.picture,
                           talk->kit.result.evidence.picture_length, "学法守法", 12));
    sim_talk_at(talk, talk_morning + 30000);
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_view(talk, 1, talk_morning + 30000, false);
    assert_stored(talk, "new");
    assert_string_equal(sim_get(talk, "/api/lanschedule.json"), before);
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
}

static void test_a_picture(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n with \r\n-- in it";
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    talk->kit.job.picture = png;
    talk->kit.job.picture_length = sizeof png;
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_view(talk, 0, talk_morning, true);
    assert_string_equal(talk->views[0].text, "picture:25");
    assert_int_equal(sizeof png, 25);
}

static void test_its_window(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    sim_talk_at(talk, talk_morning + 30000);
    talk->kit.job.until_ms = talk_morning + 2 * minute; /* it stays longer */
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    sim_talk_at(talk, talk_morning + 48 * 60 * minute);
    assert_int_equal(talk->n_views, 2);
    assert_view(talk, 1, talk_morning + 2 * minute, false);
}

static void test_over_midnight(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;
    int64_t from = talk_morning + 54059000; /* 23:30:59 */

    sim_talk_at(talk, from);
    talk->kit.job.from_ms = from;
    talk->kit.job.until_ms = from + 60 * minute;
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_view(talk, 0, from, true);
    sim_talk_at(talk, from + 48 * 60 * minute);
    assert_view(talk, 1, from + 60 * minute, false);
}

static void test_clock_and_power(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    board_colorlight.skew(talk->sim, -90000, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_view(talk, 0, talk_morning, true); /* slow within what is tolerated */
    assert_int_equal(sim_talk_level(talk, LEVEL_PLAYING), LEVEL_PLAYING);
    assert_int_equal(talk->kit.sight.skew_ms, -90000);
    board_colorlight.power_off(talk->sim, talk_morning + 1000);
    board_colorlight.power_on(talk->sim, talk_morning + 2000);
    sim_talk_at(talk, talk_morning + 3000);
    assert_view(talk, 1, talk_morning + 1000, false);
    assert_view(talk, 2, talk_morning + 2000, true);
    board_colorlight.trick(talk->sim, TRICK_SLEEP, true, talk_morning + 4000);
    sim_talk_at(talk, talk_morning + 5000);
    assert_view(talk, 3, talk_morning + 4000, false);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    assert_int_equal(talk->kit.sight.power, POWER_ASLEEP);
}

static void test_lies(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    board_colorlight.trick(talk->sim, TRICK_LIE, true, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), -1);
    board_colorlight.trick(talk->sim, TRICK_LIE, false, talk_morning);
    board_colorlight.trick(talk->sim, TRICK_PRETEND, true, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(sim_talk_level(talk, LEVEL_PLAYING), LEVEL_STORED);
    assert_string_equal(talk->kit.sight.playing, "new");
    assert_int_equal(talk->n_views, 0);
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_stored(talk, "new");
}

static void test_requests(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_raw(talk, "GET", "/api/vsns.json", "", NULL), 401);
    assert_int_equal(sim_talk_raw(talk, "GET", "/api/vsns.json", "",
                                  (const char *const[]){"Authorization: Basic eDp5", NULL}),
                     401);
    assert_int_equal(sim_talk_raw(talk, "GET", "/api/nothing", "", knows), 404);
    assert_int_equal(sim_talk_raw(talk, "DELETE", "/api/vsns/sources/lan/vsns/x.vsn", "", knows),
                     404);
    assert_int_equal(sim_talk_raw(talk, "POST", "/api/program/x.vsn", "{}", knows), 400);
    assert_int_equal(sim_talk_raw(talk, "POST", "/api/program/seventeen-letters.vsn", "{}", knows),
                     404);
    assert_non_null(strstr(sim_get(talk, "/api/vsns.json"), "\"new.vsn\""));
}

#define ENTRY(type, priority, vsn, more)                                                           \
    "{\"type_priority\":" type ",\"priority\":" priority more                                      \
    ",\"operation\":{\"source\":\"lan\","                                                          \
    "\"vsn\":\"" vsn "\"}}"
#define SCHEDULE(entries) "{\"contentsSchedule\":[" entries "],\"commandSchedule\":[]}"

static void test_schedules(void **state)
{
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        {SCHEDULE(""), 200},
        {SCHEDULE(ENTRY("200", "0", "x.vsn", "")), 200},
        {SCHEDULE(ENTRY("200", "101", "x.vsn", "")), 400},
        {SCHEDULE(ENTRY("200", "-1", "x.vsn", "")), 400},
        {SCHEDULE(ENTRY("250", "0", "x.vsn", "")), 400},
        {SCHEDULE(ENTRY("200", "0", "", "")), 400},
        {SCHEDULE(ENTRY("200", "0", "x.vsn", ",\"if_limit_time\":true")), 400},
        {SCHEDULE(ENTRY("200", "0", "x.vsn",
                        ",\"if_limit_time\":true,\"limit_time\":{\"start_time\":\"08:00:00\","
                        "\"end_time\":\"09:00:00\"}")),
         200},
        {SCHEDULE(ENTRY("200", "0", "x.vsn", ",\"if_limit_date\":true")), 400},
        {SCHEDULE(
             ENTRY("200", "0", "x.vsn", ",\"if_limit_weekday\":true,\"limit_weekday\":[true]")),
         400},
        {"{\"contentsSchedule\":[]}", 400},
        {"[]", 400},
        {"", 400},
    };
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sim_talk_raw(talk, "PUT", "/api/lanschedule", cases[i].body, knows),
                         cases[i].status);
}

/* A priority that stands twice stops the whole schedule. */
static void test_priorities(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(sim_talk_raw(talk, "PUT", "/api/lanschedule",
                                  SCHEDULE(ENTRY("200", "1", "lc-z-1a2b3c.vsn",
                                                 "") "," ENTRY("200", "1", "new.vsn", "")),
                                  knows),
                     200);
    assert_int_equal(talk->n_views, 2);
    assert_view(talk, 1, talk_morning, false);
    assert_int_equal(sim_talk_level(talk, LEVEL_PLAYING), LEVEL_STORED);
    /* Ours, asked for again, gets a place of its own, and all runs. */
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_view(talk, 2, talk_morning, true);
}

/* A path that answers with a status of its own; all else is the player. */
static const char *odd_path;
static int odd_status;

static void odd_ask(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    sim_talk_ask(ctx, ask, answer);
    if (strcmp(buffer_text(&ask->path), odd_path) == 0)
        answer->status = odd_status;
}

static int odd_level(struct sim_talk *talk, const char *path, int status)
{
    odd_path = path;
    odd_status = status;
    return sim_talk_level(talk, LEVEL_SCREENSHOT);
}

/* What a model lacks keeps nobody from reading what it has. */
static void test_lacks(void **state)
{
    static const char *const sure[] = {"/api/powerstatus.json", "/api/rtc.json", "/api/vsns.json",
                                       "/api/screenshot"};
    static const int statuses[] = {401, 429, 500};
    static const char file[] = "/api/vsns/sources/lan/vsns/lc-z-1a2b3c.vsn";
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    talk->kit.device = odd_ask;
    assert_int_equal(odd_level(talk, "/api/powerstatus.json", 404), LEVEL_SCREENSHOT);
    assert_int_equal(odd_level(talk, "/api/rtc.json", 501), LEVEL_SCREENSHOT);
    assert_int_equal(odd_level(talk, "/api/vsns.json", 404), -1);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(odd_level(talk, sure[i], statuses[k]), -1);
            assert_int_equal(talk->kit.result.outcome.code, statuses[k]);
        }
    odd_path = file;
    odd_status = 404;
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_stored(talk, "new");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_showing),     TEST(test_a_picture),       TEST(test_its_window),
        TEST(test_over_midnight), TEST(test_clock_and_power), TEST(test_lies),
        TEST(test_lacks),         TEST(test_requests),        TEST(test_schedules),
        TEST(test_priorities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
