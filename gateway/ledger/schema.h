/* schema: are the tables, indexes and triggers of the books those that this program makes?
 * Runs: any (blocks).
 *
 * A trigger that is gone lets somebody alter what may only be added to; one more may swallow what
 * is written. SQLite keeps the text of every CREATE, so they are compared word for word. */
#ifndef LAWCAST_LEDGER_SCHEMA_H
#define LAWCAST_LEDGER_SCHEMA_H

#include "gateway/ledger/db.h"

enum schema_fault { SCHEMA_ALTERED, SCHEMA_ADDED, SCHEMA_MISSING };

/* The rows that schema_check looks at. */
#define SCHEMA_ROWS                                                                                \
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"

/* statement: SCHEMA_ROWS, prepared. Calls each with "table", "index", "trigger" or "view" and its
 * name for whatever is wrong, until it answers non-zero. 0, that answer, or -errno. */
int schema_check(struct db *db, unsigned statement,
                 int (*each)(void *ctx, enum schema_fault fault, const char *type,
                             const char *name),
                 void *ctx);

#endif
