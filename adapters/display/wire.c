/* wire: one question and one answer over TCP. See wire.h.
 * Runs: loop. */
#include "adapters/display/wire.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum { WIRE_CHUNK = 16384, WIRE_PORT_MAX = 65535 };

struct wires {
    uv_loop_t *loop;
    uv_async_t gone; /* tells that all is closed from the loop, also when nothing was ever begun */
    unsigned under_way;
    unsigned handles;       /* those of exchanges that are over close a turn later */
    char chunk[WIRE_CHUNK]; /* libuv reads for one connection at a time */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

struct wire {
    struct wires *wires;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_connect_t connect;
    uv_write_t write;
    const struct http_request *request;
    struct buffer question; /* a copy: libuv may hold it longer than the exchange lasts */
    struct buffer reply;
    bool asked; /* the question may have left */
    unsigned handles;
    char why[64];
    http_callback *ended;
    void *ctx;
};

/* ---- tcp://host:port ---- */

/* The port, or 0: it isn't such a URL. *host is not ended by a NUL. */
static unsigned wire_parse(const char *url, const char **host, size_t *length)
{
    const char *colon, *port;
    unsigned number = 0;

    if (strncmp(url, "tcp://", 6) != 0)
        return 0;
    *host = url + 6;
    colon = strrchr(*host, ':');
    if (!colon || colon == *host || strpbrk(*host, "/?#@ "))
        return 0;
    *length = (size_t)(colon - *host);
    if (**host == '[' && (*length < 3 || colon[-1] != ']'))
        return 0;
    if (**host == '[') {
        (*host)++;
        *length -= 2;
    } else if (memchr(*host, ':', *length)) {
        return 0;
    }
    for (port = colon + 1; *port >= '0' && *port <= '9' && number <= WIRE_PORT_MAX; port++)
        number = number * 10 + (unsigned)(*port - '0');
    return *port || number > WIRE_PORT_MAX ? 0 : number;
}

char *wire_host_of(const char *url)
{
    const char *host;
    size_t length;

    return wire_parse(url, &host, &length) ? mem_dup_n(host, length) : NULL;
}

static int wire_target(const char *url, const char *address, struct sockaddr_storage *out)
{
    const char *host;
    size_t length;
    int port = (int)wire_parse(url, &host, &length);

    if (strchr(address, ':'))
        return uv_ip6_addr(address, port, (struct sockaddr_in6 *)out);
    return uv_ip4_addr(address, port, (struct sockaddr_in *)out);
}

/* ---- the end ---- */

static void wire_on_closed(uv_handle_t *handle)
{
    struct wire *wire = handle->data;
    struct wires *wires = wire->wires;

    if (--wire->handles)
        return;
    buffer_free(&wire->question);
    buffer_free(&wire->reply);
    free(wire);
    wires->handles--;
    if (wires->closed)
        uv_async_send(&wires->gone);
}

static void wire_close(struct wire *wire)
{
    wire->wires->under_way--;
    uv_close((uv_handle_t *)&wire->tcp, wire_on_closed);
    uv_close((uv_handle_t *)&wire->timer, wire_on_closed);
}

static void wire_fail(struct wire *wire, const char *why)
{
    struct http_result result = {
        .fate = wire->asked ? HTTP_IN_DOUBT : HTTP_NOT_SENT,
        .why = why,
        .type = "",
        .body = "",
    };

    wire_close(wire);
    wire->ended(wire->ctx, &result);
}

static void wire_succeed(struct wire *wire, size_t length)
{
    struct http_result result = {
        .fate = HTTP_ANSWERED, .status = 200, .why = "", .type = "", .body_length = length};

    wire->reply.data[length] = '\0';
    result.body = wire->reply.data;
    wire_close(wire);
    wire->ended(wire->ctx, &result);
}

bool wire_break(struct wire *wire)
{
    bool nothing = !wire->asked;

    wire_close(wire);
    return nothing;
}

/* ---- the exchange ---- */

static void wire_on_timer(uv_timer_t *timer)
{
    struct wire *wire = timer->data;

    if (*wire->why)
        wire_fail(wire, wire->why);
    else
        wire_fail(wire, wire->asked ? "no reply in time" : "no connection in time");
}

static void wire_on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    const struct wire *wire = handle->data;

    (void)wanted;
    *buf = uv_buf_init(wire->wires->chunk, WIRE_CHUNK);
}

static void wire_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct wire *wire = stream->data;
    size_t most = wire->request->reply_most ? wire->request->reply_most : HTTP_REPLY_MAX;
    size_t length;

    if (n < 0) {
        wire_fail(wire, n == UV_EOF ? "the connection ended before the reply was complete"
                                    : uv_strerror((int)n));
        return;
    }
    buffer_add(&wire->reply, buf->base, (size_t)n);
    length = wire->reply.length ? wire->request->whole(wire->reply.data, wire->reply.length) : 0;
    LOG_ASSERT(length <= wire->reply.length);
    if (length > most || (!length && wire->reply.length > most))
        wire_fail(wire, "the reply is too large");
    else if (length)
        wire_succeed(wire, length);
}

/* A failure also shows in the reading, which may have the reply already. */
static void wire_on_written(uv_write_t *write, int status)
{
    (void)write;
    (void)status;
}

static void wire_on_connected(uv_connect_t *connect, int status)
{
    struct wire *wire = connect->data;
    uv_stream_t *stream = (uv_stream_t *)&wire->tcp;
    uv_buf_t question;
    int rc = status;

    if (rc == UV_ECANCELED) /* it was broken off */
        return;
    if (rc == 0)
        rc = uv_read_start(stream, wire_on_alloc, wire_on_read);
    if (rc == 0) {
        question = uv_buf_init(wire->question.data, (unsigned)wire->question.length);
        wire->asked = wire->question.length > 0;
        rc = wire->asked ? uv_write(&wire->write, stream, &question, 1, wire_on_written) : 0;
    }
    if (rc)
        wire_fail(wire, uv_strerror(rc));
}

struct wire *wire_begin(struct wires *wires, const struct wire_order *order)
{
    struct wire *wire = mem_new(struct wire);
    struct sockaddr_storage target;
    int rc = wire_target(order->request->url, order->address, &target);

    wire->wires = wires;
    wire->request = order->request;
    wire->ended = order->ended;
    wire->ctx = order->ctx;
    if (order->request->body)
        buffer_add(&wire->question, order->request->body, order->request->body_length);
    uv_tcp_init(wires->loop, &wire->tcp);
    uv_timer_init(wires->loop, &wire->timer);
    wire->tcp.data = wire->timer.data = wire->connect.data = wire;
    wire->handles = 2;
    wires->handles++;
    wires->under_way++;
    if (rc == 0)
        rc = uv_tcp_connect(&wire->connect, &wire->tcp, (const struct sockaddr *)&target,
                            wire_on_connected);
    if (rc == 0) {
        uv_tcp_nodelay(&wire->tcp, 1);
    } else {
        uv_strerror_r(rc, wire->why, sizeof wire->why);
    }
    uv_timer_start(&wire->timer, wire_on_timer,
                   rc || order->timeout_ms < 0 ? 0 : (uint64_t)order->timeout_ms, 0);
    return wire;
}

/* ---- life ---- */

static void wires_on_async_closed(uv_handle_t *handle)
{
    struct wires *wires = handle->data;

    wires->closed(wires->closed_ctx);
}

static void wires_on_gone(uv_async_t *gone)
{
    struct wires *wires = gone->data;

    if (wires->closed && !wires->handles && !uv_is_closing((uv_handle_t *)gone))
        uv_close((uv_handle_t *)gone, wires_on_async_closed);
}

struct wires *wires_new(uv_loop_t *loop)
{
    struct wires *wires = mem_new(struct wires);

    wires->loop = loop;
    uv_async_init(loop, &wires->gone, wires_on_gone);
    uv_unref((uv_handle_t *)&wires->gone);
    wires->gone.data = wires;
    return wires;
}

void wires_close(struct wires *wires, void (*closed)(void *ctx), void *ctx)
{
    LOG_ASSERT(!wires->under_way && !wires->closed);
    wires->closed = closed;
    wires->closed_ctx = ctx;
    uv_ref((uv_handle_t *)&wires->gone);
    uv_async_send(&wires->gone);
}

void wires_free(struct wires *wires)
{
    free(wires);
}
