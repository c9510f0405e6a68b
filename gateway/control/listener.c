/* listener: HTTP for owners of boards and for devices that call back. See listener.h.
 * Runs: loop. */
#include "gateway/control/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/control/caller.h"
#include "gateway/control/guests.h"

enum {
    LISTENER_CALL_MAX = 8 * 1024 * 1024,  /* a screenshot of 4 MiB in base64 */
    LISTENER_WORD_MAX = 1024,             /* owners have nothing to say in a body */
    LISTENER_HELD_MAX = 64 * 1024 * 1024, /* of all bodies that are coming in */
    LISTENER_CONNECTIONS = 1024,
    LISTENER_PER_ADDRESS = 128, /* a platform calls for all its boards */
    LISTENER_PATIENCE_S = 15,
    LISTENER_WATCH_MS = 5000,
    LISTENER_MEMORY = 32 * 1024,
};

struct listener {
    uv_poll_t poll;
    uv_timer_t again; /* when the daemon wants to run again */
    unsigned handles;
    struct MHD_Daemon *daemon;
    const struct office *office;
    const struct listener_events *events;
    void *ctx;
    char *url;
    size_t held;      /* bytes of bodies */
    uv_timer_t watch; /* for those who stay too long */
    struct guests guests;
};

/* One request, from its headers to its end. */
struct exchange {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct buffer body;
    size_t most; /* bytes of body that this caller may send */
    bool refused;
};

/* ---- answers ---- */

static enum MHD_Result exchange_send(struct exchange *exchange, int status, const char *type,
                                     const struct buffer *body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body->length, (void *)(uintptr_t)buffer_text(body), MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    if (type)
        MHD_add_response_header(response, "Content-Type", type);
    if (status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    result = MHD_queue_response(exchange->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result exchange_send_json(struct exchange *exchange, int status, struct jv *value)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    jv_write(value, false, &text);
    buffer_add_char(&text, '\n');
    jv_free(value);
    return exchange_send(exchange, status, "application/json; charset=utf-8", &text);
}

static enum MHD_Result exchange_refuse(struct exchange *exchange, int status, const char *why)
{
    struct jv *answer = jv_object();

    jv_put(answer, "error", jv_string(why));
    return exchange_send_json(exchange, status, answer);
}

static const char *exchange_header(struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

/* ---- owners ---- */

static void exchange_by(struct exchange *exchange, const struct unit *unit, char *by, size_t size)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char address[64] = "?";

    if (info && info->client_addr)
        uv_ip_name(info->client_addr, address, sizeof address);
    snprintf(by, size, "owner %s (HTTP %s)", unit->id, address);
}

static enum MHD_Result listener_list(const struct listener *listener, struct exchange *exchange,
                                     const struct unit *caller)
{
    const struct office *office = listener->office;
    struct jv *answer = jv_object(), *boards = jv_array();

    for (size_t i = 0; i < office->n_boards; i++) {
        struct jv *board;

        if (&office->units[office->boards[i].owner] != caller)
            continue;
        board = jv_object();
        jv_put(board, "board", jv_string(office->boards[i].id));
        listener->events->describe(listener->ctx, &office->boards[i], board);
        jv_push(boards, board);
    }
    jv_put(answer, "boards", boards);
    return exchange_send_json(exchange, MHD_HTTP_OK, answer);
}

/* The board that path names between its second and third slash; NULL: there is none. *rest: what
 * follows, "" or from the slash on. */
static const struct board *listener_board(const struct listener *listener, const char *path,
                                          const char **rest)
{
    const char *id = strchr(path + 1, '/') + 1;
    size_t length = strcspn(id, "/");

    *rest = id + length;
    for (size_t i = 0; i < listener->office->n_boards; i++) {
        const struct board *board = &listener->office->boards[i];

        if (strlen(board->id) == length && memcmp(board->id, id, length) == 0)
            return board;
    }
    return NULL;
}

static enum MHD_Result listener_release(const struct listener *listener, struct exchange *exchange,
                                        const struct unit *caller, const char *path)
{
    const char *verb;
    const struct board *board = listener_board(listener, path, &verb);
    bool release = strcmp(verb, "/release") == 0;
    struct jv *answer;
    char by[80];

    if (!board || &listener->office->units[board->owner] != caller ||
        (!release && strcmp(verb, "/resume") != 0))
        return exchange_refuse(exchange, MHD_HTTP_NOT_FOUND, "no such board");
    exchange_by(exchange, caller, by, sizeof by);
    if (!listener->events->release(listener->ctx, board, release, by))
        return exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
                               "the gateway is ending: try again in a minute");
    answer = jv_object();
    jv_put(answer, "board", jv_string(board->id));
    jv_put(answer, "released", jv_bool(release));
    return exchange_send_json(exchange, MHD_HTTP_ACCEPTED, answer);
}

static enum MHD_Result listener_owner(const struct listener *listener, struct exchange *exchange,
                                      const char *path, const char *method)
{
    const struct unit *caller =
        caller_unit(listener->office, exchange_header(exchange, "Authorization"));

    if (strcmp(path, "/boards") == 0)
        return strcmp(method, "GET") == 0
                   ? listener_list(listener, exchange, caller)
                   : exchange_refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only");
    if (strcmp(method, "POST") != 0)
        return exchange_refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "POST only");
    return listener_release(listener, exchange, caller, path);
}

/* ---- devices ---- */

static const char *listener_call_header(const struct adapter_call *call, const char *name)
{
    return exchange_header(call->ctx, name);
}

static enum MHD_Result listener_call(const struct listener *listener, struct exchange *exchange,
                                     const char *path, const char *method)
{
    struct adapter_answer answer = {.status = MHD_HTTP_NOT_FOUND};
    const char *rest;
    const struct board *board = listener_board(listener, path, &rest);
    enum MHD_Result result;

    (void)caller_knows(listener->office, board, &rest); /* it does: rest goes on behind the MAC */
    listener->events->call(listener->ctx, board,
                           &(struct adapter_call){.method = method,
                                                  .path = rest,
                                                  .body = buffer_text(&exchange->body),
                                                  .length = exchange->body.length,
                                                  .header = listener_call_header,
                                                  .ctx = exchange},
                           &answer);
    result = exchange_send(exchange, answer.status, answer.type, &answer.body);
    buffer_free(&answer.body);
    return result;
}

/* ---- the server ---- */

/* What its headers alone forbid is refused before a byte of its body is kept: anybody can send
 * those. 0, or the answer's status. */
static int listener_judge(const struct listener *listener, struct exchange *exchange,
                          const char *path)
{
    const struct board *board;
    const char *rest;

    exchange->most = LISTENER_WORD_MAX;
    if (exchange_header(exchange, "Transfer-Encoding") &&
        exchange_header(exchange, "Content-Length")) /* two lengths: the server takes either */
        return MHD_HTTP_BAD_REQUEST;
    if (!utf8_is_valid(path, strlen(path)))
        return MHD_HTTP_BAD_REQUEST;
    if (strncmp(path, "/call/", 6) == 0) {
        board = listener_board(listener, path, &rest);
        exchange->most = LISTENER_CALL_MAX;
        return board && caller_knows(listener->office, board, &rest) ? 0 : MHD_HTTP_NOT_FOUND;
    }
    if (strcmp(path, "/boards") != 0 && strncmp(path, "/boards/", 8) != 0)
        return MHD_HTTP_NOT_FOUND;
    return caller_unit(listener->office, exchange_header(exchange, "Authorization"))
               ? 0
               : MHD_HTTP_UNAUTHORIZED;
}

static enum MHD_Result listener_refuse(struct exchange *exchange, int status)
{
    exchange->refused = true;
    if (status == MHD_HTTP_UNAUTHORIZED)
        return exchange_refuse(exchange, status,
                               "say \"Authorization: Bearer TOKEN\" with your unit's token");
    return exchange_refuse(exchange, status,
                           status == MHD_HTTP_NOT_FOUND ? "there is nothing here"
                                                        : "this is no proper request");
}

static enum MHD_Result listener_begin(struct listener *listener, struct MHD_Connection *connection,
                                      const char *path, void **place)
{
    struct exchange *exchange = mem_new(struct exchange);
    int status;

    exchange->listener = listener;
    exchange->connection = connection;
    *place = exchange;
    status = listener_judge(listener, exchange, path);
    return status ? listener_refuse(exchange, status) : MHD_YES;
}

/* A body that is too large is read to its end and dropped, so that the answer arrives. */
static void exchange_keep(struct exchange *exchange, const char *data, size_t length)
{
    struct listener *listener = exchange->listener;

    if (exchange->body.length > exchange->most)
        return;
    if (listener->held + length > LISTENER_HELD_MAX)
        exchange->most = 0;
    listener->held += length;
    buffer_add(&exchange->body, data, length);
}

static enum MHD_Result listener_answer(const struct listener *listener, struct exchange *exchange,
                                       const char *path, const char *method)
{
    if (exchange->body.length > exchange->most)
        return exchange_refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too large");
    if (strncmp(path, "/call/", 6) == 0)
        return listener_call(listener, exchange, path, method);
    return listener_owner(listener, exchange, path, method);
}

/* Called with the headers, with each piece of the body, and at its end. */
static enum MHD_Result listener_on_request(void *ctx, struct MHD_Connection *connection,
                                           const char *url, const char *method, const char *version,
                                           const char *data, size_t *length, void **place)
{
    struct exchange *exchange = *place;

    (void)version;
    if (!exchange)
        return listener_begin(ctx, connection, url, place);
    if (exchange->refused) {
        *length = 0;
        return MHD_YES;
    }
    if (*length) {
        exchange_keep(exchange, data, *length);
        *length = 0;
        return MHD_YES;
    }
    return listener_answer(ctx, exchange, url, method);
}

static void listener_on_completed(void *ctx, struct MHD_Connection *connection, void **place,
                                  enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *place;

    (void)ctx;
    (void)connection;
    (void)code;
    if (!exchange)
        return;
    exchange->listener->held -= exchange->body.length;
    buffer_free(&exchange->body);
    free(exchange);
    *place = NULL;
}

static void listener_on_connection(void *ctx, struct MHD_Connection *connection, void **place,
                                   enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = ctx;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *place = guest_come(&listener->guests, info->connect_fd, clock_mono_ms());
    else
        guest_leave(*place);
}

static void listener_on_watch(uv_timer_t *timer)
{
    struct listener *listener = timer->data;

    guests_expel(&listener->guests, clock_mono_ms());
}

/* A client that goes away is no news. */
static void listener_on_message(void *ctx, const char *format, va_list args)
{
    (void)ctx;
    (void)format;
    (void)args;
}

static void listener_on_again(uv_timer_t *timer);

/* The server's own epoll is edge-triggered: a run that is forgotten stalls a connection. */
static void listener_run(struct listener *listener)
{
    MHD_UNSIGNED_LONG_LONG wait;

    if (MHD_run(listener->daemon) != MHD_YES)
        log_panic("the listener can't run");
    uv_timer_stop(&listener->again);
    if (MHD_get_timeout(listener->daemon, &wait) == MHD_YES)
        uv_timer_start(&listener->again, listener_on_again, wait, 0);
}

static void listener_on_again(uv_timer_t *timer)
{
    listener_run(timer->data);
}

static void listener_on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    listener_run(poll->data);
}

static int listener_address(const struct listen *listen, struct sockaddr_storage *out)
{
    int port = (int)listen->port;

    return strchr(listen->address, ':')
               ? uv_ip6_addr(listen->address, port, (struct sockaddr_in6 *)(void *)out)
               : uv_ip4_addr(listen->address, port, (struct sockaddr_in *)(void *)out);
}

static int listener_start(struct listener *listener, const struct sockaddr_storage *address)
{
    unsigned flags = MHD_USE_EPOLL | (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);

    errno = 0;
    listener->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, listener_on_request, listener, MHD_OPTION_EXTERNAL_LOGGER,
        listener_on_message, NULL, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)LISTENER_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)LISTENER_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)LISTENER_PATIENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LISTENER_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, listener_on_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, listener_on_connection, listener, MHD_OPTION_END);
    if (listener->daemon)
        return 0;
    return errno ? -errno : -EADDRNOTAVAIL;
}

static void listener_set_url(struct listener *listener)
{
    const struct listen *listen = &listener->office->listen;
    unsigned port = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;

    if (listen->url)
        listener->url = mem_dup(listen->url);
    else
        listener->url = mem_printf(strchr(listen->address, ':') ? "http://[%s]:%u" : "http://%s:%u",
                                   listen->address, port);
}

void listener_adopt(struct listener *listener, const struct office *office)
{
    listener->office = office;
}

int listener_open(struct listener **out, uv_loop_t *loop, const struct office *office,
                  const struct listener_events *events, void *ctx)
{
    struct listener *listener;
    struct sockaddr_storage address;
    int rc;

    *out = NULL;
    if (!office->listen.address)
        return 1;
    memset(&address, 0, sizeof address);
    rc = listener_address(&office->listen, &address);
    if (rc)
        return rc;
    listener = mem_new(struct listener);
    listener->office = office;
    listener->events = events;
    listener->ctx = ctx;
    list_init(&listener->guests.all);
    rc = listener_start(listener, &address);
    if (rc) {
        free(listener);
        return rc;
    }
    listener_set_url(listener);
    uv_timer_init(loop, &listener->again);
    LOG_ASSERT(uv_poll_init(
                   loop, &listener->poll,
                   MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd) == 0);
    uv_timer_init(loop, &listener->watch);
    uv_timer_start(&listener->watch, listener_on_watch, LISTENER_WATCH_MS, LISTENER_WATCH_MS);
    listener->again.data = listener->poll.data = listener->watch.data = listener;
    listener->handles = 3;
    uv_poll_start(&listener->poll, UV_READABLE, listener_on_poll);
    listener_run(listener);
    *out = listener;
    return 0;
}

static void listener_on_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;

    if (--listener->handles)
        return;
    free(listener->url);
    free(listener);
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    uv_poll_stop(&listener->poll);
    uv_close((uv_handle_t *)&listener->poll, listener_on_closed);
    uv_close((uv_handle_t *)&listener->again, listener_on_closed);
    uv_close((uv_handle_t *)&listener->watch, listener_on_closed);
    MHD_stop_daemon(listener->daemon);
    listener->daemon = NULL;
}

const char *listener_url(const struct listener *listener)
{
    return listener->url;
}

char *listener_callback(const struct listener *listener, const struct board *board)
{
    char mac[DIGEST_HEX_MOST];

    if (!listener->office->listen.key)
        return NULL;
    caller_mac(listener->office, board, mac);
    return mem_printf("%s/call/%s/%s", listener->url, board->id, mac);
}
