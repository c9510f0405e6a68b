/* db: SQLite behind a dozen functions. See db.h.
 * Runs: any, one thread at a time for each struct db. */
#include "gateway/ledger/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define DB_BUSY_MS 5000

struct db {
    sqlite3 *handle;
    sqlite3_stmt **statements;
    size_t n;
    char why[240];
};

/* What the machine can do to us. Everything else is a mistake of the program. */
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

static int db_connect(struct db *db, const char *name, int flags)
{
    int rc = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
        return 0;
    }
    return db_failed(db, rc, "open");
}

static int db_open_system(struct db *db, const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    if (fd < 0) {
        int error = errno;

        snprintf(db->why, sizeof db->why, "%s", strerror(error));
        return -error;
    }
    close(fd);
    return 0;
}

/* In write-ahead mode even a reader wants to make the -shm file beside the books. Where it may not
 * (a copy on a read-only medium), the file alone is the whole truth if no log lies beside it. */
static int db_connect_immutable(struct db *db, const char *path)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;
    struct stat st;

    buffer_printf(&name, "%s-wal", path);
    if (stat(buffer_text(&name), &st) == 0 && st.st_size > 0)
        return -EROFS;
    buffer_clear(&name);
    buffer_add_text(&name, "file:");
    for (const char *p = path; *p; p++) {
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

static int db_open_reader(struct db *db, const char *path)
{
    int64_t version;
    int rc = db_open_system(db, path, O_RDONLY);

    if (rc == 0)
        rc = db_connect(db, path, SQLITE_OPEN_READONLY);
    if (rc < 0)
        return rc;
    rc = db_ask(db, "SELECT count(*) FROM sqlite_schema", &version);
    if (rc == -ENOENT || rc == -EROFS || rc == -EACCES)
        rc = db_connect_immutable(db, path);
    return rc;
}

int db_open(struct db **out, const char *path, enum db_mode mode)
{
    struct db *db = *out = mem_new(struct db);
    int rc;

    if (mode == DB_READ)
        return db_open_reader(db, path);
    rc = db_open_system(db, path, O_RDWR | O_CREAT);
    return rc < 0 ? rc : db_connect(db, path, SQLITE_OPEN_READWRITE);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->n; i++)
        sqlite3_finalize(db->statements[i]);
    free(db->statements);
    if (sqlite3_close(db->handle) != SQLITE_OK)
        log_panic("sqlite connection closed in use");
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
