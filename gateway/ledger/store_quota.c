/* store_quota: how many messages a unit may still have in a campaign.
 * Runs: ledger thread.
 *
 * "Living" is every message that may still be delivered, or was; where only sending counts
 * (COUNT_SENT), also what the network took and didn't deliver. */
#include "gateway/ledger/store_inside.h"

#include <string.h>

#include "gateway/base/log.h"

int store_unit_states(struct store *store, int64_t campaign, int64_t unit,
                      int64_t n[DELIVERY_STATES])
{
    struct tally_group key = {.campaign = campaign, .unit = unit, .channel = CHANNEL_SMS};

    memset(n, 0, DELIVERY_STATES * sizeof *n);
    for (key.route = 0; key.route < PHONE_OPERATORS; key.route++) {
        struct tally_group *group;
        int rc = tally_group(&store->tally, store->db, &key, &group);

        if (rc < 0)
            return rc;
        for (int state = 0; state < DELIVERY_STATES; state++)
            n[state] += group->n[state];
    }
    return 0;
}

static bool store_is_dead(enum delivery_state state, bool count_sent)
{
    switch (state) {
    case DELIVERY_UNDELIVERED:
        return !count_sent;
    case DELIVERY_REJECTED:
    case DELIVERY_EXPIRED:
    case DELIVERY_CANCELLED:
    case DELIVERY_SUPPRESSED:
        return true;
    default:
        return false;
    }
}

int store_quota(struct store *store, const struct store_quota_ask *ask, struct store_quota *out)
{
    int64_t n[DELIVERY_STATES];
    int rc;

    *out = (struct store_quota){0};
    db_start(store->db, SQL_QUOTA, ask->campaign, ask->unit);
    rc = db_row(store->db, SQL_QUOTA);
    if (rc > 0) {
        out->vacancies = db_int(store->db, SQL_QUOTA, 0);
        db_end(store->db, SQL_QUOTA);
    }
    if (rc >= 0)
        rc = store_unit_states(store, ask->campaign, ask->unit, n);
    if (rc < 0)
        return rc;
    for (int state = 0; state < DELIVERY_STATES; state++)
        if (state != DELIVERY_PLANNED &&
            !store_is_dead((enum delivery_state)state, ask->count_sent))
            out->vacancies -= n[state];
    out->planned = n[DELIVERY_PLANNED];
    out->deferred = n[DELIVERY_DEFERRED];
    return 0;
}
