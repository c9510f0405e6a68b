/* fair: which unit's message goes next.
 * Runs: any (pure).
 *
 * The queue that is furthest behind its quota, in proportion, goes first: all units of a campaign
 * finish at about the same time, a small order is not stuck behind a big one, and a unit whose
 * numbers keep failing takes only its own share. Equal ones go by their order in the file. */
#ifndef LAWCAST_DISPATCH_FAIR_H
#define LAWCAST_DISPATCH_FAIR_H

#include <stdbool.h>
#include <stdint.h>

struct fair_claim {
    int64_t taken, quota; /* quota >= 1 */
};

/* Is a further behind than b? */
bool fair_before(struct fair_claim a, struct fair_claim b);

#endif
