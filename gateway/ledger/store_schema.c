/* store_schema: the tables of the books. See store_sql.h.
 * Runs: any (pure data).
 *
 * States, channels and causes stand here as their numbers (store_sql.c says which). */
#include "gateway/ledger/store_sql.h"

#define KEEPS(table, columns)                                                                      \
    "CREATE TRIGGER " table "_keeps BEFORE UPDATE " columns "ON " table                            \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"
#define HOLDS(table)                                                                               \
    "CREATE TRIGGER " table "_holds BEFORE DELETE ON " table                                       \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"

/* not_before_ms starts as from_ms: planned and deferred rows wait in the same index; of what waits
 * no more it is 0, which takes no room: the row keeps its size when it gets the time of the claim.
 * until_ms 0: no end. up 1: the slogan may be on its board, whatever its state says. address is a
 * number or a board's id. doubted: enum store_doubt. awaiting.reference -1: whichever the report
 * bears; attempt: the one that it would prove; sim: that it went out by, if known by its IMSI, else
 * 0. journal.from_state NULL: entered into the books; from_state = to_state: a showing was proved
 * better or longer, or (cause 13) a report is awaited no longer, or (cause 10) it was taken down
 * with its slot still open. journal.level, shown_ms NULL: not changed; shown_ms: what counts from
 * then on. need: enum outcome_level that counts; shown_until_ms: the latest end of what counted.
 * shown: one row for each proof, with the number of its line in the journal; until_ms = from_ms: of
 * a level only; counted_ms: what it adds to the delivery's shown_ms; file: in the folder beside the
 * books. board_state: as last told. route: enum phone_operator, boards 0; a delivery keeps the one
 * that it was entered with. usage: parts claimed for a SIM or a group in a slot of model/meter.h.
 * sim.pool: the group that counts what the SIM sends, 0: none. sim, pool of a delivery: what the
 * last claim was metered by, 0: nothing. modem.imei to modem.model: as last known. taken_ms: the
 * last claim. device.refers: reports were seen to bear the references that it gave; trust, of a SIM
 * or, while that isn't known, of a device: so many reports in a row may still disagree with our
 * clock before its network's clock is ignored.
 *
 * inbound: parts as they came; day: of the arrival, when the network gave no time (sent_ms 0), so
 * that the same words on another day are news; else 0. reply: what they make up, got of total;
 * campaign and unit 0: none. closed: sent, and its report is awaited no longer. optout: who
 * refuses now; optout_event: how that came, line: of its record in the journal. answer.state: enum
 * books_answer, 5 while it is sent; attempts: those that ended unsent, too.
 *
 * campaign.counts, leftover: enum counting, enum leftover. campaign.edited_ms: the last edit; from
 * then on planned is 0 until its lists are read again. steer: words of model/steer.h, campaign by
 * its code, "": all; value NULL: the word has none. approval: who has agreed to which content.
 * campaign_unit.parent: the unit whose figures include this one's, 0: none.
 *
 * restored: times that the books have lost, because a copy was put back; line 0: to be told in the
 * journal at the next opening; lost: the checkpoint that is given up, "" when none is known; mark:
 * the one in <books>.key.checkpoint then.
 *
 * Whom a text went to and what was ordered is as good as the journal: it may be added to, never
 * changed; but for the quota and the parent of an order, by an edit. */
const char sql_schema[] =
    "CREATE TABLE meta(version INTEGER NOT NULL, made_ms INTEGER NOT NULL, origin TEXT NOT NULL,"
    " key TEXT NOT NULL, timezone TEXT NOT NULL, summed INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE campaign(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
    " source TEXT NOT NULL, windows TEXT NOT NULL, targets TEXT NOT NULL, key TEXT NOT NULL,"
    " planned INTEGER NOT NULL DEFAULT 0, erased_ms INTEGER NOT NULL DEFAULT 0,"
    " contacts_ms INTEGER NOT NULL DEFAULT 0, made_ms INTEGER NOT NULL,"
    " counts INTEGER NOT NULL DEFAULT 0, leftover INTEGER NOT NULL DEFAULT 0,"
    " edited_ms INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL) "
    "STRICT;"
    "CREATE TABLE campaign_unit(campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " quota INTEGER NOT NULL, position INTEGER NOT NULL, parent INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(campaign, unit)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE board(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
    " owner INTEGER NOT NULL, place TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE TABLE board_state(board INTEGER PRIMARY KEY, state INTEGER NOT NULL,"
    " power INTEGER NOT NULL, clock_known INTEGER NOT NULL, skew_ms INTEGER NOT NULL,"
    " width INTEGER NOT NULL, height INTEGER NOT NULL, seen_ms INTEGER NOT NULL,"
    " told_ms INTEGER NOT NULL, why TEXT NOT NULL, playing TEXT NOT NULL,"
    " firmware TEXT NOT NULL, clear INTEGER NOT NULL) STRICT;"
    "CREATE TABLE board_release(id INTEGER PRIMARY KEY, board INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, released INTEGER NOT NULL, by TEXT NOT NULL) STRICT;"
    "CREATE INDEX board_release_board ON board_release(board);"
    "CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " refers INTEGER NOT NULL DEFAULT 0, trust INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE text(id INTEGER PRIMARY KEY, body TEXT NOT NULL,"
    " personal INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE delivery(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, channel INTEGER NOT NULL, route INTEGER NOT NULL,"
    " address INTEGER NOT NULL,"
    " slot INTEGER NOT NULL, text INTEGER NOT NULL, parts INTEGER NOT NULL,"
    " alphabet INTEGER NOT NULL, state INTEGER NOT NULL, cause INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " not_before_ms INTEGER NOT NULL, device INTEGER NOT NULL DEFAULT 0,"
    " code INTEGER NOT NULL DEFAULT 0, level INTEGER NOT NULL DEFAULT 0,"
    " need INTEGER NOT NULL DEFAULT 0, doubted INTEGER NOT NULL DEFAULT 0, taken_ms INTEGER NOT "
    "NULL DEFAULT 0,"
    " sim INTEGER NOT NULL DEFAULT 0, pool INTEGER NOT NULL DEFAULT 0,"
    " shown_since_ms INTEGER NOT NULL DEFAULT 0,"
    " shown_ms INTEGER NOT NULL DEFAULT 0, shown_until_ms INTEGER NOT NULL DEFAULT 0,"
    " up INTEGER NOT NULL DEFAULT 0, changed_ms INTEGER NOT NULL,"
    " UNIQUE(address, campaign, channel, slot)) STRICT;"
    "CREATE INDEX delivery_open_sms ON delivery(campaign, unit, route, state, not_before_ms)"
    " WHERE channel = 1 AND (state = 0 OR state = 1 OR state = 3);"
    "CREATE INDEX delivery_open_board ON delivery(campaign, address, state, not_before_ms)"
    " WHERE channel = 2 AND (state = 0 OR state = 1 OR state = 3);"
    "CREATE INDEX delivery_inflight ON delivery(device) WHERE state = 2;"
    "CREATE INDEX delivery_unknown ON delivery(campaign) WHERE state = 8;"
    "CREATE INDEX delivery_up ON delivery(address) WHERE up = 1;"
    "CREATE INDEX delivery_resting ON delivery(address) WHERE " SQL_RESTING ";"
    "CREATE INDEX delivery_shown ON delivery(address, shown_until_ms) WHERE shown_ms > 0;"
    "CREATE TABLE shown(id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL,"
    " from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL CHECK(until_ms >= from_ms),"
    " counted_ms INTEGER NOT NULL, level INTEGER NOT NULL, digest TEXT NOT NULL,"
    " file TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX shown_once ON shown(delivery, from_ms, level, until_ms > from_ms);"
    "CREATE TABLE reserve(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, route INTEGER NOT NULL, address INTEGER NOT NULL,"
    " text INTEGER NOT NULL,"
    " parts INTEGER NOT NULL, alphabet INTEGER NOT NULL, from_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, UNIQUE(address, campaign)) STRICT;"
    "CREATE INDEX reserve_unit ON reserve(campaign, unit, route);"
    "CREATE TABLE awaiting(id INTEGER PRIMARY KEY, address INTEGER NOT NULL,"
    " device INTEGER NOT NULL, sim INTEGER NOT NULL, reference INTEGER NOT NULL,"
    " delivery INTEGER NOT NULL, attempt INTEGER NOT NULL, part INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " route INTEGER NOT NULL) STRICT;"
    "CREATE INDEX awaiting_report ON awaiting(address, reference);"
    "CREATE INDEX awaiting_delivery ON awaiting(campaign, unit, route, delivery, at_ms);"
    "CREATE TABLE unmatched(id INTEGER PRIMARY KEY, device INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, reference INTEGER NOT NULL, status INTEGER NOT NULL) STRICT;"
    "CREATE TABLE closed(delivery INTEGER PRIMARY KEY, campaign INTEGER NOT NULL) STRICT;"
    "CREATE INDEX closed_campaign ON closed(campaign);"
    "CREATE TABLE reply(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, sent_ms INTEGER NOT NULL,"
    " device INTEGER NOT NULL, address INTEGER NOT NULL, reference INTEGER NOT NULL,"
    " total INTEGER NOT NULL, campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " sender TEXT NOT NULL, got INTEGER NOT NULL DEFAULT 1,"
    " refusal INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX reply_open ON reply(sender, reference, total) WHERE got < total;"
    "CREATE TABLE inbound(id INTEGER PRIMARY KEY, reply INTEGER NOT NULL, device INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, sent_ms INTEGER NOT NULL, address INTEGER NOT NULL,"
    " reference INTEGER NOT NULL, total INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " sender TEXT NOT NULL, text TEXT NOT NULL, day INTEGER NOT NULL,"
    " UNIQUE(sender, sent_ms, reference, seq, text, day)) STRICT;"
    "CREATE INDEX inbound_reply ON inbound(reply, seq);"
    "CREATE TABLE optout(address INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " event INTEGER NOT NULL) STRICT;"
    "CREATE TABLE optout_event(id INTEGER PRIMARY KEY, address INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, refuses INTEGER NOT NULL, reply INTEGER NOT NULL,"
    " source INTEGER NOT NULL, line INTEGER NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE INDEX optout_event_address ON optout_event(address);"
    "CREATE TABLE answer(id INTEGER PRIMARY KEY, reply INTEGER NOT NULL UNIQUE,"
    " device INTEGER NOT NULL, address INTEGER NOT NULL UNIQUE, text INTEGER NOT NULL,"
    " state INTEGER NOT NULL, made_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
    " taken_ms INTEGER NOT NULL DEFAULT 0, sim INTEGER NOT NULL DEFAULT 0,"
    " pool INTEGER NOT NULL DEFAULT 0,"
    " ended_ms INTEGER NOT NULL DEFAULT 0, code INTEGER NOT NULL DEFAULT 0, detail TEXT) STRICT;"
    "CREATE INDEX answer_waits ON answer(device) WHERE state = 1;"
    "CREATE TABLE count(campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " channel INTEGER NOT NULL, route INTEGER NOT NULL, state INTEGER NOT NULL,"
    " n INTEGER NOT NULL, parts INTEGER NOT NULL,"
    " PRIMARY KEY(campaign, unit, channel, route, state)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sim(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " pool INTEGER NOT NULL DEFAULT 0,"
    " trust INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE usage(sim INTEGER NOT NULL, slot INTEGER NOT NULL,"
    " parts INTEGER NOT NULL CHECK(parts >= 0), PRIMARY KEY(sim, slot)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE modem(device INTEGER PRIMARY KEY, sim INTEGER NOT NULL, state INTEGER NOT NULL,"
    " why TEXT NOT NULL, imei TEXT NOT NULL, imsi TEXT NOT NULL, smsc TEXT NOT NULL,"
    " network TEXT NOT NULL, model TEXT NOT NULL,"
    " registration INTEGER NOT NULL, signal_dbm INTEGER NOT NULL, cdma INTEGER NOT NULL,"
    " pin_mark INTEGER NOT NULL, paused INTEGER NOT NULL, error INTEGER NOT NULL,"
    " error_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, from_state INTEGER, to_state INTEGER NOT NULL,"
    " cause INTEGER NOT NULL, device INTEGER, sim INTEGER, code INTEGER, level INTEGER,"
    " shown_ms INTEGER, mark INTEGER NOT NULL, detail TEXT) STRICT;"
    "CREATE TABLE tree(id INTEGER PRIMARY KEY CHECK(id = 1), size INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, peaks TEXT NOT NULL) STRICT;"
    "CREATE TABLE tile(id INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;"
    "CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " note TEXT NOT NULL) STRICT;"
    "CREATE TABLE public_key(line INTEGER PRIMARY KEY, public TEXT NOT NULL) STRICT;"
    "CREATE TABLE veil(delivery INTEGER PRIMARY KEY, tag TEXT NOT NULL) STRICT;"
    "CREATE TABLE veil_text(campaign INTEGER NOT NULL, text INTEGER NOT NULL, tag TEXT NOT NULL,"
    " PRIMARY KEY(campaign, text)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE summary(campaign INTEGER NOT NULL, device INTEGER NOT NULL,"
    " sim INTEGER NOT NULL, day INTEGER NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL,"
    " parts INTEGER NOT NULL, PRIMARY KEY(campaign, device, sim, day, state))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE contact(id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " name TEXT NOT NULL, position TEXT NOT NULL, phone TEXT NOT NULL) STRICT;"
    "CREATE INDEX contact_unit ON contact(unit);"
    "CREATE TABLE activity(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL,"
    " unit INTEGER NOT NULL, at_ms INTEGER NOT NULL, held TEXT NOT NULL, place TEXT NOT NULL,"
    " participants INTEGER NOT NULL, content TEXT NOT NULL) STRICT;"
    "CREATE INDEX activity_unit ON activity(campaign, unit);"
    "CREATE TABLE restored(id INTEGER PRIMARY KEY, line INTEGER NOT NULL DEFAULT 0,"
    " from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, lost TEXT NOT NULL,"
    " mark TEXT NOT NULL) STRICT;"
    "CREATE TABLE photo(id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL,"
    " UNIQUE(campaign, unit, file)) STRICT;" SQL_SCHEMA_6 KEEPS("journal", "") HOLDS("journal")
        KEEPS("text", "") HOLDS("text") HOLDS("campaign_unit") KEEPS("unit", "OF id, code ")
            HOLDS("unit") KEEPS("board", "OF id, code ") HOLDS("board") KEEPS("inbound", "")
                HOLDS("inbound") KEEPS("reply", "OF id, at_ms, sent_ms, sender, address ")
                    HOLDS("reply") KEEPS("optout_event", "") HOLDS("optout_event") HOLDS("answer")
                        KEEPS("closed", "") HOLDS("closed") KEEPS("shown", "") HOLDS("shown")
                            KEEPS("board_release", "") HOLDS("board_release") KEEPS("tile", "")
                                HOLDS("tile") KEEPS("checkpoint", "OF size ") HOLDS("checkpoint")
                                    KEEPS("public_key", "") HOLDS("public_key") KEEPS("contact", "")
                                        HOLDS("contact") KEEPS("activity", "") HOLDS("activity")
                                            KEEPS("photo", "") HOLDS("photo") KEEPS(
                                                "restored", "OF from_ms, until_ms, lost, mark ")
                                                HOLDS("restored");
