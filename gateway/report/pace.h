/* pace: how many parts a minute went out of late, line by line (a unit of a campaign).
 * Runs: any (pure).
 *
 * Each line remembers its count at intervals of PACE_STEP_MS; the rate is over the last minute. */
#ifndef LAWCAST_REPORT_PACE_H
#define LAWCAST_REPORT_PACE_H

#include <stddef.h>
#include <stdint.h>

#define PACE_STEP_MS 10000
#define PACE_STEPS   7

struct pace; /* opaque */

struct pace *pace_new(void);
void pace_free(struct pace *pace); /* NULL is fine */
/* parts: sent so far. steady_ms: steady time, never back. */
void pace_note(struct pace *pace, const char *campaign, const char *unit, int64_t steady_ms,
               int64_t parts);
/* As of the last note; -1: not known yet. pace may be NULL. */
int64_t pace_per_min(const struct pace *pace, const char *campaign, const char *unit);

#endif
