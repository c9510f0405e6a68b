/* rate: at most so many parts an hour, because a person has said so. See rate.h.
 * Runs: loop. */
#include "gateway/dispatch/rate.h"

#define RATE_LATER_MS (60 * INT64_C(1000))

void rate_set(struct rate *rate, int64_t per_hour)
{
    if (rate->per_hour == per_hour)
        return;
    rate_fini(rate);
    rate->per_hour = per_hour;
    rate->turn++;
    if (per_hour)
        rate->meter = meter_new(&(struct meter_limits){.per_hour = per_hour});
}

void rate_fini(struct rate *rate)
{
    meter_free(rate->meter);
    rate->meter = NULL;
    rate->per_hour = 0;
}

enum meter_bound rate_ask(struct rate *rate, int64_t now_ms, int64_t parts, int64_t *again_ms)
{
    enum meter_bound bound;

    *again_ms = now_ms;
    if (!rate || !rate->meter)
        return METER_FREE;
    bound = meter_ask(rate->meter, now_ms, 0, parts, again_ms);
    if (bound != METER_NEVER)
        return bound;
    *again_ms = now_ms + RATE_LATER_MS;
    return METER_HOUR;
}

struct rate_use rate_take(struct rate *rate, int64_t slot, int64_t parts)
{
    if (!rate || !rate->meter)
        return (struct rate_use){0};
    meter_add(rate->meter, slot, parts);
    return (struct rate_use){rate, rate->turn};
}

void rate_give_back(const struct rate_use *use, int64_t slot, int64_t parts)
{
    if (use->rate && use->rate->meter && use->rate->turn == use->turn)
        meter_take_back(use->rate->meter, slot, parts);
}

int64_t rate_capacity(const struct rate *rate, int64_t now_ms, int64_t open_ms)
{
    int64_t lanes = rate && rate->lanes ? (int64_t)rate->lanes : 1;

    return rate && rate->meter ? meter_capacity(rate->meter, now_ms, open_ms) / lanes : INT64_MAX;
}
