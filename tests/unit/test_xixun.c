/* test_xixun: what the dialect of Xixun cards writes, and what it makes of each answer.
 * Runs: any. */
#include "tests/unit/talk_kit.h"

#include "gateway/base/hex.h"
#include "adapters/display/kinds/xixun.h"
#include "adapters/display/kinds/xixun_task.h"

static char card_id[] = "y10-817-01926", card_path[] = "/cmd/{card}";

#define YES        "{\"_type\":\"success\",\"_id\":\"x\",\"timestamp\":1552296747116}"
#define DATA(task) "{\"_type\":\"Success\",\"data\":\"" task "\"}"
#define ITEM(name)                                                                                 \
    "{\\\"_program\\\":{\\\"name\\\":\\\"" name "\\\",\\\"lineHeight\\\":1.4},\\\"x\\\":7}"
#define TASK(items)                                                                                \
    DATA("{\\\"task\\\":{\\\"_id\\\":\\\"t1\\\",\\\"name\\\":\\\"1212121_Task\\\","                \
         "\\\"_department\\\":{\\\"priority\\\":0},\\\"items\\\":[" items "]}}")
#define EMPTY         DATA("")
#define OURS          ITEM("lc-z-1a2b3c")
#define OWNERS        ITEM("1212121")
#define PLAYING(name) "{\"_type\":\"success\",\"name\":\"" name "\"}"
#define CARD                                                                                       \
    "{\"_type\":\"success\",\"card\":{\"screenStatus\":\"on\",\"width\":128,"                      \
    "\"height\":256,\"playerVersion\":\"10.9.9-22_5\"}}"
#define DATE "{\"_type\":\"success\",\"date\":\"2026-10-31 08:30:05\",\"millis\":1793406605000}"
#define OLD  "{\"_type\":\"Error\",\"message\":\"invalid command\"}"
#define SHOT "{\"result\":\"iVBORw0KGgoAAA\\nAA\\n\"}"

struct desk {
    struct xixun_options options;
    struct talk_kit kit;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct xixun_options){.card = card_id, .path = card_path};
    talk_kit_init(&desk->kit, "xixun", &desk->options);
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

/* ---- requests ---- */

static void test_publishes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->job.until_ms = talk_morning + 90500; /* 08:31:30.5: until 08:32 */
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, TASK(OWNERS "," OURS), YES), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_turn(kit, 0, "POST", "/cmd/y10-817-01926");
    assert_false(kit->turns[0].changes);
    assert_true(kit->turns[1].changes);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/type", "commandXixunPlayer");
    assert_says(said, "/command/_type", "PlayXixunTask");
    assert_says(said, "/command/task/insert", "false");
    assert_says(said, "/command/task/name", "1212121_Task"); /* the owner's stays as it was */
    assert_says(said, "/command/task/_department/priority", "0");
    assert_int_equal(jv_size(jv_at(said, "/command/task/items")), 2);
    assert_says(said, "/command/task/items/0/_program/name", "1212121");
    assert_says(said, "/command/task/items/0/x", "7");
    assert_says(said, "/command/task/items/1/_program/name", "lc-z-1a2b3c");
    assert_says(said, "/command/task/items/1/_program/width", "192");
    assert_says(said, "/command/task/items/1/priority", "0");
    assert_says(said, "/command/task/items/1/_program/layers/0/sources/0/_type", "SingleLineText");
    assert_says(said, "/command/task/items/1/schedules/0/dateType", "Range");
    assert_says(said, "/command/task/items/1/schedules/0/startDate", "2026-10-31");
    assert_says(said, "/command/task/items/1/schedules/0/endDate", "2026-10-31");
    assert_says(said, "/command/task/items/1/schedules/0/startTime", "08:30");
    assert_says(said, "/command/task/items/1/schedules/0/endTime", "08:32");
    assert_says(said, "/command/task/items/1/schedules/0/filterType", "None");
    jv_free(said);
}

static void test_text_is_escaped(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    kit->job.text = "<b>\"A&B\"</b>";
    talk_kit_play(kit, ADAPTER_SUBMIT, EMPTY, YES);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/command/task/items/0/_program/layers/0/sources/0/html",
                "<span style=\"color:#ff0000;font-size:16px\">"
                "&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;</span>");
    jv_free(said);
}

static void test_days(void **state)
{
    static const struct {
        int64_t from_min, until_min; /* after 08:30 */
        size_t n;
        const char *last_from, *last_until, *last_date;
    } cases[] = {
        {0, 60, 1, "08:30", "09:30", "2026-10-31"},
        {900, 960, 2, "00:00", "00:30", "2026-11-01"},
        {900, 930, 1, "23:30", "23:59", "2026-10-31"}, /* 24:00 is no time */
        {0, 3 * 1440, 3, "00:00", "08:30", "2026-11-03"},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char place[64];
        struct jv *command;

        kit->job.from_ms = talk_morning + cases[i].from_min * 60000;
        kit->job.until_ms = kit->job.limit_ms = talk_morning + cases[i].until_min * 60000;
        command = xixun_task_command(&kit->talk, NULL, true);
        assert_int_equal(jv_size(jv_at(command, "/task/items/0/schedules")), cases[i].n);
        snprintf(place, sizeof place, "/task/items/0/schedules/%zu", cases[i].n - 1);
        assert_says(jv_at(command, place), "/startTime", cases[i].last_from);
        assert_says(jv_at(command, place), "/endTime", cases[i].last_until);
        assert_says(jv_at(command, place), "/startDate", cases[i].last_date);
        assert_says(jv_at(command, place), "/endDate", cases[i].last_date);
        jv_free(command);
    }
}

static void test_withdraws(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TASK(OWNERS "," OURS), YES, TASK(OWNERS)),
                     OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_int_equal(jv_size(jv_at(said, "/command/task/items")), 1);
    assert_says(said, "/command/task/items/0/_program/name", "1212121");
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TASK(OURS), YES, EMPTY), OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/type", "clearPlayerTask");
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TASK(OWNERS)), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, EMPTY), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TASK(OURS), YES, TASK(OURS)),
                     OUTCOME_DEFERRED);
}

/* ---- answers ---- */

static void test_levels(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, TASK(OWNERS)), OUTCOME_REJECTED);
    assert_true(kit->healthy);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS), CARD, DATE), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_STORED);
    assert_int_equal(kit->sight.skew_ms, 5000);
    assert_int_equal(kit->sight.power, POWER_ON);
    assert_string_equal(kit->sight.firmware, "10.9.9-22_5");
    kit->job.want = LEVEL_SCREENSHOT;
    talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS), PLAYING("1212121"), CARD, DATE);
    assert_int_equal(kit->result.level, LEVEL_STORED);
    assert_string_equal(kit->sight.playing, "1212121");
    talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS), PLAYING("lc-z-1a2b3c"), CARD, DATE, SHOT);
    assert_int_equal(kit->result.level, LEVEL_SCREENSHOT);
    assert_string_equal(kit->result.evidence.picture_type, "png");
    talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS), PLAYING("lc-z-1a2b3c"), CARD, DATE,
                  "{\"result\":\"bm8gcGljdHVyZQ==\"}");
    assert_int_equal(kit->result.level, LEVEL_PLAYING);
    assert_null(kit->result.evidence.picture);
}

/* Questions that the firmware doesn't know cost one refusal each. */
static void test_old_firmware(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    kit->job.want = LEVEL_PLAYING;
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS), OLD, OLD, OLD), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_STORED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, TASK(OURS)), OUTCOME_SENT);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, OLD), OUTCOME_DEFERRED);
    assert_non_null(strstr(kit->result.outcome.detail, "too old"));
}

/* What isn't understood is never written over. */
static void test_unreadable_contents(void **state)
{
    static const char *const answers[] = {
        "",
        "<html>",
        "[]",
        "{\"data\":\"\"}",
        "{\"_type\":\"Error\",\"message\":\"busy\"}",
        "{\"_type\":\"success\",\"result\":false}",
        "{\"_type\":\"success\",\"data\":7}",
        "{\"_type\":\"success\",\"data\":[]}",
        DATA("{"),
        DATA("[]"),
        DATA("{\\\"task\\\":null}"),
        DATA("{\\\"task\\\":{\\\"name\\\":\\\"x\\\"}}"),
        DATA("{\\\"task\\\":{\\\"items\\\":{}}}"),
        DATA("{\\\"task\\\":{\\\"items\\\":[],\\\"items\\\":[]}}"),
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, answers[i]), OUTCOME_DEFERRED);
        assert_false(kit->healthy);
    }
}

static void test_empty_contents(void **state)
{
    static const char *const answers[] = {YES,
                                          DATA(""),
                                          DATA("{}"),
                                          TASK(""),
                                          "{\"_type\":\"success\",\"data\":null}",
                                          "{\"_type\":\"success\",\"data\":{}}"};
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, answers[i], YES), OUTCOME_SENT);
}

struct refusal {
    int step, status; /* the request, from 0, that gets it */
    const char *body;
    enum outcome_kind kind;
    const char *says;
    int asked;
};

static void refuse(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    struct refusal *refusal = ctx;

    (void)ask;
    if (refusal->asked++ == refusal->step) {
        answer->status = refusal->status;
        buffer_add_text(&answer->body, refusal->body);
    } else {
        buffer_add_text(&answer->body, EMPTY);
    }
}

static void test_refusals(void **state)
{
    static const struct refusal cases[] = {
        {0, 500, "y10-817-01926 does not exist!", OUTCOME_DEFERRED, "never seen the card", 0},
        {0, 500, "not opened", OUTCOME_DEFERRED, "not connected", 0},
        {0, 500, "timeout", OUTCOME_DEFERRED, "does not answer", 0},
        {1, 500, "y10-817-01926 does not exist!", OUTCOME_DEFERRED, "never seen the card", 0},
        {1, 500, "not opened", OUTCOME_DEFERRED, "not connected", 0},
        {1, 500, "timeout", OUTCOME_UNKNOWN, "does not answer", 0},
        {1, 500, "the disk is full", OUTCOME_UNKNOWN, "the disk is full", 0},
        {1, 500, "", OUTCOME_UNKNOWN, "500", 0},
        {1, 200, "<html>", OUTCOME_UNKNOWN, "no JSON object", 0},
        {1, 200, "{}", OUTCOME_UNKNOWN, "", 0},
        {1, 200, "{\"_type\":\"Error\",\"message\":\"no space\"}", OUTCOME_DEFERRED, "no space", 0},
        {1, 200, "{\"_type\":\"error\",\"errorMessage\":\"bad md5\"}", OUTCOME_DEFERRED, "md5", 0},
        {0, 401, "", OUTCOME_DEFERRED, "password", 0},
        {0, 403, "", OUTCOME_DEFERRED, "password", 0},
        {0, 404, "Not Found", OUTCOME_DEFERRED, "404", 0},
        {0, 302, "", OUTCOME_DEFERRED, "302", 0},
        {1, 429, "", OUTCOME_DEFERRED, "429", 0},
        {1, 408, "", OUTCOME_UNKNOWN, "408", 0},
        {1, 502, "", OUTCOME_UNKNOWN, "502", 0},
        {0, 502, "", OUTCOME_DEFERRED, "502", 0},
        {1, 503, "", OUTCOME_DEFERRED, "503", 0},
        {1, 504, "", OUTCOME_UNKNOWN, "504", 0},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    kit->device = refuse;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal refusal = cases[i];

        kit->ctx = &refusal;
        assert_int_equal(talk_kit_run(kit, ADAPTER_SUBMIT), cases[i].kind);
        assert_non_null(strstr(kit->result.outcome.detail, cases[i].says));
        assert_false(kit->healthy);
    }
}

/* ---- the top layer ---- */

static void test_lan_commands(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;
    struct jv *said;

    desk->options.mode = XIXUN_LAN;
    talk_kit_play(kit, ADAPTER_SUBMIT, "{\"success\":true,\"text\":\"\"}", "{\"success\":true}");
    assert_turn(kit, 0, "POST", "/settings");
    assert_turn(kit, 1, "POST", "/settings");
    said = talk_kit_said(kit, 1);
    assert_says(said, "/_type", "SetEmergencyText");
    assert_says(said, "/text", "5a2m5rOV5a6I5rOV");
    assert_says(said, "/color", "4294901760"); /* 0xFFFF0000 */
    jv_free(said);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "{\"success\":false,\"error\":\"busy\"}"),
                     OUTCOME_DEFERRED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, "{\"success\":true,\"text\":\"%%\"}"),
                     OUTCOME_DEFERRED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW,
                                   "{\"success\":true,\"text\":\"5a2m5rOV\\n5a6I5rOV\"}",
                                   "{\"success\":true}", "{\"success\":true}"),
                     OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/_type", "CleanTopUI");
    jv_free(said);
}

static void test_picture_through_gateway(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    const char *inner;
    struct jv *said, *told;

    kit->board.render = RENDER_PICTURE;
    kit->job.picture = "PNG";
    kit->job.picture_length = 3;
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT,
                                   "{\"_type\":\"success\",\"result\":\"{\\\"success\\\":true}\"}",
                                   "{\"_type\":\"success\",\"result\":\"{\\\"success\\\":true}\"}"),
                     OUTCOME_SENT);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/type", "callCardService");
    assert_says(said, "/fn", "executeJsonCommand");
    inner = jv_text(jv_at(said, "/arg1"));
    told = jv_parse(inner, strlen(inner), NULL);
    assert_says(told, "/_type", "LoadCodeHTML");
    jv_free(told);
    jv_free(said);
    assert_int_equal(
        talk_kit_play(kit, ADAPTER_SUBMIT,
                      "{\"_type\":\"success\",\"result\":\"{\\\"success\\\":false}\"}"),
        OUTCOME_DEFERRED);
}

/* ---- calls ---- */

struct proofs {
    size_t n;
    struct board_proof last;
};

static void on_proof(void *ctx, const struct board_proof *proof)
{
    struct proofs *proofs = ctx;

    proofs->n++;
    proofs->last = *proof;
}

static void test_calls(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int status;
        size_t proofs;
    } cases[] = {
        {"POST", "/logs", "[{\"beginAt\":1793406500000,\"duration\":9,\"name\":\"lc-z-1a\"}]", 200,
         1},
        {"POST", "/logs", "[{\"beginAt\":1793406500000,\"duration\":9.5,\"name\":\"lc-z-1a\"}]",
         200, 1},
        {"POST", "/logs", "[{\"beginAt\":1793406500000,\"duration\":9,\"name\":\"1212121\"}]", 200,
         0},
        {"POST", "/logs", "[{\"beginAt\":1793409999000,\"duration\":9,\"name\":\"lc-z-1a\"}]", 200,
         0},
        {"POST", "/logs", "[{\"beginAt\":-5,\"duration\":9,\"name\":\"lc-z-1a\"}]", 200, 0},
        {"POST", "/logs", "[{\"beginAt\":1793406500000,\"duration\":0,\"name\":\"lc-z-1a\"}]", 200,
         0},
        {"POST", "/logs", "[{\"beginAt\":1,\"duration\":99999,\"name\":\"lc-z-1a\"},7,null]", 200,
         0},
        {"POST", "/logs", "[]", 200, 0},
        {"POST", "/logs", "nonsense", 400, 0},
        {"POST", "/notice", "{\"commandId\":\"x\",\"progress\":100}", 200, 0},
        {"POST", "/notice", "{\"commandId\":\"x\",\"errorMessage\":\"md5\"}", 200, 0},
        {"POST", "/notice", "7", 400, 0},
        {"GET", "/logs", "", 405, 0},
        {"POST", "/other", "[]", 404, 0},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct proofs proofs = {0};
        struct adapter_answer answer = {.status = 404};
        struct adapter_call call = {cases[i].method,       cases[i].path, cases[i].body,
                                    strlen(cases[i].body), NULL,          NULL};

        assert_false(kit->dialect->called(&kit->talk, &call, &answer, on_proof, &proofs));
        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(proofs.n, cases[i].proofs);
        if (proofs.n) {
            assert_int_equal(proofs.last.until_ms - proofs.last.from_ms, 9000);
            assert_int_equal(proofs.last.level, LEVEL_LOGGED);
        }
        buffer_free(&answer.body);
    }
}

static void test_too_many_plays(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    struct adapter_answer answer = {.status = 404};
    struct adapter_call call = {"POST", "/logs", NULL, 0, NULL, NULL};
    struct proofs proofs = {0};

    buffer_add_text(&body, "[0");
    for (int i = 0; i < 1000; i++)
        buffer_add_text(&body, ",0");
    buffer_add_text(&body, "]");
    call.body = buffer_text(&body);
    call.length = body.length;
    kit->dialect->called(&kit->talk, &call, &answer, on_proof, &proofs);
    assert_int_equal(answer.status, 413);
    buffer_free(&answer.body);
}

/* ---- options ---- */

static void test_options(void **state)
{
    static char good[] = "/x/{card}/y", bare[] = "/command", query[] = "/{card}?a", odd[] = "y 1";
    static char colon[] = "a:b", word[] = "w";
    static const struct {
        struct xixun_options options;
        const char *first; /* of the message; NULL: fine */
    } cases[] = {
        {{XIXUN_GATEWAY, card_id, good, NULL, NULL}, NULL},
        {{XIXUN_GATEWAY, NULL, good, NULL, NULL}, "card "},
        {{XIXUN_GATEWAY, odd, good, NULL, NULL}, "card "},
        {{XIXUN_GATEWAY, card_id, bare, NULL, NULL}, "path "},
        {{XIXUN_GATEWAY, card_id, query, NULL, NULL}, "path "},
        {{XIXUN_GATEWAY, card_id, good, word, NULL}, "user "},
        {{XIXUN_GATEWAY, card_id, good, colon, word}, "user "},
        {{XIXUN_LAN, NULL, good, NULL, NULL}, NULL},
    };
    const struct option_kind *kind = &adapter_find("xixun")->kind;
    char why[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rc = kind->check(&cases[i].options, why, sizeof why);

        assert_int_equal(rc, cases[i].first ? 1 : 0);
        if (rc)
            assert_int_equal(strncmp(why, cases[i].first, strlen(cases[i].first)), 0);
    }
    assert_int_equal(kind->traits->level_most(&cases[0].options, true), LEVEL_LOGGED);
    assert_int_equal(kind->traits->level_most(&cases[0].options, false), LEVEL_SCREENSHOT);
    assert_int_equal(kind->traits->level_most(&cases[7].options, true), LEVEL_SCREENSHOT);
    assert_int_equal(kind->traits->window_s(&cases[0].options, false), 60);
    assert_int_equal(kind->traits->window_s(&cases[0].options, true), 0);
    assert_int_equal(kind->traits->window_s(&cases[7].options, false), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_publishes),
        WITH(test_text_is_escaped),
        WITH(test_days),
        WITH(test_withdraws),
        WITH(test_levels),
        WITH(test_old_firmware),
        WITH(test_unreadable_contents),
        WITH(test_empty_contents),
        WITH(test_refusals),
        WITH(test_lan_commands),
        WITH(test_picture_through_gateway),
        WITH(test_calls),
        WITH(test_too_many_plays),
        cmocka_unit_test(test_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
