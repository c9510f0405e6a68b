/* guests: the connections of a listener and how long they have been there: whoever trickles a byte
 * now and then is never idle, and would keep its place for ever. Runs: loop. */
#ifndef LAWCAST_CONTROL_GUESTS_H
#define LAWCAST_CONTROL_GUESTS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/list.h"

#define GUEST_STAY_MS 60000 /* a request of 8 MiB over a slow line takes less */

struct guest;

/* Zeroed but for list_init. */
struct guests {
    struct list all; /* oldest first */
};

struct guest *guest_come(struct guests *guests, int fd, int64_t now_ms);
void guest_leave(struct guest *guest);
/* Shuts the connections of those that came GUEST_STAY_MS ago: their server sees them close. Returns
 * how many. */
size_t guests_expel(struct guests *guests, int64_t now_ms);

#endif
