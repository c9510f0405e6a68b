/* rehearsal_inside: what the files of a rehearsal share; nobody else includes it.
 * Runs: loop.
 *
 *   rehearsal.c       its folder, books, beginning and end
 *   rehearsal_spec.c  what the simulator is told
 *   rehearsal_clock.c how its time passes
 *   rehearsal_end.c   what it has shown */
#ifndef LAWCAST_REHEARSAL_INSIDE_H
#define LAWCAST_REHEARSAL_INSIDE_H

#include "gateway/rehearsal.h"

/* Events of messages are gathered at multiples of this: each instant costs a round trip, so that a
 * big campaign has fewer of them. */
int64_t rehearsal_grid_ms(const struct rehearsal_setup *setup);
/* Modems that stop for good until then. */
int64_t rehearsal_count_lost(const struct rehearsal_setup *setup, int64_t until_ms);
/* 0 or -errno. */
int rehearsal_write_spec(const struct rehearsal_setup *setup, const char *path);

#endif
