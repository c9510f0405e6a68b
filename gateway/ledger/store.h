/* store: what the ledger's operations do to the books on disk.
 * Runs: ledger thread (store_open: the loop, before there is a thread).
 *
 * store_begin, any number of store_run, store_commit: one transaction. When one of them answers
 * -errno, store_rollback, and the same operations may be run again from the first: they write all
 * their out fields anew. What store keeps in memory is a copy of what is on disk and is dropped by
 * a rollback. */
#ifndef LAWCAST_LEDGER_STORE_H
#define LAWCAST_LEDGER_STORE_H

#include "gateway/ledger/ledger.h"

struct store; /* opaque */

/* Opens or makes the books and settles what was in flight. 0, or -errno with a sentence in why;
 * -EAGAIN: another gateway has them. */
int store_open(struct store **out, const char *path, struct ledger_recovery *recovery, char *why,
               size_t why_size);
void store_close(struct store *store);
/* The copy that the opening has kept of books of an earlier version; NULL: it kept none. */
const char *store_copied(const struct store *store);
int store_begin(struct store *store);
int store_run(struct store *store, struct ledger_op *op);
/* -ESTALE: the books are not at their path any more, so a commit would be lost. */
int store_commit(struct store *store);
void store_rollback(struct store *store);
void store_checkpoint(struct store *store);
/* Signs what is committed: now, or when the last time is long enough ago (store_keys.h). */
int store_sign(struct store *store);
int store_sign_in_time(struct store *store);
/* After a failure and its rollback: gives the disk back what the log holds beyond need. True: there
 * is room now that wasn't there, so it is worth trying again. */
bool store_make_room(struct store *store);
/* The number of a device, made when new (inside a transaction). 0 or -errno. */
int store_device(struct store *store, const char *name, int32_t *number);
const char *store_why(const struct store *store); /* the last -errno in words */

#endif
