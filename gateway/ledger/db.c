/* db: SQLite behind a dozen functions. See db.h.
 * Runs: any, one thread at a time for each struct db. */
#include "gateway/ledger/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define DB_BUSY_MS 5000
/* A process that was killed may leave the lock to a child that it was just starting, until that
 * child executes its program. */
#define DB_LOCK_MS 2000
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
    int error = db_error_of(code);
    int cause = db->handle ? sqlite3_system_errno(db->handle) : 0;
    const char *said = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);

    if (!error && db->reader)
        error = EUCLEAN;
    if (!error)
        log_panic("sqlite code=%d said=\"%s\" doing=\"%s\"", code, said, doing);
    snprintf(db->why, sizeof db->why, "%s%s%s%s", said, cause ? " (" : "",
             cause ? strerror(cause) : "", cause ? ")" : "");
    return -error;
}

/* When a table or column is missing, the file was made by something else. */
static int db_unprepared(struct db *db, int code, const char *sql)
{
    if (code != SQLITE_ERROR)
        return db_failed(db, code, sql);
    snprintf(db->why, sizeof db->why, "%s", sqlite3_errmsg(db->handle));
    return -EMEDIUMTYPE;
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

/* The lock is on the file, not on a name beside it: links lead to the same lock, and nobody can
 * remove it. SQLite's own locks are of another kind and don't see it. */
static int db_lock(struct db *db)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    int64_t until = clock_mono_ms() + DB_LOCK_MS;

    while (flock(db->file, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK || clock_mono_ms() > until)
            return db_failed_system(db, errno);
        nanosleep(&nap, NULL);
    }
    return 0;
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

/* SQLite throws away a log that lies beside no database, or beside an empty one. But that log may
 * be most of the books, which somebody has moved away for the moment. */
static bool db_log_is_orphaned(const struct db *db)
{
    MEM_FREE_LATER char *name = mem_printf("%s-wal", db->path);
    struct stat books, log;

    return stat(name, &log) == 0 && log.st_size > 0 &&
           (stat(db->path, &books) ? errno == ENOENT : books.st_size == 0);
}

static int db_open_writer(struct db *db)
{
    int rc;

    if (db_log_is_orphaned(db))
        return db_failed_system(db, ENOLINK);
    db->file = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (db->file < 0)
        return db_failed_system(db, errno);
    rc = db_lock(db);
    return rc < 0 ? rc : db_connect_writer(db);
}

/* In write-ahead mode even a reader wants to make the -shm file beside the books. Where it may not
 * (a copy on a read-only medium), the file alone is the whole truth if no log lies beside it. */
static int db_connect_immutable(struct db *db)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;
    struct stat st;

    buffer_printf(&name, "%s-wal", db->path);
    if (stat(buffer_text(&name), &st) == 0 && st.st_size > 0)
        return -EROFS;
    buffer_clear(&name);
    buffer_add_text(&name, "file:");
    for (const char *p = db->path; *p; p++) {
        if (strchr("%?#", *p))
            buffer_printf(&name, "%%%02X", (unsigned)(unsigned char)*p);
        else
            buffer_add_char(&name, *p);
    }
    buffer_add_text(&name, "?immutable=1");
    sqlite3_close(db->handle);
    db->handle = NULL;
    return db_connect(db, buffer_text(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

static int db_open_reader(struct db *db)
{
    int64_t tables;
    int rc = faccessat(AT_FDCWD, db->path, R_OK, AT_EACCESS) ? db_failed_system(db, errno) : 0;

    if (rc == 0)
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

static void db_disconnect(struct db *db)
{
    for (size_t i = 0; i < db->n; i++)
        sqlite3_finalize(db->statements[i]);
    free(db->statements);
    db->statements = NULL;
    db->n = 0;
    if (sqlite3_close(db->handle) != SQLITE_OK)
        log_panic("sqlite connection closed in use");
    db->handle = NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_disconnect(db);
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
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        rc = db_failed(db, rc, sql);
        sqlite3_finalize(statement);
        return rc;
    }
    sqlite3_finalize(statement);
    return 0;
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

int db_in_place(struct db *db)
{
    struct stat opened, there;

    if (fstat(db->file, &opened) == 0 && stat(db->path, &there) == 0 &&
        opened.st_dev == there.st_dev && opened.st_ino == there.st_ino)
        return 0;
    return db_failed_system(db, ESTALE);
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
