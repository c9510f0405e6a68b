/* test_clock_steps: the machine sleeps, or somebody sets its clock: nothing leaves outside a
 * window, and nothing is written off by a clock that was wrong for a moment. The clock is the
 * test's own: wall time can run away from steady time. One modem sends a message a minute. */
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/dispatch/dispatch_inside.h"
#include "gateway/dispatch/lane_inside.h"
#include "tests/unit/lane_kit.h"

static int64_t wall_ahead_ms, steady_ahead_ms; /* of the machine's monotonic time */

static int64_t machine_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    return machine_us();
}

int64_t clock_mono_ms(void)
{
    return machine_us() / 1000;
}

int64_t clock_wall_ms(void)
{
    return clock_mono_ms() + wall_ahead_ms;
}

int64_t clock_steady_ms(void)
{
    return (INT64_C(1) << 50) + clock_mono_ms() + steady_ahead_ms;
}

void clock_set(int64_t wall_ms)
{
    int64_t jump = wall_ms - clock_wall_ms();

    wall_ahead_ms += jump;
    steady_ahead_ms += jump;
}

void clock_freeze(void)
{
    fail_msg("no rehearsal here");
}

bool clock_is_frozen(void)
{
    return false;
}

void clock_format(int64_t wall_ms, char text[static 20])
{
    snprintf(text, 20, "%lld", (long long)wall_ms);
}

struct step {
    const char *what;
    int64_t first_end, second_from, second_end; /* windows: minutes after half past eight */
    int leftover;
    int64_t by_min, back_s; /* the step at 08:40; taken back after so many seconds; 0: it stays */
    bool claiming;          /* while a claim is on its way to the books */
    size_t sent_least, sent_most, expired_least, cancelled_least;
};

struct stepping {
    const struct step *step;
    struct window windows[2];
    int64_t stepped_ms; /* steady; 0: not yet */
    bool taken_back;
    size_t early, outside;
};

static struct stepping now_stepping;

static void check_submit(struct puppet *puppet, const struct adapter_job *job, void *ctx)
{
    struct stepping *stepping = &now_stepping;
    struct kit *kit = ctx;

    (void)puppet;
    (void)job;
    stepping->outside +=
        !window_at(kit->campaign.windows, kit->campaign.n_windows, clock_wall_ms());
    stepping->early +=
        stepping->stepped_ms && clock_steady_ms() < stepping->stepped_ms + MINUTE_MS - 1000;
}

static void take_back(struct kit *kit)
{
    struct stepping *stepping = &now_stepping;
    int64_t back_s = stepping->step->back_s;

    if (!back_s || stepping->taken_back || clock_steady_ms() < stepping->stepped_ms + back_s * 1000)
        return;
    stepping->taken_back = true;
    stepping->stepped_ms = clock_steady_ms();
    wall_ahead_ms -= stepping->step->by_min * MINUTE_MS;
    dispatch_tick(kit->dispatch);
}

static void step_clock(struct kit *kit)
{
    struct stepping *stepping = &now_stepping;
    int64_t at_ms = kit->start_ms + 10 * MINUTE_MS;

    if (stepping->stepped_ms) {
        bool back;

        take_back(kit);
        back = stepping->step->back_s && !stepping->taken_back;
        kit->alarm_ms = clock_wall_ms() + stepping->stepped_ms - clock_steady_ms() +
                        (back ? stepping->step->back_s * 1000 : MINUTE_MS + 1);
        return;
    }
    kit->alarm_ms = at_ms;
    if (clock_wall_ms() < at_ms || !kit_modems_have_begun(kit))
        return;
    if (stepping->step->claiming && !kit->dispatch->lanes[0]->claiming) {
        if (!ledger_pending(kit->ledger))
            kit->ledger->hold = 3; /* or none would be seen */
        return;
    }
    stepping->stepped_ms = clock_steady_ms();
    wall_ahead_ms += stepping->step->by_min * MINUTE_MS;
}

static const struct step steps[] = {
    {"asleep over the window's end", 30, 0, 0, LEFTOVER_NEXT, 40, 0, false, 9, 11, 89, 0},
    {"same, with a claim on its way to the books", 30, 0, 0, LEFTOVER_NEXT, 40, 0, true, 9, 11, 89,
     0},
    {"asleep inside the window", 30, 0, 0, LEFTOVER_NEXT, 10, 0, true, 17, 21, 79, 0},
    {"asleep from one window to the next", 30, 40, 60, LEFTOVER_NEXT, 40, 0, false, 17, 21, 79, 0},
    {"same, and what is left is cancelled", 30, 40, 60, LEFTOVER_CANCEL, 40, 0, false, 9, 11, 0,
     89},
    {"same, and what is left waits", 30, 40, 60, LEFTOVER_STOP, 40, 0, false, 9, 11, 89, 0},
    {"set back", 30, 0, 0, LEFTOVER_NEXT, -5, 0, false, 32, 36, 64, 0},
    {"set back before the window", 30, 0, 0, LEFTOVER_NEXT, -15, 0, false, 37, 42, 58, 0},
    {"wrong for a moment", 30, 0, 0, LEFTOVER_NEXT, 60, 30, false, 26, 30, 70, 0},
    {"same, and what is left would be cancelled", 30, 0, 0, LEFTOVER_CANCEL, 60, 30, true, 26, 30,
     0, 70},
    {"wrong for a moment, years back", 30, 0, 0, LEFTOVER_NEXT, -2000000, 30, true, 26, 30, 70, 0},
};

static void test_step(void **state)
{
    const struct step *step = *state;
    struct stepping *stepping = &now_stepping;
    struct kit *kit;
    void *opened;

    kit_open(&opened);
    kit = opened;
    *stepping = (struct stepping){.step = step};
    stepping->windows[0] =
        (struct window){kit->start_ms, kit->start_ms + step->first_end * MINUTE_MS};
    stepping->windows[1] = (struct window){kit->start_ms + step->second_from * MINUTE_MS,
                                           kit->start_ms + step->second_end * MINUTE_MS};
    kit->campaign.n_orders = 1;
    kit->campaign.windows = kit->orders[0].windows = stepping->windows;
    kit->campaign.n_windows = kit->orders[0].n_windows = step->second_end ? 2 : 1;
    kit->campaign.leftover = step->leftover;
    kit->puppets.submitted = check_submit;
    kit->at = step_clock;
    kit_modems(kit, 1, -1)->gap_ms = MINUTE_MS;
    kit_messages(kit, 100, OPERATOR_UNKNOWN, 1);
    kit_run(kit);
    assert_int_not_equal(stepping->stepped_ms, 0);
    assert_int_equal(stepping->outside, 0);
    /* A claim that was on its way may go out, if the window is open by the new clock, too. */
    assert_true(stepping->early <= step->claiming);
    assert_in_range(kit_count(kit, DELIVERY_SENT), step->sent_least, step->sent_most);
    assert_true(kit_count(kit, DELIVERY_EXPIRED) >= step->expired_least);
    assert_true(kit_count(kit, DELIVERY_CANCELLED) >= step->cancelled_least);
    if (step->claiming && !stepping->early)
        assert_true(kit->ledger->claims > kit->puppets.submits);
    kit_close(&opened);
}

#define STEPS (sizeof steps / sizeof *steps)

int main(void)
{
    struct CMUnitTest tests[STEPS];

    for (size_t i = 0; i < STEPS; i++)
        tests[i] = (struct CMUnitTest){.name = steps[i].what,
                                       .test_func = test_step,
                                       .initial_state = (void *)(uintptr_t)&steps[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
