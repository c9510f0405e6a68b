/* tally: the counts per campaign, unit, channel, route and state, kept up with every change.
 * Runs: ledger thread.
 *
 * Memory holds absolute figures of the groups that were touched; tally_flush writes the changed
 * ones, once a transaction however many changes it made. tally_drop forgets them (after a
 * rollback): they are read again from disk when they are next needed. */
#ifndef LAWCAST_LEDGER_TALLY_H
#define LAWCAST_LEDGER_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/model/delivery.h"
#include "gateway/model/operators.h"
#include "gateway/ledger/db.h"

struct tally_group {
    int64_t campaign, unit;
    enum delivery_channel channel;
    int32_t route; /* enum phone_operator; boards: 0 */
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
    uint32_t changed; /* bit per state */
};

struct tally {
    struct tally_group *groups;
    size_t n, room;
    size_t last[PHONE_OPERATORS]; /* the group of this route that was found last: neighbours are
                                     mostly of one unit */
};

/* Lends the group until the next call. 0 or -errno. */
int tally_group(struct tally *tally, struct db *db, const struct tally_group *key,
                struct tally_group **out);
/* Takes a message of so many parts out of one state and puts it into another; from -1: it is new.
 */
void tally_move(struct tally_group *group, int from, int to, int64_t parts);
int tally_flush(struct tally *tally, struct db *db);
void tally_drop(struct tally *tally);

#endif
