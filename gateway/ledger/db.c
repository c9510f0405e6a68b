/* db: SQLite behind a dozen functions. See db.h.
 * Runs: any, one thread at a time for each struct db. */
#include "gateway/ledger/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/db_files.h"

#define DB_BUSY_MS 5000
#define DB_COPY_MS 2000
#define DB_PAGE    4096
/* The log is moved into the file when it has so many pages, or earlier: while the disk has still
 * room for them in the file, and for a further batch of DB_LOG_SPARE in the log. Later the log
 * could have taken the room that the file needs to grow, and neither would ever get smaller. */
#define DB_LOG_PAGES 4000
#define DB_LOG_SPARE 512

struct db {
    sqlite3 *handle;
    sqlite3_stmt **statements;
    size_t n;
    char *path;
    bool reader;
    int file; /* writer: locked; SQLite has descriptors of its own. -1: none */
    char why[240];
};

/* What the machine can do to us. Everything else is a mistake of the program; to a reader, of the
 * file. */
static const struct {
    int code, error;
} db_errors[] = {
    {SQLITE_FULL, ENOSPC},    {SQLITE_IOERR, EIO},       {SQLITE_BUSY, EBUSY},
    {SQLITE_LOCKED, EBUSY},   {SQLITE_PROTOCOL, EBUSY},  {SQLITE_NOMEM, ENOMEM},
    {SQLITE_READONLY, EROFS}, {SQLITE_CANTOPEN, ENOENT}, {SQLITE_PERM, EACCES},
    {SQLITE_AUTH, EACCES},    {SQLITE_CORRUPT, EUCLEAN}, {SQLITE_NOTADB, EMEDIUMTYPE},
    {SQLITE_NOLFS, EFBIG},
};

static int db_error_of(int code)
{
    for (size_t i = 0; i < sizeof db_errors / sizeof *db_errors; i++)
        if (db_errors[i].code == (code & 0xff))
            return db_errors[i].error;
    return 0;
}

/* Notes what SQLite says now: a later rollback would wipe it. */
static int db_failed(struct db *db, int code, const char *doing)
{
    int system = errno; /* sqlite3_system_errno knows nothing of what fails in a step */
    int error = db_error_of(code);
    int cause = error == EIO || error == ENOENT ? system : 0;
    const char *said = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);

    if (!error && db->reader)
        error = EUCLEAN;
    if (!error)
        log_panic("sqlite code=%d said=\"%s\" doing=\"%s\"", code, said, doing);
    snprintf(db->why, sizeof db->why, "%s%s%s%s", said, cause ? " (" : "",
             cause ? strerror(cause) : "", cause ? ")" : "");
    return -db_files_explain(error, cause);
}

/* When a table or column is missing, the file was made by something else. */
static int db_unprepared(struct db *db, int code, const char *sql)
{
    if (code != SQLITE_ERROR)
        return db_failed(db, code, sql);
    snprintf(db->why, sizeof db->why, "%s", sqlite3_errmsg(db->handle));
    return -EMEDIUMTYPE;
}

int db_damaged(struct db *db, const char *why)
{
    snprintf(db->why, sizeof db->why, "%s", why);
    return -EUCLEAN;
}

const char *db_why(const struct db *db)
{
    return db->why;
}

/* Without the planner's promise of stability it looks at what is bound where a partial index might
 * be used, and prepares the statement anew for every other value: 100 us each. */
static int db_connect(struct db *db, const char *name, int flags)
{
    int rc = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
        return 0;
    }
    return db_failed(db, rc, "open");
}

static int db_failed_system(struct db *db, int error)
{
    snprintf(db->why, sizeof db->why, "%s", strerror(error));
    return -error;
}

static int db_log_grew(void *ctx, sqlite3 *handle, const char *name, int pages)
{
    const struct db *db = ctx;
    struct statvfs disk;
    bool tight = fstatvfs(db->file, &disk) == 0 &&
                 disk.f_bavail * disk.f_frsize < (uint64_t)(pages + DB_LOG_SPARE) * DB_PAGE;

    /* If it fails, the commit stands nevertheless; a later one tries again. */
    if (tight || pages >= DB_LOG_PAGES)
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static int db_connect_writer(struct db *db)
{
    int rc = db_connect(db, db->path, SQLITE_OPEN_READWRITE);

    if (rc == 0)
        sqlite3_wal_hook(db->handle, db_log_grew, db);
    return rc;
}

static int db_open_writer(struct db *db)
{
    int rc;

    if (db_files_log_is_orphaned(db->path))
        return db_failed_system(db, ENOLINK);
    db->file = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (db->file < 0)
        return db_failed_system(db, errno);
    rc = db_files_lock(db->file);
    if (rc < 0)
        return db_failed_system(db, -rc);
    db_files_close_to_others(db->file, db->path);
    return db_connect_writer(db);
}

/* In write-ahead mode even a reader wants to make the -shm file beside the books. Where it may not
 * (a copy on a read-only medium), the file alone is the whole truth if no log lies beside it. */
static int db_connect_immutable(struct db *db)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;
    int rc = db_files_name_alone(db->path, &name);

    if (rc < 0)
        return rc;
    sqlite3_close(db->handle);
    db->handle = NULL;
    return db_connect(db, buffer_text(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

static int db_open_reader(struct db *db)
{
    int64_t tables;
    int rc = db_files_look(db->path);

    if (rc < 0)
        return db_failed_system(db, -rc);
    rc = db_connect(db, db->path, SQLITE_OPEN_READONLY);
    if (rc < 0)
        return rc;
    rc = db_ask(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc == -ENOENT || rc == -EROFS || rc == -EACCES)
        rc = db_connect_immutable(db);
    return rc;
}

int db_open(struct db **out, const char *path, enum db_mode mode)
{
    struct db *db = *out = mem_new(struct db);

    db->path = mem_dup(path);
    db->reader = mode == DB_READ;
    db->file = -1;
    return db->reader ? db_open_reader(db) : db_open_writer(db);
}

void db_unprepare(struct db *db)
{
    for (size_t i = 0; i < db->n; i++)
        sqlite3_finalize(db->statements[i]);
    free(db->statements);
    db->statements = NULL;
    db->n = 0;
}

static void db_disconnect(struct db *db)
{
    db_unprepare(db);
    if (sqlite3_close(db->handle) != SQLITE_OK)
        log_panic("sqlite connection closed in use");
    db->handle = NULL;
}

/* A reader leaves the empty log that it has made; a writer takes it away, if it is the last one to
 * go, which SQLite knows by its locks. */
static void db_tidy(const struct db *db)
{
    sqlite3 *last = NULL;

    if (sqlite3_open_v2(db->path, &last, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
        SQLITE_OK)
        sqlite3_exec(last, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    sqlite3_close(last);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_disconnect(db);
    if (db->reader && db_files_has_empty_log(db->path))
        db_tidy(db);
    if (db->file >= 0) /* last: the next gateway may open it now */
        close(db->file);
    free(db->path);
    free(db);
}

int db_prepare(struct db *db, const char *const *sql, size_t n)
{
    LOG_ASSERT(!db->statements);
    db->statements = mem_array(n, sqlite3_stmt *);
    for (; db->n < n; db->n++) {
        int rc = sqlite3_prepare_v3(db->handle, sql[db->n], -1, SQLITE_PREPARE_PERSISTENT,
                                    &db->statements[db->n], NULL);

        if (rc != SQLITE_OK)
            return db_unprepared(db, rc, sql[db->n]);
    }
    return 0;
}

int db_exec(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : db_failed(db, rc, sql);
}

int db_ask(struct db *db, const char *sql, int64_t *value)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

    *value = 0;
    if (rc != SQLITE_OK)
        return db_unprepared(db, rc, sql);
    rc = sqlite3_step(statement);
    *value = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : db_failed(db, rc, sql);
    sqlite3_finalize(statement);
    return rc;
}

/* Each value with its type and length, so that no two rows read alike. */
static void db_add_row(sqlite3_stmt *statement, struct buffer *row)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        int type = sqlite3_column_type(statement, i);
        const void *bytes = sqlite3_column_blob(statement, i);
        int n = sqlite3_column_bytes(statement, i);

        buffer_printf(row, "%d:%d:", type, n);
        if (n)
            buffer_add(row, bytes, (size_t)n);
    }
}

/* A chain: the digest so far and the next row make the digest. */
int db_digest(struct db *db, const char *sql, unsigned char digest[static 32])
{
    BUFFER_FREE_LATER struct buffer row = BUFFER_NULL;
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

    memset(digest, 0, 32);
    if (rc != SQLITE_OK)
        return db_unprepared(db, rc, sql);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        struct digest_piece pieces[2] = {{digest, 32}};

        buffer_clear(&row);
        db_add_row(statement, &row);
        pieces[1] = (struct digest_piece){row.data, row.length};
        digest_sha256(pieces, 2, digest);
    }
    rc = rc == SQLITE_DONE ? 0 : db_failed(db, rc, sql);
    sqlite3_finalize(statement);
    return rc;
}

int db_begin(struct db *db)
{
    return db_exec(db, "BEGIN IMMEDIATE");
}

int db_commit(struct db *db)
{
    return db_exec(db, "COMMIT");
}

void db_rollback(struct db *db)
{
    if (!db->handle) /* never opened */
        return;
    for (size_t i = 0; i < db->n; i++)
        db_end(db, (unsigned)i);
    /* SQLite may have rolled back by itself; and if ROLLBACK fails, it has done so too. */
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    LOG_ASSERT(sqlite3_get_autocommit(db->handle));
}

void db_checkpoint(struct db *db)
{
    sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

int db_cut_log(struct db *db)
{
    int rc;

    sqlite3_busy_timeout(db->handle, 0);
    rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc != SQLITE_OK)
        rc = db_failed(db, rc, "checkpoint");
    sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    return rc;
}

int db_squeeze(struct db *db)
{
    int64_t tables;
    int rc, again;

    db_disconnect(db);
    rc = db_connect(db, db->path, SQLITE_OPEN_READWRITE);
    if (rc == 0) /* alone, SQLite keeps the index of the log in memory */
        rc = db_exec(db, "PRAGMA locking_mode = EXCLUSIVE");
    if (rc == 0)
        rc = db_ask(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc == 0)
        rc = db_cut_log(db);
    db_disconnect(db);
    again = db_connect_writer(db);
    return rc < 0 ? rc : again;
}

/* All pages in one step: it reads one state of the books, and holds nobody up. What a step answers
 * must not get lost: the end of a copy that found the books busy answers that all is well. */
static int db_copy_pages(struct db *db, sqlite3 *to)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    int64_t until = clock_mono_ms() + DB_COPY_MS;
    sqlite3_backup *backup;
    int rc, ended;

    sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
    backup = sqlite3_backup_init(to, "main", db->handle, "main");
    if (!backup)
        return sqlite3_errcode(to);
    while ((rc = sqlite3_backup_step(backup, -1)) == SQLITE_BUSY || rc == SQLITE_LOCKED) {
        if (clock_mono_ms() > until)
            break;
        nanosleep(&nap, NULL);
    }
    ended = sqlite3_backup_finish(backup);
    return rc == SQLITE_DONE || ended != SQLITE_OK ? ended : rc;
}

int db_copy(struct db *db, const char *path)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(path, &to, flags, NULL), error, cause;

    if (rc == SQLITE_OK)
        rc = db_copy_pages(db, to);
    cause = errno;
    error = rc == SQLITE_OK ? 0 : db_error_of(rc);
    if (error == EIO || error == ENOENT)
        error = db_files_explain(error, cause);
    if (rc != SQLITE_OK)
        snprintf(db->why, sizeof db->why, "%s", sqlite3_errstr(rc));
    sqlite3_close(to);
    return rc == SQLITE_OK ? db_files_need_no_log(path) : -(error ? error : EIO);
}

int db_in_place(struct db *db)
{
    return db_files_are_one(db->file, db->path) ? 0 : db_failed_system(db, ESTALE);
}

static sqlite3_stmt *db_statement(const struct db *db, unsigned statement)
{
    LOG_ASSERT(statement < db->n);
    return db->statements[statement];
}

static void db_bound(const struct db *db, unsigned statement, int rc)
{
    if (rc == SQLITE_NOMEM) /* as mem does */
        abort();
    if (rc != SQLITE_OK)
        log_panic("sqlite bind=\"%s\" said=\"%s\"", sqlite3_sql(db_statement(db, statement)),
                  sqlite3_errmsg(db->handle));
}

void db_start_n(struct db *db, unsigned statement, const int64_t *values, size_t n)
{
    sqlite3_stmt *s = db_statement(db, statement);

    for (int i = 1; i <= (int)n; i++)
        db_bound(db, statement,
                 values[i - 1] == DB_NULL ? sqlite3_bind_null(s, i)
                                          : sqlite3_bind_int64(s, i, values[i - 1]));
}

void db_bind_text(struct db *db, unsigned statement, int at, const char *text)
{
    db_bound(db, statement,
             sqlite3_bind_text(db_statement(db, statement), at, text, -1, SQLITE_STATIC));
}

void db_end(struct db *db, unsigned statement)
{
    sqlite3_stmt *s = db_statement(db, statement);

    if (!s) /* db_prepare stopped before it */
        return;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

int db_row(struct db *db, unsigned statement)
{
    sqlite3_stmt *s = db_statement(db, statement);
    int rc = sqlite3_step(s);

    if (rc == SQLITE_ROW)
        return 1;
    rc = rc == SQLITE_DONE ? 0 : db_failed(db, rc, sqlite3_sql(s));
    db_end(db, statement);
    return rc;
}

int db_finish(struct db *db, unsigned statement)
{
    int rc = db_row(db, statement);

    if (rc > 0)
        log_panic("sqlite unexpected row of \"%s\"", sqlite3_sql(db_statement(db, statement)));
    return rc;
}

int64_t db_int(const struct db *db, unsigned statement, int column)
{
    return sqlite3_column_int64(db_statement(db, statement), column);
}

bool db_is_null(const struct db *db, unsigned statement, int column)
{
    return sqlite3_column_type(db_statement(db, statement), column) == SQLITE_NULL;
}

const char *db_text(const struct db *db, unsigned statement, int column)
{
    const unsigned char *text = sqlite3_column_text(db_statement(db, statement), column);

    return text ? (const char *)text : "";
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}
