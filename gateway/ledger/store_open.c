/* store_open: opening the books: whose they are, which version, and what was in flight.
 * Runs: loop, before there is a ledger thread. */
#include "gateway/ledger/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"
#include "gateway/ledger/place.h"
#include "gateway/ledger/schema.h"
#include "gateway/ledger/store_inside.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/ledger/store_upgrade.h"

#define STORE_RECOVER_CHUNK 256

/* Numbers come in random order, so a chunk touches as many pages of the unique index as it has
 * rows: 64 MiB of cache hold the index of a million. */
static const char store_settings[] = "PRAGMA synchronous = FULL;"
                                     "PRAGMA cache_size = -65536;"
                                     "PRAGMA journal_size_limit = 16777216;"
                                     "PRAGMA temp_store = MEMORY;"
                                     "PRAGMA trusted_schema = OFF;";

/* Neither the origin of a key that was taken up (store_keys_found) nor tags end a text of SQL. */
int store_make_meta(struct store *store, const char *origin, const char *made)
{
    MEM_FREE_LATER char *zone = zone_name();
    char key[RECORD_TAG_TEXT], *line;
    int rc;

    store_key_make(key);
    line = mem_printf("INSERT INTO meta(version, made_ms, origin, key, timezone)"
                      " VALUES(%d, %s, '%s', '%s', '%s')",
                      SQL_VERSION, made, origin, key, strchr(zone, '\'') ? "UTC0" : zone);
    rc = db_exec(store->db, line);
    explicit_bzero(key, sizeof key);
    explicit_bzero(line, strlen(line));
    free(line);
    return rc;
}

static int store_make(struct store *store, const char *path, char *why, size_t why_size)
{
    MEM_FREE_LATER char *origin = NULL;
    MEM_FREE_LATER char *marks =
        mem_printf("PRAGMA application_id = %d; PRAGMA user_version = %d;"
                   "INSERT INTO tree(id, size, at_ms, peaks) VALUES(1, 0, 0, '');",
                   SQL_APPLICATION, SQL_VERSION);
    MEM_FREE_LATER char *now = mem_printf("%lld", (long long)clock_wall_ms());
    int rc = store_keys_found(path, &origin, why, why_size);

    if (rc < 0)
        return rc;
    rc = db_begin(store->db);
    if (rc == 0)
        rc = db_exec(store->db, sql_schema);
    if (rc == 0)
        rc = store_make_meta(store, origin, now);
    if (rc == 0)
        rc = db_exec(store->db, marks);
    return rc < 0 ? rc : db_commit(store->db);
}

struct store_marks {
    int64_t application, version, tables, meta_version;
};

static int store_read_marks(struct store *store, struct store_marks *marks)
{
    int rc = db_ask(store->db, "PRAGMA application_id", &marks->application);

    if (rc == 0)
        rc = db_ask(store->db, "PRAGMA user_version", &marks->version);
    if (rc == 0)
        rc = db_ask(store->db, "SELECT count(*) FROM sqlite_schema", &marks->tables);
    if (rc == 0 && marks->application == SQL_APPLICATION)
        rc = db_ask(store->db, "SELECT max(version) FROM meta HAVING count(*) = 1",
                    &marks->meta_version);
    return rc;
}

static int store_refuse_version(const struct store_marks *marks, const char *path, char *why,
                                size_t why_size)
{
    if (marks->version > SQL_VERSION)
        snprintf(
            why, why_size,
            lang(
                "%s was written by a newer lawcast (books version %lld, this program knows "
                "%d): use that newer program",
                "%s 由更新版本的 lawcast 写入（账本版本 %lld，本程序只认识到 %d）：请使用新版程序"),
            path, (long long)marks->version, SQL_VERSION);
    else
        snprintf(why, why_size,
                 lang("%s was made by a test version of lawcast (books version %lld, this program "
                      "needs %d): move it away, new books are then started",
                      "%s 由 lawcast 的测试版本创建（账本版本 %lld，本程序需要 "
                      "%d）：请将其移走，程序会新建账本"),
                 path, (long long)marks->version, SQL_VERSION);
    return -ENOTSUP;
}

/* 0: ours; 1: nothing in it yet; -errno with why. */
static int store_judge(const struct store_marks *marks, const char *path, char *why,
                       size_t why_size)
{
    if (marks->tables == 0 && marks->application == 0 && marks->version == 0)
        return 1;
    if (marks->application != SQL_APPLICATION) {
        snprintf(why, why_size,
                 lang("%s is another program's database: choose another ledger.path",
                      "%s 是其他程序的数据库：请在 ledger.path 中另选一个文件"),
                 path);
        return -EMEDIUMTYPE;
    }
    if (store_upgradable(marks->version) && marks->version == marks->meta_version)
        return 0;
    if (marks->version > SQL_VERSION || (marks->version > 0 && marks->version < SQL_VERSION &&
                                         marks->version == marks->meta_version))
        return store_refuse_version(marks, path, why, why_size);
    if (marks->version != SQL_VERSION || marks->meta_version != SQL_VERSION) {
        snprintf(why, why_size,
                 lang("%s is damaged (its version marks disagree): put back a backup with "
                      "lawcast restore",
                      "%s 已损坏（版本标记不一致）：请用 lawcast restore 恢复备份"),
                 path);
        return -EUCLEAN;
    }
    return 0;
}

/* Write-ahead mode is asked for and checked: some file systems refuse it and SQLite carries on in
 * another mode, in which a reader would hold up the gateway. */
static int store_set_up(struct store *store, const char *path, char *why, size_t why_size)
{
    int64_t wal = 0;
    int rc = db_exec(store->db, "PRAGMA journal_mode = WAL");

    if (rc == 0)
        rc = db_ask(store->db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &wal);
    if (rc == 0 && !wal) {
        snprintf(why, why_size,
                 lang("%s is on a file system that can't hold the books (network drive?): choose "
                      "a local disk",
                      "%s 所在的文件系统不能存放账本（网络盘？）：请改用本地磁盘"),
                 path);
        return -ENOTSUP;
    }
    return rc < 0 ? rc : db_exec(store->db, store_settings);
}

/* A message in flight may have been sent: only the network can tell now. A slogan goes out again:
 * boards take the same job twice without showing it twice. */
static int store_recover_item(struct store *store, struct store_item *item, int64_t at_ms,
                              struct ledger_recovery *recovery)
{
    const struct store_change proved = STORE_CHANGE(DELIVERY_DELIVERED, CAUSE_REPORT, at_ms);
    bool sms = item->channel == CHANNEL_SMS;
    struct store_change change =
        STORE_CHANGE(sms ? DELIVERY_UNKNOWN : DELIVERY_DEFERRED, CAUSE_RESTART, at_ms);
    int rc;

    if (!sms) {
        change.not_before_ms = at_ms;
        change.up = 1;
    }
    rc = store_change(store, item, &change);
    if (rc == 0 && sms)
        rc = store_await_all(store, item, at_ms);
    if (rc == 0 && item->doubted == DOUBT_PROVED)
        return store_conclude(store, item, &proved);
    if (sms)
        recovery->unknown++;
    else
        recovery->repeated++;
    return rc;
}

static int store_recover(struct store *store, struct ledger_recovery *recovery)
{
    int64_t at_ms = clock_wall_ms();
    size_t found = STORE_RECOVER_CHUNK;
    int rc = store_begin(store);

    *recovery = (struct ledger_recovery){0};
    store->at_ms = at_ms;
    if (rc == 0)
        rc = store_usage_recover(store, at_ms);
    while (rc == 0 && found == STORE_RECOVER_CHUNK) {
        struct store_items list;

        db_start(store->db, SQL_ITEMS_INFLIGHT, STORE_RECOVER_CHUNK);
        rc = store_list(store, SQL_ITEMS_INFLIGHT, STORE_RECOVER_CHUNK, &list);
        for (size_t i = 0; i < list.n && rc == 0; i++)
            rc = store_recover_item(store, &list.items[i], at_ms, recovery);
        found = list.n;
        free(list.items);
    }
    if (rc == 0)
        rc = store_answer_recover(store, at_ms);
    return rc < 0 ? rc : store_commit(store);
}

struct store_foreign {
    const char *path;
    char *why;
    size_t why_size;
};

/* One that is missing or altered loses nothing: audit verify tells. One more may swallow what is
 * written, or write by itself. */
static int store_judge_schema(void *ctx, enum schema_fault fault, const char *type,
                              const char *name)
{
    const struct store_foreign *foreign = ctx;

    if (fault == SCHEMA_MISSING || (strcmp(type, "trigger") != 0 && strcmp(type, "view") != 0))
        return 0;
    snprintf(
        foreign->why, foreign->why_size,
        lang("%s was altered: its %s %s isn't lawcast's, and could falsify what is written. "
             "Find out who did that, keep this file, and put back a backup with lawcast "
             "restore",
             "%s 被改动：其中的 %s %s 不是 lawcast 所建，可能篡改写入的内容。请查明原因，保留该"
             "文件，并用 lawcast restore 恢复备份"),
        foreign->path, type, name);
    return -EUCLEAN;
}

static int store_check_schema(struct store *store, const char *path, char *why, size_t why_size)
{
    struct store_foreign foreign = {path, why, why_size};

    return schema_check(store->db, SQL_SCHEMA, store_judge_schema, &foreign);
}

static int store_start(struct store *store, const char *path, char *why, size_t why_size)
{
    struct store_marks marks = {0};
    int rc = store_read_marks(store, &marks);

    if (rc == 0)
        rc = store_judge(&marks, path, why, why_size);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        rc = store_set_up(store, path, why, why_size);
        if (rc == 0)
            rc = store_make(store, path, why, why_size);
    } else {
        rc = store_set_up(store, path, why, why_size);
        if (rc == 0 && marks.version < SQL_VERSION)
            rc = store_upgrade(store, path, marks.version, why, why_size);
    }
    if (rc == 0)
        rc = db_prepare(store->db, sql_statements, SQL_STATEMENTS);
    return rc < 0 ? rc : store_check_schema(store, path, why, why_size);
}

static int store_look_at_zone(struct store *store)
{
    MEM_FREE_LATER char *here = zone_name();
    int rc = db_row(store->db, SQL_META_READ);

    if (rc <= 0)
        return rc < 0 ? rc : -EUCLEAN;
    store->foreign_zone = strcmp(db_text(store->db, SQL_META_READ, 2), here) != 0;
    if (store->foreign_zone)
        log_warning("ledger timezone=%s here=%s", db_text(store->db, SQL_META_READ, 2), here);
    db_end(store->db, SQL_META_READ);
    return 0;
}

static int store_take_up_log(struct store *store, const char *path, char *why, size_t why_size)
{
    int rc = leaves_read(&store->leaves, store->db);

    if (rc > 0) {
        snprintf(why, why_size,
                 lang("%s is damaged (its journal doesn't fit its tree): put back a backup with "
                      "lawcast restore; lawcast audit verify says what is wrong",
                      "%s 已损坏（记录与校验树不符）：请用 lawcast restore 恢复备份；lawcast audit "
                      "verify 可指出问题所在"),
                 path);
        return -EUCLEAN;
    }
    if (rc == 0)
        rc = store_look_at_zone(store);
    store_keys_close(store); /* of a first try on a full disk */
    return rc < 0 ? rc : store_keys_open(store, path, why, why_size);
}

static void store_discard(struct store *store)
{
    store_rollback(store); /* after a failed opening there may be a transaction */
    store_keys_close(store);
    leaves_free(&store->leaves);
    db_close(store->db);
    free(store->evidence);
    free(store->copied);
    leftovers_free(&store->leftovers);
    explicit_bzero(store, sizeof *store); /* keys of campaigns were in it */
    free(store);
}

static void store_explain(const struct store *store, int rc, const char *path, char *why,
                          size_t why_size)
{
    const char *said = store_why(store);

    switch (rc) {
    case -EAGAIN:
        snprintf(why, why_size,
                 lang("%s is in use by another lawcast: end that one first",
                      "%s 正被另一个 lawcast 使用：请先结束它"),
                 path);
        return;
    case -EBUSY:
        snprintf(why, why_size,
                 lang("%s is held by another program, such as a database browser (%s): close that "
                      "program",
                      "%s 正被其他程序占用，例如数据库浏览器（%s）：请关闭该程序"),
                 path, said);
        return;
    case -EUCLEAN:
        snprintf(why, why_size,
                 lang("%s is damaged (%s): put back a backup with lawcast restore",
                      "%s 已损坏（%s）：请用 lawcast restore 恢复备份"),
                 path, said);
        return;
    case -ENOLINK:
        snprintf(
            why, why_size,
            lang("the books %s were moved away, but their log %s-wal still lies here: put them "
                 "back (or move the log to where they are now)",
                 "账本 %s 已被移走，但其日志 %s-wal 还在原处：请把账本放回（或把日志也移过去）"),
            path, path);
        return;
    case -EMEDIUMTYPE:
        snprintf(
            why, why_size,
            lang("%s is not a lawcast ledger (%s): choose another ledger.path, or if it was "
                 "one, put back a backup with lawcast restore",
                 "%s 不是 lawcast 账本（%s）：请在 ledger.path 中另选一个文件；如原为账本，请用 "
                 "lawcast restore 恢复备份"),
            path, said);
        return;
    default:
        snprintf(why, why_size,
                 lang("%s can't be opened (%s): check the folder, its rights and the space on the "
                      "disk",
                      "无法打开 %s（%s）：请检查目录、权限和磁盘空间"),
                 path, said);
    }
}

static int store_get_ready(struct store *store, const char *path, struct ledger_recovery *recovery,
                           char *why, size_t why_size)
{
    int rc = store_start(store, path, why, why_size);

    if (rc == 0)
        rc = store_take_up_log(store, path, why, why_size);
    return rc < 0 ? rc : store_recover(store, recovery);
}

/* The log of a full disk may hold room that the books need: once it is cut off, try again. */
static int store_get_room(struct store *store, const char *path, struct ledger_recovery *recovery,
                          char *why, size_t why_size)
{
    int rc = store_get_ready(store, path, recovery, why, why_size);

    if ((rc != -ENOSPC && rc != -EIO) || why[0])
        return rc;
    store_rollback(store);
    return db_squeeze(store->db) < 0 ? rc : store_get_ready(store, path, recovery, why, why_size);
}

int store_open(struct store **out, const char *given, struct ledger_recovery *recovery, char *why,
               size_t why_size)
{
    MEM_FREE_LATER char *path = place_of(given);
    struct store *store = mem_new(struct store);
    int rc;

    store->evidence = evidence_folder(path);
    rc = db_open(&store->db, path, DB_WRITE);

    why[0] = '\0';
    *out = NULL;
    if (rc == 0)
        rc = store_get_room(store, path, recovery, why, why_size);
    if (rc == 0) {
        *out = store;
        return 0;
    }
    if (!why[0])
        store_explain(store, rc, path, why, why_size);
    store_discard(store);
    return rc;
}

/* Afterwards the file alone is the whole books, as far as no reader is in the way. What fails here
 * fails on a disk that can't be written, which was told; the next opening makes up for it. */
void store_close(struct store *store)
{
    int rc;

    store_rollback(store); /* drops what memory holds */
    rc = store_seal(store, clock_wall_ms());
    if (rc == 0)
        rc = store_sum(store);
    if (rc < 0)
        log_error("ledger seal=failed error=%d why=\"%s\"", -rc, store_why(store));
    rc = store_sign(store); /* whatever became of the seal */
    if (rc < 0)
        log_error("ledger checkpoint=failed error=%d why=\"%s\"", -rc, store_why(store));
    db_cut_log(store->db);
    store_discard(store);
}
