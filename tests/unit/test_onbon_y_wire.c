/* test_onbon_y_wire: requests as the card reads them, replies as cards give them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/model/window.h"
#include "adapters/display/kinds/onbon_y_wire.h"

static struct jv *wire_parse(const struct buffer *request, const char *command)
{
    struct jv *document = jv_parse(buffer_text(request), request->length, NULL);

    assert_non_null(document);
    assert_string_equal(jv_text(jv_at(document, "/protocol/name")), "YQ-COM2");
    assert_string_equal(jv_text(jv_at(document, "/protocol/version")), "1.0");
    assert_string_equal(jv_text(jv_at(document, "/protocol/remotefunction/name")), command);
    return document;
}

static const char *wire_input(const struct jv *document, const char *key)
{
    return jv_text(jv_member(jv_at(document, "/protocol/remotefunction/input"), key));
}

static void test_login_proves_the_password(void **state)
{
    struct buffer request BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document;

    (void)state;
    onbon_log_in(&request, "guest", "guest", "20180517093429462773");
    document = wire_parse(&request, "userLogin");
    assert_string_equal(wire_input(document, "username"), "guest");
    assert_string_equal(wire_input(document, "verificationcode"), "20180517093429462773");
    assert_string_equal(wire_input(document, "password"),
                        "05c83b5baf44bf36c1340fa87845d8043a46a225");
    jv_free(document);
}

static void test_plain_commands(void **state)
{
    struct buffer request BUFFER_FREE_LATER = BUFFER_NULL;
    bool orders[ONBON_ORDERS] = {[0] = true, [8] = true, [99] = true};
    struct jv *document;

    (void)state;
    onbon_ask_code(&request, "guest");
    document = wire_parse(&request, "getVerificationCode");
    assert_string_equal(wire_input(document, "username"), "guest");
    jv_free(document);
    buffer_clear(&request);
    onbon_query(&request);
    document = wire_parse(&request, "queryBulletin");
    assert_null(jv_at(document, "/protocol/remotefunction/input"));
    jv_free(document);
    buffer_clear(&request);
    onbon_play(&request);
    jv_free(wire_parse(&request, "playBulletin"));
    buffer_clear(&request);
    onbon_delete(&request, orders);
    document = wire_parse(&request, "deleteBulletin");
    assert_int_equal(jv_size(jv_at(document, "/protocol/remotefunction/input/items")), 3);
    assert_string_equal(jv_text(jv_at(document, "/protocol/remotefunction/input/items/1")), "8");
    jv_free(document);
}

static int64_t wire_time(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

/* A showing that crosses midnight is cut into pieces, each inside of its days. */
static void test_the_window(void **state)
{
    static const struct {
        const char *from, *until;
        unsigned n;
        struct onbon_window pieces[ONBON_PIECES];
    } cases[] = {
        {"2026-10-31 08:30",
         "2026-10-31 08:35",
         1,
         {{"2026-10-31", "2026-10-31", "08:30:00", "08:35:00"}}},
        {"2026-10-31 23:55",
         "2026-11-01 00:00",
         1,
         {{"2026-10-31", "2026-10-31", "23:55:00", "23:59:59"}}},
        {"2026-11-01 00:00",
         "2026-11-02 00:00",
         1,
         {{"2026-11-01", "2026-11-01", "00:00:00", "23:59:59"}}},
        {"2026-10-31 23:58",
         "2026-11-01 00:03",
         2,
         {{"2026-10-31", "2026-10-31", "23:58:00", "23:59:59"},
          {"2026-11-01", "2026-11-01", "00:00:00", "00:03:00"}}},
        {"2026-12-31 22:00",
         "2027-01-01 00:00",
         1,
         {{"2026-12-31", "2026-12-31", "22:00:00", "23:59:59"}}},
        {"2026-12-30 23:30",
         "2027-01-02 01:00",
         3,
         {{"2026-12-30", "2026-12-30", "23:30:00", "23:59:59"},
          {"2026-12-31", "2027-01-01", "00:00:00", "23:59:59"},
          {"2027-01-02", "2027-01-02", "00:00:00", "01:00:00"}}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct adapter_job job = {.from_ms = wire_time(cases[i].from),
                                  .until_ms = wire_time(cases[i].until)};
        struct onbon_window pieces[ONBON_PIECES];

        job.limit_ms = job.until_ms;
        assert_int_equal(onbon_windows(&job, pieces), cases[i].n);
        for (unsigned k = 0; k < cases[i].n; k++) {
            assert_string_equal(pieces[k].first_day, cases[i].pieces[k].first_day);
            assert_string_equal(pieces[k].last_day, cases[i].pieces[k].last_day);
            assert_string_equal(pieces[k].from, cases[i].pieces[k].from);
            assert_string_equal(pieces[k].to, cases[i].pieces[k].to);
        }
    }
}

/* Up to the next full second, but never past the limit. */
static void test_the_end_is_rounded(void **state)
{
    struct adapter_job job = {.from_ms = wire_time("2026-10-31 08:30")};
    struct onbon_window pieces[ONBON_PIECES];

    (void)state;
    job.until_ms = job.from_ms + 4400;
    job.limit_ms = job.from_ms + 5000;
    onbon_windows(&job, pieces);
    assert_string_equal(pieces[0].to, "08:30:05");
    job.limit_ms = job.until_ms;
    onbon_windows(&job, pieces);
    assert_string_equal(pieces[0].to, "08:30:04");
}

static void test_the_bulletin(void **state)
{
    static const struct onbon_window window = {"2026-10-31", "2026-10-31", "08:30:00", "08:35:00"};
    static char color[] = "#00ff80";
    const struct board board = {
        .width = 192, .height = 64, .font_px = 32, .speed_pxs = 60, .color = color};
    struct adapter_job job = {.text = "弘扬宪法精神", .name = "lc-z-1a2b3c"};
    static const char *const values[][2] = {
        {"order", "7"},
        {"name", "lc-z-1a2b3c"},
        {"content", "5byY5oms5a6q5rOV57K+56We"},
        {"width", "192"},
        {"height", "64"},
        {"fontSize", "32"},
        {"fontName", "SimHei"},
        {"fontColor", "0xFF00ff80"},
        {"stuntType", "0"},
        {"stuntSpeed", "13"},
        {"startDate", "2026-10-31"},
        {"stopDate", "2026-10-31"},
        {"startTime", "08:30:00"},
        {"stopTime", "08:35:00"},
        {"weekFlag", "127"},
    };
    struct buffer request BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document;

    (void)state;
    onbon_create(&request, &job, &board, &(struct onbon_bulletin){7, "SimHei", &window});
    document = wire_parse(&request, "createBulletin");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_string_equal(wire_input(document, values[i][0]), values[i][1]);
    jv_free(document);
    buffer_clear(&request);
    job.text = "弘扬宪法精神共建文明城市"; /* more than 6 characters: it runs */
    onbon_create(&request, &job, &board, &(struct onbon_bulletin){7, "SimHei", &window});
    document = wire_parse(&request, "createBulletin");
    assert_string_equal(wire_input(document, "stuntType"), "52");
    jv_free(document);
}

static void test_questions(void **state)
{
    struct buffer request BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document;

    (void)state;
    onbon_clock(&request);
    document = wire_parse(&request, "getState");
    assert_string_equal(wire_input(document, "rtctime"), "");
    jv_free(document);
    buffer_clear(&request);
    onbon_properties(&request, true);
    document = wire_parse(&request, "getProperty");
    assert_string_equal(wire_input(document, "screenonoffstatus"), "");
    assert_string_equal(wire_input(document, "firmwareversion"), "");
    jv_free(document);
    buffer_clear(&request);
    onbon_capture(&request, 192, 64);
    document = wire_parse(&request, "ScreenCapture");
    assert_string_equal(wire_input(document, "suffix"), "png");
    assert_string_equal(wire_input(document, "picwidth"), "192");
    jv_free(document);
    buffer_clear(&request);
    onbon_find(&request, "share/screen.png");
    document = wire_parse(&request, "findFile");
    assert_string_equal(jv_text(jv_at(document, "/protocol/remotefunction/input/items/0/filename")),
                        "share/screen.png");
    jv_free(document);
    buffer_clear(&request);
    onbon_download(&request, false);
    document = wire_parse(&request, "enableUploadDownload");
    assert_string_equal(wire_input(document, "type"), "download");
    assert_string_equal(wire_input(document, "flag"), "off");
    jv_free(document);
}

static void test_replies(void **state)
{
    static const struct {
        const char *text;
        enum onbon_kind kind;
        int code;
    } cases[] = {
        {"{\"remotefunction\":{\"name\":\"querybulletin\"}}", ONBON_OK, 0},
        {"{\"RemoteFunction\":{\"Name\":\"QUERYBULLETIN\",\"Output\":{}}}", ONBON_OK, 0},
        {"{\"remotefunction\":{\"name\":\"querybulletin\",\"error\":{\"code\":27,\"mesg\":\"x\"}}}",
         ONBON_ERROR, 27},
        {"{\"remotefunction\":{\"name\":\"x\",\"Error\":{\"code\":\"11\"}}}", ONBON_ERROR, 11},
        {"{\"remotefunction\":{\"error\":{\"code\":\"1x\"}}}", ONBON_ERROR, 0},
        {"{\"remotefunction\":{\"error\":{}}}", ONBON_ERROR, 0},
        {"{\"remotefunction\":{\"error\":{\"code\":99999999999}}}", ONBON_ERROR, 0},
        {"{\"remotefunction\":{\"name\":\"querybulletin\",\"error\":7}}", ONBON_MALFORMED, 0},
        {"{\"remotefunction\":{\"name\":\"userlogin\"}}", ONBON_MALFORMED, 0},
        {"{\"remotefunction\":{}}", ONBON_MALFORMED, 0},
        {"{\"remotefunction\":[]}", ONBON_MALFORMED, 0},
        {"[]", ONBON_MALFORMED, 0},
        {"", ONBON_MALFORMED, 0},
        {"<html>502</html>", ONBON_MALFORMED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_reply reply;

        onbon_reply_parse(cases[i].text, strlen(cases[i].text), "queryBulletin", &reply);
        assert_int_equal(reply.kind, cases[i].kind);
        assert_int_equal(reply.code, cases[i].code);
        assert_true(reply.kind == ONBON_OK || *reply.message);
        onbon_reply_free(&reply);
    }
}

static void wire_reply(const char *output, struct onbon_reply *reply)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    buffer_printf(&text, "{\"remotefunction\":{\"name\":\"q\",\"output\":%s}}", output);
    onbon_reply_parse(buffer_text(&text), text.length, "q", reply);
    assert_int_equal(reply->kind, ONBON_OK);
}

static void test_tokens(void **state)
{
    static const struct {
        const char *output;
        int expected;
    } cases[] = {
        {"{\"SESSIONid\":\"0123456789abcdef0123456789ABCDEF\"}", 0},
        {"{\"sessionid\":\"\"}", 1},
        {"{\"sessionid\":\"a/b\"}", 1},
        {"{\"sessionid\":7}", 1},
        {"{\"other\":\"a\"}", 1},
        {"\"a\"", 1},
        {"{\"sessionid\":\"00000000000000000000000000000000000000000000000000000000000000001\"}",
         1},
    };
    char token[ONBON_TOKEN];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_reply reply;

        wire_reply(cases[i].output, &reply);
        assert_int_equal(onbon_reply_token(&reply, "sessionID", token), cases[i].expected);
        onbon_reply_free(&reply);
    }
}

static void test_the_list_and_the_choice(void **state)
{
    static const struct {
        const char *output;
        int rc;
        size_t n_ours;
        unsigned wished;
        int chosen;
    } cases[] = {
        {"{}", 0, 0, 5, 5},
        {"{\"5\":\"price of rice\"}", 0, 0, 5, 0},
        {"{\"5\":\"lawcast-2\"}", 0, 0, 5, 0},
        {"{\"0\":\"x\",\"1\":\"y\"}", 0, 0, 1, 2},
        {"{\"3\":\"lawcast-1\"}", 0, 1, 5, 3},
        {"{\"3\":\"lawcast-1\",\"9\":\"lawcast-1\"}", 0, 2, 9, 3},
        {"{\"3\":\"LAWCAST-1\"}", 0, 0, 3, 0},
        {"{}", 0, 0, 100, 0},
        {"{\"100\":\"x\"}", 1, 0, 0, 0},
        {"{\"-1\":\"x\"}", 1, 0, 0, 0},
        {"{\"1a\":\"x\"}", 1, 0, 0, 0},
        {"{\"\":\"x\"}", 1, 0, 0, 0},
        {"{\"1\":2}", 1, 0, 0, 0},
        {"[]", 1, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_reply reply;
        struct onbon_list list;

        wire_reply(cases[i].output, &reply);
        assert_int_equal(onbon_list_read(&reply, "lawcast-1", &list), cases[i].rc);
        if (!cases[i].rc) {
            assert_int_equal(list.n_ours, cases[i].n_ours);
            assert_int_equal(onbon_list_take(&list, cases[i].wished), cases[i].chosen);
        }
        onbon_reply_free(&reply);
    }
}

static void test_taking_several(void **state)
{
    struct onbon_list list = {.n_ours = 0};

    (void)state;
    for (size_t i = 0; i < ONBON_ORDERS; i++)
        list.used[i] = true;
    assert_int_equal(onbon_list_take(&list, 3), -1);
    list.used[99] = list.used[50] = false;
    list.ours[7] = true;
    assert_int_equal(onbon_list_take(&list, 99), 7);
    assert_int_equal(onbon_list_take(&list, 99), 99);
    assert_int_equal(onbon_list_take(&list, 99), 50);
    assert_int_equal(onbon_list_take(&list, 99), -1);
}

static void test_sight(void **state)
{
    static const struct {
        const char *output;
        bool known;
        int64_t skew_ms;
        enum sight_power power;
        int64_t width;
    } cases[] = {
        {"{\"rtctime\":\"2026-10-31 8:30:00\"}", true, 0, POWER_UNKNOWN, 0},
        {"{\"RTCTIME\":\"2026-10-31 08:33:20\"}", true, 200000, POWER_UNKNOWN, 0},
        {"{\"rtctime\":\"2026-10-31 08:33\"}", false, 0, POWER_UNKNOWN, 0},
        {"{\"rtctime\":\"\"}", false, 0, POWER_UNKNOWN, 0},
        {"{\"rtctime\":7}", false, 0, POWER_UNKNOWN, 0},
        {"{\"screenonoffstatus\":\"on\",\"width\":\"192\"}", false, 0, POWER_ON, 192},
        {"{\"screenonoffstatus\":\"1\",\"width\":192}", false, 0, POWER_ON, 192},
        {"{\"screenonoffstatus\":\"OFF\"}", false, 0, POWER_ASLEEP, 0},
        {"{\"screenonoffstatus\":\"0\"}", false, 0, POWER_ASLEEP, 0},
        {"{\"screenonoffstatus\":\"dim\",\"width\":\"x\"}", false, 0, POWER_UNKNOWN, 0},
        {"[]", false, 0, POWER_UNKNOWN, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_reply reply;
        struct sight sight = {0};

        wire_reply(cases[i].output, &reply);
        onbon_reply_clock(&reply, wire_time("2026-10-31 08:30") + 999, &sight);
        onbon_reply_properties(&reply, &sight);
        assert_int_equal(sight.clock_known, cases[i].known);
        assert_int_equal(sight.skew_ms, cases[i].skew_ms);
        assert_int_equal(sight.power, cases[i].power);
        assert_int_equal(sight.width, cases[i].width);
        onbon_reply_free(&reply);
    }
}

static void test_captures(void **state)
{
    static const struct {
        const char *output;
        int rc, least_s, most_s;
    } cases[] = {
        {"{\"filepath\":\"share/screen.png\",\"minwaittime\":\"5\",\"maxwaittime\":\"10\"}", 0, 5,
         10},
        {"{\"filepath\":\"a\",\"minwaittime\":\"500\",\"maxwaittime\":\"9999\"}", 0, 120, 120},
        {"{\"filepath\":\"a\"}", 0, 0, 0},
        {"{\"filepath\":\"../etc/passwd\"}", 1, 0, 0},
        {"{\"filepath\":\"/a\"}", 1, 0, 0},
        {"{\"filepath\":\"a b\"}", 1, 0, 0},
        {"{\"filepath\":\"a?x=1\"}", 1, 0, 0},
        {"{\"filepath\":\"\"}", 1, 0, 0},
        {"[]", 1, 0, 0},
    };
    struct onbon_reply reply;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_capture capture = {.least_s = 0};

        wire_reply(cases[i].output, &reply);
        assert_int_equal(onbon_reply_capture(&reply, &capture), cases[i].rc);
        assert_int_equal(capture.least_s, cases[i].least_s);
        assert_int_equal(capture.most_s, cases[i].most_s);
        onbon_reply_free(&reply);
    }
    wire_reply("{\"items\":[{\"filename\":\"b\",\"mtime\":\"\"},7,{\"filename\":\"a\","
               "\"mtime\":\"2026-10-31 8:30:00\"}]}",
               &reply);
    assert_int_equal(onbon_reply_file(&reply, "a"), wire_time("2026-10-31 08:30"));
    assert_int_equal(onbon_reply_file(&reply, "b"), 0);
    assert_int_equal(onbon_reply_file(&reply, "c"), 0);
    onbon_reply_free(&reply);
}

/* All of the document's list, appendix 2. */
static void test_errors_that_last(void **state)
{
    static const int lasting[] = {2, 3, 4, 5, 8, 14, 17, 18, 20};

    (void)state;
    for (int code = 0; code < 300; code++) {
        bool lasts = false;

        for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
            lasts = lasts || lasting[i] == code;
        assert_int_equal(onbon_error_lasts(code), lasts);
        assert_int_equal(onbon_error_outcome(code), lasts ? OUTCOME_REJECTED : OUTCOME_DEFERRED);
        assert_int_equal(onbon_error_name(code) != NULL, (code >= 1 && code <= 40) || code == 255);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_login_proves_the_password),
        cmocka_unit_test(test_plain_commands),
        cmocka_unit_test(test_the_window),
        cmocka_unit_test(test_the_end_is_rounded),
        cmocka_unit_test(test_the_bulletin),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_the_list_and_the_choice),
        cmocka_unit_test(test_taking_several),
        cmocka_unit_test(test_sight),
        cmocka_unit_test(test_captures),
        cmocka_unit_test(test_errors_that_last),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
