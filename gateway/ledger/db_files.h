/* db_files: the files of a database as files: whose they are, and what lies beside them. Only db.c
 * and copy.c use it.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_DB_FILES_H
#define LAWCAST_LEDGER_DB_FILES_H

#include <stdbool.h>

#include "gateway/base/buffer.h"

/* Locks an open file against other writers of this kind, until it is closed. 0 or -errno: -EAGAIN:
 * another process has it. */
int db_files_lock(int file);
/* Does a log lie beside no database, or beside an empty one? */
bool db_files_log_is_orphaned(const char *path);
/* May it be read, and is it no pipe, which SQLite would wait for? 0 or -errno. */
int db_files_look(const char *path);
/* Does a log lie beside it with nothing in it, and is the file ours to write? */
bool db_files_has_empty_log(const char *path);
/* The header of a copy asks for a log, as the one of the books does: no more. 0 or -errno. */
int db_files_need_no_log(const char *path);
/* Takes away the log that a broken-off copy leaves, which nobody else has opened. */
void db_files_drop_log(const char *path);
/* Takes all rights from others: of the open file, and of what lies beside it. */
void db_files_close_to_others(int file, const char *path);
/* Is the open file still the one at this path? */
bool db_files_are_one(int file, const char *path);
/* Adds the name under which SQLite opens the file alone. 0, or -EROFS: a log lies beside it, so
 * that it isn't the whole truth. */
int db_files_name_alone(const char *path, struct buffer *name);
/* SQLite says "I/O error" (error) of whatever it can't explain; the system (cause) may know better:
 * whichever says more. */
int db_files_explain(int error, int cause);

#endif
