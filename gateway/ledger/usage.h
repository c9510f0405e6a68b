/* usage: what SIMs and limit groups have used up, booked once a transaction.
 * Runs: ledger thread.
 *
 * Memory holds what one transaction adds to a slot of a SIM or takes from it; usage_flush writes
 * the sums, so that a group of many modems costs one write however many of them claimed.
 * usage_drop forgets them (after a rollback). */
#ifndef LAWCAST_LEDGER_USAGE_H
#define LAWCAST_LEDGER_USAGE_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/db.h"

struct usage_sum {
    int64_t sim; /* 0: a free place */
    int64_t slot, parts;
};

struct usage {
    struct usage_sum *sums; /* hashed; at most half of the room is taken */
    size_t n, room;
};

/* parts < 0: given back. */
void usage_add(struct usage *usage, int64_t sim, int64_t slot, int64_t parts);
/* 0 or -errno. Giving back more than was taken breaks a constraint of the table, which ends the
 * process. */
int usage_flush(struct usage *usage, struct db *db);
void usage_drop(struct usage *usage);

#endif
