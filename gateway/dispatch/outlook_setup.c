/* outlook_setup: from lanes and works to a forecast, and back. See outlook_setup.h.
 * Runs: loop. */
#include "gateway/dispatch/outlook_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/dispatch/lane_inside.h"

#define OUTLOOK_AIR_SPREAD 100000 /* of a million: lanes are not all equally fast */

/* ---- lanes ---- */

static int64_t outlook_group(struct forecast_setup *setup, struct forecast_group *groups,
                             const struct gauge *gauge)
{
    if (!gauge || !gauge->meter)
        return -1;
    for (size_t i = 0; i < setup->n_groups; i++)
        if (groups[i].meter == gauge->meter)
            return (int64_t)i;
    groups[setup->n_groups] = (struct forecast_group){gauge->limits, gauge->meter};
    return (int64_t)setup->n_groups++;
}

static void outlook_lower(int64_t *limit, const struct rate *rate)
{
    if (rate && rate->per_hour && (!*limit || rate->per_hour < *limit))
        *limit = rate->per_hour;
}

static void outlook_lane(const struct lane *lane, int64_t now_ms, struct forecast_lane *out)
{
    const struct modem *modem = lane->setup.env.modem;
    enum lane_state state = lane_state(lane);
    bool begins = state == LANE_DOWN && !*lane_why(lane);

    *out = (struct forecast_lane){
        .limits = modem->limits,
        .meter = lane->sim ? lane->sim->meter : NULL,
        .group = -1,
        .network = lane->network == OPERATOR_UNKNOWN ? -1 : (int64_t)lane->network,
        .part_ms = lane->part_ms > 0 ? lane->part_ms : 1,
        .gap_ms = modem->gap_ms,
        .free_ms = INT64_MAX};
    for (size_t i = 0; i < TAB_RATES_MODEM; i++)
        outlook_lower(&out->limits.per_hour, lane->rates[i]);
    if (state == LANE_READY || state == LANE_THROTTLED || begins)
        out->free_ms = now_ms;
}

static void outlook_lanes(struct forecast_setup *setup, const struct dispatch *dispatch)
{
    struct forecast_lane *lanes = mem_array(dispatch->n_lanes + 1, struct forecast_lane);
    struct forecast_group *groups = mem_array(dispatch->n_lanes + 1, struct forecast_group);

    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        outlook_lane(dispatch->lanes[i], setup->now_ms, &lanes[i]);
        lanes[i].group = outlook_group(setup, groups, lane_group(dispatch->lanes[i]));
    }
    setup->lanes = lanes;
    setup->n_lanes = dispatch->n_lanes;
    setup->groups = groups;
}

/* ---- orders ---- */

static bool outlook_is_known(const struct work_order *order)
{
    bool known = true;

    for (size_t route = 0; route < PHONE_OPERATORS; route++)
        known = known && order->queues[route].known;
    return known;
}

/* Parts of a usual message: of the one that is next. */
static int64_t outlook_parts(const struct queue *queue)
{
    const struct ledger_row *row = queue_peek(queue);

    if (!row || row->parts < 1)
        return 1;
    return row->parts < OUTCOME_PARTS_MAX ? row->parts : OUTCOME_PARTS_MAX;
}

static void outlook_windows(struct outlook_order *about, struct forecast_order *out, int64_t now_ms,
                            int64_t ahead_ms)
{
    const struct calendar *times = &about->order->times;
    int64_t until = 0;

    about->windows = mem_array(times->n + 1, struct window);
    out->windows = about->windows;
    for (size_t i = 0; i < times->n; i++) {
        struct window window = times->items[i];

        if (window.to_ms <= now_ms)
            continue;
        if (window.from_ms < now_ms)
            window.from_ms = now_ms;
        if (!until)
            until = window.from_ms + ahead_ms;
        if (window.from_ms >= until) {
            about->beyond_ms += window.to_ms - window.from_ms;
            continue;
        }
        about->open_ms += window.to_ms - window.from_ms;
        about->windows[out->n_windows++] = window;
    }
}

static bool outlook_is_paused(const struct outlook_order *about)
{
    return about->work->standing.paused || about->order->standing.paused;
}

/* What was given up is no longer owed, and not cured either. */
static bool outlook_is_owing(const struct outlook_order *about)
{
    return about->work->state <= WORK_RUNNING && !about->work->standing.cancelled &&
           !about->order->standing.cancelled && !about->order->done;
}

static void outlook_order(struct outlook_order *about, struct forecast_order *out, int64_t now_ms,
                          int64_t ahead_ms)
{
    const struct work_order *order = about->order;
    bool owing = outlook_is_owing(about) && outlook_is_known(order);

    *out = (struct forecast_order){.paused = outlook_is_paused(about),
                                   .rate = order->rate.per_hour,
                                   .routing = about->work->campaign->sms.routing};
    outlook_lower(&out->rate, &about->work->rate);
    outlook_windows(about, out, now_ms, ahead_ms);
    for (size_t route = 0; route < PHONE_OPERATORS && owing; route++) {
        const struct queue *queue = &order->queues[route];
        int64_t parts = outlook_parts(queue);
        int64_t messages = (queue->open_parts + parts - 1) / parts;

        out->open[route][parts] = messages;
        out->quota += messages;
    }
}

void outlook_setup_fill(struct outlook_setup *setup, const struct dispatch *dispatch,
                        int64_t now_ms, int64_t ahead_ms)
{
    struct forecast_order *orders;
    size_t n = 0;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        n += dispatch->works[i].n_orders;
    *setup = (struct outlook_setup){.forecast = {.now_ms = now_ms, .seed = 1}};
    setup->forecast.chances.air_spread = OUTLOOK_AIR_SPREAD;
    outlook_lanes(&setup->forecast, dispatch);
    setup->orders = mem_array(n + 1, struct outlook_order);
    orders = mem_array(n + 1, struct forecast_order);
    setup->forecast.orders = orders;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        for (size_t k = 0; k < dispatch->works[i].n_orders; k++) {
            struct outlook_order *about = &setup->orders[setup->forecast.n_orders];

            about->work = &dispatch->works[i];
            about->order = &dispatch->works[i].orders[k];
            outlook_order(about, &orders[setup->forecast.n_orders++], now_ms, ahead_ms);
        }
}

void outlook_setup_free(struct outlook_setup *setup)
{
    for (size_t i = 0; i < setup->forecast.n_orders; i++)
        free(setup->orders[i].windows);
    free(setup->orders);
    free((void *)setup->forecast.orders);
    free((void *)setup->forecast.lanes);
    free((void *)setup->forecast.groups);
    *setup = (struct outlook_setup){0};
}

/* ---- what it says ---- */

static void outlook_line(const struct forecast_line *from, struct prospect_line *out)
{
    *out = (struct prospect_line){.finish_p50_ms = from->finish_p50_ms,
                                  .finish_p95_ms = from->finish_p95_ms,
                                  .missing = from->short_p50,
                                  .bound = from->bound};
}

/* What was not played goes on as what was. */
static void outlook_stretch(const struct outlook_order *about, const struct forecast_order *order,
                            struct prospect_line *line)
{
    int64_t sent = order->quota - line->missing;

    if (!line->missing || !about->beyond_ms || order->paused || about->open_ms <= 0)
        return;
    line->missing -= (int64_t)((__int128)sent * about->beyond_ms / about->open_ms);
    if (line->missing > 0)
        return;
    line->missing = 0;
    line->bound = FORECAST_FITS;
}

static void outlook_slowest(const struct forecast_result *result, struct prospect *prospect)
{
    int64_t most = 0, last = 0;

    prospect->network = -1;
    for (int i = 0; i < PHONE_OPERATORS; i++) {
        const struct forecast_line *line = &result->networks[i];
        bool worse = line->short_parts_p50 > most ||
                     (line->short_parts_p50 == most && line->finish_p50_ms > last);

        if (!line->messages && !line->short_p50)
            continue;
        if (prospect->network >= 0 && !worse)
            continue;
        prospect->network = i;
        most = line->short_parts_p50;
        last = line->finish_p50_ms;
    }
}

/* The bank with most modems down among those that may carry the slowest network. Banks lie together
 * in the configuration. */
static void outlook_bank(const struct dispatch *dispatch, struct prospect *prospect)
{
    size_t down = 0, size = 0;

    for (size_t i = 0; i < dispatch->n_lanes; i++) {
        const struct modem *modem = lane_modem(dispatch->lanes[i]);
        enum phone_operator network = lane_network(dispatch->lanes[i]);

        if (i && strcmp(modem->bank, lane_modem(dispatch->lanes[i - 1])->bank) != 0)
            down = size = 0;
        size++;
        down += lane_state(dispatch->lanes[i]) == LANE_DOWN &&
                (network == OPERATOR_UNKNOWN || (int64_t)network == prospect->network);
        if (down < prospect->bank_down || !down)
            continue;
        snprintf(prospect->bank, sizeof prospect->bank, "%s", modem->bank);
        prospect->bank_down = down;
        prospect->bank_size = size;
    }
}

void outlook_setup_tell(const struct outlook_setup *setup, const struct dispatch *dispatch,
                        const struct forecast_result *result, struct prospect *prospect)
{
    int64_t missing = 0;

    free(prospect->units);
    *prospect = (struct prospect){.at_ms = setup->forecast.now_ms, .per_min = prospect->per_min};
    prospect->n_units = setup->forecast.n_orders;
    prospect->units = mem_array(prospect->n_units + 1, struct prospect_unit);
    for (size_t i = 0; i < prospect->n_units; i++) {
        const struct outlook_order *about = &setup->orders[i];
        struct prospect_unit *unit = &prospect->units[i];

        snprintf(unit->campaign, sizeof unit->campaign, "%s", about->work->campaign->id);
        snprintf(unit->unit, sizeof unit->unit, "%s",
                 about->work->office->units[about->order->order->unit].id);
        unit->paused = outlook_is_paused(about);
        unit->known = outlook_is_owing(about) && outlook_is_known(about->order);
        outlook_line(&result->orders[i], &unit->line);
        outlook_stretch(about, &setup->forecast.orders[i], &unit->line);
        missing += unit->line.missing;
    }
    outlook_line(&result->total, &prospect->total);
    prospect->total.missing = missing;
    if (!missing)
        prospect->total.bound = FORECAST_FITS;
    outlook_slowest(result, prospect);
    outlook_bank(dispatch, prospect);
}
