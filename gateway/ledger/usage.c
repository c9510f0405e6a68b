/* usage: what SIMs and limit groups have used up. See usage.h.
 * Runs: ledger thread. */
#include "gateway/ledger/usage.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/store_sql.h"

#define USAGE_ROOM_FIRST 64 /* powers of two */

static struct usage_sum *usage_place(const struct usage *usage, int64_t sim, int64_t slot)
{
    uint64_t hash = (uint64_t)sim * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)slot;
    size_t at = (size_t)(hash ^ hash >> 32) & (usage->room - 1);

    while (usage->sums[at].sim && (usage->sums[at].sim != sim || usage->sums[at].slot != slot))
        at = (at + 1) & (usage->room - 1);
    return &usage->sums[at];
}

static void usage_grow(struct usage *usage)
{
    struct usage grown = {.n = usage->n, .room = usage->room ? usage->room * 2 : USAGE_ROOM_FIRST};

    grown.sums = mem_array(grown.room, struct usage_sum);
    for (size_t i = 0; i < usage->room; i++)
        if (usage->sums[i].sim)
            *usage_place(&grown, usage->sums[i].sim, usage->sums[i].slot) = usage->sums[i];
    free(usage->sums);
    *usage = grown;
}

void usage_add(struct usage *usage, int64_t sim, int64_t slot, int64_t parts)
{
    struct usage_sum *sum;

    LOG_ASSERT(sim > 0);
    if (usage->n * 2 >= usage->room)
        usage_grow(usage);
    sum = usage_place(usage, sim, slot);
    if (!sum->sim) {
        *sum = (struct usage_sum){.sim = sim, .slot = slot};
        usage->n++;
    }
    sum->parts += parts;
}

/* What is given back may be gone: it was pruned while the attempt took its time. */
static int usage_write(struct db *db, const struct usage_sum *sum)
{
    if (sum->parts > 0)
        return db_run(db, SQL_USAGE_ADD, sum->sim, sum->slot, sum->parts);
    if (sum->parts < 0)
        return db_run(db, SQL_USAGE_TAKE, sum->sim, sum->slot, -sum->parts);
    return 0;
}

int usage_flush(struct usage *usage, struct db *db)
{
    int rc = 0;

    if (!usage->n)
        return 0;
    for (size_t i = 0; i < usage->room && rc == 0; i++)
        if (usage->sums[i].sim)
            rc = usage_write(db, &usage->sums[i]);
    if (rc < 0)
        return rc;
    memset(usage->sums, 0, usage->room * sizeof *usage->sums);
    usage->n = 0;
    return 0;
}

void usage_drop(struct usage *usage)
{
    free(usage->sums);
    *usage = (struct usage){0};
}
