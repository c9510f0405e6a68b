/* store_upgrade_6: from books of version 5, which knew no steering, approvals and edits.
 * Runs: loop, before there is a ledger thread.
 *
 * New tables and columns; nothing that was there changes, so the log simply goes on. */
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/ledger/store_inside.h"
#include "gateway/ledger/store_upgrade.h"

/* ALTER TABLE writes the columns into the table's text as store_schema.c has them. */
static const char upgrade_tables[] =
    "ALTER TABLE campaign ADD COLUMN counts INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE campaign ADD COLUMN leftover INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE campaign ADD COLUMN edited_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE campaign_unit ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;"
    "DROP TRIGGER campaign_unit_keeps;" SQL_SCHEMA_6
    "UPDATE meta SET version = 6; PRAGMA user_version = 6;";

int upgrade_tables_6(struct store *store)
{
    return db_exec(store->db, upgrade_tables);
}

static int upgrade_go_on(struct store *store, int64_t at_ms)
{
    int rc = db_prepare(store->db, sql_statements, SQL_STATEMENTS);

    if (rc == 0)
        rc = leaves_read(&store->leaves, store->db);
    if (rc > 0)
        return db_damaged(store->db, "its journal doesn't fit its tree");
    if (rc == 0)
        rc = store_unseal(store, at_ms);
    if (rc == 0)
        rc = upgrade_tell(store, 5, at_ms);
    return rc < 0 ? rc : leaves_flush(&store->leaves, store->db);
}

int upgrade_from_5(struct store *store, const char *path, char *why, size_t why_size)
{
    int rc = upgrade_tables_6(store);

    (void)path;
    (void)why;
    (void)why_size;
    return rc < 0 ? rc : upgrade_go_on(store, clock_wall_ms());
}
