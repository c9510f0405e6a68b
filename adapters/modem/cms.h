/* cms: what the error numbers of a modem and the status codes of a network mean for a message.
 * Runs: any (pure). Sources: 3GPP TS 27.005 3.2.5 (+CMS ERROR; 0-127 are the causes of TS 24.011
 * annex E, 128-255 the TP-FCS of TS 23.040 9.2.3.22), 3GPP TS 27.007 9.2 (+CME ERROR), TS 23.040
 * 9.2.3.15 (TP-Status).
 *
 * libgammu hands over the number alone and not whether it stood behind CMS or CME, so both lists
 * are one here: where they disagree the reading is taken that can't lose a message. Numbers from
 * 512 up belong to the makers of modems, who give the same number different meanings. */
#ifndef LAWCAST_MODEM_CMS_H
#define LAWCAST_MODEM_CMS_H

#include <stdint.h>

#include "gateway/model/outcome.h"

#define CMS_BEFORE (-1)

enum cms_class {
    CMS_RECIPIENT, /* the recipient or the content is at fault: never again */
    CMS_LATER,     /* certainly not sent; this message later, here or elsewhere; says nothing about
                      the modem */
    CMS_BUSY,      /* certainly not sent: network or modem are busy; all messages of this modem
                      later */
    CMS_BARRED,    /* certainly not sent: the operator refuses this SIM, unless it is what the
                      recipient does to every SIM */
    CMS_ILL,       /* certainly not sent; if it isn't the message that the modem can't bear, nothing
                      will be until the modem or its SIM is mended */
    CMS_DOUBT,     /* the modem waited for the network in vain: it may have been sent */
    CMS_VAGUE,     /* says nothing: LATER when it came at once, DOUBT when it came late */
};

/* Does the number, said to one recipient after the other, speak against the SIM? */
enum cms_suspicion {
    CMS_INNOCENT,
    CMS_SUSPECT, /* what a SIM without credit gets to hear, but single recipients cause it too */
    CMS_CERTAIN, /* hardly ever the recipient */
};

struct cms_error {
    int code;
    enum cms_class class;
    enum cms_suspicion suspicion;
    int32_t wait_ms;            /* LATER, BUSY and VAGUE: not before */
    const char *text, *chinese; /* the text, in English, is what books and logs say */
};

/* Never NULL: a number that nobody has heard of is VAGUE. */
const struct cms_error *cms_find(int code);
/* Its text in the user's language; never NULL. */
const char *cms_text(int code);
/* The outcome of a message of which nothing was taken before this error, which came after_ms after
 * the text was handed over; CMS_BEFORE: it came before. code < 0: a plain ERROR. ILL and BARRED
 * before the text become RETURNED: the message isn't charged for the state of a modem that has not
 * seen it. After it they may be the message's own doing, so they count as an attempt. */
void cms_outcome(int code, int64_t after_ms, struct outcome *outcome);
/* Fills in what the error of an outcome advises the modem's lane: rest, when it is busy. */
void cms_advise(struct outcome *outcome);
/* What a TP-Status says; reserved values mean "service rejected". */
enum report_kind cms_report_kind(int status);
/* In words, in the user's language; never NULL. */
const char *cms_status_text(int status);

#endif
