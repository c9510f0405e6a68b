/* deliver: a text for a SIM as the SMS-DELIVERs that bring it.
 * Runs: any (pure, but for the process's time zone). Sources: 3GPP TS 23.040 9.2.2.1, 9.2.3.24.1;
 * TS 23.038 6.1.2.1.
 *
 * GSM-7 when the default alphabet has every character, else UCS-2; what doesn't fit into one
 * message is cut into parts of 153 septets or 67 units behind a header with an 8-bit reference,
 * never inside an escape or a surrogate pair. */
#ifndef LAWCAST_TESTS_SIM_DELIVER_H
#define LAWCAST_TESTS_SIM_DELIVER_H

#include "tests/sim/pdu.h"

enum { DELIVER_PARTS_MAX = 255, DELIVER_LETTERS_MAX = 11 };

enum deliver_kind {
    DELIVER_INTERNATIONAL, /* digits with the country's code */
    DELIVER_LOCAL,         /* digits: a short code, or a number as it is dialled here */
    DELIVER_LETTERS        /* a name of at most 11 characters of the default alphabet */
};

struct deliver_head {
    char sender[PDU_NUMBER_MAX + 1];
    enum deliver_kind kind;
    uint8_t concat; /* the reference, when there are several parts */
    int64_t sent_ms;
};

/* "+8613...", "10086" or "LAWCAST" as a sender. 0, or 1: none of these. */
int deliver_read_sender(const char *text, struct deliver_head *head);

struct deliver; /* opaque: a text, cut into parts */

/* NULL: text is not UTF-8, or too long for 255 parts. */
struct deliver *deliver_new(const char *text);
void deliver_free(struct deliver *deliver);
unsigned deliver_parts(const struct deliver *deliver);
/* Part 1..parts. */
void deliver_write(const struct deliver *deliver, const struct deliver_head *head, unsigned part,
                   struct pdu_bytes *out);
/* The part's own text, UTF-8. */
void deliver_text(const struct deliver *deliver, unsigned part, char text[static PDU_TEXT_MAX + 1]);

#endif
