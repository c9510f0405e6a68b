/* dispatch_view: what can be seen of the dispatcher, and when there is nothing to do.
 * Runs: loop. */
#include "gateway/dispatch/dispatch.h"

#include "gateway/dispatch/dispatch_inside.h"

static void dispatch_view_lane(const struct lane *lane, struct dispatch_view *view)
{
    enum lane_state state = lane_state(lane);

    view->modems_ready += state == LANE_READY;
    view->modems_paused += state == LANE_PAUSED;
    view->modems_throttled += state == LANE_THROTTLED;
    if (state != LANE_DOWN || view->modem_trouble || !*lane_why(lane))
        return;
    view->modem_trouble = lane_why(lane);
    view->modem_trouble_id = lane_modem(lane)->id;
}

static void dispatch_view_screen(const struct screen *screen, struct dispatch_view *view)
{
    enum lane_state state = screen_state(screen);

    if (screen_is_leftover(screen))
        return;
    view->boards++;
    view->boards_ready += state == LANE_READY;
    view->boards_paused += state == LANE_PAUSED;
    view->showing += screen_showing(screen);
    view->boards_skewed += screen_is_skewed(screen);
    if (!view->skewed_id && screen_is_skewed(screen))
        view->skewed_id = screen_board(screen)->id;
    if (state != LANE_DOWN || view->board_trouble || !*screen_why(screen))
        return;
    view->board_trouble = screen_why(screen);
    view->board_trouble_id = screen_board(screen)->id;
}

void dispatch_view(const struct dispatch *dispatch, struct dispatch_view *view)
{
    *view = (struct dispatch_view){.modems = dispatch->n_lanes,
                                   .settled = dispatch->settled,
                                   .reported = dispatch->reported,
                                   .unmatched = dispatch->unmatched,
                                   .replies = dispatch->replies,
                                   .refusals = dispatch->refusals,
                                   .answers = dispatch->answers};
    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        dispatch_view_lane(dispatch->lanes[i], view);
        view->abandoned += lane_is_doubted(dispatch->lanes[i]);
    }
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (dispatch->screens[i])
            dispatch_view_screen(dispatch->screens[i], view);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        const struct work *work = &dispatch->works[i];

        view->works_entering += work->state == WORK_ENTERING;
        view->works_paused += work_is_paused(work);
        if (!view->paused_id && work_is_paused(work))
            view->paused_id = work->campaign->id;
        view->awaiting += work_awaiting(work);
        view->open += work_open_parts(work);
        view->rows_read += intake_rows(work->intake);
    }
}

/* Something comes from the books or a modem. What lies in the queues lies there because no lane and
 * no screen may take it now: each has been asked. */
static bool dispatch_has_rows(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (work_is_open(&dispatch->works[i]) && !work_orders_are_still(&dispatch->works[i]))
            return true;
    return false;
}

static bool dispatch_screens_rest(const struct dispatch *dispatch)
{
    for (int round = 0; round < DISPATCH_ROUNDS; round++)
        if (dispatch_round_is_on(dispatch, (enum dispatch_round)round))
            return false;
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (!screen_is_still(dispatch->screens[i]))
            return false;
    return true;
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
    if (dispatch->phase != DISPATCH_RUNNING || dispatch_has_rows(dispatch) ||
        ledger_pending(dispatch->setup.ledger))
        return false;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (dispatch->works[i].state == WORK_ENTERING || dispatch->works[i].expiring)
            return false;
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        if (!lane_is_quiet(dispatch->lanes[i]))
            return false;
    return dispatch_screens_rest(dispatch);
}

int64_t dispatch_next_message_ms(const struct dispatch *dispatch)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        int64_t at = work_next_ms(&dispatch->works[i]);

        next = at < next ? at : next;
    }
    for (size_t i = 0; i < dispatch->n_screens; i++) {
        int64_t at = screen_next_ms(dispatch->screens[i]);

        next = at < next ? at : next;
    }
    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        int64_t at = lane_next_ms(dispatch->lanes[i]);

        if (at < next && choice_has_any(&dispatch->choice, dispatch->lanes[i]))
            next = at;
    }
    return next;
}

/* What they wait for; probing the devices is no reason to wake. */
int64_t dispatch_next_show_ms(const struct dispatch *dispatch)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < dispatch->n_screens; i++) {
        int64_t at = dispatch->screens[i] ? screen_next_ms(dispatch->screens[i]) : INT64_MAX;

        next = at < next ? at : next;
    }
    return next;
}

int64_t dispatch_next_ms(const struct dispatch *dispatch)
{
    int64_t message = dispatch_next_message_ms(dispatch), show = dispatch_next_show_ms(dispatch);

    return message < show ? message : show;
}
