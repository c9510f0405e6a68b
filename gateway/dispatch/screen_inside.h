/* screen_inside: what the files of a screen share; nobody else includes it.
 * Runs: loop.
 *
 *   screen.c        what is to be done with the device now
 *   screen_hear.c   what the device says
 *   screen_books.c  what the books are told and asked
 *   screen_strays.c what campaigns that aren't carried out now have left there
 *   screen_steer.c  what people say of it
 *   screen_view.c   what can be seen of it, and when it is due */
#ifndef LAWCAST_DISPATCH_SCREEN_INSIDE_H
#define LAWCAST_DISPATCH_SCREEN_INSIDE_H

#include "gateway/dispatch/screen.h"
#include "gateway/dispatch/showing.h"

#define SCREEN_ADOPT_MAX                                                                           \
    4 /* showings that are taken over at once, of one campaign or of the others */
#define SCREEN_SHORTEST_MS 1000 /* less isn't worth a request, nor a slot with less left */

enum stake_known { STAKE_NEW, STAKE_ASKED, STAKE_KNOWN };

/* A campaign's share of the board. */
struct stake {
    struct work *work;
    struct queue *queue;
    int64_t weight;
    enum screen_bar bar;
    enum stake_known known; /* what an earlier run left there */
    bool more;              /* there was more of that than was taken over at once */
};

/* A slogan that is over, for proofs that come late. */
struct past {
    char name[SIGHT_NAME];
    int64_t id, campaign, from_ms, until_ms;
};

struct screen {
    struct screen_setup setup;
    const struct adapter *adapter;
    struct ledger_board known;
    void (*on_stopped)(void *ctx);
    void *ctx;

    bool ready, started, clearing, stopping, stopped, told_stopped;
    bool released, asked_release; /* asked: what the books said at the start is older */
    bool paused;                  /* by a person of ours */
    bool barred;                  /* people have said something of a stake since the last step */
    bool quiet;                   /* as of quiet_at_ms, until quiet_until_ms (wall) */
    int64_t quiet_at_ms, quiet_until_ms;
    char why[160]; /* it is not ready, "" when it is */

    struct stake *stakes; /* by campaign id */
    size_t n_stakes;
    enum stake_known strays; /* what campaigns that aren't carried out left there */
    int64_t strays_after;    /* up to this id they were told */
    struct list showings;
    struct showing *wanted;     /* what should be on it, when that is here already; or NULL */
    struct stake *wanted_stake; /* else whose next row; or NULL: nothing */
    bool waits;                 /* there is a slot open, but it isn't its time */
    int64_t wanted_until_ms;    /* wall: so long that holds */

    bool claiming, lent, broken_off;
    int64_t lent_ms;      /* steady: when */
    bool pressed;         /* it is down, and the adapter knows that something must go */
    struct showing *task; /* what the job is about; NULL: a probe */
    struct adapter_job job;
    size_t posted;
    int64_t publish_at_ms; /* steady: no first publication before */
    int failures;          /* of first publications, in a row */

    struct sight sight; /* all that was told so far */
    bool blind;         /* the last reading told neither power nor clock, but a probe does */
    bool skewed, probed, heard;
    int64_t probe_at_ms; /* steady */
    int64_t seen_ms;     /* wall: the last answer */
    bool telling, changed, told_clear;
    char trouble[160]; /* why what is wanted there isn't, "" when it is */
    bool picturing;    /* a picture is on its way to the books */
    enum lane_state told_state;
    int64_t told_at_ms; /* steady; 0: never */

    struct past *past; /* ring; NULL until the first */
    size_t n_past, past_room, next_past;

    int64_t due_ms;  /* steady */
    int64_t next_ms; /* wall */
    void *adapter_state;
};

/* ---- screen.c ---- */

/* What was broken off for somebody's sake, or in the way, holds up no withdrawal. */
void screen_hurry(struct screen *screen);
void screen_break_off(struct screen *screen);

/* ---- screen_hear.c ---- */

/* The last trouble with what is wanted there. what: NULL: none, it was seen there. */
void screen_note_trouble(struct screen *screen, const char *what, const char *detail);

/* The next first publication waits for a back-off, and for wait_ms. */
void screen_publish_later(struct screen *screen, int64_t wait_ms);
void screen_hear_result(struct screen *screen, const struct adapter_job *job,
                        const struct adapter_result *result);

/* ---- screen_books.c ---- */

void screen_ask_showings(struct screen *screen, struct stake *stake);
/* It may be on the device since before this run. */
void screen_adopt_showing(struct screen *screen, struct showing *showing);
/* An operation about no showing of this run: its owner is a note of the screen's, which ends in
 * screen_note_done_op. */
struct ledger_op *screen_note_op(struct screen *screen, enum ledger_op_kind kind,
                                 ledger_done *done);
struct screen *screen_note_screen(const struct ledger_op *op);
void screen_note_done_op(struct ledger_op *op);
void screen_claim(struct screen *screen, struct showing *showing,
                  void (*claimed)(struct ledger_op *op));
/* The first publication has ended so; a showing that isn't on the board then is gone. */
void screen_settle(struct screen *screen, struct showing *showing,
                   const struct adapter_result *result);
void screen_post_proof(struct screen *screen, struct showing *showing,
                       const struct showing_proof *proof, const struct evidence *evidence);
void screen_post_end(struct screen *screen, struct showing *showing);
void screen_on_proved(void *ctx, const struct board_proof *proof);
void screen_tell(struct screen *screen); /* how the board stands, when that is due */
/* Nothing more is on its way and the device has stopped: says so. */
void screen_end(struct screen *screen);

/* ---- screen_steer.c ---- */

void screen_mind_bars(struct screen *screen);

/* ---- screen_strays.c ---- */

void screen_ask_strays(struct screen *screen);

/* ---- screen_view.c ---- */

void screen_look_at_quiet(struct screen *screen);
void screen_desire(struct screen *screen);
int64_t screen_left_ms(const struct screen *screen, const struct showing *showing);
/* Of what is up: it must be withdrawn. NULL: nothing. */
struct showing *screen_unwelcome(const struct screen *screen);
bool screen_must_publish(const struct screen *screen, const struct showing *showing);
bool screen_ends_by_itself(const struct screen *screen); /* the device does, at until_ms */
/* What is lent holds up something that must go. */
bool screen_is_in_the_way(const struct screen *screen);
/* It is the owner's for now, or paused, and nothing of ours is on it. */
bool screen_is_given_back(const struct screen *screen);
bool screen_may_probe(const struct screen *screen);
void screen_plan(struct screen *screen); /* when it is due next */

#endif
