/* risks_limits: how much of the SIMs' limits was used. See risks_limits.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/report/risks_limits.h"

#include <string.h>
#include <time.h>

#define RISKS_HOUR_MS INT64_C(3600000)

int64_t risks_carried(const struct books_tally *tally)
{
    return tally->parts[DELIVERY_SENT] + tally->parts[DELIVERY_DELIVERED] +
           tally->parts[DELIVERY_UNDELIVERED] + tally->parts[DELIVERY_UNKNOWN];
}

static int64_t risks_midnight_ms(int32_t day, int days_later)
{
    struct tm tm = {.tm_year = day / 10000 - 1900,
                    .tm_mon = day / 100 % 100 - 1,
                    .tm_mday = day % 100 + days_later,
                    .tm_isdst = -1};

    return (int64_t)mktime(&tm) * 1000;
}

/* Of the windows, inside of a local day. */
static int64_t risks_open_ms(const struct campaign *campaign, int32_t day)
{
    int64_t from_ms = risks_midnight_ms(day, 0), to_ms = risks_midnight_ms(day, 1), open_ms = 0;

    for (size_t i = 0; i < campaign->n_windows; i++) {
        const struct window *window = &campaign->windows[i];
        int64_t begin = window->from_ms > from_ms ? window->from_ms : from_ms;
        int64_t end = window->to_ms < to_ms ? window->to_ms : to_ms;

        open_ms += end > begin ? end - begin : 0;
    }
    return open_ms;
}

static const struct modem *risks_modem(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_modems; i++)
        if (strcmp(office->modems[i].id, id) == 0)
            return &office->modems[i];
    return NULL;
}

static bool risks_is_spent(const struct meter_limits *limits, int64_t open_ms, int64_t parts)
{
    int64_t hours = limits->per_hour * open_ms / RISKS_HOUR_MS;

    return (limits->per_day && parts * 100 > limits->per_day * RISKS_LIMIT_PERCENT) ||
           (limits->per_hour && parts * 100 > hours * RISKS_LIMIT_PERCENT);
}

size_t risks_count_spent(const struct risks_setup *setup, char first[static 97])
{
    size_t n = 0;

    *first = '\0';
    for (size_t i = 0; i < setup->n_tallies; i++) {
        const struct books_tally *tally = &setup->tallies[i];
        const struct modem *modem = risks_modem(setup->office, tally->device);

        if (!modem || !tally->day ||
            !risks_is_spent(&modem->limits, risks_open_ms(setup->campaign, tally->day),
                            risks_carried(tally)))
            continue;
        if (!n++)
            snprintf(first, 97, "%s", modem->id);
    }
    return n;
}
