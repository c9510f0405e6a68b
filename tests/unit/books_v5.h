/* books_v5: books of this version become what an older program of version 5 has left, for the tests
 * of upgrades.
 * Runs: any.
 *
 * They may hold everything but steering, approvals, edits, rules and parents of units, which version
 * 5 didn't know. */
#ifndef LAWCAST_TESTS_BOOKS_V5_H
#define LAWCAST_TESTS_BOOKS_V5_H

static const char books_to_v5[] =
    "DROP TABLE steer; DROP TABLE approval; DROP TRIGGER campaign_unit_keeps;"
    "ALTER TABLE campaign DROP COLUMN counts; ALTER TABLE campaign DROP COLUMN leftover;"
    "ALTER TABLE campaign DROP COLUMN edited_ms;"
    "ALTER TABLE campaign_unit DROP COLUMN parent;"
    "CREATE TRIGGER campaign_unit_keeps BEFORE UPDATE ON campaign_unit"
    " BEGIN SELECT RAISE(ABORT, 'the campaign_unit is append-only'); END;"
    "UPDATE meta SET version = 5; PRAGMA user_version = 5";

/* As the program of version 5 made it. */
static const char books_v5_campaign[] =
    "CREATE TABLE campaign(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
    " source TEXT NOT NULL, windows TEXT NOT NULL, targets TEXT NOT NULL, key TEXT NOT NULL,"
    " planned INTEGER NOT NULL DEFAULT 0, erased_ms INTEGER NOT NULL DEFAULT 0,"
    " contacts_ms INTEGER NOT NULL DEFAULT 0, made_ms INTEGER NOT NULL) STRICT";
static const char books_v5_orders[] =
    "CREATE TABLE campaign_unit(campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " quota INTEGER NOT NULL, position INTEGER NOT NULL,"
    " PRIMARY KEY(campaign, unit)) STRICT, WITHOUT ROWID";

#endif
