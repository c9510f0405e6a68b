/* plan_forecast: will a campaign fit? The forecast for people and for programs.
 * Runs: any (pure, but for the process's time zone and language).
 *
 * setup may hold more than the campaign's own orders: those of other campaigns, which share the
 * modems, stand behind them and are in no figure here. */
#ifndef LAWCAST_REPORT_PLAN_FORECAST_H
#define LAWCAST_REPORT_PLAN_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/model/campaign.h"
#include "gateway/model/forecast.h"

/* Where a figure that the forecast rests on comes from. */
enum plan_source { PLAN_DEFAULT, PLAN_CONFIGURED, PLAN_MEASURED, PLAN_GIVEN, PLAN_SOURCES };

/* How long a part takes, as far as it comes from one source. */
struct plan_air {
    int64_t modems, least_ms, most_ms;
};

struct plan_forecast {
    const struct campaign *campaign;
    const struct office *office;
    const struct forecast_setup *setup;
    const struct forecast_result *result;
    struct forecast_cure cure;  /* zeros when nothing is short */
    struct forecast_line total; /* of this campaign, as the next */
    struct forecast_line networks[PHONE_OPERATORS];
    struct plan_air air[PLAN_SOURCES];
    enum plan_source odds;
    int64_t odds_messages; /* PLAN_MEASURED: in so many */
    size_t others;         /* campaigns that share the modems */
    bool past;             /* all windows are over: forecast for just before the first one */
};

/* Adds up total and networks. */
void plan_forecast_sum(struct plan_forecast *view);
/* Messages are left when the last window closes, in at least half of the runs. */
bool plan_forecast_is_short(const struct plan_forecast *view);

/* What parts cost, in OFFICE_PRICE_UNIT, with the network's dearest modem; without one of its own,
 * the dearest of all. *differs: they aren't all alike. */
int64_t plan_forecast_price(const struct plan_forecast *view, size_t network, bool *differs);
/* Of an order; SIZE_MAX: of all of them. */
int64_t plan_forecast_cost(const struct plan_forecast *view, size_t order);

/* The local time of an instant, "10:42", or "10-31 10:42" when not all happens on one day; "-" and
 * "not in time" as forecast_line says. */
void plan_forecast_time(const struct plan_forecast *view, int64_t wall_ms, char text[static 32]);

void plan_forecast_print(const struct plan_forecast *view, FILE *out);
struct jv *plan_forecast_json(const struct plan_forecast *view);

const char *plan_source_name(enum plan_source source);

/* plan_forecast_draw.c. Planned against possible: lines of at most FOLD_COLUMNS, in block
 * characters or plain ASCII. Nothing when nothing is sent. */
void plan_forecast_draw(const struct plan_forecast *view, bool blocks, FILE *out);
/* May block characters be written, as the environment says? */
bool plan_forecast_has_blocks(void);

/* plan_forecast_words.c. The verdict, what stands in the way, what would mend it, and what all
 * rests on. */
void plan_forecast_say(const struct plan_forecast *view, FILE *out);
void plan_forecast_say_basis(const struct plan_forecast *view, FILE *out);

#endif
