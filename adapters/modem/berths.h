/* berths: the devices under which one modem may be found: its own, and the spare ones of its bank.
 * Runs: loop.
 *
 * A modem that is unplugged and plugged in again, or whose USB hub was reset, may come back under
 * another name. Its own device is tried first; when it doesn't exist, or has somebody else's SIM,
 * the spare ones that exist and are free, in turn. Who is there, the caller finds out, and says so
 * with berths_refuse: then that device isn't tried again until something was plugged in there, or
 * berths_forgive; or with berths_pass: then it has its next turn when the others had theirs. */
#ifndef LAWCAST_MODEM_BERTHS_H
#define LAWCAST_MODEM_BERTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/office.h"

#include "adapters/modem/ports.h"

struct berths {
    const struct modem *modem;
    struct ports *ports; /* NULL: nobody knows who has what, so spare ones aren't used */
    const void *owner;   /* of ports */
    size_t n;            /* 0 is the modem's own */
    uint64_t *refused;   /* by berth: the fingerprint of what was refused there, 0: nothing */
    bool *passed;        /* by berth: not this time */
    bool taken;
    size_t at;      /* when taken */
    uint64_t print; /* same: what was there when it was taken */
    uint64_t seen;  /* what was at the own device when it was tried last, 0: nothing */
};

enum berths_result {
    BERTHS_FOUND,
    BERTHS_ABSENT,   /* the own device doesn't exist, and no other is left to try */
    BERTHS_OCCUPIED, /* another modem has the own device, same */
    BERTHS_STRANGE,  /* the own device was refused, same */
};

/* modem, ports and owner are lent. */
void berths_init(struct berths *berths, const struct modem *modem, struct ports *ports,
                 const void *owner);
/* Nothing may be taken. A zeroed one is fine. */
void berths_fini(struct berths *berths);
/* Takes the next device; none may be taken. spares: may they be tried? */
enum berths_result berths_find(struct berths *berths, bool spares);
/* The name of the device that is taken. */
const char *berths_device(const struct berths *berths);
bool berths_is_own(const struct berths *berths);
/* What was plugged in here when it was taken is not ours. */
void berths_refuse(struct berths *berths);
/* Who is plugged in here isn't known yet. */
void berths_pass(struct berths *berths);
/* Gives back the device that is taken; none: nothing happens. */
void berths_leave(struct berths *berths);
/* Everything may be tried again. */
void berths_forgive(struct berths *berths);
/* Was the own device plugged in anew since it was tried? */
bool berths_have_changed(const struct berths *berths);
/* Same, or is it away: the modem that was there has lost power, and what it was about to say. */
bool berths_was_unplugged(const struct berths *berths);

#endif
