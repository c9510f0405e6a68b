/* clock: what time it is. See clock.h.
 * Runs: any. */
#include "gateway/base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t clock_offset_ms;

static int64_t clock_read_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return clock_read_us(CLOCK_REALTIME) / 1000 + atomic_load(&clock_offset_ms);
}

int64_t clock_mono_ms(void)
{
    return clock_read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

void clock_set(int64_t wall_ms)
{
    atomic_store(&clock_offset_ms, wall_ms - clock_read_us(CLOCK_REALTIME) / 1000);
}

void clock_format(int64_t wall_ms, char text[static 20])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;

    if (!localtime_r(&seconds, &tm) || !strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm))
        snprintf(text, 20, "?");
}
