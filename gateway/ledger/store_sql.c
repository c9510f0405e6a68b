/* store_sql: the tables of the books, and every statement that writes them. See store_sql.h.
 * Runs: any (pure data).
 *
 * States, channels and causes stand here as their numbers: partial indexes take only literals, and
 * a query uses such an index only when it repeats the index's condition word for word. Numbers: see
 * gateway/model/delivery.h (0 planned, 1 due, 2 inflight, 3 deferred, 8 unknown; channel 1
 * messages, 2 boards; cause 6 restart). */
#include "gateway/ledger/store_sql.h"

#define KEEPS(table, columns)                                                                      \
    "CREATE TRIGGER " table "_keeps BEFORE UPDATE " columns "ON " table                            \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"
#define HOLDS(table)                                                                               \
    "CREATE TRIGGER " table "_holds BEFORE DELETE ON " table                                       \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"

/* not_before_ms starts as from_ms: planned and deferred rows wait in the same index. until_ms 0: no
 * end. up 1: the slogan may be on its board, whatever its state says. address is a number or a
 * board's id. doubted: enum store_doubt. awaiting.reference -1: whichever the report bears;
 * attempt: the one that it would prove. journal.from_state NULL: entered into the books; from_state
 * = to_state: a showing was proved better. journal.level, shown_ms NULL: not changed.
 *
 * Whom a text went to and what was ordered is as good as the journal: it may be added to, never
 * changed. */
const char sql_schema[] =
    "CREATE TABLE meta(version INTEGER NOT NULL, made_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE campaign(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
    " source TEXT NOT NULL, windows TEXT NOT NULL, planned INTEGER NOT NULL DEFAULT 0,"
    " made_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL) "
    "STRICT;"
    "CREATE TABLE campaign_unit(campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " quota INTEGER NOT NULL, position INTEGER NOT NULL,"
    " PRIMARY KEY(campaign, unit)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE board(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
    " owner INTEGER NOT NULL) STRICT;"
    "CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE text(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;"
    "CREATE TABLE delivery(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, channel INTEGER NOT NULL, address INTEGER NOT NULL,"
    " slot INTEGER NOT NULL, text INTEGER NOT NULL, parts INTEGER NOT NULL,"
    " alphabet INTEGER NOT NULL, state INTEGER NOT NULL, cause INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " not_before_ms INTEGER NOT NULL, device INTEGER NOT NULL DEFAULT 0,"
    " code INTEGER NOT NULL DEFAULT 0, level INTEGER NOT NULL DEFAULT 0,"
    " doubted INTEGER NOT NULL DEFAULT 0, shown_since_ms INTEGER NOT NULL DEFAULT 0,"
    " shown_ms INTEGER NOT NULL DEFAULT 0, up INTEGER NOT NULL DEFAULT 0, changed_ms INTEGER NOT "
    "NULL,"
    " UNIQUE(address, campaign, channel, slot)) STRICT;"
    "CREATE INDEX delivery_open_sms ON delivery(campaign, unit, state, not_before_ms)"
    " WHERE channel = 1 AND state IN (0, 1, 3);"
    "CREATE INDEX delivery_open_board ON delivery(campaign, address, state, not_before_ms)"
    " WHERE channel = 2 AND state IN (0, 1, 3);"
    "CREATE INDEX delivery_inflight ON delivery(device) WHERE state = 2;"
    "CREATE INDEX delivery_unknown ON delivery(campaign) WHERE state = 8;"
    "CREATE INDEX delivery_up ON delivery(address) WHERE up = 1;"
    "CREATE TABLE reserve(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, address INTEGER NOT NULL, text INTEGER NOT NULL,"
    " parts INTEGER NOT NULL, alphabet INTEGER NOT NULL, from_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, UNIQUE(address, campaign)) STRICT;"
    "CREATE INDEX reserve_unit ON reserve(campaign, unit);"
    "CREATE TABLE awaiting(id INTEGER PRIMARY KEY, address INTEGER NOT NULL,"
    " device INTEGER NOT NULL, reference INTEGER NOT NULL, delivery INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL, part INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX awaiting_report ON awaiting(address, device, reference);"
    "CREATE INDEX awaiting_delivery ON awaiting(delivery);"
    "CREATE TABLE unmatched(id INTEGER PRIMARY KEY, device INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, reference INTEGER NOT NULL, status INTEGER NOT NULL) STRICT;"
    "CREATE TABLE count(campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " channel INTEGER NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL,"
    " parts INTEGER NOT NULL, PRIMARY KEY(campaign, unit, channel, state)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, from_state INTEGER, to_state INTEGER NOT NULL,"
    " cause INTEGER NOT NULL, device INTEGER, code INTEGER, level INTEGER, shown_ms INTEGER,"
    " detail TEXT) STRICT;" KEEPS("journal", "") HOLDS("journal") KEEPS("text", "") HOLDS("text")
        KEEPS("campaign_unit", "") HOLDS("campaign_unit") KEEPS("unit", "OF id, code ")
            HOLDS("unit") KEEPS("board", "OF id, code ") HOLDS("board");

#define ITEM                                                                                       \
    "SELECT id, campaign, unit, channel, address, slot, text, parts, state, attempts, doubted,"    \
    " device, from_ms, until_ms, level, shown_since_ms FROM delivery "
#define OPEN_SMS   "channel = 1 AND state IN (0, 1, 3)"
#define OPEN_BOARD "channel = 2 AND state IN (0, 1, 3)"

const char *const sql_statements[SQL_STATEMENTS] = {
    [SQL_CAMPAIGN_FIND] = "SELECT id, source, planned FROM campaign WHERE code = ?1",
    [SQL_CAMPAIGN_ADD] = "INSERT INTO campaign(made_ms, code, title, source, windows)"
                         " VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_CAMPAIGN_PLANNED] = "UPDATE campaign SET planned = 1 WHERE id = ?1",
    [SQL_CAMPAIGN_UNIT] = "INSERT OR IGNORE INTO campaign_unit(campaign, unit, quota, position)"
                          " VALUES(?1, ?2, ?3, ?4)",
    [SQL_UNIT_FIND] = "SELECT id, name FROM unit WHERE code = ?1",
    [SQL_UNIT_ADD] = "INSERT INTO unit(code, name) VALUES(?1, ?2)",
    [SQL_UNIT_RENAME] = "UPDATE unit SET name = ?2 WHERE id = ?1",
    [SQL_BOARD_FIND] = "SELECT id, owner FROM board WHERE code = ?1",
    [SQL_BOARD_ADD] = "INSERT INTO board(owner, code) VALUES(?1, ?2)",
    [SQL_BOARD_OWNER] = "UPDATE board SET owner = ?2 WHERE id = ?1",
    [SQL_DEVICE_FIND] = "SELECT id FROM device WHERE name = ?1",
    [SQL_DEVICE_ADD] = "INSERT INTO device(name) VALUES(?1)",
    [SQL_TEXT_LAST] = "SELECT coalesce(max(id), 0) FROM text",
    [SQL_TEXT_ADD] = "INSERT INTO text(id, body) VALUES(?1, ?2)",
    [SQL_TEXT_BODY] = "SELECT body FROM text WHERE id = ?1",
    [SQL_DELIVERY_ADD] =
        "INSERT OR IGNORE INTO delivery(campaign, unit, channel, address, slot, text, parts,"
        " alphabet, state, cause, from_ms, until_ms, not_before_ms, changed_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?10, ?12)",
    [SQL_DELIVERY_CHANGE] =
        "UPDATE delivery SET state = ?3, cause = ?4, changed_ms = ?5, attempts = ?6, doubted = ?7,"
        " device = coalesce(?8, device), code = coalesce(?9, code),"
        " not_before_ms = coalesce(?10, not_before_ms), level = coalesce(?11, level),"
        " shown_since_ms = coalesce(?12, shown_since_ms), shown_ms = coalesce(?13, shown_ms),"
        " up = coalesce(?14, up)"
        " WHERE id = ?1 AND state = ?2",
    [SQL_DELIVERY_DOUBTED] = "UPDATE delivery SET doubted = ?2 WHERE id = ?1",
    [SQL_DELIVERY_LEVEL] = "UPDATE delivery SET level = ?2 WHERE id = ?1",
    [SQL_DELIVERY_GONE] = "UPDATE delivery SET up = 0 WHERE id = ?1",
    [SQL_ITEM] = ITEM "WHERE id = ?1",
    [SQL_ITEMS_INFLIGHT] = ITEM "WHERE state = 2 LIMIT ?1",
    [SQL_ITEMS_RESTARTED] = ITEM "WHERE state = 8 AND campaign = ?1 AND cause = 6"
                                 " AND (?2 = 0 OR attempts < ?2) LIMIT ?3",
    [SQL_ITEMS_OPEN_SMS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 LIMIT ?2",
    [SQL_ITEMS_OPEN_BOARD] = ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 LIMIT ?2",
    [SQL_ITEMS_DUE_SMS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit = ?2 AND state = 1"
                               " AND id > ?3 ORDER BY id LIMIT ?4",
    [SQL_ITEMS_DUE_BOARD] = ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2"
                                 " AND state = 1 AND id > ?3 ORDER BY id LIMIT ?4",
    [SQL_ITEMS_READY_SMS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit = ?2 AND state = ?3"
                                 " AND not_before_ms <= ?4 ORDER BY not_before_ms, id LIMIT ?5",
    [SQL_ITEMS_READY_BOARD] =
        ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2 AND state = ?3"
             " AND not_before_ms <= ?4 AND (until_ms = 0 OR until_ms > ?4)"
             " ORDER BY not_before_ms, id LIMIT ?5",
    [SQL_ITEMS_PASSED] = ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2"
                              " AND state = ?3 AND until_ms > 0 AND until_ms <= ?4 AND id > ?5"
                              " LIMIT ?6",
    [SQL_ITEMS_UP] = ITEM "WHERE up = 1 AND address = ?1 AND state NOT IN (0, 1, 2, 3)"
                          " AND (?2 = 0 OR campaign = ?2) ORDER BY id LIMIT ?3",
    [SQL_NEXT_SMS] = "SELECT min(not_before_ms) FROM delivery WHERE " OPEN_SMS
                     " AND campaign = ?1 AND unit = ?2 AND state = ?3",
    [SQL_NEXT_BOARD] = "SELECT min(not_before_ms) FROM delivery WHERE " OPEN_BOARD
                       " AND campaign = ?1 AND address = ?2 AND state = ?3",
    /* Not when it is a delivery already: planning twice must not fill up what was drawn. */
    [SQL_RESERVE_ADD] =
        "INSERT OR IGNORE INTO reserve(campaign, unit, address, text, parts, alphabet, from_ms,"
        " until_ms) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM delivery"
        " WHERE address = ?3 AND campaign = ?1 AND channel = 1)",
    [SQL_RESERVE_NEXT] = "SELECT id, address, text, parts, alphabet, from_ms, until_ms FROM reserve"
                         " WHERE campaign = ?1 AND unit = ?2 ORDER BY id LIMIT 1",
    [SQL_RESERVE_DROP] = "DELETE FROM reserve WHERE id = ?1",
    [SQL_QUOTA] = "SELECT quota FROM campaign_unit WHERE campaign = ?1 AND unit = ?2",
    [SQL_JOURNAL_ADD] =
        "INSERT INTO journal(delivery, at_ms, from_state, to_state, cause, device, code, level,"
        " shown_ms, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [SQL_COUNT_READ] = "SELECT state, n, parts FROM count"
                       " WHERE campaign = ?1 AND unit = ?2 AND channel = ?3",
    [SQL_COUNT_PUT] = "INSERT INTO count(campaign, unit, channel, state, n, parts)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
                      " ON CONFLICT DO UPDATE SET n = excluded.n, parts = excluded.parts",
    [SQL_AWAITING_ADD] =
        "INSERT INTO awaiting(address, device, reference, delivery, attempt, part, at_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_AWAITING_FIND] = "SELECT id, delivery, attempt FROM awaiting"
                          " WHERE address = ?1 AND device = ?2 AND reference = ?3 AND at_ms > ?4"
                          " ORDER BY id LIMIT 1",
    [SQL_AWAITING_DROP] = "DELETE FROM awaiting WHERE id = ?1",
    [SQL_AWAITING_FAIL] = "DELETE FROM awaiting WHERE delivery = ?1 AND attempt = ?2",
    [SQL_AWAITING_CLEAR] = "DELETE FROM awaiting WHERE delivery = ?1",
    [SQL_AWAITING_LEFT] = "SELECT count(*) FROM awaiting WHERE delivery = ?1"
                          " AND (?2 = 0 OR attempt = ?2)",
    [SQL_AWAITING_LAST] = "SELECT at_ms FROM awaiting ORDER BY id DESC LIMIT 1",
    [SQL_UNMATCHED_ADD] = "INSERT INTO unmatched(device, at_ms, reference, status)"
                          " VALUES(?1, ?2, ?3, ?4)",
};
