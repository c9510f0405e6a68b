/* store_upgrade_5: from books of version 4, whose journal was no log yet.
 * Runs: loop, before there is a ledger thread.
 *
 * The lines of the journal become leaves as they are, in their order. What they refer to is told
 * after them, with the times that the rows have; then comes the record that begins the log, and
 * the one that says that it was an upgrade: so a reader knows which records are of the older
 * program. Nothing is made up but the keys. */
#include "gateway/ledger/store_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/ledger/store_upgrade.h"

#define UPGRADE_LINES (64 * MERKLE_TILE) /* of the journal, read at a time */

/* Statements that stand behind those of the books, then behind those of the store. */
enum upgrade_statement {
    UPGRADE_MARK,
    UPGRADE_TILE,
    UPGRADE_TREE,
    UPGRADE_CAMPAIGNS,
    UPGRADE_KEY,
    UPGRADE_REFUSALS,
    UPGRADE_UNITS, /* from here on: facts */
    UPGRADE_ORDERS,
    UPGRADE_PLANNED,
    UPGRADE_BOARDS,
    UPGRADE_DEVICES,
    UPGRADE_SIMS,
    UPGRADE_RELEASES,
    UPGRADE_STRAYS,
    UPGRADE_STATEMENTS
};

/* Of a fact: its time (NULL: that of the upgrade) and its text. */
static const char *const upgrade_sql[UPGRADE_STATEMENTS] = {
    [UPGRADE_MARK] = "UPDATE journal SET mark = ?2 WHERE id = ?1",
    [UPGRADE_TILE] = "INSERT INTO tile(id, hash) VALUES(?1, ?2)",
    [UPGRADE_TREE] = "INSERT INTO tree(id, size, at_ms, peaks) VALUES(1, ?1, coalesce((SELECT at_ms"
                     " FROM journal ORDER BY id DESC LIMIT 1), 0), ?2)",
    [UPGRADE_CAMPAIGNS] =
        "SELECT id, made_ms, code, title, windows, targets, source FROM campaign ORDER BY id",
    [UPGRADE_KEY] = "UPDATE campaign SET key = ?2 WHERE id = ?1",
    [UPGRADE_REFUSALS] = "SELECT address, at_ms, reply FROM optout_4 ORDER BY id",
    [UPGRADE_UNITS] =
        "SELECT NULL, json_object('unit', id, 'code', code, 'name', name) FROM unit ORDER BY id",
    [UPGRADE_ORDERS] =
        "SELECT NULL, json_object('campaign', campaign, 'unit', unit, 'quota', quota, 'position',"
        " position) FROM campaign_unit ORDER BY campaign, position",
    [UPGRADE_PLANNED] =
        "SELECT NULL, json_object('campaign', id) FROM campaign WHERE planned = 1 ORDER BY id",
    [UPGRADE_BOARDS] =
        "SELECT NULL, json_object('board', id, 'code', code, 'owner', owner, 'place',"
        " place) FROM board ORDER BY id",
    [UPGRADE_DEVICES] =
        "SELECT NULL, json_object('device', id, 'name', name) FROM device ORDER BY id",
    [UPGRADE_SIMS] = "SELECT NULL, json_object('sim', id, 'name', name) FROM sim ORDER BY id",
    [UPGRADE_RELEASES] = "SELECT at_ms, json_object('board', board, 'released',"
                         " json(iif(released, 'true', 'false')), 'by', by)"
                         " FROM board_release ORDER BY id",
    [UPGRADE_STRAYS] = "SELECT at_ms, json_object('device', device, 'reference', reference,"
                       " 'status', status) FROM unmatched ORDER BY id",
};

#define UPGRADE_KEEPS(table, columns)                                                              \
    "CREATE TRIGGER " table "_keeps BEFORE UPDATE " columns "ON " table                            \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"
#define UPGRADE_HOLDS(table)                                                                       \
    "CREATE TRIGGER " table "_holds BEFORE DELETE ON " table                                       \
    " BEGIN SELECT RAISE(ABORT, 'the " table " is append-only'); END;"

/* This text stays as it is, whatever later versions bring: they have steps of their own. Which
 * texts have fields of their recipient isn't known any more: all messages are taken for such. */
static const char upgrade_begin[] =
    "DROP TRIGGER journal_keeps; DROP TRIGGER journal_holds; DROP TRIGGER text_keeps;"
    "DROP TRIGGER text_holds; DROP TRIGGER optout_keeps; DROP TRIGGER optout_holds;"
    "ALTER TABLE meta RENAME TO meta_4; ALTER TABLE campaign RENAME TO campaign_4;"
    "ALTER TABLE text RENAME TO text_4; ALTER TABLE optout RENAME TO optout_4;"
    "ALTER TABLE journal RENAME TO journal_4;"
    "CREATE TABLE meta(version INTEGER NOT NULL, made_ms INTEGER NOT NULL, origin TEXT NOT NULL,"
    " key TEXT NOT NULL, timezone TEXT NOT NULL, summed INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE campaign(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
    " source TEXT NOT NULL, windows TEXT NOT NULL, targets TEXT NOT NULL, key TEXT NOT NULL,"
    " planned INTEGER NOT NULL DEFAULT 0, erased_ms INTEGER NOT NULL DEFAULT 0,"
    " contacts_ms INTEGER NOT NULL DEFAULT 0, made_ms INTEGER NOT NULL) STRICT;"
    "INSERT INTO campaign(id, code, title, source, windows, targets, key, planned, made_ms)"
    " SELECT id, code, title, source, windows, targets, '', planned, made_ms FROM campaign_4;"
    "CREATE TABLE text(id INTEGER PRIMARY KEY, body TEXT NOT NULL,"
    " personal INTEGER NOT NULL DEFAULT 0) STRICT;"
    "INSERT INTO text(id, body, personal) SELECT id, body, id IN (SELECT text FROM delivery"
    " WHERE channel = 1 UNION SELECT text FROM reserve) FROM text_4 ORDER BY id;"
    "CREATE TABLE optout(address INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " event INTEGER NOT NULL) STRICT;"
    "CREATE TABLE optout_event(id INTEGER PRIMARY KEY, address INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, refuses INTEGER NOT NULL, reply INTEGER NOT NULL,"
    " source INTEGER NOT NULL, line INTEGER NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE INDEX optout_event_address ON optout_event(address);"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, from_state INTEGER, to_state INTEGER NOT NULL,"
    " cause INTEGER NOT NULL, device INTEGER, sim INTEGER, code INTEGER, level INTEGER,"
    " shown_ms INTEGER, mark INTEGER NOT NULL, detail TEXT) STRICT;"
    "INSERT INTO journal(id, delivery, at_ms, from_state, to_state, cause, device, code, level,"
    " shown_ms, mark, detail) SELECT id, delivery, at_ms, from_state, to_state, cause, device, "
    "code,"
    " level, shown_ms, 0, nullif(nullif(detail, ''), '-') FROM journal_4 ORDER BY id;"
    /* Texts are stored as they are hashed. */
    "UPDATE journal SET detail = (WITH RECURSIVE c(i, t) AS (SELECT 1, journal.detail UNION ALL"
    " SELECT i + 1, replace(t, char(i), ' ') FROM c WHERE i < 32)"
    " SELECT replace(t, char(127), ' ') FROM c WHERE i = 32) WHERE detail GLOB"
    " '*[' || char(1) || '-' || char(31) || char(127) || ']*';"
    "DROP TABLE journal_4; DROP TABLE text_4; DROP TABLE campaign_4;"
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
    " UNIQUE(campaign, unit, file)) STRICT;";

static const char upgrade_end[] =
    "DROP TABLE optout_4; DROP TABLE meta_4;" UPGRADE_KEEPS("journal", "") UPGRADE_HOLDS("journal")
        UPGRADE_KEEPS("text", "") UPGRADE_HOLDS("text") UPGRADE_KEEPS("optout_event", "")
            UPGRADE_HOLDS("optout_event") UPGRADE_KEEPS("tile", "") UPGRADE_HOLDS("tile")
                UPGRADE_KEEPS("checkpoint", "OF size ") UPGRADE_HOLDS("checkpoint")
                    UPGRADE_KEEPS("public_key", "") UPGRADE_HOLDS("public_key")
                        UPGRADE_KEEPS("contact", "") UPGRADE_HOLDS("contact")
                            UPGRADE_KEEPS("activity", "") UPGRADE_HOLDS("activity")
                                UPGRADE_KEEPS("photo", "") UPGRADE_HOLDS("photo")
                                    UPGRADE_KEEPS("restored", "OF from_ms, until_ms, lost, mark ")
                                        UPGRADE_HOLDS("restored");

static int upgrade_prepare(struct db *db, const char *const *others, size_t n)
{
    const char **all = mem_array(n + UPGRADE_STATEMENTS, const char *);
    int rc;

    memcpy(all, others, n * sizeof *all);
    memcpy(all + n, upgrade_sql, sizeof upgrade_sql);
    db_unprepare(db);
    rc = db_prepare(db, all, n + UPGRADE_STATEMENTS);
    free(all);
    return rc;
}

/* ---- leaves ---- */

#define LEAF(statement) (BOOKS_STATEMENTS + (unsigned)(statement))

struct upgrade_leaves {
    struct db *db;
    struct merkle tree, tile;
    int64_t *marks; /* of the lines that are being read */
    size_t n;
    bool torn; /* a line is missing, or what it tells of is */
};

static int upgrade_tile(struct upgrade_leaves *leaves)
{
    BUFFER_FREE_LATER struct buffer hex = BUFFER_NULL;
    struct merkle_hash root;

    merkle_root(&leaves->tile, &root);
    hex_encode(&hex, &root, sizeof root);
    leaves->tile.size = 0;
    db_start(leaves->db, LEAF(UPGRADE_TILE), (int64_t)(leaves->tree.size / MERKLE_TILE) - 1);
    db_bind_text(leaves->db, LEAF(UPGRADE_TILE), 2, buffer_text(&hex));
    return db_finish(leaves->db, LEAF(UPGRADE_TILE));
}

static int upgrade_leaf(void *ctx, const struct books_line *line)
{
    struct upgrade_leaves *leaves = ctx;
    struct merkle_hash leaf;

    leaves->torn = !line->line || line->id != (int64_t)leaves->tree.size + 1;
    if (leaves->torn)
        return 1;
    merkle_leaf(line->line, line->length, &leaf);
    merkle_append(&leaves->tree, &leaf);
    merkle_append(&leaves->tile, &leaf);
    leaves->marks[leaves->n++] = leaves_mark(&leaf, line->id);
    return leaves->tile.size == MERKLE_TILE ? upgrade_tile(leaves) : 0;
}

/* 0; 1: the journal has gaps; -errno. */
static int upgrade_chunk(struct upgrade_leaves *leaves, struct books *books)
{
    int64_t first = (int64_t)leaves->tree.size + 1;
    int rc;

    leaves->n = 0;
    rc = books_lines(books, first, first + UPGRADE_LINES - 1, upgrade_leaf, leaves);
    for (size_t i = 0; i < leaves->n && rc == 0; i++)
        rc = db_run(leaves->db, LEAF(UPGRADE_MARK), first + (int64_t)i, leaves->marks[i]);
    return rc;
}

static int upgrade_tree(struct upgrade_leaves *leaves)
{
    BUFFER_FREE_LATER struct buffer peaks = BUFFER_NULL;

    leaves_peaks_text(&leaves->tree, &peaks);
    db_start(leaves->db, LEAF(UPGRADE_TREE), (int64_t)leaves->tree.size);
    db_bind_text(leaves->db, LEAF(UPGRADE_TREE), 2, buffer_text(&peaks));
    return db_finish(leaves->db, LEAF(UPGRADE_TREE));
}

static int upgrade_keys(struct db *db)
{
    int64_t last, id;
    int rc = db_ask(db, "SELECT coalesce(max(id), 0) FROM campaign", &last);

    for (id = 1; id <= last && rc == 0; id++) {
        char key[RECORD_TAG_TEXT];

        store_key_make(key);
        db_start(db, LEAF(UPGRADE_KEY), id);
        db_bind_text(db, LEAF(UPGRADE_KEY), 2, key);
        rc = db_finish(db, LEAF(UPGRADE_KEY));
    }
    return rc;
}

static int upgrade_leaves(struct store *store, const char *path, char *why, size_t why_size)
{
    struct upgrade_leaves leaves = {.db = store->db, .marks = mem_array(UPGRADE_LINES, int64_t)};
    struct books books = {.db = store->db};
    int rc = upgrade_prepare(store->db, books_sql, BOOKS_STATEMENTS);

    if (rc == 0)
        rc = upgrade_keys(store->db);
    do
        rc = rc == 0 ? upgrade_chunk(&leaves, &books) : rc;
    while (rc == 0 && leaves.n == UPGRADE_LINES);
    if (rc == 0)
        rc = upgrade_tree(&leaves);
    free(leaves.marks);
    if (!leaves.torn)
        return rc;
    snprintf(
        why, why_size,
        lang("%s is damaged (line %lld of its journal is missing, or what it tells of is): put "
             "back a backup copy",
             "%s 已损坏（记录第 %lld 行或其所述内容缺失）：请恢复备份"),
        path, (long long)leaves.tree.size + 1);
    return -EUCLEAN;
}

/* ---- facts ---- */

#define FACT(statement) (SQL_STATEMENTS + (unsigned)(statement))

/* Old rows have their own times, and these are no steps of the clock. */
static int upgrade_tell_row(struct store *store, enum record_fact fact, struct jv *object,
                            int64_t at_ms)
{
    store->leaves.now.at_ms = INT64_MIN;
    return store_fact(store, fact, object, at_ms);
}

static int upgrade_facts(struct store *store, enum record_fact fact,
                         enum upgrade_statement statement, int64_t at_ms)
{
    unsigned s = FACT(statement);
    int rc;

    while ((rc = db_row(store->db, s)) > 0) {
        const char *text = db_text(store->db, s, 1);
        struct jv *object = jv_parse(text, strlen(text), NULL);

        rc = object
                 ? upgrade_tell_row(store, fact, object,
                                    db_is_null(store->db, s, 0) ? at_ms : db_int(store->db, s, 0))
                 : -EUCLEAN;
        if (rc < 0) {
            db_end(store->db, s);
            return rc;
        }
    }
    return rc;
}

static void upgrade_put_json(struct jv *object, const char *name, const char *text)
{
    struct jv *value = jv_parse(text, strlen(text), NULL);

    jv_put(object, name, value ? value : jv_string(text));
}

static int upgrade_campaigns(struct store *store)
{
    const unsigned s = FACT(UPGRADE_CAMPAIGNS);
    const struct db *db = store->db;
    int rc;

    while ((rc = db_row(store->db, s)) > 0) {
        const char *source = db_text(db, s, 6);
        struct digest digest = digest_of(DIGEST_SHA256, source, strlen(source));
        struct jv *object = jv_object();
        char hex[DIGEST_HEX_MOST];

        digest_hex(&digest, hex);
        jv_put(object, "campaign", jv_int(db_int(db, s, 0)));
        jv_put(object, "code", jv_string(db_text(db, s, 2)));
        jv_put(object, "title", jv_string(db_text(db, s, 3)));
        upgrade_put_json(object, "windows", db_text(db, s, 4));
        upgrade_put_json(object, "targets", db_text(db, s, 5));
        jv_put(object, "source", jv_string(hex));
        rc = upgrade_tell_row(store, FACT_CAMPAIGN, object, db_int(db, s, 1));
        if (rc < 0) {
            db_end(store->db, s);
            return rc;
        }
    }
    return rc;
}

static int upgrade_refusal(struct store *store, const struct record_key *key, int64_t address,
                           int64_t at_ms, int64_t reply)
{
    struct jv *object = jv_object();
    char who[RECORD_TAG_TEXT];
    struct record_tag tag;
    int rc;

    record_tag_number(key, address, &tag, NULL);
    record_tag_hex(&tag, who);
    jv_put(object, "who", jv_string(who));
    jv_put(object, "refuses", jv_bool(true));
    jv_put(object, "source", jv_int(REFUSAL_REPLY));
    jv_put(object, "reply", jv_int(reply));
    jv_put(object, "note", jv_string(""));
    rc = upgrade_tell_row(store, FACT_REFUSAL, object, at_ms);
    if (rc < 0)
        return rc;
    db_start(store->db, SQL_OPTOUT_EVENT, address, at_ms, 1, reply, REFUSAL_REPLY,
             store_line(store));
    db_bind_text(store->db, SQL_OPTOUT_EVENT, 7, "");
    rc = db_finish(store->db, SQL_OPTOUT_EVENT);
    return rc < 0 ? rc : db_run(store->db, SQL_OPTOUT_ADD, address, at_ms, db_last_id(store->db));
}

static int upgrade_refusals(struct store *store)
{
    const unsigned s = FACT(UPGRADE_REFUSALS);
    struct record_key key;
    int rc = store_own_key(store, &key);

    LOG_ASSERT(rc <= 0);
    while (rc == 0 && (rc = db_row(store->db, s)) > 0) {
        rc = upgrade_refusal(store, &key, db_int(store->db, s, 0), db_int(store->db, s, 1),
                             db_int(store->db, s, 2));
        if (rc < 0)
            db_end(store->db, s);
    }
    explicit_bzero(&key, sizeof key);
    return rc;
}

static int upgrade_all_facts(struct store *store, int64_t at_ms)
{
    static const struct {
        enum record_fact fact;
        enum upgrade_statement statement;
    } tables[] = {
        {FACT_ORDER, UPGRADE_ORDERS}, {FACT_PLANNED, UPGRADE_PLANNED},
        {FACT_BOARD, UPGRADE_BOARDS}, {FACT_DEVICE, UPGRADE_DEVICES},
        {FACT_SIM, UPGRADE_SIMS},     {FACT_RELEASE, UPGRADE_RELEASES},
        {FACT_STRAY, UPGRADE_STRAYS},
    };
    int rc = upgrade_facts(store, FACT_UNIT, UPGRADE_UNITS, at_ms);

    if (rc == 0)
        rc = upgrade_campaigns(store);
    for (size_t i = 0; i < sizeof tables / sizeof *tables && rc == 0; i++)
        rc = upgrade_facts(store, tables[i].fact, tables[i].statement, at_ms);
    return rc < 0 ? rc : upgrade_refusals(store);
}

/* From here on the rules of the log hold. */
static int upgrade_begin_log(struct store *store, int64_t at_ms)
{
    struct jv *log = jv_object();
    int rc = db_row(store->db, SQL_META_READ);

    LOG_ASSERT(rc != 0);
    if (rc > 0) {
        jv_put(log, "origin", jv_string(db_text(store->db, SQL_META_READ, 0)));
        jv_put(log, "version", jv_int(SQL_VERSION));
        jv_put(log, "timezone", jv_string(db_text(store->db, SQL_META_READ, 2)));
        db_end(store->db, SQL_META_READ);
        rc = store_fact(store, FACT_LOG, log, at_ms);
    } else {
        jv_free(log);
    }
    return rc < 0 ? rc : upgrade_tell(store, 4, at_ms);
}

static int upgrade_facts_and_log(struct store *store, int64_t at_ms)
{
    int rc = upgrade_prepare(store->db, sql_statements, SQL_STATEMENTS);

    if (rc == 0)
        rc = leaves_read(&store->leaves, store->db);
    LOG_ASSERT(rc <= 0); /* the tree was made just now */
    if (rc == 0)
        rc = upgrade_all_facts(store, at_ms);
    if (rc == 0)
        rc = upgrade_begin_log(store, at_ms);
    return rc < 0 ? rc : leaves_flush(&store->leaves, store->db);
}

int upgrade_from_4(struct store *store, const char *path, char *why, size_t why_size)
{
    MEM_FREE_LATER char *origin = NULL;
    int rc = store_keys_found(path, &origin, why, why_size);

    if (rc < 0)
        return rc;
    rc = db_exec(store->db, upgrade_begin);
    if (rc == 0)
        rc = upgrade_tables_6(store); /* what is prepared below knows only this version's */
    if (rc == 0)
        rc = store_make_meta(store, origin, "(SELECT made_ms FROM meta_4)");
    if (rc == 0)
        rc = upgrade_leaves(store, path, why, why_size);
    if (rc == 0)
        rc = upgrade_facts_and_log(store, clock_wall_ms());
    db_unprepare(store->db);
    return rc < 0 ? rc : db_exec(store->db, upgrade_end);
}
