/* forecast_plan: what all runs of a forecast start from.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define FORECAST_PLENTY      (INT64_C(1) << 30)
#define FORECAST_CAPACITY_MS (366 * FORECAST_DAY_MS)

int64_t forecast_plan_owes(const struct forecast_order *order)
{
    int64_t numbers = 0, owes = order->quota - order->taken;

    for (size_t route = 0; route < PHONE_OPERATORS; route++)
        for (size_t parts = 1; parts <= OUTCOME_PARTS_MAX; parts++)
            numbers += order->open[route][parts] + order->reserve[route][parts];
    if (owes > numbers)
        owes = numbers;
    return owes > 0 ? owes : 0;
}

static struct meter *forecast_plan_meter(const struct meter_limits *limits,
                                         const struct meter *meter, int64_t now_ms)
{
    struct meter *own;
    int64_t again_ms;

    if (meter)
        limits = meter_limits(meter);
    if (!limits->per_hour && !limits->per_day)
        return NULL;
    own = meter ? meter_copy(meter) : meter_new(limits);
    /* It knows its day now, and each run's copy does, too. */
    meter_ask(own, now_ms, 0, 1, &again_ms);
    return own;
}

static void forecast_plan_lanes(struct forecast_plan *plan, const struct forecast_setup *setup)
{
    plan->n_lanes = setup->n_lanes;
    plan->lanes = mem_array(setup->n_lanes + 1, struct forecast_lane);
    plan->lane_meters = mem_array(setup->n_lanes + 1, struct meter *);
    for (size_t i = 0; i < plan->n_lanes; i++) {
        struct forecast_lane *lane = &plan->lanes[i];

        *lane = setup->lanes[i];
        plan->lane_meters[i] = forecast_plan_meter(&lane->limits, lane->meter, plan->now_ms);
        lane->meter = NULL;
        lane->part_ms = lane->part_ms > 0 ? lane->part_ms : 1;
        lane->gap_ms = lane->gap_ms > 0 ? lane->gap_ms : 0;
    }
    plan->n_groups = setup->n_groups;
    plan->groups = mem_array(setup->n_groups + 1, struct forecast_group);
    plan->group_meters = mem_array(setup->n_groups + 1, struct meter *);
    for (size_t i = 0; i < plan->n_groups; i++) {
        plan->groups[i] = setup->groups[i];
        plan->group_meters[i] =
            forecast_plan_meter(&setup->groups[i].limits, setup->groups[i].meter, plan->now_ms);
        plan->groups[i].meter = NULL;
    }
}

static int forecast_plan_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void forecast_plan_edges(struct forecast_plan *plan)
{
    size_t most = 1, n = 0, kept = 0;

    for (size_t i = 0; i < plan->n_orders; i++)
        most += 2 * plan->orders[i].n_windows;
    plan->edges = mem_array(most, int64_t);
    for (size_t i = 0; i < plan->n_orders; i++)
        for (size_t k = 0; k < plan->orders[i].n_windows && !plan->orders[i].paused; k++) {
            plan->edges[n++] = plan->orders[i].windows[k].from_ms;
            plan->edges[n++] = plan->orders[i].windows[k].to_ms;
        }
    if (n)
        qsort(plan->edges, n, sizeof *plan->edges, forecast_plan_compare);
    for (size_t i = 0; i < n; i++)
        if (plan->edges[i] > plan->now_ms && (!kept || plan->edges[kept - 1] < plan->edges[i]))
            plan->edges[kept++] = plan->edges[i];
    plan->n_edges = kept;
    plan->end_ms = kept ? plan->edges[kept - 1] : plan->now_ms;
}

static void forecast_plan_orders(struct forecast_plan *plan, const struct forecast_setup *setup)
{
    plan->n_orders = setup->n_orders;
    plan->orders = mem_array(setup->n_orders + 1, struct forecast_order);
    for (size_t i = 0; i < plan->n_orders; i++) {
        struct forecast_order *order = &plan->orders[i];

        *order = setup->orders[i];
        plan->owed += forecast_plan_owes(order);
        plan->prefer = plan->prefer || order->routing == ROUTING_PREFER;
    }
    forecast_plan_edges(plan);
}

struct forecast_plan *forecast_plan_new(const struct forecast_setup *setup)
{
    struct forecast_plan *plan = mem_new(struct forecast_plan);

    plan->now_ms = setup->now_ms;
    plan->seed = setup->seed;
    plan->chances = setup->chances;
    plan->certain = !setup->chances.rejected && !setup->chances.undelivered &&
                    !setup->chances.deferred && !setup->chances.lanes_lost &&
                    !setup->chances.air_spread;
    forecast_plan_lanes(plan, setup);
    forecast_plan_orders(plan, setup);
    forecast_hours_init(&plan->hours, plan->orders, plan->n_orders, plan->now_ms);
    return plan;
}

void forecast_plan_free(struct forecast_plan *plan)
{
    for (size_t i = 0; i < plan->n_lanes; i++)
        meter_free(plan->lane_meters[i]);
    for (size_t i = 0; i < plan->n_groups; i++)
        meter_free(plan->group_meters[i]);
    forecast_hours_fini(&plan->hours);
    free(plan->lane_meters);
    free(plan->group_meters);
    free(plan->lanes);
    free(plan->groups);
    free(plan->orders);
    free(plan->edges);
    free(plan);
}

/* About what the lanes could carry: for how many messages go into a bundle. */
static int64_t forecast_plan_capacity(const struct forecast_plan *plan)
{
    int64_t total = plan->hours.total_ms, sum = 0;

    if (total > FORECAST_CAPACITY_MS)
        total = FORECAST_CAPACITY_MS;
    for (size_t i = 0; i < plan->n_lanes && sum < FORECAST_PLENTY; i++) {
        int64_t air = total / (plan->lanes[i].part_ms + plan->lanes[i].gap_ms);
        int64_t limit = plan->lane_meters[i]
                            ? meter_capacity(plan->lane_meters[i], plan->now_ms, total)
                            : INT64_MAX;

        sum += air < limit ? air : limit;
    }
    return sum;
}

struct forecast_plan *forecast_plan_possible(const struct forecast_plan *plan)
{
    struct forecast_order order = {
        .windows = plan->hours.windows,
        .n_windows = plan->hours.n_windows,
        .quota = FORECAST_PLENTY,
        .routing = ROUTING_ANY,
        .open[OPERATOR_UNKNOWN][1] = FORECAST_PLENTY,
    };
    struct forecast_setup setup = {
        .now_ms = plan->now_ms,
        .seed = plan->seed,
        .lanes = plan->lanes,
        .n_lanes = plan->n_lanes,
        .groups = plan->groups,
        .n_groups = plan->n_groups,
        .orders = &order,
        .n_orders = 1,
        .chances.lanes_lost = plan->chances.lanes_lost,
    };
    struct forecast_lane *lanes = mem_array(plan->n_lanes + 1, struct forecast_lane);
    struct forecast_group *groups = mem_array(plan->n_groups + 1, struct forecast_group);
    struct forecast_plan *possible;

    for (size_t i = 0; i < plan->n_lanes; i++) {
        lanes[i] = plan->lanes[i];
        lanes[i].meter = plan->lane_meters[i];
    }
    for (size_t i = 0; i < plan->n_groups; i++) {
        groups[i] = plan->groups[i];
        groups[i].meter = plan->group_meters[i];
    }
    setup.lanes = lanes;
    setup.groups = groups;
    possible = forecast_plan_new(&setup);
    possible->owed = forecast_plan_capacity(plan);
    free(lanes);
    free(groups);
    return possible;
}
