/* quiet: times of the day at which something is left alone.
 * Runs: any (pure, but for the process's time zone).
 *
 * Written as "07:00-08:30", every day, or with days before it: "mon-fri 07:00-08:30",
 * "sat,sun 00:00-24:00". A time that ends before it begins goes on to the next day. Times are the
 * wall's: what daylight saving skips is skipped, what it repeats is quiet twice. */
#ifndef LAWCAST_MODEL_QUIET_H
#define LAWCAST_MODEL_QUIET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quiet_span {
    int from_min, to_min; /* of the day, 0..1440; to_min <= from_min: goes on to the next day */
    unsigned days;        /* bit 0 is Monday; the day on which it begins */
};

/* Zeroed: never. */
struct quiet {
    struct quiet_span *spans; /* owned */
    size_t n;
};

/* Adds what text says. 0, or 1: it says no such time. */
int quiet_add(struct quiet *quiet, const char *text);
void quiet_free(struct quiet *quiet);
bool quiet_at(const struct quiet *quiet, int64_t wall_ms);
/* The next instant after wall_ms at which quiet_at changes; INT64_MAX: never (looked at: 8 days). */
int64_t quiet_next_ms(const struct quiet *quiet, int64_t wall_ms);

#endif
