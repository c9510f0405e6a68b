/* inbound: one short message that came in: one part of what somebody wrote.
 * Runs: any (plain data). Source: 3GPP TS 23.040 9.2.2.1 (SMS-DELIVER), 9.2.3.24.1 and .8. */
#ifndef LAWCAST_MODEL_INBOUND_H
#define LAWCAST_MODEL_INBOUND_H

#include <stdint.h>

/* Bytes of UTF-8 with the end: 160 characters of GSM 7-bit, each at most 4. */
#define INBOUND_TEXT_MAX  700
#define INBOUND_PARTS_MAX 255

struct inbound {
    uint64_t ticket; /* the adapter's name for it: hand it to forget when it is in the books */
    char sender[44]; /* digits with + when international, or letters (UTF-8) */
    int64_t address; /* 86... when it is a mainland mobile number, else 0 */
    int64_t sent_ms; /* TP-SCTS, ms since 1970; 0: not given */
    int reference;   /* that ties parts together, 0..65535; -1: alone */
    int total, seq;  /* seq 1..total; 1, 1: alone */
    char text[INBOUND_TEXT_MAX];
};

#endif
