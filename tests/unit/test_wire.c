/* test_wire: one question and one answer over TCP, against a server that behaves well or badly. */
#include "tests/unit/server.h"

#include <stdio.h>

#include "adapters/display/wire.h"

struct ear {
    struct server *server;
    unsigned calls;
    struct http_result result;
    struct buffer body, why;
};

/* Frames end with a line break. */
static size_t ear_whole(const char *bytes, size_t n)
{
    const char *end = memchr(bytes, '\n', n);

    return end ? (size_t)(end - bytes) + 1 : 0;
}

static void ear_on_result(void *ctx, const struct http_result *result)
{
    struct ear *ear = ctx;

    ear->calls++;
    ear->result = *result;
    buffer_add(&ear->body, result->body, result->body_length);
    assert_int_equal(result->body[result->body_length], '\0');
    buffer_add_text(&ear->why, result->why);
    uv_stop(&ear->server->loop);
}

static void ear_free(struct ear *ear)
{
    buffer_free(&ear->body);
    buffer_free(&ear->why);
}

static struct http_transfer *ear_ask(struct ear *ear, struct server *server, const char *host,
                                     int64_t timeout_ms)
{
    struct http_request request = {
        .url = "", .body = "a\0b", .body_length = 3, .timeout_ms = timeout_ms, .whole = ear_whole};
    char url[100];

    request.method = "";
    request.reply_most = 1000;
    snprintf(url, sizeof url, "tcp://%s:%d", host, server->port);
    request.url = url;
    *ear = (struct ear){.server = server};
    return http_start(server->http, &request, ear_on_result, ear);
}

static void answer_frame(struct connection *connection)
{
    buffer_add_text(&connection->out, "hello\nand more");
    connection_write(connection);
}

static void answer_half(struct connection *connection)
{
    buffer_add_text(&connection->out, "hel");
    connection_write(connection);
}

static void answer_by_closing(struct connection *connection)
{
    connection_close(connection);
}

static void answer_too_much(struct connection *connection)
{
    while (connection->out.length < 100000)
        buffer_add_text(&connection->out, "0123456789");
    connection_write(connection);
}

static void answer_too_late(struct connection *connection)
{
    while (connection->out.length < 1001)
        buffer_add_text(&connection->out, "0123456789");
    buffer_add_text(&connection->out, "\n");
    connection_write(connection);
}

static void test_fates(void **state)
{
    static const struct {
        void (*answer)(struct connection *connection);
        const char *host;
        int64_t timeout_ms;
        enum http_fate fate;
        const char *why;
    } cases[] = {
        {answer_frame, "127.0.0.1", 20000, HTTP_ANSWERED, ""},
        {answer_frame, "localhost", 20000, HTTP_ANSWERED, ""},
        {answer_half, "127.0.0.1", 20000, HTTP_IN_DOUBT,
         "the connection ended before the reply was complete"},
        {answer_by_closing, "127.0.0.1", 20000, HTTP_IN_DOUBT, NULL},
        {answer_too_much, "127.0.0.1", 20000, HTTP_IN_DOUBT, "the reply is too large"},
        {answer_too_late, "127.0.0.1", 20000, HTTP_IN_DOUBT, "the reply is too large"},
        {answer_never, "127.0.0.1", 150, HTTP_IN_DOUBT, "no reply in time"},
        {answer_frame, "[::1", 20000, HTTP_NOT_SENT, "the address is not tcp://host:port"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        struct ear ear;

        server_open(&server, cases[i].answer);
        server.raw = true;
        ear_ask(&ear, &server, cases[i].host, cases[i].timeout_ms);
        assert_int_equal(ear.calls, 0);
        server_run_until(&server, &ear.calls, 1);
        assert_int_equal(ear.result.fate, cases[i].fate);
        if (cases[i].why)
            assert_string_equal(buffer_text(&ear.why), cases[i].why);
        if (cases[i].fate == HTTP_ANSWERED) {
            assert_int_equal(ear.result.status, 200);
            assert_string_equal(buffer_text(&ear.body), "hello\n");
            assert_int_equal(server.last.length, 3);
            assert_memory_equal(server.last.data, "a\0b", 3);
        }
        ear_free(&ear);
        server_close(&server);
    }
}

static void test_nobody_listens(void **state)
{
    struct server server, gone;
    struct ear ear;

    (void)state;
    server_open(&gone, answer_frame);
    server_close(&gone);
    server_open(&server, answer_frame);
    server.port = gone.port;
    ear_ask(&ear, &server, "127.0.0.1", 20000);
    server_run_until(&server, &ear.calls, 1);
    assert_int_equal(ear.result.fate, HTTP_NOT_SENT);
    ear_free(&ear);
    server_close(&server);
}

static void test_taking_back(void **state)
{
    struct http_transfer *transfer;
    struct server server;
    struct ear ear;

    (void)state;
    server_open(&server, answer_never);
    server.raw = true;
    assert_true(http_cancel(ear_ask(&ear, &server, "127.0.0.1", 20000)));
    assert_true(http_cancel(ear_ask(&ear, &server, "localhost", 20000)));
    transfer = ear_ask(&ear, &server, "127.0.0.1", 20000);
    server_run_until(&server, &server.n_held, 1);
    assert_false(http_cancel(transfer));
    server_close(&server);
    assert_int_equal(ear.calls, 0);
    ear_free(&ear);
}

static void test_urls(void **state)
{
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"tcp://192.0.2.1:5005", "192.0.2.1"},
        {"tcp://strip.example:1", "strip.example"},
        {"tcp://[2001:db8::1]:65535", "2001:db8::1"},
        {"tcp://192.0.2.1", NULL},
        {"tcp://192.0.2.1:", NULL},
        {"tcp://192.0.2.1:0", NULL},
        {"tcp://192.0.2.1:65536", NULL},
        {"tcp://192.0.2.1:99999999999999999999", NULL},
        {"tcp://192.0.2.1:5005/", NULL},
        {"tcp://192.0.2.1:5005x", NULL},
        {"tcp://:5005", NULL},
        {"tcp://[]:5005", NULL},
        {"tcp://[::1:5005", NULL},
        {"tcp://::1:5005", NULL},
        {"tcp://user@192.0.2.1:5005", NULL},
        {"http://192.0.2.1:5005", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *host = wire_host_of(cases[i].url);

        assert_int_equal(http_tcp_url_is_valid(cases[i].url), cases[i].host != NULL);
        assert_int_equal(host != NULL, cases[i].host != NULL);
        if (host)
            assert_string_equal(host, cases[i].host);
        free(host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_taking_back),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
