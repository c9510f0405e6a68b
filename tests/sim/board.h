/* board: the contract between the front (boards.c) and the protocols of the boards.
 * Runs: any (pure: no descriptors, the time is given).
 *
 * A protocol takes a request and gives a reply; what becomes visible on its screen, or stops being
 * visible, it tells its screen with the instant at which that happened. The front calls advance
 * before every request, at next_change, and when the clock was moved, so a jump over the end of a
 * window is told with the window's end. Most of this is done by a reel (reel.h): a kind keeps one,
 * and hands the calls through.
 *
 * The device's clock is now_ms plus its skew: windows are judged by it, and it is what the device
 * tells; what is told to the screen is in now_ms. */
#ifndef LAWCAST_TESTS_SIM_BOARD_H
#define LAWCAST_TESTS_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "tests/sim/spec.h"

struct board_request {
    const char *method; /* TCP: "" */
    const char *path;   /* below the board: "/", "/;stok=.../", "/publish"; begins with /. As it
                           came, without the query; %XX decoded */
    const char *body;   /* ended by a NUL that is not counted; TCP: one frame */
    size_t length;
    /* Header (without regard to case) or query parameter (decoded); NULL: not there. */
    const char *(*header)(const struct board_request *request, const char *name);
    const char *(*query)(const struct board_request *request, const char *name);
    void *ctx; /* theirs */
};

/* status 0 with an empty body is what a protocol starts from. TCP: the body alone counts; an empty
 * one is no answer. */
struct board_reply {
    unsigned status;
    bool chunked;
    const char *type;       /* Content-Type */
    const char *headers[9]; /* "Name: value", static or kept by the kind; ended by NULL */
    struct buffer body;
};

struct board_view {
    int64_t t;
    const char *name, *text; /* UTF-8 */
    bool shown, open;        /* see struct sim_log_view */
};

/* A request that the device makes by itself. Copied. */
struct board_outcall {
    const char *method, *url; /* http:// only */
    const char *headers[9];   /* "Name: value", ended by NULL */
    const char *body;
    size_t length;
    int64_t delay_ms; /* of the machine's time, not the virtual one */
};

struct board_screen {
    void (*view)(void *ctx, const struct board_view *view);
    /* Sends it; the answer comes to kind->answered, with tag. */
    void (*outcall)(void *ctx, const struct board_outcall *call, int tag);
    void *ctx;
};

enum board_trick {
    TRICK_LIE,     /* what is new is answered with success, and is not stored */
    TRICK_PRETEND, /* what is new is answered with success, stored, and never on the screen; where
                      the product tells what it plays, it doesn't name it */
    TRICK_SLEEP,   /* the screen is dark on purpose; the device says so where its product can */
    TRICKS
};

struct board_kind {
    const char *name;
    const char *root; /* of its URL: "onbon" */
    bool tcp;         /* its URL is tcp://127.0.0.1:PORT instead, a port of its own */
    /* TCP: the length of the frame that bytes begin with; 0: not complete. */
    size_t (*whole)(const char *bytes, size_t n);
    void *(*create)(const struct board_spec *spec, const struct board_screen *screen);
    void (*release)(void *state);
    void (*request)(void *state, const struct board_request *request, int64_t now_ms,
                    struct board_reply *reply);
    /* The answer to an outcall: status 0 when there was none. NULL: not wanted. */
    void (*answered)(void *state, int tag, unsigned status, const char *body, int64_t now_ms);
    /* Lets the time pass up to now_ms (or jump back to it). */
    void (*advance)(void *state, int64_t now_ms);
    /* The next instant after now_ms at which something changes by itself; INT64_MAX: none. */
    int64_t (*next_change)(const void *state, int64_t now_ms);
    /* power_off: what is visible goes dark, what the product keeps in RAM is lost, sessions end.
     * The front doesn't pass requests on until power_on. reboot is both at once. */
    void (*power_off)(void *state, int64_t now_ms);
    void (*power_on)(void *state, int64_t now_ms);
    void (*trick)(void *state, enum board_trick trick, bool on, int64_t now_ms);
    void (*skew)(void *state, int64_t skew_ms, int64_t now_ms);
    /* All sessions (logins) are over. NULL: the product has none. */
    void (*expire)(void *state);
    /* The owner puts a program of its own on the board: always visible, never told to the screen.
     */
    void (*own)(void *state, const char *name, const char *text, int64_t now_ms);
    /* Adds the names of everything that is stored, the owner's included, to an array. */
    void (*list)(const void *state, struct jv *names);
    /* The end: what is visible is told as hidden, open. */
    void (*finish)(void *state, int64_t now_ms);
};

extern const struct board_kind board_onbon_y, board_onbon_k, board_huidu, board_colorlight,
    board_xixun, board_novacloud, board_webhook;
const struct board_kind *board_kind_find(const char *name);

#endif
