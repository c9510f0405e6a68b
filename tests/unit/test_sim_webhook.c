/* test_sim_webhook: the simulated platform, and the webhook at work on it: signatures, recipes,
 * GBK, windows, tricks, calls. */
#include "tests/unit/webhook_kit.h"

#include <strings.h>
#include <time.h>

#include "tests/sim/webhook.h"

struct platform_desk {
    struct kit kit;
    struct board_spec spec;
    void *sim;
    size_t shown, hidden;
    int64_t last_t;
    char last_text[300];
    struct board_outcall calls[8]; /* copies: to be freed */
    char *bodies[8], *lines[8][3];
    size_t n_calls;
    unsigned status;
    struct buffer body; /* the last reply */
};

static void desk_view(void *ctx, const struct board_view *view)
{
    struct platform_desk *desk = ctx;

    *(view->shown ? &desk->shown : &desk->hidden) += 1;
    desk->last_t = view->t;
    snprintf(desk->last_text, sizeof desk->last_text, "%s", view->text);
}

static void desk_outcall(void *ctx, const struct board_outcall *call, int tag)
{
    struct platform_desk *desk = ctx;

    (void)tag;
    assert_true(desk->n_calls < 8);
    assert_string_equal(call->url, "http://192.0.2.9/call");
    desk->bodies[desk->n_calls] = mem_dup_n(call->body, call->length);
    for (size_t i = 0; i < 3; i++)
        desk->lines[desk->n_calls][i] = mem_dup(call->headers[1 + i]);
    desk->n_calls++;
}

static void desk_open(struct platform_desk *desk, const char *options)
{
    static const char *const rules[BOARD_VERBS][2] = {
        {"POST", "{\"code\":0}"}, {"POST", "{\"code\":0}"}, {"GET", "{\"name\":\"{name}\"}"}};
    const struct board_screen screen = {.view = desk_view, .outcall = desk_outcall, .ctx = desk};

    *desk = (struct platform_desk){.spec = {.id = TEXT("plaza"), .width = 64, .height = 32}};
    desk->spec.options = jv_parse(options, strlen(options), NULL);
    assert_non_null(desk->spec.options);
    for (int i = 0; i < BOARD_VERBS; i++)
        desk->spec.rules[i] = (struct board_rule){
            .method = TEXT(rules[i][0]), .status = 200, .body = TEXT(rules[i][1])};
    desk->sim = board_webhook.create(&desk->spec, &screen);
    kit_make(&desk->kit);
    desk->kit.board.url = TEXT("http://192.0.2.1/webhook/plaza");
    desk->kit.options.calls[ADAPTER_SUBMIT].body =
        TEXT("{\"text\":\"{text}\",\"from\":\"{from}\",\"until\":\"{until}\"}");
    desk->kit.options.calls[ADAPTER_VERIFY].path = TEXT("/v");
    desk->kit.options.calls[ADAPTER_VERIFY].pointer = TEXT("/name");
    desk->kit.options.calls[ADAPTER_VERIFY].equals = TEXT("{name}");
}

static void desk_close(struct platform_desk *desk)
{
    kit_close(&desk->kit);
    board_webhook.finish(desk->sim, desk->kit.talk.now_ms);
    board_webhook.release(desk->sim);
    jv_free(desk->spec.options);
    for (size_t i = 0; i < desk->n_calls; i++) {
        free(desk->bodies[i]);
        for (size_t k = 0; k < 3; k++)
            free(desk->lines[i][k]);
    }
    buffer_free(&desk->body);
}

static const char *desk_header(const struct board_request *request, const char *name)
{
    const struct ask *ask = request->ctx;
    size_t length = strlen(name);

    for (size_t i = 0; i < ask->n_headers; i++)
        if (strncasecmp(ask->headers[i], name, length) == 0 && ask->headers[i][length] == ':')
            return ask->headers[i] + length + 2;
    return NULL;
}

/* The last parameter of the query is the one that tests have. */
static const char *desk_query(const struct board_request *request, const char *name)
{
    const char *at = strrchr(buffer_text(&((const struct ask *)request->ctx)->path), '=');
    size_t length = strlen(name);

    return at && strncmp(at - length, name, length) == 0 ? at + 1 : NULL;
}

static void desk_send(struct platform_desk *desk)
{
    const struct ask *ask = &desk->kit.ask;
    const char *path = buffer_text(&ask->path);
    MEM_FREE_LATER char *plain = mem_dup_n(path, strcspn(path, "?"));
    struct board_request request = {.method = ask->method,
                                    .path = *plain ? plain : "/",
                                    .body = buffer_text(&ask->body),
                                    .length = ask->body.length,
                                    .header = desk_header,
                                    .query = desk_query,
                                    .ctx = (void *)(uintptr_t)ask};
    struct board_reply reply = {0};

    board_webhook.advance(desk->sim, desk->kit.talk.now_ms);
    board_webhook.request(desk->sim, &request, desk->kit.talk.now_ms, &reply);
    desk->status = reply.status;
    buffer_free(&desk->body);
    desk->body = reply.body;
}

/* One job, carried to its end or to where it waits for a call. */
static enum outcome_kind desk_do(struct platform_desk *desk, enum adapter_verb verb)
{
    const struct verdict *verdict;

    memmove(desk->kit.talk.nonce, desk->kit.talk.nonce + 1, 31); /* new for each request */
    desk->kit.talk.nonce[31] = desk->kit.talk.nonce[0] == '0' ? '1' : '0';
    kit_ask(&desk->kit, verb, 0);
    desk_send(desk);
    verdict = kit_hear(&desk->kit, (int)desk->status, buffer_text(&desk->body));
    return verdict->result.outcome.kind;
}

/* Delivers call number i; its status. */
static int desk_call(struct platform_desk *desk, size_t i, bool *awaited)
{
    const struct kit_call call = {
        .body = desk->bodies[i],
        .id = desk->lines[i][0] + strlen("webhook-id: "),
        .timestamp = desk->lines[i][1] + strlen("webhook-timestamp: "),
        .signature = desk->lines[i][2] ? desk->lines[i][2] + strlen("webhook-signature: ") : NULL,
    };

    assert_true(i < desk->n_calls);
    return kit_call(&desk->kit, &call, awaited);
}

static void test_a_slogans_life(void **state)
{
    struct platform_desk desk;

    (void)state;
    desk_open(&desk, "{}");
    kit_open(&desk.kit);
    desk.kit.job.want = LEVEL_ACCEPTED;
    assert_int_equal(desk_do(&desk, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(desk.shown, 1);
    assert_non_null(strstr(desk.last_text, "弘扬宪法精神"));
    assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(desk_do(&desk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(desk_do(&desk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(desk.hidden, 1);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT); /* again: no repetition */
    assert_int_equal(desk.shown, 2);
    board_webhook.advance(desk.sim, kit_from + 3600000); /* a gateway that died leaves nothing */
    assert_int_equal(desk.hidden, 2);
    assert_int_equal(desk.last_t, kit_from + 300000);
    desk_close(&desk);
}

static void test_liars(void **state)
{
    struct platform_desk desk;

    (void)state;
    desk_open(&desk, "{}");
    kit_open(&desk.kit);
    board_webhook.trick(desk.sim, TRICK_LIE, true, kit_from);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_REJECTED);
    board_webhook.trick(desk.sim, TRICK_LIE, false, kit_from);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT); /* has a new webhook-id */
    assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_SENT);
    desk_close(&desk);
}

static void test_gbk(void **state)
{
    struct platform_desk desk;

    (void)state;
    desk_open(&desk, "{}");
    desk.kit.options.charset = WEBHOOK_GBK;
    desk.kit.options.content_type = TEXT("application/json; charset=gbk");
    kit_open(&desk.kit);
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_non_null(strstr(desk.last_text, "弘扬宪法精神"));
    desk_close(&desk);
}

static void test_who_asks(void **state)
{
    static const char platform[] =
        "{\"user\":\"u\",\"password\":\"p\",\"key\":\"k\",\"key_header\":\"X-Key\","
        "\"secret\":\"made-up\"}";
    char *right[] = {TEXT("older"), TEXT("made-up")}, *wrong[] = {TEXT("made-down")};

    (void)state;
    for (int fault = 0; fault < 4; fault++) {
        struct platform_desk desk;

        desk_open(&desk, platform);
        desk.kit.options.user = TEXT("u");
        desk.kit.options.password = TEXT(fault == 1 ? "q" : "p");
        desk.kit.options.key = TEXT(fault == 2 ? "l" : "k");
        desk.kit.options.key_header = TEXT("X-Key");
        desk.kit.options.secret =
            (struct option_strings){.items = fault == 3 ? wrong : right, .n = fault == 3 ? 1 : 2};
        kit_open(&desk.kit);
        assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), fault ? OUTCOME_DEFERRED : OUTCOME_SENT);
        assert_int_equal(desk.status, fault ? 401 : 200);
        desk.kit.talk.now_ms += 301000;
        board_webhook.skew(desk.sim, fault ? 0 : -302000, desk.kit.talk.now_ms);
        assert_int_equal(desk_do(&desk, ADAPTER_WITHDRAW), OUTCOME_DEFERRED); /* its clock is off */
        desk_close(&desk);
    }
}

static void test_recipes(void **state)
{
    static const char *const signs[] = {"none",     "md5",       "sha1",        "sha256",  "sm3",
                                        "hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sm3"};
    static const char *const formats[] = {"hex", "HEX", "base64"};
    char *headers[] = {TEXT("X-Time: {now:s}"), TEXT("X-Nonce: {nonce}")};

    (void)state;
    for (int i = 1; i < 9; i++) {
        struct platform_desk desk;
        struct buffer options BUFFER_FREE_LATER = BUFFER_NULL;
        bool query = i % 2;

        buffer_printf(
            &options,
            "{\"sign\":\"%s\",\"sign_format\":\"%s\",\"sign_secret\":\"made-up\","
            "\"sign_parts\":\"{method}{path}{now:s}{nonce}{body}{secret}\",\"%s\":\"%s\"}",
            signs[i], formats[i % 2], query ? "sign_query" : "sign_header", "Sign");
        desk_open(&desk, buffer_text(&options));
        desk.kit.options.sign = i;
        desk.kit.options.sign_format = i % 2;
        desk.kit.options.sign_secret = TEXT("made-up");
        desk.kit.options.sign_parts = TEXT("{method}{path}{now:s}{nonce}{body}{secret}");
        *(query ? &desk.kit.options.sign_query : &desk.kit.options.sign_header) = TEXT("Sign");
        desk.kit.options.headers = (struct option_strings){.items = headers, .n = 2};
        kit_open(&desk.kit);
        assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
        assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_SENT);
        desk_send(&desk); /* the same request again */
        assert_int_equal(desk.status, 401);
        desk.kit.options.sign_secret = TEXT("made-down");
        assert_int_equal(desk_do(&desk, ADAPTER_VERIFY), OUTCOME_DEFERRED);
        assert_int_equal(desk.status, 401);
        desk_close(&desk);
    }
}

static void test_calls(void **state)
{
    char *secret[] = {TEXT("made-up")};
    struct platform_desk desk;
    bool awaited = false;

    (void)state;
    desk_open(&desk, "{\"secret\":\"made-up\",\"calls_twice\":\"yes\"}");
    desk.kit.options.secret = (struct option_strings){.items = secret, .n = 1};
    desk.kit.options.verify_by = WEBHOOK_BY_CALL;
    desk.kit.options.calls[ADAPTER_VERIFY] = (struct webhook_call_options){
        .method = 2,
        .status = 200,
        .path = TEXT("/v"),
        .body = TEXT("{\"callback\":\"{callback}\",\"picture\":true}")};
    desk.kit.options.calls[ADAPTER_SUBMIT].body =
        TEXT("{\"text\":\"{text}\",\"callback\":\"{callback}\"}");
    kit_open(&desk.kit);
    desk.kit.talk.callback = "http://192.0.2.9/call";
    assert_int_equal(desk_do(&desk, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(desk.n_calls, 2); /* "shown", and once more */
    assert_int_equal(desk_call(&desk, 0, NULL), 200);
    assert_int_equal(desk_call(&desk, 1, NULL), 200);
    assert_int_equal(desk.kit.n_proofs, 1);
    assert_int_equal(desk.kit.proofs[0].level, LEVEL_PLAYING);
    desk_do(&desk, ADAPTER_VERIFY);
    assert_int_equal(desk.kit.verdict.kind, VERDICT_AWAIT);
    assert_int_equal(desk_call(&desk, 2, &awaited), 200);
    assert_true(awaited);
    kit_ask(&desk.kit, ADAPTER_VERIFY, desk.kit.verdict.step);
    kit_hear(&desk.kit, 0, "");
    assert_int_equal(desk.kit.verdict.result.level, LEVEL_SCREENSHOT);
    desk.kit.talk.now_ms += 60000;
    assert_int_equal(desk_do(&desk, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(desk_call(&desk, 4, NULL), 200);
    assert_int_equal(desk.kit.n_proofs, 3);
    assert_int_equal(desk.kit.proofs[2].level, LEVEL_LOGGED);
    assert_int_equal(desk.kit.proofs[2].until_ms - desk.kit.proofs[2].from_ms, 60000);
    desk.bodies[5][2] ^= 1;
    assert_int_equal(desk_call(&desk, 5, NULL), 401);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slogans_life),
        cmocka_unit_test(test_liars),
        cmocka_unit_test(test_gbk),
        cmocka_unit_test(test_who_asks),
        cmocka_unit_test(test_recipes),
        cmocka_unit_test(test_calls),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
