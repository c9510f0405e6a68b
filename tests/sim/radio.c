/* radio: the modem behind its AT interpreter. See radio.h.
 * Runs: any. */
#include "tests/sim/radio.h"

#include <stdio.h>
#include <string.h>

/* ITU-T E.212, mobile country code 460, with the names that handsets show. */
static const struct {
    const char *plmn, *name;
} radio_networks[] = {
    {"46000", "CHINA MOBILE"}, {"46002", "CHINA MOBILE"}, {"46004", "CHINA MOBILE"},
    {"46007", "CHINA MOBILE"}, {"46008", "CHINA MOBILE"}, {"46001", "CHN-UNICOM"},
    {"46006", "CHN-UNICOM"},   {"46009", "CHN-UNICOM"},   {"46003", "CHN-CT"},
    {"46005", "CHN-CT"},       {"46011", "CHN-CT"},       {"46012", "CHN-CT"},
    {"46015", "CHN-CBN"},
};

bool radio_is_signal(int64_t csq)
{
    return (csq >= 0 && csq <= RADIO_SIGNAL_MAX) || csq == RADIO_SIGNAL_UNKNOWN;
}

int radio_registration(const struct radio *radio)
{
    return radio->card.lock == CARD_READY ? radio->registration : RADIO_NOT_SEARCHING;
}

bool radio_is_served(const struct radio *radio)
{
    int registration = radio_registration(radio);

    return registration == RADIO_HOME || registration == RADIO_ROAMING;
}

void radio_plmn(const struct radio *radio, char plmn[static 6])
{
    snprintf(plmn, 6, "%.5s", radio->card.imsi);
}

const char *radio_network(const struct radio *radio)
{
    char plmn[6];

    if (*radio->network)
        return radio->network;
    radio_plmn(radio, plmn);
    for (size_t i = 0; i < sizeof radio_networks / sizeof *radio_networks; i++)
        if (strcmp(radio_networks[i].plmn, plmn) == 0)
            return radio_networks[i].name;
    return "";
}
