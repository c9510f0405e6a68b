/* dispatch_inside: what the files of dispatch share; nobody else includes it.
 * Runs: loop.
 *
 *   dispatch.c       carries out campaigns
 *   dispatch_clock.c when the clock was set, and when it is night
 *   dispatch_view.c  what can be seen of that, and when there is nothing to do */
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

struct dispatch {
    struct dispatch_setup setup;
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
    bool recalling;
    struct screen **screens;
    size_t n_screens;
    struct work *works;
    size_t running;                           /* adapters that were started and have not stopped */
    int64_t clearing_since_ms, stop_since_ms; /* monotonic */
    int64_t clock_offset_ms;                  /* wall minus steady time, as of the last tick */
    int64_t hold_until_ms;                    /* steady time; 0: the clock is trusted */
    int64_t settled, reported, unmatched, replies, refusals, answers;
};

/* Holds all campaigns for a while when the system's clock was set. */
void dispatch_watch_clock(struct dispatch *dispatch);
/* Answers to refusals may be sent until then; 0: not now. */
int64_t dispatch_answers_until_ms(const struct dispatch *dispatch);

#endif
