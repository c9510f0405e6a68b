/* store_sim: the SIMs and limit groups, and how many parts they have sent when.
 * Runs: ledger thread.
 *
 * A part is counted from the claim on, in the same transaction: whatever a crash leaves behind, a
 * SIM has never sent more than the books say. It counts in the slot of its claim while it is in
 * flight, and from then on in the slot in which its attempt ended: what was sent within an hour or
 * a day is then never less than what they count, also for an attempt that took minutes or went over
 * midnight. What was in flight at a crash counts in both. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define STORE_USAGE_KEEP_MS  (INT64_C(3) * 24 * 3600 * 1000)
#define STORE_USAGE_PRUNE_MS (INT64_C(3600) * 1000) /* from one pruning to the next */

void store_use(struct store *store, const struct ledger_meters *meters, int64_t parts)
{
    LOG_ASSERT(meters->sim >= 0 && meters->group >= 0);
    LOG_ASSERT(!meters->sim || meters->sim != meters->group);
    if (meters->sim)
        usage_add(&store->usage, meters->sim, meters->slot, parts);
    if (meters->group)
        usage_add(&store->usage, meters->group, meters->slot, parts);
}

/* A clock that was set back meanwhile moves nothing into the past. */
void store_used(struct store *store, const struct ledger_meters *meters, int64_t parts,
                const struct outcome *outcome)
{
    bool untouched = outcome->kind == OUTCOME_RETURNED || outcome->kind == OUTCOME_DEFERRED;
    struct ledger_meters end = *meters;

    untouched = untouched && outcome->n_references == 0;
    if (!untouched && meters->end_slot <= meters->slot)
        return;
    store_use(store, meters, -parts);
    end.slot = meters->end_slot;
    if (!untouched)
        store_use(store, &end, parts);
}

int store_usage_recover(struct store *store, int64_t at_ms)
{
    int64_t slot = meter_slot(at_ms);

    /* The claim's slot was taken a moment before taken_ms. */
    return db_run(store->db, SQL_USAGE_RECOVER, slot, slot * METER_SLOT_MS + 1000);
}

static int store_tell_sim(struct store *store, int32_t number, const char *name)
{
    struct jv *object = jv_object();

    jv_put(object, "sim", jv_int(number));
    jv_put(object, "name", jv_string(name));
    return store_fact(store, FACT_SIM, object, store->at_ms);
}

static int store_sim_number(struct store *store, const char *name, int32_t *number)
{
    struct db *db = store->db;
    int rc;

    db_bind_text(db, SQL_SIM_FIND, 1, name);
    rc = db_row(db, SQL_SIM_FIND);
    if (rc > 0) {
        *number = (int32_t)db_int(db, SQL_SIM_FIND, 0);
        db_end(db, SQL_SIM_FIND);
        return 0;
    }
    if (rc < 0)
        return rc;
    db_bind_text(db, SQL_SIM_ADD, 1, name);
    rc = db_finish(db, SQL_SIM_ADD);
    *number = (int32_t)db_last_id(db);
    return rc < 0 ? rc : store_tell_sim(store, *number, name);
}

static int store_usage_prune(struct store *store, int64_t at_ms)
{
    int64_t since = at_ms - store->pruned_ms;
    int rc;

    if (store->pruned_ms && since >= 0 && since < STORE_USAGE_PRUNE_MS)
        return 0;
    rc = db_run(store->db, SQL_USAGE_PRUNE, meter_slot(at_ms - STORE_USAGE_KEEP_MS));
    if (rc == 0)
        store->pruned_ms = at_ms;
    return rc;
}

static int store_usage_read(struct store *store, struct ledger_op *op)
{
    struct db *db = store->db;
    size_t room = 0;
    int rc;

    db_start(db, SQL_USAGE_READ, op->sim.number, meter_slot(op->sim.since_ms));
    while ((rc = db_row(db, SQL_USAGE_READ)) > 0) {
        if (op->sim.n == room) {
            room = room ? room * 2 : 64;
            op->sim.uses = mem_grow(op->sim.uses, room, sizeof *op->sim.uses);
        }
        op->sim.uses[op->sim.n++] = (struct meter_use){.slot = db_int(db, SQL_USAGE_READ, 0),
                                                       .parts = db_int(db, SQL_USAGE_READ, 1)};
    }
    return rc;
}

/* The group that counts what the SIM sends. 0 or -errno. */
static int store_sim_pool(struct store *store, int64_t sim, int64_t *pool)
{
    int rc;

    db_start(store->db, SQL_SIM_POOL, sim);
    rc = db_row(store->db, SQL_SIM_POOL);
    if (rc < 0)
        return rc;
    LOG_ASSERT(rc > 0);
    *pool = db_int(store->db, SQL_SIM_POOL, 0);
    db_end(store->db, SQL_SIM_POOL);
    return 0;
}

/* A group that is new, or has a new name, doesn't set its SIMs' parts free once more. Who comes
 * back to a group counts twice there for a day: rather that than not at all. */
static int store_sim_join(struct store *store, struct ledger_op *op)
{
    int32_t group = 0;
    int64_t pool;
    int rc = op->sim.group ? store_sim_number(store, op->sim.group, &group) : 0;

    if (rc == 0)
        rc = store_sim_pool(store, op->sim.number, &pool);
    if (rc < 0 || pool == group)
        return rc;
    rc = db_run(store->db, SQL_SIM_JOIN, op->sim.number, group);
    if (rc < 0 || !group)
        return rc;
    op->sim.joined = true;
    return db_run(store->db, SQL_USAGE_JOIN, op->sim.number, group, meter_slot(op->sim.since_ms));
}

int store_sim(struct store *store, struct ledger_op *op)
{
    int rc;

    op->sim.joined = false;
    free(op->sim.uses); /* of a batch that was rolled back */
    op->sim.uses = NULL;
    op->sim.n = 0;
    rc = store_sim_number(store, op->sim.name, &op->sim.number);
    if (rc == 0) /* claims before this one in the same transaction count */
        rc = usage_flush(&store->usage, store->db);
    if (rc == 0)
        rc = store_usage_prune(store, op->at_ms);
    if (rc == 0)
        rc = store_sim_join(store, op);
    return rc < 0 ? rc : store_usage_read(store, op);
}
