/* store_mark: <books>.key.checkpoint, the last checkpoint that was signed: do the books have it?
 * Runs: ledger thread (opening: the loop, while there is no thread).
 *
 * Books that lack it are an older copy: to go on from one would send again what was sent since.
 * Without the file nobody knows, so books that ever signed anything are not gone on from without it
 * either. The books note a checkpoint before the file, except the first one after a time without
 * the file, which the file has first: so no crash leaves books that have signed without a file. */
#ifndef LAWCAST_LEDGER_STORE_MARK_H
#define LAWCAST_LEDGER_STORE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct store_mark {
    bool there;    /* the file has a checkpoint of these books, or one that was given up */
    uint64_t size; /* of the checkpoint that books and file have; 0: none */
};

/* At the opening, in its transaction. Tells the journal also of a copy that was put back. 0, or
 * -errno with why: -EKEYREVOKED: these may not be the newest books. */
int store_mark_open(struct store *store, const char *path, struct store_mark *out, char *why,
                    size_t why_size);

#endif
