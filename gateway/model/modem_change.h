/* modem_change: is a modem of a new configuration the one that we have?
 * Runs: any (pure). */
#ifndef LAWCAST_MODEL_MODEM_CHANGE_H
#define LAWCAST_MODEL_MODEM_CHANGE_H

#include "gateway/model/office.h"

enum modem_change {
    MODEM_SAME,
    MODEM_LIMITS, /* other limits, or what is only counted with: it goes on as it is */
    MODEM_ANEW,   /* another device, SIM or way to talk to it: it has to be begun again */
};

/* Both of the same id, each with its office. */
enum modem_change modem_compare(const struct modem *a, const struct office *a_office,
                                const struct modem *b, const struct office *b_office);
/* By id, or NULL. */
const struct modem *modem_find(const struct office *office, const char *id);
/* Of the modem, or NULL. */
const struct limit_group *modem_limit_group(const struct modem *modem, const struct office *office);
bool meter_limits_are_same(const struct meter_limits *a, const struct meter_limits *b);

#endif
