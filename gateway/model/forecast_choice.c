/* forecast_choice: which message a free lane takes, and what that comes to. As dispatch/choice.h
 * and dispatch/lane.h do it on the day.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/forecast_inside.h"

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

/* A lane looks for a message: what it may not take, and why. */
struct forecast_pick {
    struct forecast_runner *lane;
    size_t at; /* of the queue that is best so far; SIZE_MAX: none */
    int rank;
    int64_t parts, n;
    int64_t refused;  /* the meters refuse so many parts and more */
    int64_t again_ms; /* when they have to be asked again; INT64_MAX: nothing must wait */
    enum forecast_bound bound;
    bool spent, pooled; /* by a hard limit; by the group's meter */
};

void forecast_look(struct forecast_run *run)
{
    const struct forecast_plan *plan = run->plan;
    int64_t left_ms = plan->hours.total_ms - forecast_hours_gone(&plan->hours, run->now_ms);
    int64_t today_ms = forecast_hours_today(&plan->hours, run->now_ms);
    struct route_load *loads = run->loads;

    run->looked_ms = run->now_ms;
    run->toll += (int64_t)plan->n_lanes / FORECAST_LANES_EVENT;
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        loads[i] = (struct route_load){.open_parts = loads[i].open_parts};
    for (size_t i = 0; i < plan->n_groups; i++)
        run->groups[i].share = 0;
    for (size_t i = 0; i < plan->n_lanes; i++)
        if (plan->lanes[i].group >= 0 && run->lanes[i].spent_until_ms <= run->now_ms)
            run->groups[plan->lanes[i].group].share += run->lanes[i].doing != FORECAST_OUT;
    for (size_t i = 0; i < plan->n_groups; i++)
        run->groups[i].share =
            !run->groups[i].meter || !run->groups[i].share
                ? INT64_MAX
                : meter_capacity(run->groups[i].meter, run->now_ms, left_ms) / run->groups[i].share;
    for (size_t i = 0; i < plan->n_lanes; i++) {
        struct forecast_runner *lane = &run->lanes[i];
        int64_t group = plan->lanes[i].group, capacity, limit;

        if (lane->doing == FORECAST_OUT || lane->spent_until_ms > run->now_ms)
            continue;
        capacity = left_ms / (lane->part_ms + lane->gap_ms);
        if (lane->meter) /* so that it knows its day, which is dear to find */
            meter_ask(lane->meter, run->now_ms, today_ms, 1, &limit);
        limit = lane->meter ? meter_capacity(lane->meter, run->now_ms, left_ms) : INT64_MAX;
        if (group >= 0 && run->groups[group].share < limit)
            limit = run->groups[group].share;
        route_add(&loads[lane->network], capacity < limit ? capacity : limit, lane->largest);
    }
}

bool forecast_is_exhausted(const struct forecast_run *run, size_t route)
{
    const struct route_load *load = &run->loads[route];

    return !load->usable || load->open_parts > load->capacity || load->largest < OUTCOME_PARTS_MAX;
}

static int64_t forecast_needs_ms(const struct forecast_runner *lane, int64_t parts)
{
    return parts * (lane->part_ms + lane->gap_ms) - lane->gap_ms;
}

static bool forecast_pick_is_better(const struct forecast_run *run,
                                    const struct forecast_pick *pick, size_t at, int rank)
{
    if (pick->at == SIZE_MAX || rank != pick->rank)
        return pick->at == SIZE_MAX || rank < pick->rank;
    return fair_before(run->orders[at / PHONE_OPERATORS].claim,
                       run->orders[pick->at / PHONE_OPERATORS].claim);
}

static void forecast_pick_weigh(struct forecast_run *run, struct forecast_pick *pick, size_t at)
{
    const struct forecast_queue *queue = &run->queues[at];
    const struct forecast_owing *owing = &run->orders[at / PHONE_OPERATORS];
    const struct forecast_runner *lane = pick->lane;
    int64_t parts;
    int rank;

    if (!queue->mask || !owing->open || owing->living >= owing->quota ||
        owing->rate_until_ms > run->now_ms)
        return;
    parts = forecast_queue_next(queue, pick->refused);
    if (!parts)
        return;
    rank = route_rank(lane->network, (enum phone_operator)(at % PHONE_OPERATORS),
                      (enum routing)run->plan->orders[at / PHONE_OPERATORS].routing, run->loads,
                      parts);
    if (rank == ROUTE_FORBIDDEN || !forecast_pick_is_better(run, pick, at, rank) ||
        run->now_ms + forecast_needs_ms(lane, parts) > owing->end_ms)
        return;
    pick->at = at;
    pick->rank = rank;
    pick->parts = parts;
}

static void forecast_pick_route(struct forecast_run *run, struct forecast_pick *pick, size_t route)
{
    size_t n = run->route_open[route] > 0 ? run->plan->n_orders : 0;

    for (size_t i = 0; i < n; i++)
        forecast_pick_weigh(run, pick, i * PHONE_OPERATORS + route);
}

/* Its own network first: mostly that is all that has to be looked at. */
static bool forecast_pick_best(struct forecast_run *run, struct forecast_pick *pick)
{
    const struct forecast_runner *lane = pick->lane;

    pick->at = SIZE_MAX;
    forecast_pick_route(run, pick, lane->network);
    if (pick->at != SIZE_MAX && lane->network != OPERATOR_UNKNOWN)
        return true;
    if (run->plan->prefer && run->now_ms - run->looked_ms >= run->look_ms)
        forecast_look(run);
    for (size_t route = 0; route < PHONE_OPERATORS; route++)
        if (route != lane->network)
            forecast_pick_route(run, pick, route);
    return pick->at != SIZE_MAX;
}

/* How many messages it takes at once. Towards the end fewer, so that all lanes end together. */
static int64_t forecast_pick_size(const struct forecast_run *run, const struct forecast_pick *pick)
{
    const struct forecast_owing *owing = &run->orders[pick->at / PHONE_OPERATORS];
    const struct forecast_runner *lane = pick->lane;
    int64_t each = pick->parts * (lane->part_ms + lane->gap_ms), n = run->bundle;
    int64_t most[] = {
        run->queues[pick->at].open[pick->parts],
        owing->quota - owing->living,
        (owing->end_ms - run->now_ms + lane->gap_ms) / each,
        run->route_open[pick->at % PHONE_OPERATORS] / (2 * (int64_t)run->plan->n_lanes),
    };

    if (n > 1)
        for (size_t i = 0; i < sizeof most / sizeof *most; i++)
            n = most[i] < n ? most[i] : n;
    return n > 1 ? n : 1;
}

/* Asks for n messages, and for fewer where a hard limit leaves no room for so many. */
static enum meter_bound forecast_meter_ask(struct meter *meter, const struct forecast_run *run,
                                           int64_t parts, int64_t *n, int64_t *again_ms)
{
    int64_t open_ms =
        meter_limits(meter)->per_day ? forecast_hours_today(&run->plan->hours, run->now_ms) : 0;
    enum meter_bound bound;

    for (;; *n /= 2) {
        bound = meter_ask(meter, run->now_ms, open_ms, parts * *n, again_ms);
        if (*n == 1 || bound == METER_FREE || bound == METER_PACE)
            return bound;
    }
}

/* What a pace is of: that limit which allows less of the day. */
static enum forecast_bound forecast_meter_reason(const struct meter *meter,
                                                 const struct forecast_run *run,
                                                 enum meter_bound bound)
{
    const struct meter_limits *limits = meter_limits(meter);
    int64_t open_ms;

    if (bound == METER_HOUR || !limits->per_day)
        return FORECAST_HOUR;
    if (bound == METER_DAY || !limits->per_hour)
        return FORECAST_DAY;
    open_ms = forecast_hours_today(&run->plan->hours, run->now_ms);
    return limits->per_day - meter_day_parts(meter, run->now_ms) <
                   limits->per_hour * open_ms / (METER_SLOTS * METER_SLOT_MS)
               ? FORECAST_DAY
               : FORECAST_HOUR;
}

static bool forecast_pick_is_rated(struct forecast_run *run, struct forecast_pick *pick)
{
    struct forecast_owing *owing = &run->orders[pick->at / PHONE_OPERATORS];
    const struct forecast_hours *hours = &run->plan->hours;
    int64_t again_ms;

    if (!owing->rate ||
        forecast_meter_ask(owing->rate, run, pick->parts, &pick->n, &again_ms) == METER_FREE)
        return false;
    owing->rate_until_ms = again_ms;
    owing->rated_ms +=
        forecast_hours_gone(hours, again_ms) - forecast_hours_gone(hours, run->now_ms);
    if (again_ms < run->rate_at_ms)
        run->rate_at_ms = again_ms;
    return true;
}

/* The SIM's meter or its group's, the one that lasts longer. */
static bool forecast_pick_is_limited(struct forecast_run *run, struct forecast_pick *pick,
                                     struct forecast_pool *pool)
{
    int64_t again_ms = 0, pool_again_ms = 0;
    enum meter_bound bound = METER_FREE, pool_bound = METER_FREE;
    struct meter *meter = pick->lane->meter;
    bool pooled;

    if (meter)
        bound = forecast_meter_ask(meter, run, pick->parts, &pick->n, &again_ms);
    if (pool && pool->meter)
        pool_bound = forecast_meter_ask(pool->meter, run, pick->parts, &pick->n, &pool_again_ms);
    if (bound == METER_FREE && pool_bound == METER_FREE)
        return false;
    pick->refused = pick->parts;
    pooled = pool_bound != METER_FREE && (bound == METER_FREE || again_ms < pool_again_ms);
    if (pooled) {
        again_ms = pool_again_ms;
        bound = pool_bound;
        meter = pool->meter;
    }
    if (bound == METER_NEVER || again_ms >= pick->again_ms)
        return true;
    pick->again_ms = again_ms;
    pick->pooled = pooled;
    pick->spent = bound == METER_HOUR || bound == METER_DAY;
    pick->bound = run->picture ? forecast_meter_reason(meter, run, bound) : FORECAST_HOUR;
    return true;
}

static int64_t forecast_hits(int64_t n, int64_t chance, int64_t *rest)
{
    int64_t hits;

    *rest += n * chance;
    hits = *rest / FORECAST_MILLION;
    *rest %= FORECAST_MILLION;
    return hits;
}

/* 20 bits of a draw against a chance. */
static bool forecast_is_hit(uint64_t draw, int64_t chance)
{
    return (int64_t)((draw & 0xFFFFF) * FORECAST_MILLION >> 20) < chance;
}

static void forecast_fate(struct forecast_run *run, struct forecast_bundle *bundle)
{
    const struct forecast_chances *chances = &run->plan->chances;
    struct forecast_queue *queue = &run->queues[bundle->queue];

    if (run->mean) {
        int64_t left = bundle->n;

        bundle->deferred = forecast_hits(left, chances->deferred, &queue->deferred_rest);
        left -= bundle->deferred;
        bundle->rejected = forecast_hits(left, chances->rejected, &queue->rejected_rest);
        left -= bundle->rejected;
        bundle->undelivered = forecast_hits(left, chances->undelivered, &queue->undelivered_rest);
        return;
    }
    if (!chances->deferred && !chances->rejected && !chances->undelivered)
        return;
    for (int64_t i = 0; i < bundle->n; i++) {
        uint64_t draw = forecast_random(&run->random);

        if (forecast_is_hit(draw, chances->deferred))
            bundle->deferred++;
        else if (forecast_is_hit(draw >> 20, chances->rejected))
            bundle->rejected++;
        else if (forecast_is_hit(draw >> 40, chances->undelivered))
            bundle->undelivered++;
    }
}

/* When each part is out, for the picture. */
static void forecast_draw_parts(struct forecast_run *run, const struct forecast_runner *lane,
                                int64_t parts)
{
    struct forecast_picture *picture = run->picture;
    const struct forecast_hours *hours = &run->plan->hours;
    int64_t gone = forecast_hours_gone(hours, run->now_ms);

    for (int64_t i = 1; i <= parts; i++) {
        int64_t at = gone + forecast_needs_ms(lane, i), step = (at - 1) / picture->step_ms;

        picture->parts[step < FORECAST_STEPS ? step : FORECAST_STEPS - 1]++;
    }
    picture->busy_ms += forecast_needs_ms(lane, parts);
    picture->waited_ms[lane->network][FORECAST_AIR] += forecast_needs_ms(lane, parts);
}

static void forecast_lane_take(struct forecast_run *run, const struct forecast_pick *pick,
                               struct forecast_pool *pool)
{
    struct forecast_runner *lane = pick->lane;
    struct forecast_queue *queue = &run->queues[pick->at];
    struct forecast_owing *owing = &run->orders[pick->at / PHONE_OPERATORS];
    int64_t parts = pick->parts * pick->n, ends_ms, good, refused;

    lane->bundle = (struct forecast_bundle){
        .queue = pick->at, .parts = pick->parts, .n = pick->n, .slot = meter_slot(run->now_ms)};
    if (lane->meter)
        meter_add(lane->meter, lane->bundle.slot, parts);
    if (pool && pool->meter)
        meter_add(pool->meter, lane->bundle.slot, parts);
    if (owing->rate)
        meter_add(owing->rate, lane->bundle.slot, parts);
    route_take(&run->loads[pick->at % PHONE_OPERATORS], pick->rank, parts);
    forecast_queue_take(run, pick->at, pick->parts, pick->n);
    forecast_fate(run, &lane->bundle);
    good = pick->n - lane->bundle.deferred;
    /* What is refused is refused with its first part. */
    refused = lane->bundle.deferred + lane->bundle.rejected;
    parts -= refused * pick->parts;
    ends_ms = run->now_ms + forecast_needs_ms(lane, parts + refused);
    queue->messages += good;
    queue->parts += good * pick->parts;
    if (good && ends_ms > queue->finish_ms)
        queue->finish_ms = ends_ms;
    if (run->picture)
        forecast_draw_parts(run, lane, parts);
    lane->doing = FORECAST_SENDS;
    run->n_sending++;
    forecast_run_push(run, (size_t)(lane - run->lanes),
                      ends_ms + lane->gap_ms + lane->bundle.deferred * FORECAST_REST_MS);
}

static void forecast_lane_wait(struct forecast_run *run, struct forecast_pick *pick,
                               struct forecast_pool *pool)
{
    struct forecast_runner *lane = pick->lane;
    size_t index = (size_t)(lane - run->lanes);
    const struct forecast_hours *hours = &run->plan->hours;

    lane->doing = FORECAST_WAITS;
    if (pick->spent)
        lane->spent_until_ms = pick->again_ms;
    if (run->picture)
        run->picture->waited_ms[lane->network][pick->bound] +=
            forecast_hours_gone(hours, pick->again_ms) - forecast_hours_gone(hours, run->now_ms);
    if (!pick->pooled) {
        forecast_run_push(run, index, pick->again_ms);
        return;
    }
    LOG_ASSERT(pool->n_waiters < run->plan->n_lanes);
    pool->waiters[(pool->head + pool->n_waiters++) % run->plan->n_lanes] = (uint32_t)index;
    if (pick->again_ms < pool->again_ms)
        pool->again_ms = pick->again_ms;
}

bool forecast_lane_try(struct forecast_run *run, size_t index)
{
    int64_t group = run->plan->lanes[index].group;
    struct forecast_pool *pool = group >= 0 ? &run->groups[group] : NULL;
    struct forecast_pick pick = {
        .lane = &run->lanes[index], .refused = FORECAST_ANY, .again_ms = INT64_MAX};

    while (forecast_pick_best(run, &pick)) {
        pick.n = forecast_pick_size(run, &pick);
        if (forecast_pick_is_rated(run, &pick) || forecast_pick_is_limited(run, &pick, pool))
            continue;
        forecast_lane_take(run, &pick, pool);
        return true;
    }
    if (pick.again_ms == INT64_MAX)
        return false;
    forecast_lane_wait(run, &pick, pool);
    return true;
}

/* The network took none of it: nobody's limits have gone down. */
static void forecast_lane_return(struct forecast_run *run, size_t index)
{
    const struct forecast_runner *lane = &run->lanes[index];
    const struct forecast_bundle *bundle = &lane->bundle;
    int64_t group = run->plan->lanes[index].group, parts = bundle->deferred * bundle->parts;
    struct meter *rate = run->orders[bundle->queue / PHONE_OPERATORS].rate;

    if (lane->meter)
        meter_take_back(lane->meter, bundle->slot, parts);
    if (group >= 0 && run->groups[group].meter)
        meter_take_back(run->groups[group].meter, bundle->slot, parts);
    if (rate)
        meter_take_back(rate, bundle->slot, parts);
    forecast_queue_put_back(run, bundle->queue, bundle->parts, bundle->deferred);
    forecast_run_wake(run, bundle->queue);
}

void forecast_lane_end(struct forecast_run *run, size_t index)
{
    struct forecast_runner *lane = &run->lanes[index];
    const struct forecast_bundle *bundle = &lane->bundle;
    size_t order = bundle->queue / PHONE_OPERATORS;

    run->n_sending--;
    lane->doing = FORECAST_WAITS;
    if (bundle->undelivered)
        forecast_run_fails(run, bundle->queue, bundle->undelivered);
    if (bundle->deferred)
        forecast_lane_return(run, index);
    if (bundle->rejected)
        forecast_run_replace(run, order, bundle->rejected);
}
