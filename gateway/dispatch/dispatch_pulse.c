/* dispatch_pulse: how far everybody is at one instant of a clock that stands still.
 * Runs: loop.
 *
 * Asked before each sleep of a rehearsal's loop, so what answers most often is asked first. */
#include "gateway/dispatch/dispatch.h"

#include "gateway/dispatch/dispatch_inside.h"

static bool dispatch_has_turns(const struct dispatch *dispatch)
{
    for (int round = 0; round < DISPATCH_ROUNDS; round++)
        if (dispatch_round_is_on(dispatch, (enum dispatch_round)round))
            return true;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (dispatch->works[i].state == WORK_ENTERING || dispatch->works[i].expiring)
            return true;
    return dispatch->recalling || dispatch->recalling_boards;
}

static void dispatch_pulse_lanes(const struct dispatch *dispatch, struct dispatch_pulse *pulse)
{
    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        const struct lane *lane = dispatch->lanes[i];

        pulse->busy = pulse->busy || !lane_is_settled(lane);
        pulse->lent += lane_has_lent(lane);
        pulse->heard += lane_heard(lane);
        pulse->modems_down += lane_state(lane) == LANE_DOWN;
    }
}

static void dispatch_pulse_screens(const struct dispatch *dispatch, struct dispatch_pulse *pulse)
{
    for (size_t i = 0; i < dispatch->n_screens; i++) {
        const struct screen *screen = dispatch->screens[i];

        if (!screen)
            continue;
        pulse->asking = pulse->asking || !screen_is_still(screen);
        pulse->boards_down += screen_state(screen) == LANE_DOWN;
    }
}

void dispatch_pulse(const struct dispatch *dispatch, struct dispatch_pulse *pulse)
{
    *pulse = (struct dispatch_pulse){.running = dispatch->phase == DISPATCH_RUNNING,
                                     .next_ms = INT64_MAX,
                                     .next_show_ms = INT64_MAX};
    pulse->busy = ledger_pending(dispatch->setup.ledger) > 0 || dispatch_has_turns(dispatch);
    if (pulse->busy)
        return;
    dispatch_pulse_lanes(dispatch, pulse);
    dispatch_pulse_screens(dispatch, pulse);
    if (pulse->busy || pulse->asking)
        return;
    pulse->next_ms = dispatch_next_message_ms(dispatch);
    pulse->next_show_ms = dispatch_next_show_ms(dispatch);
}
