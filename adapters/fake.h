/* fake: a modem that follows a script: the contract in its smallest form, for tests.
 * Runs: loop.
 *
 * The script is the modem's device: "fake:" and one letter a job, over and over:
 *   S  sent; a delivered status report follows when the job asked for one
 *   s  sent, and the network never reports
 *   N  sent; a failed status report follows when the job asked for one
 *   I  sent, and its number answers "TD"
 *   Q  sent, and its number answers "收到"
 *   H  sent, and the signal is another one
 *   R  rejected (code 500)
 *   D  deferred by 10 ms (code 515)
 *   B  deferred by 10 ms (code 42), and the lane should rest for 20 ms
 *   U  unknown
 *   X  the device is lost: ready(false), the job returned, ready(true) again
 * Each step takes one turn of the loop.
 *
 * Its SIM is the one that the configuration wants, else it has no number. What was answered stays
 * on it until it is forgotten, and comes again, with another ticket, after X; when FAKE_PLACES are
 * taken, further answers are lost. It refuses the PIN "0000" and works with all others. */
#ifndef LAWCAST_ADAPTERS_FAKE_H
#define LAWCAST_ADAPTERS_FAKE_H

#include "adapters/adapter.h"

#define FAKE_PREFIX "fake:"
#define FAKE_PLACES 32

extern const struct adapter adapter_fake;

#endif
