/* panel: a board at work: it carries the dialogue of a dialect over HTTP or TCP.
 * Runs: loop.
 *
 * The panel keeps the rules of adapter.h, so that a kind of board is nothing but its dialect
 * (dialect.h). A board is asked when there is work, so it is ready right after start. After
 * PANEL_FAILURES unhealthy ends in a row it is not ready, and a PROBE of its dialect asks with
 * growing pauses whether it is back; boards that failed together ask at different times. Until a
 * job has ended well, one more unhealthy end is enough then, and the pauses go on growing. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_PANEL_H
#define LAWCAST_ADAPTERS_DISPLAY_PANEL_H

#include "gateway/base/buffer.h"
#include "adapters/adapter.h"
#include "adapters/display/dialect.h"
#include "adapters/display/http.h"

enum {
    PANEL_FAILURES = 3,
    PANEL_WAIT_MS = 5000, /* before a job is worth another try on a board that failed */
    PANEL_PAUSE_MIN_MS = 1000,
    PANEL_PAUSE_MAX_MS = 60000,
    PANEL_HURRY_MS = 1000,   /* from one question to the next of a board that is hurried */
    PANEL_HURRY_PATIENT = 8, /* one question in so many is given the board's whole timeout */
    PANEL_STEPS_MOST = 64, /* requests of one job: a dialogue that runs in circles is ended */
};

enum panel_phase {
    PANEL_NEW,
    PANEL_STARTING,
    PANEL_READY,
    PANEL_DOWN,
    PANEL_STOPPING,
    PANEL_STOPPED
};

enum panel_doing {
    PANEL_IDLE,   /* no dialogue: nothing to do, or the pause of a board that is down */
    PANEL_RESTS,  /* the request is ready; the device is given time (ask.wait_ms) */
    PANEL_ASKS,   /* the request is under way */
    PANEL_KNOWS,  /* nothing is asked (ask.nothing): the dialect hears in a moment */
    PANEL_AWAITS, /* a call of the device */
    PANEL_BROKEN, /* taken back; done will be told by the timer */
};

struct panel {
    struct adapter_env env;
    const struct dialect *dialect; /* set before init: that one; else the kind's (tests) */
    enum panel_phase phase;
    enum panel_doing doing;
    uv_timer_t timer;      /* whatever phase and doing wait for */
    struct http_turn turn; /* the start */

    struct adapter_job *job; /* what the dialogue is about; own, or lent */
    struct adapter_job own;  /* the PROBE of a board that is down */
    void *memory;            /* the dialect's */
    int step, next_step;     /* next_step: after PANEL_AWAITS */
    unsigned requests;       /* of this job */
    bool asked;              /* a request of this job went out */
    bool renewed;            /* the job has begun again once */
    bool opened;             /* the dialect has; its close is due */
    bool changing;           /* the request may change something */
    bool touched;            /* the job may have changed something on the board */
    bool called;             /* the awaited call came before the reply that says so */
    char nonce[33];          /* of the request */
    struct http_transfer *transfer;
    struct sight sight;
    struct adapter_result result; /* with PANEL_BROKEN */

    unsigned failures; /* unhealthy ends in a row */
    int pauses;        /* since a job ended well */
    bool hurried;      /* since it is down */
    uint64_t asked_ms; /* the loop's time: when it was asked last whether it is back */
};

/* The operations of adapter.h. */
int panel_init(void *state, const struct adapter_env *env, char *why, size_t why_size);
int panel_start(void *state);
int panel_submit(void *state, struct adapter_job *job);
int panel_withdraw(void *state, struct adapter_job *job);
int panel_verify(void *state, struct adapter_job *job);
int panel_probe(void *state, struct adapter_job *job);
void panel_cancel(void *state);
void panel_hurry(void *state);
void panel_hear(void *state, const struct adapter_call *call, struct adapter_answer *answer);
void panel_stop(void *state);
void panel_fini(void *state);

#endif
