/* store_sql: the tables of the books, and every statement that writes them.
 * Runs: any (pure data).
 *
 * Changing SQL_SCHEMA means a new SQL_VERSION and a step in store_open that leads from the old one.
 */
#ifndef LAWCAST_LEDGER_STORE_SQL_H
#define LAWCAST_LEDGER_STORE_SQL_H

#define SQL_APPLICATION 0x4c774361 /* "LwCa", in the file's header */
#define SQL_VERSION     1

extern const char sql_schema[];

/* The columns of a delivery wherever one is loaded, in this order: see store_item_read. */
enum sql_item_column {
    ITEM_ID,
    ITEM_CAMPAIGN,
    ITEM_UNIT,
    ITEM_CHANNEL,
    ITEM_ADDRESS,
    ITEM_SLOT,
    ITEM_TEXT,
    ITEM_PARTS,
    ITEM_STATE,
    ITEM_ATTEMPTS,
    ITEM_DOUBTED,
    ITEM_DEVICE,
    ITEM_FROM_MS,
    ITEM_UNTIL_MS,
    ITEM_LEVEL,
    ITEM_SHOWN_SINCE_MS,
};

enum sql_statement {
    SQL_CAMPAIGN_FIND,
    SQL_CAMPAIGN_ADD,
    SQL_CAMPAIGN_PLANNED,
    SQL_CAMPAIGN_UNIT,
    SQL_UNIT_FIND,
    SQL_UNIT_ADD,
    SQL_UNIT_RENAME,
    SQL_BOARD_FIND,
    SQL_BOARD_ADD,
    SQL_BOARD_OWNER,
    SQL_DEVICE_FIND,
    SQL_DEVICE_ADD,
    SQL_TEXT_LAST,
    SQL_TEXT_ADD,
    SQL_TEXT_BODY,
    SQL_DELIVERY_ADD,
    SQL_DELIVERY_CHANGE,
    SQL_DELIVERY_DOUBTED,
    SQL_DELIVERY_LEVEL,
    SQL_DELIVERY_GONE,
    SQL_ITEM,
    SQL_ITEMS_INFLIGHT,
    SQL_ITEMS_RESTARTED,
    SQL_ITEMS_OPEN_SMS,
    SQL_ITEMS_OPEN_BOARD,
    SQL_ITEMS_DUE_SMS,
    SQL_ITEMS_DUE_BOARD,
    SQL_ITEMS_READY_SMS,
    SQL_ITEMS_READY_BOARD,
    SQL_ITEMS_PASSED,
    SQL_ITEMS_UP,
    SQL_NEXT_SMS,
    SQL_NEXT_BOARD,
    SQL_RESERVE_ADD,
    SQL_RESERVE_NEXT,
    SQL_RESERVE_DROP,
    SQL_QUOTA,
    SQL_JOURNAL_ADD,
    SQL_COUNT_READ,
    SQL_COUNT_PUT,
    SQL_AWAITING_ADD,
    SQL_AWAITING_FIND,
    SQL_AWAITING_DROP,
    SQL_AWAITING_FAIL,
    SQL_AWAITING_CLEAR,
    SQL_AWAITING_LEFT,
    SQL_AWAITING_LAST,
    SQL_UNMATCHED_ADD,
    SQL_STATEMENTS
};

extern const char *const sql_statements[SQL_STATEMENTS];

#endif
