/* store_upgrade: books of earlier versions become books of this one.
 * Runs: loop, before there is a ledger thread.
 *
 * One step leads from each earlier version to this one, in one transaction: a crash leaves the
 * version that was there. A copy of the old books is made before it, and read again; when the step
 * fails it goes again. */
#ifndef LAWCAST_LEDGER_STORE_UPGRADE_H
#define LAWCAST_LEDGER_STORE_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* Does a step lead from this version to SQL_VERSION? */
bool store_upgradable(int64_t version);
/* Takes it. The books at path are open for writing, without statements; so they are afterwards.
 * 0, or -errno with why, perhaps empty. */
int store_upgrade(struct store *store, const char *path, int64_t version, char *why,
                  size_t why_size);

/* The steps, inside a transaction; same. */
int upgrade_from_4(struct store *store, const char *path, char *why, size_t why_size);
int upgrade_from_5(struct store *store, const char *path, char *why, size_t why_size);
/* What version 6 has that version 5 had not; its marks, too. 0 or -errno. */
int upgrade_tables_6(struct store *store);
/* The record that says that it was an upgrade. 0 or -errno. */
int upgrade_tell(struct store *store, int64_t from, int64_t at_ms);

#endif
