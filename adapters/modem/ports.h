/* ports: which devices are in use, and by whom: two modems must never open the same one.
 * Runs: loop.
 *
 * A device may have many names (/dev/serial/by-path/... are links): what counts is what they lead
 * to at the time when they are taken. An owner has at most one device at a time. */
#ifndef LAWCAST_MODEM_PORTS_H
#define LAWCAST_MODEM_PORTS_H

#include <stdbool.h>

struct ports; /* opaque */

struct ports *ports_new(void);
/* Nobody may have a device any more. NULL is fine. */
void ports_free(struct ports *ports);
/* true: the device is owner's from now on. false: it doesn't exist or belongs to another. The owner
 * must have none. */
bool ports_take(struct ports *ports, const char *device, const void *owner);
/* Gives back what the owner has, if anything. */
void ports_release(struct ports *ports, const void *owner);

#endif
