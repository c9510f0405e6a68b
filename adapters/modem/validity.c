/* validity: how long the network may try to deliver. See validity.h.
 * Runs: any (pure). */
#include "adapters/modem/validity.h"

#include <stddef.h>

#define HOUR 60
#define DAY  (24 * HOUR)
#define WEEK (7 * DAY)

/* Value base + n means plus + n * step minutes, from the value first on. Longest first. */
static const struct {
    int first, base;
    int64_t plus, step;
} validity_ranges[] = {
    {197, 192, 0, WEEK},
    {168, 166, 0, DAY},
    {144, 143, 12 * HOUR, 30},
    {0, -1, 0, 5},
};

uint8_t validity_relative(int64_t seconds)
{
    int64_t minutes = seconds / 60, most = 255;

    if (seconds <= 0)
        return 255;
    for (size_t i = 0; i < sizeof validity_ranges / sizeof *validity_ranges; i++) {
        int64_t n = (minutes - validity_ranges[i].plus) / validity_ranges[i].step;
        int64_t value = validity_ranges[i].base + n;

        if (value >= validity_ranges[i].first)
            return (uint8_t)(value < most ? value : most);
        most = validity_ranges[i].first - 1;
    }
    return 0;
}
