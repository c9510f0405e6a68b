/* verify_sql: see verify_sql.h.
 * Runs: any (pure data).
 *
 * Of the tables that have facts: the key, and with orders the second one; then the columns in the
 * order of verify_facts.c. ODD_...: answers the first row that can't be; its number, and in the
 * second column the record that is nearest. */
#include "gateway/audit/verify_sql.h"

#include "gateway/ledger/schema.h"

const char *const verify_sql[VERIFY_STATEMENTS] = {
    [VERIFY_UNITS] = "SELECT id, code, name FROM unit ORDER BY id",
    [VERIFY_CAMPAIGNS] = "SELECT id, code, title, windows, targets, source, made_ms, planned,"
                         " erased_ms, contacts_ms, key, counts, leftover, edited_ms FROM campaign"
                         " ORDER BY id",
    [VERIFY_ORDERS] = "SELECT campaign, unit, quota, position, parent FROM campaign_unit"
                      " ORDER BY campaign, unit",
    [VERIFY_BOARDS] = "SELECT id, code, owner, place FROM board ORDER BY id",
    [VERIFY_DEVICES] = "SELECT id, name FROM device ORDER BY id",
    [VERIFY_SIMS] = "SELECT id, name FROM sim ORDER BY id",
    [VERIFY_REFUSALS] = "SELECT id, address, refuses, source, reply, note, at_ms, line"
                        " FROM optout_event ORDER BY id",
    [VERIFY_RELEASES] = "SELECT id, board, released, by, at_ms FROM board_release ORDER BY id",
    /* line 0: put back, and not opened by a gateway since. */
    [VERIFY_RESTORED] =
        "SELECT id, from_ms, until_ms, lost, mark, line FROM restored WHERE line <> 0 ORDER BY id",
    [VERIFY_STRAYS] = "SELECT id, device, reference, status, at_ms FROM unmatched ORDER BY id",
    [VERIFY_CONTACTS] = "SELECT id, unit, name, position, phone, at_ms FROM contact ORDER BY id",
    [VERIFY_ACTIVITIES] = "SELECT id, campaign, unit, held, place, participants, content, at_ms"
                          " FROM activity ORDER BY id",
    [VERIFY_PHOTOS] = "SELECT id, campaign, unit, name, file, at_ms FROM photo ORDER BY id",
    [VERIFY_STEERED] =
        "SELECT id, scope, verb, campaign, name, value, by, at_ms FROM steer ORDER BY id",
    [VERIFY_APPROVALS] = "SELECT id, campaign, content, prepared, approver, note, at_ms"
                         " FROM approval ORDER BY id",
    [VERIFY_DELIVERIES] =
        "SELECT id, state, cause, device, sim, code, level, changed_ms, taken_ms, shown_since_ms,"
        " shown_ms, shown_until_ms, attempts, doubted, up, EXISTS (SELECT 1 FROM closed c WHERE"
        " c.delivery = delivery.id AND c.campaign = delivery.campaign) FROM delivery ORDER BY id",
    [VERIFY_COUNTS] = "SELECT campaign, unit, channel, route, state, n, parts FROM count",
    [VERIFY_SUMMARY] = "SELECT campaign, device, sim, day, state, n, parts FROM summary"
                       " ORDER BY campaign, device, sim, day, state",
    [VERIFY_PICTURES] = "SELECT file, min(id) FROM shown WHERE file <> '' GROUP BY file"
                        " UNION ALL SELECT file, 0 FROM photo",
    [VERIFY_SLOGANS] = "SELECT DISTINCT d.campaign, t.body, c.key, v.tag FROM delivery d"
                       " JOIN text t ON t.id = d.text JOIN campaign c ON c.id = d.campaign"
                       " LEFT JOIN veil_text v ON v.campaign = d.campaign AND v.text = d.text"
                       " WHERE d.shown_ms > 0",
    [VERIFY_SCHEMA] = SCHEMA_ROWS,
    /* The journal is looked at below, with the rest of its line. */
    [VERIFY_TEXTS] =
        "SELECT m.name, group_concat('instr(\"' || c.name || '\", char(0)) > 0', ' OR ')"
        " FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND m.name <> 'journal' AND c.type = 'TEXT'"
        " GROUP BY m.name",
    /* What a record doesn't spell out must be empty, and a text must be what is hashed: no control
     * characters, nothing behind a NUL, none at all instead of an empty one. */
    [VERIFY_ODD_LINE] =
        "SELECT id, id FROM journal WHERE from_state IS NULL AND (device IS NOT NULL"
        " OR sim IS NOT NULL OR code IS NOT NULL OR level IS NOT NULL OR shown_ms IS NOT NULL"
        " OR iif(delivery = 0, cause <> 0, to_state <> 0 OR detail IS NOT NULL))"
        " OR (delivery = 0 AND from_state IS NOT NULL) OR (detail IS NOT NULL AND"
        " (detail IN ('', '-') OR detail GLOB '*[' || char(1) || '-' || char(31) || char(127) ||"
        " ']*' OR instr(detail, char(0)) > 0)) LIMIT 1",
    [VERIFY_ODD_SHOWN] = "SELECT s.delivery, s.id FROM shown s LEFT JOIN journal j ON j.id = s.id"
                         " WHERE j.delivery IS NOT s.delivery LIMIT 1",
    [VERIFY_ODD_OPTOUT] =
        "SELECT o.event, 0 FROM optout o WHERE NOT EXISTS (SELECT 1 FROM optout_event e"
        " WHERE e.id = o.event AND e.address = o.address AND e.at_ms = o.at_ms AND e.refuses = 1"
        " AND e.id = (SELECT max(id) FROM optout_event h WHERE h.address = o.address)) LIMIT 1",
    [VERIFY_UNKNOWN_OPTOUT] =
        "SELECT e.id, e.line FROM optout_event e WHERE e.refuses = 1 AND e.id ="
        " (SELECT max(id) FROM optout_event h WHERE h.address = e.address) AND NOT EXISTS"
        " (SELECT 1 FROM optout o WHERE o.address = e.address) LIMIT 1",
    [VERIFY_ODD_CLOSED] = "SELECT c.delivery, 0 FROM closed c LEFT JOIN delivery d"
                          " ON d.id = c.delivery WHERE d.campaign IS NOT c.campaign LIMIT 1",
    [VERIFY_ODD_VEIL] = "SELECT v.delivery, 0 FROM veil v LEFT JOIN delivery d ON d.id = v.delivery"
                        " LEFT JOIN campaign c ON c.id = d.campaign WHERE c.key IS NOT '' LIMIT 1",
    [VERIFY_ODD_VEIL_TEXT] = "SELECT v.text, 0 FROM veil_text v LEFT JOIN campaign c"
                             " ON c.id = v.campaign WHERE c.key IS NOT '' LIMIT 1",
    [VERIFY_ODD_SUM] = "SELECT summed, 0 FROM meta WHERE summed >"
                       " (SELECT coalesce(max(id), 0) FROM journal) LIMIT 1",
};
