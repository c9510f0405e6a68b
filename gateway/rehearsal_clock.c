/* rehearsal_clock: how time passes in a rehearsal. See rehearsal_clock.h.
 * Runs: loop. */
#include "gateway/rehearsal_clock.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/leap.h"

#define CLOCK_START_MS  30000 /* the guard's patience before the first jump: agents are started */
#define CLOCK_END_MS    1000  /* and when devices are stopped */
#define CLOCK_CREEP_MS  100   /* of the machine's time, at a go */
#define CLOCK_CLOSED_MS 1000  /* what is closed is passed over so fast, whatever the speed */
#define CLOCK_TICKS     8     /* looks at the same instant, at most */

struct rehearsal_clock {
    struct rehearsal_clock_setup setup;
    uv_prepare_t look;
    uv_timer_t pace;
    size_t handles;
    bool stopped, paced; /* paced: waits for the machine's clock, because of the speed */
    bool open;           /* lanes may take messages */
    bool looked;         /* at the clock, since something has moved */
    int ticks;           /* how often at this instant */
    bool asked;
    struct simulator_view asked_view;
    struct simulator_view excused; /* what isn't waited for: said and gone */
    int64_t boards_excused;
    bool deaf;           /* reports were given that nobody heard */
    int64_t step_ms;     /* the last step past somebody who has missed his time */
    bool jumped, creeps; /* creeps: since the last jump, the guard lets time run */
    int64_t jumped_mono_ms, crept_mono_ms;
    struct dispatch_pulse moved; /* when something moved last */
    int64_t moved_mono_ms;
};

static int64_t clock_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- the jump ---- */

static void clock_go(struct rehearsal_clock *clock, int64_t wall_ms, struct simulator_view *before)
{
    clock->asked = false;
    if (simulator_set_clock(clock->setup.simulator, wall_ms, before))
        return;
    clock_set(wall_ms);
    clock->open = false;
    dispatch_gate(clock->setup.dispatch, true);
    clock->ticks = 0;
    clock->looked = false;
    dispatch_tick(clock->setup.dispatch);
}

/* All that ends at this instant has ended: now begins what can. */
static void clock_let_in(struct rehearsal_clock *clock)
{
    clock->open = true;
    clock->looked = false;
    dispatch_gate(clock->setup.dispatch, false);
}

static void clock_on_pace(uv_timer_t *timer)
{
    struct rehearsal_clock *clock = timer->data;

    clock->paced = false;
}

/* Must the jump wait, so that people can watch? */
static bool clock_must_pace(struct rehearsal_clock *clock, int64_t now_ms, int64_t target_ms)
{
    const struct campaign *campaign = clock->setup.campaign;
    int64_t wait_ms;

    if (!clock->setup.speed)
        return false;
    wait_ms = (target_ms - now_ms) / clock->setup.speed;
    if (wait_ms > CLOCK_CLOSED_MS && !window_at(campaign->windows, campaign->n_windows, now_ms))
        wait_ms = CLOCK_CLOSED_MS;
    wait_ms -= clock_mono_ms() - clock->jumped_mono_ms;
    if (wait_ms <= 0)
        return false;
    clock->paced = true;
    uv_timer_start(&clock->pace, clock_on_pace, (uint64_t)wait_ms, 0);
    return true;
}

static void clock_jump(struct rehearsal_clock *clock, const struct leap_next *next)
{
    int64_t now = clock_wall_ms();
    int64_t target = leap_target(clock->setup.campaign, clock->setup.grid_ms, now, next);
    struct simulator_view before;

    if (target == INT64_MAX)
        return;
    if (target <= now) {
        clock->step_ms = clock->step_ms ? clock_sooner(2 * clock->step_ms, 1000) : 1;
        target = now + clock->step_ms;
    } else {
        clock->step_ms = 0;
    }
    if (clock_must_pace(clock, now, target))
        return;
    clock->jumped = true;
    clock->creeps = false;
    clock->jumped_mono_ms = clock->moved_mono_ms = clock_mono_ms();
    clock_go(clock, target, &before);
}

/* ---- is everything quiet? ---- */

static void clock_note_moves(struct rehearsal_clock *clock, const struct dispatch_pulse *pulse)
{
    const struct dispatch_pulse *moved = &clock->moved;

    if (!pulse->busy && pulse->lent == moved->lent && pulse->heard == moved->heard &&
        pulse->modems_down == moved->modems_down && pulse->boards_down == moved->boards_down)
        return;
    clock->moved_mono_ms = clock_mono_ms();
    if (!pulse->busy)
        clock->moved = *pulse;
}

/* Nothing is to be done here until the devices answer or time passes. */
static bool clock_is_still(struct rehearsal_clock *clock, struct dispatch_pulse *pulse)
{
    dispatch_pulse(clock->setup.dispatch, pulse);
    clock_note_moves(clock, pulse);
    clock->looked = clock->looked && !pulse->busy;
    return !pulse->busy && !pulse->asking && pulse->running &&
           pulse->boards_down <= clock->boards_excused;
}

static struct simulator_view clock_view(const struct rehearsal_clock *clock,
                                        const struct dispatch_pulse *pulse)
{
    return (struct simulator_view){.air = pulse->lent,
                                   .said = pulse->heard + clock->excused.said,
                                   .gone = pulse->modems_down - clock->excused.gone};
}

static bool clock_views_agree(const struct simulator_view *a, const struct simulator_view *b)
{
    return a->air == b->air && a->said == b->said && a->gone == b->gone;
}

static void clock_on_quiet(void *ctx, int64_t next_ms);

static void clock_ask(struct rehearsal_clock *clock, const struct simulator_view *view)
{
    if (view->gone < 0 || view->said < 0 ||
        (clock->asked && clock_views_agree(view, &clock->asked_view)))
        return;
    clock->asked = true;
    clock->asked_view = *view;
    simulator_ask_quiet(clock->setup.simulator, view, clock_on_quiet, clock);
}

/* What is still may only be waiting for a look at the clock to see that it is finished. */
static void clock_look(struct rehearsal_clock *clock)
{
    struct dispatch_pulse pulse;
    struct simulator_view view;

    if (clock->stopped || clock->paced || !clock_is_still(clock, &pulse))
        return;
    if (!clock->looked && clock->ticks < CLOCK_TICKS) {
        clock->ticks++;
        clock->looked = true;
        dispatch_tick(clock->setup.dispatch);
        if (!clock_is_still(clock, &pulse))
            return;
    }
    view = clock_view(clock, &pulse);
    clock_ask(clock, &view);
}

/* Between the question and the answer somebody may have steered. */
static void clock_on_quiet(void *ctx, int64_t next_ms)
{
    struct rehearsal_clock *clock = ctx;
    struct dispatch_pulse pulse;
    struct simulator_view view;

    clock->asked = false;
    if (clock->stopped || clock->paced || !clock_is_still(clock, &pulse))
        return;
    view = clock_view(clock, &pulse);
    if (!clock_views_agree(&view, &clock->asked_view))
        return;
    if (!clock->open) {
        clock_let_in(clock);
        if (!clock_is_still(clock, &pulse))
            return;
        view = clock_view(clock, &pulse);
    }
    if (clock_views_agree(&view, &clock->asked_view))
        clock_jump(clock, &(struct leap_next){.message_ms = pulse.next_ms,
                                              .show_ms = pulse.next_show_ms,
                                              .world_ms = next_ms});
}

static void clock_on_look(uv_prepare_t *look)
{
    clock_look(look->data);
}

/* ---- the guard ---- */

static int64_t clock_patience_ms(const struct rehearsal_clock *clock,
                                 const struct dispatch_pulse *pulse)
{
    if (clock->creeps)
        return CLOCK_CREEP_MS;
    if (!pulse->running)
        return CLOCK_END_MS;
    return clock->jumped ? CLOCK_GUARD_MS : CLOCK_START_MS;
}

/* Time runs with the machine's. What hasn't come by now won't: but a message that a modem has will
 * have an end, at the latest by the agent's patience. */
static void clock_creep(struct rehearsal_clock *clock, const struct dispatch_pulse *pulse)
{
    int64_t now = clock_mono_ms(), passed = now - clock->crept_mono_ms;
    struct simulator_view before = {.said = pulse->heard, .gone = pulse->modems_down};

    if (passed < CLOCK_CREEP_MS)
        return;
    clock->crept_mono_ms = now;
    clock_go(clock, clock_wall_ms() + clock_sooner(passed, 2 * CLOCK_CREEP_MS), &before);
    clock_let_in(clock);
    clock->excused.said = before.said - pulse->heard;
    clock->deaf = clock->deaf || clock->excused.said > 0;
    clock->excused.gone = pulse->modems_down - before.gone;
    clock->boards_excused = pulse->boards_down;
}

void rehearsal_clock_watch(struct rehearsal_clock *clock)
{
    struct dispatch_pulse pulse;

    if (clock->stopped || clock->paced)
        return;
    (void)clock_is_still(clock, &pulse);
    if (pulse.busy || clock_mono_ms() - clock->moved_mono_ms < clock_patience_ms(clock, &pulse))
        return;
    if (!clock->creeps)
        log_info("rehearsal clock=creeps lent=%lld down=%lld", (long long)pulse.lent,
                 (long long)pulse.modems_down);
    clock->creeps = true;
    clock_creep(clock, &pulse);
}

/* ---- its life ---- */

struct rehearsal_clock *rehearsal_clock_open(const struct rehearsal_clock_setup *setup)
{
    struct rehearsal_clock *clock = mem_new(struct rehearsal_clock);

    clock->setup = *setup;
    uv_prepare_init(setup->loop, &clock->look);
    uv_timer_init(setup->loop, &clock->pace);
    clock->handles = 2;
    clock->look.data = clock->pace.data = clock;
    clock->jumped_mono_ms = clock->moved_mono_ms = clock_mono_ms();
    dispatch_gate(setup->dispatch, true);
    uv_prepare_start(&clock->look, clock_on_look);
    return clock;
}

bool rehearsal_clock_is_deaf(const struct rehearsal_clock *clock)
{
    return clock->deaf;
}

void rehearsal_clock_stop(struct rehearsal_clock *clock)
{
    clock->stopped = true;
}

static void clock_on_closed(uv_handle_t *handle)
{
    struct rehearsal_clock *clock = handle->data;

    if (--clock->handles == 0)
        free(clock);
}

void rehearsal_clock_close(struct rehearsal_clock *clock)
{
    clock->stopped = true;
    uv_close((uv_handle_t *)&clock->look, clock_on_closed);
    uv_close((uv_handle_t *)&clock->pace, clock_on_closed);
}
