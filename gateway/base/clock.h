/* clock: what time it is, and the one place that a rehearsal or a test may change it.
 * Runs: any; only the loop calls clock_set.
 *
 * Wall time (ms since 1970, UTC) decides about windows and stamps the books; it may jump (NTP, a
 * rehearsal). Monotonic time measures durations and never jumps. A rehearsal freezes wall and
 * steady time: they stand until clock_set moves them, however long the machine takes for what has
 * to be done at that instant. Reading is lock-free: three atomic words, the only mutable state that
 * base keeps. */
#ifndef LAWCAST_BASE_CLOCK_H
#define LAWCAST_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
/* Monotonic time that takes part in the jumps of clock_set, but in none of the system's: how long
 * something lasts in the world that a rehearsal plays. Always far above 0. */
int64_t clock_steady_ms(void);
/* From now on clock_wall_ms runs on (frozen: stands) from wall_ms. Rehearsals and tests only. */
void clock_set(int64_t wall_ms);
/* Wall and steady time stand still from now on, for good; before the first thread. Rehearsals and
 * tests only. */
void clock_freeze(void);
bool clock_is_frozen(void);

/* "2026-10-31 08:30:00" in the process's time zone (TZ). text has room for 20 bytes. */
void clock_format(int64_t wall_ms, char text[static 20]);

#endif
