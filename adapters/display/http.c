/* http: the line, the name lookup and the time-out of every request. See http.h.
 * Runs: loop. */
#include "adapters/display/http.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/names.h"
#include "adapters/display/transfer.h"

enum {
    HTTP_UNDER_WAY = 300, /* enough for 10,000 boards, measured; each costs about 20 KiB */
    HTTP_PER_TURN = 32,   /* begun in one turn of the loop, which must stay quick */
    HTTP_LOOK_MS = 100,   /* how exactly the time-out of a name lookup is kept */
};

struct http {
    uv_timer_t pump, naming_timer;
    struct engine *engine;
    struct names *names;
    struct list queue, naming;
    unsigned under_way; /* naming and running */
    unsigned open;      /* timers, engine, names: what has not closed yet */
    bool closing;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* Queued (on the queue), naming (on that list) or running (has a transfer). */
struct http_transfer {
    struct list link;
    struct http *http;
    struct http_request request; /* owned copies */
    char **headers;
    struct names_wait wait;
    struct transfer *transfer;
    bool admitted;
    int64_t deadline_ms; /* monotonic, from admission on */
    http_callback *callback;
    void *ctx;
};

bool http_url_is_valid(const char *url)
{
    char *host = transfer_host_of(url);
    bool valid = host != NULL;

    free(host);
    return valid;
}

/* ---- a request's end ---- */

static void http_pump(uv_timer_t *timer);

static void http_transfer_free(struct http_transfer *transfer)
{
    for (char **header = transfer->headers; header && *header; header++)
        free(*header);
    free(transfer->headers);
    free((char *)(uintptr_t)transfer->request.method);
    free((char *)(uintptr_t)transfer->request.url);
    free((char *)(uintptr_t)transfer->request.body);
    free(transfer);
}

/* Gives its place to the next in line. */
static void http_transfer_detach(struct http_transfer *transfer)
{
    struct http *http = transfer->http;

    list_remove(&transfer->link);
    names_leave(&transfer->wait);
    if (transfer->admitted)
        http->under_way--;
    if (!list_is_empty(&http->queue))
        uv_timer_start(&http->pump, http_pump, 0, 0);
}

static void http_transfer_end(void *ctx, const struct http_result *result)
{
    struct http_transfer *transfer = ctx;

    http_transfer_detach(transfer);
    transfer->callback(transfer->ctx, result);
    http_transfer_free(transfer);
}

static void http_transfer_fail(struct http_transfer *transfer, const char *why)
{
    struct http_result result = {.fate = HTTP_NOT_SENT, .why = why, .body = ""};

    http_transfer_end(transfer, &result);
}

bool http_cancel(struct http_transfer *transfer)
{
    bool nothing_left = transfer->transfer ? transfer_break(transfer->transfer) : true;

    http_transfer_detach(transfer);
    http_transfer_free(transfer);
    return nothing_left;
}

/* ---- its way to the network ---- */

static void http_transfer_run(struct http_transfer *transfer, const char *address)
{
    struct transfer_order order = {
        .request = &transfer->request,
        .address = address,
        .timeout_ms = transfer->deadline_ms - clock_mono_ms(),
        .ended = http_transfer_end,
        .ctx = transfer,
    };

    transfer->transfer = transfer_begin(transfer->http->engine, &order);
}

static void http_on_name(struct names_wait *wait, const char *address, const char *why)
{
    struct http_transfer *transfer = LIST_ELEMENT(wait, struct http_transfer, wait);

    if (!address) {
        http_transfer_fail(transfer, why);
        return;
    }
    list_remove(&transfer->link);
    http_transfer_run(transfer, address);
}

/* Time-outs differ, so the whole list is looked at; a callback may change it, so it begins anew. */
static void http_on_naming_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int64_t now = clock_mono_ms();
    struct list *l = http->naming.next;

    while (l != &http->naming) {
        struct http_transfer *transfer = LIST_ELEMENT(l, struct http_transfer, link);

        l = l->next;
        if (transfer->deadline_ms <= now) {
            http_transfer_fail(transfer, "the host name was not resolved in time");
            l = http->naming.next;
        }
    }
    if (list_is_empty(&http->naming))
        uv_timer_stop(timer);
}

static bool http_host_is_literal(const char *host)
{
    unsigned char address[16];

    return strchr(host, ':') || uv_inet_pton(AF_INET, host, address) == 0;
}

static void http_transfer_name(struct http_transfer *transfer, const char *host)
{
    struct http *http = transfer->http;
    const char *address;
    int rc;

    if (http_host_is_literal(host)) {
        http_transfer_run(transfer, NULL);
        return;
    }
    rc = names_ask(http->names, host, &transfer->wait, &address);
    if (rc < 0) {
        http_transfer_fail(transfer, uv_strerror(rc));
        return;
    }
    if (rc > 0) {
        http_transfer_run(transfer, address);
        return;
    }
    list_append(&http->naming, &transfer->link);
    uv_timer_start(&http->naming_timer, http_on_naming_timer, HTTP_LOOK_MS, HTTP_LOOK_MS);
}

static void http_transfer_admit(struct http_transfer *transfer)
{
    char *host = transfer_host_of(transfer->request.url);

    transfer->deadline_ms = clock_mono_ms() + transfer->request.timeout_ms;
    transfer->admitted = true;
    transfer->http->under_way++;
    if (host)
        http_transfer_name(transfer, host);
    else
        http_transfer_fail(transfer, "the address is not an http:// or https:// URL");
    free(host);
}

static void http_pump(uv_timer_t *timer)
{
    struct http *http = timer->data;

    for (unsigned n = 0; n < HTTP_PER_TURN && http->under_way < HTTP_UNDER_WAY; n++) {
        struct list *link = list_take(&http->queue);

        if (!link)
            return;
        http_transfer_admit(LIST_ELEMENT(link, struct http_transfer, link));
    }
    /* 1 ms, as a timer of 0 would run again in this very turn. When all places are taken, the first
     * transfer that ends calls again. */
    if (!list_is_empty(&http->queue) && http->under_way < HTTP_UNDER_WAY)
        uv_timer_start(timer, http_pump, 1, 0);
}

static char **http_headers_copy(const char *const *headers)
{
    size_t n = 0;
    char **copy;

    while (headers && headers[n])
        n++;
    copy = mem_array(n + 1, char *);
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_dup(headers[i]);
    return copy;
}

struct http_transfer *http_start(struct http *http, const struct http_request *request,
                                 http_callback *callback, void *ctx)
{
    struct http_transfer *transfer = mem_new(struct http_transfer);

    LOG_ASSERT(!http->closing);
    LOG_ASSERT(request->timeout_ms > 0);
    transfer->http = http;
    transfer->headers = http_headers_copy(request->headers);
    transfer->request = (struct http_request){
        .method = mem_dup(request->method),
        .url = mem_dup(request->url),
        .headers = (const char *const *)transfer->headers,
        .body = request->body ? mem_dup_n(request->body, request->body_length) : NULL,
        .body_length = request->body ? request->body_length : 0,
        .timeout_ms = request->timeout_ms,
    };
    transfer->wait.answer = http_on_name;
    list_init(&transfer->wait.link);
    transfer->callback = callback;
    transfer->ctx = ctx;
    list_append(&http->queue, &transfer->link);
    uv_timer_start(&http->pump, http_pump, 0, 0);
    return transfer;
}

/* ---- the engine's life ---- */

struct http *http_new(uv_loop_t *loop)
{
    struct http *http = mem_new(struct http);

    http->engine = engine_new(loop);
    http->names = names_new(loop);
    list_init(&http->queue);
    list_init(&http->naming);
    uv_timer_init(loop, &http->pump);
    uv_timer_init(loop, &http->naming_timer);
    http->pump.data = http->naming_timer.data = http;
    http->open = 4;
    return http;
}

static void http_on_part_closed(void *ctx)
{
    struct http *http = ctx;

    if (--http->open == 0)
        http->closed(http->closed_ctx);
}

static void http_on_timer_closed(uv_handle_t *handle)
{
    http_on_part_closed(handle->data);
}

void http_close(struct http *http, void (*closed)(void *ctx), void *ctx)
{
    LOG_ASSERT(!http->closing);
    LOG_ASSERT(!http->under_way && list_is_empty(&http->queue));
    http->closing = true;
    http->closed = closed;
    http->closed_ctx = ctx;
    uv_close((uv_handle_t *)&http->pump, http_on_timer_closed);
    uv_close((uv_handle_t *)&http->naming_timer, http_on_timer_closed);
    engine_close(http->engine, http_on_part_closed, http);
    names_close(http->names, http_on_part_closed, http);
}

void http_free(struct http *http)
{
    if (!http)
        return;
    LOG_ASSERT(http->closing && !http->open);
    engine_free(http->engine);
    names_free(http->names);
    free(http);
}
