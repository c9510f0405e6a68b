/* agent_pace: how long the agent waits. See agent_pace.h.
 * Runs: agent. */
#include "adapters/modem/agent_pace.h"

#include <poll.h>
#include <stddef.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"

/* usleep has no place for a context, so this is the one mutable global; the agent has one thread.
 */
static struct {
    int tty;
    int grace_ms;
    int64_t limit_ms;
    void (*give_up)(void *ctx);
    void *ctx;
    bool over;    /* given up */
    bool written; /* and nothing heard since */
} pace = {.tty = -1, .grace_ms = -1};

void pace_set(int tty, int grace_ms)
{
    pace.tty = tty;
    pace.grace_ms = grace_ms;
}

void pace_limit(int64_t limit_ms, void (*give_up)(void *ctx), void *ctx)
{
    pace.limit_ms = limit_ms;
    pace.give_up = give_up;
    pace.ctx = ctx;
    pace.over = false;
}

void pace_note_written(void)
{
    pace.written = true;
}

void pace_note_heard(void)
{
    pace.written = false;
}

bool pace_wait(int fd, int64_t limit_ms)
{
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int64_t left = limit_ms - clock_mono_ms();

        if (poll(&wait, 1, left > 0 ? (int)left : 0) > 0)
            return true;
        if (left <= 0)
            return false;
    }
}

static void pace_sleep(useconds_t us)
{
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000};

    nanosleep(&time, NULL);
}

bool pace_check(bool now)
{
    if (pace.give_up && !pace.over && (now || clock_mono_ms() >= pace.limit_ms)) {
        pace.over = true;
        pace.give_up(pace.ctx);
    }
    return pace.over;
}

int usleep(useconds_t us)
{
    if (us < PACE_LONG_US || pace.grace_ms < 0 || pace.tty < 0) {
        pace_sleep(us);
    } else if (pace.written) {
        tcdrain(pace.tty);
        if (pace.grace_ms > 0)
            pace_wait(pace.tty, clock_mono_ms() + pace.grace_ms);
    }
    pace_check(false);
    return 0;
}
