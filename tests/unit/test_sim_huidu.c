/* test_sim_huidu: the simulated Huidu controller, alone and talking to its dialect.
 * Runs: any. */
#include "tests/unit/sim_talk_kit.h"

#include "gateway/base/digest.h"
#include "adapters/display/huidu_wire.h"

static char key[] = "a7fa6795aaa891e2", secret[] = "0123456789abcdef", font[] = "宋体";
static const int64_t minute = 60000;

struct desk {
    struct huidu_options options;
    struct sim_talk talk;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct huidu_options){key, secret, NULL, font};
    sim_talk_init(&desk->talk, &board_huidu, &desk->options,
                  "{\"key\":\"a7fa6795aaa891e2\",\"secret\":\"0123456789abcdef\","
                  "\"device\":\"C16-D00-A000F\"}");
    board_huidu.own(desk->talk.sim, "节目1", "天气预报", talk_morning);
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

static void test_a_showing(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(talk->kit.sight.power, POWER_ON);
    assert_int_equal(talk->kit.sight.skew_ms, 0);
    assert_int_equal(talk->kit.sight.width, 192);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), -1);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_stored(talk, "节目1,lc-z-1a2b3c");
    assert_view(talk, 0, talk_morning, true);
    assert_string_equal(talk->views[0].name, "lc-z-1a2b3c");
    assert_string_equal(talk->views[0].text, "学法守法");
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT); /* shows once */
    assert_int_equal(talk->n_views, 1);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    assert_int_equal(sim_talk_level(talk, LEVEL_SCREENSHOT), LEVEL_SCREENSHOT);
    assert_string_equal(talk->kit.result.evidence.picture_type, "png");
    assert_non_null(memmem(talk->kit.result.evidence.picture,
                           talk->kit.result.evidence.picture_length, "学法守法", 12));
    sim_talk_at(talk, talk_morning + 30000);
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_view(talk, 1, talk_morning + 30000, false);
    assert_stored(talk, "节目1");
    assert_int_equal(sim_talk_run(talk, ADAPTER_WITHDRAW), OUTCOME_SENT);
}

/* A dead gateway leaves nothing on the screen. */
static void test_its_window(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(board_huidu.next_change(talk->sim, talk_morning), talk_morning + minute);
    sim_talk_at(talk, talk_morning + 48 * 60 * minute);
    assert_int_equal(talk->n_views, 2);
    assert_view(talk, 1, talk_morning + minute, false);
}

static void test_clocks(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    board_huidu.skew(talk->sim, -90000, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_view(talk, 0, talk_morning, true); /* slow within what is tolerated */
    assert_int_equal(sim_talk_run(talk, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(talk->kit.sight.skew_ms, -90000);
    board_huidu.skew(talk->sim, 600000, talk_morning);
    assert_view(talk, 1, talk_morning, false);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    assert_int_equal(talk->kit.sight.skew_ms, 600000);
}

static void test_power(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    board_huidu.power_off(talk->sim, talk_morning + 1000);
    board_huidu.power_on(talk->sim, talk_morning + 2000);
    sim_talk_at(talk, talk_morning + 3000);
    assert_view(talk, 1, talk_morning + 1000, false);
    assert_view(talk, 2, talk_morning + 2000, true);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    board_huidu.trick(talk->sim, TRICK_SLEEP, true, talk_morning + 4000);
    sim_talk_at(talk, talk_morning + 5000);
    assert_view(talk, 3, talk_morning + 4000, false);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), LEVEL_STORED);
    assert_int_equal(talk->kit.sight.power, POWER_ASLEEP);
}

static void test_lies(void **state)
{
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    board_huidu.trick(talk->sim, TRICK_LIE, true, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(sim_talk_level(talk, LEVEL_STORED), -1);
    board_huidu.trick(talk->sim, TRICK_LIE, false, talk_morning);
    board_huidu.trick(talk->sim, TRICK_PRETEND, true, talk_morning);
    assert_int_equal(sim_talk_run(talk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(sim_talk_level(talk, LEVEL_SCREENSHOT), LEVEL_SCREENSHOT);
    assert_null(memmem(talk->kit.result.evidence.picture, talk->kit.result.evidence.picture_length,
                       "学法守法", 12));
    assert_int_equal(talk->n_views, 0);
}

/* Signs body, and returns what the controller answers to it. */
static const char *sim_says(struct sim_talk *talk, const char *path, const char *body)
{
    char *text MEM_FREE_LATER = mem_printf("%s%sdate", body, key);
    struct digest digest = digest_hmac(DIGEST_MD5, secret, strlen(secret), text, strlen(text));
    char hex[DIGEST_HEX_MOST];
    char *sign MEM_FREE_LATER = NULL;

    digest_hex(&digest, hex);
    sign = mem_printf("sign: %s", hex);
    sim_talk_raw(talk, "POST", path, body,
                 (const char *const[]){"sdkKey: a7fa6795aaa891e2", "date: date", sign, NULL});
    return buffer_text(&talk->kit.answer.body);
}

static void test_signatures(void **state)
{
    static const char body[] = "{\"method\":\"getAll\",\"data\":[],\"id\":\"C16-D00-A000F\"}";
    static const char date[] = "date: Wed, 09 Aug 2023 07:27:44 GMT";
    static const char *const good[] = {"sdkKey: a7fa6795aaa891e2", date,
                                       "sign: 36212163539b4724ffe71b44243ce3e9", NULL};
    static const char *const other_date[] = {"sdkKey: a7fa6795aaa891e2",
                                             "date: Wed, 09 Aug 2023 07:27:45 GMT",
                                             "sign: 36212163539b4724ffe71b44243ce3e9", NULL};
    static const char *const other_key[] = {"sdkKey: a7fa6795aaa891e3", date,
                                            "sign: 36212163539b4724ffe71b44243ce3e9", NULL};
    static const char *const list[] = {"sdkKey: a7fa6795aaa891e2", date,
                                       "sign: 66d34f2a9de03011cfee08002db2d0c4", NULL};
    static const char path[] = "/api/program/C16-D00-A000F";
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    assert_int_equal(sim_talk_raw(talk, "POST", path, body, good), 200);
    assert_int_equal(sim_talk_raw(talk, "POST", "/api/program/", body, good), 200);
    assert_int_equal(sim_talk_raw(talk, "POST", path, body, other_date), 401);
    assert_int_equal(sim_talk_raw(talk, "POST", path, body, other_key), 401);
    assert_int_equal(sim_talk_raw(talk, "POST", path, body, NULL), 401);
    assert_int_equal(sim_talk_raw(talk, "POST", path, "{}", good), 401);
    assert_int_equal(sim_talk_raw(talk, "GET", "/api/device/list/", "", list), 200);
    assert_int_equal(sim_talk_raw(talk, "GET", "/api/screenshot/C16-D00-A000F", "", list), 200);
    assert_string_equal(talk->kit.answer.type, "image/png");
    assert_int_equal(sim_talk_raw(talk, "GET", "/api/nothing", "", list), 404);
    assert_int_equal(sim_talk_raw(talk, "DELETE", "/api/device/list/", "", list), 405);
}

#define PROGRAM(uuid, name, control, area, item)                                                   \
    "[{\"uuid\":\"" uuid "\",\"name\":\"" name "\",\"type\":\"normal\"" control                    \
    ",\"area\":[{" area ",\"item\":[{\"type\":\"text\",\"string\":\"a\",\"font\":{\"name\":\"x\"," \
                        "\"size\":16,\"color\":"                                                   \
    "\"#ff0000\"},\"effect\":{\"type\":0,\"speed\":5," item "}}]}]}]"
#define AREA "\"x\":0,\"y\":0,\"width\":192,\"height\":64"
#define HOLD "\"hold\":0"
#define CONTROL(days, times)                                                                       \
    ",\"playControl\":{\"duration\":\"00:00:10\",\"week\":{\"enable\":\"" days "\"},\"date\":[{"   \
    "\"start\":\"2026-10-31\",\"end\":\"2026-10-31\"}],\"time\":[" times "]}"
#define TIME "{\"start\":\"08:30:00\",\"end\":\"08:40:00\"}"

static void test_refusals(void **state)
{
    static const struct {
        const char *method, *data, *words;
    } cases[] = {
        {"append", PROGRAM("A", "n", CONTROL("Mon,Thur,Sat", TIME), AREA, HOLD), "kSuccess"},
        {"append", PROGRAM("A", "m", CONTROL("Sat", TIME), AREA, HOLD), "kAlreadyExists"},
        {"update", PROGRAM("B", "m", CONTROL("Sat", TIME), AREA, HOLD), "kNotFound"},
        {"update", PROGRAM("A", "m", CONTROL("Sat", TIME), AREA, HOLD), "kSuccess"},
        {"remove", "[{\"uuid\":\"A\",\"name\":\"n\"}]", "kNotFound"},
        {"remove", "[{\"uuid\":\"A\",\"name\":\"m\"}]", "kSuccess"},
        {"remove", "[]", "kInvalidParam"},
        {"append", PROGRAM("A", "n", CONTROL("Thu", TIME), AREA, HOLD), "kInvalidParam"},
        {"append", PROGRAM("A", "n", CONTROL("", TIME), AREA, HOLD), "kInvalidParam"},
        {"append", PROGRAM("A", "n", CONTROL("Sat,", TIME), AREA, HOLD), "kInvalidParam"},
        {"append", PROGRAM("A", "n", CONTROL("Sat", ""), AREA, HOLD), "kInvalidParam"},
        {"append",
         PROGRAM("A", "n", CONTROL("Sat", "{\"start\":\"8:30\",\"end\":\"08:40:00\"}"), AREA, HOLD),
         "kInvalidParam"},
        {"append", PROGRAM("A", "n", "", "\"x\":1,\"y\":0,\"width\":192,\"height\":64", HOLD),
         "kInvalidParam"},
        {"append", PROGRAM("A", "n", "", AREA, "\"hold\":10000000"), "kInvalidParam"},
        {"dance", "[]", "kUnsupportMethod"},
    };
    struct sim_talk *talk = &((struct desk *)*state)->talk;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *body MEM_FREE_LATER =
            mem_printf("{\"method\":\"%s\",\"data\":%s}", cases[i].method, cases[i].data);

        assert_non_null(strstr(sim_says(talk, "/api/program/", body), cases[i].words));
    }
    assert_stored(talk, "节目1");
    assert_non_null(
        strstr(sim_says(talk, "/api/program/OTHER", "{\"method\":\"getAll\"}"), "kDeviceOffline"));
    assert_non_null(strstr(sim_says(talk, "/api/program/", "[]"), "kInvalidParam"));
    assert_non_null(strstr(sim_says(talk, "/api/nothing/", "{}"), "kNotFound"));
    /* replace wipes the owner's: nobody may use it. */
    sim_says(talk, "/api/program/",
             "{\"method\":\"replace\",\"data\":" PROGRAM("A", "n", "", AREA, HOLD) "}");
    assert_stored(talk, "n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_showing), TEST(test_its_window), TEST(test_clocks),   TEST(test_power),
        TEST(test_lies),      TEST(test_signatures), TEST(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
