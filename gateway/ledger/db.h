/* db: SQLite behind a dozen functions; db.c is the one file that includes sqlite3.h.
 * Runs: any, one thread at a time for each struct db.
 *
 * Statements are a table: an enum of the user's, with the texts in the same order, prepared once.
 * Integers are bound to ?1, ?2, ... and texts after them. A statement that the program got wrong
 * (SQL error, broken constraint, wrong number of values) ends the process: it would end every run
 * alike. What the machine does to us (disk full, I/O error, busy) comes back as -errno, and db_why
 * says it. */
#ifndef LAWCAST_LEDGER_DB_H
#define LAWCAST_LEDGER_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db; /* opaque: one connection and its statements */

enum db_mode {
    DB_WRITE, /* makes the file (mode 0600: it holds numbers of people) when there is none, and
                 locks it against other writers of this kind until db_close */
    DB_READ,  /* also where nothing can be written, as long as no writer has left a log behind */
};

#define DB_NULL INT64_MIN /* binds NULL */

/* 0 or -errno; -EAGAIN: another process has opened it for writing; -ENOLINK: there is no file, or
 * an empty one, beside a log that belongs to one. *out is set in any case, for db_why and db_close.
 * A reader never opens and closes the file beside SQLite: in a process that also writes, that would
 * end SQLite's own locks. */
int db_open(struct db **out, const char *path, enum db_mode mode);
void db_close(struct db *db); /* NULL is fine */
/* Prepares sql[0..n): statement i is named i from now on. 0 or -errno (not our tables). */
int db_prepare(struct db *db, const char *const *sql, size_t n);
void db_unprepare(struct db *db); /* Forgets the statements: others may be prepared. */
int db_damaged(struct db *db, const char *why); /* notes why, for who finds it out. -EUCLEAN */
const char *db_why(const struct db *db);        /* the last -errno in SQLite's words */

int db_exec(struct db *db, const char *sql); /* one or more statements without values */
/* The single integer that a statement such as "PRAGMA user_version" answers. 0 or -errno. */
int db_ask(struct db *db, const char *sql, int64_t *value);
/* SHA-256 over all rows of a query, each value with its type. 0 or -errno. */
int db_digest(struct db *db, const char *sql, unsigned char digest[static 32]);
int db_begin(struct db *db); /* as the writer */
int db_commit(struct db *db);
void db_rollback(struct db *db);   /* always leaves no transaction; fine without one */
void db_checkpoint(struct db *db); /* moves the log into the file as far as readers allow */
/* Moves it there and cuts it off, which gives the disk its room back. 0, or -errno: a reader is in
 * the way (-EBUSY), or the file has no room to grow. */
int db_cut_log(struct db *db);
/* The same at opening on a disk so full that SQLite can't even make its index of the log: works
 * without one. Statements are gone and must be prepared again. 0 or -errno. */
int db_squeeze(struct db *db);
/* Copies all of it as it is at one moment into the file at path, which must be there and empty;
 * other writers carry on meanwhile. The copy has no log beside it and isn't synced. 0, or -errno:
 * -EBUSY after two seconds in which db itself, or who holds the file at path, was in the way. */
int db_copy(struct db *db, const char *path);
/* Writer: is the file that was opened still the one at its path? 0 or -ESTALE. */
int db_in_place(struct db *db);

/* Binds integers to ?1... and makes the statement ready. */
#define db_start(db, statement, ...)                                                               \
    db_start_n((db), (statement), (const int64_t[]){__VA_ARGS__},                                  \
               sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
void db_start_n(struct db *db, unsigned statement, const int64_t *values, size_t n);
/* text stays valid until the statement ends; NULL binds NULL. */
void db_bind_text(struct db *db, unsigned statement, int at, const char *text);
/* 1: a row is there; 0: no more, ended; or -errno, ended. */
int db_row(struct db *db, unsigned statement);
/* Ends a statement whose rows are not all wanted. */
void db_end(struct db *db, unsigned statement);
/* Carries out a statement that answers no rows. 0 or -errno. */
int db_finish(struct db *db, unsigned statement);
#define db_run(db, statement, ...)                                                                 \
    (db_start((db), (statement), __VA_ARGS__), db_finish((db), (statement)))

int64_t db_int(const struct db *db, unsigned statement, int column); /* 0 for NULL */
bool db_is_null(const struct db *db, unsigned statement, int column);
const char *db_text(const struct db *db, unsigned statement, int column); /* "" for NULL; lent */
int64_t db_changes(const struct db *db);
int64_t db_last_id(const struct db *db);

#endif
