/* books: reading the ledger. See books.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/evidence.h"
#include "gateway/ledger/store_upgrade.h"
#include "gateway/ledger/summary.h"

/* What counts: time that was proved as far as its campaign asks. A slogan that was only once seen
 * has no such time. */
#define REACHED "d.shown_ms > 0"

#define SHOWN                                                                                      \
    "SELECT s.delivery, b.code, u.code, t.body, s.digest, s.file, s.from_ms, s.until_ms, s.level," \
    " s.counted_ms > 0, u.name, b.place"

#define DELIVERY                                                                                   \
    "SELECT d.id, u.code, d.channel, d.address, b.code, d.state, d.parts, d.attempts, d.slot,"     \
    " d.code, v.name, t.body, d.changed_ms, d.shown_ms, d.level, d.from_ms, d.need, d.until_ms"    \
    " FROM delivery d JOIN unit u ON u.id = d.unit JOIN text t ON t.id = d.text"                   \
    " LEFT JOIN board b ON d.channel = 2 AND b.id = d.address"                                     \
    " LEFT JOIN device v ON v.id = d.device WHERE d.campaign = ?1"

const char *const books_sql[BOOKS_STATEMENTS] = {
    [BOOKS_CAMPAIGNS] =
        "SELECT id, code, title, windows, planned, targets, counts, leftover, edited_ms"
        " FROM campaign ORDER BY id",
    [BOOKS_CAMPAIGN] =
        "SELECT id, code, title, windows, planned, targets, counts, leftover, edited_ms"
        " FROM campaign WHERE code = ?1",
    [BOOKS_UNITS] =
        "SELECT u.id, u.code, u.name, c.quota FROM campaign_unit c JOIN unit u ON u.id = c.unit"
        " WHERE c.campaign = ?1 AND (c.quota > 0 OR EXISTS (SELECT 1 FROM count n WHERE"
        " n.campaign = ?1 AND n.unit = c.unit AND n.channel = 1 AND n.n > 0)) ORDER BY c.position, "
        "u.id",
    [BOOKS_TREE] = "SELECT c.unit, c.parent, u.code, u.name FROM campaign_unit c"
                   " JOIN unit u ON u.id = c.unit WHERE c.campaign = ?1 ORDER BY c.position, u.id",
    [BOOKS_UNIT_COUNTS] = "SELECT state, n, parts FROM count"
                          " WHERE campaign = ?1 AND unit = ?2 AND channel = 1",
    [BOOKS_BOARDS] =
        "SELECT b.id, b.code, u.code, b.place, count(*),"
        " count(DISTINCT iif(" REACHED ", t.body, NULL)), sum(" REACHED "), sum(d.shown_ms),"
        " coalesce(min(iif(d.shown_since_ms > 0 OR d.level > 1, d.level, NULL)),"
        " min(iif(d.level > 0, d.level, NULL))), max(d.need), u.name"
        " FROM board b JOIN unit u ON u.id = b.owner"
        " CROSS JOIN delivery d ON d.address = b.id AND d.campaign = ?1 AND d.channel = 2"
        " JOIN text t ON t.id = d.text GROUP BY b.id ORDER BY b.id",
    [BOOKS_BOARD_COUNTS] = "SELECT state, count(*), sum(up = 0) FROM delivery"
                           " WHERE address = ?2 AND campaign = ?1 AND channel = 2 GROUP BY state",
    [BOOKS_REACHED] = "SELECT DISTINCT b.code, u.code, b.place, t.body"
                      " FROM board b JOIN unit u ON u.id = b.owner"
                      " JOIN delivery d ON d.address = b.id AND d.campaign = ?1 AND d.channel = 2"
                      " JOIN text t ON t.id = d.text WHERE " REACHED,
    [BOOKS_SHOWN] = SHOWN " FROM shown s"
                          " JOIN delivery d ON d.id = s.delivery JOIN board b ON b.id = d.address"
                          " JOIN unit u ON u.id = b.owner JOIN text t ON t.id = d.text"
                          " WHERE (?1 = 0 OR d.campaign = ?1) AND s.until_ms > ?2"
                          " ORDER BY s.from_ms, s.id",
    /* CROSS JOIN, also above: in the order of naming; nothing is sorted, no message read. */
    [BOOKS_SHOWN_BOARDS] =
        SHOWN " FROM board b CROSS JOIN delivery d ON d.address = b.id AND d.campaign = ?1"
              " AND d.channel = 2 CROSS JOIN shown s ON s.delivery = d.id"
              " JOIN unit u ON u.id = b.owner JOIN text t ON t.id = d.text"
              " ORDER BY b.id, d.slot, s.from_ms",
    [BOOKS_BOARD_STATES] =
        "SELECT b.id, b.code, u.code, s.state, s.power, s.clock_known, s.skew_ms, s.width,"
        " s.height, s.seen_ms, s.told_ms, s.why, s.playing, s.firmware, r.released, r.at_ms, r.by,"
        " s.clear"
        " FROM board b JOIN unit u ON u.id = b.owner LEFT JOIN board_state s ON s.board = b.id"
        " LEFT JOIN board_release r ON r.id ="
        " (SELECT max(id) FROM board_release WHERE board = b.id) ORDER BY b.code",
    [BOOKS_BOARD_UP] = "SELECT t.body, d.level FROM delivery d JOIN text t ON t.id = d.text"
                       " WHERE d.up = 1 AND d.address = ?1 AND d.state IN (4, 12, 8)"
                       " ORDER BY max(d.shown_until_ms, d.taken_ms) DESC, d.id DESC LIMIT 1",
    /* Slots of today are today's altogether; of those before only some intervals are. */
    [BOOKS_BOARD_TODAY] = "SELECT coalesce(sum(shown_ms), 0) FROM delivery WHERE address = ?1"
                          " AND shown_until_ms > ?2 AND shown_ms > 0 AND from_ms >= ?2"
                          " AND channel = 2",
    [BOOKS_BOARD_NIGHT] = "SELECT d.id, s.from_ms, s.until_ms FROM delivery d"
                          " JOIN shown s ON s.delivery = d.id AND s.counted_ms > 0"
                          " WHERE d.address = ?1 AND d.shown_until_ms > ?2 AND d.shown_ms > 0"
                          " AND d.from_ms < ?2 AND d.channel = 2 AND s.until_ms > ?2 ORDER BY d.id",
    [BOOKS_RELEASES] = "SELECT b.code, r.by, r.at_ms, r.released FROM board_release r"
                       " JOIN board b ON b.id = r.board ORDER BY r.id",
    [BOOKS_OWNER] = "SELECT campaign FROM delivery WHERE id = ?1",
    [BOOKS_DELIVERIES] = DELIVERY " ORDER BY d.id",
    [BOOKS_FAILED] = DELIVERY " AND d.channel = 1 AND d.state IN (6, 7) ORDER BY d.id",
    [BOOKS_STATES] = "SELECT id, unit, channel, state, parts, level, shown_since_ms, shown_ms,"
                     " route, EXISTS (SELECT 1 FROM closed c WHERE c.delivery = delivery.id)"
                     " FROM delivery WHERE campaign = ?1 ORDER BY id",
    [BOOKS_JOURNAL] = "SELECT delivery, from_state, to_state, at_ms, level, shown_ms, cause"
                      " FROM journal WHERE delivery BETWEEN ?1 AND ?2 ORDER BY id",
    [BOOKS_DANGLING] =
        "SELECT id FROM delivery d WHERE campaign = ?1 AND NOT ("
        " EXISTS (SELECT 1 FROM text t WHERE t.id = d.text)"
        " AND EXISTS (SELECT 1 FROM unit u JOIN campaign_unit c ON c.unit = u.id"
        " WHERE u.id = d.unit AND c.campaign = ?1)"
        " AND (channel = 1 OR EXISTS (SELECT 1 FROM board b WHERE b.id = d.address))) LIMIT 1",
    [BOOKS_ORPHAN] =
        "SELECT delivery FROM journal j WHERE from_state IS NULL AND delivery <> 0 AND NOT EXISTS"
        " (SELECT 1 FROM delivery d WHERE d.id = j.delivery) LIMIT 1",
    [BOOKS_PROOFS] =
        "SELECT s.delivery, s.from_ms, s.until_ms, s.counted_ms, s.level, d.need, d.level,"
        " d.shown_ms, d.shown_until_ms, j.delivery, j.shown_ms FROM shown s"
        " JOIN delivery d ON d.id = s.delivery LEFT JOIN journal j ON j.id = s.id"
        " WHERE d.campaign = ?1 ORDER BY s.delivery, s.id",
    [BOOKS_UNPROVED] = "SELECT delivery FROM journal j WHERE shown_ms IS NOT NULL AND NOT EXISTS"
                       " (SELECT 1 FROM shown s WHERE s.id = j.id) LIMIT 1",
    [BOOKS_PROOFLESS] =
        "SELECT id FROM delivery d WHERE campaign = ?1 AND (shown_ms <> 0 OR shown_until_ms <> 0)"
        " AND NOT EXISTS (SELECT 1 FROM shown s WHERE s.delivery = d.id) LIMIT 1",
    [BOOKS_COUNTS] =
        "SELECT unit, channel, state, n, parts, route,"
        " coalesce((SELECT code || ' (' || name || ')' FROM unit u WHERE u.id = unit), '')"
        " FROM count WHERE campaign = ?1",
    /* By bank, and by the number inside the bank: bank-a/9 before bank-a/10. */
    [BOOKS_MODEMS] =
        "SELECT d.name, m.sim, m.state, m.why, m.imei, m.imsi, m.smsc, m.network, m.model,"
        " m.registration, m.signal_dbm, m.cdma, m.paused, m.error, m.error_ms, m.seen_ms"
        " FROM modem m JOIN device d ON d.id = m.device"
        " ORDER BY rtrim(d.name, '0123456789'), length(d.name), d.name",
    [BOOKS_SIM] = "SELECT id FROM sim WHERE name = ?1",
    [BOOKS_USAGE] = "SELECT slot, parts FROM usage WHERE sim = ?1 AND slot >= ?2 AND parts > 0",
    [BOOKS_REPLIES] =
        "SELECT r.id, r.at_ms, r.sent_ms, r.sender, r.address, r.total, r.got, r.refusal, c.code,"
        " u.code, v.name, coalesce(a.state, 0), i.seq, i.text"
        " FROM reply r CROSS JOIN inbound i ON i.reply = r.id"
        " LEFT JOIN campaign c ON c.id = r.campaign LEFT JOIN unit u ON u.id = r.unit"
        " LEFT JOIN device v ON v.id = r.device LEFT JOIN answer a ON a.reply = r.id"
        " WHERE ?1 = '' OR c.code = ?1 ORDER BY r.id, i.seq",
    [BOOKS_NOTES] = "SELECT (SELECT count(*) FROM unmatched),"
                    " (SELECT count(*) FROM closed WHERE campaign = ?1),"
                    " (SELECT count(*) FROM optout)",
    [BOOKS_OPTOUTS] = "SELECT o.address, o.at_ms, e.source, e.line,"
                      " (SELECT count(*) FROM optout_event h WHERE h.address = o.address), e.note"
                      " FROM optout o JOIN optout_event e ON e.id = o.event ORDER BY e.id",
    [BOOKS_REFUSALS] = "SELECT refuses, at_ms, source, reply, line, note FROM optout_event"
                       " WHERE address = ?1 ORDER BY id",
    [BOOKS_CLAIMED] = "SELECT count(*) FROM journal WHERE id > ?2 AND id < ?3 AND to_state = 2"
                      " AND +delivery IN"
                      " (SELECT id FROM delivery WHERE address = ?1 AND channel = 1)",
    [BOOKS_ROUTES] =
        "SELECT u.code, n.unit, n.route, n.state, n.n, n.parts FROM count n LEFT JOIN unit u ON"
        " u.id = n.unit LEFT JOIN campaign_unit c ON c.campaign = n.campaign AND c.unit = n.unit"
        " WHERE n.campaign = ?1 AND n.channel = 1 AND n.n <> 0 ORDER BY c.position, n.unit, "
        "n.route",
    [BOOKS_SUMMED] = "SELECT NOT " SUMMARY_BEHIND " FROM meta LIMIT 1",
    [BOOKS_SUMMARY] = "SELECT device, sim, day, state, n, parts FROM summary WHERE campaign = ?1",
    [BOOKS_MESSAGES] = "SELECT campaign, " SUMMARY_MESSAGES " AND campaign = ?1",
    [BOOKS_UNIT_DAYS] = "SELECT unit, 0, 0, taken_ms, state, parts FROM delivery"
                        " WHERE channel = 1 AND campaign = ?1",
    [BOOKS_FINISHES] = "SELECT u.code, max(j.at_ms) FROM journal j JOIN delivery d"
                       " ON d.id = j.delivery JOIN unit u ON u.id = d.unit"
                       " WHERE d.campaign = ?1 AND d.channel = 1 AND j.to_state = 4"
                       " GROUP BY d.unit ORDER BY u.code",
    /* Each line of a message's journal with what the line before it says of the modem. */
    [BOOKS_PACE] =
        "SELECT l.cause, l.to_state, coalesce(v.name, ''), count(*), sum(l.parts), sum(l.ms) FROM"
        " (SELECT j.cause, j.to_state, y.parts, lag(j.cause) OVER w AS was,"
        " lag(j.device) OVER w AS device, j.at_ms - lag(j.at_ms) OVER w AS ms"
        " FROM journal j JOIN delivery y ON y.id = j.delivery"
        " WHERE j.id > (SELECT coalesce(max(id), 0) FROM journal) - ?1 AND y.channel = 1"
        " WINDOW w AS (PARTITION BY j.delivery ORDER BY j.id)) l"
        " LEFT JOIN device v ON v.id = l.device"
        " WHERE l.ms >= 0 AND (l.cause = 4 AND l.was = 3 OR l.cause = 5 AND l.was = 4)"
        " GROUP BY l.cause, l.to_state, v.name",
    [BOOKS_DEVICE_NAME] = "SELECT name FROM device WHERE id = ?1",
    [BOOKS_SIM_NAME] = "SELECT name FROM sim WHERE id = ?1",
    [BOOKS_UNIT_CODE] = "SELECT code, name FROM unit WHERE id = ?1",
    [BOOKS_SOURCE] = "SELECT source FROM campaign WHERE id = ?1",
    [BOOKS_TEXTS] = "SELECT DISTINCT d.campaign, t.id, t.body, v.tag FROM delivery d"
                    " JOIN text t ON t.id = d.text LEFT JOIN veil_text v"
                    " ON v.campaign = d.campaign AND v.text = t.id"
                    " WHERE t.personal = 0 ORDER BY d.campaign, t.id",
    /* Named since the first row with a name after the last one without. */
    [BOOKS_CONTACTS] =
        "SELECT u.code, u.name, c.name, c.position, c.phone, (SELECT min(s.at_ms) FROM contact s"
        " WHERE s.unit = u.id AND s.id > coalesce((SELECT max(e.id) FROM contact e"
        " WHERE e.unit = u.id AND e.name = ''), 0))"
        " FROM campaign_unit o JOIN unit u ON u.id = o.unit LEFT JOIN contact c ON c.id ="
        " (SELECT max(l.id) FROM contact l WHERE l.unit = u.id)"
        " WHERE o.campaign = ?1 AND (o.quota > 0 OR EXISTS (SELECT 1 FROM count n"
        " WHERE n.campaign = ?1 AND n.unit = o.unit AND n.n > 0)) ORDER BY o.position",
    [BOOKS_DEADLINE] = "SELECT contacts_ms, made_ms FROM campaign WHERE id = ?1",
    [BOOKS_ACTIVITY] = "SELECT a.held, a.place, a.content, a.participants, a.at_ms FROM activity a"
                       " JOIN unit u ON u.id = a.unit WHERE a.campaign = ?1 AND u.code = ?2"
                       " ORDER BY a.id DESC LIMIT 1",
    [BOOKS_PHOTOS] = "SELECT p.name, p.file, p.at_ms FROM photo p JOIN unit u ON u.id = p.unit"
                     " WHERE p.campaign = ?1 AND u.code = ?2 ORDER BY p.id",
    /* ?1..?2: CROSS JOIN order is that of the journal. */
    [BOOKS_LINES] =
        "SELECT j.id, j.delivery, j.at_ms, j.from_state, j.to_state, j.cause, j.device, j.sim,"
        " j.code, j.level, j.shown_ms, j.mark, j.detail, d.campaign, d.unit, d.channel, d.route,"
        " d.address, d.slot, d.parts, d.alphabet, d.from_ms, d.until_ms, d.need, d.text,"
        " s.from_ms, s.until_ms, s.counted_ms, s.level, s.digest, s.file, v.tag"
        " FROM journal j LEFT JOIN delivery d ON d.id = j.delivery"
        " LEFT JOIN shown s ON s.id = j.id AND d.channel = 2 LEFT JOIN veil v ON v.delivery = d.id"
        " WHERE j.id BETWEEN ?1 AND ?2 ORDER BY j.id",
    [BOOKS_ZONE] = "SELECT timezone FROM meta",
    [BOOKS_CAMPAIGN_KEYS] = "SELECT id, key FROM campaign",
    [BOOKS_TEXT] = "SELECT body FROM text WHERE id = ?1 AND ?2 = ?2",
    [BOOKS_VEIL_TEXT] = "SELECT tag FROM veil_text WHERE text = ?1 AND campaign = ?2",
    [BOOKS_LOG] = "SELECT m.origin, (SELECT coalesce(max(id), 0) FROM journal),"
                  " (SELECT count(*) FROM journal), t.size, t.at_ms, t.peaks"
                  " FROM meta m LEFT JOIN tree t ON t.id = 1",
    [BOOKS_LAST_LINE] = "SELECT coalesce(max(id), 0) FROM journal",
    [BOOKS_CHECKPOINTS] = "SELECT size, at_ms, note FROM checkpoint ORDER BY size",
    [BOOKS_KEYS] = "SELECT line, public FROM public_key ORDER BY line",
    [BOOKS_TILES] = "SELECT id, hash FROM tile ORDER BY id",
    [BOOKS_TAG_KEY] = "SELECT key FROM campaign WHERE id = ?1 AND ?1 <> 0"
                      " UNION ALL SELECT key FROM meta WHERE ?1 = 0",
    [BOOKS_NUMBER] = "SELECT id, campaign FROM delivery WHERE address = ?1 AND channel = 1"
                     " ORDER BY id",
    [BOOKS_LINES_OF] = "SELECT id FROM journal WHERE delivery = ?1 ORDER BY id",
    [BOOKS_CHECKPOINT] = "SELECT note FROM checkpoint WHERE size = ?1",
    [BOOKS_PENDING] = "SELECT from_ms, until_ms, lost FROM restored WHERE line = 0"
                      " ORDER BY id DESC LIMIT 1",
    [BOOKS_GAVE_UP] = "SELECT 1 FROM restored WHERE mark = ?1 LIMIT 1",
    [BOOKS_STEERED] = "SELECT at_ms, scope, verb, campaign, name, coalesce(value, 0), by FROM steer"
                      " WHERE ?1 = '' OR campaign IN ('', ?1) ORDER BY id",
    [BOOKS_APPROVALS] = "SELECT at_ms, campaign, content, prepared, approver, note FROM approval"
                        " WHERE (?1 = '' OR campaign = ?1) AND (?2 = '' OR content = ?2)"
                        " ORDER BY id",
    [BOOKS_PICTURES] = "SELECT file FROM shown WHERE file <> '' UNION SELECT file FROM photo",
};

/* Days in reports are those that the books were kept by, wherever they are read. */
static int books_use_zone(struct books *books)
{
    MEM_FREE_LATER char *here = zone_name();
    int rc = db_row(books->db, BOOKS_ZONE);

    if (rc <= 0)
        return rc < 0 ? rc : -EUCLEAN;
    if (strcmp(db_text(books->db, BOOKS_ZONE, 0), here) != 0)
        zone_use(db_text(books->db, BOOKS_ZONE, 0));
    db_end(books->db, BOOKS_ZONE);
    return 0;
}

static int books_check(struct books *books, const char *path, char *why, size_t why_size)
{
    int64_t application, version;
    int rc = db_ask(books->db, "PRAGMA application_id", &application);

    if (rc == 0)
        rc = db_ask(books->db, "PRAGMA user_version", &version);
    if (rc < 0)
        return rc;
    if (application != SQL_APPLICATION) {
        snprintf(why, why_size, lang("%s is not a lawcast ledger", "%s 不是 lawcast 账本"), path);
        return -EMEDIUMTYPE;
    }
    if (version != SQL_VERSION) {
        snprintf(why, why_size,
                 store_upgradable(version)
                     ? lang("%s is of an earlier version (%lld; this program reads %d): run "
                            "\"lawcast upgrade\" once; it keeps a copy of the old books",
                            "%s 是早期版本的账本（%lld，本程序读取 %d）：请运行一次 lawcast "
                            "upgrade，旧账本会保留副本")
                 : version > SQL_VERSION
                     ? lang("%s is a ledger of version %lld and this program reads version %d: use "
                            "the lawcast that wrote it",
                            "%s 的账本版本是 %lld，本程序只能读版本 %d：请使用写入它的 lawcast")
                     : lang("%s was made by a test version of lawcast (books version %lld, this "
                            "program needs %d): move it away and start new books",
                            "%s 由 lawcast 的测试版本创建（账本版本 %lld，本程序需要 "
                            "%d）：请将其移走，改用新账本"),
                 path, (long long)version, SQL_VERSION);
        return -ENOTSUP;
    }
    rc = db_prepare(books->db, books_sql, BOOKS_STATEMENTS);
    return rc < 0 ? rc : books_use_zone(books);
}

static void books_explain(const struct books *books, int rc, const char *path, char *why,
                          size_t why_size)
{
    if (rc == -ENOENT)
        snprintf(
            why, why_size,
            lang("there are no books at %s yet: lawcast audit key --begin makes them, and so does "
                 "the first lawcast run; or check ledger.path",
                 "%s 处还没有账本：用 lawcast audit key --begin 建立，首次 lawcast run "
                 "也会建立；或检查 ledger.path"),
            path);
    else if (rc == -EBUSY)
        snprintf(why, why_size,
                 lang("%s is held by another program, such as a database browser (%s): close that "
                      "program",
                      "%s 正被其他程序占用，例如数据库浏览器（%s）：请关闭该程序"),
                 path, db_why(books->db));
    else if (rc == -EUCLEAN)
        snprintf(why, why_size,
                 lang("%s is damaged (%s): put back a backup copy", "%s 已损坏（%s）：请恢复备份"),
                 path, db_why(books->db));
    else
        snprintf(why, why_size,
                 lang("%s can't be read (%s): check its rights and that it is a lawcast ledger",
                      "无法读取 %s（%s）：请检查权限，并确认它是 lawcast 账本"),
                 path, db_why(books->db));
}

/* A gateway that starts just now meets this lock: it tries again for two seconds (db.c). */
bool books_in_use(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool used;

    if (file < 0)
        return false;
    used = flock(file, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    close(file);
    return used;
}

int books_open(struct books **out, const char *path, char *why, size_t why_size)
{
    struct books *books = mem_new(struct books);
    MEM_FREE_LATER char *pictures = evidence_folder(path);
    const char *slash = strrchr(pictures, '/');
    int rc = db_open(&books->db, path, DB_READ);

    *out = NULL;
    why[0] = '\0';
    books->pictures = mem_dup(slash ? slash + 1 : pictures);
    if (rc == 0)
        rc = books_check(books, path, why, why_size);
    if (rc == 0) {
        *out = books;
        return 0;
    }
    if (!why[0])
        books_explain(books, rc, path, why, why_size);
    books_close(books);
    return rc;
}

void books_close(struct books *books)
{
    if (!books)
        return;
    db_close(books->db);
    free(books->pictures);
    free(books);
}

void books_copy(char *to, size_t room, const char *from)
{
    size_t length = strlen(from);

    if (length >= room) {
        length = room - 1;
        while (length && ((unsigned char)from[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

static void books_read_campaign(struct books *books, enum books_statement s,
                                struct books_campaign *out)
{
    *out = (struct books_campaign){
        .number = db_int(books->db, s, 0),
        .title = mem_dup(db_text(books->db, s, 2)),
        .windows = mem_dup(db_text(books->db, s, 3)),
        .planned = db_int(books->db, s, 4) != 0,
        .targets = mem_dup(db_text(books->db, s, 5)),
        .counts = (int)db_int(books->db, s, 6),
        .leftover = (int)db_int(books->db, s, 7),
        .edited_ms = db_int(books->db, s, 8),
    };
    books_copy(out->id, sizeof out->id, db_text(books->db, s, 1));
}

int books_campaigns(struct books *books,
                    int (*each)(void *ctx, const struct books_campaign *campaign), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_CAMPAIGNS)) > 0) {
        struct books_campaign campaign;
        int answer;

        books_read_campaign(books, BOOKS_CAMPAIGNS, &campaign);
        answer = each(ctx, &campaign);
        books_campaign_release(&campaign);
        if (answer) {
            db_end(books->db, BOOKS_CAMPAIGNS);
            return answer;
        }
    }
    return rc;
}

int books_find_campaign(struct books *books, const char *id, struct books_campaign *out)
{
    int rc;

    db_bind_text(books->db, BOOKS_CAMPAIGN, 1, id);
    rc = db_row(books->db, BOOKS_CAMPAIGN);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    books_read_campaign(books, BOOKS_CAMPAIGN, out);
    db_end(books->db, BOOKS_CAMPAIGN);
    return 0;
}

void books_campaign_release(struct books_campaign *campaign)
{
    free(campaign->title);
    free(campaign->windows);
    free(campaign->targets);
    campaign->title = campaign->windows = campaign->targets = NULL;
}

int books_begin(struct books *books)
{
    return books->held ? 0 : db_exec(books->db, "BEGIN");
}

int books_end(struct books *books, int rc)
{
    if (!books->held)
        db_rollback(books->db);
    return rc;
}

int books_hold(struct books *books)
{
    int rc = books_begin(books);

    if (rc == 0)
        books->held++;
    return rc;
}

void books_let_go(struct books *books)
{
    LOG_ASSERT(books->held);
    if (--books->held == 0)
        db_rollback(books->db);
}

/* Figures of a state or level that there is not are left out: books_recount names them, and a
 * figure beside a named untruth is worth more than none. */
bool books_is_state(int64_t state)
{
    return state >= 0 && state < DELIVERY_STATES;
}

int books_level(int64_t level)
{
    return level >= LEVEL_UNKNOWN && level <= LEVEL_LOGGED ? (int)level : LEVEL_UNKNOWN;
}

int books_keep(int rc, void *items, size_t *n)
{
    if (rc == 0)
        return 0;
    free(items);
    *n = 0;
    return rc;
}

int books_recount(struct books *books, int64_t campaign, struct books_recount *out)
{
    int rc = books_begin(books);

    *out = (struct books_recount){0};
    return rc < 0 ? rc : books_end(books, recount_run(books, campaign, out));
}
