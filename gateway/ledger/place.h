/* place: where the books really lie, and the names beside them.
 * Runs: any.
 *
 * The books may be reached through a link. What belongs to them (key, checkpoint, pictures, control
 * socket) lies beside the file itself, as SQLite's log does: whichever name was given, it is the
 * same. */
#ifndef LAWCAST_LEDGER_PLACE_H
#define LAWCAST_LEDGER_PLACE_H

/* Links are followed, also one to a file that isn't there yet. To be freed. */
char *place_of(const char *path) __attribute__((returns_nonnull));
/* The same with an ending: ".key". */
char *place_beside(const char *path, const char *ending) __attribute__((returns_nonnull));

#endif
