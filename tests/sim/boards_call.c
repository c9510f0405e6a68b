/* boards_call: requests that devices make by themselves: plain HTTP to an address on this machine.
 * Runs: loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/sim/boards_room.h"

enum { ERRAND_MS = 10000, ERRAND_MOST = 1024 * 1024 };

struct board_errand {
    struct list link;
    struct board_place *place;
    int tag;
    uv_timer_t timer; /* the delay, then the patience; data: the errand */
    uv_tcp_t tcp;     /* same */
    uv_connect_t connect;
    uv_write_t write;
    struct sockaddr_in address;
    struct buffer request, reply;
    bool connected; /* tcp was made */
    unsigned handles;
    char piece[4096];
};

static void errand_closed(uv_handle_t *handle)
{
    struct board_errand *errand = handle->data;

    if (--errand->handles)
        return;
    buffer_free(&errand->request);
    buffer_free(&errand->reply);
    free(errand);
}

static void errand_close(struct board_errand *errand)
{
    list_remove(&errand->link);
    list_init(&errand->link);
    uv_close((uv_handle_t *)&errand->timer, errand_closed);
    if (errand->connected)
        uv_close((uv_handle_t *)&errand->tcp, errand_closed);
}

static void errand_end(struct board_errand *errand)
{
    struct board_place *place = errand->place;
    const char *text = buffer_text(&errand->reply), *body = strstr(text, "\r\n\r\n");
    unsigned status = 0;

    if (uv_is_closing((uv_handle_t *)&errand->timer))
        return;
    if (sscanf(text, "HTTP/1.%*d %u", &status) != 1 || !body)
        status = 0;
    if (place->kind->answered)
        place->kind->answered(place->state, errand->tag, status, status ? body + 4 : "",
                              clock_wall_ms());
    errand_close(errand);
    boards_advance(place->boards);
}

static void errand_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct board_errand *errand = handle->data;

    (void)suggested;
    *room = uv_buf_init(errand->piece, sizeof errand->piece);
}

static void errand_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *piece)
{
    struct board_errand *errand = stream->data;

    if (n < 0 || errand->reply.length + (size_t)n > ERRAND_MOST) {
        errand_end(errand);
        return;
    }
    buffer_add(&errand->reply, piece->base, (size_t)n);
}

static void errand_written(uv_write_t *write, int status)
{
    (void)write;
    (void)status;
}

static void errand_on_connect(uv_connect_t *connect, int status)
{
    struct board_errand *errand = connect->data;
    uv_buf_t piece = uv_buf_init(errand->request.data, (unsigned)errand->request.length);

    if (status == UV_ECANCELED)
        return;
    if (status < 0 || uv_read_start((uv_stream_t *)&errand->tcp, errand_room, errand_read) ||
        uv_write(&errand->write, (uv_stream_t *)&errand->tcp, &piece, 1, errand_written))
        errand_end(errand);
}

static void errand_on_late(uv_timer_t *timer)
{
    errand_end(timer->data);
}

static void errand_go(uv_timer_t *timer)
{
    struct board_errand *errand = timer->data;

    uv_tcp_init(timer->loop, &errand->tcp);
    errand->tcp.data = errand->connect.data = errand;
    errand->connected = true;
    errand->handles++;
    uv_timer_start(timer, errand_on_late, ERRAND_MS, 0);
    if (uv_tcp_connect(&errand->connect, &errand->tcp, (const struct sockaddr *)&errand->address,
                       errand_on_connect))
        errand_end(errand);
}

/* http://1.2.3.4:80/path. 0, or 1: something else. */
static int errand_parse(const char *url, struct sockaddr_in *address, const char **path)
{
    char host[64];
    unsigned port = 80;
    size_t length;

    if (strncmp(url, "http://", 7) != 0)
        return 1;
    *path = strchr(url + 7, '/');
    length = *path ? (size_t)(*path - url - 7) : strlen(url + 7);
    if (length >= sizeof host)
        return 1;
    snprintf(host, sizeof host, "%.*s", (int)length, url + 7);
    if (strchr(host, ':')) {
        port = (unsigned)strtoul(strchr(host, ':') + 1, NULL, 10);
        *strchr(host, ':') = '\0';
    }
    return uv_ip4_addr(host, (int)port, address) != 0;
}

void board_place_outcall(void *ctx, const struct board_outcall *call, int tag)
{
    struct board_place *place = ctx;
    struct board_errand *errand;
    struct sockaddr_in address;
    const char *path;

    if (place->boards->closing || errand_parse(call->url, &address, &path))
        return;
    errand = mem_new(struct board_errand);
    errand->place = place;
    errand->tag = tag;
    errand->address = address;
    buffer_printf(&errand->request, "%s %s HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n",
                  call->method, path ? path : "/");
    for (const char *const *header = call->headers; *header; header++)
        buffer_printf(&errand->request, "%s\r\n", *header);
    buffer_printf(&errand->request, "Content-Length: %zu\r\n\r\n", call->length);
    buffer_add(&errand->request, call->body ? call->body : "", call->length);
    list_append(&place->boards->calls, &errand->link);
    uv_timer_init(place->boards->loop, &errand->timer);
    errand->timer.data = errand;
    errand->handles = 1;
    uv_timer_start(&errand->timer, errand_go, (uint64_t)call->delay_ms, 0);
}

void boards_end_calls(struct boards *boards)
{
    while (!list_is_empty(&boards->calls))
        errand_close(LIST_ELEMENT(boards->calls.next, struct board_errand, link));
}
