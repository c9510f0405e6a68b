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
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/evidence.h"

/* What counts: time that was proved as far as its campaign asks. A slogan that was only once seen
 * has no such time. */
#define REACHED "d.shown_ms > 0"

#define SHOWN                                                                                      \
    "SELECT s.delivery, b.code, u.code, t.body, s.digest, s.file, s.from_ms, s.until_ms, s.level," \
    " s.counted_ms > 0, u.name, b.place"

static const char *const books_sql[BOOKS_STATEMENTS] = {
    [BOOKS_CAMPAIGNS] =
        "SELECT id, code, title, windows, planned, targets FROM campaign ORDER BY id",
    [BOOKS_CAMPAIGN] =
        "SELECT id, code, title, windows, planned, targets FROM campaign WHERE code = ?1",
    [BOOKS_UNITS] =
        "SELECT u.id, u.code, u.name, c.quota FROM campaign_unit c JOIN unit u ON u.id = c.unit"
        " WHERE c.campaign = ?1 AND (c.quota > 0 OR EXISTS (SELECT 1 FROM count n WHERE"
        " n.campaign = ?1 AND n.unit = c.unit AND n.channel = 1 AND n.n > 0)) ORDER BY c.position",
    [BOOKS_UNIT_COUNTS] = "SELECT state, n, parts FROM count"
                          " WHERE campaign = ?1 AND unit = ?2 AND channel = 1",
    [BOOKS_BOARDS] =
        "SELECT b.id, b.code, u.code, b.place, count(*),"
        " count(DISTINCT iif(" REACHED ", t.body, NULL)), sum(" REACHED "), sum(d.shown_ms),"
        " coalesce(min(iif(d.shown_since_ms > 0 OR d.level > 1, d.level, NULL)),"
        " min(iif(d.level > 0, d.level, NULL))), max(d.need), u.name"
        " FROM board b JOIN unit u ON u.id = b.owner"
        " JOIN delivery d ON d.address = b.id AND d.campaign = ?1 AND d.channel = 2"
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
    /* CROSS JOIN: as they are named here, they come in this order without sorting. */
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
    [BOOKS_DELIVERIES] =
        "SELECT d.id, u.code, d.channel, d.address, b.code, d.state, d.parts, d.attempts, d.slot,"
        " d.code, v.name, t.body, d.changed_ms, d.shown_ms, d.level, d.from_ms,"
        " d.need, d.until_ms FROM delivery d"
        " JOIN unit u ON u.id = d.unit JOIN text t ON t.id = d.text"
        " LEFT JOIN board b ON d.channel = 2 AND b.id = d.address"
        " LEFT JOIN device v ON v.id = d.device WHERE d.campaign = ?1 ORDER BY d.id",
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
    [BOOKS_ORPHAN] = "SELECT delivery FROM journal j WHERE from_state IS NULL AND NOT EXISTS"
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
    [BOOKS_COUNTS] = "SELECT unit, channel, state, n, parts, route FROM count WHERE campaign = ?1",
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
};

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
                 version > SQL_VERSION
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
    return db_prepare(books->db, books_sql, BOOKS_STATEMENTS);
}

static void books_explain(const struct books *books, int rc, const char *path, char *why,
                          size_t why_size)
{
    if (rc == -ENOENT)
        snprintf(why, why_size,
                 lang("there are no books at %s yet: run a campaign first, or check ledger.path",
                      "%s 处还没有账本：请先运行一次任务，或检查 ledger.path"),
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
    return db_exec(books->db, "BEGIN");
}

int books_end(struct books *books, int rc)
{
    db_rollback(books->db);
    return rc;
}

/* Figures of a state or level that there is not are left out: books_recount names them, and a
 * figure beside a named untruth is worth more than none. */
bool books_is_state(int64_t state)
{
    return state >= 0 && state < DELIVERY_STATES;
}

/* Damaged figures wrap around instead of overflowing. */
static void books_add(int64_t *sum, int64_t value)
{
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)value);
}

int books_level(int64_t level)
{
    return level >= LEVEL_UNKNOWN && level <= LEVEL_LOGGED ? (int)level : LEVEL_UNKNOWN;
}

static int books_unit_counts(struct books *books, int64_t campaign, int64_t unit,
                             struct books_unit *out)
{
    int rc;

    db_start(books->db, BOOKS_UNIT_COUNTS, campaign, unit);
    while ((rc = db_row(books->db, BOOKS_UNIT_COUNTS)) > 0) {
        int64_t state = db_int(books->db, BOOKS_UNIT_COUNTS, 0);

        if (!books_is_state(state))
            continue;
        books_add(&out->n[state], db_int(books->db, BOOKS_UNIT_COUNTS, 1));
        books_add(&out->parts[state], db_int(books->db, BOOKS_UNIT_COUNTS, 2));
    }
    return rc;
}

static int books_read_units(struct books *books, int64_t campaign, struct books_unit **out,
                            size_t *n)
{
    int rc;

    db_start(books->db, BOOKS_UNITS, campaign);
    while ((rc = db_row(books->db, BOOKS_UNITS)) > 0) {
        struct books_unit unit = {.quota = db_int(books->db, BOOKS_UNITS, 3)};

        books_copy(unit.id, sizeof unit.id, db_text(books->db, BOOKS_UNITS, 1));
        books_copy(unit.name, sizeof unit.name, db_text(books->db, BOOKS_UNITS, 2));
        rc = books_unit_counts(books, campaign, db_int(books->db, BOOKS_UNITS, 0), &unit);
        if (rc < 0)
            return rc;
        *out = mem_grow(*out, *n + 1, sizeof **out);
        (*out)[(*n)++] = unit;
    }
    return rc;
}

int books_keep(int rc, void *items, size_t *n)
{
    if (rc == 0)
        return 0;
    free(items);
    *n = 0;
    return rc;
}

int books_units(struct books *books, int64_t campaign, struct books_unit **out, size_t *n)
{
    int rc = books_begin(books);

    *out = NULL;
    *n = 0;
    if (rc == 0)
        rc = books_end(books, books_read_units(books, campaign, out, n));
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}

static void books_read_delivery(const struct books *books, struct books_delivery *out)
{
    const struct db *db = books->db;

    *out = (struct books_delivery){
        .id = db_int(db, BOOKS_DELIVERIES, 0),
        .channel = (enum delivery_channel)db_int(db, BOOKS_DELIVERIES, 2),
        .address = db_int(db, BOOKS_DELIVERIES, 3),
        .state = (enum delivery_state)db_int(db, BOOKS_DELIVERIES, 5),
        .parts = (int32_t)db_int(db, BOOKS_DELIVERIES, 6),
        .attempts = (int32_t)db_int(db, BOOKS_DELIVERIES, 7),
        .slot = (int32_t)db_int(db, BOOKS_DELIVERIES, 8),
        .code = (int32_t)db_int(db, BOOKS_DELIVERIES, 9),
        .text = db_text(db, BOOKS_DELIVERIES, 11),
        .changed_ms = db_int(db, BOOKS_DELIVERIES, 12),
        .shown_ms = db_int(db, BOOKS_DELIVERIES, 13),
        .level = books_level(db_int(db, BOOKS_DELIVERIES, 14)),
        .from_ms = db_int(db, BOOKS_DELIVERIES, 15),
        .need = books_level(db_int(db, BOOKS_DELIVERIES, 16)),
        .until_ms = db_int(db, BOOKS_DELIVERIES, 17),
    };
    books_copy(out->unit, sizeof out->unit, db_text(db, BOOKS_DELIVERIES, 1));
    books_copy(out->board, sizeof out->board, db_text(db, BOOKS_DELIVERIES, 4));
    books_copy(out->device, sizeof out->device, db_text(db, BOOKS_DELIVERIES, 10));
}

int books_deliveries(struct books *books, int64_t campaign,
                     int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx)
{
    int rc;

    db_start(books->db, BOOKS_DELIVERIES, campaign);
    while ((rc = db_row(books->db, BOOKS_DELIVERIES)) > 0) {
        bool valid = books_is_state(db_int(books->db, BOOKS_DELIVERIES, 5));
        struct books_delivery delivery;
        int answer = -EUCLEAN;

        books_read_delivery(books, &delivery);
        if (valid)
            answer = each(ctx, &delivery);
        if (answer) {
            db_end(books->db, BOOKS_DELIVERIES);
            return answer;
        }
    }
    return rc;
}

int books_recount(struct books *books, int64_t campaign, struct books_recount *out)
{
    int rc = books_begin(books);

    *out = (struct books_recount){0};
    return rc < 0 ? rc : books_end(books, recount_run(books, campaign, out));
}
