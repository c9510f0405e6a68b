/* boards_tcp: boards that speak frames over TCP, each on a port of its own.
 * Runs: loop. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "tests/sim/boards_room.h"

enum { GUEST_MOST = 65536, GUEST_BACKLOG = 64 };

/* One connection. */
struct board_guest {
    struct list link;
    uv_tcp_t tcp; /* data: the guest */
    struct board_place *place;
    struct buffer in;
    bool hung;
    char piece[4096];
};

struct guest_answer {
    uv_write_t write;
    struct buffer bytes;
};

static void guest_closed(uv_handle_t *handle)
{
    struct board_guest *guest = handle->data;

    buffer_free(&guest->in);
    free(guest);
}

static void guest_leave(struct board_guest *guest)
{
    if (uv_is_closing((uv_handle_t *)&guest->tcp))
        return;
    list_remove(&guest->link);
    uv_close((uv_handle_t *)&guest->tcp, guest_closed);
}

static void guest_written(uv_write_t *write, int status)
{
    struct guest_answer *answer = (struct guest_answer *)(void *)write;

    (void)status;
    buffer_free(&answer->bytes);
    free(answer);
}

static const char *guest_has_none(const struct board_request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static void guest_ask(struct board_guest *guest, size_t length)
{
    struct board_request request = {.method = "",
                                    .path = "/",
                                    .body = buffer_text(&guest->in),
                                    .length = length,
                                    .header = guest_has_none,
                                    .query = guest_has_none};
    struct guest_answer *answer = mem_new(struct guest_answer);
    struct board_reply reply = {0};
    uv_buf_t piece;

    board_place_ask(guest->place, &request, &reply);
    answer->bytes = reply.body;
    piece = uv_buf_init(answer->bytes.data, (unsigned)answer->bytes.length);
    if (!answer->bytes.length || guest->place->dark ||
        uv_write(&answer->write, (uv_stream_t *)&guest->tcp, &piece, 1, guest_written))
        guest_written(&answer->write, 0);
}

/* A frame that a board doesn't answer is for it to judge; what never becomes one is dropped. */
static void guest_take(struct board_guest *guest)
{
    const struct board_kind *kind = guest->place->kind;
    size_t length;

    while (guest->in.length && (length = kind->whole(guest->in.data, guest->in.length))) {
        board_place_trip(guest->place);
        if (guest->place->hangs) {
            guest->hung = true;
            return;
        }
        if (!guest->place->dark)
            guest_ask(guest, length);
        if (guest->place->dark) {
            guest_leave(guest);
            return;
        }
        buffer_consume(&guest->in, length);
    }
    if (guest->in.length > GUEST_MOST)
        guest_leave(guest);
}

static void guest_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct board_guest *guest = handle->data;

    (void)suggested;
    *room = uv_buf_init(guest->piece, sizeof guest->piece);
}

static void guest_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *piece)
{
    struct board_guest *guest = stream->data;

    if (n < 0 || guest->place->offline || guest->place->dark) {
        guest_leave(guest);
        return;
    }
    buffer_add(&guest->in, piece->base, (size_t)n);
    guest_take(guest);
}

static void place_comes(uv_stream_t *server, int status)
{
    struct board_place *place = server->data;
    struct board_guest *guest;

    if (status < 0)
        return;
    guest = mem_new(struct board_guest);
    guest->place = place;
    list_append(&place->guests, &guest->link);
    uv_tcp_init(server->loop, &guest->tcp);
    guest->tcp.data = guest;
    if (uv_accept(server, (uv_stream_t *)&guest->tcp) || place->offline || place->dark ||
        uv_read_start((uv_stream_t *)&guest->tcp, guest_room, guest_read))
        guest_leave(guest);
}

int board_place_listen(struct board_place *place)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int length = (int)sizeof address;
    int rc;

    uv_tcp_init(place->boards->loop, &place->server);
    place->server.data = place;
    rc = uv_tcp_bind(&place->server, (const struct sockaddr *)&address, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&place->server, GUEST_BACKLOG, place_comes);
    if (rc == 0)
        rc = uv_tcp_getsockname(&place->server, (struct sockaddr *)&address, &length);
    place->port = ntohs(address.sin_port);
    return rc;
}

void board_place_drop_guests(struct board_place *place)
{
    for (struct list *link = place->guests.next, *next; link != &place->guests; link = next) {
        struct board_guest *guest = LIST_ELEMENT(link, struct board_guest, link);

        next = link->next;
        if (guest->hung)
            guest_leave(guest);
    }
}

void board_place_close(struct board_place *place)
{
    if (!place->server.data)
        return;
    uv_close((uv_handle_t *)&place->server, NULL);
    while (!list_is_empty(&place->guests))
        guest_leave(LIST_ELEMENT(place->guests.next, struct board_guest, link));
}
