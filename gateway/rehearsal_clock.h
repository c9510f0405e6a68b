/* rehearsal_clock: how time passes in a rehearsal.
 * Runs: loop.
 *
 * Wall and steady time stand still (clock_freeze). At one instant first all that is due ends:
 * modems give their outcomes and reports, boards answer, the books commit; then lanes take new
 * messages (dispatch_gate), until each is in the air. Whenever the gateway has nothing more to do
 * itself it asks the simulator, which answers when its side is quiet: as many messages in the air
 * as are lent, every report heard, every modem up that is plugged in. Then time jumps to the
 * earliest of what anybody waits for, in the simulator and here within one call, so that no board
 * sees a command from its future.
 *
 * What the machine needs for all this doesn't count. Faults that are found by waiting (an agent
 * that hangs) would stop time for ever: when nothing has moved for CLOCK_GUARD_MS of the machine's
 * time, it runs with the machine's until all is quiet; and what has stayed away by then (a
 * modem, a board, a report that got lost) isn't waited for again. */
#ifndef LAWCAST_REHEARSAL_CLOCK_H
#define LAWCAST_REHEARSAL_CLOCK_H

#include <uv.h>

#include "gateway/dispatch/dispatch.h"
#include "gateway/simulator.h"

#define CLOCK_GUARD_MS 10000

struct rehearsal_clock_setup {
    uv_loop_t *loop;
    struct dispatch *dispatch;
    struct simulator *simulator;
    const struct campaign *campaign;
    int64_t grid_ms; /* messages wait until a multiple of this */
    int64_t speed;   /* at most so many times as fast as the day; 0: as fast as it goes */
};

struct rehearsal_clock; /* opaque */

struct rehearsal_clock *rehearsal_clock_open(const struct rehearsal_clock_setup *setup);
/* Every 10 ms or so: keeps the guard. */
void rehearsal_clock_watch(struct rehearsal_clock *clock);
/* Were reports given that nobody has heard, because an agent was killed? */
bool rehearsal_clock_is_deaf(const struct rehearsal_clock *clock);
/* Time passes no more: the simulator is gone. */
void rehearsal_clock_stop(struct rehearsal_clock *clock);
/* Frees it when the loop has closed its handles. */
void rehearsal_clock_close(struct rehearsal_clock *clock);

#endif
