/* test_webhook: what a platform gets to read, and what is said when there is nobody to ask. */
#include "tests/unit/server.h"

#include <stdio.h>
#include <time.h>

#include "gateway/model/outcome.h"
#include "adapters/display/webhook.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

struct visit {
    struct webhook_options options;
    struct adapter_job job;
    struct adapter_result result;
    unsigned ready, done, stopped;
    bool inside;
    enum { STOP_WHEN_DONE, STOP_AT_ONCE, STOP_WHEN_SENT } stop;
    void *state;
    struct buffer request;
};

static void visit_on_ready(void *ctx, bool ready, const char *why)
{
    (void)why;
    ((struct visit *)ctx)->ready += ready;
}

static void visit_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct visit *visit = ctx;

    assert_false(visit->inside);
    assert_ptr_equal(job, &visit->job);
    visit->result = *result;
    visit->done++;
    if (visit->stop == STOP_WHEN_DONE)
        adapter_webhook.stop(visit->state);
}

static void visit_on_stopped(void *ctx)
{
    ((struct visit *)ctx)->stopped++;
}

static const struct adapter_events visit_events = {
    .ready = visit_on_ready,
    .done = visit_on_done,
    .stopped = visit_on_stopped,
};

static void answer_yes(struct connection *connection)
{
    connection_respond(connection, "200 OK", "");
}

static void visit_make(struct visit *visit)
{
    *visit = (struct visit){
        .options = {.calls = {{.status = 200}, {.status = 200}, {.method = 2, .status = 200}},
                    .content_type = TEXT("application/json")},
        .job = {.text = "宪法", .name = "lawcast-1", .until_ms = 60000},
    };
}

static int visit_init(struct visit *visit, struct server *server, struct board *board)
{
    struct adapter_env env = {.loop = &server->loop,
                              .http = server->http,
                              .board = board,
                              .events = &visit_events,
                              .ctx = visit};
    char why[300] = "";
    int rc;

    visit->state = mem_alloc(1, adapter_webhook.state_size);
    rc = adapter_webhook.init(visit->state, &env, why, sizeof why);
    assert_int_equal(rc < 0, *why != '\0');
    return rc;
}

static void visit_pay(struct visit *visit, enum adapter_verb verb,
                      void (*answer)(struct connection *connection))
{
    struct server server;
    char url[64];
    struct board board = {.id = TEXT("plaza"),
                          .options = &visit->options,
                          .url = url,
                          .timeout_ms = answer == answer_never ? 200 : 20000};

    server_open(&server, answer);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/api/", server.port);
    assert_int_equal(visit_init(visit, &server, &board), 0);
    assert_int_equal(adapter_webhook.start(visit->state), 0);
    while (!visit->ready)
        uv_run(&server.loop, UV_RUN_NOWAIT);
    visit->job.verb = verb;
    visit->inside = true;
    assert_int_equal(verb == ADAPTER_VERIFY ? adapter_webhook.verify(visit->state, &visit->job)
                                            : adapter_webhook.submit(visit->state, &visit->job),
                     0);
    if (visit->stop == STOP_WHEN_SENT)
        server_run_until(&server, &server.n_held, 1);
    if (visit->stop != STOP_WHEN_DONE)
        adapter_webhook.stop(visit->state);
    visit->inside = false;
    server_run_until(&server, &visit->stopped, 1);
    assert_int_equal(visit->done, 1);
    adapter_webhook.fini(visit->state);
    free(visit->state);
    buffer_add(&visit->request, server.last.data, server.last.length);
    server_close(&server);
}

static void test_what_is_sent(void **state)
{
    static const char *const lines[] = {
        "POST /api/boards/plaza?n=lawcast-1 HTTP/1.1\r\n",
        "\r\nwebhook-id: lawcast-1\r\n",
        "\r\nwebhook-timestamp: 1",
        "\r\nlawcast-event: slogan.publish\r\n",
        "\r\nContent-Type: application/json\r\n",
        "\r\nAuthorization: Bearer ",
        "\r\nX-Office: 1\r\n",
        "\r\n\r\n{\"t\":\"宪法\"}",
    };
    char *headers[] = {TEXT("X-Office: 1")};
    struct visit visit;
    char token[32];

    (void)state;
    snprintf(token, sizeof token, "made-at-%lld", (long long)time(NULL));
    visit_make(&visit);
    visit.options.token = token;
    visit.options.headers = (struct option_strings){.items = headers, .n = 1};
    visit.options.calls[ADAPTER_SUBMIT].path = TEXT("/boards/{board}?n={name}");
    visit.options.calls[ADAPTER_SUBMIT].body = TEXT("{\"t\":\"{text}\"}");
    visit_pay(&visit, ADAPTER_SUBMIT, answer_yes);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_SENT);
    assert_int_equal(visit.result.level, LEVEL_ACCEPTED);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(buffer_text(&visit.request), lines[i]));
    assert_non_null(strstr(buffer_text(&visit.request), token));
    buffer_free(&visit.request);
}

static void test_nobody_to_ask(void **state)
{
    struct visit visit;

    (void)state;
    visit_make(&visit);
    visit_pay(&visit, ADAPTER_VERIFY, answer_never);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_DEFERRED);
    assert_int_equal(visit.result.outcome.code, 0);
    assert_string_equal(visit.result.outcome.detail, "not configured");
    assert_int_equal(visit.request.length, 0);
    buffer_free(&visit.request);
}

static void test_no_answer_is_doubt(void **state)
{
    struct visit visit;

    (void)state;
    visit_make(&visit);
    visit_pay(&visit, ADAPTER_SUBMIT, answer_never);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_UNKNOWN);
    buffer_free(&visit.request);
}

static void test_stopping_tells_what_may_have_left(void **state)
{
    struct visit visit;

    (void)state;
    visit_make(&visit);
    visit.stop = STOP_AT_ONCE;
    visit_pay(&visit, ADAPTER_SUBMIT, answer_never);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_RETURNED);
    assert_int_equal(visit.request.length, 0);
    buffer_free(&visit.request);
    visit_make(&visit);
    visit.stop = STOP_WHEN_SENT;
    visit_pay(&visit, ADAPTER_SUBMIT, answer_never);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_UNKNOWN);
    buffer_free(&visit.request);
}

static void test_headers_that_are_none(void **state)
{
    static const char *const bad[] = {"",   "X",   "X-One",        ": 1",    "X One: 1",
                                      "X:", "X: ", "X: 1\r\nY: 2", "X: \x7F"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad + 2; i++) {
        char *headers[] = {TEXT(i < sizeof bad / sizeof *bad ? bad[i] : "X: 1")};
        struct board board = {.id = TEXT("plaza"), .url = TEXT("http://192.0.2.1")};
        struct server server;
        struct visit visit;

        server_open(&server, answer_yes);
        visit_make(&visit);
        board.options = &visit.options;
        visit.options.headers = (struct option_strings){.items = headers, .n = 1};
        if (i == sizeof bad / sizeof *bad)
            visit.options.token = TEXT("a\nX: 1");
        if (i > sizeof bad / sizeof *bad)
            visit.options.content_type = TEXT("a\r\nX: 1");
        assert_true(visit_init(&visit, &server, &board) < 0);
        adapter_webhook.fini(visit.state);
        free(visit.state);
        server_close(&server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_nobody_to_ask),
        cmocka_unit_test(test_no_answer_is_doubt),
        cmocka_unit_test(test_stopping_tells_what_may_have_left),
        cmocka_unit_test(test_headers_that_are_none),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
