/* dispatch: carries out campaigns. See dispatch.h.
 * Runs: loop. */
#include "gateway/dispatch/dispatch.h"

#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/fair.h"
#include "gateway/dispatch/lane.h"
#include "gateway/dispatch/screen.h"
#include "gateway/dispatch/work.h"

#define DISPATCH_TICK_MS     200
#define DISPATCH_WITHDRAW_MS 10000 /* at a stop, boards get so long to take slogans down */
#define DISPATCH_RESIGN_MS   15000 /* at a stop, books that can't be written get so long */
#define DISPATCH_STEP_MS     2000  /* wall time that runs away from steady time by more was set */
#define DISPATCH_HOLD_MS     60000 /* after that nothing is sent or written off for so long */

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
    uv_timer_t tick;
    struct lane **lanes;
    size_t n_lanes;
    struct screen **screens;
    size_t n_screens;
    struct work *works;
    size_t running;                           /* adapters that were started and have not stopped */
    int64_t clearing_since_ms, stop_since_ms; /* monotonic */
    int64_t clock_offset_ms;                  /* wall minus steady time, as of the last tick */
    int64_t hold_until_ms;                    /* steady time; 0: the clock is trusted */
    int64_t settled, reported, unmatched;
};

/* The unit that is furthest behind in an open campaign. */
static bool dispatch_next_message(void *ctx, struct lane_task *task)
{
    struct dispatch *dispatch = ctx;

    task->queue = NULL;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        struct work *work = &dispatch->works[i];

        if (!work_is_open(work))
            continue;
        for (size_t k = 0; k < work->n_orders; k++) {
            struct queue *queue = &work->orders[k];
            struct fair_claim claim = {queue->taken, queue->quota};

            if (!queue->count ||
                (task->queue &&
                 !fair_before(claim, (struct fair_claim){task->queue->taken, task->queue->quota})))
                continue;
            task->queue = queue;
            task->work = work;
        }
    }
    if (!task->queue || !queue_take(task->queue, &task->row))
        return false;
    queue_refill(task->queue, clock_wall_ms(), true);
    return true;
}

static bool dispatch_next_slogan(void *ctx, size_t board, struct work **work, struct queue **queue,
                                 struct ledger_row *row)
{
    struct dispatch *dispatch = ctx;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        *work = &dispatch->works[i];
        if (!work_is_open(*work))
            continue;
        for (size_t k = 0; k < (*work)->n_boards; k++) {
            *queue = &(*work)->boards[k];
            if ((*work)->board_index[k] == board && queue_take(*queue, row))
                return true;
        }
    }
    return false;
}

static void dispatch_wake_reserves(struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        for (size_t k = 0; k < dispatch->works[i].n_orders; k++)
            queue_wake(&dispatch->works[i].orders[k]);
}

static void dispatch_settled(void *ctx, struct queue *queue, enum delivery_state state)
{
    struct dispatch *dispatch = ctx;

    queue_settled(queue, state);
    dispatch->settled++;
}

static void dispatch_reported(void *ctx, int result, enum delivery_state state)
{
    struct dispatch *dispatch = ctx;

    dispatch->reported++;
    if (result == LEDGER_UNMATCHED)
        dispatch->unmatched++;
    else if (state == DELIVERY_UNDELIVERED)
        dispatch_wake_reserves(dispatch); /* a reserve may take its place */
}

static void dispatch_finished(uv_handle_t *handle)
{
    struct dispatch *dispatch = handle->data;

    dispatch->phase = DISPATCH_OVER;
    dispatch->setup.finished(dispatch->setup.ctx);
}

static bool dispatch_works_ended(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (dispatch->works[i].state != WORK_ENDED)
            return false;
    return true;
}

static bool dispatch_works_quiet(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (!work_is_quiet(&dispatch->works[i]))
            return false;
    return true;
}

static bool dispatch_boards_clear(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (!screen_is_clear(dispatch->screens[i]))
            return false;
    return true;
}

static void dispatch_stop_adapters(struct dispatch *dispatch)
{
    dispatch->phase = DISPATCH_STOPPING;
    /* An adapter may answer only later, never from inside stop, so running can't reach 0 in here.
     */
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_stop(dispatch->lanes[i]);
    for (size_t i = 0; i < dispatch->n_screens; i++)
        screen_stop(dispatch->screens[i]);
}

/* Showings that could not be withdrawn end here; the books keep them as they are. */
static void dispatch_release_screens(struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->n_screens; i++)
        screen_free(dispatch->screens[i]);
    dispatch->n_screens = 0;
}

/* Every phase ends when what it waits for has come; called after each event. */
static void dispatch_advance(struct dispatch *dispatch)
{
    if (dispatch->phase == DISPATCH_RUNNING &&
        (dispatch->stop_asked || dispatch_works_ended(dispatch))) {
        dispatch->phase = DISPATCH_CLEARING;
        dispatch->clearing_since_ms = clock_mono_ms();
        for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
            work_stop(&dispatch->works[i]);
        for (size_t i = 0; i < dispatch->n_screens; i++)
            screen_clear(dispatch->screens[i]);
    }
    if (dispatch->stop_asked && clock_mono_ms() - dispatch->stop_since_ms > DISPATCH_RESIGN_MS)
        ledger_resign(dispatch->setup.ledger);
    if (dispatch->phase == DISPATCH_CLEARING &&
        (dispatch_boards_clear(dispatch) ||
         clock_mono_ms() - dispatch->clearing_since_ms > DISPATCH_WITHDRAW_MS))
        dispatch_stop_adapters(dispatch);
    if (dispatch->phase == DISPATCH_STOPPING && !dispatch->running) {
        dispatch_release_screens(dispatch);
        dispatch->phase = DISPATCH_DRAINING;
    }
    if (dispatch->phase == DISPATCH_DRAINING && dispatch_works_ended(dispatch) &&
        dispatch_works_quiet(dispatch) && !uv_is_closing((uv_handle_t *)&dispatch->tick))
        uv_close((uv_handle_t *)&dispatch->tick, dispatch_finished);
}

static void dispatch_adapter_stopped(void *ctx)
{
    struct dispatch *dispatch = ctx;

    LOG_ASSERT(dispatch->running > 0);
    dispatch->running--;
}

static void dispatch_pull_all(struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_pull(dispatch->lanes[i]);
    for (size_t i = 0; i < dispatch->n_screens; i++)
        screen_step(dispatch->screens[i]);
}

static void dispatch_filled(void *ctx)
{
    dispatch_pull_all(ctx);
}

static void dispatch_refused(void *ctx, const struct campaign *campaign,
                             const struct recipient *row)
{
    struct dispatch *dispatch = ctx;

    dispatch->setup.refused(dispatch->setup.ctx, campaign, row);
}

static void dispatch_read(void *ctx, const struct campaign *campaign)
{
    struct dispatch *dispatch = ctx;

    dispatch->setup.read(dispatch->setup.ctx, campaign);
}

static void dispatch_entered(void *ctx, struct work *work)
{
    struct dispatch *dispatch = ctx;

    for (size_t i = 0; i < dispatch->n_screens; i++)
        for (size_t k = 0; k < work->n_boards; k++)
            if (work->board_index[k] == screen_board(dispatch->screens[i]))
                screen_adopt(dispatch->screens[i], work, &work->boards[k]);
}

static const struct work_events dispatch_work_events = {
    .refused = dispatch_refused,
    .read = dispatch_read,
    .filled = dispatch_filled,
    .entered = dispatch_entered,
};

static const struct lane_events dispatch_lane_events = {
    .next = dispatch_next_message,
    .settled = dispatch_settled,
    .reported = dispatch_reported,
    .stopped = dispatch_adapter_stopped,
};

static const struct screen_events dispatch_screen_events = {
    .next = dispatch_next_slogan,
    .stopped = dispatch_adapter_stopped,
};

static void dispatch_hold(struct dispatch *dispatch, bool held)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        dispatch->works[i].held = held;
}

/* Somebody, or NTP, has set the system's clock. A step that is taken back at once must not close a
 * window for good, nor a wrong one send at night: so everything waits until it has stayed. */
static void dispatch_watch_clock(struct dispatch *dispatch)
{
    int64_t offset = clock_wall_ms() - clock_steady_ms(), step = offset - dispatch->clock_offset_ms;

    dispatch->clock_offset_ms = offset;
    if (step > DISPATCH_STEP_MS || step < -DISPATCH_STEP_MS) {
        log_warning("the clock was set by %lld s: nothing is sent for %d s", (long long)step / 1000,
                    DISPATCH_HOLD_MS / 1000);
        dispatch->hold_until_ms = clock_steady_ms() + DISPATCH_HOLD_MS;
        dispatch_hold(dispatch, true);
    } else if (dispatch->hold_until_ms && clock_steady_ms() >= dispatch->hold_until_ms) {
        log_warning("the clock is trusted again");
        dispatch->hold_until_ms = 0;
        dispatch_hold(dispatch, false);
    }
}

void dispatch_tick(struct dispatch *dispatch)
{
    dispatch_watch_clock(dispatch);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_tick(&dispatch->works[i]);
    dispatch_pull_all(dispatch);
    dispatch_advance(dispatch);
}

static void dispatch_on_tick(uv_timer_t *timer)
{
    dispatch_tick(timer->data);
}

static bool dispatch_sends_messages(const struct dispatch_setup *setup)
{
    for (size_t i = 0; i < setup->n_campaigns; i++)
        if (setup->campaigns[i]->n_orders)
            return true;
    return false;
}

static bool dispatch_uses_board(const struct dispatch_setup *setup, size_t board)
{
    for (size_t i = 0; i < setup->n_campaigns; i++)
        if (campaign_uses_board(setup->campaigns[i], board))
            return true;
    return false;
}

static bool dispatch_add_lanes(struct dispatch *dispatch, char *why, size_t why_size)
{
    const struct dispatch_setup *setup = &dispatch->setup;
    const struct office *office = setup->office;

    if (!dispatch_sends_messages(setup))
        return true;
    dispatch->lanes = mem_array(office->n_modems, struct lane *);
    for (size_t i = 0; i < office->n_modems; i++) {
        struct adapter_env env = {
            .loop = setup->loop, .agent_path = setup->agent_path, .modem = &office->modems[i]};
        struct lane *lane = lane_new(setup->modem_adapter, &env, setup->ledger, why, why_size);

        if (!lane)
            return false;
        dispatch->lanes[dispatch->n_lanes++] = lane;
    }
    return true;
}

static bool dispatch_add_screens(struct dispatch *dispatch, char *why, size_t why_size)
{
    const struct dispatch_setup *setup = &dispatch->setup;
    const struct office *office = setup->office;

    dispatch->screens = mem_array(office->n_boards, struct screen *);
    for (size_t i = 0; i < office->n_boards; i++) {
        struct adapter_env env = {
            .loop = setup->loop, .http = setup->http, .board = &office->boards[i]};
        const struct adapter *adapter = adapter_find(office->boards[i].kind->name);
        struct screen *screen;

        if (!dispatch_uses_board(setup, i))
            continue;
        LOG_ASSERT(adapter && setup->http);
        screen = screen_new(adapter, &env, i, setup->ledger, why, why_size);
        if (!screen)
            return false;
        dispatch->screens[dispatch->n_screens++] = screen;
    }
    return true;
}

struct dispatch *dispatch_new(const struct dispatch_setup *setup, char *why, size_t why_size)
{
    struct dispatch *dispatch = mem_new(struct dispatch);

    dispatch->setup = *setup;
    if (dispatch_add_lanes(dispatch, why, why_size) &&
        dispatch_add_screens(dispatch, why, why_size)) {
        dispatch->works = mem_array(setup->n_campaigns, struct work);
        for (size_t i = 0; i < setup->n_campaigns; i++) {
            dispatch->works[i] = (struct work){.loop = setup->loop,
                                               .ledger = setup->ledger,
                                               .office = setup->office,
                                               .campaign = setup->campaigns[i],
                                               .events = &dispatch_work_events,
                                               .ctx = dispatch};
            work_init(&dispatch->works[i]);
        }
        return dispatch;
    }
    dispatch->setup.n_campaigns = 0;
    dispatch_free(dispatch);
    return NULL;
}

void dispatch_start(struct dispatch *dispatch)
{
    uv_timer_init(dispatch->setup.loop, &dispatch->tick);
    dispatch->tick.data = dispatch;
    uv_timer_start(&dispatch->tick, dispatch_on_tick, DISPATCH_TICK_MS, DISPATCH_TICK_MS);
    dispatch->phase = DISPATCH_RUNNING;
    dispatch->clock_offset_ms = clock_wall_ms() - clock_steady_ms();
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        dispatch->running += lane_start(dispatch->lanes[i], &dispatch_lane_events, dispatch);
    for (size_t i = 0; i < dispatch->n_screens; i++)
        dispatch->running += screen_start(dispatch->screens[i], &dispatch_screen_events, dispatch);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_start(&dispatch->works[i]);
}

void dispatch_stop(struct dispatch *dispatch)
{
    if (dispatch->stop_asked) {
        dispatch->clearing_since_ms = INT64_MIN / 2;
        ledger_resign(dispatch->setup.ledger);
    }
    if (!dispatch->stop_asked)
        dispatch->stop_since_ms = clock_mono_ms();
    dispatch->stop_asked = true;
    dispatch_advance(dispatch);
}

void dispatch_free(struct dispatch *dispatch)
{
    LOG_ASSERT(dispatch->phase == DISPATCH_NEW || dispatch->phase == DISPATCH_OVER);
    dispatch_release_screens(dispatch);
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_free(dispatch->lanes[i]);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_fini(&dispatch->works[i]);
    free(dispatch->lanes);
    free(dispatch->screens);
    free(dispatch->works);
    free(dispatch);
}

void dispatch_view(const struct dispatch *dispatch, struct dispatch_view *view)
{
    *view = (struct dispatch_view){.modems = dispatch->n_lanes,
                                   .boards = dispatch->n_screens,
                                   .settled = dispatch->settled,
                                   .reported = dispatch->reported,
                                   .unmatched = dispatch->unmatched};
    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        if (lane_is_ready(dispatch->lanes[i])) {
            view->modems_ready++;
        } else if (!view->modem_trouble && *lane_why(dispatch->lanes[i])) {
            view->modem_trouble = lane_why(dispatch->lanes[i]);
            view->modem_trouble_id = dispatch->setup.office->modems[i].id;
        }
    }
    for (size_t i = 0; i < dispatch->n_screens; i++) {
        const struct screen *screen = dispatch->screens[i];

        view->boards_ready += screen_is_ready(screen);
        view->showing += screen_showing(screen);
        if (!view->board_trouble && *screen_why(screen)) {
            view->board_trouble = screen_why(screen);
            view->board_trouble_id = dispatch->setup.office->boards[screen_board(screen)].id;
        }
    }
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        const struct work *work = &dispatch->works[i];

        view->works_entering += work->state == WORK_ENTERING;
        view->awaiting += work_awaiting(work);
        view->rows_read += intake_rows(work->intake);
    }
}

const char *dispatch_failure(const struct dispatch *dispatch, size_t campaign)
{
    return dispatch->works[campaign].failure;
}

static bool dispatch_has_rows(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        const struct work *work = &dispatch->works[i];

        if (!work_is_open(work))
            continue;
        for (size_t k = 0; k < work->n_orders; k++)
            if (work->orders[k].count || work->orders[k].inflight || work->orders[k].fetching)
                return true;
        for (size_t k = 0; k < work->n_boards; k++)
            if (work->boards[k].count || work->boards[k].fetching)
                return true;
    }
    return false;
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
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (!screen_is_quiet(dispatch->screens[i]))
            return false;
    return true;
}

int64_t dispatch_next_ms(const struct dispatch *dispatch)
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
    return next;
}
