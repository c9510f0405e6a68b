/* transfer: one HTTP exchange, by libcurl on the loop. See transfer.h.
 * Runs: loop. */
#include "adapters/display/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <curl/curl.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum {
    TRANSFER_AFTER_MAX_MS = 3600000,
    TRANSFER_BUFFER = 4096,
    ENGINE_EVENTS = 64, /* of sockets in one turn of the loop */
};

struct engine {
    CURLM *multi;
    uv_timer_t timer;
    /* Of all sockets, which live for one request each: a handle of the loop for every one of them
     * would cost more system calls than the request itself. */
    int sockets;
    uv_poll_t poll; /* of sockets, while there are transfers */
    unsigned transfers;
    unsigned handles; /* that are not closed yet */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

struct transfer {
    struct engine *engine;
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    struct buffer reply;
    size_t header_bytes; /* of the reply: libcurl keeps them and has no limit of its own */
    size_t reply_most;
    bool too_large;
    http_callback *ended;
    void *ctx;
};

/* No option that is set here may fail on a libcurl that was built as Debian builds it. */
#define TRANSFER_SET(transfer, option, value)                                                      \
    LOG_ASSERT(curl_easy_setopt((transfer)->easy, (option), (value)) == CURLE_OK)

static void *transfer_must(void *made)
{
    if (!made)
        log_panic("out of memory");
    return made;
}

char *transfer_host_of(const char *url)
{
    CURLU *parts = transfer_must(curl_url());
    char *scheme = NULL, *host = NULL, *copy = NULL;

    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host)
        copy = *host == '[' ? mem_dup_n(host + 1, strlen(host) - 2) : mem_dup(host);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return copy;
}

/* ---- the end ---- */

static bool transfer_sent_nothing(const struct transfer *transfer)
{
    long sent = 0;

    return curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK && sent == 0;
}

static void transfer_detach(struct transfer *transfer)
{
    LOG_ASSERT(curl_multi_remove_handle(transfer->engine->multi, transfer->easy) == CURLM_OK);
    if (--transfer->engine->transfers == 0)
        uv_poll_stop(&transfer->engine->poll);
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->connect_to);
    buffer_free(&transfer->reply);
    free(transfer);
}

bool transfer_break(struct transfer *transfer)
{
    bool nothing = transfer_sent_nothing(transfer);

    transfer_detach(transfer);
    transfer_free(transfer);
    return nothing;
}

static int64_t transfer_retry_after_ms(const struct transfer *transfer)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK ||
        seconds < 0)
        return 0;
    return seconds > TRANSFER_AFTER_MAX_MS / 1000 ? TRANSFER_AFTER_MAX_MS : seconds * 1000;
}

static void transfer_finish(struct transfer *transfer, CURLcode code)
{
    struct http_result result = {.fate = HTTP_ANSWERED, .why = "", .type = "", .body = ""};
    char large[64], *type = NULL;
    long status = 0;

    transfer_detach(transfer);
    snprintf(large, sizeof large, "the reply is larger than %zu KiB", transfer->reply_most / 1024);
    if (code == CURLE_OK) {
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
        result.status = (int)status;
        result.type = type ? type : "";
        result.retry_after_ms = transfer_retry_after_ms(transfer);
        result.body = buffer_text(&transfer->reply);
        result.body_length = transfer->reply.length;
    } else {
        result.fate = transfer_sent_nothing(transfer) ? HTTP_NOT_SENT : HTTP_IN_DOUBT;
        result.why = transfer->too_large ? large : curl_easy_strerror(code);
    }
    transfer->ended(transfer->ctx, &result);
    transfer_free(transfer);
}

/* Callbacks may begin and break transfers: nothing is kept across one but the engine itself. */
static void engine_collect(struct engine *engine)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(engine->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *transfer = NULL;

        LOG_ASSERT(message->msg == CURLMSG_DONE);
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer_finish((struct transfer *)(void *)transfer, code);
    }
}

/* ---- libcurl on the loop ---- */

static void engine_act(struct engine *engine, curl_socket_t fd, int events)
{
    int running;

    LOG_ASSERT(curl_multi_socket_action(engine->multi, fd, events, &running) == CURLM_OK);
    engine_collect(engine);
}

/* An event may be older than its socket, when an earlier one's callback has closed that and opened
 * another: libcurl bears being told of what is not so, but for errors, which it finds by itself. */
static int engine_happened(uint32_t events)
{
    int happened = 0;

    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        happened |= CURL_CSELECT_IN;
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        happened |= CURL_CSELECT_OUT;
    return happened;
}

/* What is left over is still there in the loop's next turn. */
static void engine_on_sockets(uv_poll_t *poll, int status, int events)
{
    struct engine *engine = poll->data;
    struct epoll_event ready[ENGINE_EVENTS];
    int n = epoll_wait(engine->sockets, ready, ENGINE_EVENTS, 0);

    (void)events;
    LOG_ASSERT(status == 0 && (n >= 0 || errno == EINTR));
    for (int i = 0; i < n; i++)
        engine_act(engine, ready[i].data.fd, engine_happened(ready[i].events));
}

static void engine_on_timer(uv_timer_t *timer)
{
    engine_act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

/* watched: not NULL when the socket is among engine->sockets. One that is closed leaves them by
 * itself. */
static int engine_watch(CURL *easy, curl_socket_t fd, int what, void *ctx, void *watched)
{
    struct engine *engine = ctx;
    struct epoll_event event = {.data.fd = fd};
    int change = watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    (void)easy;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        event.events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        event.events |= EPOLLOUT;
    if (!event.events && !watched)
        return 0;
    if (!event.events)
        change = EPOLL_CTL_DEL;
    if (epoll_ctl(engine->sockets, change, fd, &event) && change != EPOLL_CTL_DEL)
        log_panic("epoll_ctl %d: %s", change, strerror(errno));
    curl_multi_assign(engine->multi, fd, event.events ? engine : NULL);
    return 0;
}

/* libcurl asks for 0 when it wants to go on at once; from inside its own callback it can't. */
static int engine_set_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct engine *engine = ctx;

    (void)multi;
    if (timeout_ms < 0)
        return uv_timer_stop(&engine->timer);
    return uv_timer_start(&engine->timer, engine_on_timer, timeout_ms ? (uint64_t)timeout_ms : 1,
                          0);
}

/* ---- the beginning ---- */

static size_t transfer_on_header(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *transfer = ctx;

    (void)bytes;
    transfer->header_bytes += n * size;
    transfer->too_large = transfer->header_bytes > HTTP_REPLY_MAX;
    return transfer->too_large ? 0 : n * size;
}

static size_t transfer_on_reply(char *bytes, size_t size, size_t n, void *ctx)
{
    struct transfer *transfer = ctx;

    n *= size;
    if (n > transfer->reply_most - transfer->reply.length) {
        transfer->too_large = true;
        return 0;
    }
    buffer_add(&transfer->reply, bytes, n);
    return n;
}

static void transfer_set_request(struct transfer *transfer, const struct http_request *request)
{
    for (const char *const *header = request->headers; header && *header; header++)
        transfer->headers = transfer_must(curl_slist_append(transfer->headers, *header));
    /* Boards don't know "Expect: 100-continue". */
    transfer->headers = transfer_must(curl_slist_append(transfer->headers, "Expect:"));
    TRANSFER_SET(transfer, CURLOPT_HTTPHEADER, transfer->headers);
    TRANSFER_SET(transfer, CURLOPT_URL, request->url);
    TRANSFER_SET(transfer, CURLOPT_USERAGENT, "lawcast");
    TRANSFER_SET(transfer, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body) {
        /* In the other order libcurl may drop the body. */
        TRANSFER_SET(transfer, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        TRANSFER_SET(transfer, CURLOPT_POSTFIELDS, request->body);
    }
}

static void transfer_set_route(struct transfer *transfer, const char *address, const char *ca_file)
{
    if (address) {
        MEM_FREE_LATER char *to = mem_printf(strchr(address, ':') ? "::[%s]:" : "::%s:", address);

        transfer->connect_to = transfer_must(curl_slist_append(NULL, to));
        TRANSFER_SET(transfer, CURLOPT_CONNECT_TO, transfer->connect_to);
    }
    TRANSFER_SET(transfer, CURLOPT_PROXY, "");
    TRANSFER_SET(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    TRANSFER_SET(transfer, CURLOPT_FOLLOWLOCATION, 0L);
    TRANSFER_SET(transfer, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    TRANSFER_SET(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
    TRANSFER_SET(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
    /* With a folder of authorities beside the file, libcurl reads the file anew for each request:
     * 30 ms of the loop's time. */
    TRANSFER_SET(transfer, CURLOPT_CAPATH, NULL);
    if (ca_file)
        TRANSFER_SET(transfer, CURLOPT_CAINFO, ca_file);
    /* With thousands of hosts libcurl walks its pool and its name cache on every request. */
    TRANSFER_SET(transfer, CURLOPT_FORBID_REUSE, 1L);
    TRANSFER_SET(transfer, CURLOPT_FRESH_CONNECT, 1L);
    TRANSFER_SET(transfer, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
}

struct transfer *transfer_begin(struct engine *engine, const struct transfer_order *order)
{
    struct transfer *transfer = mem_new(struct transfer);
    long timeout = order->timeout_ms > 1 ? (long)order->timeout_ms : 1;

    transfer->engine = engine;
    transfer->ended = order->ended;
    transfer->ctx = order->ctx;
    transfer->reply_most = order->request->reply_most;
    transfer->easy = transfer_must(curl_easy_init());
    transfer_set_request(transfer, order->request);
    transfer_set_route(transfer, order->address, order->request->ca_file);
    TRANSFER_SET(transfer, CURLOPT_NOSIGNAL, 1L);
    TRANSFER_SET(transfer, CURLOPT_TIMEOUT_MS, timeout);
    TRANSFER_SET(transfer, CURLOPT_CONNECTTIMEOUT_MS, timeout);
    TRANSFER_SET(transfer, CURLOPT_HEADERFUNCTION, transfer_on_header);
    TRANSFER_SET(transfer, CURLOPT_HEADERDATA, transfer);
    TRANSFER_SET(transfer, CURLOPT_WRITEFUNCTION, transfer_on_reply);
    TRANSFER_SET(transfer, CURLOPT_WRITEDATA, transfer);
    TRANSFER_SET(transfer, CURLOPT_PRIVATE, transfer);
    /* Most replies are short; the usual buffer of 16 KiB would be half of what a request costs. */
    if (transfer->reply_most <= HTTP_REPLY_MAX)
        TRANSFER_SET(transfer, CURLOPT_BUFFERSIZE, (long)TRANSFER_BUFFER);
    LOG_ASSERT(curl_multi_add_handle(engine->multi, transfer->easy) == CURLM_OK);
    if (engine->transfers++ == 0)
        uv_poll_start(&engine->poll, UV_READABLE, engine_on_sockets);
    return transfer;
}

/* ---- the engine's life ---- */

struct engine *engine_new(uv_loop_t *loop)
{
    struct engine *engine = mem_new(struct engine);

    LOG_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    uv_timer_init(loop, &engine->timer);
    engine->sockets = epoll_create1(EPOLL_CLOEXEC);
    if (engine->sockets < 0 || uv_poll_init(loop, &engine->poll, engine->sockets))
        log_panic("sockets can't be watched");
    engine->timer.data = engine->poll.data = engine;
    engine->handles = 2;
    engine->multi = transfer_must(curl_multi_init());
    curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, engine_watch);
    curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA, engine);
    curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, engine_set_timer);
    curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA, engine);
    return engine;
}

static void engine_on_handle_closed(uv_handle_t *handle)
{
    struct engine *engine = handle->data;

    if (--engine->handles)
        return;
    close(engine->sockets);
    engine->closed(engine->closed_ctx);
}

void engine_close(struct engine *engine, void (*closed)(void *ctx), void *ctx)
{
    LOG_ASSERT(!engine->transfers);
    engine->closed = closed;
    engine->closed_ctx = ctx;
    LOG_ASSERT(curl_multi_cleanup(engine->multi) == CURLM_OK);
    uv_close((uv_handle_t *)&engine->timer, engine_on_handle_closed);
    uv_close((uv_handle_t *)&engine->poll, engine_on_handle_closed);
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    LOG_ASSERT(!engine->handles);
    curl_global_cleanup();
    free(engine);
}
