/* store_show: what boards show, and what nobody will send any more.
 * Runs: ledger thread. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"

static const char *store_detail(const struct ledger_op *op)
{
    return op->show.detail[0] ? op->show.detail : NULL;
}

/* What was in doubt and is read back was sent after all. */
static int store_show_doubted(struct store *store, const struct ledger_op *op,
                              struct store_item *item)
{
    const struct store_change sent = STORE_CHANGE(DELIVERY_SENT, CAUSE_VERIFY, op->at_ms);

    return item->state == DELIVERY_UNKNOWN ? store_change(store, item, &sent) : 0;
}

/* Written off, yet the board may show it: a crash left it there before it was tried again. */
static bool store_is_written_off(const struct store_item *item)
{
    return item->state == DELIVERY_EXPIRED || item->state == DELIVERY_REJECTED;
}

static int store_show_again(struct store *store, const struct ledger_op *op,
                            struct store_item *item)
{
    struct store_change better = STORE_CHANGE(DELIVERY_SHOWN, CAUSE_VERIFY, op->at_ms);

    if (op->show.level <= item->level)
        return 0;
    better.level = op->show.level;
    better.code = op->show.code;
    better.detail = store_detail(op);
    return store_improve(store, item, &better);
}

/* A slogan that is read back again may only prove more than before; it changes no state. */
int store_show(struct store *store, struct ledger_op *op)
{
    struct store_change change = STORE_CHANGE(DELIVERY_SHOWN, CAUSE_VERIFY, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->show.id, &item);

    if (rc < 0 || store_is_written_off(&item))
        return rc;
    if (item.state == DELIVERY_SHOWN)
        return store_show_again(store, op, &item);
    rc = store_show_doubted(store, op, &item);
    if (rc < 0)
        return rc;
    change.code = op->show.code;
    change.detail = store_detail(op);
    change.level = op->show.level > item.level ? op->show.level : item.level;
    change.shown_since_ms = op->at_ms;
    return store_change(store, &item, &change);
}

/* What was never read back proves no time, whatever the caller measured. */
int store_withdraw(struct store *store, struct ledger_op *op)
{
    struct store_change change = STORE_CHANGE(DELIVERY_WITHDRAWN, CAUSE_WITHDRAW, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->show.id, &item);

    if (rc < 0)
        return rc;
    if (store_is_written_off(&item) || item.state == DELIVERY_UNKNOWN)
        return db_run(store->db, SQL_DELIVERY_GONE, item.id);
    change.up = 0;
    change.code = op->show.code;
    change.detail = store_detail(op);
    change.shown_ms = item.state == DELIVERY_SHOWN ? op->show.shown_ms : 0;
    return store_change(store, &item, &change);
}

int store_showings(struct store *store, struct ledger_op *op)
{
    struct store_items list;
    int rc;

    for (size_t i = 0; i < op->showings.n; i++) /* of a batch that was rolled back */
        ledger_row_release(&op->showings.rows[i]);
    op->showings.n = 0;
    db_start(store->db, SQL_ITEMS_UP, op->showings.address, op->campaign,
             (int64_t)op->showings.max);
    rc = store_list(store, SQL_ITEMS_UP, op->showings.max, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        rc = store_row(store, &list.items[i], &op->showings.rows[i]);
        if (rc == 0)
            op->showings.n++;
    }
    free(list.items);
    return rc;
}

static int store_expire_some(struct store *store, struct ledger_op *op, enum sql_statement open)
{
    struct store_change change = STORE_CHANGE(DELIVERY_EXPIRED, CAUSE_WINDOW, op->at_ms);
    size_t room = op->expire.max - op->expire.n;
    struct store_items list;
    int rc;

    db_start(store->db, open, op->campaign, (int64_t)room);
    rc = store_list(store, open, room, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        change.to = store_unsent(&list.items[i], DELIVERY_EXPIRED);
        rc = store_change(store, &list.items[i], &change);
    }
    op->expire.n += list.n;
    free(list.items);
    return rc;
}

int store_expire(struct store *store, struct ledger_op *op)
{
    int rc;

    LOG_ASSERT(op->expire.max > 0);
    op->expire.n = 0;
    rc = store_expire_some(store, op, SQL_ITEMS_OPEN_SMS);
    if (rc == 0 && op->expire.n < op->expire.max)
        rc = store_expire_some(store, op, SQL_ITEMS_OPEN_BOARD);
    return rc;
}
