/* listener: HTTP for those outside: owners of boards, and devices that call back.
 * Runs: loop. Library: libmicrohttpd (only listener.c), without threads: its epoll descriptor is
 * watched by the loop.
 *
 *   POST /boards/ID/release   gives the board back to its owner; 202 at once, 404, 401, 503
 *   POST /boards/ID/resume    the other way round
 *   GET  /boards              how the caller's boards stand, JSON
 *   any  /call/ID/MAC...      a device calls; the MAC is derived from the configuration's key, so
 * that nobody else can guess the address, and it is the same after a restart
 *
 * An owner proves who it is by "Authorization: Bearer TOKEN" with the token of its unit, and
 * reaches its own boards only: a foreign board is as unknown as one that there is not. Whoever
 * may not speak is refused by the headers, before a body is kept; bodies are capped, one by one and
 * all together; connections are limited in number, per address and in time. */
#ifndef LAWCAST_CONTROL_LISTENER_H
#define LAWCAST_CONTROL_LISTENER_H

#include <uv.h>

#include "gateway/base/json.h"
#include "gateway/model/office.h"
#include "adapters/adapter.h"

struct listener;

struct listener_events {
    /* The owner's unit asks for it; the board is its own. false: it can't be kept just now. */
    bool (*release)(void *ctx, const struct board *board, bool released, const char *by);
    /* Adds what the owner may know of its board to the object. */
    void (*describe)(void *ctx, const struct board *board, struct jv *out);
    /* Fills answer, whose status is 404 before. */
    void (*call)(void *ctx, const struct board *board, const struct adapter_call *call,
                 struct adapter_answer *answer);
};

/* 0, 1: the office has no listener (*out is NULL), or -errno. */
int listener_open(struct listener **out, uv_loop_t *loop, const struct office *office,
                  const struct listener_events *events, void *ctx);
/* Another configuration, with the same boards, and the same units at the same places: its tokens
 * count from now on. Where the listener is and its key stay. */
void listener_adopt(struct listener *listener, const struct office *office);
/* Drops connections; frees itself when the loop has closed its handles. NULL is fine. */
void listener_close(struct listener *listener);
/* http://address:port as bound, or as the configuration says; lent. */
const char *listener_url(const struct listener *listener);
/* The callback URL of a board, to be freed. */
char *listener_callback(const struct listener *listener, const struct board *board);

#endif
