/* approve_road: how an approval gets into the books: through the running gateway, or directly.
 * Runs: any (blocks). */
#ifndef LAWCAST_APPROVE_ROAD_H
#define LAWCAST_APPROVE_ROAD_H

#include "gateway/base/buffer.h"
#include "gateway/model/approval.h"

/* The note was verified. Tells what is wrong itself. COMMAND_FINE (also when the books had it
 * already: then *known), COMMAND_REFUSED, COMMAND_MACHINE. */
int approve_hand_in(const char *ledger, const struct approval *approval, const struct buffer *note,
                    bool *known);

#endif
