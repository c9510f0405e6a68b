/* plan_forecast: sums and the table. See plan_forecast.h.
 * Runs: any (pure, but for the process's time zone and language). */
#include "gateway/report/plan_forecast.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/report/figure.h"
#include "gateway/report/table.h"

#define PLAN_NAME_COLUMNS 16

enum { PLAN_FORECAST_CELLS = 7 };

/* ---- sums ---- */

static void plan_line_add(struct forecast_line *sum, const struct forecast_line *line)
{
    sum->messages += line->messages;
    sum->parts += line->parts;
    if (line->finish_p50_ms > sum->finish_p50_ms)
        sum->finish_p50_ms = line->finish_p50_ms;
    if (line->finish_p95_ms > sum->finish_p95_ms)
        sum->finish_p95_ms = line->finish_p95_ms;
    if (line->bound && line->short_p50 >= sum->short_p50)
        sum->bound = line->bound;
    sum->short_p50 += line->short_p50;
    sum->short_p95 += line->short_p95;
    sum->short_parts_p50 += line->short_parts_p50;
    sum->short_parts_p95 += line->short_parts_p95;
}

/* The forecast's own sums are better (a quantile of a sum is no sum of quantiles), but hold for all
 * orders. */
void plan_forecast_sum(struct plan_forecast *view)
{
    const struct forecast_result *result = view->result;

    if (view->setup->n_orders == view->campaign->n_orders) {
        view->total = result->total;
        memcpy(view->networks, result->networks, sizeof view->networks);
        return;
    }
    view->total = (struct forecast_line){0};
    memset(view->networks, 0, sizeof view->networks);
    for (size_t i = 0; i < view->campaign->n_orders; i++) {
        plan_line_add(&view->total, &result->orders[i]);
        for (size_t k = 0; k < PHONE_OPERATORS; k++)
            plan_line_add(&view->networks[k], &result->routes[i][k]);
    }
}

bool plan_forecast_is_short(const struct plan_forecast *view)
{
    return view->total.short_p50 > 0;
}

/* ---- cost ---- */

int64_t plan_forecast_price(const struct plan_forecast *view, size_t network, bool *differs)
{
    const struct forecast_setup *setup = view->setup;
    int64_t least[2] = {INT64_MAX, INT64_MAX}, most[2] = {0, 0}; /* of its own, of all */
    size_t own;

    for (size_t i = 0; i < setup->n_lanes && i < view->office->n_modems; i++) {
        int64_t price = view->office->modems[i].price;

        own = setup->lanes[i].network == (int64_t)network ? 0 : 1;
        for (size_t k = own; k < 2; k++) {
            least[k] = price < least[k] ? price : least[k];
            most[k] = price > most[k] ? price : most[k];
        }
    }
    own = least[0] < INT64_MAX ? 0 : 1;
    if (differs)
        *differs = most[own] > 0 && least[own] != most[own];
    return most[own];
}

int64_t plan_forecast_cost(const struct plan_forecast *view, size_t order)
{
    int64_t sum = 0;

    for (size_t i = 0; i < view->campaign->n_orders; i++)
        for (size_t k = 0; k < PHONE_OPERATORS; k++)
            if (order == SIZE_MAX || order == i)
                sum += view->result->routes[i][k].parts * plan_forecast_price(view, k, NULL);
    return sum;
}

static void plan_money(int64_t cost, char text[static FIGURE_ROOM])
{
    int64_t cents = (cost + OFFICE_PRICE_UNIT / 100 - 1) / (OFFICE_PRICE_UNIT / 100);
    char whole[FIGURE_ROOM];

    if (!cost) {
        snprintf(text, FIGURE_ROOM, "0");
        return;
    }
    figure_count(cents / 100, whole);
    snprintf(text, FIGURE_ROOM, "%.24s.%02d", whole, (int)(cents % 100));
}

/* ---- the table ---- */

/* Are all windows, and this time, on one day? Then the date needn't be told. */
static bool plan_is_one_day(const struct plan_forecast *view, int64_t wall_ms)
{
    int64_t first = INT64_MAX, last = 0;

    for (size_t i = 0; i < view->campaign->n_orders; i++) {
        const struct order *order = &view->campaign->orders[i];

        if (!order->n_windows)
            continue;
        first = order->windows[0].from_ms < first ? order->windows[0].from_ms : first;
        if (order->windows[order->n_windows - 1].to_ms > last)
            last = order->windows[order->n_windows - 1].to_ms;
    }
    return !last || (calendar_day(first) == calendar_day(last - 1) &&
                     calendar_day(first) == calendar_day(wall_ms));
}

void plan_forecast_time(const struct plan_forecast *view, int64_t wall_ms, char text[static 32])
{
    time_t when = (time_t)(wall_ms / 1000);
    struct tm local;

    if (!wall_ms)
        snprintf(text, 32, "-");
    else if (wall_ms == INT64_MAX)
        snprintf(text, 32, "%s", lang("not in time", "未能完成"));
    else
        strftime(text, 32, plan_is_one_day(view, wall_ms) ? "%H:%M" : "%m-%d %H:%M",
                 localtime_r(&when, &local));
}

static void plan_forecast_row(const struct plan_forecast *view, struct table *table,
                              const char *name, const struct forecast_line *line, int64_t cost)
{
    char text[PLAN_FORECAST_CELLS][FIGURE_ROOM];
    BUFFER_FREE_LATER struct buffer cut = BUFFER_NULL;

    table_put_text(&cut, name, PLAN_NAME_COLUMNS, false);
    figure_count(line->messages, text[1]);
    figure_count(line->parts, text[2]);
    plan_money(cost, text[3]);
    plan_forecast_time(view, line->finish_p50_ms, text[4]);
    plan_forecast_time(view, line->finish_p95_ms, text[5]);
    figure_count(line->short_parts_p50, text[6]);
    table_row(table, (const char *[PLAN_FORECAST_CELLS]){buffer_text(&cut), text[1], text[2],
                                                         text[3], text[4], text[5], text[6]});
}

/* A line of a unit's messages to one network, below that of all of them. */
static void plan_forecast_rows(const struct plan_forecast *view, struct table *table,
                               const struct forecast_line *lines)
{
    for (size_t k = 0; k < PHONE_OPERATORS; k++) {
        BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;

        if (!lines[k].messages)
            continue;
        buffer_printf(&name, "  %s", phone_operator_label((enum phone_operator)k));
        plan_forecast_row(view, table, buffer_text(&name), &lines[k],
                          lines[k].parts * plan_forecast_price(view, k, NULL));
    }
}

static void plan_forecast_table(const struct plan_forecast *view, FILE *out)
{
    const char *currency = view->office->currency;
    MEM_FREE_LATER char *cost = currency ? mem_printf("%s (%s)", lang("Cost", "费用"), currency)
                                         : mem_dup(lang("Cost", "费用"));
    const struct table_column columns[PLAN_FORECAST_CELLS] = {
        {lang("Forecast", "预测"), false, false},  {lang("Messages", "短信"), true, false},
        {lang("Parts", "计费条"), true, false},    {cost, true, true},
        {lang("Finish", "预计完成"), true, false}, {lang("Latest", "最迟"), true, false},
        {lang("Short", "缺口"), true, true},
    };
    struct table *table = table_new(columns, PLAN_FORECAST_CELLS);

    for (size_t i = 0; i < view->campaign->n_orders; i++) {
        const struct order *order = &view->campaign->orders[i];

        plan_forecast_row(view, table, view->office->units[order->unit].name,
                          &view->result->orders[i], plan_forecast_cost(view, i));
        plan_forecast_rows(view, table, view->result->routes[i]);
    }
    table_rule(table);
    plan_forecast_row(view, table, lang("Total", "合计"), &view->total,
                      plan_forecast_cost(view, SIZE_MAX));
    if (view->campaign->n_orders > 1)
        plan_forecast_rows(view, table, view->networks);
    table_print(table, out);
    table_free(table);
}

void plan_forecast_print(const struct plan_forecast *view, FILE *out)
{
    fputc('\n', out);
    plan_forecast_table(view, out);
    plan_forecast_draw(view, plan_forecast_has_blocks(), out);
    fputc('\n', out);
    plan_forecast_say(view, out);
    plan_forecast_say_basis(view, out);
}
