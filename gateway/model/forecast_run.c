/* forecast_run: one run, from event to event.
 * Runs: any (pure, but for the process's time zone).
 *
 * Lanes that send or wait for a known time stand in a heap. Those that wait for a group stand in
 * its line, so that one event of a group moves as many as it has room for. All others are idle, by
 * network, until something comes up that they could take. */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define FORECAST_PIECES     20  /* bundles that a lane carries at least, on average */
#define FORECAST_LOOK_MS    200 /* as dispatch does */
#define FORECAST_LOOK_SHARE 8   /* of the events, one in so many at most is a look */

/* splitmix64. */
uint64_t forecast_random(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* Of a million. */
static int64_t forecast_uniform(struct forecast_run *run)
{
    return (int64_t)((forecast_random(&run->random) >> 32) * FORECAST_MILLION >> 32);
}

/* The sum of 12 uniform numbers is near enough to normal; of a million, mean 0, deviation 1. */
static int64_t forecast_normal(struct forecast_run *run)
{
    int64_t sum = -6 * FORECAST_MILLION;

    for (int i = 0; i < 12; i++)
        sum += forecast_uniform(run);
    return sum;
}

static bool forecast_due_before(struct forecast_due a, struct forecast_due b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.lane < b.lane;
}

void forecast_run_push(struct forecast_run *run, size_t lane, int64_t at_ms)
{
    struct forecast_due due = {at_ms, (uint32_t)lane};
    size_t at = run->n_heap++;

    LOG_ASSERT(run->n_heap <= run->plan->n_lanes);
    for (; at > 0 && forecast_due_before(due, run->heap[(at - 1) / 2]); at = (at - 1) / 2)
        run->heap[at] = run->heap[(at - 1) / 2];
    run->heap[at] = due;
}

static size_t forecast_run_pop(struct forecast_run *run)
{
    size_t top = run->heap[0].lane, at = 0;
    struct forecast_due last = run->heap[--run->n_heap];

    for (size_t child; (child = 2 * at + 1) < run->n_heap; at = child) {
        if (child + 1 < run->n_heap && forecast_due_before(run->heap[child + 1], run->heap[child]))
            child++;
        if (!forecast_due_before(run->heap[child], last))
            break;
        run->heap[at] = run->heap[child];
    }
    run->heap[at] = last;
    return top;
}

static void forecast_idle_add(struct forecast_run *run, size_t index)
{
    struct forecast_runner *lane = &run->lanes[index];
    struct forecast_idle *idle = &run->idle[lane->network];

    lane->doing = FORECAST_IDLE;
    lane->idle_at = idle->n;
    idle->lanes[idle->n++] = (uint32_t)index;
    run->n_idle++;
}

static void forecast_idle_remove(struct forecast_run *run, size_t index)
{
    struct forecast_runner *lane = &run->lanes[index];
    struct forecast_idle *idle = &run->idle[lane->network];
    uint32_t last = idle->lanes[--idle->n];

    idle->lanes[lane->idle_at] = last;
    run->lanes[last].idle_at = lane->idle_at;
    run->n_idle--;
}

static bool forecast_lane_is_lost(struct forecast_run *run, size_t index)
{
    if (run->now_ms < run->lanes[index].lost_ms)
        return false;
    run->lanes[index].doing = FORECAST_OUT;
    return true;
}

/* It is in no list. */
static void forecast_run_offer(struct forecast_run *run, size_t index)
{
    if (!forecast_lane_is_lost(run, index) && !forecast_lane_try(run, index))
        forecast_idle_add(run, index);
}

/* Offers to idle lanes of one network, as long as wanted says. */
static void forecast_run_rouse(struct forecast_run *run, size_t network,
                               bool (*wanted)(const struct forecast_run *run, size_t at), size_t at)
{
    struct forecast_idle *idle = &run->idle[network];

    for (size_t i = 0; i < idle->n && wanted(run, at);) {
        size_t index = idle->lanes[i];

        if (forecast_lane_is_lost(run, index) || forecast_lane_try(run, index))
            forecast_idle_remove(run, index);
        else
            i++;
    }
}

static bool forecast_wants_queue(const struct forecast_run *run, size_t at)
{
    const struct forecast_owing *owing = &run->orders[at / PHONE_OPERATORS];

    return owing->open && run->queues[at].n_open > 0 && owing->rate_until_ms <= run->now_ms &&
           owing->living < owing->quota;
}

void forecast_run_wake(struct forecast_run *run, size_t at)
{
    size_t route = at % PHONE_OPERATORS;

    if (!run->n_idle)
        return;
    forecast_run_rouse(run, route, forecast_wants_queue, at);
    for (size_t network = 0; network < PHONE_OPERATORS; network++)
        if (network != route && (network == OPERATOR_UNKNOWN || route == OPERATOR_UNKNOWN ||
                                 run->plan->orders[at / PHONE_OPERATORS].routing != ROUTING_OWN))
            forecast_run_rouse(run, network, forecast_wants_queue, at);
}

static bool forecast_wants_any(const struct forecast_run *run, size_t at)
{
    (void)at;
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        if (run->route_open[i] > 0)
            return true;
    return false;
}

static void forecast_run_wake_all(struct forecast_run *run)
{
    for (size_t network = 0; network < PHONE_OPERATORS; network++)
        forecast_run_rouse(run, network, forecast_wants_any, 0);
}

void forecast_run_fails(struct forecast_run *run, size_t queue, int64_t n)
{
    struct forecast_failed *failed = &run->failed;

    if (failed->n == failed->room && failed->head > failed->n / 2) {
        failed->n -= failed->head;
        for (size_t i = 0; i < failed->n; i++)
            failed->items[i] = failed->items[failed->head + i];
        failed->head = 0;
    }
    if (failed->n == failed->room) {
        failed->room = failed->room ? 2 * failed->room : 64;
        failed->items = mem_grow(failed->items, failed->room, sizeof *failed->items);
    }
    failed->items[failed->n++] = (struct forecast_failure){
        run->now_ms + run->plan->chances.report_ms, n, queue / PHONE_OPERATORS};
}

void forecast_run_replace(struct forecast_run *run, size_t order, int64_t n)
{
    run->orders[order].living -= n;
    for (size_t route = 0; route < PHONE_OPERATORS; route++)
        if (forecast_queue_draw(run, order * PHONE_OPERATORS + route))
            forecast_run_wake(run, order * PHONE_OPERATORS + route);
}

/* The windows as of now. true: one has opened. */
static bool forecast_run_windows(struct forecast_run *run)
{
    bool opened = false;

    run->n_opened = 0;
    for (size_t i = 0; i < run->plan->n_orders; i++) {
        const struct forecast_order *order = &run->plan->orders[i];
        struct forecast_owing *owing = &run->orders[i];
        bool was = owing->open;

        while (owing->next_window < order->n_windows &&
               order->windows[owing->next_window].to_ms <= run->now_ms) {
            owing->next_window++;
            was = false;
        }
        owing->open = !order->paused && owing->next_window < order->n_windows &&
                      order->windows[owing->next_window].from_ms <= run->now_ms;
        owing->end_ms = owing->open ? order->windows[owing->next_window].to_ms : 0;
        opened = opened || (owing->open && !was);
        run->n_opened += owing->open;
    }
    return opened;
}

static void forecast_run_lanes(struct forecast_run *run)
{
    const struct forecast_plan *plan = run->plan;
    int64_t lost_rest = FORECAST_MILLION / 2;

    for (size_t i = 0; i < plan->n_lanes; i++) {
        const struct forecast_lane *from = &plan->lanes[i];
        struct forecast_runner *lane = &run->lanes[i];
        int64_t group = from->group, shared, chance = plan->chances.lanes_lost, at;

        lane->meter = plan->lane_meters[i] ? meter_copy(plan->lane_meters[i]) : NULL;
        lane->network = from->network > 0 ? (enum phone_operator)from->network : OPERATOR_UNKNOWN;
        lane->gap_ms = from->gap_ms;
        lane->part_ms = from->part_ms;
        if (!run->mean && plan->chances.air_spread)
            lane->part_ms += from->part_ms * plan->chances.air_spread / FORECAST_MILLION *
                             forecast_normal(run) / FORECAST_MILLION;
        lane->part_ms = lane->part_ms > 0 ? lane->part_ms : 1;
        lane->largest = route_limits_largest(&from->limits);
        shared = group >= 0 ? route_limits_largest(&plan->groups[group].limits) : lane->largest;
        lane->largest = shared < lane->largest ? shared : lane->largest;
        lost_rest += chance;
        at = run->mean ? plan->hours.total_ms / 2
                       : forecast_uniform(run) * plan->hours.total_ms / FORECAST_MILLION;
        lane->lost_ms = INT64_MAX;
        if (run->mean ? lost_rest >= FORECAST_MILLION : forecast_uniform(run) < chance)
            lane->lost_ms = forecast_hours_wall(&plan->hours, at);
        lost_rest %= FORECAST_MILLION;
        lane->doing = from->free_ms < INT64_MAX ? FORECAST_WAITS : FORECAST_OUT;
        if (from->free_ms < INT64_MAX)
            forecast_run_push(run, i, from->free_ms > run->now_ms ? from->free_ms : run->now_ms);
    }
}

static void forecast_run_rooms(struct forecast_run *run)
{
    const struct forecast_plan *plan = run->plan;

    run->lanes = mem_array(plan->n_lanes + 1, struct forecast_runner);
    run->heap = mem_array(plan->n_lanes + 1, struct forecast_due);
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        run->idle[i].lanes = mem_array(plan->n_lanes + 1, uint32_t);
    run->groups = mem_array(plan->n_groups + 1, struct forecast_pool);
    for (size_t i = 0; i < plan->n_groups; i++)
        run->groups[i] = (struct forecast_pool){
            .meter = plan->group_meters[i] ? meter_copy(plan->group_meters[i]) : NULL,
            .waiters = mem_array(plan->n_lanes + 1, uint32_t),
            .again_ms = INT64_MAX};
    run->orders = mem_array(plan->n_orders + 1, struct forecast_owing);
    run->queues = mem_array(plan->n_orders * PHONE_OPERATORS + 1, struct forecast_queue);
}

static void forecast_run_orders(struct forecast_run *run)
{
    const struct forecast_plan *plan = run->plan;

    for (size_t i = 0; i < plan->n_orders; i++) {
        const struct forecast_order *order = &plan->orders[i];
        struct forecast_owing *owing = &run->orders[i];

        owing->quota = order->quota;
        owing->living = order->taken;
        owing->claim = (struct fair_claim){
            .taken = order->taken,
            .quota = order->quota > 0 ? order->quota : 1,
            .deadline_ms = order->n_windows ? order->windows[order->n_windows - 1].to_ms : 0};
        if (order->rate > 0)
            owing->rate = meter_new(&(struct meter_limits){.per_hour = order->rate});
    }
    forecast_queues_init(run);
}

static int64_t forecast_run_bundle(const struct forecast_plan *plan, int64_t events)
{
    int64_t lanes = plan->n_lanes ? (int64_t)plan->n_lanes : 1;
    int64_t bundle = plan->owed / (events > 0 ? events : 1) + 1;
    int64_t most = plan->owed / (lanes * FORECAST_PIECES);

    bundle = bundle < most ? bundle : most;
    return bundle > 1 ? bundle : 1;
}

static int64_t forecast_run_looks(const struct forecast_plan *plan, int64_t events)
{
    int64_t lanes = (int64_t)plan->n_lanes / FORECAST_LANES_EVENT + 1;
    int64_t look_ms = plan->hours.total_ms / (events / FORECAST_LOOK_SHARE / lanes + 1);

    return look_ms > FORECAST_LOOK_MS ? look_ms : FORECAST_LOOK_MS;
}

struct forecast_run *forecast_run_new(const struct forecast_plan *plan,
                                      const struct forecast_run_setup *setup)
{
    struct forecast_run *run = mem_new(struct forecast_run);

    run->plan = plan;
    run->now_ms = plan->now_ms;
    run->random = setup->seed;
    run->mean = setup->mean;
    run->picture = setup->picture;
    run->bundle = forecast_run_bundle(plan, setup->events);
    run->look_ms = forecast_run_looks(plan, setup->events);
    run->look_at_ms = run->rate_at_ms = INT64_MAX;
    forecast_run_rooms(run);
    forecast_run_lanes(run);
    forecast_run_orders(run);
    forecast_run_windows(run);
    forecast_look(run);
    return run;
}

void forecast_run_free(struct forecast_run *run)
{
    for (size_t i = 0; i < run->plan->n_lanes; i++)
        meter_free(run->lanes[i].meter);
    for (size_t i = 0; i < run->plan->n_groups; i++) {
        meter_free(run->groups[i].meter);
        free(run->groups[i].waiters);
    }
    for (size_t i = 0; i < run->plan->n_orders; i++)
        meter_free(run->orders[i].rate);
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        free(run->idle[i].lanes);
    free(run->failed.items);
    free(run->lanes);
    free(run->heap);
    free(run->groups);
    free(run->orders);
    free(run->queues);
    free(run);
}

/* Reports first, then windows, so that lanes see what is true at that instant. */
enum forecast_event {
    EVENT_NONE,
    EVENT_FAILED,
    EVENT_EDGE,
    EVENT_RATE,
    EVENT_LOOK,
    EVENT_GROUP,
    EVENT_LANE
};

static void forecast_earlier(int64_t at_ms, enum forecast_event event, int64_t *best_ms,
                             enum forecast_event *best)
{
    if (at_ms >= *best_ms)
        return;
    *best_ms = at_ms;
    *best = event;
}

static enum forecast_event forecast_run_next(const struct forecast_run *run, int64_t *at_ms,
                                             size_t *group)
{
    const struct forecast_plan *plan = run->plan;
    const struct forecast_failed *failed = &run->failed;
    enum forecast_event event = EVENT_NONE;

    *at_ms = INT64_MAX;
    if (failed->head < failed->n)
        forecast_earlier(failed->items[failed->head].at_ms, EVENT_FAILED, at_ms, &event);
    if (run->next_edge < plan->n_edges)
        forecast_earlier(plan->edges[run->next_edge], EVENT_EDGE, at_ms, &event);
    forecast_earlier(run->rate_at_ms, EVENT_RATE, at_ms, &event);
    forecast_earlier(run->look_at_ms, EVENT_LOOK, at_ms, &event);
    for (size_t i = 0; i < plan->n_groups; i++)
        if (run->groups[i].again_ms < *at_ms) {
            *group = i;
            forecast_earlier(run->groups[i].again_ms, EVENT_GROUP, at_ms, &event);
        }
    if (run->n_heap)
        forecast_earlier(run->heap[0].at_ms, EVENT_LANE, at_ms, &event);
    return event;
}

static void forecast_run_rated(struct forecast_run *run)
{
    run->rate_at_ms = INT64_MAX;
    for (size_t i = 0; i < run->plan->n_orders; i++)
        if (run->orders[i].rate_until_ms > run->now_ms &&
            run->orders[i].rate_until_ms < run->rate_at_ms)
            run->rate_at_ms = run->orders[i].rate_until_ms;
    for (size_t i = 0; i < run->plan->n_orders; i++)
        for (size_t route = 0; route < PHONE_OPERATORS && run->orders[i].rate; route++)
            if (forecast_wants_queue(run, i * PHONE_OPERATORS + route))
                forecast_run_wake(run, i * PHONE_OPERATORS + route);
}

static void forecast_run_look(struct forecast_run *run)
{
    run->look_at_ms = INT64_MAX;
    forecast_look(run);
    for (size_t route = 0; route < PHONE_OPERATORS; route++)
        if (run->route_open[route] > 0 && forecast_is_exhausted(run, route))
            forecast_run_wake_all(run);
}

static void forecast_run_group(struct forecast_run *run, size_t group)
{
    struct forecast_pool *pool = &run->groups[group];

    pool->again_ms = INT64_MAX;
    for (size_t n = pool->n_waiters; n && pool->again_ms == INT64_MAX; n--) {
        size_t index = pool->waiters[pool->head];

        pool->head = (pool->head + 1) % run->plan->n_lanes;
        pool->n_waiters--;
        forecast_run_offer(run, index);
    }
}

static void forecast_run_lane(struct forecast_run *run)
{
    size_t index = forecast_run_pop(run);

    if (run->lanes[index].doing == FORECAST_SENDS)
        forecast_lane_end(run, index);
    forecast_run_offer(run, index);
}

static void forecast_run_event(struct forecast_run *run, enum forecast_event event, size_t group)
{
    if (event == EVENT_FAILED) {
        struct forecast_failure failure = run->failed.items[run->failed.head++];

        forecast_run_replace(run, failure.order, failure.n);
    } else if (event == EVENT_EDGE) {
        run->next_edge++;
        if (forecast_run_windows(run))
            forecast_run_wake_all(run);
    } else if (event == EVENT_RATE) {
        forecast_run_rated(run);
    } else if (event == EVENT_LOOK) {
        forecast_run_look(run);
    } else if (event == EVENT_GROUP) {
        forecast_run_group(run, group);
    } else {
        forecast_run_lane(run);
    }
    if (run->plan->prefer && run->n_idle && run->n_opened && run->look_at_ms == INT64_MAX &&
        run->next_edge < run->plan->n_edges && forecast_wants_any(run, 0))
        run->look_at_ms = run->now_ms + run->look_ms;
}

/* What lanes have in hand at the end: what is refused of it isn't replaced. */
static void forecast_run_close(struct forecast_run *run)
{
    for (size_t i = 0; i < run->plan->n_lanes; i++) {
        const struct forecast_bundle *bundle = &run->lanes[i].bundle;

        if (run->lanes[i].doing != FORECAST_SENDS)
            continue;
        run->lanes[i].doing = FORECAST_WAITS;
        run->orders[bundle->queue / PHONE_OPERATORS].living -= bundle->rejected;
        forecast_queue_put_back(run, bundle->queue, bundle->parts, bundle->deferred);
    }
}

/* Nothing is on its way, and nothing is left that could be sent. */
static bool forecast_run_is_done(const struct forecast_run *run)
{
    return !run->n_sending && run->failed.head == run->failed.n && !forecast_wants_any(run, 0);
}

bool forecast_run_step(struct forecast_run *run, int64_t *events)
{
    for (; *events > 0; --*events) {
        int64_t at_ms;
        size_t group = 0;
        enum forecast_event event = forecast_run_next(run, &at_ms, &group);

        if (event == EVENT_NONE || at_ms > run->plan->end_ms || forecast_run_is_done(run)) {
            forecast_run_close(run);
            return true;
        }
        run->now_ms = at_ms;
        forecast_run_event(run, event, group);
        *events -= run->toll;
        run->toll = 0;
    }
    return false;
}
