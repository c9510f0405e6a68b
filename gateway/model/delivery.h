/* delivery: one message to one number, or one slogan on one board in one slot; its states.
 * Runs: any (pure).
 *
 *   planned -> due -> inflight -> sent -> delivered | undelivered         (messages)
 *                                 sent -> shown -> withdrawn              (boards)
 *                                 sent -> withdrawn       accepted, never seen on the board
 *                                 A play log may prove afterwards what a withdrawn one showed.
 *              due -> inflight -> deferred -> due         certainly not sent
 *                     inflight -> rejected                permanent
 *                     inflight -> unknown                 may have been sent
 *                     unknown  -> sent | delivered | undelivered   settled by a status report
 *                     unknown  -> deferred                only when the campaign says "resend"
 *   planned | due | deferred -> expired | cancelled | suppressed      certainly not sent
 *             due | deferred -> unknown                 of a message that was unknown before: to
 *                                                       call it expired would say "not sent"
 *
 * delivery_may_change is the table; the ledger refuses anything else and ends the process, because
 * a change that the table doesn't list means that the books are about to say something untrue. */
#ifndef LAWCAST_MODEL_DELIVERY_H
#define LAWCAST_MODEL_DELIVERY_H

#include <stdbool.h>

/* Numbers are stored in the books: never renumber, only append. */
enum delivery_state {
    DELIVERY_PLANNED = 0,
    DELIVERY_DUE = 1,
    DELIVERY_INFLIGHT = 2,
    DELIVERY_DEFERRED = 3,
    DELIVERY_SENT = 4,
    DELIVERY_DELIVERED = 5,
    DELIVERY_UNDELIVERED = 6,
    DELIVERY_REJECTED = 7,
    DELIVERY_UNKNOWN = 8,
    DELIVERY_SUPPRESSED = 9,
    DELIVERY_EXPIRED = 10,
    DELIVERY_CANCELLED = 11,
    DELIVERY_SHOWN = 12,
    DELIVERY_WITHDRAWN = 13,
    DELIVERY_STATES
};

enum delivery_channel { CHANNEL_SMS = 1, CHANNEL_DISPLAY = 2 };

/* Why a state changed; stored in the journal: never renumber, only append. */
enum delivery_cause {
    CAUSE_PLAN = 0,      /* the campaign was entered into the books */
    CAUSE_RESERVE = 1,   /* drawn from the reserve list for one that failed */
    CAUSE_WINDOW = 2,    /* the window opened, closed, or the slot passed */
    CAUSE_CLAIM = 3,     /* a lane took it */
    CAUSE_OUTCOME = 4,   /* the adapter answered */
    CAUSE_REPORT = 5,    /* the network's status report */
    CAUSE_RESTART = 6,   /* found in flight when the books were opened */
    CAUSE_RESEND = 7,    /* the campaign says on_unknown = "resend" */
    CAUSE_RETRY = 8,     /* its waiting time is over */
    CAUSE_VERIFY = 9,    /* read back from the board, or told by its play log */
    CAUSE_WITHDRAW = 10, /* taken off the board */
    CAUSE_CANCEL = 11,   /* by a person */
    CAUSE_REFUSAL = 12,  /* the recipient wants no messages */
    CAUSE_CLOSED = 13,   /* sent, and the report is awaited no longer (sms.report_close) */
    DELIVERY_CAUSES
};

const char *delivery_state_name(enum delivery_state state); /* "planned"; in --json and the books */
const char *delivery_state_label(enum delivery_state state); /* in the user's language */
const char *delivery_cause_name(enum delivery_cause cause);
bool delivery_may_change(enum delivery_state from, enum delivery_state to);

#endif
