/* dispatch_inside: what the files of dispatch share; nobody else includes it.
 * Runs: loop.
 *
 *   dispatch.c       carries out campaigns
 *   dispatch_boards.c all boards together, in slices
 *   dispatch_clock.c when the clock was set, and when it is night
 *   steering.c       what people say of all that
 *   dispatch_view.c  what can be seen of that, and when there is nothing to do
 *   dispatch_pulse.c the same for a clock that stands still */
#ifndef LAWCAST_DISPATCH_DISPATCH_INSIDE_H
#define LAWCAST_DISPATCH_DISPATCH_INSIDE_H

#include "gateway/dispatch/choice.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/dispatch/screen.h"

enum dispatch_phase {
    DISPATCH_NEW,
    DISPATCH_RUNNING,
    DISPATCH_CLEARING, /* boards take our slogans down */
    DISPATCH_STOPPING, /* adapters settle what they have and end */
    DISPATCH_DRAINING, /* the books answer what was posted */
    DISPATCH_OVER,
};

/* What is done with every screen, a slice each turn of the loop. */
enum dispatch_round {
    ROUND_START,
    ROUND_STEP, /* those that are due */
    ROUND_CLEAR,
    ROUND_STOP,
    ROUND_FREE,
    DISPATCH_ROUNDS
};

struct steering;

struct dispatch {
    struct dispatch_setup setup;
    struct steering *steering;
    enum dispatch_phase phase;
    bool stop_asked;
    uv_timer_t tick, nudge; /* nudge: before the next tick, when a lane stops waiting then */
    size_t handles;         /* of these, not closed yet */
    struct meters *meters;
    struct lane_day day;
    struct choice choice;
    struct lane **lanes;
    size_t n_lanes, turn; /* turn: which lane pulls first next time */
    struct ledger_op recall;
    const char **names;             /* of the lanes' modems, while they are recalled */
    struct ledger_memory *memories; /* same */
    bool recalling, reconciling; /* the latter: modems go and come after a reload */
    size_t recalled;             /* lanes before this one were recalled earlier */
    uv_idle_t slice;         /* goes on with the rounds */
    struct screen **screens; /* by id */
    size_t n_screens;
    struct screen **screen_of;   /* by index in office.boards; NULL: nothing of ours belongs there */
    struct ledger_board *boards; /* by index in office.boards */
    bool boards_known;           /* the books have answered that */
    const char **codes;          /* ids, owners, their names, while they are recalled */
    bool *used;                  /* same: by a campaign of this run */
    struct ledger_op recall_boards;
    bool recalling_boards;
    size_t releases; /* on their way to the books */
    struct {
        size_t at; /* the next one */
        bool on;
    } rounds[DISPATCH_ROUNDS];
    struct work *works;
    size_t running;                           /* adapters that were started and have not stopped */
    int64_t clearing_since_ms, stop_since_ms; /* monotonic */
    int64_t clock_offset_ms;                  /* wall minus steady time, as of the last tick */
    int64_t hold_until_ms;                    /* steady time; 0: the clock is trusted */
    int64_t settled, reported, unmatched, replies, refusals, answers;
};

void dispatch_begin_round(struct dispatch *dispatch, enum dispatch_round round);
void dispatch_end_round(struct dispatch *dispatch, enum dispatch_round round);
bool dispatch_round_is_on(const struct dispatch *dispatch, enum dispatch_round round);
bool dispatch_boards_are_clear(const struct dispatch *dispatch);
/* Nothing is on its way from the books to a screen: they may be freed. */
bool dispatch_screens_are_still(const struct dispatch *dispatch);
void dispatch_wake_screens(struct dispatch *dispatch);
/* NULL: there is none, or it is being freed. */
struct screen *dispatch_screen(const struct dispatch *dispatch, const char *id);
/* The two halves of dispatch_next_ms. */
int64_t dispatch_next_message_ms(const struct dispatch *dispatch);
int64_t dispatch_next_show_ms(const struct dispatch *dispatch);
bool dispatch_add_screens(struct dispatch *dispatch, char *why, size_t why_size);
void dispatch_recall_boards(struct dispatch *dispatch);
bool dispatch_has_messages(const struct dispatch *dispatch); /* a campaign has orders */
/* At the end of lanes, which has room. false: why. */
bool dispatch_add_lane(struct dispatch *dispatch, const struct modem *modem, char *why,
                       size_t why_size);
/* Starts the lanes from this one on. */
void dispatch_recall(struct dispatch *dispatch, size_t from);
/* Holds all campaigns for a while when the system's clock was set. */
void dispatch_watch_clock(struct dispatch *dispatch);
/* Answers to refusals may be sent until then; 0: not now. */
int64_t dispatch_answers_until_ms(const struct dispatch *dispatch);

#endif
