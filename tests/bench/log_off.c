/* log_off: the ledger without its log. See log_off.h.
 * Runs: ledger thread. */
#include "tests/bench/log_off.h"

#include <string.h>

#include "gateway/ledger/store.h"
#include "gateway/ledger/store_inside.h"

/* What the linker puts in place of the ledger's own (Makefile). */
int __wrap_store_journal_entry(struct store *store, const struct store_item *item,
                               const struct ledger_new *row, const struct store_change *change);
int __wrap_store_journal_change(struct store *store, const struct store_item *item,
                                enum delivery_state from, const struct store_change *change);
int __wrap_leaves_append(struct leaves *leaves, struct db *db, const struct record *record);
int __wrap_leaves_flush(struct leaves *leaves, struct db *db);
int __wrap_store_seal(struct store *store, int64_t at_ms);
int __wrap_store_sign(struct store *store);
int __wrap_store_sign_in_time(struct store *store);

bool log_is_off(const char *program)
{
    return strstr(program, "_plain") != NULL;
}

static int log_off_line(struct store *store, int64_t delivery, int64_t from,
                        const struct store_change *change)
{
    store->leaves.now.tree.size++;
    db_start(store->db, SQL_JOURNAL_ADD, (int64_t)store->leaves.now.tree.size, delivery,
             change->at_ms, from, change->to, change->cause, change->device, change->sim,
             change->code, change->level, change->shown_ms, 0);
    db_bind_text(store->db, SQL_JOURNAL_ADD, 13, change->detail);
    return db_finish(store->db, SQL_JOURNAL_ADD);
}

int __wrap_store_journal_entry(struct store *store, const struct store_item *item,
                               const struct ledger_new *row, const struct store_change *change)
{
    (void)row;
    return log_off_line(store, item->id, DB_NULL, change);
}

int __wrap_store_journal_change(struct store *store, const struct store_item *item,
                                enum delivery_state from, const struct store_change *change)
{
    return log_off_line(store, item->id, from, change);
}

int __wrap_leaves_append(struct leaves *leaves, struct db *db, const struct record *record)
{
    leaves->now.tree.size++;
    db_start(db, SQL_JOURNAL_ADD, (int64_t)leaves->now.tree.size, 0, record->at_ms, DB_NULL,
             record->fact.fact, 0, DB_NULL, DB_NULL, DB_NULL, DB_NULL, DB_NULL, 0);
    db_bind_text(db, SQL_JOURNAL_ADD, 13, record->fact.text);
    return db_finish(db, SQL_JOURNAL_ADD);
}

int __wrap_leaves_flush(struct leaves *leaves, struct db *db)
{
    (void)leaves;
    (void)db;
    return 0;
}

int __wrap_store_seal(struct store *store, int64_t at_ms)
{
    (void)store;
    (void)at_ms;
    return 0;
}

int __wrap_store_sign(struct store *store)
{
    (void)store;
    return 0;
}

int __wrap_store_sign_in_time(struct store *store)
{
    (void)store;
    return 0;
}
