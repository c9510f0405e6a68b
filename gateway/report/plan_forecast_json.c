/* plan_forecast_json: the forecast for programs. See plan_forecast.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/report/plan_forecast.h"

#include <inttypes.h>

#include "gateway/report/figure.h"

const char *plan_source_name(enum plan_source source)
{
    static const char *const names[PLAN_SOURCES] = {
        [PLAN_DEFAULT] = "default",
        [PLAN_CONFIGURED] = "configured",
        [PLAN_MEASURED] = "measured",
        [PLAN_GIVEN] = "given",
    };

    return names[source];
}

/* null: not in time, or nothing is to be sent. */
static struct jv *plan_json_time(int64_t wall_ms)
{
    char text[FIGURE_ROOM];

    if (wall_ms <= 0 || wall_ms == INT64_MAX)
        return jv_null();
    figure_iso(wall_ms, text);
    return jv_string(text);
}

/* "585.0000": a number that no reader rounds. */
static struct jv *plan_json_money(int64_t cost)
{
    char text[FIGURE_ROOM];

    snprintf(text, sizeof text, "%" PRId64 ".%04d", cost / OFFICE_PRICE_UNIT,
             (int)(cost % OFFICE_PRICE_UNIT));
    return jv_string(text);
}

static void plan_json_line(struct jv *object, const struct forecast_line *line, int64_t cost)
{
    jv_put(object, "messages", jv_int(line->messages));
    jv_put(object, "parts", jv_int(line->parts));
    jv_put(object, "cost", plan_json_money(cost));
    jv_put(object, "finish_p50", plan_json_time(line->finish_p50_ms));
    jv_put(object, "finish_p95", plan_json_time(line->finish_p95_ms));
    jv_put(object, "short_p50", jv_int(line->short_p50));
    jv_put(object, "short_p95", jv_int(line->short_p95));
    jv_put(object, "short_parts_p50", jv_int(line->short_parts_p50));
    jv_put(object, "short_parts_p95", jv_int(line->short_parts_p95));
    jv_put(object, "bound", jv_string(forecast_bound_name(line->bound)));
}

static struct jv *plan_json_networks(const struct plan_forecast *view,
                                     const struct forecast_line *lines)
{
    struct jv *networks = jv_array();

    for (size_t k = 0; k < PHONE_OPERATORS; k++) {
        struct jv *network;

        if (!lines[k].messages)
            continue;
        network = jv_object();
        jv_put(network, "network", jv_string(phone_operator_name((enum phone_operator)k)));
        plan_json_line(network, &lines[k], lines[k].parts * plan_forecast_price(view, k, NULL));
        jv_push(networks, network);
    }
    return networks;
}

static struct jv *plan_json_orders(const struct plan_forecast *view)
{
    struct jv *orders = jv_array();

    for (size_t i = 0; i < view->campaign->n_orders; i++) {
        const struct unit *unit = &view->office->units[view->campaign->orders[i].unit];
        struct jv *order = jv_object();

        jv_put(order, "unit", jv_string(unit->id));
        plan_json_line(order, &view->result->orders[i], plan_forecast_cost(view, i));
        jv_put(order, "networks", plan_json_networks(view, view->result->routes[i]));
        jv_push(orders, order);
    }
    return orders;
}

/* null where it doesn't help. */
static struct jv *plan_json_cure(const struct forecast_cure *cure)
{
    struct jv *object = jv_object();

    jv_put(object, "network",
           cure->network < 0 ? jv_null()
                             : jv_string(phone_operator_name((enum phone_operator)cure->network)));
    jv_put(object, "sims", cure->sims ? jv_int(cure->sims) : jv_null());
    jv_put(object, "until", plan_json_time(cure->until_ms));
    jv_put(object, "from", plan_json_time(cure->from_ms));
    return object;
}

static struct jv *plan_json_steps(const struct forecast_result *result)
{
    struct jv *steps = jv_array();

    for (size_t i = 0; i < result->n_steps; i++) {
        struct jv *step = jv_array();

        jv_push(step, jv_int(result->step_ends_ms[i]));
        jv_push(step, jv_int(result->sent[i]));
        jv_push(step, jv_int(result->possible[i]));
        jv_push(steps, step);
    }
    return steps;
}

static struct jv *plan_json_air(const struct plan_forecast *view)
{
    struct jv *sources = jv_array();

    for (size_t i = 0; i < PLAN_SOURCES; i++) {
        const struct plan_air *air = &view->air[i];
        struct jv *source;

        if (!air->modems)
            continue;
        source = jv_object();
        jv_put(source, "source", jv_string(plan_source_name((enum plan_source)i)));
        jv_put(source, "modems", jv_int(air->modems));
        jv_put(source, "least_ms", jv_int(air->least_ms));
        jv_put(source, "most_ms", jv_int(air->most_ms));
        jv_push(sources, source);
    }
    return sources;
}

static struct jv *plan_json_assumptions(const struct plan_forecast *view)
{
    const struct forecast_chances *chances = &view->setup->chances;
    struct jv *object = jv_object();

    jv_put(object, "now", plan_json_time(view->setup->now_ms));
    jv_put(object, "air_ms", plan_json_air(view));
    jv_put(object, "odds", jv_string(plan_source_name(view->odds)));
    jv_put(object, "odds_messages", jv_int(view->odds_messages));
    jv_put(object, "rejected_ppm", jv_int(chances->rejected));
    jv_put(object, "undelivered_ppm", jv_int(chances->undelivered));
    jv_put(object, "deferred_ppm", jv_int(chances->deferred));
    jv_put(object, "lost_ppm", jv_int(chances->lanes_lost));
    jv_put(object, "air_spread_ppm", jv_int(chances->air_spread));
    jv_put(object, "report_ms", jv_int(chances->report_ms));
    jv_put(object, "other_campaigns", jv_int((int64_t)view->others));
    jv_put(object, "windows_over", jv_bool(view->past));
    return object;
}

struct jv *plan_forecast_json(const struct plan_forecast *view)
{
    struct jv *object = jv_object();

    plan_json_line(object, &view->total, plan_forecast_cost(view, SIZE_MAX));
    jv_put(object, "currency",
           view->office->currency ? jv_string(view->office->currency) : jv_null());
    jv_put(object, "lane_use_permille", jv_int((int64_t)(view->result->lane_use * 1000 + 0.5)));
    jv_put(object, "cure", plan_forecast_is_short(view) ? plan_json_cure(&view->cure) : jv_null());
    jv_put(object, "networks", plan_json_networks(view, view->networks));
    jv_put(object, "orders", plan_json_orders(view));
    jv_put(object, "steps", plan_json_steps(view->result));
    jv_put(object, "assumptions", plan_json_assumptions(view));
    return object;
}
