/* scrub: what a database file still holds of rows that were deleted.
 * Runs: any (blocks; nobody else may have the books open).
 *
 * SQLite leaves the bytes of deleted rows in pages that it may use again, and old pages in its log.
 * Afterwards the file holds what is in the tables and nothing else, and its log is empty. Meanwhile
 * it needs room for a second copy on the disk of the books, in the log, and another one in memory:
 * in the folder for temporary files it would leave numbers of every campaign. May be broken off and
 * done again at any time. */
#ifndef LAWCAST_LEDGER_SCRUB_H
#define LAWCAST_LEDGER_SCRUB_H

#include <stdbool.h>
#include <stddef.h>

/* Before rows are deleted: from now on traces may be left, which the file <books>.unscrubbed says
 * until a scrubbing is done. 0 or -errno. */
int scrub_owe(const char *path);
/* Nothing was deleted. */
void scrub_owe_nothing(const char *path);
/* May traces be left? */
bool scrub_is_owed(const char *path);
/* 0, or -errno with a sentence in the user's language in why: then traces may be left. */
int scrub_books(const char *path, char *why, size_t why_size);

#endif
