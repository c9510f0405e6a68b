/* choice: which message a free lane takes.
 * Runs: loop.
 *
 * Of the queues that have something for the lane, those of its own network come first (route.h),
 * and among these the unit whose windows end first, or that is furthest behind (fair.h). Units
 * whose window is closed, that are paused, or whose rate is used up, are passed over. A message
 * stays in its queue until the lane that will claim it takes it, so nobody's queue waits for
 * anybody's modem.
 *
 * A message that came back from a modem is left to another one, if another will ask soon. What is
 * larger than any SIM's limits isn't even fetched. */
#ifndef LAWCAST_DISPATCH_CHOICE_H
#define LAWCAST_DISPATCH_CHOICE_H

#include "gateway/model/route.h"
#include "gateway/dispatch/hours.h"
#include "gateway/dispatch/lane.h"

struct choice {
    struct work *works; /* these four are set by the caller */
    size_t n_works;
    struct lane **lanes;
    size_t n_lanes;
    struct route_load loads[PHONE_OPERATORS]; /* as of the last look */
    struct hours hours;                       /* of the orders that owe something still */
    uint32_t changes;                         /* of all works when these were added */
    int64_t today_ms, left_ms;                /* sending time that is left today, and in all */
    bool warned;                              /* of a message that is larger than limits */
};

/* Once a tick: how much is open on each network, and how much its lanes can carry. */
void choice_look(struct choice *choice);
void choice_fini(struct choice *choice);
/* Tells the works' queues what nobody can ever send; part of the look. Call it as well when a
 * work's queues are new. */
void choice_bound(struct choice *choice);
/* Takes the lane's next message; false: none. */
bool choice_take(struct choice *choice, struct lane *lane, struct lane_task *task);
/* Is there anything that the lane could take, if its limits allowed it? */
bool choice_has_any(const struct choice *choice, const struct lane *lane);

#endif
