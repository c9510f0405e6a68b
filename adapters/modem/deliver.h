/* deliver: a message for this SIM as the modem hands it out: the line after +CMGR, +CMGL or +CMT.
 * Runs: any (pure). Source: 3GPP TS 23.040 9.2.2.1 (SMS-DELIVER), 9.1.2.5 (TP-OA), 9.2.3.24 (the
 * header of the text); TS 23.038 4 (TP-DCS).
 *
 * Anybody may send one, so whatever its lengths claim is checked. A text that is no text (8-bit
 * data, compressed) is read as DELIVER_DATA: that it came is known, and who sent it. */
#ifndef LAWCAST_MODEM_DELIVER_H
#define LAWCAST_MODEM_DELIVER_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/model/inbound.h"

#include "adapters/modem/tpdu.h"

#define DELIVER_DATA "[data]"

enum deliver_error {
    DELIVER_OK = 0,
    DELIVER_BROKEN = 1,
    DELIVER_OTHER = 2, /* not an SMS-DELIVER: one that we sent, a status report */
};

/* DELIVER_OK, or a positive enum deliver_error. The ticket stays 0. A sender without a number is
 * "". Half a surrogate pair and U+0000 become U+FFFD. */
int deliver_parse(const char *digits, size_t length, struct inbound *inbound);
/* The mainland mobile number that a sender is (86...), or 0. */
int64_t deliver_address(const char *sender);

#endif
