/* radio: the modem behind its AT interpreter: its make, its card, and how it stands with the
 * network.
 * Runs: any (plain data). */
#ifndef LAWCAST_TESTS_SIM_RADIO_H
#define LAWCAST_TESTS_SIM_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/card.h"
#include "tests/sim/family.h"

enum {
    RADIO_IMEI_MAX = 16,
    RADIO_NETWORK_MAX = 31,
    RADIO_CENTRE_MAX = 21, /* + and 20 digits */
    RADIO_SIGNAL_MAX = 31,
    RADIO_SIGNAL_UNKNOWN = 99,
};

/* +CREG <stat>, TS 27.007 7.2. */
enum radio_registration {
    RADIO_NOT_SEARCHING,
    RADIO_HOME,
    RADIO_SEARCHING,
    RADIO_DENIED,
    RADIO_UNKNOWN,
    RADIO_ROAMING
};

struct radio {
    const struct family *family;
    char imei[RADIO_IMEI_MAX + 1];
    char network[RADIO_NETWORK_MAX + 1]; /* "": by the card's IMSI */
    char centre[RADIO_CENTRE_MAX + 1];   /* +CSCA after power-on */
    int registration;                    /* with a card that can be used */
    int signal;
    bool cdma;
    struct card card;
};

bool radio_is_signal(int64_t csq);
/* What +CREG says now. */
int radio_registration(const struct radio *radio);
/* Can messages be sent and received? */
bool radio_is_served(const struct radio *radio);
/* The network's long name; "" when its PLMN is not of China. */
const char *radio_network(const struct radio *radio);
/* The network's number: the first five digits of the IMSI. */
void radio_plmn(const struct radio *radio, char plmn[static 6]);

#endif
