/* modem_change: is a modem of a new configuration the one that we have? See modem_change.h.
 * Runs: any (pure). */
#include "gateway/model/modem_change.h"

#include <string.h>

const struct modem *modem_find(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_modems; i++)
        if (strcmp(office->modems[i].id, id) == 0)
            return &office->modems[i];
    return NULL;
}

const struct limit_group *modem_limit_group(const struct modem *modem, const struct office *office)
{
    return modem->group >= 0 && (size_t)modem->group < office->n_groups
               ? &office->groups[modem->group]
               : NULL;
}

static bool modem_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool modem_same_spares(const struct option_strings *a, const struct option_strings *b)
{
    size_t n = a ? a->n : 0;

    if (n != (b ? b->n : 0))
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

bool meter_limits_are_same(const struct meter_limits *a, const struct meter_limits *b)
{
    return a->per_hour == b->per_hour && a->per_day == b->per_day;
}

static bool modem_same_groups(const struct limit_group *a, const struct limit_group *b)
{
    return a && b ? strcmp(a->id, b->id) == 0 : a == b;
}

static bool modem_is_same_device(const struct modem *a, const struct modem *b)
{
    return strcmp(a->device, b->device) == 0 && strcmp(a->connection, b->connection) == 0 &&
           modem_same_text(a->smsc, b->smsc) && modem_same_text(a->pin, b->pin) &&
           modem_same_text(a->imei, b->imei) && modem_same_text(a->imsi, b->imsi) &&
           a->grace_ms == b->grace_ms && a->timeout_ms == b->timeout_ms && a->gap_ms == b->gap_ms &&
           a->network == b->network && modem_same_spares(a->spares, b->spares);
}

enum modem_change modem_compare(const struct modem *a, const struct office *a_office,
                                const struct modem *b, const struct office *b_office)
{
    const struct limit_group *a_group = modem_limit_group(a, a_office);
    const struct limit_group *b_group = modem_limit_group(b, b_office);

    if (!modem_is_same_device(a, b) || !modem_same_groups(a_group, b_group))
        return MODEM_ANEW;
    if (!meter_limits_are_same(&a->limits, &b->limits) || a->air_ms != b->air_ms ||
        a->price != b->price ||
        (a_group && !meter_limits_are_same(&a_group->limits, &b_group->limits)))
        return MODEM_LIMITS;
    return MODEM_SAME;
}
