/* test_webhook: what a platform gets to read. */
#include "tests/unit/webhook_kit.h"

#include <time.h>

#include "gateway/base/digest.h"

static void test_a_whole_request(void **state)
{
    static const struct {
        const char *name, *value;
    } headers[] = {
        {"webhook-id", "lc-1a-x7"},
        {"webhook-timestamp", "1793406601"},
        {"lawcast-event", "slogan.publish"},
        {"lawcast-name", "lc-1a-x7"},
        {"Content-Type", "application/json"},
        {"Authorization", "Bearer made-up"},
        {"X-Key", "k-1"},
        {"X-Office", "plaza"},
    };
    char *more[] = {TEXT("X-Office: {board}")};
    const struct ask *ask;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.token = TEXT("made-up");
    kit.options.key = TEXT("k-1");
    kit.options.key_header = TEXT("X-Key");
    kit.options.headers = (struct option_strings){.items = more, .n = 1};
    kit.options.calls[ADAPTER_SUBMIT].path = TEXT("/boards/{board}?n={name}");
    kit.options.calls[ADAPTER_SUBMIT].body =
        TEXT("{\"t\":\"{text}\",\"w\":{width},\"h\":{height},\"f\":{font},\"v\":{speed},"
             "\"c\":\"{color}\",\"s\":{slot},\"back\":\"{callback}\",\"id\":\"{id}\"}");
    kit_open(&kit);
    kit.talk.callback = "http://192.0.2.9/call/plaza/x";
    ask = kit_ask(&kit, ADAPTER_SUBMIT, 0);
    assert_false(ask->nothing);
    assert_true(ask->changes);
    assert_string_equal(ask->method, "POST");
    assert_string_equal(buffer_text(&ask->path), "/boards/plaza?n=lc-1a-x7");
    assert_true(ask->has_body);
    assert_string_equal(buffer_text(&ask->body),
                        "{\"t\":\"弘扬宪法精神\",\"w\":192,\"h\":64,\"f\":16,\"v\":40,"
                        "\"c\":\"#ff0000\",\"s\":7,\"back\":\"http://192.0.2.9/call/plaza/x\","
                        "\"id\":\"lc-1a-x7\"}");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_string_equal(kit_header(ask, headers[i].name), headers[i].value);
    assert_int_equal(ask->n_headers, sizeof headers / sizeof *headers);
    kit_close(&kit);
}

static void test_pictures_go_as_base64(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{\"p\":\"{picture}\"}");
    kit.job.picture = "\x89PNG";
    kit.job.picture_length = 4;
    kit_open(&kit);
    assert_string_equal(buffer_text(&kit_ask(&kit, ADAPTER_SUBMIT, 0)->body),
                        "{\"p\":\"iVBORw==\"}");
    kit_close(&kit);
}

/* A platform may drop what has an id that it knows, so a repetition has the same one, and all else
 * has not. */
static void test_message_ids(void **state)
{
    char first[64], again[64];
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.calls[ADAPTER_VERIFY] = (struct webhook_call_options){
        .path = TEXT("/v"), .pointer = TEXT("/a"), .equals = TEXT("{name}"), .status = 200};
    kit_open(&kit);
    for (int i = 0; i < 3; i++) { /* in doubt, refused for now: the same publication */
        assert_string_equal(kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-id"), "lc-1a-x7");
        kit.talk.now_ms += 5000;
    }
    kit_hear(&kit, 503, "");
    assert_string_equal(kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-id"), "lc-1a-x7");
    kit_hear(&kit, 200, "");
    snprintf(first, sizeof first, "%s", kit_header(kit_ask(&kit, ADAPTER_VERIFY, 0), "webhook-id"));
    assert_string_equal(first, "lc-1a-x7.verify.01234567");
    kit_hear(&kit, 404, "{}"); /* it was lost, and comes again */
    snprintf(first, sizeof first, "%s", kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-id"));
    assert_string_equal(first, "lc-1a-x7.1793406616");
    kit.talk.now_ms += 5000;
    snprintf(again, sizeof again, "%s", kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-id"));
    assert_string_equal(first, again);
    kit_hear(&kit, 200, "");
    kit.talk.now_ms -= 3600000; /* a clock that was set back: still another id */
    snprintf(again, sizeof again, "%s", kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-id"));
    assert_string_equal(again, "lc-1a-x7.1793406617");
    kit_close(&kit);
}

static void test_standard_signature(void **state)
{
    char *secrets[] = {TEXT("secret")};
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.secret = (struct option_strings){.items = secrets, .n = 1};
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{}");
    strcpy(kit.job.name, "msg_1");
    kit_open(&kit);
    kit.talk.now_ms = 1700000000000;
    assert_string_equal(kit_header(kit_ask(&kit, ADAPTER_SUBMIT, 0), "webhook-signature"),
                        "v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI=");
    kit_close(&kit);
}

/* What is signed is what is sent: the path with the board's own, the query with the key, the body's
 * bytes. */
static void test_recipe(void **state)
{
    static const char parts[] = "POST|/api/s|t=1793406601&appkey=k%2B1|"
                                "0123456789abcdef0123456789abcdef|\xb7\xa8|k+1|made-up";
    struct digest digest = digest_of(DIGEST_SM3, parts, sizeof parts - 1);
    char hex[DIGEST_HEX_MOST], expected[200];
    const struct ask *ask;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.charset = WEBHOOK_GBK;
    kit.options.content_type = TEXT("text/plain; charset=gbk");
    kit.options.key = TEXT("k+1");
    kit.options.key_query = TEXT("appkey");
    kit.options.sign = 4; /* sm3 */
    kit.options.sign_parts = TEXT("{method}|{path}|{query}|{nonce}|{body}|{key}|{secret}");
    kit.options.sign_secret = TEXT("made-up");
    kit.options.sign_query = TEXT("sign");
    kit.options.calls[ADAPTER_SUBMIT].path = TEXT("/s?t={now:s}");
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{text}");
    kit.job.text = "法";
    kit_open(&kit);
    ask = kit_ask(&kit, ADAPTER_SUBMIT, 0);
    digest_hex(&digest, hex);
    snprintf(expected, sizeof expected, "/s?t=1793406601&appkey=k%%2B1&sign=%s", hex);
    assert_string_equal(buffer_text(&ask->path), expected);
    assert_string_equal(buffer_text(&ask->body), "\xb7\xa8");
    kit_close(&kit);
}

static void test_basic(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.user = TEXT("Aladdin"); /* RFC 7617, 2 */
    kit.options.password = TEXT("open sesame");
    kit_open(&kit);
    assert_string_equal(kit_header(kit_ask(&kit, ADAPTER_WITHDRAW, 0), "Authorization"),
                        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    kit_close(&kit);
}

/* No place can begin another header. */
static void test_headers_stay_lines(void **state)
{
    char *more[] = {TEXT("X-Text: {text:raw}"), TEXT("X-Url: {text}")};
    const struct ask *ask;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.headers = (struct option_strings){.items = more, .n = 2};
    kit.job.text = "a\r\nX: 1";
    kit_open(&kit);
    ask = kit_ask(&kit, ADAPTER_SUBMIT, 0);
    assert_string_equal(kit_header(ask, "X-Text"), "a  X: 1");
    assert_string_equal(kit_header(ask, "X-Url"), "a%0D%0AX%3A%201");
    kit_close(&kit);
}

static void test_what_gbk_does_not_have_is_refused_unsent(void **state)
{
    const struct verdict *verdict;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.charset = WEBHOOK_GBK;
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{\"t\":\"{text}\"}");
    kit.job.text = "宪法ཁྲིམས";
    kit_open(&kit);
    assert_true(kit_ask(&kit, ADAPTER_SUBMIT, 0)->nothing);
    verdict = kit_hear(&kit, 0, "");
    assert_int_equal(verdict->result.outcome.kind, OUTCOME_REJECTED);
    assert_string_equal(verdict->result.outcome.detail, "GBK does not have the character \"ཁ\"");
    assert_true(verdict->healthy);
    kit.job.text = "宪法";
    assert_false(kit_ask(&kit, ADAPTER_SUBMIT, 0)->nothing);
    assert_string_equal(buffer_text(&kit.ask.body), "{\"t\":\"\xcf\xdc\xb7\xa8\"}");
    kit_close(&kit);
}

static void test_probes(void **state)
{
    const struct ask *ask;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.job = (struct adapter_job){.verb = ADAPTER_PROBE};
    kit_open(&kit);
    assert_true(kit_ask(&kit, ADAPTER_PROBE, 0)->nothing); /* a reply would tell nothing */
    kit.job.want = LEVEL_ACCEPTED;
    ask = kit_ask(&kit, ADAPTER_PROBE, 0);
    assert_string_equal(ask->method, "OPTIONS"); /* nothing that a platform could act on */
    assert_false(ask->changes || ask->has_body || ask->nothing);
    assert_string_equal(buffer_text(&ask->path), "");
    assert_string_equal(kit_header(ask, "lawcast-event"), "board.probe");
    assert_null(kit_header(ask, "lawcast-name"));
    kit_close(&kit);
    kit_make(&kit);
    kit.job = (struct adapter_job){.verb = ADAPTER_PROBE};
    kit.options.calls[ADAPTER_PROBE].path = TEXT("/state");
    kit_open(&kit);
    ask = kit_ask(&kit, ADAPTER_PROBE, 0);
    assert_false(ask->nothing);
    assert_string_equal(ask->method, "GET");
    assert_string_equal(buffer_text(&ask->path), "/state");
    kit_close(&kit);
}

static void test_levels(void **state)
{
    const struct traits *traits = adapter_find("webhook")->kind.traits;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    assert_int_equal(traits->level_most(&kit.options, true), LEVEL_ACCEPTED);
    kit.options.calls[ADAPTER_VERIFY].path = TEXT("/v/{name}");
    assert_int_equal(traits->level_most(&kit.options, true), LEVEL_STORED);
    kit.options.verify_level = 1;
    assert_int_equal(traits->level_most(&kit.options, true), LEVEL_PLAYING);
    kit.options.verify_picture = TEXT("/p");
    assert_int_equal(traits->level_most(&kit.options, true), LEVEL_SCREENSHOT);
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{callback}");
    assert_int_equal(traits->level_most(&kit.options, true), LEVEL_LOGGED);
    assert_int_equal(traits->level_most(&kit.options, false), LEVEL_SCREENSHOT);
    kit.options.verify_by = WEBHOOK_BY_CALL;
    assert_int_equal(traits->level_most(&kit.options, false), LEVEL_ACCEPTED);
}

/* Only who is told when it ends can end it. */
static void test_windows(void **state)
{
    const struct traits *traits = adapter_find("webhook")->kind.traits;
    static char *headers[] = {(char *)(uintptr_t) "X-End: {until}"};
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{text}");
    assert_int_equal(traits->window_s(&kit.options, false), 0);
    kit.options.calls[ADAPTER_WITHDRAW].body = TEXT("{until}");
    assert_int_equal(traits->window_s(&kit.options, false), 0);
    kit.options.headers = (struct option_strings){headers, 1};
    assert_int_equal(traits->window_s(&kit.options, true), 1);
    kit.options.headers = (struct option_strings){0};
    kit.options.calls[ADAPTER_SUBMIT].path = TEXT("/show?end={until:s}");
    assert_int_equal(traits->window_s(&kit.options, false), 1);
    kit.options.calls[ADAPTER_SUBMIT].path = NULL;
    kit.options.calls[ADAPTER_SUBMIT].body = TEXT("{until}");
    assert_int_equal(traits->window_s(&kit.options, false), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_request),
        cmocka_unit_test(test_pictures_go_as_base64),
        cmocka_unit_test(test_message_ids),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_standard_signature),
        cmocka_unit_test(test_recipe),
        cmocka_unit_test(test_basic),
        cmocka_unit_test(test_headers_stay_lines),
        cmocka_unit_test(test_what_gbk_does_not_have_is_refused_unsent),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_levels),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
