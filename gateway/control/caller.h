/* caller: who may speak to the listener: owners by their tokens, devices by their addresses.
 * Runs: any (pure). Secrets are compared in a time that tells nothing about them. */
#ifndef LAWCAST_CONTROL_CALLER_H
#define LAWCAST_CONTROL_CALLER_H

#include <stdbool.h>

#include "gateway/base/digest.h"
#include "gateway/model/office.h"

/* The unit whose token the value of an Authorization header is; NULL: nobody's. */
const struct unit *caller_unit(const struct office *office, const char *authorization);
/* What makes a board's callback address nobody else's guess: 32 hexadecimal digits, derived from
 * listen.key, which must be there. */
void caller_mac(const struct office *office, const struct board *board,
                char mac[static DIGEST_HEX_MOST]);
/* Is *path "/MAC" or "/MAC/..." with the board's? Then *path is what follows. */
bool caller_knows(const struct office *office, const struct board *board, const char **path);

#endif
