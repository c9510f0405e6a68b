/* test_http: the engine of the boards against a server in the same loop that behaves well or badly.
 */
#include <stdio.h>

#include "tests/unit/server.h"

enum { CROWD = SERVER_HELD, UNDER_WAY = 300 };

struct reply {
    struct server *server;
    unsigned calls;
    enum http_fate fate;
    int status;
    int64_t retry_after_ms;
    struct buffer body, why;
    struct http_transfer *victim; /* taken back when this one's reply comes */
};

static void reply_on_result(void *ctx, const struct http_result *result)
{
    struct reply *reply = ctx;

    reply->calls++;
    reply->fate = result->fate;
    reply->status = result->status;
    reply->retry_after_ms = result->retry_after_ms;
    buffer_add(&reply->body, result->body, result->body_length);
    buffer_add_text(&reply->why, result->why);
    if (reply->victim)
        http_cancel(reply->victim);
    uv_stop(&reply->server->loop); /* else a turn that ended it in its timers would wait for more */
}

static void reply_free(struct reply *reply)
{
    buffer_free(&reply->body);
    buffer_free(&reply->why);
}

static struct http_transfer *server_ask(struct server *server, const char *url_format,
                                        int64_t timeout_ms, struct reply *reply)
{
    struct http_request request = {.method = "GET", .timeout_ms = timeout_ms};
    char url[100];

    snprintf(url, sizeof url, "%s:%d/", url_format, server->port);
    request.url = url;
    reply->server = server;
    return http_start(server->http, &request, reply_on_result, reply);
}

/* ---- answers ---- */

static void answer_ok(struct connection *connection)
{
    connection_respond(connection, "200 OK", "hello");
}

static void answer_busy(struct connection *connection)
{
    connection_respond(connection, "429 Too Many Requests\r\nRetry-After: 7", "");
}

static void answer_elsewhere(struct connection *connection)
{
    connection_respond(connection, "302 Found\r\nLocation: /elsewhere", "");
}

static void answer_by_closing(struct connection *connection)
{
    connection_close(connection);
}

static void answer_half(struct connection *connection)
{
    buffer_add_text(&connection->out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    connection_write(connection);
}

/* Both endless: a body without an announced length, and headers. */
static void answer_too_much(struct connection *connection)
{
    buffer_add_text(&connection->out, "HTTP/1.1 200 OK\r\n\r\n");
    while (connection->out.length < 1024 * 1024)
        buffer_add_text(&connection->out, "0123456789012345678901234567890123456789");
    connection_write(connection);
}

static void answer_headers(struct connection *connection)
{
    buffer_add_text(&connection->out, "HTTP/1.1 200 OK\r\n");
    while (connection->out.length < 1024 * 1024)
        buffer_add_text(&connection->out, "X-More: 0123456789012345678901234567890123456789\r\n");
    connection_write(connection);
}

/* ---- tests ---- */

static void test_a_whole_exchange(void **state)
{
    static const char *const headers[] = {"X-One: 1", "Content-Type: text/plain", NULL};
    struct http_request request = {
        .method = "PUT", .headers = headers, .body = "a\0b", .body_length = 3, .timeout_ms = 20000};
    struct reply reply = {.calls = 0};
    struct server server;
    char url[100];

    (void)state;
    server_open(&server, answer_ok);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/a/;b=c/", server.port);
    request.url = url;
    reply.server = &server;
    http_start(server.http, &request, reply_on_result, &reply);
    memset(url, 'x', sizeof url - 1);
    assert_int_equal(reply.calls, 0);
    server_run_until(&server, &reply.calls, 1);
    assert_int_equal(reply.fate, HTTP_ANSWERED);
    assert_int_equal(reply.status, 200);
    assert_string_equal(buffer_text(&reply.body), "hello");
    assert_string_equal(buffer_text(&reply.why), "");
    assert_memory_equal(server.last.data, "PUT /a/;b=c/ HTTP/1.1\r\n", 23);
    assert_non_null(strstr(server.last.data, "\r\nX-One: 1\r\n"));
    assert_non_null(strstr(server.last.data, "\r\nContent-Type: text/plain\r\n"));
    assert_non_null(strstr(server.last.data, "\r\nContent-Length: 3\r\n"));
    assert_null(strcasestr(server.last.data, "\r\nExpect:"));
    assert_memory_equal(server.last.data + server.last.length - 3, "a\0b", 3);
    reply_free(&reply);
    server_close(&server);
}

static void test_fates(void **state)
{
    static const struct {
        void (*answer)(struct connection *connection);
        const char *url;
        int64_t timeout_ms;
        enum http_fate fate;
        int status;
        int64_t retry_after_ms;
    } cases[] = {
        {answer_ok, "http://localhost", 20000, HTTP_ANSWERED, 200, 0},
        {answer_ok, "http://127.1", 20000, HTTP_ANSWERED, 200, 0},
        {answer_busy, "http://127.0.0.1", 20000, HTTP_ANSWERED, 429, 7000},
        {answer_elsewhere, "http://127.0.0.1", 20000, HTTP_ANSWERED, 302, 0},
        {answer_never, "http://127.0.0.1", 150, HTTP_IN_DOUBT, 0, 0},
        {answer_never, "https://127.0.0.1", 150, HTTP_NOT_SENT, 0, 0},
        {answer_by_closing, "http://127.0.0.1", 20000, HTTP_IN_DOUBT, 0, 0},
        {answer_half, "http://127.0.0.1", 20000, HTTP_IN_DOUBT, 0, 0},
        {answer_too_much, "http://127.0.0.1", 20000, HTTP_IN_DOUBT, 0, 0},
        {answer_headers, "http://127.0.0.1", 20000, HTTP_IN_DOUBT, 0, 0},
        {answer_ok, "ftp://127.0.0.1", 20000, HTTP_NOT_SENT, 0, 0},
        {answer_ok, "http://", 20000, HTTP_NOT_SENT, 0, 0},
        /* a label of 64 letters: refused without asking anybody */
        {answer_ok, "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         20000, HTTP_NOT_SENT, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply reply = {.calls = 0};
        struct server server;

        server_open(&server, cases[i].answer);
        server_ask(&server, cases[i].url, cases[i].timeout_ms, &reply);
        server_run_until(&server, &reply.calls, 1);
        assert_int_equal(reply.fate, cases[i].fate);
        assert_int_equal(reply.status, cases[i].status);
        assert_int_equal(reply.retry_after_ms, cases[i].retry_after_ms);
        assert_int_equal(reply.why.length > 0, reply.fate != HTTP_ANSWERED);
        if (cases[i].answer == answer_too_much || cases[i].answer == answer_headers)
            assert_non_null(strstr(buffer_text(&reply.why), "larger than"));
        reply_free(&reply);
        server_close(&server);
    }
}

static void test_nobody_listens(void **state)
{
    struct reply reply = {.calls = 0};
    struct server server, gone;

    (void)state;
    server_open(&gone, answer_ok);
    server_close(&gone);
    server_open(&server, answer_ok);
    server.port = gone.port;
    server_ask(&server, "http://127.0.0.1", 20000, &reply);
    server_run_until(&server, &reply.calls, 1);
    assert_int_equal(reply.fate, HTTP_NOT_SENT);
    reply_free(&reply);
    server_close(&server);
}

static void test_taking_back(void **state)
{
    struct reply reply = {.calls = 0};
    struct server server;
    struct http_transfer *transfer;

    (void)state;
    server_open(&server, answer_never);
    assert_true(http_cancel(server_ask(&server, "http://127.0.0.1", 20000, &reply)));
    assert_true(http_cancel(server_ask(&server, "http://localhost", 20000, &reply)));
    transfer = server_ask(&server, "http://127.0.0.1", 20000, &reply);
    server_run_until(&server, &server.n_held, 1);
    assert_false(http_cancel(transfer));
    server_close(&server);
    assert_int_equal(reply.calls, 0);
    reply_free(&reply);
}

/* A callback takes another request back: the one whose answer came with its own, and one that
 * waits. */
static void test_taking_back_from_a_callback(void **state)
{
    struct reply first = {.calls = 0}, second = {.calls = 0};
    struct server server;

    (void)state;
    server_open(&server, answer_ok);
    first.victim = server_ask(&server, "http://127.0.0.1", 20000, &second);
    server_ask(&server, "http:", 20000, &first);
    server_run_until(&server, &first.calls, 1);
    server_close(&server);
    assert_int_equal(second.calls, 0);
    reply_free(&first);
    reply_free(&second);
}

static void crowd_on_result(void *ctx, const struct http_result *result)
{
    unsigned *done = ctx;

    assert_int_equal(result->fate, HTTP_ANSWERED);
    (*done)++;
}

/* Holds all until the places are taken, then lets them go one after the other. */
static void answer_when_full(struct connection *connection)
{
    struct server *server = connection->server;

    answer_never(connection);
    if (server->n_held == UNDER_WAY)
        for (unsigned i = 0; i < server->n_held; i++)
            answer_ok(server->held[i]);
    else if (server->n_held > UNDER_WAY)
        answer_ok(connection);
}

static void test_no_more_than_300_at_once(void **state)
{
    struct http_request request = {.method = "GET", .timeout_ms = 60000};
    struct server server;
    unsigned done = 0;
    char url[100];

    (void)state;
    server_open(&server, answer_when_full);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    request.url = url;
    for (unsigned i = 0; i < CROWD; i++)
        http_start(server.http, &request, crowd_on_result, &done);
    server_run_until(&server, &server.n_held, UNDER_WAY);
    assert_int_equal(server.most_open, UNDER_WAY);
    server_run_until(&server, &done, CROWD);
    assert_int_equal(server.n_held, CROWD);
    server_close(&server);
}

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        bool valid;
    } cases[] = {
        {"http://192.0.2.10", true},
        {"https://board.example/x", true},
        {"http://[2001:db8::1]:8080", true},
        {"HTTP://192.0.2.10", true},
        {"ftp://192.0.2.10", false},
        {"192.0.2.10", false},
        {"http://", false},
        {"", false},
        {"http://a b/", false},
        {"file:///etc/passwd", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(http_url_is_valid(cases[i].url), cases[i].valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_exchange),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_taking_back),
        cmocka_unit_test(test_taking_back_from_a_callback),
        cmocka_unit_test(test_no_more_than_300_at_once),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
