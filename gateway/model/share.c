/* share: who has a board that several want. See share.h.
 * Runs: any (pure).
 *
 * Entry j (from 0) of a claim of weight w stands at (2j + 1) / 2w of the way through the order; of
 * two at the same place the claim that comes first goes first. */
#include "gateway/model/share.h"

#include "gateway/base/log.h"

/* How many entries of claim `other` stand before entry j of claim i. */
static int64_t share_before(const int64_t *weights, size_t i, int64_t j, size_t other)
{
    int64_t limit = (2 * j + 1) * weights[other];

    return ((limit - (other >= i)) / weights[i] + 1) / 2;
}

static int64_t share_rank(const int64_t *weights, size_t n, size_t i, int64_t j)
{
    int64_t rank = j;

    for (size_t other = 0; other < n; other++)
        if (other != i)
            rank += share_before(weights, i, j, other);
    return rank;
}

/* Has claim i the entry at this place of the order? */
static int share_has(const int64_t *weights, size_t n, size_t i, int64_t place)
{
    int64_t low = 0, high = weights[i];

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (share_rank(weights, n, i, middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < weights[i] && share_rank(weights, n, i, low) == place;
}

static size_t share_owner(const int64_t *weights, size_t n, int64_t place)
{
    for (size_t i = 0; i < n; i++)
        if (share_has(weights, n, i, place))
            return i;
    log_panic("broken invariant: nobody has place %lld", (long long)place);
}

/* Each round of places turns has every place once, and begins at a place of its own, scattered as
 * by chance: whoever has every second turn would else have every second slogan for ever. (The
 * mixing is that of SplitMix64, Steele and others, OOPSLA 2014.) */
static int64_t share_place(int64_t turn, int64_t places)
{
    int64_t round = turn / places - (turn % places < 0);
    uint64_t mixed = (uint64_t)round * UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    return (turn - round * places + (int64_t)(mixed % (uint64_t)places)) % places;
}

size_t share_turn(const int64_t *weights, size_t n, int64_t turn_ms, int64_t wall_ms,
                  int64_t *until_ms)
{
    int64_t turn = wall_ms / turn_ms - (wall_ms % turn_ms < 0), places = 0;
    size_t owner;

    LOG_ASSERT(n >= 1 && n <= SHARE_CLAIMS_MOST && turn_ms > 0);
    *until_ms = INT64_MAX;
    if (n == 1)
        return 0;
    for (size_t i = 0; i < n; i++) {
        LOG_ASSERT(weights[i] >= 1 && weights[i] <= SHARE_WEIGHT_MOST);
        places += weights[i];
    }
    owner = share_owner(weights, n, share_place(turn, places));
    do { /* ends: somebody else has a place in the next round, too */
        turn++;
    } while (share_has(weights, n, owner, share_place(turn, places)));
    *until_ms = turn * turn_ms;
    return owner;
}
