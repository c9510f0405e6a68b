/* fake: a modem that follows a script: the contract in its smallest form, for tests.
 * Runs: loop.
 *
 * The script is the modem's device: "fake:" and one letter a job, over and over:
 *   S  sent; a delivered status report follows when the job asked for one
 *   s  sent, and the network never reports
 *   N  sent; a failed status report follows when the job asked for one
 *   R  rejected (code 500)
 *   D  deferred by 10 ms (code 515)
 *   U  unknown
 *   X  the device is lost: ready(false), the job returned, ready(true) again
 * Each step takes one turn of the loop. */
#ifndef LAWCAST_ADAPTERS_FAKE_H
#define LAWCAST_ADAPTERS_FAKE_H

#include "adapters/adapter.h"

#define FAKE_PREFIX "fake:"

extern const struct adapter adapter_fake;

#endif
