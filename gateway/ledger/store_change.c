/* store_change: deliveries in and out of the tables; the one place where a state changes.
 * Runs: ledger thread.
 *
 * A change is three writes that belong together: the delivery, the journal, the tally. They are
 * made here and nowhere else, so that no figure can move without a line in the journal. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static int store_count(struct store *store, const struct store_item *item, int from, int to)
{
    struct tally_group key = {.campaign = item->campaign,
                              .unit = item->unit,
                              .channel = item->channel,
                              .route = item->route};
    struct tally_group *group;
    int rc = tally_group(&store->tally, store->db, &key, &group);

    if (rc == 0)
        tally_move(group, from, to, item->parts);
    return rc;
}

static int store_update(struct store *store, const struct store_item *item,
                        const struct store_change *change)
{
    int rc =
        db_run(store->db, SQL_DELIVERY_CHANGE, item->id, item->state, change->to, change->cause,
               change->at_ms, item->attempts, item->doubted, change->device, change->code,
               change->not_before_ms, change->level, change->shown_since_ms, change->shown_ms,
               change->up, change->sim, change->pool, change->shown_until_ms);

    if (rc == 0 && db_changes(store->db) != 1)
        log_panic("delivery=%lld is not %s any more", (long long)item->id,
                  delivery_state_name(item->state));
    return rc;
}

/* States that say: nobody got it. */
static bool store_denies(enum delivery_state state)
{
    return state == DELIVERY_REJECTED || state == DELIVERY_EXPIRED || state == DELIVERY_CANCELLED ||
           state == DELIVERY_SUPPRESSED;
}

enum delivery_state store_unsent(const struct store_item *item, enum delivery_state to)
{
    LOG_ASSERT(store_denies(to));
    return item->doubted ? DELIVERY_UNKNOWN : to;
}

int store_change(struct store *store, struct store_item *item, const struct store_change *change)
{
    int rc;

    if (!delivery_may_change(item->state, change->to) ||
        (item->doubted && store_denies(change->to)))
        log_panic("delivery=%lld from=%s to=%s cause=%s is no allowed change", (long long)item->id,
                  delivery_state_name(item->state), delivery_state_name(change->to),
                  delivery_cause_name(change->cause));
    if (change->to == DELIVERY_UNKNOWN && item->channel == CHANNEL_SMS && !item->doubted)
        item->doubted = DOUBT_OPEN;
    rc = store_update(store, item, change);
    if (rc == 0)
        rc = store_journal_change(store, item, item->state, change);
    if (rc == 0)
        rc = store_count(store, item, (int)item->state, (int)change->to);
    if (rc == 0)
        item->state = change->to;
    return rc;
}

int store_improve(struct store *store, struct store_item *item, const struct store_change *change)
{
    int rc;

    LOG_ASSERT(change->to == item->state &&
               (item->state == DELIVERY_SHOWN || item->state == DELIVERY_WITHDRAWN));
    rc = db_run(store->db, SQL_DELIVERY_PROVED, item->id, change->level, change->shown_ms,
                change->shown_until_ms);
    return rc < 0 ? rc : store_journal_change(store, item, item->state, change);
}

int store_note_down(struct store *store, struct store_item *item, const struct store_change *change)
{
    int rc;

    LOG_ASSERT(change->to == item->state && change->cause == CAUSE_WITHDRAW &&
               (item->state == DELIVERY_SENT || item->state == DELIVERY_SHOWN));
    rc = db_run(store->db, SQL_DELIVERY_UP, item->id, change->up);
    return rc < 0 ? rc : store_journal_change(store, item, item->state, change);
}

int store_note_closed(struct store *store, struct store_item *item,
                      const struct store_change *change)
{
    int rc;

    LOG_ASSERT(change->to == item->state && item->state == DELIVERY_SENT &&
               change->cause == CAUSE_CLOSED);
    rc = db_run(store->db, SQL_CLOSED_ADD, item->id, item->campaign);
    return rc < 0 ? rc : store_journal_change(store, item, item->state, change);
}

int store_conclude(struct store *store, struct store_item *item, const struct store_change *change)
{
    struct store_change doubt = STORE_CHANGE(DELIVERY_UNKNOWN, change->cause, change->at_ms);
    int rc = store_await_none(store, item);

    if (rc == 0 && (item->state == DELIVERY_DUE || item->state == DELIVERY_DEFERRED))
        rc = store_change(store, item, &doubt);
    return rc < 0 ? rc : store_change(store, item, change);
}

int store_enter(struct store *store, const struct ledger_new *row, struct store_item *item,
                const struct store_change *change)
{
    int rc;

    LOG_ASSERT(change->to == DELIVERY_PLANNED && row->need >= LEVEL_UNKNOWN &&
               row->need <= LEVEL_LOGGED);
    rc = db_run(store->db, SQL_DELIVERY_ADD, item->campaign, row->unit, row->channel, row->address,
                row->slot, item->text, row->parts, row->alphabet, change->cause, row->from_ms,
                row->until_ms, change->at_ms, row->route, row->need);
    if (rc < 0 || db_changes(store->db) == 0)
        return rc < 0 ? rc : 1;
    item->id = db_last_id(store->db);
    item->unit = row->unit;
    item->channel = row->channel;
    item->address = row->address;
    item->route = row->route;
    item->slot = row->slot;
    item->parts = row->parts;
    item->from_ms = row->from_ms;
    item->until_ms = row->until_ms;
    item->need = (enum outcome_level)row->need;
    item->state = DELIVERY_PLANNED;
    rc = store_journal_entry(store, item, row, change);
    return rc < 0 ? rc : store_count(store, item, -1, DELIVERY_PLANNED);
}

static void store_item_read(const struct db *db, enum sql_statement s, struct store_item *item)
{
    *item = (struct store_item){
        .id = db_int(db, s, ITEM_ID),
        .campaign = db_int(db, s, ITEM_CAMPAIGN),
        .unit = db_int(db, s, ITEM_UNIT),
        .address = db_int(db, s, ITEM_ADDRESS),
        .text = db_int(db, s, ITEM_TEXT),
        .channel = (enum delivery_channel)db_int(db, s, ITEM_CHANNEL),
        .state = (enum delivery_state)db_int(db, s, ITEM_STATE),
        .route = (int32_t)db_int(db, s, ITEM_ROUTE),
        .slot = (int32_t)db_int(db, s, ITEM_SLOT),
        .parts = (int32_t)db_int(db, s, ITEM_PARTS),
        .attempts = (int32_t)db_int(db, s, ITEM_ATTEMPTS),
        .doubted = (enum store_doubt)db_int(db, s, ITEM_DOUBTED),
        .device = (int32_t)db_int(db, s, ITEM_DEVICE),
        .from_ms = db_int(db, s, ITEM_FROM_MS),
        .until_ms = db_int(db, s, ITEM_UNTIL_MS),
        .shown_since_ms = db_int(db, s, ITEM_SHOWN_SINCE_MS),
        .level = (enum outcome_level)db_int(db, s, ITEM_LEVEL),
        .need = (enum outcome_level)db_int(db, s, ITEM_NEED),
        .shown_ms = db_int(db, s, ITEM_SHOWN_MS),
        .shown_until_ms = db_int(db, s, ITEM_SHOWN_UNTIL_MS),
    };
}

int store_load(struct store *store, int64_t id, struct store_item *item)
{
    int rc;

    db_start(store->db, SQL_ITEM, id);
    rc = db_row(store->db, SQL_ITEM);
    if (rc == 0)
        log_panic("the books have no delivery=%lld", (long long)id);
    if (rc < 0)
        return rc;
    store_item_read(store->db, SQL_ITEM, item);
    db_end(store->db, SQL_ITEM);
    return 0;
}

int store_list(struct store *store, enum sql_statement statement, size_t max,
               struct store_items *out)
{
    size_t room = 0;
    int rc = 1;

    *out = (struct store_items){0};
    while (out->n < max && (rc = db_row(store->db, statement)) > 0) {
        if (out->n == room) {
            room = room ? room * 2 : 16;
            out->items = mem_grow(out->items, room, sizeof *out->items);
        }
        store_item_read(store->db, statement, &out->items[out->n++]);
    }
    if (rc > 0)
        db_end(store->db, statement);
    return rc < 0 ? rc : 0;
}

int store_row(struct store *store, const struct store_item *item, struct ledger_row *row)
{
    int rc;

    db_start(store->db, SQL_TEXT_BODY, item->text);
    rc = db_row(store->db, SQL_TEXT_BODY);
    if (rc == 0)
        log_panic("the books have no text=%lld", (long long)item->text);
    if (rc < 0)
        return rc;
    *row = (struct ledger_row){
        .id = item->id,
        .address = item->address,
        .text = mem_dup(db_text(store->db, SQL_TEXT_BODY, 0)),
        .parts = item->parts,
        .attempts = item->attempts,
        .device = item->device,
        .slot = item->slot,
        .from_ms = item->from_ms,
        .until_ms = item->until_ms,
        .state = item->state,
        .shown_since_ms = item->state == DELIVERY_SHOWN ? item->shown_since_ms : 0,
        .level = item->level,
        .need = item->need,
    };
    db_end(store->db, SQL_TEXT_BODY);
    return 0;
}

int store_await(struct store *store, const struct store_item *item, int part, int reference,
                int64_t at_ms)
{
    return db_run(store->db, SQL_AWAITING_ADD, item->address, item->device, reference, item->id,
                  item->attempts, part, at_ms, item->campaign, item->unit, item->route);
}

int store_await_none(struct store *store, const struct store_item *item)
{
    return db_run(store->db, SQL_AWAITING_CLEAR, item->campaign, item->unit, item->route, item->id);
}

int store_await_all(struct store *store, const struct store_item *item, int64_t at_ms)
{
    int rc = 0;

    for (int part = 0; part < item->parts && rc == 0; part++)
        rc = store_await(store, item, part, -1, at_ms);
    return rc;
}
