/* forecast_result: what the runs came to: quantiles, and the reasons.
 * Runs: any (pure). */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>

#include "gateway/base/mem.h"

static int64_t forecast_most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Shares out so many among routes that have the weights; no one gets more than its weight. */
static void forecast_share_out(int64_t n, const int64_t weights[PHONE_OPERATORS],
                               struct forecast_tally *tallies)
{
    int64_t sum = 0;

    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        sum += weights[i];
    for (size_t i = 0; i < PHONE_OPERATORS && n > 0; i++) {
        int64_t part = sum > 0 ? (n * weights[i] + sum / 2) / sum : 0;

        part = part < n ? part : n;
        tallies[i].left += part;
        n -= part;
        sum -= weights[i];
    }
}

/* How many parts so many of what is left would have. */
static int64_t forecast_left_parts(const struct forecast_queue *queue, int64_t left)
{
    int64_t n = queue->n_open + queue->n_reserve, sum = 0;

    for (int64_t parts = 1; parts <= OUTCOME_PARTS_MAX; parts++)
        sum += parts * (queue->open[parts] + queue->reserve[parts]);
    return n ? (sum * left + n / 2) / n : 0;
}

static int64_t forecast_order_left(const struct forecast_owing *owing)
{
    return owing->quota > owing->living ? owing->quota - owing->living : 0;
}

/* What is left of the quota is of the open messages first, then of the reserve. */
static void forecast_order_tally(const struct forecast_run *run, size_t order,
                                 struct forecast_tally *tallies)
{
    const struct forecast_owing *owing = &run->orders[order];
    const struct forecast_queue *queues = &run->queues[order * PHONE_OPERATORS];
    int64_t left = forecast_order_left(owing), open[PHONE_OPERATORS], reserve[PHONE_OPERATORS];
    int64_t from_open = left < owing->n_open ? left : owing->n_open;
    int64_t from_reserve = left - from_open;

    from_reserve = from_reserve < owing->n_reserve ? from_reserve : owing->n_reserve;
    for (size_t i = 0; i < PHONE_OPERATORS; i++) {
        open[i] = queues[i].n_open;
        reserve[i] = queues[i].n_reserve;
    }
    forecast_share_out(from_open, open, tallies);
    forecast_share_out(from_reserve, reserve, tallies);
    for (size_t i = 0; i < PHONE_OPERATORS; i++) {
        struct forecast_tally *tally = &tallies[i];

        tally->left_parts = forecast_left_parts(&queues[i], tally->left);
        tally->finish_ms = tally->left ? INT64_MAX : queues[i].finish_ms;
        tally->messages = queues[i].messages + tally->left;
        tally->parts = queues[i].parts + tally->left_parts;
    }
    tallies[PHONE_OPERATORS].left = left - from_open - from_reserve;
}

void forecast_run_tally(const struct forecast_run *run, struct forecast_tally *tallies)
{
    for (size_t i = 0; i < run->plan->n_orders; i++) {
        for (size_t k = 0; k < FORECAST_TALLIES; k++)
            tallies[i * FORECAST_TALLIES + k] = (struct forecast_tally){0};
        forecast_order_tally(run, i, &tallies[i * FORECAST_TALLIES]);
    }
}

int64_t forecast_run_left(const struct forecast_run *run)
{
    int64_t left = 0;

    for (size_t i = 0; i < run->plan->n_orders; i++) {
        const struct forecast_owing *owing = &run->orders[i];
        int64_t numbers = owing->n_open + owing->n_reserve, of = forecast_order_left(owing);

        if (!run->plan->orders[i].paused)
            left += of < numbers ? of : numbers;
    }
    return left;
}

/* Which tallies a line is made of. */
struct forecast_of {
    size_t from, to, step;
};

static struct forecast_tally forecast_add_up(const struct forecast_tally *tallies,
                                             struct forecast_of of)
{
    struct forecast_tally sum = {0};

    for (size_t i = of.from; i < of.to; i += of.step) {
        sum.finish_ms = forecast_most(sum.finish_ms, tallies[i].finish_ms);
        sum.left += tallies[i].left;
        sum.left_parts += tallies[i].left_parts;
        sum.messages += tallies[i].messages;
        sum.parts += tallies[i].parts;
    }
    return sum;
}

static int forecast_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void forecast_quantiles(int64_t *values, size_t n, int64_t *p50, int64_t *p95)
{
    qsort(values, n, sizeof *values, forecast_compare);
    *p50 = values[(n + 1) / 2 - 1];
    *p95 = values[(95 * n + 99) / 100 - 1];
}

static void forecast_line_fill(struct forecast_line *line, const struct forecast_tally *tallies,
                               size_t n_runs, size_t stride, struct forecast_of of)
{
    int64_t finish[FORECAST_RUNS], left[FORECAST_RUNS], parts[FORECAST_RUNS];

    *line = (struct forecast_line){0};
    for (size_t i = 0; i < n_runs; i++) {
        struct forecast_tally sum = forecast_add_up(tallies + i * stride, of);

        finish[i] = sum.finish_ms;
        left[i] = sum.left;
        parts[i] = sum.left_parts;
        if (i == 0) {
            line->messages = sum.messages;
            line->parts = sum.parts;
        }
    }
    forecast_quantiles(finish, n_runs, &line->finish_p50_ms, &line->finish_p95_ms);
    forecast_quantiles(left, n_runs, &line->short_p50, &line->short_p95);
    forecast_quantiles(parts, n_runs, &line->short_parts_p50, &line->short_parts_p95);
}

void forecast_result_fill(struct forecast_result *result, const struct forecast_plan *plan,
                          const struct forecast_tally *tallies, size_t n_runs)
{
    size_t n = plan->n_orders * FORECAST_TALLIES;

    forecast_line_fill(&result->total, tallies, n_runs, n, (struct forecast_of){0, n, 1});
    for (size_t i = 0; i < plan->n_orders; i++) {
        size_t at = i * FORECAST_TALLIES;

        forecast_line_fill(&result->orders[i], tallies, n_runs, n,
                           (struct forecast_of){at, at + FORECAST_TALLIES, 1});
        for (size_t k = 0; k < PHONE_OPERATORS; k++)
            forecast_line_fill(&result->routes[i][k], tallies, n_runs, n,
                               (struct forecast_of){at + k, at + k + 1, 1});
    }
    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        forecast_line_fill(&result->networks[k], tallies, n_runs, n,
                           (struct forecast_of){k, n, FORECAST_TALLIES});
}

static bool forecast_may_carry(const struct forecast_plan *plan, size_t lane, size_t order,
                               size_t route)
{
    int64_t network = plan->lanes[lane].network;

    return plan->lanes[lane].free_ms < INT64_MAX &&
           (network <= OPERATOR_UNKNOWN || route == OPERATOR_UNKNOWN || network == (int64_t)route ||
            plan->orders[order].routing != ROUTING_OWN);
}

/* Among the lanes that may carry them: what held them most. */
static enum forecast_bound forecast_lane_bound(const struct forecast_run *first, size_t order,
                                               size_t route)
{
    const struct forecast_queue *queue = &first->queues[order * PHONE_OPERATORS + route];
    bool counted[PHONE_OPERATORS] = {false}, any = false;
    int64_t waited[FORECAST_ROUTE] = {0}, largest = 0, small = 0;
    enum forecast_bound bound = FORECAST_AIR;

    for (size_t i = 0; i < first->plan->n_lanes; i++) {
        size_t network = first->lanes[i].network;

        if (!forecast_may_carry(first->plan, i, order, route))
            continue;
        any = true;
        largest = forecast_most(largest, first->lanes[i].largest);
        small = forecast_most(small, first->plan->lanes[i].limits.per_hour);
        for (size_t k = FORECAST_AIR; k < FORECAST_ROUTE && !counted[network]; k++)
            waited[k] += first->picture->waited_ms[network][k];
        counted[network] = true;
    }
    if (!any)
        return FORECAST_ROUTE;
    if (queue->mask && !(queue->mask & ((UINT32_C(2) << largest) - 1)))
        return small == largest ? FORECAST_HOUR : FORECAST_DAY; /* larger than any limit */
    for (enum forecast_bound k = FORECAST_AIR; k < FORECAST_ROUTE; k++)
        bound = waited[k] > waited[bound] ? k : bound;
    return bound;
}

static enum forecast_bound forecast_route_bound(const struct forecast_run *first, size_t order,
                                                size_t route)
{
    const struct forecast_order *from = &first->plan->orders[order];
    bool over = !from->n_windows || from->windows[from->n_windows - 1].to_ms <= first->plan->now_ms;
    enum forecast_bound bound;

    if (over)
        return FORECAST_WINDOW;
    if (from->paused)
        return FORECAST_PAUSED;
    bound = forecast_lane_bound(first, order, route);
    if (bound != FORECAST_ROUTE && 2 * first->orders[order].rated_ms > first->plan->hours.total_ms)
        return FORECAST_RATE;
    return bound;
}

/* The reason of the one that is short most is everybody's. */
static void forecast_bound_worse(struct forecast_line *line, const struct forecast_line *part,
                                 int64_t *worst)
{
    if (!line->short_p50 || part->bound == FORECAST_FITS || part->short_parts_p50 <= *worst)
        return;
    *worst = part->short_parts_p50;
    line->bound = part->bound;
}

void forecast_result_bounds(struct forecast_result *result, const struct forecast_run *first)
{
    int64_t worst = -1, networks[PHONE_OPERATORS];

    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        networks[k] = -1;
    for (size_t i = 0; i < first->plan->n_orders; i++) {
        struct forecast_line *order = &result->orders[i];
        int64_t most = 0;

        if (order->short_p50)
            order->bound = FORECAST_LISTS;
        for (size_t k = 0; k < PHONE_OPERATORS; k++) {
            struct forecast_line *route = &result->routes[i][k];

            if (route->short_p50)
                route->bound = forecast_route_bound(first, i, k);
            forecast_bound_worse(order, route, &most);
            forecast_bound_worse(&result->networks[k], route, &networks[k]);
        }
        forecast_bound_worse(&result->total, order, &worst);
    }
}
