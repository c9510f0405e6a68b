/* webhook: a publishing platform that is told by HTTP what to show.
 * Runs: any (pure).
 *
 * Every request below its root carries webhook-id (the slogan's name) and lawcast-event
 * (slogan.publish, slogan.withdraw, slogan.verify); method, status and body are as the
 * specification says, with {name} in the body. A publish with a status 2xx shows the request's body
 * under the name, once however often it is repeated; a withdraw hides it; a verify gives the
 * specified reply only while the name is shown, else 404 and {}. */
#ifndef LAWCAST_TESTS_SIM_WEBHOOK_H
#define LAWCAST_TESTS_SIM_WEBHOOK_H

#include "tests/sim/board.h"

enum { WEBHOOK_ITEMS_MAX = 1000, WEBHOOK_NAME_MAX = 200 };

#endif
