/* leap: where the clock of a rehearsal jumps to.
 * Runs: any (pure). */
#ifndef LAWCAST_MODEL_LEAP_H
#define LAWCAST_MODEL_LEAP_H

#include "gateway/model/campaign.h"

/* What everybody waits for, in wall time; INT64_MAX: for nothing. */
struct leap_next {
    int64_t message_ms; /* the lanes and the campaign's messages */
    int64_t show_ms;    /* the boards, on our side */
    int64_t world_ms;   /* the simulated network and the simulated boards */
};

/* The earliest of them. Messages wait for the next multiple of grid_ms, but no beginning and no end
 * of a window of the campaign is passed over. INT64_MAX: nobody waits for anything; not after
 * now_ms: somebody has missed his time. */
int64_t leap_target(const struct campaign *campaign, int64_t grid_ms, int64_t now_ms,
                    const struct leap_next *next);

#endif
