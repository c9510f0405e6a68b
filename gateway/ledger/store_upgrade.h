/* store_upgrade: books of earlier versions become books of this one.
 * Runs: loop, before there is a ledger thread.
 *
 * Each step leads from one version to the next, in one transaction: a crash leaves the version that
 * was there. A copy of the old books is made before the first step, and read again; when the step
 * fails it goes again. */
#ifndef LAWCAST_LEDGER_STORE_UPGRADE_H
#define LAWCAST_LEDGER_STORE_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* Do steps lead from this version to SQL_VERSION? */
bool store_upgradable(int64_t version);
/* Takes them. The books at path are open for writing, without statements; so they are afterwards.
 * 0, or -errno with why, perhaps empty. */
int store_upgrade(struct store *store, const char *path, int64_t version, char *why,
                  size_t why_size);

/* The steps, inside a transaction; same. */
int upgrade_to_5(struct store *store, const char *path, char *why, size_t why_size);

#endif
