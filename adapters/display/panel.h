/* panel: what all kinds of boards have in common, so that a kind only speaks its protocol.
 * Runs: loop.
 *
 * A kind's state begins with a struct panel, so panel_start, panel_submit, ... are its operations.
 * The panel keeps the rules of adapter.h: one job at a time, exactly one done, nothing from inside
 * an operation, stop at any time. A kind has one callback, begin, and answers with panel_send and
 * panel_finish:
 *
 *   begin -> panel_send -> its reply callback -> panel_send ... -> panel_finish
 *
 * A board is asked when there is work, so it is ready right after start. After PANEL_FAILURES
 * unhealthy ends in a row it is not ready, and a GET of its URL asks with growing pauses whether it
 * is back; boards that failed together ask at different times. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_PANEL_H
#define LAWCAST_ADAPTERS_DISPLAY_PANEL_H

#include "gateway/base/buffer.h"
#include "adapters/adapter.h"
#include "adapters/display/http.h"

enum {
    PANEL_FAILURES = 3,
    PANEL_WAIT_MS = 5000, /* before a job is worth another try on a board that failed */
    PANEL_PAUSE_MIN_MS = 1000,
    PANEL_PAUSE_MAX_MS = 60000,
};

enum panel_phase {
    PANEL_NEW,
    PANEL_STARTING,
    PANEL_READY,
    PANEL_DOWN,
    PANEL_STOPPING,
    PANEL_STOPPED
};

struct panel;
typedef void panel_reply(struct panel *panel, const struct http_result *result);

struct panel {
    struct adapter_env env;
    void (*begin)(struct panel *panel); /* panel->job is what to do */
    enum panel_phase phase;
    uv_timer_t timer; /* one turn to come, or the pause of a board that is down */
    struct adapter_job *job;
    bool touched;  /* the job may have changed something on the board */
    bool changing; /* so does the request under way, if it has left */
    struct http_transfer *transfer;
    panel_reply *reply;
    bool finished, healthy; /* finished: result waits for the timer */
    struct adapter_result result;
    unsigned failures; /* unhealthy ends in a row */
    int pauses;        /* since it is down */
};

/* Checks the board's URL. 0 or -EINVAL with why. */
int panel_init(struct panel *panel, const struct adapter_env *env,
               void (*begin)(struct panel *panel), char *why, size_t why_size);
int panel_start(void *state);
int panel_submit(void *state, struct adapter_job *job);
int panel_withdraw(void *state, struct adapter_job *job);
int panel_verify(void *state, struct adapter_job *job);
void panel_stop(void *state);
void panel_fini(void *state);

/* From begin or a reply callback, once: the next request. changes: it may show or remove something.
 */
void panel_send(struct panel *panel, const struct http_request *request, bool changes,
                panel_reply *reply);
/* From begin or a reply callback, instead: the job is over. healthy: the board works as far as this
 * shows. */
void panel_finish(struct panel *panel, const struct adapter_result *result, bool healthy);

/* An outcome with its sentence; level and the rest as in a zeroed result. */
struct adapter_result panel_result(enum outcome_kind kind, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The board's URL without trailing slashes, then path, which begins with a slash unless empty. */
void panel_url(const struct panel *panel, const char *path, struct buffer *out);

#endif
