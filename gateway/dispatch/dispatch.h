/* dispatch: carries out campaigns: due -> claim -> submit -> outcome -> settle.
 * Runs: loop.
 *
 * Owns one lane per modem, one screen per board that a campaign uses or on which the books say that
 * something may be left, and one work per campaign. It
 * ends by itself when every campaign has ended and nothing of ours is on a board; or early by
 * dispatch_stop. Before it says finished, every modem and board has been stopped and every
 * operation answered by the books. */
#ifndef LAWCAST_DISPATCH_DISPATCH_H
#define LAWCAST_DISPATCH_DISPATCH_H

#include "adapters/adapter.h"
#include "gateway/config/recipients.h"
#include "gateway/ledger/ledger.h"
#include "gateway/model/campaign.h"

struct dispatch_setup {
    uv_loop_t *loop;
    struct ledger *ledger;
    const struct office *office;
    const struct campaign *const *campaigns;
    size_t n_campaigns;
    const struct adapter *modem_adapter; /* of every modem */
    struct http *http;                   /* NULL when no campaign uses a board */
    /* The callback URL of a board, to be freed; NULL: there is no listener. */
    char *(*callback_of)(void *ctx, const struct board *board);
    /* A slogan as a PNG for a board with render = "picture"; lent for the run. NULL: there is none,
     * the slogan isn't shown. Must return at once. */
    const void *(*picture_of)(void *ctx, const struct board *board, const char *text,
                              size_t *length);
    struct ports *ports;                 /* who has which device, for modem_adapter; or NULL */
    const char *agent_path;
    void (*refused)(void *ctx, const struct campaign *campaign, const struct recipient *row);
    void (*read)(void *ctx, const struct campaign *campaign); /* its lists, to the end */
    void (*finished)(void *ctx);
    void *ctx;
};

/* What can be seen from outside, for progress displays. */
struct dispatch_view {
    size_t modems, modems_ready, modems_paused, modems_throttled; /* the others are down */
    size_t boards, boards_ready;
    size_t showing;        /* slogans that are up and proved */
    size_t boards_paused;  /* released or quiet: the others are down */
    size_t boards_skewed;  /* whose clock is wrong by more than SIGHT_SKEW_MS */
    const char *skewed_id; /* the first of these, or NULL */
    size_t works_entering; /* campaigns that are being entered into the books */
    size_t works_paused;   /* campaigns that wait until a person says resume */
    const char *paused_id; /* the first of these, or NULL */
    int64_t rows_read;     /* by intake, all campaigns */
    int64_t settled;       /* outcomes in the books since the start */
    int64_t reported;      /* status reports that came since the start */
    int64_t unmatched;     /* of these, reports that belong to no message */
    int64_t replies;       /* parts of messages that came in since the start */
    int64_t refusals;      /* of these, those that suppressed a number */
    int64_t answers;       /* to refusals, sent since the start */
    size_t abandoned;      /* messages that a stop didn't wait for any longer: they are in doubt */
    size_t awaiting;       /* messages without a report, as of the last look */
    int64_t open;          /* parts that open windows still wait for, same */
    /* Why a modem or board is down (the first one of each), and which; or NULL. Lent. */
    const char *modem_trouble, *modem_trouble_id;
    const char *board_trouble, *board_trouble_id;
};

struct dispatch; /* opaque */

/* NULL with a sentence in why when an adapter refuses its configuration. Nothing runs yet. */
struct dispatch *dispatch_new(const struct dispatch_setup *setup, char *why, size_t why_size);
/* A device that can't be started is down, with its reason; the others go on. */
void dispatch_start(struct dispatch *dispatch);
/* Takes no new work, withdraws slogans, lets modems finish, for office.drain_s at most (0: as long as
 * that takes); finished follows. Again: doesn't wait for boards any longer. */
void dispatch_stop(struct dispatch *dispatch);
void dispatch_free(struct dispatch *dispatch); /* after finished, or never started */
void dispatch_view(const struct dispatch *dispatch, struct dispatch_view *view);
/* Why a campaign was not carried out, in the user's language; NULL: it was. */
const char *dispatch_failure(const struct dispatch *dispatch, size_t campaign);

/* What became of a person's word. */
enum dispatch_steered {
    STEERED_DONE,      /* it is in the books, and holds */
    STEERED_ALREADY,   /* it was so; nothing was written */
    STEERED_NONE,      /* there is no such thing */
    STEERED_IDLE,      /* no campaign of this run that it could concern: name one */
    STEERED_CANCELLED, /* it was cancelled before */
    STEERED_OVER,      /* the campaign has ended, or the gateway ends */
    STEERED_EARLY,     /* extend: not later than now and than the end as it is */
    STEERED_FAR,       /* extend: more than STEER_EXTEND_MOST_MS past the end as it is */
    STEERED_UNWRITTEN, /* the books can't be written: a pause or cancellation holds for this run */
    DISPATCH_STEERED
};
struct dispatch_answer {
    enum dispatch_steered result;
    bool running;     /* it concerns a campaign, modem or board of this run */
    size_t campaigns; /* unit without a campaign: of how many in this run */
    size_t modems;    /* modem: how many have that name */
};
typedef void dispatch_steer_done(void *ctx, const struct dispatch_answer *answer);
/* Says a word (model/steer.h), which is possible (steer_is_possible), in by's name (it goes into
 * the books). true: done follows when the books have it; false: *answer is filled, and done isn't
 * called. Words about a unit in all campaigns that end something (cancel, extend) mean the
 * campaigns of this run; other ones also those to come. */
bool dispatch_steer(struct dispatch *dispatch, const struct steer *steer, const char *by,
                    dispatch_steer_done *done, void *ctx, struct dispatch_answer *answer);
/* What all words about something come to; of a modem, those about its bank, too. name as in struct
 * steer. */
struct steer_standing dispatch_standing(const struct dispatch *dispatch, enum steer_scope scope,
                                        const char *name, const char *campaign);

/* Gives a board back to its owner, or takes it up again, at once and for later runs too. */
struct dispatch_release {
    const char *id;
    bool released;
    const char *by;                         /* who: goes into the books */
    void (*booked)(void *ctx, bool booked); /* the books have it, or gave it up; NULL: not wanted */
    void *ctx;
};
/* true: the office has such a board. */
bool dispatch_release_board(struct dispatch *dispatch, const struct dispatch_release *release);
struct dispatch_board {
    enum lane_state state; /* down: doesn't answer; paused: released or quiet */
    const char *why;       /* "" when ready; lent */
    bool released, quiet;
    bool by_person; /* paused by a person of ours */
    bool up;        /* something of ours is on it, or may be */
};
/* false: no campaign of this run uses it and the books know of nothing on it, or there is none. */
bool dispatch_look_at_board(const struct dispatch *dispatch, const char *id,
                            struct dispatch_board *out);
/* A call of a device for a board (adapter.h). false: no campaign of this run uses the board. */
bool dispatch_hear(struct dispatch *dispatch, const char *id, const struct adapter_call *call,
                   struct adapter_answer *answer);

/* For rehearsals, which pass over idle time: nothing is on its way and nothing can be done now.
 * Messages may lie in queues when every modem is down, paused or throttled, or may not take them.
 */
bool dispatch_is_idle(const struct dispatch *dispatch);
/* The wall time of the next deed, INT64_MAX: none. */
int64_t dispatch_next_ms(const struct dispatch *dispatch);
/* Looks at the clock now instead of at the next tick (after clock_set). */
void dispatch_tick(struct dispatch *dispatch);
/* The same for a clock that stands still (clock_freeze): how far everybody is, at this instant. */
struct dispatch_pulse {
    bool busy;            /* something is on its way between us and the books, or waits for a turn */
    bool asking;          /* a board has a request */
    bool running;         /* the devices are at work */
    int64_t lent;         /* messages that modems have */
    int64_t heard;        /* status reports until now */
    int64_t modems_down;  /* or not known yet to be up */
    int64_t boards_down;  /* same */
    int64_t next_ms;      /* wall time of the next deed for messages, INT64_MAX: none */
    int64_t next_show_ms; /* and for boards */
};
void dispatch_pulse(const struct dispatch *dispatch, struct dispatch_pulse *pulse);
/* While it is shut no lane takes a message: so all that ends at an instant is in the books before
 * anything begins. Opening it lets them all look. */
void dispatch_gate(struct dispatch *dispatch, bool shut);

#endif
