/* backoff: how long to wait before trying again. See backoff.h.
 * Runs: any (pure). */
#include "gateway/model/backoff.h"

/* The finalizer of splitmix64: every bit of the seed reaches every bit of the result. */
static uint64_t backoff_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

int64_t backoff_ms(int failures, int64_t first, int64_t most, uint64_t jitter_seed)
{
    int64_t wait = first;

    if (failures <= 0)
        return 0;
    while (--failures > 0 && wait < most)
        wait = wait > most / 2 ? most : wait * 2;
    return wait - (int64_t)(backoff_mix(jitter_seed) % ((uint64_t)wait / 4 + 1));
}
