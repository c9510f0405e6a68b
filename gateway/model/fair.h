/* fair: which unit's message goes next, among those that suit a SIM equally well (route_rank comes
 * before: a message for the SIM's own network goes before one for another that ends earlier).
 * Runs: any (pure).
 *
 * The earlier deadline goes first. Inside one deadline it is the queue that is furthest behind its
 * quota, in proportion: all units of a campaign finish at about the same time, a small order is not
 * stuck behind a big one, and a unit whose numbers keep failing takes only its own share. Equal
 * ones go by their order in the file. */
#ifndef LAWCAST_MODEL_FAIR_H
#define LAWCAST_MODEL_FAIR_H

#include <stdbool.h>
#include <stdint.h>

struct fair_claim {
    int64_t taken, quota; /* quota >= 1 */
    int64_t deadline_ms;  /* wall time at which its last window ends; all 0: no deadlines */
};

/* Does a go before b? */
bool fair_before(struct fair_claim a, struct fair_claim b);

#endif
