/* cms: what the error numbers of a modem and the status codes of a network mean for a message.
 * Runs: any (pure). Sources: 3GPP TS 27.005 3.2.5 (+CMS ERROR; 0-127 are the causes of TS 24.011
 * annex E, 128-255 the TP-FCS of TS 23.040 9.2.3.22), 3GPP TS 27.007 9.2 (+CME ERROR), TS 23.040
 * 9.2.3.15 (TP-Status).
 *
 * libgammu hands over the number alone and not whether it stood behind CMS or CME, so both lists
 * are one here: where they disagree the reading is taken that can't lose a message. */
#ifndef LAWCAST_MODEM_CMS_H
#define LAWCAST_MODEM_CMS_H

#include <stdint.h>

#include "gateway/model/outcome.h"

#define CMS_BEFORE (-1)

enum cms_class {
    CMS_REJECTED, /* the recipient or the content is at fault: never again */
    CMS_DEFERRED, /* certainly not sent: again, here or elsewhere, after a while */
    CMS_ILL,      /* certainly not sent; if it isn't the message that the modem can't bear, nothing
                     will be until the modem or its SIM is mended */
    CMS_DOUBT,    /* the modem waited for the network in vain: it may have been sent */
    CMS_VAGUE,    /* says nothing: DEFERRED when it came at once, DOUBT when it came late */
};

struct cms_error {
    int code;
    enum cms_class class;
    int32_t wait_ms; /* DEFERRED and VAGUE: not before */
    const char *text;
};

/* Never NULL: a number that nobody has heard of is VAGUE. */
const struct cms_error *cms_find(int code);
/* The outcome of a message of which nothing was taken before this error, which came after_ms after
 * the text was handed over; CMS_BEFORE: it came before. code < 0: a plain ERROR. ILL before the
 * text becomes RETURNED: the message isn't charged for the state of a modem that has not seen it.
 * ILL after it may be the message's own doing, so it counts as an attempt. */
void cms_outcome(int code, int64_t after_ms, struct outcome *outcome);
/* What a TP-Status says; reserved values mean "service rejected". */
enum report_kind cms_report_kind(int status);

#endif
