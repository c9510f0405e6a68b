/* test_http: the engine of the boards against a server in the same loop that behaves well or badly.
 */
#include <stdio.h>

#include "gateway/base/clock.h"
#include "tests/unit/server.h"

enum { CROWD = SERVER_HELD, PLACES = 300, HUNG_MS = 1500 };

/* The engine's clock, which stands still on demand: else a slow machine makes requests old. The
 * linker puts it between (Makefile). */
static int64_t stopped_at_ms; /* 0: it runs */

int64_t __real_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void);

int64_t __wrap_clock_mono_ms(void)
{
    return stopped_at_ms ? stopped_at_ms : __real_clock_mono_ms();
}

struct reply {
    struct server *server;
    unsigned calls;
    enum http_fate fate;
    int status;
    int64_t retry_after_ms;
    struct buffer body, why, type;
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
    buffer_add_text(&reply->type, result->type);
    if (reply->victim)
        http_cancel(reply->victim);
    uv_stop(&reply->server->loop); /* else a turn that ended it in its timers would wait for more */
}

static void reply_free(struct reply *reply)
{
    buffer_free(&reply->body);
    buffer_free(&reply->why);
    buffer_free(&reply->type);
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
    connection_respond(connection, "200 OK\r\nContent-Type: text/x-hello", "hello");
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
    assert_string_equal(buffer_text(&reply.type), "text/x-hello");
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

/* ---- places ---- */

static void crowd_on_result(void *ctx, const struct http_result *result)
{
    unsigned *done = ctx;

    assert_int_equal(result->fate, HTTP_ANSWERED);
    (*done)++;
}

static void hung_on_result(void *ctx, const struct http_result *result)
{
    unsigned *done = ctx;

    assert_int_equal(result->fate, HTTP_IN_DOUBT);
    (*done)++;
}

static void crowd_start(struct server *server, const char *host, unsigned n, int64_t timeout_ms,
                        http_callback *callback, unsigned *done)
{
    struct http_request request = {.method = "GET", .timeout_ms = timeout_ms};
    char url[100];

    snprintf(url, sizeof url, "http://%s:%d/%s", host, server->port,
             callback == hung_on_result ? "hang" : "");
    request.url = url;
    while (n--)
        http_start(server->http, &request, callback, done);
}

static void answer_unless_hung(struct connection *connection)
{
    if (strstr(buffer_text(&connection->in), "/hang"))
        answer_never(connection);
    else
        answer_ok(connection);
}

/* All places are taken by boards that never answer. */
static void test_the_hung_leave_their_places(void **state)
{
    unsigned hung = 0, well = 0;
    struct server server;

    (void)state;
    server_open(&server, answer_unless_hung);
    stopped_at_ms = __real_clock_mono_ms(); /* none of them is to be old before all are there */
    crowd_start(&server, "127.0.0.1", PLACES, 60000, hung_on_result, &hung);
    crowd_start(&server, "localhost", CROWD - PLACES, 60000, crowd_on_result, &well);
    server_run_until(&server, &server.n_held, PLACES);
    assert_int_equal(server.most_open, PLACES);
    assert_int_equal(well, 0);
    stopped_at_ms = 0;
    server_run_until(&server, &well, CROWD - PLACES);
    assert_int_equal(hung, 0);
    for (unsigned i = 0; i < server.n_held; i++)
        connection_close(server.held[i]);
    server_run_until(&server, &hung, PLACES);
    server_close(&server);
}

static void answer_and_count(struct connection *connection)
{
    struct server *server = connection->server;

    if (!strstr(buffer_text(&connection->in), "/hang"))
        *(unsigned *)server->ctx = server->n_held;
    answer_unless_hung(connection);
}

/* A board that let time run out doesn't get a young place again: who comes after so many requests
 * to it is served before them. */
static void test_the_hung_begin_among_the_slow(void **state)
{
    unsigned hung = 0, well = 0, again = 0, held_before = 0;
    struct server server;

    (void)state;
    server_open(&server, answer_and_count);
    server.ctx = &held_before;
    crowd_start(&server, "localhost", 1, HUNG_MS, hung_on_result, &hung);
    server_run_until(&server, &hung, 1);
    crowd_start(&server, "localhost", PLACES, 60000, hung_on_result, &again);
    crowd_start(&server, "127.0.0.1", 1, 60000, crowd_on_result, &well);
    server_run_until(&server, &well, 1);
    assert_true(held_before < PLACES / 2);
    server_run_until(&server, &server.n_held, PLACES + 1);
    for (unsigned i = 1; i < server.n_held; i++)
        connection_close(server.held[i]);
    server_run_until(&server, &again, PLACES);
    crowd_start(&server, "localhost", 1, 60000, crowd_on_result, &well); /* it is back */
    server_run_until(&server, &well, 2);
    server_close(&server);
}

static void test_caps(void **state)
{
    static const struct {
        size_t most;
        enum http_fate fate;
        const char *why;
    } cases[] = {
        {0, HTTP_IN_DOUBT, "the reply is larger than 256 KiB"},
        {512 * 1024, HTTP_IN_DOUBT, "the reply is larger than 512 KiB"},
        {HTTP_PICTURE_MAX, HTTP_ANSWERED, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_request request = {
            .method = "GET", .timeout_ms = 20000, .reply_most = cases[i].most};
        struct reply reply = {.calls = 0};
        struct server server;
        char url[64];

        server_open(&server, answer_too_much);
        snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
        request.url = url;
        reply.server = &server;
        http_start(server.http, &request, reply_on_result, &reply);
        server_run_until(&server, &reply.calls, 1);
        assert_int_equal(reply.fate, cases[i].fate);
        assert_string_equal(buffer_text(&reply.why), cases[i].why);
        reply_free(&reply);
        server_close(&server);
    }
}

/* ---- turns ---- */

struct turn {
    struct http_turn turn;
    unsigned *due;
};

/* Has a lot to do. */
static void turn_on_due(struct http_turn *turn)
{
    int64_t until_us = clock_mono_us() + 1000;

    while (clock_mono_us() < until_us)
        ;
    ++*LIST_ELEMENT(turn, struct turn, turn)->due;
}

static void test_turns_come_few_at_a_time(void **state)
{
    enum { TURNS = 20, AT_ONCE = 4 };
    struct turn turns[TURNS];
    unsigned due = 0, before;
    struct server server;

    (void)state;
    server_open(&server, answer_ok);
    for (unsigned i = 0; i < TURNS; i++) {
        turns[i] = (struct turn){.turn = {.due = turn_on_due}, .due = &due};
        http_turn_take(server.http, &turns[i].turn);
    }
    assert_int_equal(due, 0);
    http_turn_leave(&turns[0].turn);
    while (due < TURNS - 1) {
        before = due;
        uv_run(&server.loop, UV_RUN_NOWAIT);
        assert_true(due - before <= AT_ONCE);
    }
    http_turn_leave(&turns[1].turn); /* it was due */
    server_close(&server);
    assert_int_equal(due, TURNS - 1);
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
        cmocka_unit_test(test_the_hung_leave_their_places),
        cmocka_unit_test(test_the_hung_begin_among_the_slow),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_turns_come_few_at_a_time),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
