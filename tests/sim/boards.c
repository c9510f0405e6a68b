/* boards: all boards behind one HTTP server. See boards.h.
 * Runs: loop. Library: libmicrohttpd (only here), without threads: its epoll descriptor is watched
 * by the loop, and after every run it is asked when it wants to run again, because its own epoll is
 * edge-triggered and a forgotten run stalls a connection. */
#include "tests/sim/boards_room.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum { BOARDS_BODY_MAX = 1024 * 1024, BOARDS_CONNECTIONS = 8192, BOARDS_BACKLOG = 1024 };

/* One request, from its headers to its end. */
struct board_exchange {
    struct list link; /* of place->hung, while it hangs */
    struct MHD_Connection *connection;
    struct buffer body;
    bool dropped; /* it has hung and is to be closed */
};

static const struct board_kind *const board_kinds[] = {
    &board_onbon_y, &board_onbon_k,   &board_huidu,   &board_colorlight,
    &board_xixun,   &board_novacloud, &board_webhook,
};

const struct board_kind *board_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof board_kinds / sizeof *board_kinds; i++)
        if (strcmp(board_kinds[i]->name, name) == 0)
            return board_kinds[i];
    return NULL;
}

static void board_place_view(void *ctx, const struct board_view *view)
{
    const struct board_place *place = ctx;

    sim_log_view(place->boards->log, &(struct sim_log_view){.t = view->t,
                                                            .board = place->spec->id,
                                                            .name = view->name,
                                                            .text = view->text,
                                                            .shown = view->shown,
                                                            .open = view->open});
}

struct boards *boards_new(uv_loop_t *loop, struct sim_log *log, const struct sim_spec *spec)
{
    struct boards *boards = mem_new(struct boards);

    boards->loop = loop;
    boards->log = log;
    boards->n = spec->n_boards;
    boards->next_ms = INT64_MAX;
    boards->places = mem_array(boards->n, struct board_place);
    for (size_t i = 0; i < boards->n; i++) {
        struct board_place *place = &boards->places[i];
        struct board_screen screen = {
            .view = board_place_view, .outcall = board_place_outcall, .ctx = place};

        place->boards = boards;
        place->spec = &spec->boards[i];
        place->kind = board_kind_find(place->spec->kind);
        place->state = place->kind->create(place->spec, &screen);
        list_init(&place->hung);
        list_init(&place->guests);
    }
    list_init(&boards->calls);
    uv_timer_init(loop, &boards->again);
    uv_timer_init(loop, &boards->edge);
    boards->again.data = boards->edge.data = boards->poll.data = boards;
    return boards;
}

void boards_free(struct boards *boards)
{
    LOG_ASSERT(!boards->daemon);
    for (size_t i = 0; i < boards->n; i++) {
        LOG_ASSERT(list_is_empty(&boards->places[i].hung));
        LOG_ASSERT(list_is_empty(&boards->places[i].guests));
        boards->places[i].kind->release(boards->places[i].state);
    }
    free(boards->places);
    free(boards);
}

static void boards_on_edge(uv_timer_t *timer)
{
    boards_advance(timer->data);
}

/* Lets time pass on every board and arms the timer for the next change. */
void boards_advance(struct boards *boards)
{
    int64_t now = clock_wall_ms(), next = INT64_MAX;

    for (size_t i = 0; i < boards->n; i++) {
        struct board_place *place = &boards->places[i];
        int64_t change;

        place->kind->advance(place->state, now);
        change = place->kind->next_change(place->state, now);
        if (change < next)
            next = change;
    }
    uv_timer_stop(&boards->edge);
    boards->next_ms = next;
    if (next != INT64_MAX && !clock_is_frozen())
        uv_timer_start(&boards->edge, boards_on_edge, (uint64_t)(next - now), 0);
}

int64_t boards_next_ms(const struct boards *boards)
{
    return boards->next_ms;
}

bool boards_are_quiet(const struct boards *boards)
{
    return list_is_empty(&boards->calls);
}

static void boards_on_again(uv_timer_t *timer)
{
    boards_run(timer->data);
}

void boards_run(struct boards *boards)
{
    MHD_UNSIGNED_LONG_LONG wait;

    if (MHD_run(boards->daemon) != MHD_YES)
        log_panic("the HTTP server can't run");
    uv_timer_stop(&boards->again);
    if (MHD_get_timeout(boards->daemon, &wait) == MHD_YES)
        uv_timer_start(&boards->again, boards_on_again, wait, 0);
}

static void boards_on_poll(uv_poll_t *poll, int status, int events)
{
    (void)events;
    if (status < 0)
        log_panic("the HTTP server can't be watched: %s", uv_strerror(status));
    boards_run(poll->data);
}

/* Splits /ROOT/ID/REST. NULL when no board is there; else *rest is "/REST". */
static struct board_place *boards_route(struct boards *boards, const char *url, const char **rest)
{
    for (size_t i = 0; i < boards->n; i++) {
        struct board_place *place = &boards->places[i];
        size_t root = strlen(place->kind->root), id = strlen(place->spec->id);
        const char *tail;

        if (place->kind->tcp || url[0] != '/' || strncmp(url + 1, place->kind->root, root) != 0 ||
            url[root + 1] != '/' || strncmp(url + root + 2, place->spec->id, id) != 0)
            continue;
        tail = url + root + 2 + id;
        if (*tail && *tail != '/')
            continue;
        *rest = *tail ? tail : "/";
        return place;
    }
    return NULL;
}

struct board_chunks {
    char *body;
    size_t length;
};

static ssize_t board_chunk(void *ctx, uint64_t at, char *out, size_t room)
{
    const struct board_chunks *chunks = ctx;
    size_t left = chunks->length - (size_t)at;

    if (left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left > room)
        left = room;
    memcpy(out, chunks->body + at, left);
    return (ssize_t)left;
}

static void board_chunks_free(void *ctx)
{
    struct board_chunks *chunks = ctx;

    free(chunks->body);
    free(chunks);
}

/* As the card's server does it: chunked, without a length. */
static struct MHD_Response *board_chunked(struct buffer *body)
{
    struct board_chunks *chunks = mem_new(struct board_chunks);

    chunks->length = body->length;
    chunks->body = buffer_take(body);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, board_chunk, chunks,
                                             board_chunks_free);
}

/* "Name: value" */
static void board_add_header(struct MHD_Response *response, const char *header)
{
    MEM_FREE_LATER char *name = mem_dup(header);
    char *colon = strchr(name, ':');

    LOG_ASSERT(colon);
    *colon = '\0';
    MHD_add_response_header(response, name, colon + 1 + strspn(colon + 1, " "));
}

static enum MHD_Result board_send(struct MHD_Connection *connection, struct board_reply *reply)
{
    struct MHD_Response *response;
    enum MHD_Result result;

    if (reply->chunked)
        response = board_chunked(&reply->body);
    else
        response = MHD_create_response_from_buffer(reply->body.length,
                                                   (void *)(uintptr_t)buffer_text(&reply->body),
                                                   MHD_RESPMEM_MUST_COPY);
    if (!response)
        log_panic("an HTTP reply could not be made");
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    for (const char *const *header = reply->headers; *header; header++)
        board_add_header(response, *header);
    result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result board_refuse(struct MHD_Connection *connection, unsigned status)
{
    struct board_reply reply = {.status = status};

    return board_send(connection, &reply);
}

static const char *board_header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *board_request_header(const struct board_request *request, const char *name)
{
    return board_header(request->ctx, name);
}

static const char *board_request_query(const struct board_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->ctx, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result board_answer(struct board_place *place, struct board_exchange *exchange,
                                    struct board_request *request)
{
    struct board_reply reply = {0};
    enum MHD_Result result;

    request->header = board_request_header;
    request->query = board_request_query;
    request->ctx = exchange->connection;
    request->body = buffer_text(&exchange->body);
    request->length = exchange->body.length;
    board_place_ask(place, request, &reply);
    result = place->dark ? MHD_NO : board_send(exchange->connection, &reply);
    buffer_free(&reply.body);
    return result;
}

static enum MHD_Result board_finish(struct boards *boards, struct board_exchange *exchange,
                                    const char *url, const char *method)
{
    struct board_request request = {.method = method};
    struct board_place *place = boards_route(boards, url, &request.path);

    if (exchange->body.length > BOARDS_BODY_MAX)
        return board_refuse(exchange->connection, 413);
    if (board_header(exchange->connection, "Transfer-Encoding") &&
        board_header(exchange->connection, "Content-Length"))
        return board_refuse(exchange->connection, 400); /* two lengths: the server takes either */
    if (!place)
        return board_refuse(exchange->connection, 404);
    board_place_trip(place);
    if (place->offline || place->dark)
        return MHD_NO;
    if (place->hangs) {
        list_append(&place->hung, &exchange->link);
        MHD_suspend_connection(exchange->connection);
        return MHD_YES;
    }
    return board_answer(place, exchange, &request);
}

/* Called once with the headers, once for each piece of the body, once at its end, and again after a
 * hung connection was resumed. MHD_NO closes the connection without an answer. */
static enum MHD_Result boards_on_request(void *ctx, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *length, void **place)
{
    struct board_exchange *exchange = *place;

    (void)version;
    if (!exchange) {
        exchange = mem_new(struct board_exchange);
        exchange->connection = connection;
        list_init(&exchange->link);
        *place = exchange;
        return MHD_YES;
    }
    if (exchange->dropped)
        return MHD_NO;
    if (*length) {
        if (exchange->body.length <= BOARDS_BODY_MAX)
            buffer_add(&exchange->body, data, *length);
        *length = 0;
        return MHD_YES;
    }
    return board_finish(ctx, exchange, url, method);
}

static void boards_on_completed(void *ctx, struct MHD_Connection *connection, void **place,
                                enum MHD_RequestTerminationCode code)
{
    struct board_exchange *exchange = *place;

    (void)ctx;
    (void)connection;
    (void)code;
    if (!exchange)
        return;
    list_remove(&exchange->link);
    buffer_free(&exchange->body);
    free(exchange);
    *place = NULL;
}

/* A client that goes away is no news. */
static void boards_on_message(void *ctx, const char *format, va_list args)
{
    (void)ctx;
    (void)format;
    (void)args;
}

static int boards_listen(struct boards *boards)
{
    int rc = 0;

    for (size_t i = 0; i < boards->n && rc == 0; i++)
        if (boards->places[i].kind->tcp)
            rc = board_place_listen(&boards->places[i]);
    return rc;
}

int boards_start(struct boards *boards)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const union MHD_DaemonInfo *info;
    int rc;

    errno = 0;
    boards->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, boards_on_request, boards,
        MHD_OPTION_EXTERNAL_LOGGER, boards_on_message, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)BOARDS_CONNECTIONS, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BOARDS_BACKLOG, MHD_OPTION_NOTIFY_COMPLETED,
        boards_on_completed, NULL, MHD_OPTION_END);
    if (!boards->daemon)
        return errno ? -errno : -EADDRNOTAVAIL;
    info = MHD_get_daemon_info(boards->daemon, MHD_DAEMON_INFO_BIND_PORT);
    boards->port = info->port;
    info = MHD_get_daemon_info(boards->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    rc = uv_poll_init(boards->loop, &boards->poll, info->epoll_fd);
    if (rc) {
        MHD_stop_daemon(boards->daemon);
        boards->daemon = NULL;
        return rc;
    }
    uv_poll_start(&boards->poll, UV_READABLE, boards_on_poll);
    boards_run(boards);
    return boards_listen(boards);
}

void board_place_drop_hung(struct board_place *place)
{
    struct list *link;

    while ((link = list_take(&place->hung))) {
        struct board_exchange *exchange = LIST_ELEMENT(link, struct board_exchange, link);

        exchange->dropped = true;
        MHD_resume_connection(exchange->connection);
    }
}

/* The server insists on having nothing suspended when it stops, so it runs once more in between;
 * who asks just then is sent away. */
static void boards_stop_server(struct boards *boards)
{
    for (size_t i = 0; i < boards->n; i++) {
        boards->places[i].offline = true;
        board_place_drop_hung(&boards->places[i]);
    }
    boards_run(boards);
    uv_poll_stop(&boards->poll);
    uv_close((uv_handle_t *)&boards->poll, NULL);
    MHD_stop_daemon(boards->daemon);
    boards->daemon = NULL;
}

void boards_close(struct boards *boards)
{
    int64_t now = clock_wall_ms();

    boards->closing = true;
    if (boards->daemon)
        boards_stop_server(boards);
    boards_end_calls(boards);
    boards_advance(boards);
    for (size_t i = 0; i < boards->n; i++) {
        board_place_close(&boards->places[i]);
        boards->places[i].kind->finish(boards->places[i].state, now);
    }
    uv_close((uv_handle_t *)&boards->again, NULL);
    uv_close((uv_handle_t *)&boards->edge, NULL);
}

unsigned boards_port(const struct boards *boards)
{
    return boards->port;
}

struct jv *boards_urls(const struct boards *boards)
{
    struct jv *urls = jv_object();

    for (size_t i = 0; i < boards->n; i++) {
        const struct board_place *place = &boards->places[i];
        MEM_FREE_LATER char *url = place->kind->tcp
                                       ? mem_printf("tcp://127.0.0.1:%u", place->port)
                                       : mem_printf("http://127.0.0.1:%u/%s/%s", boards->port,
                                                    place->kind->root, place->spec->id);

        jv_put(urls, place->spec->id, jv_string(url));
    }
    return urls;
}

struct board_place *boards_find(struct boards *boards, const char *id)
{
    for (size_t i = 0; i < boards->n; i++)
        if (strcmp(boards->places[i].spec->id, id) == 0)
            return &boards->places[i];
    return NULL;
}
