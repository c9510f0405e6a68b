/* leaves: the journal, and the tree over its lines.
 * Runs: ledger thread (leaves_mark, leaves_peaks_*: any).
 *
 * A line is written to the table and hashed into the tree in the same transaction. Memory holds the
 * tree as it is with the transaction that is going on, and as it was at its beginning; leaves_flush
 * writes size and peaks before the commit, leaves_commit takes them for true, leaves_rollback goes
 * back. Lines are numbered from 1 without gaps; a leaf's index is one less. */
#ifndef LAWCAST_LEDGER_LEAVES_H
#define LAWCAST_LEDGER_LEAVES_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/merkle.h"
#include "gateway/model/record.h"
#include "gateway/ledger/db.h"

struct leaves_state {
    struct merkle tree;
    int64_t at_ms; /* of the last line; 0: none */
};

struct leaves {
    struct leaves_state now, committed;
    struct buffer line;
};

/* Takes up the tree where the books left it. 0; 1: tree and journal disagree: the books are
 * damaged; or -errno. */
int leaves_read(struct leaves *leaves, struct db *db);
/* Adds the line of a record, and before it, if its time lies before the last line's, one that says
 * so. 0 or -errno. */
int leaves_append(struct leaves *leaves, struct db *db, const struct record *record);
int leaves_flush(struct leaves *leaves, struct db *db);
void leaves_commit(struct leaves *leaves);
void leaves_rollback(struct leaves *leaves);
void leaves_free(struct leaves *leaves);

/* The number that the journal keeps of a leaf: it names a line that was altered or moved. */
int64_t leaves_mark(const struct merkle_hash *leaf, int64_t line);
/* Peaks as the books keep them. 0, or 1: they can't be those of a tree of this size. */
void leaves_peaks_text(const struct merkle *tree, struct buffer *text);
int leaves_peaks_parse(const char *text, int64_t size, struct merkle *tree);

#endif
