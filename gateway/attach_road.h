/* attach_road: what a unit hands in, into the books.
 * Runs: any (blocks).
 *
 * Through the running gateway, or else by the command itself. A gateway doesn't read files: the
 * photos are put beside the books first, and it is told their names. */
#ifndef LAWCAST_ATTACH_ROAD_H
#define LAWCAST_ATTACH_ROAD_H

#include "gateway/ledger/ledger.h"

/* Has op (LEDGER_ATTACH) done: its result and out fields, when it is durable. COMMAND_FINE, or
 * told. */
int attach_road_send(const char *ledger, struct ledger_op *op);

#endif
