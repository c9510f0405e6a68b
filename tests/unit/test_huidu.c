/* test_huidu: the dialect of Huidu controllers: signatures, programs, what replies mean.
 * Runs: any. */
#include "tests/unit/talk_kit.h"

#include "adapters/display/huidu_wire.h"

/* As the vendor's documents show them; the values of sign were computed from its recipe. */
static char key[] = "a7fa6795aaa891e2", secret[] = "0123456789abcdef", device[] = "C16-D00-A000F";
static char font[] = "宋体";
static const int64_t vector_ms = 1691566064000; /* Wed, 09 Aug 2023 07:27:44 GMT */

#define YES(method)                                                                                \
    "{\"method\":\"" method "\",\"message\":\"ok\",\"data\":[{\"id\":"                             \
    "\"C16-D00-A000F\",\"message\":\"ok\",\"data\":\"kSuccess\"}]}"
#define DATA(data)                                                                                 \
    "{\"message\":\"ok\",\"data\":[{\"id\":\"C16-D00-A000F\",\"message\":\"ok\","                  \
    "\"data\":" data "}]}"
#define LIST(items) DATA("{\"item\":[" items "]}")
#define OWNERS      "{\"uuid\":\"A4\",\"name\":\"节目1\"}"
#define OURS        "{\"uuid\":\"B2-7\",\"name\":\"lc-z-1a2b3c\"}"
#define STATUS      DATA("{\"screen.openStatus\":\"true\",\"eth.valid\":\"true\"}")
#define PROPERTY                                                                                   \
    DATA("{\"screen.width\":\"128\",\"screen.height\":\"64\",\"version.app\":"                     \
         "\"7.10.78.1\",\"time\":\"2026-10-31 08:31:05\"}")
#define NO                                                                                         \
    "{\"method\":\"x\",\"message\":\"ok\",\"data\":[{\"id\":\"C16-D00-A000F\","                    \
    "\"message\":\"failed\",\"data\":\"kUnsupportMethod\"}]}"

struct desk {
    struct huidu_options options;
    struct talk_kit kit;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct huidu_options){key, secret, device, font};
    talk_kit_init(&desk->kit, "huidu", &desk->options);
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

static void test_vectors(void **state)
{
    static const struct {
        const char *body, *sign;
    } vectors[] = {
        {"{\"method\":\"getAll\",\"data\":[],\"id\":\"C16-D00-A000F\"}",
         "36212163539b4724ffe71b44243ce3e9"},
        {"", "66d34f2a9de03011cfee08002db2d0c4"},
        {"{\"t\":\"学法守法\"}", "8833bb555d0fae41c181806a809e8caf"},
    };
    struct desk *desk = *state;

    desk->kit.talk.now_ms = vector_ms;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct ask ask = {0};

        buffer_add_text(&ask.body, vectors[i].body);
        huidu_sign(&desk->kit.talk, &ask);
        assert_string_equal(talk_header(&ask, "sign"), vectors[i].sign);
        assert_string_equal(talk_header(&ask, "date"), "Wed, 09 Aug 2023 07:27:44 GMT");
        assert_string_equal(talk_header(&ask, "sdkKey"), key);
        assert_string_equal(talk_header(&ask, "requestId"), "00112233-4455-6677-8899-aabbccddeeff");
        ask_free(&ask);
    }
}

static void test_publishes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    char uuid[HUIDU_UUID];
    struct jv *said;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(OWNERS), YES("append")), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_turn(kit, 0, "POST", "/api/program/C16-D00-A000F");
    assert_string_equal(kit->turns[0].body,
                        "{\"method\":\"getAll\",\"data\":[],\"id\":\"C16-D00-A000F\"}");
    assert_false(kit->turns[0].changes);
    assert_turn(kit, 1, "POST", "/api/program/C16-D00-A000F");
    assert_true(kit->turns[1].changes);
    said = talk_kit_said(kit, 1);
    huidu_uuid("lc-z-1a2b3c", uuid);
    assert_says(said, "/method", "append");
    assert_says(said, "/data/0/name", "lc-z-1a2b3c");
    assert_says(said, "/data/0/uuid", uuid);
    assert_says(said, "/data/0/playControl/duration", "00:00:10");
    assert_says(said, "/data/0/playControl/date/0/start", "2026-10-31");
    assert_says(said, "/data/0/playControl/date/0/end", "2026-10-31");
    assert_says(said, "/data/0/playControl/time/0/start", "08:28:00");
    assert_says(said, "/data/0/playControl/time/0/end", "08:31:00");
    assert_says(said, "/data/0/playControl/week/enable", "Mon,Tue,Wed,Thur,Fri,Sat,Sun");
    assert_says(said, "/data/0/area/0/width", "192");
    assert_says(said, "/data/0/area/0/item/0/string", "学法守法");
    assert_says(said, "/data/0/area/0/item/0/font/name", "宋体");
    assert_says(said, "/data/0/area/0/item/0/font/color", "#ff0000");
    assert_says(said, "/data/0/area/0/item/0/effect/type", "0");
    jv_free(said);
}

static void test_updates_what_is_there(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->job.text = "尊法学法守法用法，做新时代好公民，共建法治城市，共享平安生活，人人有责";
    kit->board.height = 16;
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(OWNERS "," OURS), YES("update")),
                     OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/method", "update");
    assert_says(said, "/data/0/uuid", "B2-7");
    assert_says(said, "/data/0/area/0/item/0/effect/type", "26");
    assert_says(said, "/data/0/area/0/item/0/effect/speed", "6");
    jv_free(said);
}

/* Days and times of day are apart: over midnight it ends, and the reading of the next day says so.
 */
static void test_midnight(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->talk.now_ms = kit->job.from_ms = talk_morning + 54059000; /* 23:30:59 */
    kit->job.until_ms = kit->job.from_ms + 3600000;
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(""), YES("append")), OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/data/0/playControl/date/0/end", "2026-10-31");
    assert_says(said, "/data/0/playControl/time/0/start", "23:28:59");
    assert_says(said, "/data/0/playControl/time/0/end", "23:59:59");
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_SENT);
    kit->talk.now_ms += 1741000; /* 00:00:00 */
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_REJECTED);
    assert_true(kit->healthy);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(OURS), YES("update")), OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/data/0/playControl/date/0/start", "2026-11-01");
    assert_says(said, "/data/0/playControl/time/0/start", "00:00:00");
    assert_says(said, "/data/0/playControl/time/0/end", "00:30:59");
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_SENT);
}

/* What is in the list may be of yesterday's run. */
static void test_after_a_restart_it_is_written_again(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_REJECTED);
    assert_true(kit->healthy);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(OURS), NO), OUTCOME_DEFERRED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_REJECTED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(OURS), YES("update")), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_SENT);
}

static void test_withdraws(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, LIST(OWNERS "," OURS), YES("remove"), LIST(OWNERS)),
        OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/method", "remove");
    assert_int_equal(jv_size(jv_at(said, "/data")), 1);
    assert_says(said, "/data/0/uuid", "B2-7");
    assert_says(said, "/data/0/name", "lc-z-1a2b3c");
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, LIST(OWNERS)), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, LIST(OURS), YES("remove"), LIST(OURS)),
                     OUTCOME_DEFERRED);
}

static void test_verifies(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    const struct evidence *evidence = &kit->result.evidence;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(""), YES("append")), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS)),
                     OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_STORED);
    assert_int_equal(kit->sight.power, POWER_ON);
    assert_true(kit->sight.clock_known);
    assert_int_equal(kit->sight.skew_ms, 65000);
    assert_string_equal(kit->sight.firmware, "7.10.78.1");
    assert_int_equal(kit->sight.width, 128);
    assert_int_equal(kit->sight.height, 64);
    /* An older form of the list. */
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY,
                                   LIST("{\"id\":\"B2\",\"name\":\"lc-z-1a2b3c\"}")),
                     OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OWNERS)),
                     OUTCOME_REJECTED);
    /* Other names that look like ours are others'. */
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY,
                                   LIST("{\"uuid\":\"B2-7\",\"name\":\"lc-z-1a2b3\"}")),
                     OUTCOME_REJECTED);
    kit->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS),
                                   DATA("\"data:image/png;base64,iVBORw0KGgoA\\nAAANSUhE\"")),
                     OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_SCREENSHOT);
    assert_string_equal(evidence->picture_type, "png");
    assert_int_equal(evidence->picture_length, 15);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS),
                                   "\xff\xd8\xff\xe0 a jpeg as it is"),
                     OUTCOME_SENT);
    assert_string_equal(evidence->picture_type, "jpg");
    assert_int_equal(evidence->picture_length, 20);
}

/* No picture: the list still proves that it is there, and is the evidence. */
static void test_no_picture(void **state)
{
    static const char *const replies[] = {NO, "garbage", DATA("\"bm90IGEgcGljdHVyZQ==\"")};
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(""), YES("append")), OUTCOME_SENT);
    kit->job.want = LEVEL_SCREENSHOT;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        assert_int_equal(
            talk_kit_play(kit, ADAPTER_VERIFY, STATUS, PROPERTY, LIST(OURS), replies[i]),
            OUTCOME_SENT);
        assert_int_equal(kit->result.level, LEVEL_STORED);
        assert_null(kit->result.evidence.picture);
        assert_int_equal(strlen(kit->result.evidence.digest), 64);
    }
}

static void test_sleeps_and_probes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(
        talk_kit_play(kit, ADAPTER_PROBE, DATA("{\"screen.openStatus\":false}"), PROPERTY),
        OUTCOME_SENT);
    assert_int_equal(kit->sight.power, POWER_ASLEEP);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(""), YES("append")), OUTCOME_SENT);
    /* Firmware that can't tell: what it shows is proved all the same. */
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, NO, NO, LIST(OURS)), OUTCOME_SENT);
    assert_int_equal(kit->sight.power, POWER_UNKNOWN);
    assert_false(kit->sight.clock_known);
    assert_int_equal(talk_kit_play(kit, ADAPTER_PROBE, NO), OUTCOME_DEFERRED);
}

static void test_device_is_asked_once(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;

    desk->options.device = NULL;
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW,
                      "{\"total\":\"1\",\"message\":\"ok\",\"data\":[\"D16-D00-B0001\"]}",
                      LIST("")),
        OUTCOME_SENT);
    assert_turn(kit, 0, "GET", "/api/device/list/");
    assert_turn(kit, 1, "POST", "/api/program/D16-D00-B0001");
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, LIST("")), OUTCOME_SENT);
    /* After a no it may be another device. */
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, NO), OUTCOME_DEFERRED);
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, "{\"message\":\"ok\",\"data\":[\"A-1\",\"A-2\"]}"),
        OUTCOME_DEFERRED);
    assert_non_null(strstr(kit->result.outcome.detail, "A-1"));
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, "{\"message\":\"ok\",\"data\":[\"../x\"]}"),
        OUTCOME_DEFERRED);
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_WITHDRAW, "{\"message\":\"failed\",\"data\":\"kNoDevice\"}"),
        OUTCOME_DEFERRED);
    assert_non_null(strstr(kit->result.outcome.detail, "kNoDevice"));
}

/* What a reply to append means. */
static void test_answers(void **state)
{
    static const struct {
        const char *reply;
        enum outcome_kind kind;
        int code;
        const char *words;
    } cases[] = {
        {YES("append"), OUTCOME_SENT, 0, ""},
        {NO, OUTCOME_DEFERRED, -1, "kUnsupportMethod"},
        {"{\"message\":\"failed\",\"data\":[]}", OUTCOME_DEFERRED, -1, "failed"},
        {"{\"message\":\"failed\"}", OUTCOME_DEFERRED, -1, "failed"},
        {DATA("\"kFull\""), OUTCOME_DEFERRED, -1, "kFull"},
        {DATA("{}"), OUTCOME_UNKNOWN, 0, "form"},
        {"{\"message\":\"ok\",\"data\":[]}", OUTCOME_UNKNOWN, 0, "form"},
        {"{\"message\":\"ok\"}", OUTCOME_UNKNOWN, 0, "form"},
        {"{}", OUTCOME_UNKNOWN, 0, "form"},
        {"[]", OUTCOME_UNKNOWN, 0, "form"},
        {"", OUTCOME_UNKNOWN, 0, "JSON"},
        {"<html>", OUTCOME_UNKNOWN, 0, "JSON"},
        /* one of two devices refuses */
        {"{\"message\":\"ok\",\"data\":[{\"message\":\"ok\",\"data\":\"kSuccess\"},{\"message\":"
         "\"failed\",\"data\":\"kOffline\"}]}",
         OUTCOME_DEFERRED, -1, "kOffline"},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, LIST(""), cases[i].reply),
                         cases[i].kind);
        assert_int_equal(kit->result.outcome.code, cases[i].code);
        assert_non_null(strstr(kit->result.outcome.detail, cases[i].words));
        assert_int_equal(kit->healthy, cases[i].kind == OUTCOME_SENT);
    }
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT,
                                   "{\"message\":\"ok\",\"data\":[{"
                                   "\"message\":\"ok\",\"data\":\"x\"}]}"),
                     OUTCOME_DEFERRED);
}

static void test_check(void **state)
{
    struct desk *desk = *state;
    const struct option_kind *kind = desk->kit.board.kind;
    static char spaced[] = "a b", broken[] = "a\r\nb", path[] = "C16/..", comma[] = "A,B";
    char why[256];

    assert_int_equal(kind->check(&desk->options, why, sizeof why), 0);
    assert_int_equal(kind->traits->level_most(&desk->options, false), LEVEL_SCREENSHOT);
    for (int i = 0; i < 4; i++) {
        desk->options.key = i == 0 ? spaced : i == 1 ? broken : key;
        desk->options.device = i == 2 ? path : i == 3 ? comma : device;
        assert_int_equal(kind->check(&desk->options, why, sizeof why), 1);
        assert_int_equal(strncmp(why, i < 2 ? "key" : "device", 3), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_vectors),
        TEST(test_publishes),
        TEST(test_updates_what_is_there),
        TEST(test_midnight),
        TEST(test_after_a_restart_it_is_written_again),
        TEST(test_withdraws),
        TEST(test_verifies),
        TEST(test_no_picture),
        TEST(test_sleeps_and_probes),
        TEST(test_device_is_asked_once),
        TEST(test_answers),
        TEST(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
