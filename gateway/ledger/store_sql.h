/* store_sql: the tables of the books, and every statement that writes them.
 * Runs: any (pure data).
 *
 * Changing SQL_SCHEMA means a new SQL_VERSION and a step in store_open that leads from the old one.
 */
#ifndef LAWCAST_LEDGER_STORE_SQL_H
#define LAWCAST_LEDGER_STORE_SQL_H

#define SQL_APPLICATION 0x4c774361 /* "LwCa", in the file's header */
#define SQL_VERSION     6

extern const char sql_schema[]; /* store_schema.c */

/* What version 6 has brought, but for columns of campaign and campaign_unit. */
#define SQL_SCHEMA_6                                                                               \
    "CREATE TABLE steer(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, scope TEXT NOT NULL,"      \
    " verb TEXT NOT NULL, campaign TEXT NOT NULL, name TEXT NOT NULL, value INTEGER,"              \
    " by TEXT NOT NULL) STRICT;"                                                                   \
    "CREATE INDEX steer_about ON steer(scope, campaign, name);"                                    \
    "CREATE TABLE approval(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"                        \
    " campaign TEXT NOT NULL, content TEXT NOT NULL, prepared TEXT NOT NULL,"                      \
    " approver TEXT NOT NULL, note TEXT NOT NULL) STRICT;"                                         \
    "CREATE INDEX approval_campaign ON approval(campaign);"                                        \
    "CREATE TRIGGER steer_keeps BEFORE UPDATE ON steer"                                            \
    " BEGIN SELECT RAISE(ABORT, 'the steer is append-only'); END;"                                 \
    "CREATE TRIGGER steer_holds BEFORE DELETE ON steer"                                            \
    " BEGIN SELECT RAISE(ABORT, 'the steer is append-only'); END;"                                 \
    "CREATE TRIGGER approval_keeps BEFORE UPDATE ON approval"                                      \
    " BEGIN SELECT RAISE(ABORT, 'the approval is append-only'); END;"                              \
    "CREATE TRIGGER approval_holds BEFORE DELETE ON approval"                                      \
    " BEGIN SELECT RAISE(ABORT, 'the approval is append-only'); END;"                              \
    "CREATE TRIGGER campaign_unit_keeps BEFORE UPDATE OF campaign, unit, position ON"              \
    " campaign_unit BEGIN SELECT RAISE(ABORT, 'the campaign_unit is append-only'); END;"

/* Taken down when the gateway stopped, with the slot still open. */
#define SQL_RESTING "up = 0 AND channel = 2 AND state IN (4, 12)"

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
    ITEM_ROUTE,
    ITEM_NEED,
    ITEM_SHOWN_MS,
    ITEM_SHOWN_UNTIL_MS,
};

enum sql_statement {
    SQL_CAMPAIGN_FIND,
    SQL_CAMPAIGN_CODE,
    SQL_CAMPAIGN_ADD,
    SQL_CAMPAIGN_PLANNED,
    SQL_CAMPAIGN_UNIT,
    SQL_UNIT_FIND,
    SQL_UNIT_ADD,
    SQL_UNIT_RENAME,
    SQL_BOARD_FIND,
    SQL_BOARD_ADD,
    SQL_BOARD_CHANGE,
    SQL_BOARD_RELEASED,
    SQL_BOARD_UP,
    SQL_BOARD_RELEASE,
    SQL_BOARD_PUT,
    SQL_DEVICE_FIND,
    SQL_DEVICE_ADD,
    SQL_TEXT_LAST,
    SQL_TEXT_ADD,
    SQL_TEXT_BODY,
    SQL_DELIVERY_ADD,
    SQL_DELIVERY_CHANGE,
    SQL_DELIVERY_DOUBTED,
    SQL_DELIVERY_PROVED,
    SQL_DELIVERY_UP,
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
    SQL_ITEMS_UP_ANY,
    SQL_ITEMS_RESTING,
    SQL_NEXT_SMS,
    SQL_OVERSIZE,
    SQL_NEXT_BOARD,
    SQL_RESERVE_ADD,
    SQL_RESERVE_NEXT,
    SQL_RESERVE_DROP,
    SQL_QUOTA,
    SQL_JOURNAL_ADD,
    SQL_TREE_READ,
    SQL_TREE_PUT,
    SQL_TILE_ADD,
    SQL_META_READ,
    SQL_CAMPAIGN_KEY,
    SQL_VEIL_READ,
    SQL_VEIL_TEXT_READ,
    SQL_KEY_LAST,
    SQL_KEY_ADD,
    SQL_CHECKPOINT_READ,
    SQL_CHECKPOINT_ADD,
    SQL_CHECKPOINT_NOTE,
    SQL_FACT_LAST,
    SQL_MARK_NEEDED,
    SQL_RESTORED_MARK,
    SQL_RESTORED_PENDING,
    SQL_RESTORED_TOLD,
    SQL_LOST_CAMPAIGNS,
    SQL_LOST_CAMPAIGN,
    SQL_LOST_RESERVE,
    SQL_LOST_BOARDS,
    SQL_LOST_ANSWERS,
    SQL_SHOWN_KNOWN,
    SQL_SHOWN_OVERLAP,
    SQL_SHOWN_ADD,
    SQL_COUNT_READ,
    SQL_COUNT_PUT,
    SQL_SIM_FIND,
    SQL_SIM_ADD,
    SQL_SIM_POOL,
    SQL_SIM_JOIN,
    SQL_USAGE_READ,
    SQL_USAGE_ADD,
    SQL_USAGE_JOIN,
    SQL_USAGE_TAKE,
    SQL_USAGE_PRUNE,
    SQL_USAGE_RECOVER,
    SQL_MODEM_PUT,
    SQL_MODEM_READ,
    SQL_AWAITING_ADD,
    SQL_AWAITING_FIND,
    SQL_AWAITING_OLD,
    SQL_AWAITING_DROP,
    SQL_AWAITING_PRUNE,
    SQL_AWAITING_FAIL,
    SQL_AWAITING_CLEAR,
    SQL_AWAITING_LEFT,
    SQL_AWAITING_COUNT,
    SQL_UNMATCHED_ADD,
    SQL_CLOSED_ADD,
    SQL_DEVICE_TRUST,
    SQL_DEVICE_TRUSTED,
    SQL_DEVICE_REFERS,
    SQL_SIM_KNOWN,
    SQL_SIM_TRUST,
    SQL_SIM_TRUSTED,
    SQL_NUMBER_KNOWN,
    SQL_INBOUND_FIND,
    SQL_INBOUND_ADD,
    SQL_INBOUND_TEXTS,
    SQL_REPLY_ADD,
    SQL_REPLY_OPEN,
    SQL_REPLY_PART,
    SQL_REPLY_REFUSES,
    SQL_REPLY_ABOUT,
    SQL_OPTOUT_ALL,
    SQL_OPTOUT_FIND,
    SQL_OPTOUT_ADD,
    SQL_OPTOUT_LIFT,
    SQL_OPTOUT_EVENT,
    SQL_ITEMS_NUMBER,
    SQL_RESERVE_REFUSED,
    SQL_ANSWER_ADD,
    SQL_ANSWER_NEXT,
    SQL_ANSWER_LATE,
    SQL_ANSWER_TAKE,
    SQL_ANSWER_END,
    SQL_ANSWER_DOUBT,
    SQL_SUM_MARKS,
    SQL_SUM_CAMPAIGNS,
    SQL_SUM_GROWN,
    SQL_SUM_MESSAGES,
    SQL_SUM_DROP,
    SQL_SUM_ADD,
    SQL_SUM_DONE,
    SQL_ERASE_FIND,
    SQL_ERASE_OPEN,
    SQL_ERASE_NUMBERS,
    SQL_ERASE_TEXTS,
    SQL_ERASE_VEIL,
    SQL_ERASE_VEIL_TEXT,
    SQL_ERASE_BODIES,
    SQL_ERASE_ADDRESSES,
    SQL_ERASE_RESERVE,
    SQL_ERASE_AWAITING,
    SQL_ERASE_ANSWERS,
    SQL_ERASE_INBOUND,
    SQL_ERASE_REPLIES,
    SQL_ERASE_STRANGERS,
    SQL_ERASE_KEY,
    SQL_TRIGGER,
    SQL_SCHEMA,
    SQL_ACTIVITY_LAST,
    SQL_ACTIVITY_ADD,
    SQL_PHOTO_FIND,
    SQL_PHOTO_COUNT,
    SQL_PHOTO_ADD,
    SQL_CONTACT_LAST,
    SQL_CONTACT_ADD,
    SQL_DEADLINE_PUT,
    SQL_STEER_ADD,
    SQL_STEERED,
    SQL_ITEMS_CANCEL_SMS,
    SQL_ITEMS_CANCEL_BOARD,
    SQL_RESERVE_CANCEL,
    SQL_APPROVAL_FIND,
    SQL_APPROVAL_ADD,
    SQL_EDIT_FIND,
    SQL_EDIT,
    SQL_EDIT_ORDERS,
    SQL_EDIT_ORDER,
    SQL_ORDER,
    SQL_ITEMS_SURPLUS,
    SQL_OPENING,
    SQL_STATEMENTS
};

extern const char *const sql_statements[SQL_STATEMENTS];

#endif
