/* search: when a modem that isn't at its own device is looked for at the spare ones.
 * Runs: any (pure).
 *
 * One look at the own device costs next to nothing; hundreds of modems that look at all the spare
 * ones all the time, as when a hub has lost its power, cost the loop its time. A zeroed one is due.
 * Zero it when the modem was found, or may have been moved just now. */
#ifndef LAWCAST_MODEM_SEARCH_H
#define LAWCAST_MODEM_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

struct search {
    int64_t due_ms; /* mono */
    int64_t pause_ms;
};

bool search_is_due(const struct search *search, int64_t now_ms);
/* It was in vain: next time after look_ms, and ever later, up to five times that. */
void search_fail(struct search *search, int64_t look_ms, int64_t now_ms);

#endif
