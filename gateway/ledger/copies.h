/* copies: what this program has itself left of books beside them, with the numbers in it: of an
 * upgrade (BOOKS.v4), of a restoring (BOOKS.before-restore-TIME), and of a copy that a crash has
 * broken off (BOOKS.incomplete); each with its log.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_COPIES_H
#define LAWCAST_LEDGER_COPIES_H

#include <stddef.h>

struct copies {
    char **paths; /* absolute, in the order of their names */
    size_t n;
};

/* Files only, and only those with such names. 0 or -errno; release it in any case. */
int copies_find(const char *books_path, struct copies *out);
/* Deletes them for good, durably. 0, or -errno: *failed is the first that is still there. */
int copies_remove(const struct copies *copies, const char **failed);
void copies_release(struct copies *copies);

#endif
