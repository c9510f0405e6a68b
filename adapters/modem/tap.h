/* tap: what a modem says, heard line by line beside libgammu.
 * Runs: any (pure).
 *
 * libgammu throws away what it didn't ask for and keeps what it doesn't understand until the next
 * answer ends. We need the first (a status report that comes while the modem is prepared; an answer
 * that nobody waits for and that would be taken for the next message's; a message that came in) and
 * have to put a limit to the second. A zeroed one is valid. What it calls may only take notes: the
 * modem is in the middle of something. NULs, which a line of bad quality brings, are not heard. */
#ifndef LAWCAST_MODEM_TAP_H
#define LAWCAST_MODEM_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/outcome.h"

#include "adapters/modem/tpdu.h"

/* Bytes that no answer ended; but a full memory's list may be longer, and libgammu asks for none:
 * its lines don't count. */
#define TAP_FLOOD 65536

#define TAP_CODE_MAX 65535

struct tap_events {
    void (*report)(void *ctx, const struct status_report *report); /* +CDS */
    void (*direct)(void *ctx, const char *digits, size_t length);  /* +CMT: the PDU */
    void (*stored)(void *ctx, const char *line);                   /* +CMTI or +CDSI, whole */
};

enum tap_next { TAP_ANY, TAP_REPORT, TAP_DIRECT }; /* what the line that comes has to be */

struct tap {
    const struct tap_events *events; /* NULL, or a NULL member: nobody wants to know */
    void *ctx;
    /* While a question is on its way: does the line belong to its answer? Then nothing else is made
     * of it. */
    bool (*answer)(void *ctx, const char *line, size_t length);
    void *answer_ctx;
    uint64_t heard;    /* bytes, in all */
    unsigned taken;    /* +CMGS lines that nobody has fetched */
    int reference;     /* of the last of them, 0..255; -1: it had none */
    unsigned errors;   /* +CMS ERROR and +CME ERROR lines, same */
    unsigned failures; /* endings of any kind that say no, in all; not those of questions */
    int code;          /* of the last of them; -1: it had none */
    unsigned botched;  /* +CDS whose second line was nonsense, same */
    size_t kept;       /* about what libgammu would keep of whole lines */
    size_t length;     /* of the line that has no end yet; line holds only its beginning */
    enum tap_next next;
    bool listing; /* +CMGL was the last line of the answer: its PDU comes */
    char last;
    char line[TPDU_DIGITS_MAX + 8];
};

void tap_feed(struct tap *tap, const void *bytes, size_t length);
/* The number of "+CMGS" that came, of errors, or of botched reports, since the last call. */
unsigned tap_fetch_taken(struct tap *tap);
unsigned tap_fetch_errors(struct tap *tap);
unsigned tap_fetch_botched(struct tap *tap);
bool tap_is_flooded(const struct tap *tap);

#endif
