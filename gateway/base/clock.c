/* clock: what time it is. See clock.h.
 * Runs: any. */
#include "gateway/base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

/* Far above 0 even when a rehearsal goes back for years, so that a time of 0 is always past. */
#define CLOCK_STEADY_START (INT64_C(1) << 50)

static _Atomic int64_t clock_offset_ms; /* of wall time, as clock_set made it */
static _Atomic int64_t clock_jumped_ms; /* the sum of clock_set's jumps */
static _Atomic int64_t clock_stood_ms;  /* 0: time runs; else the machine's monotonic time when it
                                           was frozen */

static int64_t clock_read_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A frozen clock keeps all of its wall time in the offset. */
int64_t clock_wall_ms(void)
{
    int64_t machine_ms = atomic_load(&clock_stood_ms) ? 0 : clock_read_us(CLOCK_REALTIME) / 1000;

    return machine_ms + atomic_load(&clock_offset_ms);
}

int64_t clock_mono_ms(void)
{
    return clock_read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

int64_t clock_steady_ms(void)
{
    int64_t stood_ms = atomic_load(&clock_stood_ms);

    return CLOCK_STEADY_START + (stood_ms ? stood_ms : clock_mono_ms()) +
           atomic_load(&clock_jumped_ms);
}

void clock_set(int64_t wall_ms)
{
    int64_t jump = wall_ms - clock_wall_ms();

    atomic_fetch_add(&clock_offset_ms, jump);
    atomic_fetch_add(&clock_jumped_ms, jump);
}

void clock_freeze(void)
{
    int64_t wall_ms = clock_wall_ms();

    if (clock_is_frozen())
        return;
    atomic_store(&clock_stood_ms, clock_mono_ms());
    atomic_store(&clock_offset_ms, wall_ms);
}

bool clock_is_frozen(void)
{
    return atomic_load(&clock_stood_ms) != 0;
}

void clock_format(int64_t wall_ms, char text[static 20])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;

    if (!localtime_r(&seconds, &tm) || !strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm))
        snprintf(text, 20, "?");
}
