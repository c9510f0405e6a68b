/* scribe: writes into the books for a command while no gateway has them.
 * Runs: any (blocks; runs a loop of its own).
 *
 * Opening makes the books when there are none, and settles what a crash has left in flight, as a
 * gateway does. What is wrong is told on standard error, after "lawcast COMMAND: ". */
#ifndef LAWCAST_SCRIBE_H
#define LAWCAST_SCRIBE_H

#include "gateway/ledger/ledger.h"

struct scribe; /* opaque */

/* 0, or -errno, told: -EAGAIN: a gateway has the books. command is lent. */
int scribe_open(struct scribe **out, const char *command, const char *ledger);
/* Has op done (done and owner are the scribe's): its result, when it is durable; negative: told.
 * After that nothing more can be written. */
int scribe_write(struct scribe *scribe, struct ledger_op *op);
void scribe_close(struct scribe *scribe); /* NULL is fine */

#endif
