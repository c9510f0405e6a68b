/* http: the lines, the name lookup and the time-out of every request. See http.h.
 * Runs: loop. */
#include "adapters/display/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/names.h"
#include "adapters/display/transfer.h"
#include "adapters/display/wire.h"

enum {
    HTTP_YOUNG = 300,       /* places; enough for 10,000 boards, measured; each costs 16 KiB */
    HTTP_YOUNG_MS = 100,    /* so long a request is young */
    HTTP_SLOW = 4000,       /* places */
    HTTP_SLOW_LEAST = 64,   /* they must be asked in any case */
    HTTP_DESCRIPTORS = 512, /* kept for everything that isn't a request in a slow place */
    HTTP_PER_TURN = 32,     /* begun in one turn of the loop, which must stay quick */
    HTTP_TURN_US = 1000,    /* given to boards' turns in one turn of the loop */
    HTTP_LOOK_MS = 100,     /* how exactly the time-out of a name lookup is kept */
    HTTP_HUNG = 16384,      /* boards that are remembered for having let time run out */
    HTTP_EARLY_MS = 20,     /* an end so near to the time-out is one */
};

enum http_class { CLASS_YOUNG, CLASS_SLOW, CLASSES };

struct http {
    uv_timer_t pump, naming_timer, young_timer;
    struct engine *engine;
    struct wires *wires;
    struct names *names;
    struct list queues[CLASSES], naming, turns;
    struct list young;           /* has a young place, the oldest first */
    unsigned under_way[CLASSES]; /* naming and running */
    unsigned most[CLASSES];
    /* Fingerprints of "scheme://host:port", each at one place only: where two meet, the later one
     * is remembered. An error costs nobody more than a young place for a moment. */
    uint64_t hung[HTTP_HUNG];
    unsigned open; /* timers, engine, wires, names: what has not closed yet */
    bool closing;
    void (*closed)(void *ctx);
    void *closed_ctx;
};

/* Queued (on a queue), naming (on that list) or running (has a transfer or a wire). */
struct http_transfer {
    struct list link, young;
    struct http *http;
    struct http_request request; /* owned copies */
    char **headers;
    uint64_t board; /* see hung */
    enum http_class class;
    struct names_wait wait;
    struct transfer *transfer;
    struct wire *wire;
    bool admitted;
    int64_t admitted_ms, deadline_ms; /* monotonic */
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

bool http_tcp_url_is_valid(const char *url)
{
    char *host = wire_host_of(url);
    bool valid = host != NULL;

    free(host);
    return valid;
}

/* ---- boards that let time run out ---- */

static uint64_t http_board_of(const char *url)
{
    const char *host = strstr(url, "://");
    size_t length = host ? (size_t)(host + 3 - url) : 0;

    return hex_fingerprint(url, length + strcspn(url + length, "/?#"));
}

static bool http_is_hung(const struct http *http, uint64_t board)
{
    return http->hung[board % HTTP_HUNG] == board;
}

/* The clock tells why better than the sentences of the lower halves. */
static void http_transfer_remember(struct http_transfer *transfer, enum http_fate fate)
{
    uint64_t *place = &transfer->http->hung[transfer->board % HTTP_HUNG];

    if (fate == HTTP_ANSWERED && *place == transfer->board)
        *place = 0;
    else if (fate != HTTP_ANSWERED && transfer->admitted &&
             clock_mono_ms() >= transfer->deadline_ms - HTTP_EARLY_MS)
        *place = transfer->board;
}

/* ---- a request's end ---- */

static void http_pump(uv_timer_t *timer);

/* Someone waits and there is a place. */
static void http_pump_soon(struct http *http)
{
    for (int c = 0; c < CLASSES; c++)
        if (!list_is_empty(&http->queues[c]) && http->under_way[c] < http->most[c] &&
            !uv_is_active((uv_handle_t *)&http->pump))
            uv_timer_start(&http->pump, http_pump, 0, 0);
}

static void http_transfer_free(struct http_transfer *transfer)
{
    for (char **header = transfer->headers; header && *header; header++)
        free(*header);
    free(transfer->headers);
    free((char *)(uintptr_t)transfer->request.method);
    free((char *)(uintptr_t)transfer->request.url);
    free((char *)(uintptr_t)transfer->request.body);
    free((char *)(uintptr_t)transfer->request.ca_file);
    free(transfer);
}

/* Gives its place to the next in line. */
static void http_transfer_detach(struct http_transfer *transfer)
{
    struct http *http = transfer->http;

    list_remove(&transfer->link);
    list_remove(&transfer->young);
    names_leave(&transfer->wait);
    if (transfer->admitted)
        http->under_way[transfer->class]--;
    http_pump_soon(http);
}

static void http_transfer_end(void *ctx, const struct http_result *result)
{
    struct http_transfer *transfer = ctx;

    http_transfer_remember(transfer, result->fate);
    http_transfer_detach(transfer);
    transfer->callback(transfer->ctx, result);
    http_transfer_free(transfer);
}

static void http_transfer_fail(struct http_transfer *transfer, const char *why)
{
    struct http_result result = {.fate = HTTP_NOT_SENT, .why = why, .type = "", .body = ""};

    http_transfer_end(transfer, &result);
}

bool http_cancel(struct http_transfer *transfer)
{
    bool nothing_left = true;

    if (transfer->transfer)
        nothing_left = transfer_break(transfer->transfer);
    else if (transfer->wire)
        nothing_left = wire_break(transfer->wire);
    http_transfer_detach(transfer);
    http_transfer_free(transfer);
    return nothing_left;
}

/* ---- its way to the network ---- */

static void http_transfer_run(struct http_transfer *transfer, const char *address)
{
    int64_t timeout_ms = transfer->deadline_ms - clock_mono_ms();
    struct transfer_order order = {
        .request = &transfer->request,
        .address = address,
        .timeout_ms = timeout_ms,
        .ended = http_transfer_end,
        .ctx = transfer,
    };
    struct wire_order wire_order = {
        .request = &transfer->request,
        .address = address,
        .timeout_ms = timeout_ms,
        .ended = http_transfer_end,
        .ctx = transfer,
    };

    if (transfer->request.whole)
        transfer->wire = wire_begin(transfer->http->wires, &wire_order);
    else
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

    if (http_host_is_literal(host)) { /* libcurl reads it from the URL */
        http_transfer_run(transfer, transfer->request.whole ? host : NULL);
        return;
    }
    if (names_ask(http->names, host, &transfer->wait, &address)) {
        http_transfer_run(transfer, address);
        return;
    }
    list_append(&http->naming, &transfer->link);
    uv_timer_start(&http->naming_timer, http_on_naming_timer, HTTP_LOOK_MS, HTTP_LOOK_MS);
}

static void http_on_young_timer(uv_timer_t *timer);

static void http_transfer_admit(struct http_transfer *transfer)
{
    struct http *http = transfer->http;
    bool tcp = transfer->request.whole != NULL;
    char *host =
        tcp ? wire_host_of(transfer->request.url) : transfer_host_of(transfer->request.url);

    transfer->admitted_ms = clock_mono_ms();
    transfer->deadline_ms = transfer->admitted_ms + transfer->request.timeout_ms;
    transfer->admitted = true;
    http->under_way[transfer->class]++;
    if (transfer->class == CLASS_YOUNG) {
        list_append(&http->young, &transfer->young);
        if (!uv_is_active((uv_handle_t *)&http->young_timer))
            uv_timer_start(&http->young_timer, http_on_young_timer, HTTP_YOUNG_MS, 0);
    }
    if (host)
        http_transfer_name(transfer, host);
    else
        http_transfer_fail(transfer, tcp ? "the address is not tcp://host:port"
                                         : "the address is not an http:// or https:// URL");
    free(host);
}

/* Those that are not young any more give their places to the next, as long as there are slow ones.
 */
static void http_on_young_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int64_t now = clock_mono_ms(), wait_ms = HTTP_YOUNG_MS;

    while (!list_is_empty(&http->young) && http->under_way[CLASS_SLOW] < http->most[CLASS_SLOW]) {
        struct http_transfer *oldest = LIST_ELEMENT(http->young.next, struct http_transfer, young);

        wait_ms = oldest->admitted_ms + HTTP_YOUNG_MS - now;
        if (wait_ms > 0)
            break;
        list_remove(&oldest->young);
        oldest->class = CLASS_SLOW;
        http->under_way[CLASS_YOUNG]--;
        http->under_way[CLASS_SLOW]++;
    }
    if (!list_is_empty(&http->young))
        uv_timer_start(timer, http_on_young_timer, wait_ms > 1 ? (uint64_t)wait_ms : 1, 0);
    http_pump_soon(http);
}

static bool http_admit_from(struct http *http, enum http_class class)
{
    struct list *link;

    if (http->under_way[class] >= http->most[class])
        return false;
    link = list_take(&http->queues[class]);
    if (link)
        http_transfer_admit(LIST_ELEMENT(link, struct http_transfer, link));
    return link != NULL;
}

static void http_give_turns(struct http *http)
{
    int64_t until_us = clock_mono_us() + HTTP_TURN_US;
    struct list *link;

    while (clock_mono_us() < until_us && (link = list_take(&http->turns)) != NULL) {
        struct http_turn *turn = LIST_ELEMENT(link, struct http_turn, link);

        turn->due(turn);
    }
}

void http_turn_take(struct http *http, struct http_turn *turn)
{
    list_append(&http->turns, &turn->link);
    if (!uv_is_active((uv_handle_t *)&http->pump))
        uv_timer_start(&http->pump, http_pump, 0, 0);
}

void http_turn_leave(struct http_turn *turn)
{
    list_remove(&turn->link);
}

static void http_pump(uv_timer_t *timer)
{
    struct http *http = timer->data;
    bool more = true;

    http_give_turns(http);
    for (unsigned n = 0; more && n < HTTP_PER_TURN; n++)
        more = http_admit_from(http, CLASS_YOUNG) || http_admit_from(http, CLASS_SLOW);
    if (!more && list_is_empty(&http->turns))
        return;
    /* 1 ms, as a timer of 0 would run again in this very turn. When all places are taken, the first
     * transfer that ends calls again. */
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
    LOG_ASSERT(request->timeout_ms > 0 && request->reply_most <= HTTP_PICTURE_MAX);
    transfer->http = http;
    transfer->headers = http_headers_copy(request->headers);
    transfer->request = (struct http_request){
        .method = mem_dup(request->method),
        .url = mem_dup(request->url),
        .headers = (const char *const *)transfer->headers,
        .body = request->body ? mem_dup_n(request->body, request->body_length) : NULL,
        .body_length = request->body ? request->body_length : 0,
        .timeout_ms = request->timeout_ms,
        .reply_most = request->reply_most ? request->reply_most : HTTP_REPLY_MAX,
        .ca_file = mem_dup(request->ca_file),
        .whole = request->whole,
    };
    transfer->board = http_board_of(request->url);
    transfer->class = http_is_hung(http, transfer->board) ? CLASS_SLOW : CLASS_YOUNG;
    list_init(&transfer->young);
    transfer->wait.answer = http_on_name;
    list_init(&transfer->wait.link);
    transfer->callback = callback;
    transfer->ctx = ctx;
    list_append(&http->queues[transfer->class], &transfer->link);
    http_pump_soon(http);
    return transfer;
}

/* ---- the engine's life ---- */

/* A request in a slow place costs a descriptor for as long as a minute. The soft limit is there for
 * programs that use select; here it is raised. */
static unsigned http_slow_most(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return HTTP_SLOW_LEAST;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) || getrlimit(RLIMIT_NOFILE, &limit))
            return HTTP_SLOW_LEAST;
    }
    if (limit.rlim_cur >= HTTP_SLOW + HTTP_DESCRIPTORS)
        return HTTP_SLOW;
    if (limit.rlim_cur <= HTTP_SLOW_LEAST + HTTP_DESCRIPTORS)
        return HTTP_SLOW_LEAST;
    return (unsigned)limit.rlim_cur - HTTP_DESCRIPTORS;
}

struct http *http_new(uv_loop_t *loop)
{
    struct http *http = mem_new(struct http);
    uv_timer_t *const timers[] = {&http->pump, &http->naming_timer, &http->young_timer};

    http->engine = engine_new(loop);
    http->wires = wires_new(loop);
    http->names = names_new(loop, NULL);
    http->most[CLASS_YOUNG] = HTTP_YOUNG;
    http->most[CLASS_SLOW] = http_slow_most();
    for (int c = 0; c < CLASSES; c++)
        list_init(&http->queues[c]);
    list_init(&http->naming);
    list_init(&http->turns);
    list_init(&http->young);
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = http;
        http->open++;
    }
    http->open += 3; /* engine, wires, names */
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
    for (int c = 0; c < CLASSES; c++)
        LOG_ASSERT(!http->under_way[c] && list_is_empty(&http->queues[c]));
    LOG_ASSERT(list_is_empty(&http->turns));
    http->closing = true;
    http->closed = closed;
    http->closed_ctx = ctx;
    uv_close((uv_handle_t *)&http->pump, http_on_timer_closed);
    uv_close((uv_handle_t *)&http->naming_timer, http_on_timer_closed);
    uv_close((uv_handle_t *)&http->young_timer, http_on_timer_closed);
    engine_close(http->engine, http_on_part_closed, http);
    wires_close(http->wires, http_on_part_closed, http);
    names_close(http->names, http_on_part_closed, http);
}

void http_free(struct http *http)
{
    if (!http)
        return;
    LOG_ASSERT(http->closing && !http->open);
    engine_free(http->engine);
    wires_free(http->wires);
    names_free(http->names);
    free(http);
}
