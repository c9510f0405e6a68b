/* modem_inside: what the files of the modem adapter share. modem.c: the contract's operations;
 * modem_life.c: the agents' lives; modem_hear.c: what they say.
 * Runs: loop. */
#ifndef LAWCAST_MODEM_MODEM_INSIDE_H
#define LAWCAST_MODEM_MODEM_INSIDE_H

#include <uv.h>

#include "gateway/base/buffer.h"

#include "adapters/adapter.h"
#include "adapters/modem/berths.h"
#include "adapters/modem/child.h"
#include "adapters/modem/held.h"
#include "adapters/modem/ill.h"
#include "adapters/modem/line.h"
#include "adapters/modem/modem.h"
#include "adapters/modem/retry.h"
#include "adapters/modem/search.h"

/* What the agent is doing, and what the timer does when it has done that for too long. */
enum modem_phase {
    MODEM_NEW,     /* never started */
    MODEM_RESTING, /* there is no agent; the timer looks for the device and starts one */
    MODEM_OPENING, /* prepares the modem; the timer kills it */
    MODEM_READY,   /* takes jobs; while one is lent, or nothing is heard, the timer kills it */
    MODEM_LEAVING, /* is about to end; the timer kills it */
    MODEM_STOPPED,
};

struct modem_state {
    struct adapter_env env;
    struct modem_patience patience;
    enum modem_phase phase;
    bool stopping;

    struct berths berths;
    char imsi[24];    /* of the SIM that was here last; "": not known */
    int64_t pin_mark; /* what is remembered of the PIN (pin.h), 0: nothing */
    struct retry retry;
    struct ill ill;
    bool quarantined;
    int64_t rest_till_ms;  /* mono */
    int64_t look_from_ms;  /* mono; in quarantine: when plugging it in again counts */
    struct search search;  /* at the spare devices */
    int64_t forgiven_ms;   /* mono; berths_forgive */
    int64_t quiet_till_ms; /* mono; an answer may come that belongs to a message in doubt */

    /* The agent. */
    struct child child;
    uint32_t incarnation; /* of agents, from 1 */
    bool deaf;            /* nothing that it says counts any more */
    bool killed;
    bool mute;         /* it doesn't take what is written to it */
    bool identified;   /* it has the modem and the SIM that are meant */
    bool strange;      /* it has another */
    bool untold;       /* it doesn't tell which it has */
    bool barred;       /* trying again soon is no use */
    bool outside;      /* it has no network, as it said last */
    bool pin_withheld; /* it isn't told the PIN, which was refused before */
    bool pin_handed;   /* it was, and has not said yet what came of it */
    int64_t heard_ms;  /* mono: its last word */
    int64_t ready_ms;  /* mono; 0: never */
    struct buffer in;
    struct buffer forgets; /* for when it has no job: it isn't listening meanwhile */
    struct line line;

    char stranger[160];           /* who is at its own device */
    char why[160], told_why[160]; /* the agent was lost; what the caller was told of it */
    bool told, told_ready;
    uv_timer_t timer;
    struct adapter_job *job;
    bool judged; /* the agent never got the job: result stands and waits for the timer */
    struct adapter_result result;
    struct held held; /* until the job's outcome was told */
    int64_t reports;  /* that the agents have told */
};

/* modem.c */
void modem_tell_ready(struct modem_state *m, bool ready, const char *why);
/* Tells that it is lost, and why, unless it is being stopped. */
void modem_tell_down(struct modem_state *m);
/* Gives the job back with the result that stands. The caller may lend another at once. */
void modem_settle(struct modem_state *m);
/* The agent doesn't take what is written to it, and may have taken half: the timer kills it and
 * tells. */
void modem_find_mute(struct modem_state *m);

/* modem_life.c */
void modem_prepare_child(struct modem_state *m);
void modem_arm(struct modem_state *m, int64_t ms);
/* Until the agent has to say its next word. */
void modem_arm_silence(struct modem_state *m);
void modem_arm_opening(struct modem_state *m);
/* From now on the agent is expected to end by itself. */
void modem_leave(struct modem_state *m);
void modem_kill(struct modem_state *m, const char *why);
void modem_kill_and_tell(struct modem_state *m, const char *why);
/* A message was left without an answer: the modem isn't used until none can come any more. */
void modem_keep_quiet(struct modem_state *m);
/* There is no agent, and never will be. */
void modem_end(struct modem_state *m);

/* modem_hear.c: the agent has written this. */
void modem_output(void *ctx, const char *bytes, size_t length);

#endif
