/* http: the shared engine of all boards: one request, one answer, on the loop.
 * Runs: loop. libcurl itself is behind transfer.h, and frames over TCP behind wire.h.
 *
 * What it promises:
 *  - A started request gets exactly one callback, never from inside http_start, unless it is taken
 * back.
 *  - Its time-out runs from the moment at which it may use the network, name lookup included.
 *    Before that it may have to stand in line, which is outside libcurl, whose own limits let the
 *    time-out run while a request waits.
 *  - Whoever doesn't answer delays nobody else: there are 300 places for young requests. One that
 *    is still under way after 100 ms leaves its place to the next and goes on among the slow ones
 *    (up to 4,000, or what the limit of descriptors bears). A board that let its last request time
 *    out begins there.
 *  - Each request has a connection of its own. So libcurl never repeats a request on its own
 * account (it does so when a kept connection turns out to be dead), and "not sent" can be trusted.
 *  - No redirect is followed, no proxy is taken from the environment, TLS peers are verified, and a
 *    reply of more than HTTP_REPLY_MAX bytes is refused. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_HTTP_H
#define LAWCAST_ADAPTERS_DISPLAY_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/list.h"

enum { HTTP_REPLY_MAX = 256 * 1024, HTTP_PICTURE_MAX = 4 * 1024 * 1024 };

struct http;
struct http_transfer; /* a request under way: valid until its callback begins or http_cancel returns
                       */

struct http_request {
    const char *method;         /* "GET", "POST", ... */
    const char *url;            /* see http_url_is_valid */
    const char *const *headers; /* "Name: value", ended by NULL; NULL: none */
    const char *body;           /* NULL: none */
    size_t body_length;
    int64_t timeout_ms;
    size_t reply_most;   /* bytes, up to HTTP_PICTURE_MAX; 0: HTTP_REPLY_MAX */
    const char *ca_file; /* https: who may sign, in place of the system's; NULL */
    /* tcp://host:port: body goes out as it is, and this says how long the reply is that begins in
     * bytes; 0: it isn't complete yet. NULL: HTTP. */
    size_t (*whole)(const char *bytes, size_t n);
};

enum http_fate {
    HTTP_ANSWERED, /* a whole reply came: status, body */
    HTTP_NOT_SENT, /* certain: no byte of the request left */
    HTTP_IN_DOUBT, /* the other side may have acted on it */
};

struct http_result {
    enum http_fate fate;
    int status;             /* 0 unless ANSWERED */
    int64_t retry_after_ms; /* as the reply asks; 0: it doesn't */
    const char *why;        /* an English sentence part; "" when ANSWERED */
    const char *type;       /* Content-Type, "" when there is none; lent as the body is */
    const char *body;       /* NUL-terminated, "" at least; lent during the callback */
    size_t body_length;
};

typedef void http_callback(void *ctx, const struct http_result *result);

/* Is it http:// or https:// with a host? */
bool http_url_is_valid(const char *url);
/* Is it tcp://host:port and nothing more? */
bool http_tcp_url_is_valid(const char *url);

struct http *http_new(uv_loop_t *loop);
/* Copies all of the request. */
struct http_transfer *http_start(struct http *http, const struct http_request *request,
                                 http_callback *callback, void *ctx);
/* Takes the request back: no callback comes. True when it is certain that no byte of it left. */
bool http_cancel(struct http_transfer *transfer);
/* For ten thousand boards that want to begin at the same instant: due is called soon, for a few of
 * them in each turn of the loop; never from inside. */
struct http_turn {
    struct list link;
    void (*due)(struct http_turn *turn);
};
void http_turn_take(struct http *http, struct http_turn *turn);
void http_turn_leave(struct http_turn *turn); /* due isn't called any more, if it wasn't */
/* All requests must have ended. closed is called when the last handle is gone, never from
 * inside. */
void http_close(struct http *http, void (*closed)(void *ctx), void *ctx);
/* After closed. NULL is fine. */
void http_free(struct http *http);

#endif
