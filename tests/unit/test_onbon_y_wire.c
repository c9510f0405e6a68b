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
#include "adapters/display/onbon_y_wire.h"

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

static void test_the_window(void **state)
{
    static const struct {
        const char *from, *until, *start_date, *stop_date, *start, *stop;
    } cases[] = {
        {"2026-10-31 08:30", "2026-10-31 08:35", "2026-10-31", "2026-10-31", "08:30:00",
         "08:35:00"},
        {"2026-10-31 23:55", "2026-11-01 00:00", "2026-10-31", "2026-10-31", "23:55:00",
         "23:59:59"},
        {"2026-11-01 00:00", "2026-11-02 00:00", "2026-11-01", "2026-11-01", "00:00:00",
         "23:59:59"},
        {"2026-10-31 23:58", "2026-11-01 00:03", "2026-10-31", "2026-11-01", "00:00:00",
         "23:59:59"},
        {"2026-12-31 22:00", "2027-01-01 00:00", "2026-12-31", "2026-12-31", "22:00:00",
         "23:59:59"},
        {"2026-12-31 23:30", "2027-01-02 00:00", "2026-12-31", "2027-01-01", "00:00:00",
         "23:59:59"},
    };
    const struct board board = {.width = 192, .height = 64};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct adapter_job job = {.text = "弘扬宪法精神", .name = "lawcast-1"};
        struct buffer request BUFFER_FREE_LATER = BUFFER_NULL;
        struct jv *document;

        job.from_ms = wire_time(cases[i].from);
        job.until_ms = wire_time(cases[i].until);
        onbon_create(&request, &job, &board, 7);
        document = wire_parse(&request, "createBulletin");
        assert_string_equal(wire_input(document, "startDate"), cases[i].start_date);
        assert_string_equal(wire_input(document, "stopDate"), cases[i].stop_date);
        assert_string_equal(wire_input(document, "startTime"), cases[i].start);
        assert_string_equal(wire_input(document, "stopTime"), cases[i].stop);
        assert_string_equal(wire_input(document, "order"), "7");
        assert_string_equal(wire_input(document, "name"), "lawcast-1");
        assert_string_equal(wire_input(document, "content"), "5byY5oms5a6q5rOV57K+56We");
        assert_string_equal(wire_input(document, "width"), "192");
        jv_free(document);
    }
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
            assert_int_equal(onbon_list_choose(&list, cases[i].wished), cases[i].chosen);
        }
        onbon_reply_free(&reply);
    }
}

static void test_a_full_card(void **state)
{
    struct onbon_list list = {.n_ours = 0};

    (void)state;
    for (size_t i = 0; i < ONBON_ORDERS; i++)
        list.used[i] = true;
    assert_int_equal(onbon_list_choose(&list, 3), -1);
    list.used[99] = false;
    assert_int_equal(onbon_list_choose(&list, 3), 99);
}

static void test_errors_that_last(void **state)
{
    (void)state;
    assert_int_equal(onbon_error_outcome(20), OUTCOME_REJECTED);
    assert_int_equal(onbon_error_outcome(17), OUTCOME_REJECTED);
    assert_int_equal(onbon_error_outcome(16), OUTCOME_DEFERRED);
    assert_int_equal(onbon_error_outcome(22), OUTCOME_DEFERRED);
    assert_int_equal(onbon_error_outcome(255), OUTCOME_DEFERRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_login_proves_the_password),
        cmocka_unit_test(test_plain_commands),
        cmocka_unit_test(test_the_window),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_the_list_and_the_choice),
        cmocka_unit_test(test_a_full_card),
        cmocka_unit_test(test_errors_that_last),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
