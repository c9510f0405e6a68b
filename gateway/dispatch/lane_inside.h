/* lane_inside: what the files of lane share; nobody else includes it.
 * Runs: loop.
 *
 *   lane.c        its life, the claim and the outcome of messages, reports
 *   lane_stand.c  who it is, what state it is in, what the books hear of that
 *   lane_mail.c   what comes in, and the answers to it */
#ifndef LAWCAST_DISPATCH_LANE_INSIDE_H
#define LAWCAST_DISPATCH_LANE_INSIDE_H

#include "gateway/dispatch/lane.h"

/* What the meters said while the lane looked for a message. */
struct lane_asked {
    int64_t refused;  /* parts of the smallest message that must wait */
    int64_t again_ms; /* wall time at which to ask again; INT64_MAX: nothing must wait */
    enum meter_bound bound;
    const struct gauge *gauge; /* NULL: it is a rate that a person has set */
};

/* Why its SIM can't be used though the adapter takes jobs. */
enum lane_fault {
    LANE_FAULT_NONE,
    LANE_FAULT_DOUBLE,   /* another modem says that it has the same SIM */
    LANE_FAULT_NAMELESS, /* it doesn't tell its IMSI, which it did before */
};

struct lane {
    struct lane_setup setup;
    int32_t device;
    const struct lane_events *events;
    void *ctx;
    bool started, stopping, stopped;
    bool abandoned, doubted; /* what it had at the end of a drain; and that is in doubt */

    /* what decides the state */
    bool up;           /* the adapter takes jobs */
    char trouble[160]; /* why it doesn't; "" while it starts */
    enum lane_fault fault;
    const struct lane *rival; /* DOUBLE: who has the SIM */
    bool paused;
    int64_t rest_until_ms;    /* steady time: a gap, or the network is busy */
    bool busy;                /* it is the network */
    int64_t limited_until_ms; /* wall time: the meters, as asked says */
    struct lane_asked asked;
    enum lane_state state;
    char why[160];

    /* who it is */
    struct modem_health health;
    bool named; /* an IMSI is configured, remembered, or was told: it is metered by no other name */
    enum phone_operator network;
    struct gauge *sim, *group; /* sim NULL: not known yet, or another lane has it */
    struct rate *rates[TAB_RATES_MODEM];
    int64_t pin_mark;
    int32_t error;
    int64_t error_ms;
    int64_t part_ms; /* steady: how long a part takes, on average */

    /* what the books hear of it: LEDGER_MODEM */
    struct ledger_op tell;
    bool telling, tell_due;
    int64_t told_ms, tell_at_ms; /* monotonic */

    /* what it does: at most one of claiming and lent */
    bool claiming, lent, answering; /* answering: the claim or the job is an answer */
    size_t posted;                  /* operations of this lane that the books have not answered */
    struct lane_task task;
    struct tab tab;
    int64_t lent_ms; /* steady */
    struct adapter_job job;
    struct ledger_op claim;
    bool answers;             /* some wait for this modem */
    int64_t answers_after_ms; /* steady: not before */
    char *answer;             /* the text that is lent */
    void *adapter_state;
};

/* An operation that outlives the lane's interest in its task. */
struct lane_note {
    struct ledger_op op;
    struct lane *lane;
    struct queue *queue;
    struct tab tab;
};

struct lane_note *lane_note_new(struct lane *lane, enum ledger_op_kind kind, ledger_done *done);
void lane_note_post(struct lane_note *note);
/* In the operation's done: the lane may end now. */
void lane_note_free(struct lane_note *note);
/* Says stopped once the last thing is over. */
void lane_quiet(struct lane *lane);
void lane_book(struct lane *lane, int64_t parts); /* opens the tab */
void lane_lend(struct lane *lane); /* job is filled; returns it when it isn't taken */

/* lane_stand.c */
void lane_identify(struct lane *lane); /* takes its SIM, if it is up and has none */
void lane_look(struct lane *lane);     /* moves to the state that the conditions want */
bool lane_may_pull(struct lane *lane);
/* Something that the books should know has changed; not sooner than pause_ms after the last time.
 */
void lane_tell(struct lane *lane, int64_t pause_ms);
void lane_tell_due(struct lane *lane);
void lane_rest(struct lane *lane, const struct outcome *outcome);
void lane_on_ready(void *ctx, bool ready, const char *why);
void lane_on_health(void *ctx, const struct modem_health *health);
void lane_on_pin_refused(void *ctx, int64_t mark);
void lane_note_error(struct lane *lane, int code);

/* lane_mail.c */
void lane_on_received(void *ctx, const struct inbound *inbound);
/* Asks the books for an answer to send; false: none waits, or it may not be sent now. */
bool lane_pull_answer(struct lane *lane);
void lane_end_answer(struct lane *lane, const struct outcome *outcome);

#endif
