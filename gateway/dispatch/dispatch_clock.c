/* dispatch_clock: when the clock was set, and when it is night.
 * Runs: loop. */
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/dispatch/dispatch_inside.h"
#include "gateway/dispatch/hours.h"

#define DISPATCH_STEP_MS 2000  /* wall time that runs away from steady time by more was set */
#define DISPATCH_HOLD_MS 60000 /* after that nothing is sent or written off for so long */
#define DISPATCH_MORNING 8     /* answers to refusals go out from this hour on */
#define DISPATCH_NIGHT   21    /* and until this one */

static void dispatch_hold(struct dispatch *dispatch, bool held)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        dispatch->works[i].held = held;
}

/* Somebody, or NTP, has set the system's clock. A step that is taken back at once must not close a
 * window for good, nor a wrong one send at night: so everything waits until it has stayed. */
void dispatch_watch_clock(struct dispatch *dispatch)
{
    int64_t offset = clock_wall_ms() - clock_steady_ms(), step = offset - dispatch->clock_offset_ms;

    dispatch->clock_offset_ms = offset;
    if (step > DISPATCH_STEP_MS || step < -DISPATCH_STEP_MS) {
        log_warning("the clock was set by %lld s: nothing is sent for %d s", (long long)step / 1000,
                    DISPATCH_HOLD_MS / 1000);
        dispatch->hold_until_ms = clock_steady_ms() + DISPATCH_HOLD_MS;
        dispatch_hold(dispatch, true);
        for (size_t i = 0; i < dispatch->n_lanes; i++)
            lane_forget_waits(dispatch->lanes[i]);
    } else if (dispatch->hold_until_ms && clock_steady_ms() >= dispatch->hold_until_ms) {
        log_warning("the clock is trusted again");
        dispatch->hold_until_ms = 0;
        dispatch_hold(dispatch, false);
    }
}

/* Nobody is woken at night by an answer, nor by one that a wrong clock lets go. */
int64_t dispatch_answers_until_ms(const struct dispatch *dispatch)
{
    int64_t now = clock_wall_ms(), night = hours_next(now, DISPATCH_NIGHT);

    if (dispatch->phase != DISPATCH_RUNNING || dispatch->hold_until_ms)
        return 0;
    return night < hours_next(now, DISPATCH_MORNING) ? night : 0;
}
