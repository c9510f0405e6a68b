/* board: the contract between the HTTP front and the protocols of the boards.
 * Runs: any (pure: no descriptors, the time is given).
 *
 * A protocol takes a request and gives a reply; what becomes visible on its screen, or stops being
 * visible, it tells its screen with the instant at which that happened. The front calls advance
 * before every request, at next_change, and when the clock was moved, so a jump over the end of a
 * window is told with the window's end. */
#ifndef LAWCAST_TESTS_SIM_BOARD_H
#define LAWCAST_TESTS_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "tests/sim/spec.h"

struct board_request {
    const char *method;
    const char *path;      /* below the board: "/", "/;stok=.../", "/publish"; begins with / */
    const char *parameter; /* the query's "parameter", decoded, or NULL */
    const char *webhook_id, *event; /* headers, or NULL */
    const char *body;               /* ended by a NUL that is not counted */
    size_t length;
};

/* status 0 with an empty body is what a protocol starts from. */
struct board_reply {
    unsigned status;
    bool chunked;
    const char *type; /* Content-Type */
    struct buffer body;
};

struct board_view {
    int64_t t;
    const char *name, *text; /* UTF-8 */
    bool shown, open;        /* see struct sim_log_view */
};

struct board_screen {
    void (*view)(void *ctx, const struct board_view *view);
    void *ctx;
};

struct board_kind {
    const char *name;
    const char *root; /* of its URL: "onbon" */
    void *(*create)(const struct board_spec *spec, const struct board_screen *screen);
    void (*release)(void *state);
    void (*request)(void *state, const struct board_request *request, int64_t now_ms,
                    struct board_reply *reply);
    /* Lets the time pass up to now_ms (or jump back to it). */
    void (*advance)(void *state, int64_t now_ms);
    /* The next instant after now_ms at which something changes by itself; INT64_MAX: none. */
    int64_t (*next_change)(const void *state, int64_t now_ms);
    void (*reboot)(void *state, int64_t now_ms);
    /* From now on what is new is answered with success and not shown. */
    void (*lie)(void *state, bool on);
    /* The end: what is visible is told as hidden, open. */
    void (*finish)(void *state, int64_t now_ms);
};

extern const struct board_kind board_onbon_y, board_webhook;
const struct board_kind *board_kind_find(const char *name);

#endif
