/* ear: libgammu's ear on the line, with ours beside it.
 * Runs: agent.
 *
 * libgammu reads the line with read, and throws away what waits there with tcflush when it opens
 * it. A program that exports its own (-rdynamic) is asked instead, as with usleep. Ours hand every
 * byte to a tap (tap.h) first, also those that are thrown away: there may be status reports among
 * them. What libgammu gets has gone through a sieve (sieve.h). A modem that talks without sense and
 * end isn't listened to any more, and whoever waits for it is told to give up (agent_pace.h). What
 * libgammu writes passes by for the pace's sake alone. */
#ifndef LAWCAST_MODEM_AGENT_EAR_H
#define LAWCAST_MODEM_AGENT_EAR_H

#include "adapters/modem/tap.h"

/* Lent; NULL: nobody listens. */
void ear_set(struct tap *tap);

#endif
