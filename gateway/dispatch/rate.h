/* rate: at most so many parts an hour, because a person has said so; beside the limits of a SIM.
 * Runs: loop.
 *
 * Counts from the moment at which it is set, in memory: after a restart it begins anew, and being
 * spread it can't be spent at once. */
#ifndef LAWCAST_DISPATCH_RATE_H
#define LAWCAST_DISPATCH_RATE_H

#include <stddef.h>

#include "gateway/model/meter.h"

/* Zeroed: there is none. Stays where it is: who has used it gives back to it. */
struct rate {
    int64_t per_hour; /* 0: none */
    struct meter *meter;
    uint32_t turn; /* which of those that were set here */
    size_t lanes;  /* that share it and are usable now; 0: it is one's own */
};

/* What one claim has used of it. */
struct rate_use {
    struct rate *rate; /* NULL: nothing */
    uint32_t turn;
};

void rate_set(struct rate *rate, int64_t per_hour);
void rate_fini(struct rate *rate);
/* As meter_ask, but never METER_NEVER: what is larger than the rate waits until it is another. rate
 * may be NULL. */
enum meter_bound rate_ask(struct rate *rate, int64_t now_ms, int64_t parts, int64_t *again_ms);
/* rate may be NULL. */
struct rate_use rate_take(struct rate *rate, int64_t slot, int64_t parts);
void rate_give_back(const struct rate_use *use, int64_t slot, int64_t parts);
/* As meter_capacity, of one of those that share it; rate may be NULL. */
int64_t rate_capacity(const struct rate *rate, int64_t now_ms, int64_t open_ms);

#endif
