/* store_sql: every statement that writes the books. See store_sql.h.
 * Runs: any (pure data).
 *
 * States, channels and causes stand here as their numbers: partial indexes take only literals, and
 * a query uses such an index only when it repeats the index's condition word for word. Numbers: see
 * gateway/model/delivery.h (0 planned, 1 due, 2 inflight, 3 deferred, 8 unknown; channel 1
 * messages, 2 boards; cause 6 restart). */
#include "gateway/ledger/store_sql.h"

#include "gateway/ledger/schema.h"
#include "gateway/ledger/summary.h"

#define ITEM                                                                                       \
    "SELECT id, campaign, unit, channel, address, slot, text, parts, state, attempts, doubted,"    \
    " device, from_ms, until_ms, level, shown_since_ms, route, need,"                              \
    " shown_ms, shown_until_ms FROM delivery "
#define REFUSED "EXISTS (SELECT 1 FROM optout o WHERE o.address = delivery.address)"
/* A SIM that goes by its modem's name is nobody in another modem. */
#define BY_IMSI "s.name GLOB 'imsi:*'"
/* What a modem doesn't tell now is as it was; but another SIM brings its own. */
#define KNOWN(column) "iif(excluded." column " <> '', excluded." column ", " column ")"
#define OF_SIM(column)                                                                             \
    "iif(excluded." column                                                                         \
    " <> '' OR (excluded.imsi <> '' AND excluded.imsi <> imsi), excluded." column ", " column ")"
#define AWAITED "campaign = ?1 AND unit = ?2 AND route = ?3 AND delivery = ?4"
/* Also of those that the campaign has in its lists and nobody wrote to, and older ones (?2) of whom
 * no campaign knows. */
#define ERASED_REPLIES                                                                             \
    "SELECT id FROM reply WHERE campaign = ?1 OR (campaign = 0 AND address IN"                     \
    " (SELECT address FROM delivery WHERE campaign = ?1 AND channel = 1"                           \
    " UNION SELECT address FROM reserve WHERE campaign = ?1)) OR " STRANGERS
#define STRANGERS  "(campaign = 0 AND at_ms < ?2 AND sender <> '')"
#define OPEN_SMS   "channel = 1 AND (state = 0 OR state = 1 OR state = 3)"
#define OPEN_BOARD "channel = 2 AND (state = 0 OR state = 1 OR state = 3)"

/* Words of which the later one takes the place of the earlier one. */
#define STEER_CLASS(of) "iif(" of ".verb = 'resume', 'pause', " of ".verb)"

/* Campaigns that may have sent in a time that the books have lost. */
#define SQL_LOST                                                                                   \
    "SELECT DISTINCT c.id FROM restored r JOIN campaign c JOIN json_each(c.windows) w"             \
    " WHERE json_extract(w.value, '$[0]') < r.until_ms"                                            \
    " AND (json_extract(w.value, '$[1]') > r.from_ms OR EXISTS (SELECT 1 FROM steer s"             \
    " WHERE s.verb = 'extend' AND s.campaign IN ('', c.code) AND s.value > r.from_ms)) "

const char *const sql_statements[SQL_STATEMENTS] = {
    [SQL_CAMPAIGN_FIND] = "SELECT id, source, planned FROM campaign WHERE code = ?1",
    [SQL_CAMPAIGN_CODE] = "SELECT code FROM campaign WHERE id = ?1",
    [SQL_CAMPAIGN_ADD] = "INSERT INTO campaign(made_ms, counts, leftover, code, title, source,"
                         " windows, targets, key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQL_CAMPAIGN_PLANNED] = "UPDATE campaign SET planned = 1 WHERE id = ?1",
    [SQL_CAMPAIGN_UNIT] = "INSERT OR IGNORE INTO campaign_unit(campaign, unit, quota, position,"
                          " parent) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_UNIT_FIND] = "SELECT id, name FROM unit WHERE code = ?1",
    [SQL_UNIT_ADD] = "INSERT INTO unit(code, name) VALUES(?1, ?2)",
    [SQL_UNIT_RENAME] = "UPDATE unit SET name = ?2 WHERE id = ?1",
    [SQL_BOARD_FIND] = "SELECT id, owner, place FROM board WHERE code = ?1",
    [SQL_BOARD_ADD] = "INSERT INTO board(owner, code, place) VALUES(?1, ?2, coalesce(?3, ''))",
    [SQL_BOARD_CHANGE] = "UPDATE board SET owner = ?2, place = coalesce(?3, place) WHERE id = ?1",
    [SQL_BOARD_UP] = "SELECT 1 FROM delivery WHERE up = 1 AND address = ?1 AND channel = 2"
                     " AND state NOT IN (0, 2) LIMIT 1",
    [SQL_BOARD_RELEASED] =
        "SELECT released FROM board_release WHERE board = ?1 ORDER BY id DESC LIMIT 1",
    [SQL_BOARD_RELEASE] =
        "INSERT INTO board_release(board, at_ms, released, by) VALUES(?1, ?2, ?3, ?4)",
    [SQL_BOARD_PUT] =
        "INSERT INTO board_state(board, state, power, clock_known, skew_ms, width, height, seen_ms,"
        " told_ms, clear, why, playing, firmware) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, ?12, ?13) ON CONFLICT DO UPDATE SET state = excluded.state, why = excluded.why,"
        " clear = excluded.clear,"
        " power = iif(excluded.power > 0, excluded.power, power),"
        " skew_ms = iif(excluded.clock_known, excluded.skew_ms, skew_ms),"
        " clock_known = excluded.clock_known OR clock_known,"
        " width = iif(excluded.width > 0, excluded.width, width),"
        " height = iif(excluded.height > 0, excluded.height, height),"
        " seen_ms = iif(excluded.seen_ms > 0, excluded.seen_ms, seen_ms),"
        " told_ms = excluded.told_ms, playing = " KNOWN("playing") ", firmware = " KNOWN(
            "firmware"),
    [SQL_DEVICE_FIND] = "SELECT id FROM device WHERE name = ?1",
    [SQL_DEVICE_ADD] = "INSERT INTO device(name) VALUES(?1)",
    [SQL_TEXT_LAST] = "SELECT coalesce(max(id), 0) FROM text",
    [SQL_TEXT_ADD] = "INSERT INTO text(id, personal, body) VALUES(?1, ?2, ?3)",
    [SQL_TEXT_BODY] = "SELECT body FROM text WHERE id = ?1",
    [SQL_DELIVERY_ADD] =
        "INSERT INTO delivery(campaign, unit, channel, address, slot, text, parts,"
        " alphabet, state, cause, from_ms, until_ms, not_before_ms, changed_ms, route, need)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?10, ?12, ?13, ?14)"
        " ON CONFLICT DO NOTHING",
    [SQL_DELIVERY_CHANGE] =
        "UPDATE delivery SET state = ?3, cause = ?4, changed_ms = ?5, attempts = ?6, doubted = ?7,"
        " device = coalesce(?8, device), code = coalesce(?9, code),"
        " not_before_ms = coalesce(?10, iif(?3 IN (0, 1, 3), not_before_ms, 0)),"
        " level = coalesce(?11, level),"
        " shown_since_ms = coalesce(?12, shown_since_ms), shown_ms = coalesce(?13, shown_ms),"
        " up = coalesce(?14, up), taken_ms = iif(?3 = 2, ?5, taken_ms), sim = coalesce(?15, sim),"
        " pool = coalesce(?16, pool), shown_until_ms = coalesce(?17, shown_until_ms)"
        " WHERE id = ?1 AND state = ?2",
    [SQL_DELIVERY_DOUBTED] = "UPDATE delivery SET doubted = ?2 WHERE id = ?1",
    [SQL_DELIVERY_PROVED] =
        "UPDATE delivery SET level = coalesce(?2, level), shown_ms = coalesce(?3, shown_ms),"
        " shown_until_ms = coalesce(?4, shown_until_ms) WHERE id = ?1",
    [SQL_DELIVERY_UP] = "UPDATE delivery SET up = ?2 WHERE id = ?1",
    [SQL_ITEM] = ITEM "WHERE id = ?1",
    [SQL_ITEMS_INFLIGHT] = ITEM "WHERE state = 2 LIMIT ?1",
    [SQL_ITEMS_RESTARTED] = ITEM "WHERE state = 8 AND campaign = ?1 AND cause = 6"
                                 " AND (channel = 2 OR address > 0)"
                                 " AND (?2 = 0 OR attempts < ?2) AND NOT " REFUSED " LIMIT ?3",
    [SQL_ITEMS_OPEN_SMS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 LIMIT ?2",
    [SQL_ITEMS_OPEN_BOARD] = ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 LIMIT ?2",
    [SQL_ITEMS_DUE_SMS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit = ?2 AND route = ?3"
                               " AND state = 1 AND id > ?4 AND parts <= ?6 ORDER BY id LIMIT ?5",
    [SQL_ITEMS_DUE_BOARD] =
        ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2 AND route = ?3"
             " AND state = 1 AND id > ?4 AND parts <= ?6 ORDER BY id LIMIT ?5",
    [SQL_ITEMS_READY_SMS] =
        ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit = ?2 AND route = ?3 AND state = ?4"
             " AND not_before_ms <= ?5 AND parts <= ?7 ORDER BY not_before_ms, id LIMIT ?6",
    [SQL_ITEMS_READY_BOARD] =
        ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2 AND route = ?3 AND state = ?4"
             " AND not_before_ms <= ?5 AND (until_ms = 0 OR until_ms > ?5) AND parts <= ?7"
             " ORDER BY not_before_ms, id LIMIT ?6",
    /* Of what is planned for later nothing has passed; what is deferred may wait past its slot. */
    [SQL_ITEMS_PASSED] =
        ITEM "WHERE " OPEN_BOARD " AND campaign = ?1 AND address = ?2"
             " AND state = ?3 AND not_before_ms <= iif(?3 = 3, 9223372036854775807, ?4)"
             " AND until_ms > 0 AND until_ms <= ?4 AND id > ?5 LIMIT ?6",
    [SQL_ITEMS_UP] = ITEM "WHERE up = 1 AND address = ?1 AND state NOT IN (0, 1, 2, 3)"
                          " AND (?2 = 0 OR campaign = ?2) ORDER BY id LIMIT ?3",
    [SQL_ITEMS_UP_ANY] = ITEM "WHERE up = 1 AND address = ?1 AND channel = 2"
                              " AND state NOT IN (0, 2) AND id > ?2 ORDER BY id LIMIT ?3",
    [SQL_ITEMS_RESTING] = ITEM "WHERE " SQL_RESTING " AND address = ?1"
                               " AND (?2 = 0 OR campaign = ?2) ORDER BY id LIMIT ?3",
    [SQL_NEXT_SMS] = "SELECT min(not_before_ms) FROM delivery WHERE " OPEN_SMS
                     " AND campaign = ?1 AND unit = ?2 AND route = ?3 AND state = ?4"
                     " AND parts <= ?5",
    [SQL_OVERSIZE] = "SELECT 1 FROM delivery WHERE " OPEN_SMS
                     " AND campaign = ?1 AND unit = ?2 AND route = ?3 AND parts > ?4 LIMIT 1",
    [SQL_NEXT_BOARD] = "SELECT min(not_before_ms) FROM delivery WHERE " OPEN_BOARD
                       " AND campaign = ?1 AND address = ?2 AND route = ?3 AND state = ?4"
                       " AND parts <= ?5",
    /* Not when it is a delivery already: planning twice must not fill up what was drawn. */
    [SQL_RESERVE_ADD] =
        "INSERT INTO reserve(campaign, unit, address, text, parts, alphabet, from_ms,"
        " until_ms, route) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS"
        " (SELECT 1 FROM delivery WHERE address = ?3 AND campaign = ?1 AND channel = 1)"
        " ON CONFLICT DO NOTHING",
    [SQL_RESERVE_NEXT] = "SELECT id, address, text, parts, alphabet, from_ms, until_ms FROM reserve"
                         " WHERE campaign = ?1 AND unit = ?2 AND route = ?3 AND parts <= ?4"
                         " ORDER BY id LIMIT 1",
    [SQL_RESERVE_DROP] = "DELETE FROM reserve WHERE id = ?1",
    [SQL_QUOTA] = "SELECT quota FROM campaign_unit WHERE campaign = ?1 AND unit = ?2",
    [SQL_JOURNAL_ADD] =
        "INSERT INTO journal(id, delivery, at_ms, from_state, to_state, cause, device, sim, code,"
        " level, shown_ms, mark, detail)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
    [SQL_TREE_READ] = "SELECT size, at_ms, peaks FROM tree",
    [SQL_TREE_PUT] = "UPDATE tree SET size = ?1, at_ms = ?2, peaks = ?3",
    [SQL_TILE_ADD] = "INSERT INTO tile(id, hash) VALUES(?1, ?2)",
    [SQL_META_READ] = "SELECT origin, key, timezone FROM meta",
    [SQL_CAMPAIGN_KEY] = "SELECT key FROM campaign WHERE id = ?1",
    [SQL_VEIL_READ] = "SELECT tag FROM veil WHERE delivery = ?1",
    [SQL_VEIL_TEXT_READ] = "SELECT tag FROM veil_text WHERE campaign = ?1 AND text = ?2",
    [SQL_KEY_LAST] = "SELECT public FROM public_key ORDER BY line DESC LIMIT 1",
    [SQL_KEY_ADD] = "INSERT INTO public_key(line, public) VALUES(?1, ?2)",
    [SQL_CHECKPOINT_READ] = "SELECT note FROM checkpoint WHERE size = ?1",
    [SQL_CHECKPOINT_ADD] = "INSERT INTO checkpoint(size, at_ms, note) VALUES(?1, ?2, ?3)"
                           " ON CONFLICT DO NOTHING",
    [SQL_CHECKPOINT_NOTE] = "UPDATE checkpoint SET note = ?2 WHERE size = ?1",
    [SQL_FACT_LAST] = "SELECT 1 FROM journal WHERE id = ?1 AND delivery = 0 AND to_state = ?2",
    /* Not after a restoring that found none, up to the first checkpoint that covers its record. */
    [SQL_MARK_NEEDED] = "SELECT (?1 OR EXISTS(SELECT 1 FROM checkpoint)) AND NOT EXISTS("
                        "SELECT 1 FROM restored WHERE mark = '' AND (line = 0 OR line >"
                        " (SELECT ifnull(max(size), 0) FROM checkpoint)))",
    [SQL_RESTORED_MARK] = "SELECT 1 FROM restored WHERE mark = ?1 LIMIT 1",
    [SQL_RESTORED_PENDING] =
        "SELECT id, from_ms, until_ms, lost, mark FROM restored WHERE line = 0 ORDER BY id LIMIT 1",
    [SQL_RESTORED_TOLD] = "UPDATE restored SET line = ?2 WHERE id = ?1",
    [SQL_LOST_CAMPAIGNS] = SQL_LOST "AND r.line = 0",
    [SQL_LOST_CAMPAIGN] = SQL_LOST "AND c.id = ?1 LIMIT 1",
    [SQL_LOST_RESERVE] = "DELETE FROM reserve WHERE campaign = ?1",
    [SQL_LOST_BOARDS] = "UPDATE delivery SET up = 1 WHERE " OPEN_BOARD " AND campaign = ?1"
                        " AND from_ms < ?3 AND (until_ms = 0 OR until_ms > ?2)",
    [SQL_LOST_ANSWERS] = "UPDATE answer SET state = 4, ended_ms = ?1 WHERE state = 1",
    [SQL_SHOWN_KNOWN] = "SELECT 1 FROM shown WHERE delivery = ?1 AND from_ms = ?2 AND level = ?3"
                        " AND (until_ms > from_ms) = 1",
    [SQL_SHOWN_OVERLAP] = "SELECT from_ms, until_ms FROM shown WHERE delivery = ?1"
                          " AND from_ms < ?3 AND until_ms > ?2 AND level >= ?4",
    [SQL_SHOWN_ADD] =
        "INSERT INTO shown(id, delivery, from_ms, until_ms, counted_ms, level, digest,"
        " file) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    [SQL_COUNT_READ] = "SELECT state, n, parts FROM count"
                       " WHERE campaign = ?1 AND unit = ?2 AND channel = ?3 AND route = ?4",
    [SQL_COUNT_PUT] = "INSERT INTO count(campaign, unit, channel, route, state, n, parts)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                      " ON CONFLICT DO UPDATE SET n = excluded.n, parts = excluded.parts",
    [SQL_SIM_FIND] = "SELECT id FROM sim WHERE name = ?1",
    [SQL_SIM_ADD] = "INSERT INTO sim(name) VALUES(?1)",
    [SQL_SIM_POOL] = "SELECT pool FROM sim WHERE id = ?1",
    [SQL_SIM_JOIN] = "UPDATE sim SET pool = ?2 WHERE id = ?1",
    [SQL_USAGE_READ] = "SELECT slot, parts FROM usage WHERE sim = ?1 AND slot >= ?2 AND parts > 0"
                       " ORDER BY slot",
    [SQL_USAGE_ADD] = "INSERT INTO usage(sim, slot, parts) VALUES(?1, ?2, ?3)"
                      " ON CONFLICT DO UPDATE SET parts = parts + excluded.parts",
    [SQL_USAGE_JOIN] = "INSERT INTO usage(sim, slot, parts) SELECT ?2, slot, parts FROM usage"
                       " WHERE sim = ?1 AND slot >= ?3 AND parts > 0"
                       " ON CONFLICT DO UPDATE SET parts = parts + excluded.parts",
    [SQL_USAGE_TAKE] = "UPDATE usage SET parts = parts - ?3 WHERE sim = ?1 AND slot = ?2",
    /* One short search for each SIM instead of a look at every row. */
    [SQL_USAGE_PRUNE] = "DELETE FROM usage WHERE sim IN (SELECT id FROM sim) AND slot < ?1",
    /* What was in flight at a crash may have been sent until now (slot ?1); unless it was taken in
     * the same slot, which has it already. */
    [SQL_USAGE_RECOVER] = "INSERT INTO usage(sim, slot, parts) SELECT sim, ?1, sum(parts) FROM"
                          " (SELECT sim, parts, taken_ms FROM delivery WHERE state = 2"
                          " UNION ALL SELECT pool, parts, taken_ms FROM delivery WHERE state = 2"
                          " UNION ALL SELECT sim, 1, taken_ms FROM answer WHERE state = 5"
                          " UNION ALL SELECT pool, 1, taken_ms FROM answer WHERE state = 5)"
                          " WHERE sim > 0 AND taken_ms < ?2 GROUP BY sim"
                          " ON CONFLICT DO UPDATE SET parts = parts + excluded.parts",
    [SQL_MODEM_PUT] =
        "INSERT INTO modem(device, sim, state, registration, signal_dbm, cdma, pin_mark, paused,"
        " error, error_ms, seen_ms, why, imei, imsi, smsc, network, model)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " ON CONFLICT DO UPDATE SET sim = iif(excluded.sim > 0, excluded.sim, sim),"
        " state = excluded.state, registration = excluded.registration,"
        " signal_dbm = excluded.signal_dbm, cdma = excluded.cdma, pin_mark = excluded.pin_mark,"
        " paused = excluded.paused, error = excluded.error, error_ms = excluded.error_ms,"
        " seen_ms = excluded.seen_ms, why = excluded.why, imei = " KNOWN("imei") ", imsi = " KNOWN(
            "imsi") ", smsc = " OF_SIM("smsc") ", network = " OF_SIM("network") ", model = " KNOWN("model"),
    [SQL_MODEM_READ] =
        "SELECT paused, pin_mark, imsi, error, error_ms FROM modem WHERE device = ?1",
    [SQL_AWAITING_ADD] =
        "INSERT INTO awaiting(address, device, reference, delivery, attempt, part, at_ms, campaign,"
        " unit, route, sim) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, coalesce((SELECT s.id "
        "FROM delivery d"
        " JOIN sim s ON s.id = d.sim WHERE d.id = ?4 AND " BY_IMSI "), 0))",
    /* off: how far TP-SCTS (?5) lies outside the time in which the attempt was made; NULL: not
     * given. A doubt that a restart raised may be much younger than its attempt. ?7: the SIM, 0
     * when it isn't known: then the modem must do, as for what went out by a SIM that wasn't.
     * device 0: whichever (store_restore). */
    [SQL_AWAITING_FIND] =
        "SELECT id, delivery, attempt, reference, device, sim, off <= ?6 FROM"
        " (SELECT a.id AS id, a.delivery AS delivery, a.attempt AS attempt,"
        " a.reference AS reference, a.device AS device, a.sim AS sim,"
        " max(0, min(d.taken_ms, a.at_ms) - ?5, ?5 - a.at_ms) AS off"
        " FROM awaiting a JOIN delivery d ON d.id = a.delivery"
        " WHERE a.address = ?1 AND a.reference IN (?3, -1, 0) AND a.at_ms > ?4"
        " AND iif(?7 <> 0 AND a.sim <> 0, a.sim = ?7, a.device IN (?2, 0))) AS found"
        " WHERE reference <> 0 OR ?3 = 0"
        " OR (off <= ?6 AND (SELECT refers FROM device v WHERE v.id = found.device) = 0)"
        " ORDER BY off <= ?6 DESC, reference = ?3 DESC, reference = -1 DESC,"
        " iif(off <= ?6, off, 0), id LIMIT 1",
    [SQL_AWAITING_OLD] =
        "SELECT a.id, a.delivery FROM awaiting a JOIN delivery d ON d.id = a.delivery"
        " WHERE a.id > ?3 AND a.at_ms < ?2 AND d.campaign = ?1 AND d.channel = 1 AND d.state = 4"
        " AND d.changed_ms < ?2 ORDER BY a.id LIMIT 1",
    [SQL_AWAITING_DROP] = "DELETE FROM awaiting WHERE id = ?1",
    /* Rows come in the order of time, so the oldest are looked at. */
    [SQL_AWAITING_PRUNE] = "DELETE FROM awaiting WHERE id IN (SELECT id FROM (SELECT id, at_ms"
                           " FROM awaiting ORDER BY id LIMIT ?2) WHERE at_ms < ?1)",
    [SQL_AWAITING_FAIL] = "DELETE FROM awaiting WHERE " AWAITED " AND attempt = ?5",
    [SQL_AWAITING_CLEAR] = "DELETE FROM awaiting WHERE " AWAITED,
    [SQL_AWAITING_LEFT] =
        "SELECT count(*) FROM awaiting WHERE " AWAITED " AND (?5 = 0 OR attempt = ?5)",
    [SQL_AWAITING_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM awaiting WHERE campaign = ?1"
                           " AND unit = ?2 AND route = ?3 GROUP BY delivery"
                           " HAVING max(at_ms) > ?4)",
    [SQL_UNMATCHED_ADD] = "INSERT INTO unmatched(device, at_ms, reference, status)"
                          " VALUES(?1, ?2, ?3, ?4)",
    [SQL_CLOSED_ADD] = "INSERT INTO closed(delivery, campaign) VALUES(?1, ?2)",
    [SQL_DEVICE_TRUST] = "SELECT trust FROM device WHERE id = ?1",
    [SQL_DEVICE_TRUSTED] = "UPDATE device SET trust = ?2 WHERE id = ?1 AND trust <> ?2",
    [SQL_DEVICE_REFERS] = "UPDATE device SET refers = 1 WHERE id = ?1 AND refers = 0",
    [SQL_SIM_KNOWN] = "SELECT s.id FROM sim s WHERE s.id = ?1 AND " BY_IMSI,
    [SQL_SIM_TRUST] = "SELECT trust FROM sim WHERE id = ?1",
    [SQL_SIM_TRUSTED] = "UPDATE sim SET trust = ?2 WHERE id = ?1 AND trust <> ?2",
    [SQL_NUMBER_KNOWN] = "SELECT EXISTS(SELECT 1 FROM delivery WHERE address = ?1 AND channel = 1)"
                         " OR EXISTS(SELECT 1 FROM reserve WHERE address = ?1)",
    [SQL_INBOUND_FIND] = "SELECT 1 FROM inbound WHERE sender = ?5 AND sent_ms = ?1"
                         " AND reference = ?2 AND seq = ?3 AND text = ?6 AND day = ?4",
    [SQL_INBOUND_ADD] =
        "INSERT INTO inbound(reply, device, at_ms, sent_ms, address, reference, total, seq, day,"
        " sender, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_INBOUND_TEXTS] = "SELECT text FROM inbound WHERE reply = ?1 ORDER BY seq",
    [SQL_REPLY_ADD] = "INSERT INTO reply(at_ms, sent_ms, device, address, reference, total,"
                      " campaign, unit, sender) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    /* Of several, the one that was written at the same time; then the youngest. */
    [SQL_REPLY_OPEN] =
        "SELECT id, got FROM reply r WHERE got < total AND sender = ?6 AND reference = ?1"
        " AND total = ?2 AND iif(?5 > 0 AND sent_ms > 0, abs(sent_ms - ?5) <= ?7, at_ms > ?4)"
        " AND NOT EXISTS"
        " (SELECT 1 FROM inbound i WHERE i.reply = r.id AND i.seq = ?3)"
        " ORDER BY abs(sent_ms - ?5), id DESC LIMIT 1",
    [SQL_REPLY_PART] = "UPDATE reply SET got = got + 1 WHERE id = ?1",
    [SQL_REPLY_REFUSES] = "UPDATE reply SET refusal = 1 WHERE id = ?1",
    [SQL_REPLY_ABOUT] = "SELECT campaign, unit FROM delivery WHERE address = ?1 AND channel = 1"
                        " AND (state IN (2, 4, 5, 6, 8) OR doubted <> 0)"
                        " ORDER BY taken_ms DESC, id DESC LIMIT 1",
    [SQL_OPTOUT_ALL] = "SELECT address FROM optout",
    [SQL_OPTOUT_FIND] = "SELECT 1 FROM optout WHERE address = ?1",
    [SQL_OPTOUT_ADD] = "INSERT INTO optout(address, at_ms, event) VALUES(?1, ?2, ?3)",
    [SQL_OPTOUT_LIFT] = "DELETE FROM optout WHERE address = ?1",
    [SQL_OPTOUT_EVENT] =
        "INSERT INTO optout_event(address, at_ms, refuses, reply, source, line, note)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_ITEMS_NUMBER] = ITEM "WHERE address = ?1 AND " OPEN_SMS,
    [SQL_RESERVE_REFUSED] = "DELETE FROM reserve WHERE address = ?1",
    [SQL_ANSWER_ADD] = "INSERT OR IGNORE INTO answer(reply, device, address, text, state, made_ms)"
                       " VALUES(?1, ?2, ?3, ?4, 1, ?5)",
    [SQL_ANSWER_NEXT] = "SELECT id, address, text FROM answer WHERE state = 1 AND device = ?1"
                        " ORDER BY attempts, id LIMIT 1",
    [SQL_ANSWER_LATE] = "UPDATE answer SET state = 3, ended_ms = ?2, detail = 'too late'"
                        " WHERE state = 1 AND device = ?1 AND made_ms < ?3",
    [SQL_ANSWER_TAKE] = "UPDATE answer SET state = 5, taken_ms = ?2, attempts = attempts + 1,"
                        " sim = ?3, pool = ?4"
                        " WHERE id = ?1 AND state = 1",
    /* state 1: it waits again, unless that was the last attempt. */
    [SQL_ANSWER_END] = "UPDATE answer SET state = iif(?3 = 1 AND ?6 = 0 AND attempts >= ?7, 3, ?3),"
                       " attempts = attempts - ?6, ended_ms = ?4, code = ?5, detail = ?8"
                       " WHERE id = ?1 AND device = ?2 AND state = 5",
    [SQL_ANSWER_DOUBT] = "UPDATE answer SET state = 4, ended_ms = ?1 WHERE state = 5",
    [SQL_SUM_MARKS] =
        "SELECT summed, (SELECT coalesce(max(id), 0) FROM journal), " SUMMARY_BEHIND ","
        " (SELECT coalesce(max(id), 0) FROM delivery) FROM meta LIMIT 1",
    [SQL_SUM_CAMPAIGNS] = "SELECT id FROM campaign",
    [SQL_SUM_GROWN] = "SELECT DISTINCT d.campaign FROM journal j CROSS JOIN delivery d"
                      " ON d.id = j.delivery WHERE j.id > ?1",
    [SQL_SUM_MESSAGES] = "SELECT campaign, " SUMMARY_MESSAGES,
    [SQL_SUM_DROP] = "DELETE FROM summary WHERE campaign = ?1",
    [SQL_SUM_ADD] = "INSERT INTO summary(campaign, device, sim, day, state, n, parts)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_SUM_DONE] = "UPDATE meta SET summed = ?1",
    [SQL_ERASE_FIND] = "SELECT id, planned, erased_ms FROM campaign WHERE code = ?1",
    [SQL_ERASE_OPEN] =
        "SELECT 1 FROM delivery WHERE campaign = ?1 AND state IN (0, 1, 2, 3) LIMIT 1",
    [SQL_ERASE_NUMBERS] = "SELECT id, address FROM delivery NOT INDEXED"
                          " WHERE campaign = ?1 AND channel = 1 AND address > 0",
    [SQL_ERASE_TEXTS] = "SELECT id, body FROM text WHERE id IN"
                        " (SELECT text FROM delivery WHERE campaign = ?1)",
    [SQL_ERASE_VEIL] = "INSERT INTO veil(delivery, tag) VALUES(?1, ?2)",
    [SQL_ERASE_VEIL_TEXT] = "INSERT INTO veil_text(campaign, text, tag) VALUES(?1, ?2, ?3)",
    /* Books of earlier versions share texts between campaigns: what another one needs stays. */
    [SQL_ERASE_BODIES] = "UPDATE text SET body = '' WHERE personal = 1 AND id IN"
                         " (SELECT text FROM delivery WHERE campaign = ?1"
                         " UNION SELECT text FROM reserve WHERE campaign = ?1) AND id NOT IN"
                         " (SELECT d.text FROM delivery d JOIN campaign c ON c.id = d.campaign"
                         " WHERE c.id <> ?1 AND c.erased_ms = 0"
                         " UNION SELECT text FROM reserve WHERE campaign <> ?1)",
    [SQL_ERASE_ADDRESSES] =
        "UPDATE delivery SET address = -id WHERE campaign = ?1 AND channel = 1 AND address > 0",
    [SQL_ERASE_RESERVE] = "DELETE FROM reserve WHERE campaign = ?1",
    [SQL_ERASE_AWAITING] = "DELETE FROM awaiting WHERE campaign = ?1",
    /* state 1: it waited still, and can't be sent without a number. */
    [SQL_ERASE_ANSWERS] = "UPDATE answer SET address = -id, state = iif(state = 1, 3, state)"
                          " WHERE reply IN (" ERASED_REPLIES ")",
    [SQL_ERASE_INBOUND] = "UPDATE inbound SET sender = '#' || id, address = 0, text = ''"
                          " WHERE reply IN (" ERASED_REPLIES ")",
    [SQL_ERASE_REPLIES] =
        "UPDATE reply SET sender = '', address = 0 WHERE id IN (" ERASED_REPLIES ")",
    [SQL_ERASE_STRANGERS] = "SELECT count(*) FROM reply WHERE ?1 > 0 AND " STRANGERS,
    [SQL_ERASE_KEY] = "UPDATE campaign SET key = '', erased_ms = ?2 WHERE id = ?1",
    [SQL_TRIGGER] = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?1",
    [SQL_SCHEMA] = SCHEMA_ROWS,
    [SQL_ACTIVITY_LAST] = "SELECT held, place, content, participants FROM activity"
                          " WHERE campaign = ?1 AND unit = ?2 ORDER BY id DESC LIMIT 1",
    [SQL_ACTIVITY_ADD] = "INSERT INTO activity(campaign, unit, at_ms, participants, held, place,"
                         " content) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_PHOTO_FIND] = "SELECT 1 FROM photo WHERE campaign = ?1 AND unit = ?2 AND file = ?3",
    [SQL_PHOTO_COUNT] = "SELECT count(*) FROM photo WHERE campaign = ?1 AND unit = ?2",
    [SQL_PHOTO_ADD] = "INSERT INTO photo(campaign, unit, at_ms, name, file)"
                      " VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_CONTACT_LAST] = "SELECT name, position, phone FROM contact WHERE unit = ?1"
                         " ORDER BY id DESC LIMIT 1",
    [SQL_CONTACT_ADD] =
        "INSERT INTO contact(unit, at_ms, name, position, phone) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_DEADLINE_PUT] = "UPDATE campaign SET contacts_ms = ?2 WHERE id = ?1 AND contacts_ms <> ?2",
    [SQL_STEER_ADD] = "INSERT INTO steer(at_ms, value, scope, verb, campaign, name, by)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_STEERED] = "SELECT scope, verb, campaign, name, coalesce(value, 0), at_ms FROM steer s"
                    " WHERE (?1 = 0 OR campaign = ''"
                    " OR campaign = (SELECT code FROM campaign WHERE id = ?1)) AND NOT EXISTS"
                    " (SELECT 1 FROM steer t WHERE t.scope = s.scope AND t.campaign = s.campaign"
                    " AND t.name = s.name AND t.id > s.id"
                    " AND " STEER_CLASS("t") " = " STEER_CLASS("s") ") ORDER BY id",
    [SQL_ITEMS_CANCEL_SMS] =
        ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit BETWEEN ?2 AND ?3 LIMIT ?4",
    [SQL_ITEMS_CANCEL_BOARD] = ITEM "WHERE " OPEN_BOARD " AND campaign = ?1"
                                    " AND address BETWEEN ?5 AND ?6 AND unit BETWEEN ?2 AND ?3"
                                    " LIMIT ?4",
    [SQL_RESERVE_CANCEL] = "DELETE FROM reserve WHERE campaign = ?1 AND unit BETWEEN ?2 AND ?3",
    [SQL_APPROVAL_FIND] =
        "SELECT 1 FROM approval WHERE campaign = ?1 AND content = ?2 AND approver = ?3",
    [SQL_APPROVAL_ADD] = "INSERT INTO approval(at_ms, campaign, content, prepared, approver, note)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_EDIT_FIND] = "SELECT id FROM campaign WHERE code = ?1 AND erased_ms = 0",
    [SQL_EDIT] = "UPDATE campaign SET counts = ?2, leftover = ?3, edited_ms = ?4, title = ?5,"
                 " source = ?6, windows = ?7, targets = ?8, planned = 0 WHERE id = ?1",
    [SQL_EDIT_ORDERS] = "SELECT u.code, u.id FROM campaign_unit c JOIN unit u ON u.id = c.unit"
                        " WHERE c.campaign = ?1 AND c.quota > 0 ORDER BY c.position",
    [SQL_EDIT_ORDER] = "UPDATE campaign_unit SET quota = ?3, parent = ?4"
                       " WHERE campaign = ?1 AND unit = ?2 AND (quota <> ?3 OR parent <> ?4)",
    [SQL_ORDER] =
        "SELECT quota, position, parent FROM campaign_unit WHERE campaign = ?1 AND unit = ?2",
    /* The youngest go first; what was ever in doubt may have been sent. */
    [SQL_ITEMS_SURPLUS] = ITEM "WHERE " OPEN_SMS " AND campaign = ?1 AND unit = ?2 AND state = 1"
                               " ORDER BY doubted, id DESC LIMIT ?3",
    [SQL_OPENING] = "SELECT json_extract(windows, '$[0][0]') FROM campaign"
                    " WHERE id = ?1 AND edited_ms > 0",
};
