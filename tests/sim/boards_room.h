/* boards_room: the inside of boards, shared by boards.c (HTTP), boards_tcp.c (TCP), boards_call.c
 * (what devices ask of others) and boards_place.c (what happens to a board).
 * Runs: loop. */
#ifndef LAWCAST_TESTS_SIM_BOARDS_ROOM_H
#define LAWCAST_TESTS_SIM_BOARDS_ROOM_H

#include <microhttpd.h>
#include <uv.h>

#include "gateway/base/list.h"
#include "tests/sim/board.h"
#include "tests/sim/boards.h"

struct board_place {
    struct boards *boards;
    const struct board_spec *spec;
    const struct board_kind *kind;
    void *state;
    bool hangs, offline;
    bool dark;       /* its power is off */
    unsigned status; /* the next faults requests are answered with this instead */
    int64_t faults;
    enum board_trip trip; /* what the next request but ahead sets off */
    int64_t ahead;        /* requests that are let through before a fault or a trip */
    int64_t garbles;      /* this one of the next requests is carried out, but answered with: */
    unsigned garbled;     /* a status, and a page for people */
    char retry[40];       /* "Retry-After: 7" with it, or "" */
    struct list hung;     /* struct board_exchange */
    uv_tcp_t server;      /* of kinds that speak TCP */
    unsigned port;
    struct list guests; /* struct board_guest */
};

struct boards {
    uv_loop_t *loop;
    struct sim_log *log;
    struct board_place *places;
    size_t n;
    struct MHD_Daemon *daemon; /* NULL: not started, or closed */
    unsigned port;
    uv_poll_t poll;
    uv_timer_t again;  /* when the daemon wants to run again */
    uv_timer_t edge;   /* when something on a screen changes by itself */
    int64_t next_ms;   /* wall: when that will be; INT64_MAX: never */
    struct list calls; /* struct board_errand */
    bool closing;
};

/* boards.c */
void boards_run(struct boards *boards);
/* Closes what hangs without an answer. */
void board_place_drop_hung(struct board_place *place);

/* boards_place.c: a request is there: a trip that waits for it is set off. */
void board_place_trip(struct board_place *place);
/* boards_place.c: lets time pass, asks the kind, lets time pass. */
void board_place_ask(struct board_place *place, const struct board_request *request,
                     struct board_reply *reply);

/* boards_tcp.c: 0 or -errno. */
int board_place_listen(struct board_place *place);
void board_place_close(struct board_place *place);
/* Drops the guests whose requests hang. */
void board_place_drop_guests(struct board_place *place);

/* boards_call.c */
void board_place_outcall(void *place, const struct board_outcall *call, int tag);
void boards_end_calls(struct boards *boards);

#endif
