/* tally: the counts per campaign, unit, channel, route and state. See tally.h.
 * Runs: ledger thread. */
#include "gateway/ledger/tally.h"

#include <stdbool.h>
#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/store_sql.h"

static bool tally_is(const struct tally_group *group, const struct tally_group *key)
{
    return group->campaign == key->campaign && group->unit == key->unit &&
           group->channel == key->channel && group->route == key->route;
}

static int tally_read(struct db *db, struct tally_group *group)
{
    int rc;

    db_start(db, SQL_COUNT_READ, group->campaign, group->unit, group->channel, group->route);
    while ((rc = db_row(db, SQL_COUNT_READ)) > 0) {
        int64_t state = db_int(db, SQL_COUNT_READ, 0);

        if (state < 0 || state >= DELIVERY_STATES)
            log_panic("count has no such state=%d", (int)state);
        group->n[state] = db_int(db, SQL_COUNT_READ, 1);
        group->parts[state] = db_int(db, SQL_COUNT_READ, 2);
    }
    return rc;
}

int tally_group(struct tally *tally, struct db *db, const struct tally_group *key,
                struct tally_group **out)
{
    struct tally_group fresh = {
        .campaign = key->campaign, .unit = key->unit, .channel = key->channel, .route = key->route};
    size_t at;
    int rc;

    if ((unsigned)key->route >= PHONE_OPERATORS)
        log_panic("the books have no such route=%d", (int)key->route);
    at = tally->last[key->route];
    if (at >= tally->n || !tally_is(&tally->groups[at], key))
        for (at = 0; at < tally->n && !tally_is(&tally->groups[at], key); at++)
            ;
    if (at == tally->n) {
        rc = tally_read(db, &fresh);
        if (rc < 0)
            return rc;
        if (tally->n == tally->room) {
            tally->room = tally->room ? tally->room * 2 : 16;
            tally->groups = mem_grow(tally->groups, tally->room, sizeof *tally->groups);
        }
        tally->groups[tally->n++] = fresh;
    }
    tally->last[key->route] = at;
    *out = &tally->groups[at];
    return 0;
}

void tally_move(struct tally_group *group, int from, int to, int64_t parts)
{
    if (from >= 0) {
        group->n[from]--;
        group->parts[from] -= parts;
        group->changed |= 1u << from;
        LOG_ASSERT(group->n[from] >= 0 && group->parts[from] >= 0);
    }
    group->n[to]++;
    group->parts[to] += parts;
    group->changed |= 1u << to;
}

static int tally_flush_group(struct db *db, struct tally_group *group)
{
    for (int state = 0; state < DELIVERY_STATES; state++) {
        int rc;

        if (!(group->changed & 1u << state))
            continue;
        rc = db_run(db, SQL_COUNT_PUT, group->campaign, group->unit, group->channel, group->route,
                    state, group->n[state], group->parts[state]);
        if (rc < 0)
            return rc;
    }
    group->changed = 0;
    return 0;
}

int tally_flush(struct tally *tally, struct db *db)
{
    int rc = 0;

    for (size_t i = 0; i < tally->n && rc == 0; i++)
        if (tally->groups[i].changed)
            rc = tally_flush_group(db, &tally->groups[i]);
    return rc;
}

void tally_drop(struct tally *tally)
{
    free(tally->groups);
    *tally = (struct tally){0};
}
