/* outlook: what is to be expected. See outlook.h.
 * Runs: loop. */
#include "gateway/dispatch/outlook.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/outlook_setup.h"

#define OUTLOOK_TICK_MS 1000
#define OUTLOOK_NEWS_MS 3000 /* at least so long from one to the next, whatever the news */
#define OUTLOOK_EVENTS  200  /* between two looks at the clock */
#define OUTLOOK_SAMPLES 7    /* ten seconds apart: a minute */
#define OUTLOOK_STEP    10   /* ticks from sample to sample */

struct outlook {
    const struct dispatch *dispatch;
    void (*fresh)(void *ctx, const struct prospect *prospect);
    void *ctx;
    uv_timer_t tick;
    uv_idle_t slice;
    size_t handles; /* not closed yet */
    struct outlook_setup setup;
    struct forecast *forecast; /* being played; NULL: none */
    struct prospect prospect;
    int64_t begun_ms; /* monotonic: when the last one began; 0: none has */
    uint64_t state;   /* of what it was made of: other values are news */
    int64_t settled[OUTLOOK_SAMPLES];
    size_t n_settled, ticks;
};

/* ---- news ---- */

static uint64_t outlook_mix(uint64_t state, uint64_t value)
{
    return (state ^ value) * UINT64_C(1099511628211);
}

/* Of what changes a forecast at once; a wait of a lane is no news. */
static uint64_t outlook_state(const struct dispatch *dispatch)
{
    uint64_t state = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        enum lane_state lane = lane_state(dispatch->lanes[i]);

        state = outlook_mix(state, lane == LANE_THROTTLED ? LANE_READY : lane);
    }
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        const struct work *work = &dispatch->works[i];

        state = outlook_mix(state, work->changes);
        state = outlook_mix(state, work->state * 4u + work->standing.paused * 2u +
                                       work->standing.cancelled);
        state = outlook_mix(state, (uint64_t)work->rate.per_hour);
        for (size_t k = 0; k < work->n_orders; k++) {
            state = outlook_mix(state, work->orders[k].standing.paused * 2u +
                                           work->orders[k].standing.cancelled);
            state = outlook_mix(state, (uint64_t)work->orders[k].rate.per_hour);
            state = outlook_mix(state, work->orders[k].queues[0].known);
        }
    }
    return state;
}

/* ---- a forecast ---- */

static void outlook_drop(struct outlook *outlook)
{
    uv_idle_stop(&outlook->slice);
    forecast_free(outlook->forecast);
    outlook->forecast = NULL;
    outlook_setup_free(&outlook->setup);
}

static void outlook_finish(struct outlook *outlook)
{
    outlook_setup_tell(&outlook->setup, outlook->dispatch, forecast_result(outlook->forecast),
                       &outlook->prospect);
    outlook_drop(outlook);
    if (outlook->fresh)
        outlook->fresh(outlook->ctx, &outlook->prospect);
}

static void outlook_on_slice(uv_idle_t *slice)
{
    struct outlook *outlook = slice->data;
    int64_t until = clock_mono_ms() + OUTLOOK_SLICE_MS;

    do {
        if (forecast_step(outlook->forecast, OUTLOOK_EVENTS)) {
            outlook_finish(outlook);
            return;
        }
    } while (clock_mono_ms() < until);
}

static void outlook_begin(struct outlook *outlook)
{
    outlook_setup_fill(&outlook->setup, outlook->dispatch, clock_wall_ms(), OUTLOOK_AHEAD_MS);
    outlook->begun_ms = clock_mono_ms();
    outlook->forecast = forecast_new(&outlook->setup.forecast);
    uv_idle_start(&outlook->slice, outlook_on_slice);
}

static void outlook_sample(struct outlook *outlook)
{
    int64_t *settled = outlook->settled;
    int64_t span;

    if (outlook->n_settled == OUTLOOK_SAMPLES) {
        memmove(settled, settled + 1, (OUTLOOK_SAMPLES - 1) * sizeof *settled);
        outlook->n_settled--;
    }
    settled[outlook->n_settled++] = outlook->dispatch->settled;
    span = (int64_t)(outlook->n_settled - 1) * OUTLOOK_STEP * OUTLOOK_TICK_MS;
    if (span)
        outlook->prospect.per_min = (settled[outlook->n_settled - 1] - settled[0]) * 60000 / span;
}

static void outlook_on_tick(uv_timer_t *timer)
{
    struct outlook *outlook = timer->data;
    int64_t passed = clock_mono_ms() - outlook->begun_ms;
    uint64_t state = outlook_state(outlook->dispatch);

    if (outlook->ticks++ % OUTLOOK_STEP == 0)
        outlook_sample(outlook);
    if (outlook->forecast || outlook->dispatch->phase != DISPATCH_RUNNING)
        return;
    if (outlook->begun_ms && passed < OUTLOOK_EVERY_MS &&
        (state == outlook->state || passed < OUTLOOK_NEWS_MS))
        return;
    outlook->state = state;
    outlook_begin(outlook);
}

/* ---- life ---- */

struct outlook *outlook_open(uv_loop_t *loop, const struct dispatch *dispatch,
                             void (*fresh)(void *ctx, const struct prospect *prospect), void *ctx)
{
    struct outlook *outlook = mem_new(struct outlook);

    outlook->dispatch = dispatch;
    outlook->fresh = fresh;
    outlook->ctx = ctx;
    outlook->prospect.network = -1;
    outlook->prospect.per_min = PROSPECT_RATE_NONE;
    uv_timer_init(loop, &outlook->tick);
    uv_idle_init(loop, &outlook->slice);
    outlook->tick.data = outlook->slice.data = outlook;
    outlook->handles = 2;
    uv_timer_start(&outlook->tick, outlook_on_tick, OUTLOOK_TICK_MS, OUTLOOK_TICK_MS);
    return outlook;
}

const struct prospect *outlook_prospect(const struct outlook *outlook)
{
    return &outlook->prospect;
}

static void outlook_on_closed(uv_handle_t *handle)
{
    struct outlook *outlook = handle->data;

    if (--outlook->handles)
        return;
    free(outlook->prospect.units);
    free(outlook);
}

void outlook_close(struct outlook *outlook)
{
    if (!outlook)
        return;
    outlook_drop(outlook);
    uv_close((uv_handle_t *)&outlook->tick, outlook_on_closed);
    uv_close((uv_handle_t *)&outlook->slice, outlook_on_closed);
}

/* ---- devices ---- */

void outlook_each_modem(const struct dispatch *dispatch, outlook_device *each, void *ctx)
{
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        each(ctx, lane_modem(dispatch->lanes[i])->id, lane_state(dispatch->lanes[i]),
             lane_why(dispatch->lanes[i]));
}

void outlook_each_board(const struct dispatch *dispatch, outlook_device *each, void *ctx)
{
    for (size_t i = 0; i < dispatch->n_screens; i++) {
        const struct screen *screen = dispatch->screens[i];

        if (screen && !screen_is_leftover(screen))
            each(ctx, screen_board(screen)->id, screen_state(screen), screen_why(screen));
    }
}
