/* store_optout: numbers that want no messages, and what becomes of those that wait for them.
 * Runs: ledger thread.
 *
 * Once a refusal is committed, no message to its number is open: it is entered into a set that is
 * asked whenever one comes to wait (entered, or back from an attempt), so a claim never meets one.
 * Reserve rows of such a number are thrown away, so they are never drawn. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"

static int store_refused_read(struct store *store)
{
    struct numset *refused = numset_new();
    int rc;

    while ((rc = db_row(store->db, SQL_OPTOUT_ALL)) > 0)
        numset_add(refused, db_int(store->db, SQL_OPTOUT_ALL, 0));
    if (rc < 0)
        numset_free(refused);
    else
        store->refused = refused;
    return rc;
}

void store_refused_drop(struct store *store)
{
    numset_free(store->refused);
    store->refused = NULL;
}

int store_is_refused(struct store *store, int64_t address)
{
    int rc = store->refused ? 0 : store_refused_read(store);

    return rc < 0 ? rc : numset_has(store->refused, address);
}

static int store_suppress(struct store *store, struct store_item *item, int64_t at_ms)
{
    struct store_change change = STORE_CHANGE(DELIVERY_SUPPRESSED, CAUSE_REFUSAL, at_ms);

    change.to = store_unsent(item, DELIVERY_SUPPRESSED);
    return store_change(store, item, &change);
}

static int store_suppress_all(struct store *store, int64_t address, int64_t at_ms,
                              int64_t *suppressed)
{
    struct store_items list;
    int rc;

    db_start(store->db, SQL_ITEMS_NUMBER, address);
    rc = store_list(store, SQL_ITEMS_NUMBER, SIZE_MAX, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++)
        rc = store_suppress(store, &list.items[i], at_ms);
    *suppressed = (int64_t)list.n;
    free(list.items);
    return rc;
}

int store_refuse(struct store *store, int64_t address, int64_t reply, int64_t at_ms,
                 int64_t *suppressed)
{
    int rc = store_is_refused(store, address);

    *suppressed = 0;
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = db_run(store->db, SQL_OPTOUT_ADD, address, at_ms, reply);
    if (rc == 0)
        rc = store_suppress_all(store, address, at_ms, suppressed);
    if (rc == 0)
        rc = db_run(store->db, SQL_RESERVE_REFUSED, address);
    if (rc < 0)
        return rc;
    numset_add(store->refused, address);
    return 1;
}

/* A message in flight can't be called back: it is looked at again when its attempt has ended. */
int store_shun(struct store *store, struct store_item *item, int64_t at_ms)
{
    int rc;

    if (item->channel != CHANNEL_SMS ||
        (item->state != DELIVERY_PLANNED && item->state != DELIVERY_DEFERRED))
        return 0;
    rc = store_is_refused(store, item->address);
    return rc <= 0 ? rc : store_suppress(store, item, at_ms);
}
