/* tap: what a modem says, heard line by line beside libgammu.
 * Runs: any (pure).
 *
 * libgammu throws away what it didn't ask for and keeps what it doesn't understand until the next
 * answer ends. We need the first (a status report that comes while the modem is prepared; an answer
 * that nobody waits for and that would be taken for the next message's) and have to put a limit to
 * the second. A zeroed one with a report function is valid. */
#ifndef LAWCAST_MODEM_TAP_H
#define LAWCAST_MODEM_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/modem/cds.h"

#define TAP_FLOOD 65536 /* bytes that no answer ended */

struct tap {
    void (*report)(void *ctx, const struct status_report *report);
    void *ctx;
    uint64_t heard;   /* bytes, in all */
    unsigned taken;   /* +CMGS lines that nobody has fetched */
    unsigned errors;  /* +CMS ERROR and +CME ERROR lines, same */
    unsigned botched; /* +CDS whose second line was nonsense */
    size_t kept;      /* about what libgammu keeps of whole lines */
    size_t length;    /* of the line that has no end yet; line holds only its beginning */
    bool report_next;
    char last;
    char line[CDS_DIGITS_MAX + 8];
};

void tap_feed(struct tap *tap, const void *bytes, size_t length);
/* The number of "+CMGS" that came, or of errors, since the last call. */
unsigned tap_fetch_taken(struct tap *tap);
unsigned tap_fetch_errors(struct tap *tap);
bool tap_is_flooded(const struct tap *tap);

#endif
