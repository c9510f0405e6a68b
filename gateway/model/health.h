/* health: what a modem says of itself, its SIM and its network.
 * Runs: any (plain data). */
#ifndef LAWCAST_MODEL_HEALTH_H
#define LAWCAST_MODEL_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* <stat> of +CREG (3GPP TS 27.007 7.2); stored in the books. */
enum registration {
    REGISTRATION_NONE = 0, /* not registered, not searching */
    REGISTRATION_HOME = 1,
    REGISTRATION_SEARCHING = 2,
    REGISTRATION_DENIED = 3,
    REGISTRATION_UNKNOWN = 4,
    REGISTRATION_ROAMING = 5,
    REGISTRATIONS
};

struct modem_health {
    char imei[24], imsi[24]; /* digits; "": not known */
    char smsc[24];           /* message centre as the SIM has it; "": not known */
    char network[40];        /* as the modem writes it (UTF-8), or its number; "": none */
    char model[64];          /* maker and model; "": not known */
    enum registration registration;
    int signal_dbm; /* -113..-51 (TS 27.007 8.5); 0: not known */
    bool cdma;      /* the SIM is in CDMA mode, which needs other PDUs than libgammu writes */
};

const char *registration_name(enum registration registration);  /* "home" */
const char *registration_label(enum registration registration); /* in the user's language */

#endif
