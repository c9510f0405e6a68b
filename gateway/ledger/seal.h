/* seal: a digest of everything that is in the books and in no record of the journal.
 * Runs: any (blocks).
 *
 * Limits, how modems and boards stand, replies, what waits: no figure of a report comes from there,
 * so they have no records, but nobody may alter them unseen either. The last record of a session in
 * order holds their digests. Of deliveries, that is what plans the next attempt, also when there
 * won't be one: attempts are printed, and doubts decide what a later restart concludes. */
#ifndef LAWCAST_LEDGER_SEAL_H
#define LAWCAST_LEDGER_SEAL_H

#include "gateway/base/json.h"
#include "gateway/ledger/db.h"

/* {"tables":{name: SHA-256 in lower-case digits, ...}}, to be freed, in *out. 0 or -errno. */
int seal_make(struct db *db, struct jv **out);

#endif
