/* plan_limits: what the limits of all SIMs let through. See plan_limits.h.
 * Runs: any (pure). */
#include "gateway/report/plan_limits.h"

#include <stdlib.h>

#include "gateway/base/mem.h"
#include "gateway/model/meter.h"

static int64_t plan_limits_add(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* One window after the other: what was sent in the first counts in the second. */
static int64_t plan_limits_of(const struct meter_limits *limits, const struct campaign *campaign)
{
    struct meter *meter = meter_new(limits);
    int64_t sum = 0;

    for (size_t i = 0; i < campaign->n_windows && sum < INT64_MAX; i++) {
        const struct window *window = &campaign->windows[i];
        int64_t parts = meter_capacity(meter, window->from_ms, window->to_ms - window->from_ms);

        if (parts < INT64_MAX)
            meter_add(meter, meter_slot(window->to_ms - 1), parts);
        sum = plan_limits_add(sum, parts);
    }
    meter_free(meter);
    return sum;
}

int64_t plan_limit_parts(const struct campaign *campaign, const struct office *office)
{
    int64_t *groups = mem_array(office->n_groups + 1, int64_t); /* the last one: no group */
    int64_t one = 0, sum;

    for (size_t i = 0; i < office->n_modems; i++) {
        const struct modem *modem = &office->modems[i];
        size_t group = modem->group < 0 ? office->n_groups : (size_t)modem->group;

        /* A bank's modems are alike: the last answer holds for the next. */
        if (i == 0 || modem[-1].limits.per_hour != modem->limits.per_hour ||
            modem[-1].limits.per_day != modem->limits.per_day)
            one = plan_limits_of(&modem->limits, campaign);
        groups[group] = plan_limits_add(groups[group], one);
    }
    sum = groups[office->n_groups];
    for (size_t i = 0; i < office->n_groups; i++) {
        int64_t most = plan_limits_of(&office->groups[i].limits, campaign);

        sum = plan_limits_add(sum, groups[i] < most ? groups[i] : most);
    }
    free(groups);
    return sum;
}
