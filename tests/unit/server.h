/* server: an HTTP server in the test's own loop that answers as the test says, with an engine
 * beside it. Included once by each test of what speaks HTTP. */
#ifndef LAWCAST_TESTS_UNIT_SERVER_H
#define LAWCAST_TESTS_UNIT_SERVER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "adapters/display/http.h"

enum { SERVER_HELD = 450 };

struct server;

struct connection {
    uv_tcp_t tcp;
    uv_write_t write;
    struct server *server;
    struct buffer in, out;
};

/* answer decides when a whole request has come; what stays unanswered hangs. raw: whatever comes is
 * one. */
struct server {
    bool raw;
    uv_loop_t loop;
    uv_tcp_t listener;
    int port;
    void (*answer)(struct connection *connection);
    struct connection *held[SERVER_HELD];
    unsigned n_held, open, most_open;
    struct buffer last; /* request */
    struct http *http;
    void *ctx; /* the test's */
};

static void connection_on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;

    connection->server->open--;
    buffer_free(&connection->in);
    buffer_free(&connection->out);
    free(connection);
}

static void connection_close(struct connection *connection)
{
    if (!uv_is_closing((uv_handle_t *)&connection->tcp))
        uv_close((uv_handle_t *)&connection->tcp, connection_on_closed);
}

static void connection_on_written(uv_write_t *write, int status)
{
    (void)status;
    connection_close(write->data);
}

static void connection_write(struct connection *connection)
{
    uv_buf_t part = {.base = connection->out.data, .len = connection->out.length};

    connection->write.data = connection;
    assert_int_equal(uv_write(&connection->write, (uv_stream_t *)&connection->tcp, &part, 1,
                              connection_on_written),
                     0);
}

static inline void connection_respond(struct connection *connection, const char *head,
                                      const char *body)
{
    buffer_printf(&connection->out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head,
                  strlen(body), body);
    connection_write(connection);
}

/* Headers and as many bytes as they announce. */
static bool request_is_whole(const struct buffer *in)
{
    const char *end = strstr(buffer_text(in), "\r\n\r\n");
    const char *length = end ? strcasestr(buffer_text(in), "\r\nContent-Length:") : NULL;

    if (!end)
        return false;
    return in->length >=
           (size_t)(end + 4 - in->data) + (length ? strtoul(length + 17, NULL, 10) : 0);
}

static void connection_on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    (void)handle;
    *buf = (uv_buf_t){.base = mem_alloc(1, wanted), .len = wanted};
}

static void connection_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct connection *connection = stream->data;

    if (n > 0)
        buffer_add(&connection->in, buf->base, (size_t)n);
    free(buf->base);
    if (n < 0) {
        connection_close(connection);
        return;
    }
    if (!connection->server->raw && !request_is_whole(&connection->in))
        return;
    buffer_clear(&connection->server->last);
    buffer_add(&connection->server->last, connection->in.data, connection->in.length);
    connection->server->answer(connection);
}

static void server_on_connection(uv_stream_t *listener, int status)
{
    struct server *server = listener->data;
    struct connection *connection = mem_new(struct connection);

    assert_int_equal(status, 0);
    connection->server = server;
    uv_tcp_init(&server->loop, &connection->tcp);
    connection->tcp.data = connection;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&connection->tcp), 0);
    uv_read_start((uv_stream_t *)&connection->tcp, connection_on_alloc, connection_on_read);
    server->open++;
    if (server->open > server->most_open)
        server->most_open = server->open;
}

static void server_open(struct server *server, void (*answer)(struct connection *connection))
{
    struct sockaddr_in address;
    int length = sizeof address;

    *server = (struct server){.answer = answer};
    uv_loop_init(&server->loop);
    uv_tcp_init(&server->loop, &server->listener);
    server->listener.data = server;
    uv_ip4_addr("127.0.0.1", 0, &address);
    assert_int_equal(uv_tcp_bind(&server->listener, (const struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server->listener, 511, server_on_connection), 0);
    uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length);
    server->port = ntohs(address.sin_port);
    server->http = http_new(&server->loop);
}

static void server_close_handle(uv_handle_t *handle, void *ctx)
{
    const struct server *server = ctx;

    if (handle->type == UV_TCP && handle != (const uv_handle_t *)&server->listener)
        connection_close(handle->data);
}

static void server_on_http_closed(void *ctx)
{
    struct server *server = ctx;

    uv_close((uv_handle_t *)&server->listener, NULL);
    uv_walk(&server->loop, server_close_handle, server);
}

static void server_close(struct server *server)
{
    http_close(server->http, server_on_http_closed, server);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    assert_int_equal(server->open, 0);
    http_free(server->http);
    buffer_free(&server->last);
    assert_int_equal(uv_loop_close(&server->loop), 0);
}

static void server_run_until(struct server *server, const unsigned *what, unsigned value)
{
    while (*what < value)
        uv_run(&server->loop, UV_RUN_ONCE);
}

/* The answer that never comes. */
static void answer_never(struct connection *connection)
{
    connection->server->held[connection->server->n_held++] = connection;
}

#endif
