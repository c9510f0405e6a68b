/* backoff: how long to wait before trying again.
 * Runs: any (pure). */
#ifndef LAWCAST_MODEL_BACKOFF_H
#define LAWCAST_MODEL_BACKOFF_H

#include <stdint.h>

/* The wait after so many failures in a row: first, doubled with every further one, at most most; of
 * that, up to a quarter is taken off by the seed, so that devices that failed together don't come
 * back together. 0 when failures is 0. first >= 1, most >= first. */
int64_t backoff_ms(int failures, int64_t first, int64_t most, uint64_t jitter_seed);

#endif
