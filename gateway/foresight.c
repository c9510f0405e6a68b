/* foresight: what the files and the books say, made into a forecast. See foresight.h.
 * Runs: any (blocks). */
#include "gateway/foresight.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/model/calendar.h"
#include "gateway/foresight_books.h"

struct foresight {
    struct forecast_setup setup;
    struct forecast_lane *lanes;
    struct forecast_group *groups;
    struct forecast_order *orders;
    struct foresight_books *known;
    struct forecast *forecast;
    struct plan_forecast view;
};

struct plan *foresight_read(const struct campaign *campaign, const struct office *office,
                            const struct numset *opted_out, struct diag *diag)
{
    struct recipients *reader = recipients_open(campaign, office);
    struct plan *plan = plan_new(campaign, office);
    struct recipient row;
    int rc;

    plan->opted_out = opted_out;
    while ((rc = recipients_next(reader, &row, diag)) == 0)
        plan_add(plan, &row);
    recipients_close(reader);
    if (rc > 0 && !diag->errors)
        return plan;
    plan_free(plan);
    return NULL;
}

/* ---- modems ---- */

static int64_t foresight_network(const struct foresight_setup *from, const struct modem *modem,
                                 const struct foresight_modem *known)
{
    enum phone_operator network;

    if (modem->network >= 0)
        return modem->network;
    network = operators_of_imsi(modem->imsi ? modem->imsi : "");
    if (network != OPERATOR_UNKNOWN)
        return (int64_t)network;
    return known->network >= 0 ? known->network : from->network;
}

static int64_t foresight_air(const struct foresight_setup *from, const struct modem *modem,
                             const struct foresight_modem *known, enum plan_source *source)
{
    if (modem->air_ms > 0) {
        *source = PLAN_CONFIGURED;
        return modem->air_ms;
    }
    if (from->air_ms >= 0) {
        *source = PLAN_GIVEN;
        return from->air_ms;
    }
    *source = known->part_ms > 0 ? PLAN_MEASURED : PLAN_DEFAULT;
    return known->part_ms > 0 ? known->part_ms : FORECAST_PART_MS;
}

static void foresight_count_air(struct plan_air *air, int64_t part_ms)
{
    air->least_ms = !air->modems || part_ms < air->least_ms ? part_ms : air->least_ms;
    air->most_ms = part_ms > air->most_ms ? part_ms : air->most_ms;
    air->modems++;
}

static void foresight_lanes(struct foresight *foresight, const struct foresight_setup *from)
{
    const struct office *office = from->office;

    foresight->lanes = mem_array(office->n_modems + 1, struct forecast_lane);
    for (size_t i = 0; i < office->n_modems; i++) {
        const struct modem *modem = &office->modems[i];
        const struct foresight_modem *known = &foresight->known->modems[i];
        enum plan_source source;
        struct forecast_lane *lane = &foresight->lanes[i];

        *lane = (struct forecast_lane){
            .limits = modem->limits,
            .meter = foresight->view.past ? NULL : known->meter,
            .group = modem->group,
            .network = foresight_network(from, modem, known),
            .part_ms = foresight_air(from, modem, known, &source),
            .gap_ms = modem->gap_ms,
        };
        foresight_count_air(&foresight->view.air[source], lane->part_ms);
    }
    foresight->groups = mem_array(office->n_groups + 1, struct forecast_group);
    for (size_t i = 0; i < office->n_groups; i++)
        foresight->groups[i] = (struct forecast_group){
            .limits = office->groups[i].limits,
            .meter = foresight->view.past ? NULL : foresight->known->groups[i]};
    foresight->setup.lanes = foresight->lanes;
    foresight->setup.n_lanes = office->n_modems;
    foresight->setup.groups = foresight->groups;
    foresight->setup.n_groups = office->n_groups;
}

/* ---- orders ---- */

static void foresight_order(const struct plan *plan, size_t i, struct forecast_order *out)
{
    const struct order *order = &plan->campaign->orders[i];
    const struct plan_unit *unit = &plan->units[i];

    *out = (struct forecast_order){
        .windows = order->windows,
        .n_windows = order->n_windows,
        .quota = order->quota,
        .routing = plan->campaign->sms.routing,
    };
    memcpy(out->open, unit->routes, sizeof out->open);
    memcpy(out->reserve, unit->reserve_routes, sizeof out->reserve);
}

static void foresight_orders(struct foresight *foresight, const struct foresight_setup *from)
{
    size_t n = 0;

    for (size_t p = 0; p < from->n_plans; p++)
        n += from->plans[p]->campaign->n_orders;
    foresight->orders = mem_array(n + 1, struct forecast_order);
    foresight->setup.orders = foresight->orders;
    for (size_t p = 0; p < from->n_plans; p++)
        for (size_t i = 0; i < from->plans[p]->campaign->n_orders; i++)
            foresight_order(from->plans[p], i, &foresight->orders[foresight->setup.n_orders++]);
    for (size_t p = 1; p < from->n_plans; p++)
        foresight->view.others += from->plans[p]->campaign->n_orders > 0;
}

/* ---- time ---- */

/* What is over can still be foretold: as if it were yet to come. */
static void foresight_clock(struct foresight *foresight, const struct foresight_setup *from)
{
    struct calendar calendar = {0};

    campaign_message_windows(from->plans[0]->campaign, &calendar);
    foresight->setup.now_ms = from->now_ms;
    if (calendar.n && from->now_ms >= calendar.items[calendar.n - 1].to_ms)
        foresight->view.past = true;
    if (calendar.n && (foresight->view.past || from->now_ms == INT64_MIN))
        foresight->setup.now_ms = calendar.items[0].from_ms - 1;
    if (foresight->setup.now_ms == INT64_MIN)
        foresight->setup.now_ms = 0;
    calendar_free(&calendar);
}

static void foresight_odds(struct foresight *foresight, const struct foresight_setup *from)
{
    struct plan_forecast *view = &foresight->view;
    struct forecast_chances *chances = &foresight->setup.chances;

    if (from->chances) {
        *chances = *from->chances;
        view->odds = PLAN_GIVEN;
    } else {
        view->odds_messages = foresight_books_chances(foresight->known, chances);
        view->odds = view->odds_messages ? PLAN_MEASURED : PLAN_DEFAULT;
    }
    if (from->plans[0]->campaign->counts == COUNT_SENT)
        chances->undelivered = 0;
}

/* Would quiet times or holidays take some of this time away again? */
static bool foresight_is_cut(const struct office *office, int64_t from_ms, int64_t to_ms)
{
    struct calendar calendar = {0};
    bool cut;

    calendar_add(&calendar, from_ms, to_ms);
    calendar_less_quiet(&calendar, &office->quiet);
    calendar_less(&calendar, office->holidays, office->n_holidays);
    cut = calendar_open_ms(calendar.items, calendar.n) < to_ms - from_ms;
    calendar_free(&calendar);
    return cut;
}

static size_t foresight_short_networks(const struct forecast_result *result)
{
    size_t n = 0;

    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        n += result->networks[k].short_p50 > 0;
    return n;
}

/* What would not cure is not advised: time that is quiet anyway, and SIMs of one network where
 * several are short and none may help another. */
static void foresight_judge_cure(const struct plan_forecast *view, struct forecast_cure *cure)
{
    const struct campaign *campaign = view->campaign;
    int64_t first = INT64_MAX, last = 0;

    for (size_t i = 0; i < campaign->n_orders; i++) {
        const struct order *order = &campaign->orders[i];

        if (!order->n_windows)
            continue;
        first = order->windows[0].from_ms < first ? order->windows[0].from_ms : first;
        if (order->windows[order->n_windows - 1].to_ms > last)
            last = order->windows[order->n_windows - 1].to_ms;
    }
    if (cure->until_ms > last && last && foresight_is_cut(view->office, last, cure->until_ms))
        cure->until_ms = 0;
    if (cure->from_ms && cure->from_ms < first &&
        foresight_is_cut(view->office, cure->from_ms, first))
        cure->from_ms = 0;
    if (campaign->sms.routing == ROUTING_OWN && foresight_short_networks(view->result) > 1)
        cure->sims = 0;
}

static void foresight_play(struct foresight *foresight)
{
    struct plan_forecast *view = &foresight->view;

    foresight->forecast = forecast_new(&foresight->setup);
    while (!forecast_step(foresight->forecast, FORECAST_EVENTS))
        ;
    view->result = forecast_result(foresight->forecast);
    plan_forecast_sum(view);
    if (plan_forecast_is_short(view) &&
        forecast_cure(&foresight->setup, view->result, &view->cure) == 0)
        foresight_judge_cure(view, &view->cure);
}

struct foresight *foresight_new(const struct foresight_setup *from)
{
    struct foresight *foresight = mem_new(struct foresight);

    foresight->view.campaign = from->plans[0]->campaign;
    foresight->view.office = from->office;
    foresight->view.setup = &foresight->setup;
    foresight->view.cure.network = -1;
    foresight->setup.seed = (uint64_t)from->seed;
    foresight_clock(foresight, from);
    foresight->known = foresight_books_read(from->office, from->books, foresight->setup.now_ms);
    foresight_lanes(foresight, from);
    foresight_orders(foresight, from);
    foresight_odds(foresight, from);
    foresight_play(foresight);
    return foresight;
}

void foresight_free(struct foresight *foresight)
{
    if (!foresight)
        return;
    forecast_free(foresight->forecast);
    foresight_books_free(foresight->known);
    free(foresight->lanes);
    free(foresight->groups);
    free(foresight->orders);
    free(foresight);
}

const struct plan_forecast *foresight_view(const struct foresight *foresight)
{
    return &foresight->view;
}
