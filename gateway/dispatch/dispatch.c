/* dispatch: carries out campaigns. See dispatch.h.
 * Runs: loop. */
#include "gateway/dispatch/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/dispatch_inside.h"
#include "gateway/dispatch/dispatch_reload.h"
#include "gateway/dispatch/steering.h"

#define DISPATCH_TICK_MS     200
#define DISPATCH_WITHDRAW_MS 10000 /* at a stop, boards get so long to take slogans down */
#define DISPATCH_RESIGN_MS   15000 /* at a stop, books that can't be written get so long */
#define DISPATCH_NUDGE_MS    10    /* lanes that stop waiting at about the same time go together */

static bool dispatch_next_message(void *ctx, struct lane *lane, struct lane_task *task)
{
    struct dispatch *dispatch = ctx;

    return choice_take(&dispatch->choice, lane, task);
}

static void dispatch_wake_reserves(struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_wake(&dispatch->works[i]);
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
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        dispatch->works[i].polled = false; /* how many are awaited is another figure now */
    if (result == LEDGER_UNMATCHED)
        dispatch->unmatched++;
    else if (state == DELIVERY_UNDELIVERED)
        dispatch_wake_reserves(dispatch); /* a reserve may take its place */
}

/* A refusal has suppressed messages, whose places a reserve may take. */
static void dispatch_received(void *ctx, bool refusal)
{
    struct dispatch *dispatch = ctx;

    dispatch->replies++;
    dispatch->refusals += refusal;
    if (refusal)
        dispatch_wake_reserves(dispatch);
}

static void dispatch_answered(void *ctx)
{
    ((struct dispatch *)ctx)->answers++;
}

static void dispatch_finished(uv_handle_t *handle)
{
    struct dispatch *dispatch = handle->data;

    if (--dispatch->handles)
        return;
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

static void dispatch_stop_adapters(struct dispatch *dispatch)
{
    dispatch->phase = DISPATCH_STOPPING;
    /* An adapter may answer only later, never from inside stop, so running can't reach 0 in here.
     */
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_stop(dispatch->lanes[i]);
    dispatch_end_round(dispatch, ROUND_START);
    dispatch_end_round(dispatch, ROUND_CLEAR);
    dispatch_begin_round(dispatch, ROUND_STOP);
}

/* Every screen is freed, and the books have answered. */
static bool dispatch_is_drained(struct dispatch *dispatch)
{
    if (dispatch_screens_are_still(dispatch))
        dispatch_begin_round(dispatch, ROUND_FREE);
    return !dispatch->n_screens && dispatch_works_ended(dispatch) && !dispatch->recalling &&
           !dispatch->recalling_boards && !dispatch->releases && dispatch_works_quiet(dispatch) &&
           meters_are_quiet(dispatch->meters) && steering_is_still(dispatch->steering);
}

/* A modem that hangs may take minutes to say so. */
static void dispatch_limit_drain(struct dispatch *dispatch)
{
    int64_t limit_s = dispatch->setup.office->drain_s;

    if (!dispatch->stop_asked || !limit_s || dispatch->phase > DISPATCH_STOPPING ||
        clock_mono_ms() - dispatch->stop_since_ms < limit_s * 1000)
        return;
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        if (lane_abandon(dispatch->lanes[i]))
            log_warning("modem=%s is not awaited any longer: its message is in doubt",
                        lane_modem(dispatch->lanes[i])->id);
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
        dispatch_end_round(dispatch, ROUND_START);
        dispatch_begin_round(dispatch, ROUND_CLEAR);
    }
    if (dispatch->stop_asked && clock_mono_ms() - dispatch->stop_since_ms > DISPATCH_RESIGN_MS)
        ledger_resign(dispatch->setup.ledger);
    dispatch_limit_drain(dispatch);
    if (dispatch->phase == DISPATCH_CLEARING &&
        (dispatch_boards_are_clear(dispatch) ||
         clock_mono_ms() - dispatch->clearing_since_ms > DISPATCH_WITHDRAW_MS))
        dispatch_stop_adapters(dispatch);
    if (dispatch->phase == DISPATCH_STOPPING && !dispatch->running &&
        !dispatch_round_is_on(dispatch, ROUND_STOP)) {
        dispatch->phase = DISPATCH_DRAINING;
        dispatch_end_round(dispatch, ROUND_STEP);
    }
    if (dispatch->phase == DISPATCH_DRAINING && dispatch_is_drained(dispatch) &&
        !uv_is_closing((uv_handle_t *)&dispatch->tick)) {
        uv_close((uv_handle_t *)&dispatch->tick, dispatch_finished);
        uv_close((uv_handle_t *)&dispatch->nudge, dispatch_finished);
        uv_close((uv_handle_t *)&dispatch->slice, dispatch_finished);
    }
}

static void dispatch_adapter_stopped(void *ctx)
{
    struct dispatch *dispatch = ctx;

    LOG_ASSERT(dispatch->running > 0);
    dispatch->running--;
}

/* Another lane is first each time: what a shared limit sets free must not always go to the same
 * SIM. */
static void dispatch_pull_lanes(struct dispatch *dispatch)
{
    size_t n = dispatch->n_lanes, first = n ? dispatch->turn++ % n : 0;

    for (size_t i = 0; i < n; i++)
        lane_pull(dispatch->lanes[(first + i) % n]);
}

static void dispatch_filled(void *ctx)
{
    dispatch_pull_lanes(ctx);
}

static void dispatch_loaded(void *ctx, struct gauge *gauge)
{
    struct dispatch *dispatch = ctx;

    if (gauge->holder)
        lane_pull(gauge->holder);
    else
        dispatch_pull_lanes(dispatch);
}

static void dispatch_on_nudge(uv_timer_t *timer)
{
    dispatch_pull_lanes(timer->data);
}

static void dispatch_waits(void *ctx, int64_t ms)
{
    struct dispatch *dispatch = ctx;
    uv_timer_t *nudge = &dispatch->nudge;
    uint64_t due = (uint64_t)(ms / DISPATCH_NUDGE_MS + 1) * DISPATCH_NUDGE_MS;

    if (ms >= DISPATCH_TICK_MS || clock_is_frozen() || uv_is_closing((uv_handle_t *)nudge) ||
        (uv_is_active((uv_handle_t *)nudge) && uv_timer_get_due_in(nudge) <= due))
        return;
    uv_timer_start(nudge, dispatch_on_nudge, due, 0);
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

    choice_bound(&dispatch->choice);
    if (dispatch->phase >= DISPATCH_DRAINING) /* the screens are on their way out */
        return;
    for (size_t k = 0; k < work->n_boards; k++)
        screen_join(dispatch->screen_of[work->board_index[k]], work, &work->boards[k],
                    work->board_displays[k]->weight);
    steering_spread_boards(dispatch->steering, work);
    dispatch_begin_round(dispatch, ROUND_STEP);
}

static void dispatch_paused(void *ctx, struct work *work)
{
    steering_note_pause(((struct dispatch *)ctx)->steering, work);
}

static const struct work_events dispatch_work_events = {
    .refused = dispatch_refused,
    .read = dispatch_read,
    .filled = dispatch_filled,
    .entered = dispatch_entered,
    .paused = dispatch_paused,
};

static const struct lane_events dispatch_lane_events = {
    .next = dispatch_next_message,
    .settled = dispatch_settled,
    .reported = dispatch_reported,
    .received = dispatch_received,
    .answered = dispatch_answered,
    .waits = dispatch_waits,
    .stopped = dispatch_adapter_stopped,
};

static void dispatch_look(struct dispatch *dispatch)
{
    choice_look(&dispatch->choice);
    dispatch->day = (struct lane_day){.open_ms = dispatch->choice.today_ms,
                                      .answers_until_ms = dispatch_answers_until_ms(dispatch),
                                      .shut = dispatch->day.shut};
}

void dispatch_gate(struct dispatch *dispatch, bool shut)
{
    dispatch->day.shut = shut;
    if (shut)
        return;
    dispatch_look(dispatch);
    dispatch->turn = 0; /* the same first one, whatever came before */
    dispatch_pull_lanes(dispatch);
}

void dispatch_tick(struct dispatch *dispatch)
{
    int64_t hold_until_ms = dispatch->hold_until_ms;

    dispatch_watch_clock(dispatch);
    if (hold_until_ms != dispatch->hold_until_ms)
        dispatch_wake_screens(dispatch);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_tick(&dispatch->works[i]);
    dispatch_look(dispatch);
    dispatch_reconcile(dispatch);
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_tick(dispatch->lanes[i]);
    if (dispatch->phase < DISPATCH_DRAINING)
        dispatch_begin_round(dispatch, ROUND_STEP);
    dispatch_advance(dispatch);
}

static void dispatch_on_tick(uv_timer_t *timer)
{
    dispatch_tick(timer->data);
}

bool dispatch_has_messages(const struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (dispatch->setup.campaigns[i]->n_orders)
            return true;
    return false;
}

bool dispatch_add_lane(struct dispatch *dispatch, const struct modem *modem, char *why,
                       size_t why_size)
{
    const struct dispatch_setup *setup = &dispatch->setup;
    struct lane *lane = lane_new(&(struct lane_setup){.adapter = setup->modem_adapter,
                                                      .env = {.loop = setup->loop,
                                                              .agent_path = setup->agent_path,
                                                              .ports = setup->ports,
                                                              .modem = modem},
                                                      .office = setup->office,
                                                      .ledger = setup->ledger,
                                                      .meters = dispatch->meters,
                                                      .day = &dispatch->day},
                                 why, why_size);

    if (lane)
        dispatch->lanes[dispatch->n_lanes++] = lane;
    return lane != NULL;
}

static bool dispatch_add_lanes(struct dispatch *dispatch, char *why, size_t why_size)
{
    const struct office *office = dispatch->setup.office;

    if (!dispatch_has_messages(dispatch))
        return true;
    dispatch->lanes = mem_array(office->n_modems, struct lane *);
    for (size_t i = 0; i < office->n_modems; i++)
        if (!dispatch_add_lane(dispatch, &office->modems[i], why, why_size))
            return false;
    return true;
}

struct dispatch *dispatch_new(const struct dispatch_setup *setup, char *why, size_t why_size)
{
    struct dispatch *dispatch = mem_new(struct dispatch);

    dispatch->setup = *setup;
    dispatch->meters = meters_new(setup->ledger, dispatch_loaded, dispatch);
    dispatch->steering = steering_new(dispatch);
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
        dispatch->choice = (struct choice){.works = dispatch->works,
                                           .n_works = setup->n_campaigns,
                                           .lanes = dispatch->lanes,
                                           .n_lanes = dispatch->n_lanes};
        return dispatch;
    }
    dispatch->setup.n_campaigns = 0;
    dispatch_free(dispatch);
    return NULL;
}

static void dispatch_recalled(struct ledger_op *op)
{
    struct dispatch *dispatch = op->owner;

    dispatch->recalling = false;
    for (size_t i = dispatch->recalled; i < dispatch->n_lanes; i++)
        if (op->result == 0 && dispatch->phase == DISPATCH_RUNNING)
            dispatch->running +=
                lane_start(dispatch->lanes[i], &dispatch->memories[i - dispatch->recalled],
                           &dispatch_lane_events, dispatch);
    free(dispatch->names);
    free(dispatch->memories);
    dispatch->names = NULL;
    dispatch->memories = NULL;
    steering_spread_lanes(dispatch->steering);
    dispatch_look(dispatch);
}

/* One question to the books for all modems: hundreds of commits would hold up the start. */
void dispatch_recall(struct dispatch *dispatch, size_t from)
{
    size_t n = dispatch->n_lanes - from;

    if (!n)
        return;
    dispatch->recalled = from;
    dispatch->names = mem_array(n, const char *);
    dispatch->memories = mem_array(n, struct ledger_memory);
    for (size_t i = 0; i < n; i++)
        dispatch->names[i] = lane_modem(dispatch->lanes[from + i])->id;
    dispatch->recalling = true;
    dispatch->recall = (struct ledger_op){
        .kind = LEDGER_RECALL,
        .done = dispatch_recalled,
        .owner = dispatch,
        .recall = {.names = dispatch->names, .memories = dispatch->memories, .n = n},
    };
    ledger_post(dispatch->setup.ledger, &dispatch->recall);
}

void dispatch_start(struct dispatch *dispatch)
{
    uv_timer_init(dispatch->setup.loop, &dispatch->tick);
    uv_timer_init(dispatch->setup.loop, &dispatch->nudge);
    uv_idle_init(dispatch->setup.loop, &dispatch->slice);
    dispatch->handles = 3;
    dispatch->tick.data = dispatch->nudge.data = dispatch->slice.data = dispatch;
    uv_timer_start(&dispatch->tick, dispatch_on_tick, DISPATCH_TICK_MS, DISPATCH_TICK_MS);
    dispatch->phase = DISPATCH_RUNNING;
    dispatch->clock_offset_ms = clock_wall_ms() - clock_steady_ms();
    dispatch_look(dispatch);
    steering_recall(dispatch->steering);
    dispatch_recall(dispatch, 0);
    dispatch_recall_boards(dispatch);
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
    for (size_t i = 0; i < dispatch->n_screens; i++)
        screen_free(dispatch->screens[i]);
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_free(dispatch->lanes[i]);
    meters_free(dispatch->meters);
    steering_free(dispatch->steering);
    choice_fini(&dispatch->choice);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        work_fini(&dispatch->works[i]);
    free(dispatch->lanes);
    free(dispatch->screens);
    free(dispatch->screen_of);
    free(dispatch->boards);
    free(dispatch->works);
    free(dispatch);
}

const char *dispatch_failure(const struct dispatch *dispatch, size_t campaign)
{
    return dispatch->works[campaign].failure;
}
