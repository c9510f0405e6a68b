/* dispatch_reload: another configuration for a dispatcher that runs.
 * Runs: loop.
 *
 * Modems that the new one hasn't finish what they have, and go; those that have become others too,
 * and come back as what they are then; limits hold for the next message. No message is dropped:
 * what a modem doesn't take any more is taken by another. */
#ifndef LAWCAST_DISPATCH_DISPATCH_RELOAD_H
#define LAWCAST_DISPATCH_DISPATCH_RELOAD_H

#include "gateway/dispatch/dispatch.h"

/* office: with the units of the one before at the same places, and its very boards. Both are lent
 * until dispatch_free. */
void dispatch_reload(struct dispatch *dispatch, const struct office *office);
/* Part of the tick: what goes and what comes, one after the other. */
void dispatch_reconcile(struct dispatch *dispatch);

#endif
