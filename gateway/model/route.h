/* route: which networks' messages may a lane take now?
 * Runs: any (pure).
 *
 * A lane takes its own network's messages first, then those whose network is unknown, then others'
 * as far as the campaign allows (sms.routing):
 *
 *   own     never another network's
 *   prefer  when that network's own bank is exhausted: none of its lanes is usable, or what is open
 *           is more than they can still carry before the windows end, or the message has more parts
 *           than any of them may ever send at once
 *   any     always
 *
 * A lane whose network is unknown takes everything. */
#ifndef LAWCAST_MODEL_ROUTE_H
#define LAWCAST_MODEL_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/model/campaign.h"
#include "gateway/model/operators.h"

/* One network, as of the last tick and what was taken since. */
struct route_load {
    int64_t open_parts; /* of messages that nobody has taken yet */
    int64_t capacity;   /* parts that its own lanes can still carry */
    int64_t largest;    /* parts of the largest message that one of them may send */
    bool usable;        /* one of its own lanes can send, now or soon */
};

enum { ROUTE_FORBIDDEN = -1, ROUTE_OWN, ROUTE_STRAY, ROUTE_OTHER };

/* May a lane of network own take a message of network route and so many parts? Lower goes first. */
int route_rank(enum phone_operator own, enum phone_operator route, enum routing routing,
               const struct route_load loads[static PHONE_OPERATORS], int64_t parts);
/* A lane has taken a message of so many parts, to which it has this rank. */
void route_take(struct route_load *load, int rank, int64_t parts);
/* Adds what one more lane of the network can carry, and the parts of the largest message that it
 * may send. */
void route_add(struct route_load *load, int64_t capacity, int64_t largest);
/* The most parts that limits let pass at once, OUTCOME_PARTS_MAX at most. */
int64_t route_limits_largest(const struct meter_limits *limits);

#endif
