/* desired: what should be on a board now. See desired.h.
 * Runs: any (pure). */
#include "gateway/dispatch/desired.h"

#include "gateway/model/share.h"

static int64_t desired_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct desired desired_now(const struct desired_ask *ask)
{
    struct desired nothing = {.claim = DESIRED_NOTHING, .until_ms = ask->quiet_until_ms};
    int64_t weights[SHARE_CLAIMS_MOST], turn_until_ms = INT64_MAX;
    struct desired wanted = {0};

    if (ask->released)
        nothing.until_ms = INT64_MAX;
    if (ask->released || ask->quiet || !ask->n)
        return nothing;
    for (size_t i = 0; i < ask->n; i++)
        weights[i] = ask->claims[i].weight;
    wanted.claim = share_turn(weights, ask->n, ask->turn_ms, ask->now_ms, &turn_until_ms);
    wanted.until_ms = desired_sooner(ask->claims[wanted.claim].until_ms,
                                     desired_sooner(turn_until_ms, ask->quiet_until_ms));
    return wanted;
}
